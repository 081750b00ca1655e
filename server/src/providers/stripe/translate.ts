import type Stripe from 'stripe'
import { type Currency, decimalsOf } from '../../kernel/currencies.ts'
import { invariant } from '../../kernel/invariant.ts'
import { type Money, money } from '../../kernel/money.ts'
import { type CardOrder, type Offer, type Outcome, type RefundOrder } from '../provider.ts'

/** Stripe's minor units: francs are whole on its list of currencies without decimals, dollars of both kinds have cents. */
const theirDecimals: Record<Currency, number> = { USD: 2, LRD: 2, RWF: 0 }

const theirCurrency = (currency: Currency): string => currency.toLowerCase()

const ourCurrency = (theirs: string): Currency | undefined =>
  (Object.keys(theirDecimals) as Currency[]).find((currency) => theirCurrency(currency) === theirs)

/** Eight digits is the most that Stripe takes, whatever the currency. */
const largestMinor = 99_999_999n

export function toMinor({ minor, currency }: Money): number {
  invariant(theirDecimals[currency] === decimalsOf(currency), `as many decimals of ${currency} there as here`)
  return Number(minor)
}

export function fromMinor(amount: number, currency: string): Money | undefined {
  const ours = ourCurrency(currency)
  return ours && Number.isSafeInteger(amount) && amount >= 0 ? money(BigInt(amount), ours) : undefined
}

/** Stripe's floor is 50 US cents; in other currencies it moves with the exchange rate, and Stripe says so itself. */
export const offerIn = (currency: Currency, operation: 'COLLECTION' | 'REFUND'): Offer => ({
  decimals: theirDecimals[currency],
  minimum: operation === 'COLLECTION' && currency === 'USD' ? money(50n, currency) : undefined,
  maximum: money(largestMinor, currency),
})

/** Where our reference stands in what is theirs. */
export const referenceKey = 'dollr_reference'

/** The same order makes the same request, to the letter: under one idempotency key nothing else is taken. */
export const toIntent = ({
  reference,
  amount,
  card,
  note,
  returnUrl,
}: CardOrder): Stripe.PaymentIntentCreateParams => ({
  amount: toMinor(amount),
  currency: theirCurrency(amount.currency),
  payment_method: card,
  allowed_payment_method_types: ['card'],
  confirm: true,
  description: note,
  metadata: { [referenceKey]: reference },
  // With an address to return to, a challenge is an address too; without one it is for Stripe's script on the merchant's page.
  ...(returnUrl === undefined ? { use_stripe_sdk: true } : { return_url: returnUrl }),
})

export const toRefund = ({ reference, amount }: RefundOrder, intent: string): Stripe.RefundCreateParams => ({
  payment_intent: intent,
  amount: toMinor(amount),
  metadata: { [referenceKey]: reference },
})

/** Codes that tell a thief more than they should, and an honest payer nothing they can act on. */
const unspoken = new Set([
  'lost_card',
  'stolen_card',
  'fraudulent',
  'pickup_card',
  'restricted_card',
  'merchant_blacklist',
])

/** Their codes in words for merchants and payers, under a name of ours. */
const words: Record<string, readonly [code: string, message: string]> = {
  card_declined: ['CARD_DECLINED', "The card's bank declined the payment."],
  insufficient_funds: ['CARD_INSUFFICIENT_FUNDS', 'There is too little money on this card.'],
  card_velocity_exceeded: ['CARD_LIMIT_REACHED', 'The card has reached a limit.'],
  withdrawal_count_limit_exceeded: ['CARD_LIMIT_REACHED', 'The card has reached a limit.'],
  expired_card: ['CARD_EXPIRED', 'The card has expired.'],
  incorrect_cvc: ['CARD_INCORRECT_CVC', 'The security code of the card is wrong.'],
  invalid_cvc: ['CARD_INCORRECT_CVC', 'The security code of the card is wrong.'],
  incorrect_number: ['CARD_INVALID', 'The card number is wrong.'],
  invalid_number: ['CARD_INVALID', 'The card number is wrong.'],
  card_not_supported: ['CARD_NOT_SUPPORTED', 'The card does not support this kind of payment.'],
  currency_not_supported: ['CARD_NOT_SUPPORTED', 'The card does not support this currency.'],
  processing_error: ['CARD_PROCESSING_ERROR', 'The card could not be processed. Try again.'],
  try_again_later: ['CARD_PROCESSING_ERROR', 'The card could not be processed. Try again.'],
  issuer_not_available: ['CARD_PROCESSING_ERROR', "The card's bank could not be reached. Try again later."],
  authentication_required: ['CARD_AUTHENTICATION_FAILED', 'The cardholder was not authenticated.'],
  payment_intent_authentication_failure: ['CARD_AUTHENTICATION_FAILED', 'The cardholder was not authenticated.'],
  amount_too_small: ['AMOUNT_OUT_OF_BOUNDS', 'The card network does not take so small an amount.'],
  amount_too_large: ['AMOUNT_OUT_OF_BOUNDS', 'The card network does not take so large an amount.'],
  resource_missing: ['CARD_UNKNOWN', 'The card network does not know this card any more.'],
  charge_already_refunded: ['ALREADY_REFUNDED', 'This payment has been given back already.'],
  charge_disputed: ['DISPUTED', 'The payment is disputed and cannot be given back.'],
  lost_or_stolen_card: ['REFUND_FAILED', "The card's bank did not take the refund."],
  expired_or_canceled_card: ['REFUND_FAILED', "The card's bank did not take the refund."],
  abandoned: ['CARD_ABANDONED', 'The cardholder did not finish the authentication in time.'],
  canceled: ['CARD_CANCELED', 'The card payment was canceled.'],
  unpaid: ['CARD_DECLINED', 'The card was not charged.'],
  not_received: ['NOT_RECEIVED', 'The card network never received the payment.'],
}

