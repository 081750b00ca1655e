import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { aClient, aPayment, apiKey, aStripe, problemOf, publishableKey } from '../../test/stripe.ts'

const aKey = () => ({ idempotencyKey: randomUUID() })

test('the same request under the same key is answered the same and done once', async () => {
  const stripe = aClient(await aStripe())
  const key = aKey()
  const first = await stripe.paymentIntents.create(aPayment(), key)
  const again = await stripe.paymentIntents.create(aPayment(), key)
  expect(again).toEqual(first)
  expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed')
  expect(again.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'original-request': first.lastResponse.requestId,
  })
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
  const refunds = [
    await stripe.refunds.create({ payment_intent: first.id, amount: 100 }, { idempotencyKey: 'refund' }),
    await stripe.refunds.create({ payment_intent: first.id, amount: 100 }, { idempotencyKey: 'refund' }),
  ]
  expect(refunds[1]?.id).toBe(refunds[0]?.id)
})

test('what was answered then is answered again, whatever has happened since', async () => {
  const stripe = aClient(await aStripe())
  const key = aKey()
  const intent = await stripe.paymentIntents.create(aPayment({ confirm: false }), key)
  await stripe.paymentIntents.cancel(intent.id)
  expect((await stripe.paymentIntents.create(aPayment({ confirm: false }), key)).status).toBe('requires_confirmation')
})

test('another request under the same key is a mistake', async () => {
  const stripe = aClient(await aStripe())
  const key = aKey()
  const { id } = await stripe.paymentIntents.create(aPayment(), key)
  for (const other of [
    stripe.paymentIntents.create(aPayment({ amount: 1_501 }), key),
    stripe.refunds.create({ payment_intent: id }, key),
  ])
    expect(await problemOf(other)).toMatchObject({
      type: 'StripeIdempotencyError',
      rawType: 'idempotency_error',
      statusCode: 400,
    })
})

test('the order of parameters does not matter', async () => {
  const { url } = await aStripe()
  const create = async (body: string) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'idempotency-key': 'k' }
    return fetch(`${url}/v1/payment_intents`, { method: 'POST', headers, body })
  }
  const one = await create('amount=500&currency=usd&metadata[a]=1&metadata[b]=2')
  const other = await create('metadata[b]=2&metadata[a]=1&currency=usd&amount=500')
  expect(await other.json()).toEqual(await one.json())
  expect(other.headers.get('idempotent-replayed')).toBe('true')
})

test('a decline is kept, a mistake is not', async () => {
  const stripe = aClient(await aStripe())
  const key = aKey()
  const declined = aPayment({ payment_method: 'pm_card_visa_chargeDeclined' })
  const first = await problemOf(stripe.paymentIntents.create(declined, key))
  const again = await problemOf(stripe.paymentIntents.create(declined, key))
  expect(again).toMatchObject({ statusCode: 402, charge: first.charge })
  expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' })

  const other = aKey()
  expect(await problemOf(stripe.paymentIntents.create(aPayment({ amount: 1 }), other))).toMatchObject({
    code: 'amount_too_small',
  })
  expect(await stripe.paymentIntents.create(aPayment(), other)).toMatchObject({ status: 'succeeded' })
})

test('of two at once under one key one waits in vain, and is told so', async () => {
  const simulator = await aStripe({ delayMs: 100 })
  const stripe = aClient(simulator)
  const key = aKey()
  simulator.next({ fault: 'slow-reply' })
  const slow = stripe.paymentIntents.create(aPayment(), key)
  await vi.waitFor(() => {
    expect(simulator.requests()).toHaveLength(1)
  })
  expect(await problemOf(stripe.paymentIntents.create(aPayment(), key))).toMatchObject({
    type: 'StripeAPIError',
    statusCode: 409,
    code: 'idempotency_key_in_use',
  })
  const { id } = await slow
  expect((await stripe.paymentIntents.create(aPayment(), key)).id).toBe(id)
})

test('the client’s own retries are one payment', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator, apiKey, 2)
  simulator.next({ fault: 'lost-reply' })
  const intent = await stripe.paymentIntents.create(aPayment())
  expect(intent.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' })
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
})

test('a key is one account key’s own, at most 255 characters, and forgotten after a day', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  const wanted = { type: 'card' as const, card: { number: '4242424242424242', exp_month: 1, exp_year: 2040 } }
  const one = await stripe.paymentMethods.create(wanted, { idempotencyKey: 'k' })
  const other = await aClient(simulator, publishableKey).paymentMethods.create(wanted, { idempotencyKey: 'k' })
  expect(other.id).not.toBe(one.id)
  expect(await problemOf(stripe.paymentMethods.create(wanted, { idempotencyKey: 'k'.repeat(256) }))).toMatchObject({
    statusCode: 400,
  })
  vi.useFakeTimers({ now: Date.now() + 25 * 60 * 60_000, toFake: ['Date'] })
  try {
    expect((await stripe.paymentMethods.create(wanted, { idempotencyKey: 'k' })).id).not.toBe(one.id)
  } finally {
    vi.useRealTimers()
  }
})
