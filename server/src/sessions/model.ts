import { type SourceKind } from '../kernel/enums.ts'
import {
  type CounterpartyId,
  type ExecutionId,
  type MerchantId,
  type PartyId,
  type PaymentAccountId,
  type SessionId,
  type SourceId,
  type WalletId,
} from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'

/** What every kind of session has: it is executed once at most, and before it expires. */
export interface Session {
  readonly id: SessionId
  readonly expiresAt: Date
  readonly createdAt: Date
}

/** The right to pay a document until a time. */
export interface CheckoutSession extends Session {
  readonly kind: SourceKind
  readonly sourceId: SourceId
}

export interface PayoutTerms {
  readonly walletId: WalletId
  readonly payoutAccountId: PaymentAccountId
  readonly amount: Money
}

export interface TransferTerms {
  readonly walletId: WalletId
  readonly counterpartyId: CounterpartyId
  readonly amount: Money
}

export interface RefundTerms {
  readonly walletId: WalletId
  /** The collection to give back, and how much of it, in what its payer paid. */
  readonly refunds: ExecutionId
  readonly amount: Money
  readonly reason: string | undefined
}

export type PayoutSession = Session & PayoutTerms
export type TransferSession = Session & TransferTerms
export type RefundSession = Session & RefundTerms

/** A session that takes money out of a wallet, on its way in. */
export interface DisbursementDraft {
  readonly merchantId: MerchantId
  readonly type: 'PAYOUT' | 'TRANSFER' | 'REFUND'
  readonly walletId: WalletId
  readonly amount: Money
  readonly payoutAccountId?: PaymentAccountId
  readonly counterpartyId?: CounterpartyId
  readonly recipientPartyId?: PartyId
  readonly refunds?: ExecutionId
  readonly reason?: string | undefined
  readonly expiresAt: Date
}
