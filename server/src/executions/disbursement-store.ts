import {
  type ExecutionStatus,
  type OperationType,
  type PaymentMethod,
  type ProviderName,
  type SourceKind,
} from '../kernel/enums.ts'
import {
  type ExecutionId,
  type MerchantId,
  type PartyId,
  type PaymentAccountId,
  type ProviderReference,
  type SessionId,
  type WalletId,
} from '../kernel/ids.ts'
import { type Money, type Ratio } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import {
  inOrder,
  numbered,
  query,
  queryOne,
  queryRow,
  readCurrency,
  readMoney,
  readRatio,
  type Row,
} from '../platform/db/rows.ts'
import { type DisbursementIntent } from './model.ts'
import { intentFields } from './store.ts'

/** A completed collection, as far as giving it back goes. */
export interface Refundable {
  readonly id: ExecutionId
  readonly provider: ProviderName
  readonly method: PaymentMethod
  readonly reference: ProviderReference
  /** The provider's own id of it. */
  readonly transactionId: string | undefined
  readonly paymentAccountId: PaymentAccountId
  /** What the payer paid, less what was given back or is on its way back. */
  readonly left: Money
  readonly payee: Money
  /** Units of the payer's currency per unit of the payee's. */
  readonly rate: Ratio | undefined
}

interface RefundableRow extends Row {
  refund_id: string | null
  refund_provider: ProviderName
  refund_method: PaymentMethod
  refund_reference: string
  refund_transaction: string | null
  refund_account_id: string
  refund_left_minor: string
  refund_payer_currency: string
  refund_payee_minor: string
  refund_payee_currency: string
  fx_rate_numerator: string | null
  fx_rate_denominator: string | null
}

const refundableColumns = `original.id as refund_id, original.provider as refund_provider, original.method as refund_method,
       original.provider_reference as refund_reference,
       original.provider_transaction_id as refund_transaction, original.payment_account_id as refund_account_id,
       original.payer_minor - coalesce((
         select sum(r.payee_minor)
         from executions r
         where r.merchant_id = original.merchant_id and r.refunds_execution_id = original.id and r.status <> 'FAILED'
       ), 0) as refund_left_minor, original.payer_currency as refund_payer_currency,
       original.payee_minor as refund_payee_minor, original.payee_currency as refund_payee_currency,
       original.fx_rate_numerator, original.fx_rate_denominator`

function toRefundable(row: RefundableRow): Refundable | undefined {
  if (row.refund_id === null) return undefined
  return {
    id: row.refund_id as ExecutionId,
    provider: row.refund_provider,
    method: row.refund_method,
    reference: row.refund_reference as ProviderReference,
    transactionId: row.refund_transaction ?? undefined,
    paymentAccountId: row.refund_account_id as PaymentAccountId,
    left: readMoney(row.refund_left_minor, row.refund_payer_currency),
    payee: readMoney(row.refund_payee_minor, row.refund_payee_currency),
    rate: readRatio(row.fx_rate_numerator, row.fx_rate_denominator),
  }
}

/** Undefined for what is no completed collection of this merchant's. */
export async function findRefundable(
  db: Queryable,
  merchantId: MerchantId,
  id: ExecutionId,
): Promise<Refundable | undefined> {
  const row = await queryOne<RefundableRow>(
    db,
    'find-refundable',
    `select ${refundableColumns}
     from executions original
     where original.merchant_id = $1 and original.id = $2 and original.operation = 'COLLECTION' and original.status = 'COMPLETED'`,
    [merchantId, id],
  )
  return row && toRefundable(row)
}

/** What a payout, a transfer or a refund is judged and priced by. What does not exist for this merchant is undefined. */
export interface DisbursementContext {
  readonly known: { readonly fingerprint: string } | undefined
  readonly session: { readonly id: SessionId; readonly walletId: WalletId; readonly amount: Money } | undefined
  /** Payouts: the account to pay. */
  readonly account:
    | {
        readonly id: PaymentAccountId
        readonly isActive: boolean
        readonly provider: ProviderName
        readonly method: PaymentMethod
        readonly accountNumber: string | undefined
        readonly partyId: PartyId
      }
    | undefined
  /** Transfers: who receives. */
  readonly recipientPartyId: PartyId | undefined
  /** Refunds: what is given back, and for which document. */
  readonly refundable: Refundable | undefined
  readonly source: { readonly kind: SourceKind; readonly year: number; readonly counter: bigint } | undefined
  readonly tierId: string | undefined
}

interface ContextRow extends RefundableRow {
  known_fingerprint: Buffer | null
  session_id: string | null
  wallet_id: string
  amount_minor: string
  currency: string
  account_id: string | null
  is_active: boolean
  provider: ProviderName
  method: PaymentMethod
  account_number: string | null
  account_party_id: string
  recipient_party_id: string | null
  source_kind: SourceKind | null
  number_year: number
  number_counter: string
  tier_id: string | null
}

