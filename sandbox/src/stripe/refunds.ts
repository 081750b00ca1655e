import { refundFailureMovement, refundMovement } from './balance.ts'
import type { Draft } from './book.ts'
import { readable } from './currencies.ts'
import { invalid, missing } from './errors.ts'
import type { Parameters } from './form.ts'
import { mintId } from './ids.ts'
import type { Charge, Metadata, Refund } from './objects.ts'

const reasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const

interface Wanted {
  readonly amount: number
  readonly reason: string | null
  readonly metadata: Metadata
}

/** The charge that a refund names, or that its intent led to. */
const findCharge = (draft: Draft, parameters: Parameters): Charge => {
  const chargeId = parameters.text('charge')
  const intentId = parameters.text('payment_intent')
  if (chargeId !== undefined && intentId !== undefined)
    throw invalid('You may only specify one of these parameters: charge, payment_intent.')
  if (chargeId !== undefined) {
    const charge = draft.find('ch', chargeId)
    if (!charge) throw missing('charge', chargeId, 'charge')
    return charge
  }
  if (intentId === undefined)
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.')
  const intent = draft.find('pi', intentId)
  if (!intent) throw missing('payment_intent', intentId, 'payment_intent')
  const charge = intent.latest_charge === null ? undefined : draft.get('ch', intent.latest_charge)
  if (!charge?.captured) throw noSuccessfulCharge(intentId)
  return charge
}

const noSuccessfulCharge = (intentId: string) =>
  invalid(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
    param: 'payment_intent',
  })

export const createRefund = (draft: Draft, parameters: Parameters): Refund => {
  const charge = findCharge(draft, parameters)
  const asked = parameters.wholeNumber('amount')
  const reason = parameters.oneOf('reason', reasons) ?? null
  const metadata = parameters.metadata()
  parameters.close()
  if (!charge.captured) throw noSuccessfulCharge(charge.payment_intent)
  const remaining = charge.amount_captured - charge.amount_refunded
  if (remaining === 0)
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  if (charge.disputed)
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  const amount = asked ?? remaining
  if (amount > remaining)
    throw invalid(
      `Refund amount (${readable(amount, charge.currency)}) is greater than unrefunded amount on charge (${readable(remaining, charge.currency)})`,
      { param: 'amount' },
    )
  return addRefund(draft, charge, { amount, reason, metadata })
}

export const addRefund = (draft: Draft, charge: Charge, { amount, reason, metadata }: Wanted): Refund => {
  const id = mintId('re')
  const isPending = charge.captured && draft.cardOf(charge.payment_method).refund === 'pending'
  const refund = draft.put<Refund>({
    id,
    object: 'refund',
    amount,
    // What was only held never came into the balance, so nothing leaves it.
    balance_transaction: charge.captured ? refundMovement(draft, charge, { id, amount }).id : null,
    charge: charge.id,
    created: draft.now,
    currency: charge.currency,
    destination_details: {
      type: 'card',
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    },
    metadata,
    payment_intent: charge.payment_intent,
    ...(isPending && { pending_reason: 'processing' }),
    reason,
    receipt_number: null,
    status: isPending ? 'pending' : 'succeeded',
  })
  const given = charge.amount_refunded + amount
  const changed = draft.put({
    ...charge,
    amount_refunded: given,
    refunded: given >= (charge.amount_captured || charge.amount),
  })
  draft.announce('refund.created', refund)
  draft.announce('charge.refunded', changed, { amount_refunded: charge.amount_refunded })
  return refund
}

export const updateRefund = (draft: Draft, parameters: Parameters, id: string): Refund => {
  const refund = getRefund(draft, id)
  const metadata = parameters.metadata(refund.metadata)
  parameters.close()
  const changed = draft.put({ ...refund, metadata })
  draft.announce('refund.updated', changed, { metadata: refund.metadata })
  return changed
}

export const getRefund = (draft: Draft, id: string): Refund => {
  const refund = draft.find('re', id)
  if (!refund) throw missing('refund', id, 'refund', 404)
  return refund
}

/** The customer's bank has it. */
export const succeedRefund = (draft: Draft, { pending_reason: _, ...refund }: Refund): void => {
  const changed = draft.put<Refund>({ ...refund, status: 'succeeded' })
  draft.announce('refund.updated', changed, { status: refund.status })
  draft.announce('charge.refund.updated', changed, { status: refund.status })
}

/** The customer's bank sends it back: the money is the account's again, and the charge may be refunded anew. */
export const failRefund = (draft: Draft, { pending_reason: _, ...refund }: Refund): void => {
  const charge = draft.get('ch', refund.charge)
  const changed = draft.put<Refund>({
    ...refund,
    failure_balance_transaction: refundFailureMovement(draft, charge, refund).id,
    failure_reason: 'expired_or_canceled_card',
    status: 'failed',
  })
  draft.put({ ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false })
  for (const type of ['refund.failed', 'refund.updated', 'charge.refund.updated'])
    draft.announce(type, changed, { status: refund.status })
}
