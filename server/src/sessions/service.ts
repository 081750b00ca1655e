import { isCurrency } from '../kernel/currencies.ts'
import { addMs, type Clock } from '../kernel/clock.ts'
import { type PaymentMethod, type ProviderName, type SourceKind } from '../kernel/enums.ts'
import {
  type CounterpartyId,
  type ExecutionId,
  type MerchantId,
  type PaymentAccountId,
  type SourceId,
  type WalletId,
} from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { formatMoney, type Money, type Ratio } from '../kernel/money.ts'
import { type FieldIssue, InvalidRequest } from '../kernel/problem.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool, type Queryable } from '../platform/db/pool.ts'
import { readAmount } from '../platform/http/amounts.ts'
import { misfit } from '../providers/offers.ts'
import { type Provider } from '../providers/provider.ts'
import { walletWorth } from '../fees/index.ts'
import { requireVerified } from '../merchants/index.ts'
import { findCounterparty, findSelfParty } from '../parties/index.ts'
import { findPaymentAccount, type PaymentAccount } from '../payment-accounts/index.ts'
import { findPartyWalletStatus, findWallet, findWalletIn } from '../wallets/index.ts'
import { type CheckoutSession, type PayoutSession, type RefundSession, type TransferSession } from './model.ts'
import * as problems from './problems.ts'
import {
  type CheckoutSessionDraft,
  type CheckoutSessionVerdict,
  expireDueSessions,
  insertCheckoutSessions,
  insertDisbursementSession,
} from './store.ts'

/** A completed collection, as far as giving it back goes. */
export interface Refundable {
  readonly id: ExecutionId
  readonly provider: ProviderName
  readonly method: PaymentMethod
  /** What the payer paid, less what was given back or is on its way back. */
  readonly left: Money
  /** The wallet's side of it, and the payer's units per unit of the wallet's. */
  readonly payee: Money
  readonly rate: Ratio | undefined
}

export interface SessionsContext {
  readonly db: Pool
  readonly clock: Clock
  readonly providers: ReadonlyMap<ProviderName, Provider>
  readonly findRefundable: (merchantId: MerchantId, id: ExecutionId) => Promise<Refundable | undefined>
}

export interface Sessions {
  openCheckout(merchantId: MerchantId, kind: SourceKind, sourceId: SourceId | undefined): Promise<CheckoutSession>
  openPayout(
    merchantId: MerchantId,
    asked: {
      readonly payoutAccountId: PaymentAccountId | undefined
      readonly amount: number
      readonly currency: string
    },
  ): Promise<PayoutSession>
  openTransfer(
    merchantId: MerchantId,
    asked: {
      readonly walletId: WalletId | undefined
      readonly counterpartyId: CounterpartyId | undefined
      readonly amount: number
      readonly currency: string
      readonly expiresAt: Date
    },
  ): Promise<TransferSession>
  openRefund(
    merchantId: MerchantId,
    asked: {
      readonly collectionId: ExecutionId | undefined
      readonly amount: number
      readonly expiresAt: Date
      readonly reason: string | undefined
    },
  ): Promise<RefundSession>
}

const checkoutLifetimeMs = 30 * 60_000
const payoutLifetimeMs = 15 * 60_000

/** Everything that is wrong at once, or nothing. */
function refuse(issues: readonly (FieldIssue | undefined)[]): void {
  const [first, ...others] = issues.filter((issue) => issue !== undefined)
  if (first) throw new InvalidRequest(first, ...others)
}

