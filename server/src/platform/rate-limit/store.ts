import { inOrder, query } from '../db/rows.ts'
import { type Queryable } from '../db/pool.ts'

export interface LeaseRequest {
  readonly key: string
  readonly minute: number
}

/** Calls that a node may let pass by itself, and how many are left after it for whoever asks next. */
export interface Lease {
  readonly minute: number
  readonly calls: number
  readonly beyond: number
}

/**
 * Hands out an eighth of what is left of a minute, rounded up, to each key: large while there is much, so that few calls
 * cost a round trip, and one by one in the end, so that little lies unused on other nodes. Decided under the lock of the
 * key's row, so that all leases of a minute together never exceed the limit.
 *
 * A node whose clock is behind takes its share of the minute that the others are in. A row from further ahead was written
 * by a clock gone wrong, and must not hold anybody up until that time comes.
 */
export async function takeLeases(
  db: Queryable,
  callsPerMinute: number,
  requests: readonly LeaseRequest[],
): Promise<Lease[]> {
  const rows = await query<{ ord: number; minute: string; granted: string; lease: string }>(
    db,
    'take-rate-limit-leases',
    `with taken as (
       insert into rate_limits as r (key, minute, granted, lease)
       select asked.key, asked.minute, ($3::bigint + 7) / 8, ($3::bigint + 7) / 8
       from unnest($1::text[], $2::bigint[]) as asked (key, minute)
       -- Locked in the order of their keys: two nodes meeting the same keys from opposite ends would deadlock.
       order by asked.key
       on conflict (key) do update
       set (minute, granted, lease) = (
         select
           so_far.minute,
           so_far.granted + (greatest($3 - so_far.granted, 0) + 7) / 8,
           (greatest($3 - so_far.granted, 0) + 7) / 8
         from (values (true, r.minute, r.granted), (false, excluded.minute, 0)) as so_far (goes_on, minute, granted)
         where so_far.goes_on = (r.minute between excluded.minute and excluded.minute + 1)
       )
       returning key, minute, granted, lease
     )
     select asked.ord::integer - 1 as ord, taken.minute, taken.granted, taken.lease
     from unnest($1::text[]) with ordinality as asked (key, ord)
     join taken on taken.key = asked.key`,
    [requests.map(({ key }) => key), requests.map(({ minute }) => minute), callsPerMinute],
  )
  return inOrder(rows, requests.length).map((row) => ({
    minute: Number(row.minute),
    calls: Number(row.lease),
    beyond: Math.max(0, callsPerMinute - Number(row.granted)),
  }))
}

/** Removes rows nobody has used since before `minute`, at most so many. Rows in use at this moment are left alone. */
export async function forgetLeases(db: Queryable, minute: number, most: number): Promise<number> {
  const [row] = await query<{ forgotten: number }>(
    db,
    'forget-rate-limit-leases',
    `with stale as (
       select key
       from rate_limits
       where minute < $1
       limit $2
       for update skip locked
     ),
     forgotten as (
       delete from rate_limits r
       using stale
       where r.key = stale.key
       returning r.key
     )
     select count(*)::integer as forgotten
     from forgotten`,
    [minute, most],
  )
  return row?.forgotten ?? 0
}
