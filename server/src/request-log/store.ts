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

/** Where a list begins and how long it is: of so many calls that are looked at, so many that fit. */
export interface RequestPage {
  readonly after: LoggedRequestId | undefined
  readonly most: number
  readonly scan: number
}

export interface RequestScan {
  readonly ids: readonly LoggedRequestId[]
  /** The newest one looked at, did it fit or not. */
  readonly newest: LoggedRequestId | undefined
  readonly more: boolean
}

interface ScanRow extends Row {
  ids: LoggedRequestId[]
  newest: LoggedRequestId | null
  more: boolean
}

const toScan = ({ ids, newest, more }: ScanRow): RequestScan => ({ ids, newest: newest ?? undefined, more })

/** Looks through what came after a call, oldest first. */
export async function scanRequestsAfter(
  db: Queryable,
  merchantId: MerchantId,
  filter: RequestFilter,
  page: RequestPage,
): Promise<RequestScan> {
  const row = await queryRow<ScanRow>(
    db,
    'scan-requests-after',
    `with looked_at as materialized (
       select r.id, r.path, r.status
       from logged_requests r
       where r.merchant_id = $1 and r.id > $2
       order by r.id
       limit $3
     ),
     found as (
       select id
       from looked_at
       where ($4::text is null or starts_with(path, $4)) and ($5::smallint is null or status = $5)
       order by id
       limit $6
     )
     select
       array(select id::text from found order by id) as ids,
       case when hits.count = $6 then hits.last else scan.last end as newest,
       scan.count = $3 or (hits.count = $6 and hits.last < scan.last) as more
     from (select count(*) as count, max(id) as last from found) hits
     cross join (select count(*) as count, max(id) as last from looked_at) scan`,
    [merchantId, page.after, page.scan, filter.path, filter.status, page.most],
  )
  return toScan(row)
}

/** Looks through the newest calls, newest first. */
export async function scanLatestRequests(
  db: Queryable,
  merchantId: MerchantId,
  filter: RequestFilter,
  page: RequestPage,
): Promise<RequestScan> {
  const row = await queryRow<ScanRow>(
    db,
    'scan-latest-requests',
    `with looked_at as materialized (
       select r.id, r.path, r.status
       from logged_requests r
       where r.merchant_id = $1
       order by r.id desc
       limit $2
     ),
     found as (
       select id
       from looked_at
       where ($3::text is null or starts_with(path, $3)) and ($4::smallint is null or status = $4)
       order by id desc
       limit $5
     )
     select
       array(select id::text from found order by id desc) as ids,
       scan.last as newest,
       scan.count = $2 or (hits.count = $5 and hits.first > scan.first) as more
     from (select count(*) as count, min(id) as first from found) hits
     cross join (select count(*) as count, min(id) as first, max(id) as last from looked_at) scan`,
    [merchantId, page.scan, filter.path, filter.status, page.most],
  )
  return toScan(row)
}

/** The calls about a key, in their order: few, and found by it. */
export async function listRequestIdsOf(
  db: Queryable,
  merchantId: MerchantId,
  filter: RequestFilter,
  page: RequestPage,
): Promise<LoggedRequestId[]> {
  const rows = await query<{ id: LoggedRequestId }>(
    db,
    'list-request-ids-of',
    `select r.id
     from logged_requests r
     where r.merchant_id = $1
       and r.reference_id = $2
       and ($3::text is null or starts_with(r.path, $3))
       and ($4::smallint is null or r.status = $4)
     order by r.id desc
     limit $5`,
    [merchantId, filter.referenceId, filter.path, filter.status, page.scan],
  )
  return rows.map(({ id }) => id).reverse()
}

/** Calls by their ids. Ids of other merchants are as unknown as any. */
export async function readRequests(
  db: Queryable,
  merchantId: MerchantId,
  ids: readonly LoggedRequestId[],
): Promise<LoggedRequest[]> {
  const rows = await query<RequestRow>(
    db,
    'read-requests',
    `select ${columns}
     from logged_requests r
     where r.merchant_id = $1 and r.id = any ($2::bigint[])
     order by r.id`,
    [merchantId, ids],
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
