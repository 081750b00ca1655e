import { addMs, type Clock } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool, type Queryable } from '../platform/db/pool.ts'
import { type Call } from '../platform/http/calls.ts'
import { type Logger } from '../platform/log.ts'
import { type LoggedRequest, normalReference, readRequestId, type SeenCall, shorten, toKeep } from './model.ts'
import * as store from './store.ts'

/** Redacted and written together: some milliseconds in which nobody else is served. */
const callsPerRound = 100
/** What may wait to be written: a second or two of as many calls as one process answers. */
const mostWaiting = 2_000
const mostBytesWaiting = 16 * 1024 * 1024
const forgottenPerRound = 5_000
const dayMs = 86_400_000

export interface RequestLog {
  /** Takes note of a call, at no cost to whoever made it. */
  see(merchantId: MerchantId, call: Call): void
  /** Writes what was seen; true when there is more than one round takes. */
  round(): Promise<boolean>
  /** Writes all that was seen. */
  flush(): Promise<void>
  /** Removes what is older than it is kept; true when there is more than one round takes. */
  prune(): Promise<boolean>
}

export interface RequestLogContext {
  readonly db: Pool
  readonly clock: Clock
  readonly log: Logger
  readonly days: number
}

/**
 * Keeps the calls of merchants, behind the answers. A log is not worth a payment: when the database is slower than the calls,
 * the calls it cannot take are left out, and said to be.
 */
export function createRequestLog({ db, clock, log, days }: RequestLogContext): RequestLog {
  const waiting: { readonly seen: SeenCall; readonly bytes: number }[] = []
  let bytesWaiting = 0
  let dropped = 0

  const round = async (): Promise<boolean> => {
    if (dropped > 0) log.warn({ calls: dropped }, 'calls were left out of the request log')
    dropped = 0
    const some = waiting.splice(0, callsPerRound)
    if (some.length === 0) return false
    for (const { bytes } of some) bytesWaiting -= bytes
    try {
      await store.insertRequests(
        db,
        some.map(({ seen }) => toKeep(seen)),
      )
    } catch (error) {
      dropped += some.length
      throw error
    }
    return waiting.length > 0
  }

  return {
    see(merchantId, call) {
      const seen = { merchantId, at: clock.now(), call: shorten(call) }
      const bytes = call.bodyBytes + (seen.call.answer?.length ?? 0)
      if (waiting.length >= mostWaiting || bytesWaiting + bytes > mostBytesWaiting) {
        dropped += 1
        return
      }
      waiting.push({ seen, bytes })
      bytesWaiting += bytes
    },
    round,
    async flush() {
      try {
        while (await round());
      } catch (error) {
        // Whoever stops has nowhere else to put them.
        log.warn({ err: error, calls: dropped + waiting.length }, 'calls were left out of the request log')
      }
    },
    async prune() {
      return (
        (await store.forgetRequests(db, addMs(clock.now(), -days * dayMs), forgottenPerRound)) === forgottenPerRound
      )
    },
  }
}

export interface LogQuestion extends store.RequestFilter {
  readonly after: string | undefined
  readonly limit: number
}

export interface LogPage {
  readonly requests: readonly LoggedRequest[]
  readonly next: string | undefined
  readonly hasMore: boolean
}

const newest = (requests: readonly LoggedRequest[]): LoggedRequest | undefined =>
  requests.reduce<LoggedRequest | undefined>(
    (latest, each) => (latest && BigInt(latest.id) > BigInt(each.id) ? latest : each),
    undefined,
  )

/** The newest calls, newest first; or what came after one, oldest first. One that was forgotten meanwhile is a place as well. */
export async function listRequests(db: Queryable, merchantId: MerchantId, asked: LogQuestion): Promise<LogPage> {
  const { after, limit } = asked
  const position = after === undefined ? undefined : readRequestId(after)
  if (after !== undefined && !position) throw new NotFound('Request')
  const filter = {
    ...asked,
    referenceId: asked.referenceId === undefined ? undefined : normalReference(asked.referenceId),
  }
  const found = position
    ? await store.listRequestsAfter(db, merchantId, position, filter, limit + 1)
    : await store.listLatestRequests(db, merchantId, filter, limit + 1)
  const requests = found.slice(0, limit)
  const latest = newest(requests)
  return { requests, next: latest ? `req_${latest.id}` : after, hasMore: found.length > limit }
}
