import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { aMerchant, news, someExecutions, somePayables, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase } from '../../test/support/database.ts'
import { aClock, type TestClock } from '../../test/support/fakes.ts'
import {
  type Reaction,
  type ReceivedWebhook,
  startReceiver,
  type WebhookReceiver,
} from '../../test/support/webhook-receiver.ts'
import { addMs, systemClock } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { isPublicAddress, isPublicOrLocalAddress } from '../platform/addresses.ts'
import { createGuardedClient, resolveLocally } from '../platform/guarded-client.ts'
import { openLog } from '../platform/log.ts'
import { createEventHorizon, readEventId, writeEventId } from '../events/index.ts'
import { createDispatcher } from './deliver.ts'
import { claimDeliveries, fanOut } from './delivery-store.ts'
import { type DeliveryStatus, type EndpointId } from './model.ts'
import {
  createEndpoint,
  deleteEndpoint,
  type EndpointWithSecret,
  getDeliveries,
  getEndpoint,
  redeliverEvents,
  rotateSecret,
  testEndpoint,
  updateEndpoint,
  type WebhooksContext,
} from './service.ts'
import { resealWebhookSecrets } from './reseal.ts'

const database = await createTestDatabase()
const db = database.pool
const client = createGuardedClient({ allows: isPublicOrLocalAddress, resolve: resolveLocally, timeoutMs: 1_000 })
const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  await client.close()
  await database.drop()
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await sql(
    db,
    `update webhook_endpoints set status = 'DISABLED', disabled_reason = 'The test is over.' where status = 'ENABLED'`,
  )
})

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

let clock: TestClock
let context: WebhooksContext
let merchantId: MerchantId
beforeEach(async () => {
  clock = aClock()
  context = {
    db,
    clock,
    wallClock: systemClock,
    client,
    rule: { httpsOnly: false, allows: isPublicOrLocalAddress },
    sealing: ['a secret of thirty-two characters'],
  }
  merchantId = await aMerchant(db)
})

const aDispatcher = (its: Partial<WebhooksContext> = {}) =>
  createDispatcher({ ...context, log: openLog('error'), ...its })

const horizon = createEventHorizon(db)

/** Lets everything be read that was written. */
async function settle(): Promise<void> {
  const [last] = await sql<{ id: string | null }>(db, 'select max(id) as id from events')
  await expect
    .poll(async () => {
      await horizon.round()
      const [row] = await sql<{ settled_id: string }>(db, 'select settled_id from event_horizon')
      return BigInt(row?.settled_id ?? 0)
    })
    .toBeGreaterThanOrEqual(BigInt(last?.id ?? 0))
}

const countAttempts = async () =>
  (await sql<{ count: number }>(db, 'select count(*)::integer as count from webhook_attempts'))[0]?.count

/** Sends whatever is due now, and what follows from that, until nothing more is. */
async function sendAll(): Promise<void> {
  await settle()
  for (let before: number | undefined = -1; before !== (before = await countAttempts());) {
    const dispatcher = aDispatcher()
    while (await dispatcher.round());
    await dispatcher.settled()
  }
}

async function aReceiver(react?: Reaction): Promise<WebhookReceiver> {
  const receiver = await startReceiver(react)
  closing.push(() => receiver.close())
  return receiver
}

const anEndpoint = (receiver: WebhookReceiver, events: readonly string[] = ['*']): Promise<EndpointWithSecret> =>
  createEndpoint(context, merchantId, { url: receiver.url, events, description: undefined })

/** Documents whose payment is done: each has its line of events. */
async function somePayments(count: number): Promise<void> {
  const executions = await someExecutions(db, count, { merchantId })
  await tell(
    db,
    executions.map((execution) => news(execution, 'PROCESSING')),
  )
  await tell(
    db,
    executions.map((execution) => news(execution, 'COMPLETED')),
  )
}

const eventIds = async (type = '%'): Promise<string[]> =>
  (
    await sql<{ id: string }>(db, 'select id from events where merchant_id = $1 and type like $2 order by id', [
      merchantId,
      type,
    ])
  ).map(({ id }) => `evt_${id}`)

const idsOf = (received: readonly ReceivedWebhook[]): string[] => received.map(({ event }) => event.id)
const number = (id: string): number => Number(id.slice(4))
const inOrder = (ids: readonly string[]): string[] => ids.toSorted((a, b) => number(a) - number(b))

