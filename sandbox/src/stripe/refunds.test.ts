import { expect, test } from 'vitest'
import type Stripe from 'stripe'
import { soon } from '../../test/support.ts'
import { aClient, aPayment, aStripe, anEndpoint, idOf, problemOf } from '../../test/stripe.ts'

const aPaid = async (stripe: Stripe, card = 'pm_card_visa') =>
  (await stripe.paymentIntents.create(aPayment({ payment_method: card, amount: 1_000 }))).id

const chargeOf = async (stripe: Stripe, intentId: string) =>
  stripe.charges.retrieve(idOf((await stripe.paymentIntents.retrieve(intentId)).latest_charge))

test('a payment is given back in parts, and no more than it was', async () => {
  const stripe = aClient(await aStripe())
  const id = await aPaid(stripe)
  const part = await stripe.refunds.create({
    payment_intent: id,
    amount: 300,
    reason: 'requested_by_customer',
    metadata: { reference_id: 'r-1' },
  })
  expect(part).toMatchObject({
    object: 'refund',
    status: 'succeeded',
    amount: 300,
    currency: 'usd',
    payment_intent: id,
    reason: 'requested_by_customer',
    metadata: { reference_id: 'r-1' },
  })
  expect(await problemOf(stripe.refunds.create({ payment_intent: id, amount: 701 }))).toMatchObject({
    type: 'StripeInvalidRequestError',
    statusCode: 400,
    param: 'amount',
  })
  const rest = await stripe.refunds.create({ charge: (await chargeOf(stripe, id)).id })
  expect(rest.amount).toBe(700)
  expect(await chargeOf(stripe, id)).toMatchObject({ amount_refunded: 1_000, refunded: true })
  expect(await problemOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
    code: 'charge_already_refunded',
  })
  const listed = await stripe.refunds.list({ payment_intent: id })
  expect(listed.data.map((refund) => refund.id)).toEqual([rest.id, part.id])
  expect((await stripe.refunds.list({ payment_intent: 'pi_other' })).data).toEqual([])
  expect(await stripe.refunds.update(part.id, { metadata: { seen: 'yes' } })).toMatchObject({
    metadata: { reference_id: 'r-1', seen: 'yes' },
  })
})

test('what was not paid is not given back', async () => {
  const stripe = aClient(await aStripe())
  const { id } = await stripe.paymentIntents.create(aPayment({ confirm: false }))
  expect(await problemOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({ statusCode: 400 })
  for (const nothing of [{ payment_intent: 'pi_x' }, { charge: 'ch_x' }])
    expect(await problemOf(stripe.refunds.create(nothing))).toMatchObject({ statusCode: 400, code: 'resource_missing' })
  expect(await problemOf(stripe.refunds.create({}))).toMatchObject({ statusCode: 400 })
  const paid = await aPaid(stripe)
  expect(await problemOf(stripe.refunds.create({ payment_intent: paid, amount: 0 }))).toMatchObject({ param: 'amount' })
})

test('a refund may take a while', async () => {
  const endpoint = await anEndpoint()
  const stripe = aClient(await aStripe({ webhookUrl: endpoint.url, delayMs: 50 }))
  const id = await aPaid(stripe, 'pm_card_pendingRefund')
  const refund = await stripe.refunds.create({ payment_intent: id })
  expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' })
  await soon(() => endpoint.types().includes('refund.updated')).toBe(true)
  const done = await stripe.refunds.retrieve(refund.id)
  expect(done.status).toBe('succeeded')
  expect(done).not.toHaveProperty('pending_reason')
})

test('a refund that succeeded may fail after all: the money is the account’s again', async () => {
  const endpoint = await anEndpoint()
  const stripe = aClient(await aStripe({ webhookUrl: endpoint.url, delayMs: 50 }))
  const id = await aPaid(stripe, 'pm_card_refundFail')
  const refund = await stripe.refunds.create({ payment_intent: id, amount: 400 })
  expect(refund.status).toBe('succeeded')
  await soon(() => endpoint.types().includes('refund.failed')).toBe(true)
  const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] })
  expect(failed).toMatchObject({
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
    failure_balance_transaction: { amount: 400, reporting_category: 'refund_failure' },
  })
  expect(await chargeOf(stripe, id)).toMatchObject({ amount_refunded: 0, refunded: false })
})

test('a cardholder who knows nothing of it disputes the charge', async () => {
  const endpoint = await anEndpoint()
  const stripe = aClient(await aStripe({ webhookUrl: endpoint.url }))
  const id = await aPaid(stripe, 'pm_card_createDispute')
  await soon(() => endpoint.types().includes('charge.dispute.created')).toBe(true)
  const [dispute] = (await stripe.disputes.list({ payment_intent: id })).data
  expect(dispute).toMatchObject({ object: 'dispute', amount: 1_000, status: 'needs_response', reason: 'fraudulent' })
  expect(dispute?.balance_transactions).toMatchObject([{ amount: -1_000, fee: 1_500, net: -2_500 }])
  expect(await problemOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({ code: 'charge_disputed' })
})
