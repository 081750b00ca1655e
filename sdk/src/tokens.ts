import { exchange, isSuccess, retryAfterMs, type TokenSource, TokenUnavailable, type Wire } from './connection.ts'
import { type Clock } from './environment.ts'
import { AuthenticationError, errorOf, NetworkError } from './errors.ts'

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

interface Token {
  readonly value: string
  readonly renewAt: number
}

const minuteMs = 60_000

/** As the contract asks of clients. */
const renewBeforeMs = 5 * minuteMs

const operation = 'POST /v1/jwt/client/obtain/token'

async function obtain(wire: Wire, { clientId, clientSecret }: ClientCredentials, clock: Clock): Promise<Token> {
  const askedAt = clock.now()
  const body = { client_id: clientId, client_secret: clientSecret }
  const request = { method: 'POST', path: '/v1/jwt/client/obtain/token', operation, body }
  const answer = await exchange(wire, request).catch((error: unknown) => {
    throw error instanceof NetworkError ? new TokenUnavailable(error, undefined) : error
  })
  const { access_token: value, expires_in: minutes } = (answer.body ?? {}) as Record<string, unknown>
  if (isSuccess(answer) && typeof value === 'string' && typeof minutes === 'number') {
    const lifetimeMs = minutes * minuteMs
    // One that lives shorter than ten minutes is renewed halfway, or it would be renewed on every call.
    return { value, renewAt: askedAt + lifetimeMs - Math.min(renewBeforeMs, lifetimeMs / 2) }
  }
  if (isSuccess(answer)) throw new AuthenticationError('answered without a token', { operation, status: answer.status })
  const afterMs = retryAfterMs(answer, clock.now())
  const error = errorOf({ operation, ...answer, retryAfterMs: afterMs })
  throw answer.status === 429 || answer.status >= 500 ? new TokenUnavailable(error, afterMs) : error
}

/** Whoever waits may stop waiting; the question is asked for the others all the same. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let stop: () => void = () => undefined
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
  })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  try {
    await Promise.race([work, aborted])
    signal.throwIfAborted()
    return await work
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Keeps a token, renews it five minutes before its end, and asks once however many calls wait for it. */
export function tokenSource(wire: Wire, credentials: ClientCredentials, clock: Clock): TokenSource {
  let current: Token | undefined
  let underWay: Promise<Token> | undefined
  const renew = (): Promise<Token> =>
    (underWay ??= obtain(wire, credentials, clock)
      .then((token) => (current = token))
      .finally(() => (underWay = undefined)))
  return {
    async get(signal) {
      if (current !== undefined && clock.now() < current.renewAt) return current.value
      return (await unlessAborted(renew(), signal)).value
    },
    forget(token) {
      // Another call may have replaced it already.
      if (current?.value === token) current = undefined
    },
  }
}
