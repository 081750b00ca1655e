import { addMs, type Clock } from '../kernel/clock.ts'
import { isCurrency } from '../kernel/currencies.ts'
import { type ExecutionStatus, type ProviderName } from '../kernel/enums.ts'
import { type MerchantId, type MintReference, type PaymentAccountId, type SessionId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { type FieldIssue, InvalidRequest } from '../kernel/problem.ts'
import { grouped } from '../platform/db/grouped.ts'
import { brokenConstraint, type Pool } from '../platform/db/pool.ts'
import { type Circuits } from '../providers/circuit.ts'
import { misfit } from '../providers/offers.ts'
import { type Provider } from '../providers/provider.ts'
import { type Prices, type Quote } from '../fees/index.ts'
import { requireCards } from '../merchants/index.ts'
import { formatNumber } from '../sources/index.ts'
import { type CollectionIntent, type Execution, executionOf, fingerprintOf, firstCheckMs } from './model.ts'
import {
  CardMissing,
  CardUsed,
  CurrencyNotSupported,
  PromptOpen,
  ReferenceReused,
  claimRefusal,
  SourceNotActive,
} from './problems.ts'
import { type RecordOutcome } from './record-outcome.ts'
import { carryOut } from './submit.ts'
import { untilSettled } from './until-settled.ts'
import {
  type Claim,
  claimCollections,
  type CollectionContext,
  type CollectionQuestion,
  getByReference,
  findCollectionContexts,
} from './store.ts'

export interface CollectionRequest {
  readonly merchantId: MerchantId
  readonly referenceId: string
  readonly sessionId: string
  readonly paymentAccountId: string
  readonly currency: string
  /** Cards: where the payer's browser comes back to from a challenge. Undefined for a merchant's own page. */
  readonly returnUrl?: string | undefined
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
  /** For how long a phone is kept free of a second prompt; 0 or nothing is not at all. */
  readonly promptGuardSeconds?: number
  /** Refuses new collections while their provider leaves orders without an answer. */
  readonly circuits?: Pick<Circuits, 'admit'>
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
  { db, clock, mintReference, prices, providers }: CollectionDependencies,
  request: CollectionRequest,
  sessionId: SessionId | undefined,
  context: CollectionContext,
): Promise<CollectionIntent> {
  const { source, account, tierId } = context
  const [first, ...others] = unresolved(context)
  if (first) throw new InvalidRequest(first, ...others)
  invariant(source && account && sessionId, 'a resolved context')
  if (account.provider === 'STRIPE') await requireCard(db, request.merchantId, account)

  const { currency } = request
  const offer = isCurrency(currency)
    ? providers.get(account.provider)?.offer(account.method, 'COLLECTION', currency)
    : undefined
  if (!offer || !isCurrency(currency)) throw new CurrencyNotSupported()
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
  const issue = misfit(quote.payer, offer, { currency: 'currency', amount: 'payment_account_id' })
  if (issue) throw new InvalidRequest(issue)
  return {
    operation: 'COLLECTION',
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
    returnUrl: request.returnUrl,
    note: formatNumber(source),
    ...quote,
    walletMessage: refusalOf(quote, context),
    nextCheckAt: addMs(clock.now(), firstCheckMs),
  }
}

/** Cards are switched on merchant by merchant, and every account stands for one. */
async function requireCard(
  db: Pool,
  merchantId: MerchantId,
  { accountNumber }: NonNullable<CollectionContext['account']>,
): Promise<void> {
  await requireCards(db, merchantId)
  if (accountNumber === undefined) throw new CardMissing()
}

/** What only we can know to be wrong: then the payer is not asked. */
function refusalOf({ payee }: Quote, { walletStatus }: CollectionContext): string | undefined {
  if (walletStatus === 'FROZEN' || walletStatus === 'CLOSED') return `The wallet for this currency is ${walletStatus}.`
  return payee.minor < 0n ? 'The amount is less than its fees.' : undefined
}

const fingerprintOfRequest = ({ sessionId, paymentAccountId, currency }: CollectionRequest): string =>
  fingerprintOf('COLLECTION', [sessionId, paymentAccountId, currency])

/**
 * Charges a payer, once per reference: intent, question and outcome, each in its own commit or none. A crash after the
 * intent is found by its first check.
 */
export function createExecuteCollection(dependencies: CollectionDependencies): ExecuteCollection {
  const { db, clock, promptGuardSeconds } = dependencies
  const findContext = grouped<CollectionQuestion, CollectionContext>((asked) => findCollectionContexts(db, asked), {
    most: 50,
    writers: 2,
  })
  const claim = grouped<CollectionIntent, Claim>(
    (intents) => claimCollections(db, intents, clock.now(), promptGuardSeconds),
    { most: 50, writers: 1 },
  )

  const executionFrom = (intent: CollectionIntent, { executionId }: Claim, status: ExecutionStatus): Execution => {
    invariant(executionId, 'a claimed execution has an id')
    return executionOf(intent, executionId, status, intent.walletMessage, clock.now())
  }

  const present = ({ merchantId, referenceId }: CollectionRequest): Promise<Execution> =>
    getByReference(db, merchantId, referenceId)

  return async (request, { sessionId, paymentAccountId }) => {
    const { merchantId, referenceId } = request
    const context = await findContext({ merchantId, referenceId, sessionId, paymentAccountId })
    if (context.known) {
      if (context.known.fingerprint !== fingerprintOfRequest(request)) throw new ReferenceReused()
      return present(request)
    }
    const intent = await decide(dependencies, request, sessionId, context)
    // One that we refuse ourselves asks nobody, and so proves nothing.
    if (intent.walletMessage === undefined) dependencies.circuits?.admit(intent.provider, 'COLLECTION')
    const answer = await untilSettled(() => claim(intent)).catch((error: unknown) => {
      throw brokenConstraint(error) === 'executions_card_once' ? new CardUsed() : error
    })

    switch (answer.verdict) {
      case 'claimed':
        return carryOut(dependencies, executionFrom(intent, answer, 'PENDING'), intent.nextCheckAt, () =>
          present(request),
        )
      case 'failed':
        return executionFrom(intent, answer, 'FAILED')
      case 'replayed':
        return present(request)
      case 'reference_reused':
      case 'session_not_found':
      case 'session_not_active':
      case 'session_expired':
        throw claimRefusal(answer.verdict)
      case 'source_not_active':
        throw new SourceNotActive()
      case 'prompt_open':
        invariant(answer.freeAt, 'a prompt that ends')
        throw new PromptOpen(answer.freeAt)
    }
  }
}
