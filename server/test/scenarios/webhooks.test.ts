import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Api, ok, signIn } from '../support/black-box/api-client.ts'
import { aDocument, pay, unknownId } from '../support/black-box/builders.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'
import {
  type Reaction,
  type ReceivedWebhook,
  startReceiver,
  type WebhookReceiver,
} from '../support/webhook-receiver.ts'

const world = await createWorld()
afterAll(world.close)
const { api } = world
const stranger = await signIn(world.url, await createMerchant(world.database.url, 'Stranger'))

interface Endpoint {
  readonly id: number
  readonly url: string
  readonly secret: string
}

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const { id } of (await ok(api.get('/webhook-endpoints/list'))) as Endpoint[]) {
    await ok(api.delete(`/webhook-endpoints/delete/${id}`))
  }
  for (const close of closing.splice(0)) await close()
})

async function aReceiver(react?: Reaction): Promise<WebhookReceiver> {
  const receiver = await startReceiver(react)
  closing.push(() => receiver.close())
  return receiver
}

const create = (body: Readonly<Record<string, unknown>>, merchant: Api = api) =>
  merchant.post('/webhook-endpoints/create', body)

const anEndpoint = async (url: string, events = ['*']): Promise<Endpoint> =>
  (await ok(create({ url, events }))) as Endpoint

const at = (id: number | string, action: string) => `/webhook-endpoints/${id}/${action}`

const verified = ({ secret }: Pick<Endpoint, 'secret'>, { body, headers }: ReceivedWebhook): unknown =>
  new Webhook(secret).verify(body, headers as Record<string, string>)

const nowhere = 'http://127.0.0.1:9/hook'

test('a paid checkout is told within a second, signed, in order, and as the feed tells it', async () => {
  const receiver = await aReceiver()
  const endpoint = await anEndpoint(receiver.url)
  const { document, execution } = await pay(api)
  const told = () => receiver.received.filter(({ event }) => event.data['source_id'] === document.id)
  const lastOf = () => told().find(({ event }) => event.type === 'source.paid')
  await expect.poll(lastOf, { timeout: 5_000 }).toBeDefined()
  await expect.poll(() => told().length, { timeout: 5_000 }).toBe(10)

  expect(
    told()
      .map(({ event }) => event.type)
      .filter((type) => type.startsWith('payment.')),
  ).toEqual(['payment.created', 'payment.processing', 'payment.completed'])
  const numbers = told().map(({ event }) => Number(event.id.slice(4)))
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  for (const webhook of told()) {
    const { event } = webhook
    expect(verified(endpoint, webhook)).toEqual(event)
    expect(webhook.headers['webhook-id']).toBe(event.id)
    expect(await ok(api.get(`/events/${event.id}`))).toEqual(event)
  }
  const completed = told().find(({ event }) => event.type === 'payment.completed')
  expect(completed?.event.data).toMatchObject({
    object: 'payment',
    payment_intent_id: execution.payment_intent_id,
    status: 'COMPLETED',
  })
})

test('the first attempt comes within a second of the change', async () => {
  const receiver = await aReceiver()
  await anEndpoint(receiver.url, ['source.canceled'])
  const document = await aDocument(api)
  const canceledAt = Date.now()
  await ok(api.delete(`/invoices/cancel/${document.id}`))
  await expect.poll(() => receiver.received.length, { timeout: 5_000, interval: 10 }).toBe(1)
  expect((receiver.received[0]?.at ?? Infinity) - canceledAt).toBeLessThan(1_500)
})

test('an endpoint is made, shown, changed, and gone', async () => {
  const made = (await ok(create({ url: nowhere }))) as Endpoint
  expect(made).toEqual({
    id: expect.any(Number) as number,
    url: nowhere,
    events: ['*'],
    description: null,
    status: 'ENABLED',
    disabled_reason: null,
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as string,
    created_at: expect.any(String) as string,
    updated_at: expect.any(String) as string,
  })
  const { secret, ...shown } = made
  expect(secret).not.toBe('')
  expect(await ok(api.get(`/webhook-endpoints/retrieve/${made.id}`))).toEqual(shown)
  expect(await ok(api.get('/webhook-endpoints/list'))).toEqual([shown])

  const change = { events: ['payment.*', 'source.paid'], description: 'Shop', status: 'DISABLED' }
  expect(await ok(api.put(`/webhook-endpoints/update/${made.id}`, change))).toMatchObject({
    ...change,
    url: nowhere,
    disabled_reason: 'Its merchant disabled it.',
  })
  expect(
    await ok(api.put(`/webhook-endpoints/update/${made.id}`, { url: `${nowhere}?2`, description: null })),
  ).toMatchObject({ ...change, url: `${nowhere}?2` })
  expect(await ok(api.put(`/webhook-endpoints/update/${made.id}`, { status: 'ENABLED' }))).toMatchObject({
    status: 'ENABLED',
    disabled_reason: null,
  })
  expect(await ok(api.delete(`/webhook-endpoints/delete/${made.id}`))).toEqual({})
  expect(await api.get(`/webhook-endpoints/retrieve/${made.id}`)).toMatchObject({ status: 404 })
  expect(await api.delete(`/webhook-endpoints/delete/${made.id}`)).toMatchObject({ status: 404 })
})