type Declined = Extract<Outcome, { kind: 'declined' }>

export interface Reason {
  readonly code?: string | null | undefined
  readonly decline_code?: string | null | undefined
}

/** The bank's own reason before the network's, where it may be said. */
export function declined({ code, decline_code: detail }: Reason, transactionId?: string): Declined {
  const spoken = detail != null && Object.hasOwn(words, detail) && !unspoken.has(detail) ? detail : (code ?? '')
  const known = Object.hasOwn(words, spoken) ? words[spoken] : undefined
  const [ours, message] = known ?? [
    'CARD_REFUSED',
    `The card network refused the payment (${code ?? 'no reason given'}).`,
  ]
  return { kind: 'declined', code: ours, message, transactionId }
}

/** What we read of a payment intent, whether an answer or an event brought it. */
export interface Intent {
  readonly id: string
  readonly status: string
  readonly amount_received?: number | undefined
  readonly currency: string
  readonly last_payment_error?: Reason | null | undefined
  readonly cancellation_reason?: string | null | undefined
}

/** A payment intent that could still be paid with another card: it must be closed before it counts as declined. */
export interface Closable {
  readonly kind: 'closable'
  /** Nobody has tried to pay it, or somebody is just trying. */
  readonly isUntried: boolean
  readonly because: Declined
}

export function fromIntent(intent: Intent): Outcome | Closable {
  const { id: transactionId, status, last_payment_error: error } = intent
  switch (status) {
    case 'succeeded': {
      const amount = fromMinor(intent.amount_received ?? -1, intent.currency)
      // What was paid must be known to the last minor unit before it is credited.
      return amount
        ? { kind: 'completed', amount, transactionId }
        : { kind: 'unknown', reason: 'succeeded with an amount that cannot be read' }
    }
    case 'processing':
      return { kind: 'accepted', transactionId }
    case 'requires_action':
      return { kind: 'requires_action', transactionId }
    case 'canceled':
      return declined(
        error ?? { code: intent.cancellation_reason === 'abandoned' ? 'abandoned' : 'canceled' },
        transactionId,
      )
    case 'requires_payment_method':
    case 'requires_confirmation':
      return {
        kind: 'closable',
        isUntried: error == null,
        because: declined(error ?? { code: 'unpaid' }, transactionId),
      }
    default:
      return { kind: 'unknown', reason: `payment intent ${status}` }
  }
}

/** What we read of a refund. */
export interface Refund {
  readonly id: string
  readonly status: string | null
  readonly amount: number
  readonly currency: string
  readonly failure_reason?: string | null | undefined
}

export function fromRefund({ id: transactionId, status, amount, currency, failure_reason: reason }: Refund): Outcome {
  switch (status) {
    case 'succeeded': {
      const given = fromMinor(amount, currency)
      return given
        ? { kind: 'completed', amount: given, transactionId }
        : { kind: 'unknown', reason: 'refunded an amount that cannot be read' }
    }
    case 'pending':
    case 'requires_action':
      return { kind: 'accepted', transactionId }
    case 'failed':
      return { ...declined({ code: reason ?? 'expired_or_canceled_card' }, transactionId), code: 'REFUND_FAILED' }
    case 'canceled':
      return { ...declined({ code: 'canceled' }, transactionId), message: 'The refund was canceled.' }
    case null:
    default:
      return { kind: 'unknown', reason: `refund ${status ?? 'without a status'}` }
  }
}

/** An error as Stripe's library throws it. */
export interface Refusal extends Reason {
  readonly statusCode?: number | undefined
  readonly rawType?: string | undefined
}

/**
 * Whether an error says for certain that this request did nothing. A reused key speaks of another request, a busy one of the
 * same request; whose key is not valid any more, or who asks too often, may have been heard before.
 */
export const isRefusal = ({ statusCode, rawType }: Refusal): boolean =>
  statusCode !== undefined &&
  [400, 402, 404].includes(statusCode) &&
  (rawType === 'invalid_request_error' || rawType === 'card_error')
