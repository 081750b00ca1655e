import { type WalletStatus } from '../kernel/enums.ts'
import { type PartyId } from '../kernel/ids.ts'
import { type FieldIssue } from '../kernel/problem.ts'
import { type PaymentAccount } from '../payment-accounts/index.ts'
import { type CheckoutSessionVerdict } from './store.ts'

export const sourceNotFound: FieldIssue = { field: 'source_id', rule: 'not_found', message: 'source not found' }

/** Why a document cannot be paid now. A wallet that may not be credited takes no payment. */
export function checkoutIssue(verdict: Exclude<CheckoutSessionVerdict, { readonly kind: 'created' }>): FieldIssue {
  switch (verdict.kind) {
    case 'source_not_found':
      return sourceNotFound
    case 'source_not_active':
      return { field: 'source_id', rule: 'state', message: 'source is not ACTIVE' }
    case 'wallet_refuses':
      return { field: 'source_id', rule: 'state', message: `the wallet for this currency is ${verdict.status}` }
  }
}

export const payoutAccountNotFound: FieldIssue = {
  field: 'payout_account_id',
  rule: 'not_found',
  message: 'payment account not found',
}
/** A payout leaves the merchant: nobody could spend what it put into the wallet of its own contact entry. */
export function payoutAccountIssue(
  account: Pick<PaymentAccount, 'isActive' | 'provider' | 'partyId'>,
  self: PartyId | undefined,
): FieldIssue | undefined {
  const field = 'payout_account_id'
  if (!account.isActive) return { field, rule: 'state', message: 'payment account is not active' }
  return account.provider === 'PLATFORM' && account.partyId === self
    ? { field, rule: 'state', message: 'payment account belongs to the merchant itself' }
    : undefined
}

export const noActiveWallet: FieldIssue = {
  field: 'currency',
  rule: 'state',
  message: 'no active wallet in this currency',
}

export const walletNotFound: FieldIssue = { field: 'from_wallet_id', rule: 'not_found', message: 'wallet not found' }
export const walletNotActive: FieldIssue = { field: 'from_wallet_id', rule: 'state', message: 'wallet is not ACTIVE' }
export const counterpartyNotFound: FieldIssue = {
  field: 'to_counterparty_id',
  rule: 'not_found',
  message: 'counterparty not found',
}
export const currencyDiffers: FieldIssue = {
  field: 'currency',
  rule: 'currency',
  message: 'currency does not match the wallet currency',
}

/** Money goes to somebody else, into a wallet that may take it. */
export function recipientIssue(isSelf: boolean, wallet: WalletStatus | undefined): FieldIssue | undefined {
  const field = 'to_counterparty_id'
  if (isSelf) return { field, rule: 'state', message: 'counterparty is the merchant itself' }
  if (wallet === 'FROZEN' || wallet === 'CLOSED') {
    return { field, rule: 'state', message: `the wallet of this counterparty is ${wallet}` }
  }
  return undefined
}

export const paymentIntentNotFound: FieldIssue = {
  field: 'original_payment_intent_id',
  rule: 'not_found',
  message: 'payment intent not found',
}
export const refundWalletNotActive: FieldIssue = {
  field: 'original_payment_intent_id',
  rule: 'state',
  message: 'the wallet that was paid is not ACTIVE',
}
export const aboveRefundable = (left: string): FieldIssue => ({
  field: 'amount',
  rule: 'number.not_le',
  message: `amount exceeds the refundable amount ${left}`,
})

export const nothingWorth: FieldIssue = {
  field: 'amount',
  rule: 'number.not_ge',
  message: 'amount is too small to be taken from the wallet',
}

export const expiryNotAhead: FieldIssue = {
  field: 'expires_at',
  rule: 'datetime',
  message: 'must be in the future',
}
