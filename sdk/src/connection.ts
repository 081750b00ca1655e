import { type Clock, type Fetch, type Random } from './environment.ts'
import { type DollrError, errorOf, NetworkError, UnknownOutcomeError } from './errors.ts'

type Scalar = string | number | boolean

/** One call, ready to be sent as often as its sender dares. */
export interface Request {
  readonly method: string
  /** Below the server's address, with everything filled in. */
  readonly path: string
  /** What the call is named in errors: method and path, with `{names}` in place of ids. */
  readonly operation: string
  readonly query?: Readonly<Record<string, unknown>> | undefined
  readonly body?: unknown
}

export interface CallOptions {
  /** Gives up when aborted. What was sent by then may still be done. */
  readonly signal?: AbortSignal | undefined
  /** How long one attempt may take, in milliseconds. */
  readonly timeoutMs?: number | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface TokenSource {
  /** A token that is good for a while yet. */
  get(signal?: AbortSignal): Promise<string>
  /** This one was refused: the next call gets another. */
  forget(token: string): void
}

export interface Connection {
  readonly baseUrl: string
  readonly fetch: Fetch
  readonly clock: Clock
  readonly random: Random
  readonly timeoutMs: number
  /** How often a call is sent again after its first attempt. */
  readonly retries: number
  readonly tokens: TokenSource
}

export type Wire = Pick<Connection, 'baseUrl' | 'fetch' | 'timeoutMs'>

function writeQuery(query: Readonly<Record<string, unknown>> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((each): each is Scalar => each !== undefined && each !== null)
      .map((each): [string, string] => [name, String(each)]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

/** An answer that is no JSON, because it was cut short or came from something in between, has no body to speak of. */
function readBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const anySignal = (own: AbortSignal, given: AbortSignal | undefined): AbortSignal =>
  given === undefined ? own : AbortSignal.any([own, given])

/** Sends a request once. Throws `NetworkError` when there is no whole answer, and the caller's own reason when they abort. */
export async function exchange(
  { baseUrl, fetch, timeoutMs: usualTimeoutMs }: Wire,
  { method, path, operation, query, body }: Request,
  { token, signal, timeoutMs = usualTimeoutMs }: CallOptions & { readonly token?: string } = {},
): Promise<Answer> {
  signal?.throwIfAborted()
  try {
    const response = await fetch(baseUrl + path + writeQuery(query), {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // Followed, it would take the token wherever it leads.
      redirect: 'manual',
      signal: anySignal(AbortSignal.timeout(timeoutMs), signal),
    })
    return { status: response.status, headers: response.headers, body: readBody(await response.text()) }
  } catch (cause) {
    signal?.throwIfAborted()
    throw new NetworkError('no answer', { operation, cause })
  }
}

/** In milliseconds, when the answer says so: seconds or a date, or the window of the limit that was hit. */
export function retryAfterMs({ status, headers }: Answer, now: number): number | undefined {
  const after = headers.get('retry-after')
  if (after !== null) {
    const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now
    if (!Number.isNaN(ms)) return Math.max(ms, 0)
  }
  const window = status === 429 ? /;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1] : undefined
  return window === undefined ? undefined : Number(window) * 1000
}

/** Sends a request with a token, and once more with a fresh one when the first was refused. */
export async function authorized(connection: Connection, request: Request, options: CallOptions = {}): Promise<Answer> {
  const token = await connection.tokens.get(options.signal)
  const answer = await exchange(connection, request, { ...options, token })
  if (answer.status !== 401) return answer
  connection.tokens.forget(token)
  const fresh = await connection.tokens.get(options.signal)
  return exchange(connection, request, { ...options, token: fresh })
}

const firstPauseMs = 250
const longestPauseMs = 8_000

/** Longer than a window of the rate limit: who is told to wait longer has a problem that waiting here does not solve. */
const longestWaitMs = 90_000

/** Before which attempt to pause for how long: doubling, and anywhere in its upper half, so that many do not come at once. */
export function pauseMs(attempt: number, random: Random): number {
  const most = Math.min(firstPauseMs * 2 ** attempt, longestPauseMs)
  return most / 2 + (most / 2) * random()
}

export const isSuccess = ({ status, body }: Answer): boolean => status >= 200 && status < 300 && body !== undefined

/** Whether the server may or may not have done what it was asked: it failed over it, or nobody could read its answer. */
const isUncertain = ({ status, body }: Answer): boolean =>
  status >= 500 || status === 408 || (status >= 200 && status < 300 && body === undefined)

/** Whether the answer says that the same request is not to be sent again. */
const forbidsRepeat = ({ body }: Answer): boolean =>
  (body as { readonly retry?: { readonly same_reference?: unknown } | null } | null | undefined)?.retry
    ?.same_reference === false

export type Attempt =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** Not begun, and welcome later. */
  | { readonly kind: 'refused for now'; readonly error: DollrError; readonly afterMs: number | undefined }
  | { readonly kind: 'uncertain'; readonly error: DollrError; readonly afterMs: number | undefined }

/** Sends a request once and says what is known of it now. Throws what sending again would not change. */
export async function attempt(
  connection: Connection,
  request: Request,
  options: CallOptions | undefined,
): Promise<Attempt> {
  let answer: Answer
  try {
    answer = await authorized(connection, request, options)
  } catch (error) {
    // Of a token that could not be fetched, it is known that nothing was begun.
    if (error instanceof TokenUnavailable)
      return { kind: 'refused for now', error: error.error, afterMs: error.afterMs }
    if (error instanceof NetworkError) return { kind: 'uncertain', error, afterMs: undefined }
    throw error
  }
  if (isSuccess(answer)) return { kind: 'answered', answer }
  const afterMs = retryAfterMs(answer, connection.clock.now())
  const error = errorOf({ operation: request.operation, ...answer, retryAfterMs: afterMs })
  const againAfterMs = forbidsRepeat(answer) ? Infinity : afterMs
  if (answer.status === 429) return { kind: 'refused for now', error, afterMs: againAfterMs }
  if (isUncertain(answer)) return { kind: 'uncertain', error, afterMs: againAfterMs }
  throw error
}

/** A token could not be had for a reason that may pass. */
export class TokenUnavailable extends Error {
  readonly error: DollrError
  readonly afterMs: number | undefined

  constructor(error: DollrError, afterMs: number | undefined) {
    super(error.message)
    this.error = error
    this.afterMs = afterMs
  }
}

/** Pauses before the next attempt. False when there is none, or none soon enough to wait for. */
export async function mayTryAgain(
  { clock, random, retries }: Connection,
  attempts: number,
  afterMs: number | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (attempts > retries || (afterMs ?? 0) > longestWaitMs) return false
  await clock.sleep(Math.max(afterMs ?? 0, pauseMs(attempts - 1, random)), signal)
  return true
}

/**
 * Whether sending a request twice leaves nothing behind that matters. A second session or account is forgotten unused, and
 * neither moves money. A second line makes an invoice dearer; a second party, document, checkout or endpoint is one too many;
 * and what was published, cancelled or removed refuses to be so again. A card's token makes one account.
 */
export function isRepeatable({ method, path, body }: Request): boolean {
  if (method === 'GET') return true
  if (method === 'PUT') return !path.includes('/publish/')
  if (method !== 'POST') return false
  if (path === '/v1/payment-accounts/create')
    return (body as { method?: unknown } | undefined)?.method !== 'CREDIT_CARD'
  return path.startsWith('/v1/sessions/') || path.startsWith('/v1/realtime-keys/')
}

/** Sends a request until there is an answer, as often as that is safe. */
export async function send(connection: Connection, request: Request, options?: CallOptions): Promise<Answer> {
  for (let attempts = 1; ; attempts += 1) {
    const result = await attempt(connection, request, options)
    if (result.kind === 'answered') return result.answer
    const { operation } = request
    if (result.kind === 'uncertain' && !isRepeatable(request)) {
      throw new UnknownOutcomeError(undefined, { operation, cause: result.error })
    }
    if (!(await mayTryAgain(connection, attempts, result.afterMs, options?.signal))) throw result.error
  }
}
