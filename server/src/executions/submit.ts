import { addMs, type Clock } from '../kernel/clock.ts'
import { type ProviderName } from '../kernel/enums.ts'
import { invariant } from '../kernel/invariant.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Outcome, type PaymentOrder, type Provider } from '../providers/provider.ts'
import { askedAmount, type Execution, firstCheckMs, longestOrderMs, statusOf } from './model.ts'
import { insertQuestion } from './question-store.ts'
import { type RecordOutcome, retryNotBefore } from './record-outcome.ts'
import { extendTurn } from './store.ts'

/** What a provider is asked for an execution. Asking again asks the same. */
function orderOf(execution: Execution): PaymentOrder {
  const { operation, provider, accountNumber, refundsReference, refundsTransaction, returnUrl } = execution
  const terms = {
    reference: execution.providerReference,
    method: execution.method,
    amount: askedAmount(execution),
    note: execution.note,
  }
  if (operation === 'REFUND') {
    invariant(refundsReference, 'a refund of a collection')
    return { operation, ...terms, refunds: refundsReference, refundsTransaction }
  }
  invariant(operation !== 'TRANSFER' && accountNumber !== undefined, 'a payment through a provider')
  if (provider === 'STRIPE') {
    invariant(operation === 'COLLECTION', 'cards are charged and never paid')
    return { operation, ...terms, card: accountNumber, returnUrl }
  }
  return { operation, ...terms, phone: accountNumber }
}

interface OrderDependencies {
  readonly db: Pool
  readonly clock: Clock
  readonly providers: ReadonlyMap<ProviderName, Provider>
}

/** Whose turn it is to ask for an execution, and until when nobody else will. */
export interface Turn {
  readonly number: number
  readonly until: Date
}

/**
 * Asks an execution's provider for the payment it stands for. One order is under way at a time: a provider that declines one
 * may take another, and then the first answer would be wrong. So an order goes out only in its sender's turn, and only when it
 * is over before that is.
 */
export async function submitExecution(
  { db, clock, providers }: OrderDependencies,
  execution: Execution,
  turn: Turn,
): Promise<Outcome> {
  const provider = providers.get(execution.provider)
  invariant(provider, `a connector for ${execution.provider}`)
  const isLongEnough = ({ until }: Turn): boolean => addMs(clock.now(), longestOrderMs) <= until
  if (!isLongEnough(turn)) {
    const longer = { ...turn, until: addMs(clock.now(), firstCheckMs) }
    const isOurs = await extendTurn(db, execution, longer.number, longer.until)
    if (!isOurs || !isLongEnough(longer)) return { kind: 'unknown', reason: 'not asked for: it is no longer our turn' }
  }
  return provider.submit(orderOf(execution))
}

/** The execution as an outcome just recorded leaves it. */
const after = (execution: Execution, outcome: Outcome, now: Date): Execution => ({
  ...execution,
  status: statusOf(outcome) ?? execution.status,
  updatedAt: now,
  requiresAction: outcome.kind === 'requires_action',
  ...('transactionId' in outcome && {
    providerTransactionId: outcome.transactionId ?? execution.providerTransactionId,
  }),
  ...(outcome.kind === 'declined' && {
    gatewayMessage: outcome.message,
    retryNotBefore: retryNotBefore(outcome, now),
  }),
})

/**
 * The question and the outcome of an execution whose intent is recorded, and how it stands then. A crash on the way is found
 * by its first check.
 */
export async function carryOut(
  dependencies: OrderDependencies & { readonly recordOutcome: RecordOutcome },
  execution: Execution,
  firstCheckAt: Date,
  present: () => Promise<Execution>,
): Promise<Execution> {
  const { db, clock, recordOutcome } = dependencies
  const turn = { number: 0, until: firstCheckAt }
  const outcome = await submitExecution(dependencies, execution, turn)
  if (outcome.kind === 'unknown') {
    await insertQuestion(db, execution, { asked: 'order', answer: outcome.kind, detail: outcome.reason }, clock.now())
  }
  const recorded = await recordOutcome(execution, outcome, turn.number)
  if (!recorded) return execution
  // A callback may have been faster than this reply: then what stands is read, not assumed.
  return recorded.verdict === 'applied' ? after(execution, outcome, clock.now()) : present()
}
