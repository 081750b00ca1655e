import { type ExecutionStatus, type FinalStatus } from '../kernel/enums.ts'
import { type ExecutionId, type MerchantId } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, readMoney, type Row } from '../platform/db/rows.ts'
import { type Cancellation, type Finding } from '../providers/provider.ts'
import { type Execution } from './model.ts'

/** What a provider was asked, and how it answered, where no status tells. */
export interface Question {
  readonly asked: 'order' | 'look_up' | 'cancellation'
  readonly answer: Finding['kind'] | Cancellation
  readonly detail: string | undefined
}

/** A reason is a sentence; an answer that was taken for one may be a page. */
const longestDetail = 200

export async function insertQuestion(
  db: Queryable,
  { merchantId, id }: Pick<Execution, 'merchantId' | 'id'>,
  { asked, answer, detail }: Question,
  now: Date,
): Promise<void> {
  await query(
    db,
    'insert-execution-question',
    `insert into execution_questions (merchant_id, execution_id, asked, answer, detail, at)
     values ($1, $2, $3, $4, $5, $6)`,
    [merchantId, id, asked, answer, detail?.slice(0, longestDetail), now],
  )
}

/** Makes an open execution due no later than now. */
export async function bringCheckForward(
  db: Queryable,
  { merchantId, id }: Pick<Execution, 'merchantId' | 'id'>,
  now: Date,
): Promise<void> {
  await query(
    db,
    'bring-check-forward',
    'update executions set next_check_at = $3 where merchant_id = $1 and id = $2 and next_check_at > $3',
    [merchantId, id, now],
  )
}

/** A final answer of a provider that nothing may follow from by itself. */
export interface DoubtfulOutcome {
  readonly reason: 'contradiction' | 'amount'
  readonly stood: ExecutionStatus
  readonly told: FinalStatus
  readonly amount: Money | undefined
  readonly transactionId: string | undefined
  readonly detail: string | undefined
}

/** Told twice is told once. */
export async function insertQuarantined(
  db: Queryable,
  { merchantId, id, provider }: Pick<Execution, 'merchantId' | 'id' | 'provider'>,
  outcome: DoubtfulOutcome,
  now: Date,
): Promise<void> {
  await query(
    db,
    'insert-quarantined-outcome',
    `insert into quarantined_outcomes (
       merchant_id, execution_id, reason, stood, told, told_by, amount_minor, currency, provider_transaction_id, detail, at
     )
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict on constraint quarantined_outcomes_once do nothing`,
    [
      merchantId,
      id,
      outcome.reason,
      outcome.stood,
      outcome.told,
      provider,
      outcome.amount?.minor,
      outcome.amount?.currency,
      outcome.transactionId,
      outcome.detail?.slice(0, longestDetail),
      now,
    ],
  )
}

export interface Quarantined {
  readonly id: string
  readonly merchantId: MerchantId
  readonly executionId: ExecutionId
  readonly referenceId: string
  readonly operation: string
  readonly status: ExecutionStatus
  readonly reason: string
  readonly told: string
  readonly toldBy: string
  readonly amount: Money | undefined
  readonly transactionId: string | undefined
  readonly at: Date
}

interface QuarantinedRow extends Row {
  id: string
  merchant_id: string
  execution_id: string
  reference_id: string
  operation: string
  status: ExecutionStatus
  reason: string
  told: string
  told_by: string
  amount_minor: string | null
  currency: string | null
  provider_transaction_id: string | null
  at: Date
}

/** What waits for a decision, of all merchants, the oldest first. For operators. */
export async function listQuarantined(db: Queryable): Promise<Quarantined[]> {
  const rows = await query<QuarantinedRow>(
    db,
    'list-quarantined-outcomes',
    `select q.id, q.merchant_id, q.execution_id, e.reference_id, e.operation, e.status, q.reason, q.told, q.told_by,
            q.amount_minor, q.currency, q.provider_transaction_id, q.at
     from quarantined_outcomes q
     join executions e on e.merchant_id = q.merchant_id and e.id = q.execution_id
     left join quarantine_decisions d on d.merchant_id = q.merchant_id and d.quarantined_id = q.id
     where d.quarantined_id is null
     order by q.id
     limit 1000`,
    [],
  )
  return rows.map((row) => ({
    id: row.id,
    merchantId: row.merchant_id as MerchantId,
    executionId: row.execution_id as ExecutionId,
    referenceId: row.reference_id,
    operation: row.operation,
    status: row.status,
    reason: row.reason,
    told: row.told,
    toldBy: row.told_by,
    amount: row.amount_minor !== null && row.currency !== null ? readMoney(row.amount_minor, row.currency) : undefined,
    transactionId: row.provider_transaction_id ?? undefined,
    at: row.at,
  }))
}

export const decisions = ['stands', 'provider-right', 'settled-elsewhere'] as const

export interface Decision {
  readonly decision: (typeof decisions)[number]
  readonly note: string
  readonly by: string | undefined
}

/** Records a decision on all of an execution's outcomes that wait for one, and answers how many those were. */
export async function insertDecision(
  db: Queryable,
  merchantId: MerchantId,
  referenceId: string,
  { decision, note, by }: Decision,
  now: Date,
): Promise<number> {
  const rows = await query(
    db,
    'insert-quarantine-decision',
    `insert into quarantine_decisions (merchant_id, quarantined_id, decision, note, decided_by, at)
     select q.merchant_id, q.id, $3, $4, $5, $6
     from executions e
     join quarantined_outcomes q on q.merchant_id = e.merchant_id and q.execution_id = e.id
     where e.merchant_id = $1 and e.reference_id = $2
     on conflict (quarantined_id, merchant_id) do nothing
     returning quarantined_id`,
    [merchantId, referenceId, decision, note, by, now],
  )
  return rows.length
}
