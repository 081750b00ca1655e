import { addMs, type Clock } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool, type Queryable } from '../platform/db/pool.ts'
import { type Call } from '../platform/http/calls.ts'
import { type Logger } from '../platform/log.ts'
import {
  type LoggedRequest,
  normalReference,
  readRequestId,
  type SeenCall,
  shorten,
  toKeep,
  writeRequestId,
} from './model.ts'
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

/** How many calls one question looks at for those that fit: some tens of milliseconds. */
const longestScan = 10_000

/** All calls about a key, as the other lists are cut. */
async function scanReference(
  db: Queryable,
  merchantId: MerchantId,
  filter: store.RequestFilter,
  page: store.RequestPage,
): Promise<store.RequestScan> {
  const all = await store.listRequestIdsOf(db, merchantId, filter, page)
  const { after, most } = page
  const fit = after === undefined ? all.toReversed() : all.filter((id) => BigInt(id) > BigInt(after))
  const ids = fit.slice(0, most)
  return { ids, newest: after === undefined ? ids[0] : ids.at(-1), more: fit.length > most }
}

function scan(
  db: Queryable,
  merchantId: MerchantId,
  filter: store.RequestFilter,
  page: store.RequestPage,
): Promise<store.RequestScan> {
  if (filter.referenceId !== undefined) return scanReference(db, merchantId, filter, page)
  return page.after === undefined
    ? store.scanLatestRequests(db, merchantId, filter, page)
    : store.scanRequestsAfter(db, merchantId, filter, page)
}

/** The newest calls, newest first; or what came after one, oldest first. One that was forgotten meanwhile is a place as well. */
export async function listRequests(db: Queryable, merchantId: MerchantId, asked: LogQuestion): Promise<LogPage> {
  const after = asked.after === undefined ? undefined : readRequestId(asked.after)
  if (asked.after !== undefined && !after) throw new NotFound('Request')
  const { referenceId, path, status, limit } = asked
  const filter = { path, status, referenceId: referenceId === undefined ? undefined : normalReference(referenceId) }
  const filters = path !== undefined || status !== undefined || referenceId !== undefined
  const page = { after, most: limit, scan: filters ? longestScan : limit + 1 }
  const found = await scan(db, merchantId, filter, page)
  const requests = found.ids.length === 0 ? [] : await store.readRequests(db, merchantId, found.ids)
  const next = found.newest ?? after
  return {
    requests: after === undefined ? requests.toReversed() : requests,
    next: next && writeRequestId(next),
    hasMore: found.more,
  }
}