describe('refused', () => {
  const issue = (loc: readonly (string | number)[], type: string) => ({
    status: 422,
    body: { detail: [{ loc, type }] },
  })

  test.each([
    [{}, ['body', 'url'], 'value_error.missing'],
    [{ url: 7 }, ['body', 'url'], 'type_error.str'],
    [{ url: 'shop.example/hook' }, ['body', 'url'], 'value_error.url'],
    [{ url: 'ftp://shop.example/hook' }, ['body', 'url'], 'value_error.url'],
    [{ url: 'https://me:secret@shop.example/hook' }, ['body', 'url'], 'value_error.url'],
    [{ url: 'http://169.254.169.254/latest/meta-data' }, ['body', 'url'], 'value_error.url'],
    [{ url: 'http://[fe80::1]/hook' }, ['body', 'url'], 'value_error.url'],
    [{ url: 'http://0.0.0.0/hook' }, ['body', 'url'], 'value_error.url'],
    [{ url: nowhere, events: [] }, ['body', 'events'], 'value_error.list.min_items'],
    [{ url: nowhere, events: ['payment.completed', 'payment.complete'] }, ['body', 'events', 1], 'value_error.enum'],
    [{ url: nowhere, description: 'a'.repeat(501) }, ['body', 'description'], 'value_error.any_str.max_length'],
  ])('an endpoint like %j', async (body, loc, type) => {
    expect(await create(body)).toMatchObject(issue(loc, type))
  })

  test('more endpoints than anybody has systems', async () => {
    for (let each = 0; each < 20; each += 1) await anEndpoint(nowhere)
    expect(await create({ url: nowhere })).toMatchObject(issue(['body', 'url'], 'value_error.limit'))
  })

  test('to redeliver what is unclear, unknown or somebody else’s', async () => {
    const { id } = await anEndpoint(nowhere)
    const redeliver = (body: Readonly<Record<string, unknown>>) => api.post(at(id, 'redeliver'), body)
    await aDocument(stranger)
    await expect
      .poll(async () => ((await ok(stranger.get('/events'))) as { events: unknown[] }).events.length)
      .toBeGreaterThan(0)
    const { events } = (await ok(stranger.get('/events'))) as { events: { id: string }[] }
    const theirs = events[0]?.id
    expect(await redeliver({})).toMatchObject(issue(['body', 'event_id'], 'value_error.combination'))
    expect(await redeliver({ until: 'evt_1' })).toMatchObject(issue(['body', 'event_id'], 'value_error.combination'))
    expect(await redeliver({ event_id: 'evt_1', after: 'evt_1' })).toMatchObject(
      issue(['body', 'event_id'], 'value_error.combination'),
    )
    for (const event_id of ['evt_999999999', 'evt_x', '4711', theirs]) {
      expect(await redeliver({ event_id })).toMatchObject(issue(['body', 'event_id'], 'value_error.not_found'))
    }
    expect(await redeliver({ after: theirs })).toMatchObject(issue(['body', 'after'], 'value_error.not_found'))
  })

  test('somebody else’s endpoint, like one that never was', async () => {
    const { id } = await anEndpoint(nowhere)
    const gone = { status: 404, body: { detail: 'Webhook endpoint not found' } }
    for (const each of [id, unknownId, 'x']) {
      expect(await stranger.get(`/webhook-endpoints/retrieve/${each}`)).toMatchObject(gone)
      expect(await stranger.put(`/webhook-endpoints/update/${each}`, { status: 'DISABLED' })).toMatchObject(gone)
      expect(await stranger.delete(`/webhook-endpoints/delete/${each}`)).toMatchObject(gone)
      expect(await stranger.post(at(each, 'rotate-secret'), {})).toMatchObject(gone)
      expect(await stranger.post(at(each, 'test'), {})).toMatchObject(gone)
      expect(await stranger.get(at(each, 'deliveries'))).toMatchObject(gone)
      expect(await stranger.post(at(each, 'redeliver'), { after: 'evt_1' })).toMatchObject(gone)
    }
    expect(await ok(stranger.get('/webhook-endpoints/list'))).toEqual([])
    expect(await ok(api.get(`/webhook-endpoints/retrieve/${id}`))).toMatchObject({ status: 'ENABLED' })
  })
})

