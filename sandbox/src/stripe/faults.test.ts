import { expect, test, vi } from 'vitest'
import { soon } from '../../test/support.ts'
import { aClient, aPayment, apiKey, aStripe, anEndpoint, control, idOf, problemOf } from '../../test/stripe.ts'

const key = { idempotencyKey: 'the-key' }

test('a request that was lost on its way did nothing', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  // The client tries once more of its own accord when a connection that was kept open has been closed.
  simulator.next({ fault: 'lost-request' })
  simulator.next({ fault: 'lost-request' })
  expect(await problemOf(stripe.paymentIntents.create(aPayment(), key))).toMatchObject({
    type: 'StripeConnectionError',
  })
  expect((await stripe.paymentIntents.list()).data).toEqual([])
})

test('a reply that was lost is had again with the same key', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  simulator.next({ fault: 'lost-reply' })
  simulator.next({ fault: 'lost-reply' })
  expect(await problemOf(stripe.paymentIntents.create(aPayment(), key))).toMatchObject({
    type: 'StripeConnectionError',
  })
  const [made] = (await stripe.paymentIntents.list()).data
  expect(made?.status).toBe('succeeded')
  expect((await stripe.paymentIntents.create(aPayment(), key)).id).toBe(made?.id)
})

test('an answer that never comes was done all the same', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  simulator.next({ fault: 'hang' })
  const hanging = stripe.paymentIntents.create(aPayment(), { ...key, timeout: 100 })
  expect(await problemOf(hanging)).toMatchObject({ type: 'StripeConnectionError' })
  expect((await stripe.paymentIntents.create(aPayment(), key)).status).toBe('succeeded')
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
})

test('a failure after the effect is what the key keeps', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  simulator.next({ fault: 'error-after-effect' })
  for (const _ of [1, 2])
    expect(await problemOf(stripe.paymentIntents.create(aPayment(), key))).toMatchObject({
      type: 'StripeAPIError',
      statusCode: 500,
    })
  const made = (await stripe.paymentIntents.list()).data
  expect(made.map(({ status }) => status)).toEqual(['succeeded'])
})

test.each([
  ['error-before-effect', { type: 'StripeAPIError', statusCode: 500 }],
  ['rate-limit', { type: 'StripeRateLimitError', statusCode: 429, code: 'rate_limit' }],
  ['lock-timeout', { type: 'StripeRateLimitError', statusCode: 429, code: 'lock_timeout' }],
  ['key-in-use', { type: 'StripeAPIError', statusCode: 409, code: 'idempotency_key_in_use' }],
] as const)('%s did nothing, and the same key may try again', async (fault, problem) => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  simulator.next({ fault })
  expect(await problemOf(stripe.paymentIntents.create(aPayment(), key))).toMatchObject(problem)
  expect((await stripe.paymentIntents.list()).data).toEqual([])
  expect((await stripe.paymentIntents.create(aPayment(), key)).status).toBe('succeeded')
})

test('a page from something in between hides a result that was had', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  simulator.next({ fault: 'garbage' })
  expect(await problemOf(stripe.paymentIntents.create(aPayment(), key))).toMatchObject({ type: 'StripeAPIError' })
  expect((await stripe.paymentIntents.create(aPayment(), key)).lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
  })
})

test('a slow bank leaves an intent processing, and answers later', async () => {
  const endpoint = await anEndpoint()
  const simulator = await aStripe({ webhookUrl: endpoint.url, delayMs: 50 })
  const stripe = aClient(simulator)
  for (const [card, ending] of [
    ['pm_card_visa', 'succeeded'],
    ['pm_card_visa_chargeDeclined', 'requires_payment_method'],
  ] as const) {
    simulator.next({ fault: 'slow-bank' })
    const intent = await stripe.paymentIntents.create(aPayment({ payment_method: card }))
    expect(intent).toMatchObject({ status: 'processing', latest_charge: null })
    expect(await problemOf(stripe.paymentIntents.cancel(intent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    })
    await vi.waitFor(async () => {
      expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe(ending)
    })
  }
  await soon(() => endpoint.types().filter((type) => type === 'payment_intent.processing').length).toBe(2)
})

test('a fault waits for the request it is meant for', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  simulator.next({ fault: 'error-before-effect', path: '/v1/refunds' })
  simulator.next({ fault: 'rate-limit', method: 'GET', path: '/v1/charges/' })
  const intent = await stripe.paymentIntents.create(aPayment())
  expect(await problemOf(stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({ statusCode: 500 })
  expect(await problemOf(stripe.charges.retrieve(idOf(intent.latest_charge)))).toMatchObject({ statusCode: 429 })
})

test('the same is had over HTTP, with the secret key', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  expect(await (await control(simulator, '/_sandbox/next', { fault: 'rate-limit' })).json()).toEqual({
    queued: [{ fault: 'rate-limit', method: 'POST', path: '/v1/' }],
  })
  expect(await problemOf(stripe.paymentIntents.create(aPayment()))).toMatchObject({ statusCode: 429 })
  expect(await (await control(simulator, '/_sandbox/latency', { ms: 60 })).json()).toEqual({ ms: 60 })
  const startedAt = performance.now()
  await stripe.paymentIntents.list()
  expect(performance.now() - startedAt).toBeGreaterThan(55)
  expect(await (await control(simulator, '/_sandbox/requests')).json()).toMatchObject([
    { method: 'POST', path: '/v1/payment_intents', idempotencyKey: expect.stringContaining('stripe-node') as unknown },
    { method: 'GET', path: '/v1/payment_intents', idempotencyKey: null },
  ])
  for (const [path, body] of [
    ['next', { fault: 'luck' }],
    ['next', []],
    ['next', { fault: 'hang', method: 'PUT' }],
    ['next', { fault: 'hang', path: 7 }],
    ['latency', { ms: -1 }],
    ['webhook-mode', { mode: 'loud' }],
    ['webhook-url', { url: 'ftp://x' }],
    ['next-webhook', { fault: 'x' }],
    ['return-origin', { origin: 7 }],
    ['deliver-event', { id: 'x', times: 0 }],
  ] as const)
    expect((await control(simulator, `/_sandbox/${path}`, body)).status, path).toBe(400)
  expect((await control(simulator, '/_sandbox/constructor', {})).status).toBe(404)
  expect((await control(simulator, '/_sandbox/next')).status).toBe(404)
  const headers = { authorization: 'Bearer sk_test_other' }
  expect((await fetch(`${simulator.url}/_sandbox/requests`, { headers })).status).toBe(401)
})

test('what no form can be is refused, never a failure of the simulator', async () => {
  const { url } = await aStripe()
  const send = async (body: string) =>
    (await fetch(`${url}/v1/payment_intents`, { method: 'POST', headers: { authorization: `Bearer ${apiKey}` }, body }))
      .status
  for (const body of [
    'amount=500&currency=usd&__proto__[x]=1',
    'amount=500&currency=usd&constructor=1',
    'amount[a]=1&amount=2',
    'amount[a]=1&currency=usd',
    'amount=500&currency=constructor',
    'metadata=x&amount=500&currency=usd',
    'metadata[a][b]=x&amount=500&currency=usd',
    'allowed_payment_method_types=card&amount=500&currency=usd',
    'a[b][c][d][e][f][g][h][i]=1',
    '[a]=1',
    'expand=x&amount=500&currency=usd',
    'x'.repeat(70_000),
  ])
    expect(await send(body), body.slice(0, 60)).toBe(400)
})
