import { type MerchantId } from '../kernel/ids.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { query, queryRow, type Row } from '../platform/db/rows.ts'
import { type Warning } from '../platform/http/warnings.ts'
import { type LoggedRequest, type LoggedRequestId, type NewLoggedRequest } from './model.ts'

/** Any number, as long as every version of the server uses the same one, and no other lock does. */
const writingLock = 7_155_320_443

/**
 * Keeps calls, in one statement. One process at a time: ids are then committed in their order, and whoever follows the log by
 * them misses none.
 */
export const insertRequests = (db: Pool, requests: readonly NewLoggedRequest[]): Promise<void> =>
  withTx(db, async (tx) => {
    await queryRow(tx, 'claim-request-log', 'select pg_advisory_xact_lock($1) is null as claimed', [writingLock])
    await query(
      tx,
      'insert-logged-requests',
      `insert into logged_requests (
         merchant_id, request_id, at, method, path, query, status, duration_ms, reference_id, request_body, response_body,
         warnings
       )
       select
         r.merchant_id, r.request_id, r.at, r.method, r.path, r.query, r.status, r.duration_ms, r.reference_id,
         r.request_body::json, r.response_body::json, r.warnings::json
       from unnest(
         $1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::integer[],
         $9::text[], $10::text[], $11::text[], $12::text[]
       ) with ordinality as r (
         merchant_id, request_id, at, method, path, query, status, duration_ms, reference_id, request_body, response_body,
         warnings, ord
       )
       order by r.ord`,
      [
        requests.map((request) => request.merchantId),
        requests.map((request) => request.requestId),
        requests.map((request) => request.at),
        requests.map((request) => request.method),
        requests.map((request) => request.path),
        requests.map((request) => request.query ?? null),
        requests.map((request) => request.status),
        requests.map((request) => request.durationMs),
        requests.map((request) => request.referenceId ?? null),
        requests.map((request) => request.requestBody ?? null),
        requests.map((request) => request.responseBody ?? null),
        requests.map((request) => JSON.stringify(request.warnings)),
      ],
    )
  })

export interface RequestFilter {
  readonly referenceId: string | undefined
  /** What the path begins with. */
  readonly path: string | undefined
  readonly status: number | undefined
}

interface RequestRow extends Row {
  id: LoggedRequestId
  merchant_id: MerchantId
  request_id: string
  at: Date
  method: string
  path: string
  query: string | null
  status: number
  duration_ms: number
  reference_id: string | null
  request_body: unknown
  response_body: unknown
  warnings: readonly Warning[]
}

const columns = `r.id, r.merchant_id, r.request_id, r.at, r.method, r.path, r.query, r.status, r.duration_ms, r.reference_id,
       r.request_body, r.response_body, r.warnings`

const toRequest = (row: RequestRow): LoggedRequest => ({
  id: row.id,
  merchantId: row.merchant_id,
  requestId: row.request_id,
  at: row.at,
  method: row.method,
  path: row.path,
  query: row.query ?? undefined,
  status: row.status,
  durationMs: row.duration_ms,
  referenceId: row.reference_id ?? undefined,
  requestBody: row.request_body,
  responseBody: row.response_body,
  warnings: row.warnings,
})

/** What came after a call, oldest first. */
export async function listRequestsAfter(
  db: Queryable,
  merchantId: MerchantId,
  after: LoggedRequestId,
  filter: RequestFilter,
  most: number,
): Promise<LoggedRequest[]> {
  const rows = await query<RequestRow>(
    db,
    'list-requests-after',
    `select ${columns}
     from logged_requests r
     where r.merchant_id = $1
       and r.id > $2
       and ($3::text is null or r.reference_id = $3)
       and ($4::text is null or starts_with(r.path, $4))
       and ($5::smallint is null or r.status = $5)
     order by r.id
     limit $6`,
    [merchantId, after, filter.referenceId, filter.path, filter.status, most],
  )
  return rows.map(toRequest)
}

/** The newest calls, newest first. */
export async function listLatestRequests(
  db: Queryable,
  merchantId: MerchantId,
  filter: RequestFilter,
  most: number,
): Promise<LoggedRequest[]> {
  const rows = await query<RequestRow>(
    db,
    'list-latest-requests',
    `select ${columns}
     from logged_requests r
     where r.merchant_id = $1
       and ($2::text is null or r.reference_id = $2)
       and ($3::text is null or starts_with(r.path, $3))
       and ($4::smallint is null or r.status = $4)
     order by r.id desc
     limit $5`,
    [merchantId, filter.referenceId, filter.path, filter.status, most],
  )
  return rows.map(toRequest)
}

/** Removes the oldest calls from before a moment, at most so many. */
export async function forgetRequests(db: Queryable, before: Date, most: number): Promise<number> {
  const row = await queryRow<{ forgotten: number }>(
    db,
    'forget-requests',
    `with old as (
       select merchant_id, id
       from logged_requests
       where at < $1
       order by at
       limit $2
       for update skip locked
     ),
     forgotten as (
       delete from logged_requests r
       using old
       where r.merchant_id = old.merchant_id and r.id = old.id
       returning r.id
     )
     select count(*)::integer as forgotten
     from forgotten`,
    [before, most],
  )
  return row.forgotten
}