test('a test is sent at once, alone, and tells what came back', async () => {
  const receiver = await aReceiver((_received, response) => {
    response.writeHead(202).end('thank you')
    return undefined
  })
  const endpoint = await anEndpoint(receiver.url, ['payout.*'])
  expect(await ok(api.post(at(endpoint.id, 'test'), {}))).toMatchObject({
    received: true,
    status: 202,
    error: null,
    answer: 'thank you',
  })
  const [webhook] = receiver.received
  expect(webhook && verified(endpoint, webhook)).toMatchObject({ type: 'webhook_endpoint.test' })
  const gone = await anEndpoint(nowhere)
  expect(await ok(api.post(at(gone.id, 'test'), {}))).toMatchObject({
    received: false,
    status: null,
    error: 'connection_refused',
    answer: null,
  })
})

test('a new secret is shown once, and both sign for a while', async () => {
  const receiver = await aReceiver()
  const endpoint = await anEndpoint(receiver.url)
  const replaced = (await ok(api.post(at(endpoint.id, 'rotate-secret'), {}))) as Endpoint
  await ok(api.post(at(endpoint.id, 'test'), {}))
  const [both] = receiver.received
  expect(both && verified(endpoint, both)).toEqual(both && verified(replaced, both))
  const alone = (await ok(api.post(at(endpoint.id, 'rotate-secret'), { overlap_hours: 0 }))) as Endpoint
  await ok(api.post(at(endpoint.id, 'test'), {}))
  const last = receiver.received.at(-1)
  expect(last && verified(alone, last)).toMatchObject({ type: 'webhook_endpoint.test' })
  expect(() => last && verified(replaced, last)).toThrow()
})

test('the log tells every attempt, page by page; what was missed is sent again', async () => {
  let status = 500
  const receiver = await aReceiver((_received, response) => {
    response.writeHead(status).end('a'.repeat(5_000))
    return undefined
  })
  const { id } = await anEndpoint(receiver.url, ['source.published'])
  const documents = [await aDocument(api), await aDocument(api)]
  const deliveries = async (query: Record<string, string | number> = {}) =>
    (await ok(api.get(at(id, 'deliveries'), query))) as {
      id: number
      event_id: string
      status: string
      attempts: { status: number; answer: string }[]
    }[]
  await expect
    .poll(async () => (await deliveries()).filter(({ attempts }) => attempts.length > 0).length, { timeout: 5_000 })
    .toBe(documents.length)
  const [newest, oldest] = await deliveries({ status: 'PENDING' })
  expect(newest).toMatchObject({
    event_type: 'source.published',
    status: 'PENDING',
    delivered_at: null,
    next_attempt_at: expect.any(String) as string,
    attempts: [{ status: 500, error: 'status', answer: 'a'.repeat(1024) }],
  })
  const page = await api.get(at(id, 'deliveries'), { limit: 1 })
  expect(page.body).toMatchObject([{ id: newest?.id }])
  const next = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
  const second = await api.get(at(id, 'deliveries'), Object.fromEntries(new URL(next).searchParams))
  expect(second.body).toMatchObject([{ id: oldest?.id }])
  expect(second.headers.get('link')).toBeNull()
  expect(await api.get(at(id, 'deliveries'), { limit: 101 })).toMatchObject({ status: 422 })
  expect(await deliveries({ event_id: 'evt_x' })).toEqual([])

  status = 200
  expect(await ok(api.post(at(id, 'redeliver'), { event_id: oldest?.event_id }))).toEqual({
    deliveries: 1,
    next_after: null,
  })
  await expect
    .poll(() => deliveries({ event_id: oldest?.event_id ?? '' }), { timeout: 3_000 })
    .toMatchObject([{ status: 'DELIVERED', next_attempt_at: null, delivered_at: expect.any(String) as string }])
})
