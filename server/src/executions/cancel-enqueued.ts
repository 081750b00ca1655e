import { type Clock } from '../kernel/clock.ts'
import { isFinal } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { OperatorError } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Cancellation, type Provider } from '../providers/provider.ts'
import { type Execution } from './model.ts'
import { bringCheckForward, insertQuestion } from './question-store.ts'
import { findByReference } from './store.ts'

const subjectOf = ({ operation }: Execution): string => `This ${operation.toLowerCase()}`

/**
 * Asks a provider to drop money out that it has accepted and not yet passed on. Whatever it answers, what became of the payment
 * is looked up like any other: at once, where the provider said that it will fail.
 */
export async function cancelEnqueued(
  { db, clock }: { readonly db: Pool; readonly clock: Clock },
  provider: Provider,
  merchantId: MerchantId,
  referenceId: string,
): Promise<{ readonly execution: Execution; readonly answer: Cancellation }> {
  const execution = await findByReference(db, merchantId, referenceId)
  if (!execution) throw new OperatorError(`Merchant ${merchantId} has no execution ${referenceId}.`)
  const { operation, status } = execution
  if (operation !== 'PAYOUT' && operation !== 'REFUND') {
    throw new OperatorError(`${subjectOf(execution)} cannot be cancelled: only payouts and refunds wait in a queue.`)
  }
  if (isFinal(status)) throw new OperatorError(`${subjectOf(execution)} is ${status}.`)
  if (execution.provider !== provider.name) {
    throw new OperatorError(`${subjectOf(execution)} goes through ${execution.provider}.`)
  }
  const answer = await provider.cancelEnqueued(operation, execution.providerReference)
  await insertQuestion(db, execution, { asked: 'cancellation', answer, detail: undefined }, clock.now())
  if (answer !== 'refused') await bringCheckForward(db, execution, clock.now())
  return { execution, answer }
}
