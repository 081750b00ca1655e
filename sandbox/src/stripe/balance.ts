import type { Draft } from './book.ts'
import { exchangeRateOf, settlementCurrency, toSettlement } from './currencies.ts'
import { mintId } from './ids.ts'
import type { BalanceTransaction, Charge } from './objects.ts'

/** 2.9 % and 30 cents of a charge, and 1 % more where Stripe changes money. */
const chargeFeeBasisPoints = 290
const conversionFeeBasisPoints = 100
const chargeFeeCents = 30
const disputeFeeCents = 1_500

/** Two days until the money may be paid out. */
const secondsUntilAvailable = 2 * 24 * 60 * 60

type Movement = Pick<BalanceTransaction, 'type' | 'reporting_category' | 'source' | 'description'> & {
  /** In what the customer was charged in, negative for what goes out. */
  readonly amount: number
  readonly currency: string
  readonly fee: number
}

const addMovement = (draft: Draft, { amount, currency, fee, ...more }: Movement): BalanceTransaction => {
  // Rounded without its sign, so that giving back takes what was given.
  const settled = Math.sign(amount) * toSettlement(Math.abs(amount), currency)
  return draft.put({
    id: mintId('txn'),
    object: 'balance_transaction',
    amount: settled,
    available_on: draft.now + secondsUntilAvailable,
    balance_type: 'payments',
    created: draft.now,
    currency: settlementCurrency,
    exchange_rate: exchangeRateOf(currency),
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: settlementCurrency,
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: settled - fee,
    status: 'pending',
    ...more,
  })
}

const feeOf = (amount: number, currency: string): number => {
  const basisPoints = chargeFeeBasisPoints + (currency === settlementCurrency ? 0 : conversionFeeBasisPoints)
  return Math.round((toSettlement(amount, currency) * basisPoints) / 10_000) + chargeFeeCents
}

export const chargeMovement = (draft: Draft, charge: Charge): BalanceTransaction =>
  addMovement(draft, {
    type: 'charge',
    reporting_category: 'charge',
    source: charge.id,
    description: charge.description,
    amount: charge.amount_captured,
    currency: charge.currency,
    fee: feeOf(charge.amount_captured, charge.currency),
  })

const refundText = (charge: Charge): string =>
  `REFUND FOR CHARGE${charge.description ? ` (${charge.description})` : ''}`

export const refundMovement = (draft: Draft, charge: Charge, refund: { id: string; amount: number }) =>
  addMovement(draft, {
    type: 'refund',
    reporting_category: 'refund',
    source: refund.id,
    description: refundText(charge),
    amount: -refund.amount,
    currency: charge.currency,
    fee: 0,
  })

/** What could not be given back is the account's again. */
export const refundFailureMovement = (draft: Draft, charge: Charge, refund: { id: string; amount: number }) =>
  addMovement(draft, {
    type: 'refund_failure',
    reporting_category: 'refund_failure',
    source: refund.id,
    description: refundText(charge),
    amount: refund.amount,
    currency: charge.currency,
    fee: 0,
  })

export const disputeMovement = (draft: Draft, charge: Charge, disputeId: string) =>
  addMovement(draft, {
    type: 'adjustment',
    reporting_category: 'dispute',
    source: disputeId,
    description: `Chargeback withdrawal for ${charge.id}`,
    amount: -charge.amount_captured,
    currency: charge.currency,
    fee: disputeFeeCents,
  })
