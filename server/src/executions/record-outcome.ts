import { addMs, type Clock } from '../kernel/clock.ts'
import { type ExecutionStatus } from '../kernel/enums.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Logger } from '../platform/log.ts'
import { type Outcome } from '../providers/provider.ts'
import { askedAmount, type Execution, firstCheckMs, mayBecome, statusOf } from './model.ts'
import { insertQuarantined } from './question-store.ts'
import { type OutcomeRecord, type RecordedOutcome, recordOutcomes } from './store.ts'
import { untilSettled } from './until-settled.ts'

/** Records what became of an execution and answers how it stands now. The only way in, whoever brings the news. */
export type RecordOutcome = (
  execution: Execution,
  outcome: Outcome,
  /** For what is only true while nobody asks the provider for this execution again: the turn in which it was found out. */
  turn?: number,
) => Promise<RecordedOutcome | undefined>

/** A provider that completed another amount than was asked has not completed this payment: a person must look. */
function amountDiffers(execution: Execution, outcome: Outcome): outcome is Extract<Outcome, { kind: 'completed' }> {
  if (outcome.kind !== 'completed' || outcome.amount === undefined) return false
  const asked = askedAmount(execution)
  return outcome.amount.minor !== asked.minor || outcome.amount.currency !== asked.currency
}

/** Until when the same refusal would come again, as far as the provider lets us know. */
export const retryNotBefore = (outcome: Outcome, now: Date): Date | undefined =>
  outcome.kind === 'declined' && outcome.retryAfterMs !== undefined ? addMs(now, outcome.retryAfterMs) : undefined

function toRecord(
  execution: Execution,
  outcome: Outcome,
  turn: number | undefined,
  now: Date,
): OutcomeRecord | undefined {
  const status = statusOf(outcome)
  if (!status) return undefined
  return {
    merchantId: execution.merchantId,
    executionId: execution.id,
    status,
    from: mayBecome[status],
    providerTransactionId: 'transactionId' in outcome ? outcome.transactionId : undefined,
    requiresAction: outcome.kind === 'requires_action',
    gatewayMessage: outcome.kind === 'declined' ? outcome.message : undefined,
    failureCode: outcome.kind === 'declined' ? outcome.code : undefined,
    retryNotBefore: retryNotBefore(outcome, now),
    nextCheckAt: status === 'PROCESSING' ? addMs(now, firstCheckMs) : undefined,
    turn: outcome.kind === 'declined' ? turn : undefined,
  }
}

export function createRecordOutcome(db: Pool, clock: Clock, log: Logger): RecordOutcome {
  const record = grouped<OutcomeRecord, RecordedOutcome>((outcomes) => recordOutcomes(db, outcomes, clock.now()), {
    most: 50,
    writers: 1,
  })
  const quarantine = async (execution: Execution, outcome: Outcome, stood: ExecutionStatus): Promise<void> => {
    const completed = outcome.kind === 'completed' ? outcome : undefined
    await insertQuarantined(
      db,
      execution,
      {
        reason: 'contradiction',
        stood,
        told: completed ? 'COMPLETED' : 'FAILED',
        amount: completed?.amount,
        transactionId: completed?.transactionId,
        detail: outcome.kind === 'declined' ? outcome.code : undefined,
      },
      clock.now(),
    )
  }
  return async (execution, outcome, turn) => {
    const subject = { executionId: execution.id, merchantId: execution.merchantId, provider: execution.provider }
    if (amountDiffers(execution, outcome)) {
      log.error(subject, 'the provider completed another amount than was asked: quarantined for an operator')
      const { amount, transactionId } = outcome
      const doubt = { reason: 'amount', stood: execution.status, told: 'COMPLETED', detail: undefined } as const
      await insertQuarantined(db, execution, { ...doubt, amount, transactionId }, clock.now())
      return undefined
    }
    const entry = toRecord(execution, outcome, turn, clock.now())
    if (!entry) return undefined
    const recorded = await untilSettled(() => record(entry))
    if (recorded.verdict === 'contradicted') {
      log.error(
        { ...subject, stands: recorded.status, told: entry.status },
        'contradictory final answers: the first stands, the other is quarantined for an operator',
      )
      await quarantine(execution, outcome, recorded.status ?? execution.status)
    }
    return recorded
  }
}
