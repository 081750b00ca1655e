import { type Queryable } from '../platform/db/pool.ts'
import { query, readMoney, type Row } from '../platform/db/rows.ts'
import { type Difference, type Report, type StatementLine, type StatementProvider } from './model.ts'

/** A line, and the how-manieth of its reference it is in its statement. */
export type NumberedLine = StatementLine & { readonly occurrence: number }

/** A line that was stored before is stored once: what the provider says last counts. */
export async function saveLines(tx: Queryable, lines: readonly NumberedLine[]): Promise<void> {
  await query(
    tx,
    'save-statement-lines',
    `insert into statement_lines (provider, kind, reference, occurrence, amount_minor, currency, fee_minor, occurred_at)
     select l.*
     from unnest(
       $1::text[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::text[], $7::bigint[], $8::timestamptz[]
     ) as l
     on conflict (provider, kind, reference, occurrence) do update
     set amount_minor = excluded.amount_minor, currency = excluded.currency, fee_minor = excluded.fee_minor,
       occurred_at = excluded.occurred_at`,
    [
      lines.map((line) => line.provider),
      lines.map((line) => line.kind),
      lines.map((line) => line.reference),
      lines.map((line) => line.occurrence),
      lines.map((line) => line.amount.minor),
      lines.map((line) => line.amount.currency),
      lines.map((line) => line.fee?.minor ?? null),
      lines.map((line) => line.at),
    ],
  )
}

interface ReportRow extends Row {
  day: string
  currency: string
  matched: number
  missing_there: number
  missing_here: number
  amount_differs: number
}

/** Days as `2025-06-01`. */
interface Days {
  readonly provider: StatementProvider
  readonly days: readonly string[]
}

/** One import at a time: two would make the same reports. */
export async function lockReports(tx: Queryable): Promise<void> {
  await query(tx, 'lock-reconciliation-reports', 'lock table reconciliation_reports in share row exclusive mode', [])
}

export async function deleteReports(tx: Queryable, { provider, days }: Days): Promise<void> {
  await query(
    tx,
    'delete-reconciliation-reports',
    `delete from reconciliation_reports
     where provider = $1 and day = any ($2::date[])`,
    [provider, days],
  )
}

/**
 * Holds what is stored of these days against our executions, and answers the reports. A line belongs to the day the
 * provider gives it, and matches by its reference whatever day we give it: clocks and midnights differ. Ours is missing
 * there if no statement of any day has it.
 */
export async function insertReports(tx: Queryable, { provider, days }: Days, now: Date): Promise<Report[]> {
  const rows = await query<ReportRow>(
    tx,
    'insert-reconciliation-reports',
    `with line as materialized (
       select d.day, l.currency, l.kind, l.reference, l.occurrence, l.amount_minor,
         case when l.reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then l.reference::uuid end as uuid
       from unnest($2::date[]) as d (day)
       join statement_lines l
         on l.provider = $1
         and l.occurred_at >= d.day::timestamp at time zone 'UTC'
         and l.occurred_at < (d.day + 1)::timestamp at time zone 'UTC'
     ),
     covered as (
       select distinct day, currency
       from line
     ),
     found as materialized (
       select line.day, line.currency, line.kind, line.reference, p.merchant_id, p.execution_id, p.status,
         p.amount_minor as ours_minor, p.currency as ours_currency, line.amount_minor as theirs_minor,
         case
           when p.execution_id is null or line.occurrence > 1 or p.status <> 'COMPLETED' then 'missing_here'
           when p.amount_minor <> line.amount_minor or p.currency <> line.currency then 'amount_differs'
           else 'matched'
         end as what
       from line
       left join provider_payments p
         on p.provider = $1 and p.provider_reference = line.uuid and p.kind = line.kind
       union all
       select covered.day, covered.currency, p.kind, p.provider_reference::text, p.merchant_id, p.execution_id, p.status,
         p.amount_minor, p.currency, null, 'missing_there'
       from covered
       join provider_payments p
         on p.provider = $1 and p.currency = covered.currency and p.status = 'COMPLETED'
         and p.confirmed_at >= covered.day::timestamp at time zone 'UTC'
         and p.confirmed_at < (covered.day + 1)::timestamp at time zone 'UTC'
       where not exists (
         select 1
         from statement_lines l
         where l.provider = $1 and l.kind = p.kind and l.reference = p.provider_reference::text
       )
     ),
     report as (
       insert into reconciliation_reports (
         provider, day, currency, matched, missing_there, missing_here, amount_differs, made_at
       )
       select $1, day, currency, count(*) filter (where what = 'matched'), count(*) filter (where what = 'missing_there'),
         count(*) filter (where what = 'missing_here'), count(*) filter (where what = 'amount_differs'), $3
       from found
       group by day, currency
       returning *
     ),
     differences as (
       insert into reconciliation_differences (
         provider, day, currency, what, kind, reference, merchant_id, execution_id, status, ours_minor, ours_currency,
         theirs_minor
       )
       select $1, day, currency, what, kind, reference, merchant_id, execution_id, status, ours_minor, ours_currency,
         theirs_minor
       from found
       where what <> 'matched'
       order by day, currency, what, kind, reference
     )
     select day::text, currency, matched, missing_there, missing_here, amount_differs
     from report
     order by day, currency`,
    [provider, days, now],
  )
  return rows.map((row) => ({
    day: row.day,
    currency: row.currency,
    matched: row.matched,
    missingThere: row.missing_there,
    missingHere: row.missing_here,
    amountDiffers: row.amount_differs,
  }))
}

/** Which of these days have a report already. */
export async function listReportedDays(tx: Queryable, { provider, days }: Days): Promise<string[]> {
  const rows = await query<{ day: string }>(
    tx,
    'list-reported-days',
    `select distinct day::text
     from reconciliation_reports
     where provider = $1 and day = any ($2::date[])`,
    [provider, days],
  )
  return rows.map((row) => row.day)
}

interface DifferenceRow extends Row {
  day: string
  currency: string
  what: Difference['what']
  kind: string
  reference: string
  merchant_id: string | null
  execution_id: string | null
  status: string | null
  ours_minor: string | null
  ours_currency: string | null
  theirs_minor: string | null
}

export async function listDifferences(db: Queryable, { provider, days }: Days, most: number): Promise<Difference[]> {
  const rows = await query<DifferenceRow>(
    db,
    'list-reconciliation-differences',
    `select day::text, currency, what, kind, reference, merchant_id, execution_id, status, ours_minor, ours_currency,
       theirs_minor
     from reconciliation_differences
     where provider = $1 and day = any ($2::date[])
     order by day, currency, id
     limit $3`,
    [provider, days, most],
  )
  return rows.map((row) => ({
    day: row.day,
    currency: row.currency,
    what: row.what,
    kind: row.kind,
    reference: row.reference,
    merchantId: row.merchant_id ?? undefined,
    executionId: row.execution_id ?? undefined,
    status: row.status ?? undefined,
    ours:
      row.ours_minor === null || row.ours_currency === null ? undefined : readMoney(row.ours_minor, row.ours_currency),
    theirs: row.theirs_minor === null ? undefined : readMoney(row.theirs_minor, row.currency),
  }))
}
