import { addMs, type Clock } from '../kernel/clock.ts'
import { type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import {
  type MerchantId,
  type MintReference,
  type PartyId,
  type PaymentAccountId,
  type SessionId,
} from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { formatMoney, type Money } from '../kernel/money.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Provider } from '../providers/provider.ts'
import { type Prices, type Quote } from '../fees/index.ts'
import { type Passcodes } from '../passcodes/index.ts'
import {
  bornAs,
  claimDisbursements,
  type DisbursementClaim,
  type DisbursementContext,
  findDisbursementContext,
} from './disbursement-store.ts'
import { type DisbursementIntent, type Execution, executionOf, fingerprintOf, firstCheckMs } from './model.ts'
import {
  AboveRefundable,
  NoExchangeRate,
  RefundInProgress,
  ReferenceReused,
  SessionUnusable,
  claimRefusal,
} from './problems.ts'
import { type RecordOutcome } from './record-outcome.ts'
import { getByReference } from './store.ts'
import { carryOut } from './submit.ts'
import { untilSettled } from './until-settled.ts'

export interface DisbursementDependencies {
  readonly db: Pool
  readonly clock: Clock
  readonly mintReference: MintReference
  readonly prices: Prices
  readonly passcodes: Passcodes
  readonly providers: ReadonlyMap<ProviderName, Provider>
  readonly recordOutcome: RecordOutcome
}

/** What every execution that takes money out of a wallet names. */
export interface DisbursementRequest {
  readonly merchantId: MerchantId
  readonly referenceId: string
  readonly sessionId: SessionId | undefined
}

/** What one of payouts, transfers and refunds makes of its session. */
export interface Decision {
  readonly provider: ProviderName
  readonly method: PaymentMethod
  readonly quote: Quote
  readonly note: string
  readonly paymentAccountId?: PaymentAccountId | undefined
  readonly accountNumber?: string | undefined
  readonly refunds?: DisbursementIntent['refunds']
  readonly recipientPartyId?: PartyId | undefined
  readonly approval?: DisbursementIntent['approval']
}

type Session = NonNullable<DisbursementContext['session']>

export interface Disbursement<Request extends DisbursementRequest> {
  readonly operation: DisbursementIntent['operation']
  /** The fields of the request that say what should happen. */
  readonly fingerprint: (request: Request) => readonly string[]
  /** Whether this caller may do this at all: before anything that the request names is looked at. */
  readonly approve: (request: Request) => Promise<DisbursementIntent['approval']>
  /** Prices and checks it. Throws what the caller must mend. */
  readonly decide: (request: Request, session: Session, context: DisbursementContext) => Promise<Decision>
}

const needed = ({ payer }: Quote): string =>
  `The wallet holds too little: ${formatMoney(payer)} ${payer.currency} is needed.`

/**
 * Money out of a wallet, once per reference: the intent with its hold, the question and the outcome, each in its own commit.
 * What stays on this platform is settled by its intent.
 */
export function createDisburse(dependencies: DisbursementDependencies) {
  const { db, clock, mintReference } = dependencies
  const claim = grouped<DisbursementIntent & { readonly tooLittle: string }, DisbursementClaim>(
    (intents) => claimDisbursements(db, intents, clock.now()),
    { most: 50, writers: 1 },
  )

  return <Request extends DisbursementRequest>({ operation, fingerprint, approve, decide }: Disbursement<Request>) =>
    async (request: Request): Promise<Execution> => {
      const { merchantId, referenceId, sessionId } = request
      const present = (): Promise<Execution> => getByReference(db, merchantId, referenceId)

      const asked = fingerprintOf(operation, fingerprint(request))
      const context = await findDisbursementContext(db, { merchantId, operation, referenceId, sessionId })
      // A repetition moves nothing, so it needs no approval either.
      if (context.known?.fingerprint === asked) return present()
      const approval = await approve(request)
      if (context.known) throw new ReferenceReused()
      const { session } = context
      if (!session) throw new SessionUnusable('session not found')

      const { quote, ...decided } = await decide(request, session, context)
      const intent: DisbursementIntent = {
        operation,
        merchantId,
        referenceId,
        fingerprint: asked,
        sessionId: session.id,
        walletId: session.walletId,
        providerReference: mintReference(),
        ...quote,
        ...decided,
        paymentAccountId: decided.paymentAccountId,
        accountNumber: decided.accountNumber,
        recipientPartyId: decided.recipientPartyId,
        approval,
        walletMessage: undefined,
        nextCheckAt: addMs(clock.now(), firstCheckMs),
      }
      const answer = await untilSettled(() => claim({ ...intent, tooLittle: needed(quote) }))

      switch (answer.verdict) {
        case 'claimed':
        case 'completed':
        case 'failed': {
          invariant(answer.executionId, 'a claimed execution has an id')
          const status = bornAs[answer.verdict]
          const execution = executionOf(intent, answer.executionId, status, answer.walletMessage, clock.now())
          return status === 'PENDING' ? carryOut(dependencies, execution, intent.nextCheckAt, present) : execution
        }
        case 'replayed':
          return present()
        case 'reference_reused':
        case 'session_not_found':
        case 'session_not_active':
        case 'session_expired':
          throw claimRefusal(answer.verdict)
        case 'refund_in_progress':
          throw new RefundInProgress()
        case 'refund_exceeds':
          throw new AboveRefundable()
      }
    }
}

export type Disburse = ReturnType<typeof createDisburse>

/** The fees of money out come on top, and are the wallet's to pay. */
export async function quoteDisbursement(
  { prices }: Pick<DisbursementDependencies, 'prices'>,
  operation: DisbursementIntent['operation'],
  base: Money,
  routing: { readonly provider: ProviderName; readonly method: PaymentMethod; readonly tierId: string | undefined },
): Promise<Quote> {
  const quote = await prices.quote({ base, target: base.currency, operation, bearer: 'PAYER', ...routing })
  if (!quote) throw new NoExchangeRate()
  return quote
}
