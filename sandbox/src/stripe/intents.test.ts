import { expect, test } from 'vitest'
import { aClient, aPayment, aStripe, idOf, problemOf, publishableKey, shop } from '../../test/stripe.ts'

test('a card pays at once', async () => {
  const stripe = aClient(await aStripe())
  const intent = await stripe.paymentIntents.create(
    aPayment({ metadata: { reference_id: 'abc' }, description: 'Invoice 42', expand: ['latest_charge'] }),
  )
  expect(intent).toMatchObject({
    object: 'payment_intent',
    status: 'succeeded',
    amount: 1_500,
    amount_received: 1_500,
    currency: 'usd',
    metadata: { reference_id: 'abc' },
    last_payment_error: null,
    next_action: null,
    latest_charge: {
      object: 'charge',
      captured: true,
      status: 'succeeded',
      payment_method_details: { card: { brand: 'visa', last4: '4242', country: 'US' } },
    },
  })
  expect(intent.id).toMatch(/^pi_[0-9A-Za-z]{24}$/)
  expect(intent.lastResponse.requestId).toMatch(/^req_/)
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
    status: 'succeeded',
    latest_charge: expect.stringMatching(/^ch_/) as unknown,
  })
})

test('an intent is made first and confirmed later, with the card chosen then', async () => {
  const stripe = aClient(await aStripe())
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'eur',
    allowed_payment_method_types: ['card'],
  })
  expect(intent.status).toBe('requires_payment_method')
  const chosen = await stripe.paymentIntents.update(intent.id, { payment_method: 'pm_card_mastercard', amount: 600 })
  expect(chosen).toMatchObject({ status: 'requires_confirmation', amount: 600 })
  const paid = await stripe.paymentIntents.confirm(intent.id)
  expect(paid).toMatchObject({ status: 'succeeded', amount_received: 600 })
  const again = await problemOf(stripe.paymentIntents.confirm(intent.id))
  expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' })
  expect(again.payment_intent).toMatchObject({ id: intent.id, status: 'succeeded' })
})

test.each([
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
  ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
  ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
  ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
  ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
])('%s is declined and another card may follow', async (card, code, declineCode) => {
  const stripe = aClient(await aStripe())
  const problem = await problemOf(stripe.paymentIntents.create(aPayment({ payment_method: card })))
  expect(problem).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode })
  expect(problem.payment_intent).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: { type: 'card_error', code, decline_code: declineCode, payment_method: { type: 'card' } },
  })
  const id = problem.payment_intent?.id ?? ''
  expect(await stripe.charges.retrieve(problem.charge ?? '')).toMatchObject({ status: 'failed', paid: false })
  expect(await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).toMatchObject({
    status: 'succeeded',
    last_payment_error: null,
  })
})

test('what is only authorised is captured, in part, or let go', async () => {
  const stripe = aClient(await aStripe())
  const held = await stripe.paymentIntents.create(aPayment({ capture_method: 'manual' }))
  expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1_500, amount_received: 0 })
  expect(await problemOf(stripe.refunds.create({ payment_intent: held.id }))).toMatchObject({ statusCode: 400 })
  expect(await problemOf(stripe.paymentIntents.capture(held.id, { amount_to_capture: 1_501 }))).toMatchObject({
    code: 'amount_too_large',
  })
  const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1_000 })
  expect(captured).toMatchObject({ status: 'succeeded', amount_received: 1_000, amount_capturable: 0 })

  const other = await stripe.paymentIntents.create(aPayment({ capture_method: 'manual' }))
  const cancelled = await stripe.paymentIntents.cancel(other.id, { cancellation_reason: 'abandoned' })
  expect(cancelled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned', amount_capturable: 0 })
  expect(await stripe.charges.retrieve(idOf(cancelled.latest_charge))).toMatchObject({ refunded: true })
  for (const id of [held.id, other.id])
    expect(await problemOf(stripe.paymentIntents.cancel(id))).toMatchObject({ code: 'payment_intent_unexpected_state' })
})

test.each([
  [{ amount: undefined as never }, { code: 'parameter_missing', param: 'amount' }],
  [{ currency: undefined as never }, { code: 'parameter_missing', param: 'currency' }],
  [{ amount: 15.5 }, { code: 'parameter_invalid_integer', param: 'amount' }],
  [{ amount: 0 }, { code: 'parameter_invalid_integer', param: 'amount' }],
  [{ amount: -5 }, { code: 'parameter_invalid_integer', param: 'amount' }],
  [{ amount: 49 }, { code: 'amount_too_small', param: 'amount' }],
  [
    { amount: 724, currency: 'rwf' },
    { code: 'amount_too_small', param: 'amount' },
  ],
  [
    { amount: 9_400, currency: 'lrd' },
    { code: 'amount_too_small', param: 'amount' },
  ],
  [{ amount: 100_000_000 }, { code: 'amount_too_large', param: 'amount' }],
  [{ currency: 'xxx' }, { param: 'currency' }],
  [{ payment_method: 'pm_nobodys' }, { code: 'resource_missing', param: 'payment_method' }],
  [{ customer: 'cus_nobody' }, { code: 'resource_missing', param: 'customer' }],
  [{ allowed_payment_method_types: ['paypal'] }, { param: 'allowed_payment_method_types' }],
  [{ payment_method_types: ['card'] } as never, { code: 'parameter_unknown', param: 'payment_method_types' }],
  [{ return_url: 'shop' }, { code: 'url_invalid', param: 'return_url' }],
  [{ confirm: false, return_url: shop }, { param: 'return_url' }],
  [{ capture_method: 'later' as never }, { param: 'capture_method' }],
  [{ colour: 'red' } as never, { code: 'parameter_unknown', param: 'colour' }],
  [{ metadata: { ['k'.repeat(41)]: 'v' } }, { param: `metadata[${'k'.repeat(41)}]` }],
  [{ expand: ['amount'] }, { param: 'expand' }],
  [{ payment_method: undefined as never }, { code: 'payment_intent_unexpected_state' }],
])('%j is refused and leaves nothing behind', async (differences, problem) => {
  const stripe = aClient(await aStripe())
  expect(await problemOf(stripe.paymentIntents.create(aPayment(differences)))).toMatchObject({
    type: 'StripeInvalidRequestError',
    statusCode: 400,
    ...problem,
  })
  expect((await stripe.paymentIntents.list()).data).toEqual([])
  expect((await stripe.events.list()).data).toEqual([])
})