export async function findDisbursementContext(
  db: Queryable,
  asked: {
    readonly merchantId: MerchantId
    readonly operation: OperationType
    readonly referenceId: string
    readonly sessionId: SessionId | undefined
  },
): Promise<DisbursementContext> {
  const row = await queryRow<ContextRow>(
    db,
    'disbursement-context',
    `select known.fingerprint as known_fingerprint, session.id as session_id, session.wallet_id, session.amount_minor,
            session.currency, account.id as account_id, account.is_active, account.provider, account.method,
            account.account_number, account.party_id as account_party_id, session.recipient_party_id,
            source.kind as source_kind, source.number_year, source.number_counter, tier.tier_id,
            ${refundableColumns}
     from (values ($1::bigint)) as asked (merchant_id)
     left join executions known on known.merchant_id = asked.merchant_id and known.reference_id = $2
     left join sessions session
       on session.merchant_id = asked.merchant_id and session.id = $3 and session.type = $4
     left join payment_accounts account
       on account.merchant_id = session.merchant_id and account.id = session.payment_account_id
     left join executions original
       on original.merchant_id = session.merchant_id and original.id = session.refunds_execution_id
     left join sources source on source.merchant_id = original.merchant_id and source.id = original.source_id
     left join merchant_fee_tiers tier on tier.merchant_id = asked.merchant_id`,
    [asked.merchantId, asked.referenceId, asked.sessionId, asked.operation],
  )
  return {
    known: row.known_fingerprint ? { fingerprint: row.known_fingerprint.toString('hex') } : undefined,
    session:
      row.session_id === null
        ? undefined
        : {
            id: row.session_id as SessionId,
            walletId: row.wallet_id as WalletId,
            amount: readMoney(row.amount_minor, readCurrency(row.currency)),
          },
    account:
      row.account_id === null
        ? undefined
        : {
            id: row.account_id as PaymentAccountId,
            isActive: row.is_active,
            provider: row.provider,
            method: row.method,
            accountNumber: row.account_number ?? undefined,
            partyId: row.account_party_id as PartyId,
          },
    recipientPartyId: (row.recipient_party_id ?? undefined) as PartyId | undefined,
    refundable: toRefundable(row),
    source:
      row.source_kind === null
        ? undefined
        : { kind: row.source_kind, year: row.number_year, counter: BigInt(row.number_counter) },
    tierId: row.tier_id ?? undefined,
  }
}

export type DisbursementVerdict =
  | 'claimed'
  | 'completed'
  | 'failed'
  | 'replayed'
  | 'reference_reused'
  | 'session_not_found'
  | 'session_not_active'
  | 'session_expired'
  | 'refund_in_progress'
  | 'refund_exceeds'
  | 'again'

export interface DisbursementClaim {
  readonly verdict: DisbursementVerdict
  readonly executionId: ExecutionId | undefined
  /** Why it was born FAILED. */
  readonly walletMessage: string | undefined
}

/** How an execution begins, by the verdict on its claim. */
export const bornAs = {
  claimed: 'PENDING',
  completed: 'COMPLETED',
  failed: 'FAILED',
} as const satisfies Partial<Record<DisbursementVerdict, ExecutionStatus>>

/** The first commit of money out. See `claim_disbursements` for what each verdict leaves behind. */
export async function claimDisbursements(
  db: Queryable,
  intents: readonly (DisbursementIntent & { readonly tooLittle: string })[],
  now: Date,
): Promise<DisbursementClaim[]> {
  const rows = await query<{
    ord: number
    verdict: DisbursementVerdict
    execution_id: string | null
    wallet_message: string | null
  }>(
    db,
    'claim-disbursements',
    'select ord, verdict, execution_id, wallet_message from claim_disbursements($1::jsonb, $2)',
    [
      numbered(
        intents.map((intent) => ({
          ...intentFields(intent),
          operation: intent.operation,
          wallet_id: intent.walletId,
          refunds_execution_id: intent.refunds?.id ?? null,
          refunds_reference: intent.refunds?.reference ?? null,
          recipient_party_id: intent.recipientPartyId ?? null,
          settles: intent.recipientPartyId !== undefined,
          too_little: intent.tooLittle,
          passcode_id: intent.approval?.passcodeId ?? null,
          device: intent.approval?.device ?? null,
        })),
      ),
      now,
    ],
  )
  return inOrder(rows, intents.length).map((row) => ({
    verdict: row.verdict,
    executionId: (row.execution_id ?? undefined) as ExecutionId | undefined,
    walletMessage: row.wallet_message ?? undefined,
  }))
}
