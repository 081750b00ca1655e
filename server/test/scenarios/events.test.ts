import { afterAll, expect, test } from 'vitest'
import { type Api, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import { aDocument, pay } from '../support/black-box/builders.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld({ payerDelayMs: 5 })
afterAll(world.close)

const { api } = world

interface Told {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly timestamp: string
  readonly sequence: number
  readonly data: Readonly<Record<string, unknown>>
}

interface Page {
  readonly events: readonly Told[]
  readonly next_after: string | null
  readonly has_more: boolean
}

const page = async (of: Api, query: Readonly<Record<string, string | number>> = {}): Promise<Page> =>
  (await ok(of.get('/events', query))) as Page

/** Follows the feed until an event of this type, and answers all that came on the way. */
async function follow(of: Api, after: string, type: string): Promise<readonly Told[]> {
  const read: Told[] = []
  let position = after
  await expect
    .poll(
      async () => {
        const { events, next_after: next } = await page(of, { after: position, limit: 3 })
        read.push(...events)
        position = next ?? position
        return read.some((event) => event.type === type)
      },
      { timeout: 10_000, interval: 20 },
    )
    .toBe(true)
  return read
}

test('who follows the feed is told of a payment from its document to its end, each once and in order', async () => {
  await aDocument(api)
  await expect.poll(async () => (await page(api, { after: 'latest' })).next_after).not.toBeNull()
  // What was committed a moment ago may not be readable yet: begin where nothing moves any more.
  await expect
    .poll(async () => {
      const { events } = await page(api, { type: 'source.published' })
      return events.length
    })
    .toBeGreaterThan(0)
  const { next_after: start } = await page(api, { after: 'latest' })
  const { document, collection, execution } = await pay(api)
  const all = await follow(api, start ?? '', 'session.completed')
  const told = all.filter(({ data }) => data['source_id'] === document.id)

  const payment = told.filter(({ type }) => type.startsWith('payment.'))
  expect(payment.map(({ type, sequence }) => [type, sequence])).toEqual([
    ['payment.created', 1],
    ['payment.processing', 2],
    ['payment.completed', 3],
  ])
  expect(payment.at(-1)?.data).toMatchObject({
    object: 'payment',
    reference_id: collection.reference_id,
    payment_intent_id: execution.payment_intent_id,
    source_type: 'INVOICE',
    status: 'COMPLETED',
    payer_amount: execution.payer_amount,
    payee_amount: execution.payee_amount,
    provider_transaction_id: execution.provider_transaction_id,
  })
  const source = told.filter(({ data }) => data['object'] === 'source')
  expect(source.map(({ type }) => type)).toEqual([
    'source.created',
    'source.published',
    'source.processing',
    'source.paid',
  ])
  expect(source[0]?.data['total_amount']).toBe(0)
  expect(source.at(-1)?.data).toMatchObject({ number: document.number, status: 'PAID', currency: 'USD' })
  expect(source.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])

  const ids = all.map(({ id }) => Number(id.slice('evt_'.length)))
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  expect(new Set(ids).size).toBe(ids.length)
  const [first] = all
  expect(await ok(api.get(`/events/${first?.id}`))).toEqual(first)
  await expectBooksToBalance(world.database.pool)
})

test('an event can be read soon after its commit', async () => {
  const { next_after: start } = await page(api, { after: 'latest' })
  const before = performance.now()
  await aDocument(api)
  await follow(api, start ?? '', 'source.published')
  expect(performance.now() - before).toBeLessThan(3_000)
})

test('what is asked wrongly is refused, and what is no event of this merchant’s is not found', async () => {
  const stranger = await signIn(world.url, await createMerchant(world.database.url, 'Stranger'))
  expect(await page(stranger)).toEqual({ events: [], next_after: null, has_more: false })
  const [mine] = (await page(api)).events
  const unknown = { status: 404, body: { detail: 'Event not found' } }
  expect(await stranger.get(`/events/${mine?.id}`)).toMatchObject(unknown)
  expect(await stranger.get('/events', { after: String(mine?.id) })).toMatchObject(unknown)
  expect(await api.get('/events/nothing')).toMatchObject(unknown)
  expect(await api.get('/events', { after: 'evt_999999999999' })).toMatchObject(unknown)
  expect(await api.get('/events', { type: 'payment.lost' })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['query', 'type'], type: 'value_error.enum' }] },
  })
  for (const limit of [0, 101])
    expect(await api.get('/events', { limit })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['query', 'limit'] }] },
    })
  const anonymous = apiClient(world.url)
  expect(await anonymous.get('/events')).toMatchObject({ status: 401 })
  expect(await anonymous.get(`/events/${mine?.id}`)).toMatchObject({ status: 401 })
})