test('the smallest amount is half a dollar, whatever the currency', async () => {
  const stripe = aClient(await aStripe())
  for (const [amount, currency] of [
    [50, 'usd'],
    [725, 'rwf'],
    [9_500, 'lrd'],
  ] as const)
    expect(await stripe.paymentIntents.create(aPayment({ amount, currency }))).toMatchObject({ status: 'succeeded' })
})

test('without listed types there must be a place to return to', async () => {
  const stripe = aClient(await aStripe())
  const payment = { amount: 500, currency: 'usd', payment_method: 'pm_card_visa', confirm: true }
  expect(await problemOf(stripe.paymentIntents.create(payment))).toMatchObject({ param: 'return_url' })
  expect(await stripe.paymentIntents.create({ ...payment, return_url: shop })).toMatchObject({ status: 'succeeded' })
  const never = { enabled: true, allow_redirects: 'never' } as const
  expect(await stripe.paymentIntents.create({ ...payment, automatic_payment_methods: never })).toMatchObject({
    status: 'succeeded',
  })
})

test('a browser reads an intent with its secret, and nothing that is the merchant’s', async () => {
  const simulator = await aStripe()
  const intent = await aClient(simulator).paymentIntents.create(aPayment({ metadata: { margin: '3' } }))
  const browser = aClient(simulator, publishableKey)
  const secret = { client_secret: intent.client_secret ?? '' }
  const seen = await browser.paymentIntents.retrieve(intent.id, secret)
  expect(seen).toMatchObject({ id: intent.id, status: 'succeeded' })
  expect(seen).not.toHaveProperty('metadata')
  expect(await problemOf(browser.paymentIntents.retrieve(intent.id, { client_secret: 'x' }))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  })
  expect(await problemOf(browser.paymentIntents.retrieve(intent.id))).toMatchObject({ statusCode: 400 })
  for (const forbidden of [
    browser.paymentIntents.create(aPayment()),
    browser.paymentIntents.cancel(intent.id),
    browser.refunds.create({ payment_intent: intent.id }),
    browser.events.list(),
  ])
    expect(await problemOf(forbidden)).toMatchObject({ type: 'StripeAuthenticationError', code: 'secret_key_required' })
})

test('an unknown key, path or id is told as Stripe tells it', async () => {
  const simulator = await aStripe()
  expect(await problemOf(aClient(simulator, 'sk_test_other').paymentIntents.list())).toMatchObject({
    type: 'StripeAuthenticationError',
    statusCode: 401,
  })
  const stripe = aClient(simulator)
  expect(await problemOf(stripe.customers.list())).toMatchObject({ statusCode: 404 })
  for (const read of [
    stripe.paymentIntents.retrieve('pi_x'),
    stripe.refunds.retrieve('re_x'),
    stripe.charges.retrieve('ch_x'),
    stripe.events.retrieve('evt_x'),
    stripe.balanceTransactions.retrieve('txn_x'),
    stripe.paymentMethods.retrieve('pm_x'),
    stripe.disputes.retrieve('du_x'),
  ])
    expect(await problemOf(read)).toMatchObject({ statusCode: 404, code: 'resource_missing' })
})

test('lists are pages, newest first', async () => {
  const stripe = aClient(await aStripe())
  const ids: string[] = []
  for (let count = 0; count < 5; count += 1) ids.unshift((await stripe.paymentIntents.create(aPayment())).id)
  const page = await stripe.paymentIntents.list({ limit: 2 })
  expect(page).toMatchObject({ has_more: true, data: [{ id: ids[0] }, { id: ids[1] }] })
  const all = await stripe.paymentIntents.list({ limit: 2 }).autoPagingToArray({ limit: 100 })
  expect(all.map(({ id }) => id)).toEqual(ids)
  const back = await stripe.paymentIntents.list({ limit: 2, ending_before: ids[3] ?? '' })
  expect(back.data.map(({ id }) => id)).toEqual(ids.slice(1, 3))
  expect((await stripe.paymentIntents.list({ created: { gt: 4_000_000_000 } })).data).toEqual([])
  const expanded = await stripe.paymentIntents.list({ limit: 1, expand: ['data.latest_charge.payment_intent'] })
  expect(expanded.data[0]?.latest_charge).toMatchObject({ object: 'charge', payment_intent: { id: ids[0] } })
})

test('a card that has paid is used up, one that was declined is not', async () => {
  const stripe = aClient(await aStripe())
  const { id } = await stripe.paymentMethods.retrieve('pm_card_visa')
  expect(await stripe.paymentIntents.create(aPayment({ payment_method: id }))).toMatchObject({ status: 'succeeded' })
  expect(await problemOf(stripe.paymentIntents.create(aPayment({ payment_method: id })))).toMatchObject({
    statusCode: 400,
    param: 'payment_method',
  })
  const declined = await stripe.paymentMethods.retrieve('pm_card_visa_chargeDeclined')
  for (const _ of [1, 2])
    expect(await problemOf(stripe.paymentIntents.create(aPayment({ payment_method: declined.id })))).toMatchObject({
      statusCode: 402,
    })
})