/** Of each document, in the order of arrival. */
function byDocument(received: readonly ReceivedWebhook[]): number[][] {
  const lines = new Map<unknown, number[]>()
  for (const { event } of received) {
    const document = event.data['source_id']
    lines.set(document, [...(lines.get(document) ?? []), number(event.id)])
  }
  return [...lines.values()]
}

function expectInOrder(received: readonly ReceivedWebhook[]): void {
  for (const line of byDocument(received)) expect(line).toEqual(line.toSorted((a, b) => a - b))
}

const statusesOf = async (id: EndpointId): Promise<Record<string, number>> => {
  const rows = await sql<{ status: DeliveryStatus; count: number }>(
    db,
    'select status, count(*)::integer as count from webhook_deliveries where endpoint_id = $1 group by status',
    [id],
  )
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]))
}

test('every event is sent once, in the order of its document, and verifies with the reference library', async () => {
  const receiver = await aReceiver()
  const { secret } = await anEndpoint(receiver)
  await somePayments(5)
  await sendAll()
  const ids = await eventIds()
  expect(ids.length).toBeGreaterThan(40)
  expect(inOrder(idsOf(receiver.received))).toEqual(ids)
  expectInOrder(receiver.received)
  for (const { body, headers, event } of receiver.received) {
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event)
    expect(headers).toMatchObject({
      'webhook-id': event.id,
      'content-type': 'application/json',
      'user-agent': 'Dollr-Webhooks/1',
    })
  }
})

test('an endpoint hears of what it asked for, and of nobody else', async () => {
  const [paid, payments, all] = [await aReceiver(), await aReceiver(), await aReceiver()]
  await anEndpoint(paid, ['source.paid'])
  await anEndpoint(payments, ['payment.*', 'source.paid'])
  await createEndpoint(context, await aMerchant(db), { url: all.url, events: ['*'], description: undefined })
  await somePayments(2)
  await sendAll()
  expect(idsOf(paid.received).toSorted()).toEqual((await eventIds('source.paid')).toSorted())
  expect(inOrder(idsOf(payments.received))).toEqual(
    inOrder([...(await eventIds('payment.%')), ...(await eventIds('source.paid'))]),
  )
  expect(all.received).toEqual([])
})

test('while a secret is replaced, what is sent verifies with both; afterwards with the new one', async () => {
  const receiver = await aReceiver()
  const { endpoint, secret: former } = await anEndpoint(receiver, ['source.published'])
  const { secret } = await rotateSecret(context, merchantId, endpoint.id, 24 * hourMs)
  expect(secret).not.toBe(former)
  await somePayables(db, 1, { merchantId })
  await sendAll()
  clock.advance(24 * hourMs)
  await somePayables(db, 1, { merchantId })
  await sendAll()
  const verify = (with_: string, { body, headers }: ReceivedWebhook) =>
    new Webhook(with_).verify(body, headers as Record<string, string>)
  const [during, after] = receiver.received as [ReceivedWebhook, ReceivedWebhook]
  expect(verify(former, during)).toEqual(during.event)
  expect(verify(secret, during)).toEqual(during.event)
  expect(verify(secret, after)).toEqual(after.event)
  expect(() => verify(former, after)).toThrow('No matching signature')
})

test('an endpoint that is down for hours gets everything once, in order, soon after it is back', async () => {
  const receiver = await aReceiver(() => 503)
  const { endpoint, secret } = await anEndpoint(receiver)
  for (let hour = 0; hour < 7; hour += 1) {
    await somePayments(2)
    for (let step = 0; step < 6; step += 1) {
      await sendAll()
      clock.advance(10 * minuteMs)
    }
  }
  const refused = receiver.received.length
  expect(await statusesOf(endpoint.id)).toEqual({ PENDING: (await eventIds()).length })
  receiver.will(() => 200)
  // The schedule of the oldest ones alone would have them wait for hours more.
  clock.advance(20 * minuteMs)
  await sendAll()
  clock.advance(20 * minuteMs)
  await sendAll()
  const delivered = receiver.received.slice(refused)
  expect(inOrder(idsOf(delivered))).toEqual(await eventIds())
  expectInOrder(delivered)
  for (const { body, headers, event } of delivered) {
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event)
  }
  // While it is down, nothing but the first of each document is tried.
  expect(new Set(idsOf(receiver.received.slice(0, refused))).size).toBe(14)
})

