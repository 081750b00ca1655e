import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { httpbis } from 'http-message-signatures'

export const signatureEncodings = ['der', 'raw'] as const
export type SignatureEncoding = (typeof signatureEncodings)[number]

/** What may be wrong with the signature of a callback; each happens to one attempt. */
export const signatureFaults = [
  /** Signed, then changed on the way. */
  'altered-body',
  /** Signed by a stranger under the name of the network's key. */
  'foreign-key',
  /** Under a name that the network has no key of. */
  'unknown-key',
  /** An hour ago. */
  'stale',
  /** For somebody else's address. */
  'other-authority',
  /** Not at all. */
  'unsigned',
] as const
export type SignatureFault = (typeof signatureFaults)[number]

/** An RFC 9421 public key that the account has been given, by the name that requests call it. */
export interface UploadedKey {
  readonly id: string
  /** SPKI PEM. */
  readonly key: string
}

export interface SignatureOptions {
  /** Callbacks are signed. Default false. */
  readonly signedCallbacks?: boolean
  /** As the network's own samples sign, or as RFC 9421 asks. Default der. */
  readonly encoding?: SignatureEncoding
  /** Requests for payments must be signed with one of these keys. */
  readonly signedRequestsOnly?: readonly UploadedKey[]
}

interface OwnKey {
  readonly id: string
  readonly privateKey: KeyObject
}

export interface SignedMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The key pairs, and what is wrong with the next callbacks. */
export interface Signatures {
  readonly options: SignatureOptions
  readonly faults: SignatureFault[]
  encoding: SignatureEncoding
  /** The last one signs; those before it are still published, as during a rotation. */
  readonly ownKeys: OwnKey[]
}

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

const pemOf = (privateKey: KeyObject): string =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()

/** No two keys share a name: whoever remembers one from before a restart must not take the next for it. */
const newOwnKey = (): OwnKey => {
  const privateKey = newKey()
  const name = createHash('sha256').update(pemOf(privateKey)).digest('hex').slice(0, 8)
  return { id: `HTTP_EC_P256_KEY:${name}`, privateKey }
}

export const createSignatures = (options: SignatureOptions = {}): Signatures => ({
  options,
  faults: [],
  encoding: options.encoding ?? 'der',
  ownKeys: [newOwnKey()],
})

/** Signs with a new key from now on. */
export const rotateKey = ({ ownKeys }: Signatures): string => {
  const key = newOwnKey()
  ownKeys.push(key)
  return key.id
}

export const publicKeys = ({ ownKeys }: Signatures): readonly UploadedKey[] =>
  ownKeys.map(({ id, privateKey }) => ({
    id,
    key: pemOf(privateKey),
  }))

const dsaEncodings = { der: 'der', raw: 'ieee-p1363' } as const
const algorithm = 'ecdsa-p256-sha256'
const components = [
  '@method',
  '@authority',
  '@path',
  'signature-date',
  'content-digest',
  'content-type',
  'content-length',
]
const hourMs = 60 * 60_000

const digestOf = (body: string): string => `sha-512=:${createHash('sha512').update(body).digest('base64')}:`

const urlFor = (url: string, fault: SignatureFault | undefined): string => {
  if (fault !== 'other-authority') return url
  const other = new URL(url)
  other.hostname = 'other.example'
  return other.href
}

const keyFor = ({ ownKeys }: Signatures, fault: SignatureFault | undefined): OwnKey => {
  const own = ownKeys.at(-1)
  if (own === undefined) throw new Error('The network has no key.')
  if (fault === 'unknown-key') return { id: 'HTTP_EC_P256_KEY:none', privateKey: own.privateKey }
  return fault === 'foreign-key' ? { id: own.id, privateKey: newKey() } : own
}

/** A callback as it is sent: signed when the account is set up so, and with whatever fault is next. */
export const signCallback = async (signatures: Signatures, url: string, body: string): Promise<SignedMessage> => {
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
  const fault = signatures.faults.shift()
  if (signatures.options.signedCallbacks !== true || fault === 'unsigned') return { headers, body }
  const created = new Date(Date.now() - (fault === 'stale' ? hourMs : 0))
  const { id, privateKey } = keyFor(signatures, fault)
  const signed = await httpbis.signMessage(
    {
      name: 'sig-pp',
      fields: components,
      params: ['alg', 'keyid', 'created', 'expires'],
      // The samples add milliseconds to seconds: what they sign expires in the far future.
      paramValues: { created, expires: new Date(created.getTime() + 60_000_000) },
      key: {
        id,
        alg: algorithm,
        sign: async (base) => sign('sha256', base, { key: privateKey, dsaEncoding: dsaEncodings[signatures.encoding] }),
      },
    },
    {
      method: 'POST',
      url: urlFor(url, fault),
      headers: { ...headers, 'content-digest': digestOf(body), 'signature-date': created.toISOString() },
    },
  )
  // As long as it was: what is altered is the status and nothing else.
  const sent = fault === 'altered-body' ? body.replace(/"status":"(\w)/, '"status":"_') : body
  return {
    headers: Object.fromEntries(
      Object.entries(signed.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body: sent,
  }
}

export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string
}

const isVerified = (base: Buffer, key: KeyObject, signature: Buffer): boolean =>
  verify('sha256', base, { key, dsaEncoding: signature.length === 64 ? 'ieee-p1363' : 'der' }, signature)

/** What is wrong with the signature of a request, or undefined when the account's settings are content with it. */
export const objectionTo = async (
  { options: { signedRequestsOnly: keys } }: Signatures,
  { method, url, headers, body }: ReceivedRequest,
): Promise<string | undefined> => {
  if (keys === undefined) return undefined
  if (headers['content-digest'] !== digestOf(body)) return 'The Content-Digest is missing or does not match.'
  try {
    const verdict = await httpbis.verifyMessage(
      {
        requiredParams: ['alg', 'keyid', 'created', 'expires'],
        requiredFields: components.slice(0, -1),
        keyLookup: async ({ keyid }) => {
          const known = keys.find(({ id }) => id === keyid)
          if (known === undefined) return null
          const key = createPublicKey(known.key)
          return {
            id: known.id,
            algs: [algorithm],
            verify: async (base, signature) => isVerified(base, key, signature),
          }
        },
      },
      { method, url, headers: { ...headers } },
    )
    return verdict === true ? undefined : 'The signature is missing, by an unknown key or not valid.'
  } catch (error) {
    return `The signature is not acceptable: ${error instanceof Error ? error.message : 'unreadable'}`
  }
}
