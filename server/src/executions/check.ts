import { type Clock } from '../kernel/clock.ts'
import { type ProviderName } from '../kernel/enums.ts'
import { invariant } from '../kernel/invariant.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Logger } from '../platform/log.ts'
import { type Finding, type Outcome, type Provider } from '../providers/provider.ts'
import { closeAfterMs, type Execution, resubmitWithinMs } from './model.ts'
import { insertQuestion, type Question } from './question-store.ts'
import { type RecordOutcome } from './record-outcome.ts'
import { claimDueChecks } from './store.ts'
import { submitExecution } from './submit.ts'

export interface CheckDependencies {
  readonly db: Pool
  readonly clock: Clock
  readonly log: Logger
  readonly providers: ReadonlyMap<ProviderName, Provider>
  readonly recordOutcome: RecordOutcome
}

/** Notes what changed no status: what did is an event. */
const note = ({ db, clock }: CheckDependencies, execution: Execution, asked: Question['asked'], answer: Finding) =>
  insertQuestion(
    db,
    execution,
    { asked, answer: answer.kind, detail: answer.kind === 'unknown' ? answer.reason : undefined },
    clock.now(),
  )

/** How many due executions one sweep takes; they are asked about side by side. */
export const checksPerSweep = 50

/**
 * Never received: asked again while it is young, closed when it is old. Both are explicit answers of the provider. One that
 * it did accept and knows no more is another matter: it may have been asked under another account.
 */
async function resolveNotFound(
  dependencies: CheckDependencies,
  execution: Execution,
  provider: Provider,
  turn: number | undefined,
): Promise<Outcome> {
  const { clock, log } = dependencies
  if (execution.status === 'PROCESSING') {
    log.error(
      { executionId: execution.id, provider: execution.provider },
      'the provider knows no more of what it accepted',
    )
    return { kind: 'unknown', reason: 'not found after it was accepted' }
  }
  // What is final was only looked at because somebody called it otherwise: it is never asked for again.
  if (execution.status !== 'PENDING') return { kind: 'unknown', reason: 'not found after it was final' }
  // Beside the checks only questions are asked: an order is for whoever's turn it is.
  if (turn === undefined) return { kind: 'unknown', reason: 'not found' }
  const ageMs = clock.now().getTime() - execution.createdAt.getTime()
  if (ageMs >= closeAfterMs) return provider.neverReceived()
  if (ageMs >= resubmitWithinMs) return { kind: 'unknown', reason: 'not found, and its last order may still arrive' }
  const outcome = await submitExecution(dependencies, execution, { number: turn, until: clock.now() })
  await note(dependencies, execution, 'order', outcome)
  return outcome
}

/**
 * Asks the provider what became of an execution, and records the answer. In a turn of its checks, what was never received is
 * asked for again, or closed.
 */
export async function checkExecution(
  dependencies: CheckDependencies,
  execution: Execution,
  turn?: number,
): Promise<Outcome> {
  const provider = dependencies.providers.get(execution.provider)
  invariant(provider, `a connector for ${execution.provider}`)
  const finding: Finding = await provider.find(execution.operation, execution.providerReference, {
    since: execution.createdAt,
    transactionId: execution.providerTransactionId,
    refundsTransaction: execution.refundsTransaction,
  })
  if (finding.kind === 'not_found' || finding.kind === 'unknown') {
    await note(dependencies, execution, 'look_up', finding)
  }
  const outcome =
    finding.kind === 'not_found' ? await resolveNotFound(dependencies, execution, provider, turn) : finding
  if (outcome.kind === 'unknown') {
    dependencies.log.warn({ executionId: execution.id, reason: outcome.reason }, 'outcome still unknown')
  }
  const recorded = await dependencies.recordOutcome(execution, outcome, finding.kind === 'not_found' ? turn : undefined)
  if (finding.kind === 'accepted' && recorded?.verdict === 'repeated') {
    await note(dependencies, execution, 'look_up', finding)
  }
  return outcome
}

/** One round of the worker: answers how many executions it asked about. */
export async function checkDue(dependencies: CheckDependencies): Promise<number> {
  const due = await claimDueChecks(dependencies.db, dependencies.clock.now(), checksPerSweep)
  const results = await Promise.allSettled(
    due.map((execution) => checkExecution(dependencies, execution, execution.turn)),
  )
  results.forEach((result, index) => {
    // Its next check is already set: nothing is lost, and the others go on.
    if (result.status === 'rejected') {
      dependencies.log.error({ executionId: due[index]?.id, err: result.reason as unknown }, 'check failed')
    }
  })
  return due.length
}