test('one event that is not taken holds back its own document, and no other', async () => {
  const [stuck, free] = await someExecutions(db, 2, { merchantId })
  const receiver = await aReceiver(({ event }) =>
    event.type === 'payment.processing' && event.data['payment_intent_id'] === Number(stuck?.executionId) ? 500 : 200,
  )
  const { endpoint } = await anEndpoint(receiver)
  for (const each of [stuck, free]) {
    if (each) await tell(db, [news(each, 'PROCESSING')])
    if (each) await tell(db, [news(each, 'COMPLETED')])
  }
  await sendAll()
  const typesOf = (id: string | undefined) =>
    receiver.received
      .filter(({ event }) => event.data['payment_intent_id'] === Number(id))
      .map(({ event }) => event.type)
  expect(typesOf(free?.executionId)).toEqual(['payment.created', 'payment.processing', 'payment.completed'])
  expect(typesOf(stuck?.executionId)).toEqual(['payment.created', 'payment.processing'])
  // What was claimed with it and not sent was not tried, either.
  const behind = await sql<{ attempts: number; first_attempt_at: Date | null; in_hand: boolean }>(
    db,
    `select attempts, first_attempt_at, in_hand
     from webhook_deliveries
     where endpoint_id = $1 and status = 'PENDING' and next_attempt_at is null`,
    [endpoint.id],
  )
  expect(behind.length).toBeGreaterThan(0)
  for (const each of behind) expect(each).toEqual({ attempts: 0, first_attempt_at: null, in_hand: false })
  clock.advance(6 * secondMs)
  await sendAll()
  expect(typesOf(stuck?.executionId)).toEqual(['payment.created', 'payment.processing', 'payment.processing'])
  receiver.will(() => 200)
  clock.advance(40 * secondMs)
  await sendAll()
  expect(typesOf(stuck?.executionId).slice(-2)).toEqual(['payment.processing', 'payment.completed'])
  expect(await statusesOf(endpoint.id)).toEqual({ DELIVERED: (await eventIds()).length })
})

test('retries come after growing pauses for three days; then the endpoint is disabled and its merchant told', async () => {
  const receiver = await aReceiver(() => 500)
  const watcher = await aReceiver()
  const { endpoint } = await anEndpoint(receiver, ['source.*'])
  await anEndpoint(watcher, ['webhook_endpoint.disabled'])
  await somePayables(db, 1, { merchantId })
  const began = clock.now().getTime()
  const tried: number[] = []
  for (let minutes = 0; minutes < 74 * 60;) {
    const before = receiver.received.length
    await sendAll()
    if (receiver.received.length > before) tried.push(clock.now().getTime() - began)
    const [next] = await sql<{ at: Date | null }>(
      db,
      'select min(next_attempt_at) as at from webhook_deliveries where endpoint_id = $1',
      [endpoint.id],
    )
    if (!next?.at) break
    clock.advance(next.at.getTime() - clock.now().getTime())
    minutes = (clock.now().getTime() - began) / minuteMs
  }
  const pauses = tried.slice(1).map((at, index) => (at - (tried[index] ?? 0)) / secondMs)
  const schedule = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800]
  schedule.forEach((seconds, index) => {
    expect(pauses[index]).toBeGreaterThanOrEqual(seconds)
    expect(pauses[index]).toBeLessThanOrEqual(seconds * 1.1)
  })
  expect(tried.at(-1)).toBe(72 * hourMs)
  expect(await getEndpoint(context, merchantId, endpoint.id)).toMatchObject({
    status: 'DISABLED',
    disabledReason: 'It received nothing for three days.',
  })
  await sendAll()
  expect(watcher.received.map(({ event }) => event)).toMatchObject([
    {
      type: 'webhook_endpoint.disabled',
      sequence: 1,
      data: { object: 'webhook_endpoint', webhook_endpoint_id: Number(endpoint.id), url: receiver.url },
    },
  ])
  expect(await statusesOf(endpoint.id)).toEqual({ FAILED: 1 })

  // What was missed is not lost: enabled again, it can be had.
  receiver.will(() => 200)
  const [event = ''] = await eventIds('source.published')
  const asked = { eventId: event, after: undefined, until: undefined }
  await expect(redeliverEvents(context, merchantId, endpoint.id, asked)).rejects.toThrow('not ENABLED')
  await updateEndpoint(context, merchantId, endpoint.id, {
    url: undefined,
    events: undefined,
    description: undefined,
    status: 'ENABLED',
  })
  const before = receiver.received.length
  await sendAll()
  expect(receiver.received).toHaveLength(before)
  expect(await redeliverEvents(context, merchantId, endpoint.id, asked)).toEqual({ count: 1, last: undefined })
  await sendAll()
  expect(idsOf(receiver.received.slice(before))).toEqual([event])
})

