import { chargeMovement, disputeMovement } from './balance.ts'
import type { Draft } from './book.ts'
import type { Decline, TestCard } from './cards.ts'
import { mintId } from './ids.ts'
import type { Charge, PaymentIntent, PaymentMethod } from './objects.ts'

export interface Attempt {
  readonly intent: PaymentIntent
  readonly method: PaymentMethod
  readonly card: TestCard
  readonly authenticated: boolean
}

const outcomeOf = (decline: Decline | undefined): Charge['outcome'] => {
  if (!decline)
    return {
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  return decline.blocked
    ? {
        network_status: 'not_sent_to_network',
        reason: 'highest_risk_level',
        risk_level: 'highest',
        seller_message: 'Stripe blocked this payment as too risky.',
        type: 'blocked',
      }
    : {
        network_status: 'declined_by_network',
        reason: decline.declineCode ?? decline.code,
        risk_level: 'normal',
        seller_message: 'The bank did not return any further details with this decline.',
        type: 'issuer_declined',
      }
}

const cardDetailsOf = ({ method: { card }, authenticated }: Attempt) => ({
  brand: card.brand,
  checks: card.checks,
  country: card.country,
  exp_month: card.exp_month,
  exp_year: card.exp_year,
  fingerprint: card.fingerprint,
  funding: card.funding,
  last4: card.last4,
  network: card.brand,
  three_d_secure: authenticated
    ? { authentication_flow: 'challenge', result: 'authenticated', result_reason: null, version: '2.2.0' }
    : null,
  wallet: null,
})

/** One attempt to take the money: declined for the reason given, authorised, or taken at once. */
export const addCharge = (draft: Draft, attempt: Attempt, decline: Decline | undefined): Charge => {
  const { intent, method } = attempt
  const captured = !decline && intent.capture_method !== 'manual'
  const charge: Charge = {
    id: mintId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: ['SANDBOX', intent.statement_descriptor_suffix].filter(Boolean).join('* '),
    captured,
    created: draft.now,
    currency: intent.currency,
    customer: null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    livemode: false,
    metadata: intent.metadata,
    outcome: outcomeOf(decline),
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: 'card', card: cardDetailsOf(attempt) },
    receipt_email: intent.receipt_email,
    receipt_url: null,
    refunded: false,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? 'failed' : 'succeeded',
  }
  draft.put(charge)
  return captured && intent.capture_method === 'automatic' ? settleCharge(draft, charge) : charge
}

/** The money is on its way to the account's balance. */
export const settleCharge = (draft: Draft, charge: Charge): Charge =>
  draft.put({ ...charge, balance_transaction: chargeMovement(draft, charge).id })

/** What the capture method `automatic_async` leaves for later. */
export const settleLater = (draft: Draft, charge: Charge): void => {
  draft.announce('charge.updated', settleCharge(draft, charge), { balance_transaction: null })
}

/** The cardholder does not know of it: the bank takes the money back. */
export const disputeCharge = (draft: Draft, charge: Charge): void => {
  const id = mintId('du')
  const movement = disputeMovement(draft, charge, id)
  draft.put({ ...charge, disputed: true })
  const dispute = draft.put({
    id,
    object: 'dispute',
    amount: charge.amount_captured,
    balance_transactions: [movement],
    charge: charge.id,
    created: draft.now,
    currency: charge.currency,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status: 'needs_response',
  })
  draft.announce('charge.dispute.created', dispute)
  draft.announce('charge.dispute.funds_withdrawn', dispute)
}
