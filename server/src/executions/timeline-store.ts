import { type ExecutionStatus } from '../kernel/enums.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, queryRow, readMoney, type Row } from '../platform/db/rows.ts'
import { type Execution } from './model.ts'
import { type OpenEnds, type TimelineLine } from './timeline.ts'

/** More than an execution of a year's hourly questions is not read in one go; then the newest are. */
const mostLines = 1_000

/** Everything that is known to have happened to an execution, in order. */
export async function listTimelineLines(db: Queryable, execution: Execution): Promise<TimelineLine[]> {
  const rows = await query<TimelineLine & Row>(
    db,
    'list-timeline-lines',
    `select at, what, detail
     from (
       select happened.*
       from (
         select e.at, case when e.status = 'PENDING' then 1 when e.status = 'PROCESSING' then 5 else 8 end as rank, e.id,
                case e.status
                  when 'PENDING' then 'recorded'
                  when 'PROCESSING' then 'accepted'
                  when 'COMPLETED' then 'completed'
                  else 'failed'
                end as what,
                case when e.status = 'FAILED' then coalesce(e.data ->> 'gateway_message', $5) end as detail
         from events e
         where e.merchant_id = $1 and e.subject_id = $2 and e.subject = execution_subject($6)
         union all
         select a.approved_at, 2, 0, 'approved', null
         from payout_approvals a
         where a.merchant_id = $1 and a.execution_id = $2
         union all
         select l.posted_at, case when l.reason like '%.held' then 3 else 9 end, l.id, 'booked', l.reason
         from ledger_entries l
         where l.merchant_id = $1 and l.execution_id = $2
         union all
         select q.at, case when q.asked = 'look_up' then 6 else 7 end, q.id,
                case q.asked when 'order' then 'asked' when 'look_up' then 'looked_up' else 'cancel_asked' end,
                q.answer || coalesce(': ' || q.detail, '')
         from execution_questions q
         where q.merchant_id = $1 and q.execution_id = $2
         union all
         select c.received_at, 4, c.id, 'callback', null
         from provider_callbacks c
         where c.provider_reference = $3 and c.provider = $4
         union all
         select q.at, 10, q.id, 'quarantined',
                case q.reason
                  when 'amount' then 'the provider completed another amount than was asked'
                  else 'the provider said ' || q.told || ' after ' || q.stood
                end
         from quarantined_outcomes q
         where q.merchant_id = $1 and q.execution_id = $2
         union all
         select d.at, 11, d.quarantined_id, 'decided', d.decision || ': ' || d.note
         from quarantined_outcomes q
         join quarantine_decisions d on d.merchant_id = q.merchant_id and d.quarantined_id = q.id
         where q.merchant_id = $1 and q.execution_id = $2
       ) happened
       order by happened.at desc, happened.rank desc, happened.id desc
       limit ${mostLines}
     ) latest
     order by at, rank, id`,
    [
      execution.merchantId,
      execution.id,
      execution.providerReference,
      execution.provider,
      execution.walletMessage,
      execution.operation,
    ],
  )
  return rows.map(({ at, what, detail }) => ({ at, what, detail }))
}

interface OpenEndsRow extends Row {
  next_check_at: Date | null
  told: ExecutionStatus | null
  amount_minor: string | null
  currency: string | null
  doubted_at: Date | null
}

export async function getOpenEnds(db: Queryable, { merchantId, id }: Execution): Promise<OpenEnds> {
  const row = await queryRow<OpenEndsRow>(
    db,
    'get-open-ends',
    `select e.next_check_at, doubt.told, doubt.amount_minor, doubt.currency, doubt.at as doubted_at
     from executions e
     left join lateral (
       select q.told, q.amount_minor, q.currency, q.at
       from quarantined_outcomes q
       left join quarantine_decisions d on d.merchant_id = q.merchant_id and d.quarantined_id = q.id
       where q.merchant_id = e.merchant_id and q.execution_id = e.id and d.quarantined_id is null
       order by q.id
       limit 1
     ) doubt on true
     where e.merchant_id = $1 and e.id = $2`,
    [merchantId, id],
  )
  const { told, amount_minor: minor, currency, doubted_at: at } = row
  return {
    nextCheckAt: row.next_check_at ?? undefined,
    doubt:
      told !== null && at !== null
        ? { told, at, amount: minor !== null && currency !== null ? readMoney(minor, currency) : undefined }
        : undefined,
  }
}
