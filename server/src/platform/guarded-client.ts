import { lookup, type LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher, request } from 'undici'
import { type AddressRule } from './addresses.ts'

/** Why no answer came, in a word. */
export const silences = [
  'address_refused',
  'name_not_found',
  'connection_refused',
  'connection_broken',
  'tls',
  'timeout',
] as const
export type Silence = (typeof silences)[number]

/** What came of a call to an address that a stranger named. */
export type GuardedAnswer =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly retryAfter: string | undefined
      /** Its beginning only. */
      readonly body: string
      readonly durationMs: number
    }
  | { readonly kind: 'silent'; readonly reason: Silence; readonly durationMs: number }

/** Posts to addresses that strangers named, and only where the rule allows. */
export interface GuardedClient {
  /** Never throws: that nothing came back is an answer, too. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<GuardedAnswer>
  readonly close: () => Promise<void>
}

/** Every address of a name. Throws for a name that has none. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

export interface GuardedClientOptions {
  readonly allows: AddressRule
  readonly resolve: Resolve
  /** For the whole exchange, from the name to the last byte. */
  readonly timeoutMs: number
}

class AddressRefused extends Error {}

/** The names of this machine and its network, too. Takes a thread of the few that Node.js has while it waits. */
export const resolveLocally: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      if (error) reject(error)
      else resolve(addresses)
    })
  })

/** Asks name servers itself: one that a stranger lets hang keeps no thread from others. */
export function createPublicResolve(): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  return async (hostname) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = [
      ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
      ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
    ]
    if (found.length === 0) throw Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' })
    return found
  }
}

/** How much of an answer is read at most; what comes on top is cut off. */
const mostReadBytes = 64 * 1024
/** How much of it is kept. */
const keptBytes = 1024

/**
 * Resolves and judges in one step, for each connection anew: whoever answers a name with a good address first and another
 * one later is judged by the one that is connected to. A name with one refused address is refused altogether.
 */
const guardedLookup =
  ({ allows, resolve }: Pick<GuardedClientOptions, 'allows' | 'resolve'>): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses
        if (!first || !addresses.every(({ address }) => allows(address))) callback(new AddressRefused(hostname), '')
        else if (options.all === true) callback(null, [...addresses])
        else callback(null, first.address, first.family)
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, '')
      },
    )
  }

function guardedConnector(options: GuardedClientOptions): buildConnector.connector {
  const connect = buildConnector({ timeout: options.timeoutMs, lookup: guardedLookup(options) })
  return (to, callback) => {
    const host = to.hostname.replace(/^\[(.*)\]$/, '$1')
    // What is an address already is looked up by nobody.
    if (isIP(host) > 0 && !options.allows(host)) callback(new AddressRefused(host), null)
    else connect(to, callback)
  }
}

const silenceByCode: Readonly<Record<string, Silence>> = {
  ENOTFOUND: 'name_not_found',
  EAI_AGAIN: 'name_not_found',
  ENODATA: 'name_not_found',
  ECONNREFUSED: 'connection_refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
}

function silenceOf(error: unknown): Silence {
  if (error instanceof AddressRefused) return 'address_refused'
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'timeout'
  // Several addresses were tried, and each failed in its own way.
  if (error instanceof AggregateError && error.errors.length > 0) return silenceOf(error.errors[0])
  const code = error instanceof Error ? String((error as NodeJS.ErrnoException).code) : ''
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(code)) return 'tls'
  return silenceByCode[code] ?? 'connection_broken'
}

/** Text as the database takes it: half a character at the cut and bytes that are no text become U+FFFD. */
const readText = (bytes: Buffer): string => bytes.subarray(0, keptBytes).toString('utf8').replaceAll('\0', '\uFFFD')

/** The status is the answer: a body that never ends, or breaks off, changes nothing about it. */
async function readBeginning(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  const chunks: Buffer[] = []
  let read = 0
  // Cut off on purpose, it says so to whoever listens.
  body.on('error', () => undefined)
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      read += chunk.length
      if (read > mostReadBytes) break
    }
  } catch {
    body.destroy()
  }
  return Buffer.concat(chunks)
}

/** One value of a header that may have come several times. */
const single = (value: string | string[] | undefined): string | undefined => [value].flat()[0]

/** Follows no redirects and asks no proxy: both would lead past the rule. */
export function createGuardedClient(options: GuardedClientOptions): GuardedClient {
  const { timeoutMs } = options
  const agent = new Agent({
    connect: guardedConnector(options),
    connections: 64,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 10_000,
  })
  return {
    async post(url, headers, body) {
      const begun = performance.now()
      const durationMs = () => Math.round(performance.now() - begun)
      try {
        const answer = await request(url, {
          method: 'POST',
          headers,
          body,
          dispatcher: agent,
          signal: AbortSignal.timeout(timeoutMs),
        })
        const beginning = await readBeginning(answer.body)
        return {
          kind: 'answered',
          status: answer.statusCode,
          retryAfter: single(answer.headers['retry-after']),
          body: readText(beginning),
          durationMs: durationMs(),
        }
      } catch (error) {
        return { kind: 'silent', reason: silenceOf(error), durationMs: durationMs() }
      }
    },
    close: () => agent.destroy(),
  }
}