test('410 Gone disables at once, and gives up what is pending', async () => {
  const receiver = await aReceiver(() => 410)
  const { endpoint } = await anEndpoint(receiver)
  await somePayments(3)
  await sendAll()
  expect(await getEndpoint(context, merchantId, endpoint.id)).toMatchObject({
    status: 'DISABLED',
    disabledReason: 'It answered 410 Gone.',
  })
  expect(Object.keys(await statusesOf(endpoint.id))).toEqual(['FAILED'])
  expect(await eventIds('webhook_endpoint.disabled')).toHaveLength(1)
})

test('a receiver that asks to be left alone is', async () => {
  const receiver = await aReceiver((_received, response) => {
    response.writeHead(429, { 'retry-after': '600' }).end()
    return undefined
  })
  await anEndpoint(receiver, ['source.published'])
  await somePayables(db, 1, { merchantId })
  await sendAll()
  clock.advance(9 * minuteMs)
  await sendAll()
  expect(receiver.received).toHaveLength(1)
  clock.advance(minuteMs)
  await sendAll()
  expect(receiver.received).toHaveLength(2)
})

test('a redirect is not followed and counts as a failure', async () => {
  const elsewhere = await aReceiver()
  const receiver = await aReceiver((_received, response) => {
    response.writeHead(302, { location: elsewhere.url }).end('over there')
    return undefined
  })
  const { endpoint } = await anEndpoint(receiver, ['source.published'])
  await somePayables(db, 1, { merchantId })
  await sendAll()
  expect(elsewhere.received).toEqual([])
  const page = { before: '9223372036854775807', most: 10 }
  const log = await getDeliveries(context, merchantId, endpoint.id, { eventId: undefined, status: 'PENDING' }, page)
  expect(log).toMatchObject([
    { eventType: 'source.published', attempts: [{ status: 302, error: 'redirected', answer: 'over there' }] },
  ])
  expect(await getDeliveries(context, merchantId, endpoint.id, { eventId: undefined, status: 'FAILED' }, page)).toEqual(
    [],
  )
  expect(await getDeliveries(context, merchantId, endpoint.id, { eventId: 'evt_x', status: undefined }, page)).toEqual(
    [],
  )
})

