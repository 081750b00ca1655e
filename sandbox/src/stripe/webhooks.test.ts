import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { pause, soon } from '../../test/support.ts'
import { aClient, aPayment, aStripe, anEndpoint, control, problemOf, webhookSecret } from '../../test/stripe.ts'
import { stripeWebhookPolicy } from './webhooks.ts'

test('what happens is told, signed so that the official client believes it', async () => {
  const endpoint = await anEndpoint()
  const simulator = await aStripe({ webhookUrl: endpoint.url })
  const stripe = aClient(simulator)
  const intent = await stripe.paymentIntents.create(aPayment({ metadata: { reference_id: 'abc' } }), {
    idempotencyKey: 'k',
  })
  await endpoint.until(4)
  const events = endpoint.received.map(({ body, headers }) =>
    stripe.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', webhookSecret),
  )
  expect(events.map(({ type }) => type).sort()).toEqual([
    'charge.succeeded',
    'charge.updated',
    'payment_intent.created',
    'payment_intent.succeeded',
  ])
  const succeeded = events.find(({ type }) => type === 'payment_intent.succeeded')
  expect(succeeded).toMatchObject({
    object: 'event',
    api_version: '2026-10-28.endive',
    livemode: false,
    request: { id: intent.lastResponse.requestId, idempotency_key: 'k' },
    data: { object: { id: intent.id, status: 'succeeded', metadata: { reference_id: 'abc' } } },
  })
  const updated = events.find(({ type }) => type === 'charge.updated')
  expect(updated).toMatchObject({
    request: { id: null, idempotency_key: null },
    data: { previous_attributes: { balance_transaction: null } },
  })
  expect(() => stripe.webhooks.constructEvent(endpoint.received[0]?.body ?? '', 't=1,v1=0', webhookSecret)).toThrow()
})

test.each([
  [
    'a decline',
    { payment_method: 'pm_card_visa_chargeDeclined' },
    ['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed'],
  ],
  [
    'a hold',
    { capture_method: 'manual' as const },
    ['payment_intent.created', 'charge.succeeded', 'payment_intent.amount_capturable_updated'],
  ],
  [
    'an immediate payment',
    { capture_method: 'automatic' as const },
    ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded'],
  ],
])('%s has its events, in order in the list', async (_, differences, types) => {
  const stripe = aClient(await aStripe())
  await stripe.paymentIntents.create(aPayment(differences)).catch(() => undefined)
  const { data } = await stripe.events.list()
  expect(data.map(({ type }) => type).reverse()).toEqual(types)
  const [newest] = data
  expect(await stripe.events.retrieve(newest?.id ?? '')).toMatchObject({ id: newest?.id, pending_webhooks: 1 })
  const some = await stripe.events.list({ types: ['charge.*'] })
  expect(some.data.map(({ type }) => type)).toEqual(types.filter((type) => type.startsWith('charge.')))
})

test('any 2xx is enough, anything else is tried again', async () => {
  const endpoint = await anEndpoint((attempt) => (attempt === 1 ? 500 : 202))
  const stripe = aClient(await aStripe({ webhookUrl: endpoint.url }))
  await stripe.paymentIntents.create(aPayment({ confirm: false }))
  await endpoint.until(2)
  expect(endpoint.received[0]?.event.id).toBe(endpoint.received[1]?.event.id)
  await soon(async () => (await stripe.events.list()).data[0]?.pending_webhooks).toBe(0)
  expect(stripeWebhookPolicy).toMatchObject({ retryDelaysMs: [1_000, 5_000, 15_000, 60_000], giveUpAfterMs: 900_000 })
})

test('webhooks wait until there is somewhere to send them', async () => {
  const endpoint = await anEndpoint()
  const simulator = await aStripe()
  await aClient(simulator).paymentIntents.create(aPayment({ confirm: false }))
  await control(simulator, '/_sandbox/webhook-url', { url: endpoint.url })
  await endpoint.until(1)
})

test('they come twice, in reverse or not at all when told to', async () => {
  const endpoint = await anEndpoint()
  const simulator = await aStripe({ webhookUrl: endpoint.url, delayMs: 60_000 })
  const stripe = aClient(simulator)
  simulator.setWebhookMode('twice')
  await stripe.paymentIntents.create(aPayment({ confirm: false }))
  await endpoint.until(2)
  expect(endpoint.received[0]?.event.id).toBe(endpoint.received[1]?.event.id)

  await control(simulator, '/_sandbox/webhook-mode', { mode: 'reversed' })
  await stripe.paymentIntents.create(aPayment())
  await endpoint.until(5)
  expect(endpoint.types().slice(2)).toEqual(['payment_intent.succeeded', 'charge.succeeded', 'payment_intent.created'])

  simulator.setWebhookMode('lost')
  const lost = await stripe.paymentIntents.create(aPayment({ confirm: false }))
  await pause(50)
  expect(endpoint.received).toHaveLength(5)
  const [event] = (await stripe.events.list()).data
  expect(event).toMatchObject({
    type: 'payment_intent.created',
    pending_webhooks: 0,
    data: { object: { id: lost.id } },
  })

  await simulator.deliverEvent(event?.id ?? '', 2)
  await control(simulator, '/_sandbox/deliver-event', { id: event?.id })
  expect(endpoint.received.slice(5).map((each) => each.event.id)).toEqual([event?.id, event?.id, event?.id])
  await expect(simulator.deliverEvent('evt_x')).rejects.toThrow('No such event')
})

test('a secret is rotated: for a while both are good', async () => {
  const endpoint = await anEndpoint()
  const simulator = await aStripe({ webhookUrl: endpoint.url })
  const stripe = aClient(simulator)
  const secret = simulator.rotateWebhookSecret()
  await stripe.paymentIntents.create(aPayment({ confirm: false }))
  await endpoint.until(1)
  const { body, headers } = endpoint.first()
  for (const each of [webhookSecret, secret])
    expect(stripe.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', each).type).toBe(
      'payment_intent.created',
    )
  const { secret: next } = (await (await control(simulator, '/_sandbox/rotate-webhook-secret', {})).json()) as {
    secret: string
  }
  expect(next).toMatch(/^whsec_/)
})

test.each(['foreign-secret', 'stale', 'unsigned', 'changed-body'] as const)(
  'a webhook may be %s, and the client does not believe it',
  async (fault) => {
    const endpoint = await anEndpoint((attempt) => (attempt === 1 ? 400 : 200))
    const simulator = await aStripe({ webhookUrl: endpoint.url })
    const stripe = aClient(simulator)
    await control(simulator, '/_sandbox/next-webhook', { fault })
    await stripe.paymentIntents.create(aPayment({ confirm: false }))
    await endpoint.until(2)
    const [bad, good] = endpoint.received
    const read = (received: typeof bad) =>
      stripe.webhooks.constructEvent(received?.body ?? '', received?.headers['stripe-signature'] ?? '', webhookSecret)
    expect(() => read(bad)).toThrow()
    expect(read(good).type).toBe('payment_intent.created')
  },
)

test('the signature is the hash that Stripe documents', async () => {
  const endpoint = await anEndpoint()
  const stripe = aClient(await aStripe({ webhookUrl: endpoint.url }))
  await stripe.paymentIntents.create(aPayment({ confirm: false }))
  await endpoint.until(1)
  const { body, headers } = endpoint.first()
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['stripe-signature'])) ?? []
  expect(createHmac('sha256', webhookSecret).update(`${t}.${body}`).digest('hex')).toBe(v1)
  expect(await problemOf(stripe.events.retrieve('evt_x'))).toMatchObject({ statusCode: 404 })
})
