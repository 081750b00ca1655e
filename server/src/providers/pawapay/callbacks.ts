import { type InnerList, parseDictionary } from 'structured-headers'
import { addMs, type Clock } from '../../kernel/clock.ts'
import { type CallbackRequest, type CallbackTrust } from '../provider.ts'
import { type FindKey } from './keys.ts'
import {
  digestOf,
  isAlgorithm,
  isDigestName,
  isSignedBy,
  type RequestTarget,
  signatureBase,
  signatureLabel,
} from './signatures.ts'

/** What became of the attempt to verify a callback. Stored with it; `docs/decisions/0014` says what each leads to. */
export type Verification =
  | 'valid'
  | 'unsigned'
  /** Signed, and it is not known for which address it should be. */
  | 'unchecked'
  | 'malformed'
  | 'stale'
  | 'bad_digest'
  | 'bad_signature'
  | 'unknown_key'
  | 'key_unavailable'

export interface CallbackSettings {
  readonly signatures: 'required' | 'optional'
  /** How old a signature may be. */
  readonly maxAgeMs: number
  /** The callback address as pawaPay knows it, whatever a proxy made of it on the way. */
  readonly url: string | undefined
  /** Without an address of its own, believe the one that the request names: for a sandbox alone. */
  readonly trustHost: boolean
}

/** Clocks that differ by this much still agree. */
const clockSkewMs = 60_000

/** What a signature must cover to say anything: the message, and to whom it is said. */
const requiredComponents = ['@method', '@authority', '@path', 'content-digest']

interface SignatureInput {
  readonly components: readonly string[]
  /** To the letter: another serialization of the same parameters is another signature. */
  readonly parameters: string
  readonly algorithm: string
  readonly keyId: string
  readonly created: Date
  readonly expires: Date | undefined
  readonly signature: Buffer
}

const read = <Value>(parse: () => Value): Value | undefined => {
  try {
    return parse()
  } catch {
    return undefined
  }
}

/** Members of a dictionary as they were written; what is inside quotation marks separates nothing. */
const membersOf = (header: string): string[] => header.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []

const bytesOf = (header: string, name: string): Buffer | undefined => {
  const value: unknown = read(() => parseDictionary(header))?.get(name)?.[0]
  return value instanceof ArrayBuffer ? Buffer.from(value) : undefined
}

const instantOf = (seconds: unknown): Date | undefined =>
  typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 && seconds < 1e11
    ? new Date(seconds * 1000)
    : undefined

const isInnerList = (member: unknown): member is InnerList => Array.isArray(member) && Array.isArray(member[0])

/** Plain names alone: a component with parameters asks for a reading of it that nobody here does. */
function componentsOf([items]: InnerList): string[] | undefined {
  const names = items.flatMap(([name, parameters]) => (typeof name === 'string' && parameters.size === 0 ? [name] : []))
  const isComplete = names.length === items.length && new Set(names).size === names.length
  return isComplete && requiredComponents.every((name) => names.includes(name)) ? names : undefined
}

function readSignature(headers: Headers): SignatureInput | undefined {
  const prefix = `${signatureLabel}=`
  const [written = '', another] = membersOf(headers['signature-input'] ?? '')
    .map((each) => each.trim())
    .filter((each) => each.startsWith(prefix))
  const member = read(() => parseDictionary(written))?.get(signatureLabel)
  const signature = bytesOf(headers['signature'] ?? '', signatureLabel)
  if (!signature || !isInnerList(member) || another !== undefined) return undefined
  const components = componentsOf(member)
  const [, parameters] = member
  const [algorithm, keyId, expires] = ['alg', 'keyid', 'expires'].map((name): unknown => parameters.get(name))
  const created = instantOf(parameters.get('created'))
  if (!components || typeof algorithm !== 'string' || typeof keyId !== 'string' || !created) return undefined
  if (!isAlgorithm(algorithm)) return undefined
  const ends = instantOf(expires)
  if (expires !== undefined && !ends) return undefined
  return {
    components,
    parameters: written.slice(prefix.length),
    algorithm,
    keyId,
    created,
    expires: ends,
    signature,
  }
}

/** Every digest of a known kind must be right, and one must be there. */
function isDigestRight(header: string | undefined, body: Buffer): boolean {
  const digests = read(() => parseDictionary(header ?? ''))
  const known = [...(digests?.keys() ?? [])].filter(isDigestName)
  return known.length > 0 && known.every((name) => bytesOf(header ?? '', name)?.equals(digestOf(name, body)) === true)
}

const isTimely = ({ created, expires }: SignatureInput, now: Date, maxAgeMs: number): boolean =>
  created >= addMs(now, -maxAgeMs) &&
  created <= addMs(now, clockSkewMs) &&
  (expires === undefined || expires >= addMs(now, -clockSkewMs))

type Headers = Readonly<Record<string, string | undefined>>

const joined = (headers: CallbackRequest['headers']): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )

function targetOf({ method, authority, path }: CallbackRequest, { url, trustHost }: CallbackSettings) {
  if (url !== undefined) {
    const { host, pathname } = new URL(url)
    return { method, authority: host, path: pathname }
  }
  return trustHost ? { method, authority: authority.toLowerCase(), path } : undefined
}

export interface Verified {
  readonly verification: Verification
  /** Of a valid one: the same bytes again are the same message again. */
  readonly signature?: Buffer
}

export interface VerifierDependencies {
  readonly clock: Clock
  readonly findKey: FindKey
  readonly settings: CallbackSettings
}

async function verifySigned(
  { clock, findKey, settings }: VerifierDependencies,
  headers: Headers,
  body: Buffer,
  target: RequestTarget,
): Promise<Verified> {
  const input = readSignature(headers)
  if (!input) return { verification: 'malformed' }
  const base = signatureBase(input.components, target, headers, input.parameters)
  if (base === undefined) return { verification: 'malformed' }
  if (!isTimely(input, clock.now(), settings.maxAgeMs)) return { verification: 'stale' }
  if (!isDigestRight(headers['content-digest'], body)) return { verification: 'bad_digest' }
  const key = await findKey(input.keyId)
  if (key === 'unknown') return { verification: 'unknown_key' }
  if (key === 'unavailable') return { verification: 'key_unavailable' }
  return isSignedBy(input.algorithm, base, key, input.signature)
    ? { verification: 'valid', signature: input.signature }
    : { verification: 'bad_signature' }
}

/** Whether a callback was signed by the provider, for us, not long ago, and is what was signed. */
export async function verifyCallback(dependencies: VerifierDependencies, request: CallbackRequest): Promise<Verified> {
  const headers = joined(request.headers)
  if (headers['signature'] === undefined && headers['signature-input'] === undefined)
    return { verification: 'unsigned' }
  const target = targetOf(request, dependencies.settings)
  return target ? verifySigned(dependencies, headers, request.body, target) : { verification: 'unchecked' }
}

/** What may follow from a callback. What claims to be signed and is not as signed is worth less than what claims nothing. */
export function trustOf(verification: Verification, { signatures }: CallbackSettings): CallbackTrust {
  const isOptional = signatures === 'optional'
  switch (verification) {
    case 'valid':
      return 'believed'
    case 'unsigned':
    case 'unchecked':
      return isOptional ? 'hint' : 'refused'
    case 'key_unavailable':
      return isOptional ? 'hint' : 'undecided'
    case 'malformed':
    case 'stale':
    case 'bad_digest':
    case 'bad_signature':
    case 'unknown_key':
      return 'refused'
  }
}