test('two workers at once send everything once and keep the order', async () => {
  const receiver = await aReceiver(async () => {
    await new Promise((resolve) => setTimeout(resolve, 3))
    return 200
  })
  await anEndpoint(receiver)
  const other = await startReceiver()
  closing.push(() => other.close())
  await anEndpoint(other)
  const [one, two] = [aDispatcher(), aDispatcher()]
  const writing = (async () => {
    for (let batch = 0; batch < 4; batch += 1) await somePayments(6)
  })()
  let done = false
  void writing.then(() => (done = true))
  const work = async (dispatcher: typeof one) => {
    const its = createEventHorizon(db)
    while (!done) {
      await its.round()
      await dispatcher.round()
    }
  }
  await Promise.all([work(one), work(two), writing])
  await settle()
  const expected = await eventIds()
  await expect
    .poll(
      async () => {
        await Promise.all([one.round(), two.round()])
        return receiver.received.length + other.received.length
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBeGreaterThanOrEqual(2 * expected.length)
  await Promise.all([one.settled(), two.settled()])
  for (const { received } of [receiver, other]) {
    expect(inOrder(idsOf(received))).toEqual(expected)
    expectInOrder(received)
  }
}, 60_000)

/** Takes what is due in hand, for a minute, and is not heard of again. */
const takeAndDie = (): Promise<unknown[]> => {
  const limits = { inHand: new Map<EndpointId, number>(), most: 10, mostEach: 10, mostFailing: 2, mostRun: 10 }
  return claimDeliveries(db, { ...limits, claimedUntil: addMs(clock.now(), minuteMs) }, clock.now())
}

test('what a process had in hand when it died is sent again, under the same id', async () => {
  const receiver = await aReceiver()
  const { endpoint } = await anEndpoint(receiver, ['source.*'])
  await somePayables(db, 1, { merchantId })
  await settle()
  while (await fanOut(db, 10_000, clock.now()));
  expect(await takeAndDie()).toHaveLength(1)
  await sendAll()
  expect(receiver.received).toEqual([])
  clock.advance(minuteMs)
  await sendAll()
  expect(idsOf(receiver.received)).toEqual(await eventIds('source.%'))
  expect(await statusesOf(endpoint.id)).toEqual({ DELIVERED: 1 })
})

test('processes that die with it in hand say nothing about its receiver: the first pause is as short as ever', async () => {
  const receiver = await aReceiver(() => 500)
  await anEndpoint(receiver, ['source.*'])
  await somePayables(db, 1, { merchantId })
  await settle()
  while (await fanOut(db, 10_000, clock.now()));
  for (let deaths = 0; deaths < 8; deaths += 1) {
    expect(await takeAndDie()).toHaveLength(1)
    clock.advance(minuteMs)
  }
  await sendAll()
  expect(receiver.received).toHaveLength(1)
  clock.advance(6 * secondMs)
  await sendAll()
  expect(receiver.received).toHaveLength(2)
})

test('what comes behind one that is in hand waits for it, and follows at once', async () => {
  let answer = (_status: number): void => undefined
  const receiver = await aReceiver(() => new Promise<number>((resolve) => (answer = resolve)))
  await anEndpoint(receiver, ['payment.*'])
  const [execution] = await someExecutions(db, 1, { merchantId })
  if (!execution) throw new Error('no execution')
  const dispatcher = aDispatcher()
  await settle()
  await dispatcher.round()
  await expect.poll(() => receiver.received.length).toBe(1)
  await tell(db, [news(execution, 'PROCESSING')])
  await settle()
  // Once to make the delivery, once to see that it has to wait.
  await dispatcher.round()
  await dispatcher.round()
  expect(receiver.received).toHaveLength(1)
  answer(200)
  // No round is needed for it.
  await expect.poll(() => receiver.received.length).toBe(2)
  answer(200)
  await dispatcher.settled()
})

test('an endpoint that hangs leaves room for others', async () => {
  const hanging = await aReceiver(() => undefined)
  const quick = await aReceiver()
  for (let each = 0; each < 12; each += 1) await anEndpoint(hanging, ['source.published'])
  await anEndpoint(quick, ['source.published'])
  await somePayables(db, 40, { merchantId })
  await settle()
  const dispatcher = aDispatcher()
  while (await dispatcher.round());
  await expect
    .poll(
      async () => {
        await dispatcher.round()
        return quick.received.length
      },
      { timeout: 900, interval: 20 },
    )
    .toBe(40)
  await dispatcher.settled()
}, 30_000)

test('a deleted endpoint is sent nothing more, and is as unknown as any', async () => {
  const receiver = await aReceiver(() => 500)
  const { endpoint } = await anEndpoint(receiver)
  await somePayments(1)
  await sendAll()
  await deleteEndpoint(context, merchantId, endpoint.id)
  const before = receiver.received.length
  clock.advance(hourMs)
  await somePayments(1)
  await sendAll()
  expect(receiver.received).toHaveLength(before)
  await expect(getEndpoint(context, merchantId, endpoint.id)).rejects.toThrow('Webhook endpoint not found')
  expect(await eventIds('webhook_endpoint.disabled')).toEqual([])
})

test('a range is sent again in its order, as far as the endpoint wants it', async () => {
  const receiver = await aReceiver()
  const { endpoint } = await anEndpoint(receiver, ['payment.*'])
  await somePayments(3)
  await sendAll()
  const before = receiver.received.length
  const ids = await eventIds()
  const wanted = await eventIds('payment.%')
  const [after = '', until = ''] = [ids[0], wanted.at(-2)]
  const { count } = await redeliverEvents(context, merchantId, endpoint.id, { eventId: undefined, after, until })
  expect(count).toBe(wanted.length - 1)
  await sendAll()
  expect(inOrder(idsOf(receiver.received.slice(before)))).toEqual(wanted.slice(0, -1))
  expectInOrder(receiver.received.slice(before))

  const [unwanted = ''] = await eventIds('source.paid')
  await redeliverEvents(context, merchantId, endpoint.id, { eventId: unwanted, after: undefined, until: undefined })
  await sendAll()
  expect(receiver.received.at(-1)?.event.id).toBe(unwanted)
})

test('what was never delivered because nobody asked then can be had later', async () => {
  await somePayments(1)
  await settle()
  const receiver = await aReceiver()
  const { endpoint } = await anEndpoint(receiver)
  while (await fanOut(db, 10_000, clock.now()));
  const [after = '', ...rest] = await eventIds()
  await redeliverEvents(context, merchantId, endpoint.id, { eventId: undefined, after, until: undefined })
  await sendAll()
  expect(inOrder(idsOf(receiver.received))).toEqual(expect.arrayContaining(rest))
  expectInOrder(receiver.received)
})

test('a secret sealed under a token secret that is gone signs nothing, and says so', async () => {
  const receiver = await aReceiver()
  const { endpoint } = await anEndpoint(receiver, ['source.published'])
  await somePayables(db, 1, { merchantId })
  context = { ...context, sealing: ['another secret of thirty-two chars'] }
  expect(await testEndpoint(context, merchantId, endpoint.id)).toMatchObject({ error: 'secret_unreadable' })
  await sendAll()
  expect(receiver.received).toEqual([])
  context = { ...context, sealing: ['a further secret of thirty-two ch', 'a secret of thirty-two characters'] }
  clock.advance(6 * secondMs)
  await sendAll()
  expect(receiver.received).toHaveLength(1)
})

test('after a start with a new token secret, secrets open without the former one', async () => {
  const receiver = await aReceiver()
  const { endpoint, secret: former } = await anEndpoint(receiver, ['source.published'])
  const { secret } = await rotateSecret(context, merchantId, endpoint.id, hourMs)
  const newer = 'a newer secret of thirty-two char'
  await resealWebhookSecrets(db, [newer, ...context.sealing])
  context = { ...context, sealing: [newer] }
  expect(await testEndpoint(context, merchantId, endpoint.id)).toMatchObject({ status: 200 })
  const [{ body, headers, event } = { body: '', headers: {}, event: undefined }] = receiver.received
  for (const each of [secret, former]) {
    expect(new Webhook(each).verify(body, headers as Record<string, string>)).toEqual(event)
  }
  // Where nothing opens, nothing is changed: the right secret may yet come back.
  await resealWebhookSecrets(db, ['a wrong secret of thirty-two char'])
  expect(await testEndpoint(context, merchantId, endpoint.id)).toMatchObject({ status: 200 })
})

test.each([
  ['http://shop.example/hook', 'expected an https address'],
  ['https://127.0.0.1/hook', 'not public'],
  ['https://2130706433/hook', 'not public'],
  ['https://[::1]/hook', 'not public'],
  ['https://10.0.0.7/hook', 'not public'],
  ['https://localhost/hook', 'not public'],
  ['https://shop.localhost./hook', 'not public'],
  ['https://me@shop.example/hook', 'must not hold credentials'],
])('a live endpoint at %s is refused: %s', async (url, why) => {
  const live = { ...context, rule: { httpsOnly: true, allows: isPublicAddress } }
  const draft = { url, events: ['*'], description: undefined }
  await expect(createEndpoint(live, merchantId, draft)).rejects.toThrow(why)
  const { endpoint } = await createEndpoint(live, merchantId, { ...draft, url: 'https://shop.example/hook' })
  const change = { url, events: undefined, description: undefined, status: undefined }
  await expect(updateEndpoint(live, merchantId, endpoint.id, change)).rejects.toThrow(why)
})

test('a test is signed, alone and no event', async () => {
  const receiver = await aReceiver()
  const { endpoint, secret } = await anEndpoint(receiver, ['payout.*'])
  expect(await testEndpoint(context, merchantId, endpoint.id)).toMatchObject({ status: 200, error: undefined })
  const [{ body, headers, event } = { body: '', headers: {}, event: undefined }] = receiver.received
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event)
  expect(event).toMatchObject({ type: 'webhook_endpoint.test', data: { object: 'webhook_endpoint' } })
  expect(await eventIds()).toEqual([])
})

test('what is over for a month is forgotten, with its attempts; what is pending is not', async () => {
  const receiver = await aReceiver()
  const { endpoint } = await anEndpoint(receiver, ['source.published'])
  await somePayables(db, 3, { merchantId })
  await sendAll()
  receiver.will(() => 500)
  await somePayables(db, 1, { merchantId })
  await sendAll()
  clock.advance(31 * 24 * hourMs)
  while (await aDispatcher().forget());
  expect(await statusesOf(endpoint.id)).toEqual({ PENDING: 1 })
  const kept = await sql<{ endpoint_id: string }>(
    db,
    `select d.endpoint_id
     from webhook_attempts a
     left join webhook_deliveries d on d.id = a.delivery_id and d.merchant_id = a.merchant_id
     where a.merchant_id = $1`,
    [merchantId],
  )
  expect(kept).toEqual([{ endpoint_id: endpoint.id }])
})

test('ids of events are told as they are read', () => {
  const id = readEventId('evt_4711')
  expect(id && writeEventId(id)).toBe('evt_4711')
})
