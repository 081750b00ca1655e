import { addMs, type Clock } from '../kernel/clock.ts'
import { decimalsOf, isCurrency } from '../kernel/currencies.ts'
import { type ProviderName } from '../kernel/enums.ts'
import { type MerchantId, type MintReference, type PaymentAccountId, type SessionId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { decimalPlaces, formatMoney, type Money } from '../kernel/money.ts'
import { type FieldIssue, InvalidRequest } from '../kernel/problem.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Offer, type Outcome, type Provider } from '../providers/provider.ts'
import { type Prices } from '../fees/index.ts'
import { formatNumber } from '../sources/index.ts'
import { type CollectionIntent, type Execution, fingerprintOf, firstCheckMs, statusOf } from './model.ts'
import { ReferenceReused, SessionUnusable, SourceNotActive } from './problems.ts'
import { type RecordOutcome } from './record-outcome.ts'
import { untilSettled } from './until-settled.ts'
import {
  type Claim,
  claimCollections,
  type CollectionContext,
  type CollectionQuestion,
  findByReference,
  findCollectionContexts,
} from './store.ts'

export interface CollectionRequest {
  readonly merchantId: MerchantId
  readonly referenceId: string
  readonly sessionId: string
  readonly paymentAccountId: string
  readonly currency: string
}

export type ExecuteCollection = (
  request: CollectionRequest,
  ids: { readonly sessionId: SessionId | undefined; readonly paymentAccountId: PaymentAccountId | undefined },
) => Promise<Execution>

export interface CollectionDependencies {
  readonly db: Pool
  readonly clock: Clock
  readonly mintReference: MintReference
  readonly prices: Prices
  readonly providers: ReadonlyMap<ProviderName, Provider>
  readonly recordOutcome: RecordOutcome
}

const unsupportedCurrency = (more = ''): FieldIssue => ({
  field: 'currency',
  rule: 'currency',
  message: `currency not supported by this payment method${more}`,
})

/** What the network cannot carry is refused before anything is recorded, never rounded to fit. */
function misfit(payer: Money, { decimals, minimum, maximum }: Offer): FieldIssue | undefined {
  if (payer.minor <= 0n)
    return { field: 'currency', rule: 'limit', message: `amount is too small to be paid in ${payer.currency}` }
  if (decimals < decimalsOf(payer.currency) && decimalPlaces(formatMoney(payer)) > decimals) {
    return unsupportedCurrency(`: it takes at most ${decimals} decimals of ${payer.currency}`)
  }
  const tooSmall = minimum && payer.minor < minimum.minor
  const tooLarge = maximum && payer.minor > maximum.minor
  if (!tooSmall && !tooLarge) return undefined
  const limit = tooSmall ? minimum : maximum
  return {
    field: 'payment_account_id',
    rule: 'limit',
    message: `amount is ${tooSmall ? 'below' : 'above'} what this payment method takes: ${limit ? formatMoney(limit) : ''} ${payer.currency}`,
  }
}

/** What a request names that is not there, every piece of it. */
function unresolved({ source, account }: CollectionContext): FieldIssue[] {
  const issues: FieldIssue[] = []
  if (!source) issues.push({ field: 'session_id', rule: 'session', message: 'session not found' })
  if (!account) {
    issues.push({ field: 'payment_account_id', rule: 'not_found', message: 'payment account not found' })
  } else if (!account.isActive) {
    issues.push({ field: 'payment_account_id', rule: 'state', message: 'payment account is not active' })
  }
  return issues
}

/** Prices and checks a collection: all that must be known before it is recorded. Throws what the caller must mend. */
async function decide(
  { clock, mintReference, prices, providers }: CollectionDependencies,
  request: CollectionRequest,
  sessionId: SessionId | undefined,
  context: CollectionContext,
): Promise<CollectionIntent> {
  const { source, account, tierId } = context
  const [first, ...others] = unresolved(context)
  if (first) throw new InvalidRequest(first, ...others)
  invariant(source && account && sessionId, 'a resolved context')

  const { currency } = request
  const offer = isCurrency(currency)
    ? providers.get(account.provider)?.offer(account.method, 'COLLECTION', currency)
    : undefined
  if (!offer || !isCurrency(currency)) throw new InvalidRequest(unsupportedCurrency())
  const quote = await prices.quote({
    base: source.total,
    target: currency,
    operation: 'COLLECTION',
    bearer: source.feeBearer,
    provider: account.provider,
    method: account.method,
    tierId,
  })
  if (!quote) {
    throw new InvalidRequest({
      field: 'currency',
      rule: 'currency',
      message: 'no exchange rate for this currency pair',
    })
  }
  const issue = misfit(quote.payer, offer)
  if (issue) throw new InvalidRequest(issue)
  return {
    merchantId: request.merchantId,
    referenceId: request.referenceId,
    fingerprint: fingerprintOfRequest(request),
    sessionId,
    sourceId: source.id,
    paymentAccountId: account.id,
    provider: account.provider,
    method: account.method,
    providerReference: mintReference(),
    accountNumber: account.accountNumber,
    note: formatNumber(source),
    ...quote,
    walletMessage: quote.payee.minor < 0n ? 'The amount is less than its fees.' : undefined,
    nextCheckAt: addMs(clock.now(), firstCheckMs),
  }
}

const fingerprintOfRequest = ({ sessionId, paymentAccountId, currency }: CollectionRequest): string =>
  fingerprintOf('COLLECTION', [sessionId, paymentAccountId, currency])

/** The execution as the claim left it. */
const claimed = (intent: CollectionIntent, { verdict, executionId }: Claim, now: Date): Execution => {
  invariant(executionId, 'a claimed execution has an id')
  return {
    id: executionId,
    merchantId: intent.merchantId,
    referenceId: intent.referenceId,
    operation: 'COLLECTION',
    status: verdict === 'failed' ? 'FAILED' : 'PENDING',
    provider: intent.provider,
    method: intent.method,
    providerReference: intent.providerReference,
    accountNumber: intent.accountNumber,
    note: intent.note,
    payer: intent.payer,
    payee: intent.payee,
    providerTransactionId: undefined,
    gatewayMessage: undefined,
    walletMessage: intent.walletMessage,
    createdAt: now,
  }
}

/** The execution as an outcome just recorded leaves it. */
const after = (execution: Execution, outcome: Outcome): Execution => ({
  ...execution,
  status: statusOf(outcome) ?? execution.status,
  ...(outcome.kind === 'declined' && { gatewayMessage: outcome.message }),
  ...(outcome.kind === 'completed' && { providerTransactionId: outcome.transactionId }),
})

/** Asks an execution's provider for the payment it stands for. Asking again asks the same. */
export async function submitExecution(providers: ReadonlyMap<ProviderName, Provider>, execution: Execution) {
  const provider = providers.get(execution.provider)
  invariant(
    provider && execution.operation === 'COLLECTION' && execution.accountNumber !== undefined,
    'a collection with a provider and a payer',
  )
  return provider.submit({
    operation: execution.operation,
    reference: execution.providerReference,
    method: execution.method,
    amount: execution.payer,
    phone: execution.accountNumber,
    note: execution.note,
  })
}

/**
 * Charges a payer, once per reference: intent, question and outcome, each in its own commit or none. A crash after the
 * intent is found by its first check.
 */
export function createExecuteCollection(dependencies: CollectionDependencies): ExecuteCollection {
  const { db, clock, providers, recordOutcome } = dependencies
  const findContext = grouped<CollectionQuestion, CollectionContext>((asked) => findCollectionContexts(db, asked), {
    most: 50,
    writers: 2,
  })
  const claim = grouped<CollectionIntent, Claim>((intents) => claimCollections(db, intents, clock.now()), {
    most: 50,
    writers: 1,
  })

  const present = async ({ merchantId, referenceId }: CollectionRequest): Promise<Execution> => {
    const execution = await findByReference(db, merchantId, referenceId)
    invariant(execution, 'an execution under a claimed reference')
    return execution
  }

  return async (request, { sessionId, paymentAccountId }) => {
    const { merchantId, referenceId } = request
    const context = await findContext({ merchantId, referenceId, sessionId, paymentAccountId })
    if (context.known) {
      if (context.known.fingerprint !== fingerprintOfRequest(request)) throw new ReferenceReused()
      return present(request)
    }
    const intent = await decide(dependencies, request, sessionId, context)
    const answer = await untilSettled(() => claim(intent))

    switch (answer.verdict) {
      case 'claimed': {
        const execution = claimed(intent, answer, clock.now())
        const outcome = await submitExecution(providers, execution)
        const recorded = await recordOutcome(execution, outcome)
        if (!recorded) return execution
        // A callback may have been faster than this reply: then what stands is read, not assumed.
        return recorded.verdict === 'applied' ? after(execution, outcome) : present(request)
      }
      case 'failed':
        return claimed(intent, answer, clock.now())
      case 'replayed':
        return present(request)
      case 'reference_reused':
        throw new ReferenceReused()
      case 'session_not_found':
        throw new SessionUnusable('session not found')
      case 'session_not_active':
        throw new SessionUnusable('session not active')
      case 'session_expired':
        throw new SessionUnusable('session expired')
      case 'source_not_active':
        throw new SourceNotActive()
    }
  }
}