export function createSessions({ db, clock, providers, findRefundable }: SessionsContext): Sessions {
  const insertCheckout = grouped<CheckoutSessionDraft, CheckoutSessionVerdict>(
    (drafts) => insertCheckoutSessions(db, drafts, clock.now()),
    { most: 50, writers: 1 },
  )

  /** What the network says to a payout, which a contact's wallet on this platform always takes. */
  const payoutMisfit = (account: PaymentAccount, amount: Money): FieldIssue | undefined =>
    account.provider === 'PLATFORM'
      ? undefined
      : misfit(amount, providers.get(account.provider)?.offer(account.method, 'PAYOUT', amount.currency), {
          currency: 'currency',
          amount: 'amount',
        })

  const expiry = (expiresAt: Date): FieldIssue | undefined =>
    expiresAt > clock.now() ? undefined : problems.expiryNotAhead

  return {
    async openCheckout(merchantId, kind, sourceId) {
      if (sourceId === undefined) throw new InvalidRequest(problems.sourceNotFound)
      const now = clock.now()
      const expiresAt = addMs(now, checkoutLifetimeMs)
      const verdict = await insertCheckout({ merchantId, kind, sourceId, expiresAt })
      if (verdict.kind !== 'created') throw new InvalidRequest(problems.checkoutIssue(verdict))
      return { id: verdict.id, kind, sourceId, expiresAt, createdAt: now }
    },

    async openPayout(merchantId, { payoutAccountId, amount, currency }) {
      await requireVerified(db, merchantId)
      const [account, wallet, self] = await Promise.all([
        payoutAccountId && findPaymentAccount(db, merchantId, payoutAccountId),
        isCurrency(currency) ? findWalletIn(db, merchantId, currency) : undefined,
        findSelfParty(db, merchantId),
      ])
      const payable = account?.operation === 'PAYOUT' ? account : undefined
      const usable = wallet?.status === 'ACTIVE' ? wallet : undefined
      refuse([
        payable ? problems.payoutAccountIssue(payable, self) : problems.payoutAccountNotFound,
        usable ? undefined : problems.noActiveWallet,
      ])
      invariant(payable && usable, 'an account and a wallet')
      const value = readAmount(amount, usable.available.currency, 'amount')
      refuse([payoutMisfit(payable, value)])

      const now = clock.now()
      const terms = { walletId: usable.id, payoutAccountId: payable.id, amount: value }
      const expiresAt = addMs(now, payoutLifetimeMs)
      const id = await insertDisbursementSession(db, { merchantId, type: 'PAYOUT', ...terms, expiresAt }, now)
      return { id, ...terms, expiresAt, createdAt: now }
    },

    async openTransfer(merchantId, { walletId, counterpartyId, amount, currency, expiresAt }) {
      await requireVerified(db, merchantId)
      const [wallet, counterparty, self] = await Promise.all([
        walletId && findWallet(db, merchantId, walletId),
        counterpartyId && findCounterparty(db, merchantId, counterpartyId),
        findSelfParty(db, merchantId),
      ])
      const inWallet = wallet?.available.currency
      const recipient =
        counterparty && inWallet && (await findPartyWalletStatus(db, merchantId, counterparty.party.id, inWallet))
      refuse([
        wallet ? (wallet.status === 'ACTIVE' ? undefined : problems.walletNotActive) : problems.walletNotFound,
        counterparty
          ? problems.recipientIssue(counterparty.party.id === self, recipient)
          : problems.counterpartyNotFound,
        wallet && inWallet !== currency ? problems.currencyDiffers : undefined,
        expiry(expiresAt),
      ])
      invariant(wallet && counterparty, 'a wallet and a counterparty')

      const now = clock.now()
      const value = readAmount(amount, wallet.available.currency, 'amount')
      const terms = { walletId: wallet.id, counterpartyId: counterparty.id, amount: value }
      const recipientPartyId = counterparty.party.id
      const draft = { merchantId, type: 'TRANSFER', ...terms, recipientPartyId, expiresAt } as const
      const id = await insertDisbursementSession(db, draft, now)
      return { id, ...terms, expiresAt, createdAt: now }
    },

    async openRefund(merchantId, { collectionId, amount, expiresAt, reason }) {
      await requireVerified(db, merchantId)
      const collection = collectionId && (await findRefundable(merchantId, collectionId))
      refuse([collection ? undefined : problems.paymentIntentNotFound, expiry(expiresAt)])
      invariant(collection, 'a collection')
      const { left, payee, rate } = collection
      const value = readAmount(amount, left.currency, 'amount')
      const wallet = await findWalletIn(db, merchantId, payee.currency)
      const offer = providers.get(collection.provider)?.offer(collection.method, 'REFUND', left.currency)
      refuse([
        wallet?.status === 'ACTIVE' ? undefined : problems.refundWalletNotActive,
        value.minor > left.minor
          ? problems.aboveRefundable(`${formatMoney(left)} ${left.currency}`)
          : walletWorth(value, rate, payee.currency).minor === 0n
            ? problems.nothingWorth
            : misfit(value, offer, { currency: 'original_payment_intent_id', amount: 'amount' }),
      ])
      invariant(wallet, 'a wallet')

      const now = clock.now()
      const terms = { walletId: wallet.id, refunds: collection.id, amount: value, reason }
      const id = await insertDisbursementSession(db, { merchantId, type: 'REFUND', ...terms, expiresAt }, now)
      return { id, ...terms, expiresAt, createdAt: now }
    },
  }
}

/** Short enough to be out of everybody's way: whoever is left is next. */
const expiredPerRound = 500

/** Ends what was never used in its time, and so tells of it. True when there is more than one round takes. */
export async function endDueSessions(db: Queryable, clock: Clock): Promise<boolean> {
  return (await expireDueSessions(db, clock.now(), expiredPerRound)) === expiredPerRound
}
