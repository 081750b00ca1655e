import { randomUUID } from 'node:crypto'
import { type PaymentFault } from '@dollr/sandbox'
import { afterAll, describe, expect, test } from 'vitest'
import { apiClient, type Call, ok } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, makeChecksDue, walletOf } from '../support/black-box/books.ts'
import {
  aPayment,
  type Collection,
  collect,
  type Execution,
  executionOf,
  pay,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { pause, startServer, startWorker } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

let lookUps = 0
const world = await createWorld({
  env: { PAWAPAY_TIMEOUT_MS: '250' },
  onStep: ({ name }) => {
    if (name === 'lookup.replied') lookUps += 1
  },
})
afterAll(world.close)

const { api, database, network } = world

let counter = 100
const aNumber = (ending = '000'): string => `231880${(counter += 1)}${ending}`
const depositsFrom = (phone: string) => network.deposits().filter((deposit) => deposit.phone === phone)
const nudge = () => makeChecksDue(database.pool)

async function providerReferenceOf({ reference_id: key }: Collection): Promise<string> {
  const { rows } = await database.pool.query<{ provider_reference: string }>(
    'select provider_reference from executions where reference_id = $1',
    [key],
  )
  return rows[0]?.provider_reference ?? ''
}

async function expectAllWell(): Promise<void> {
  await expectProviderToAgree(database.pool, network.deposits())
  await expectBooksToBalance(database.pool)
}

/** Faults after which nobody knows whether the payer will be charged, and whether the network had stored the request. */
const doubts: readonly (readonly [PaymentFault, 'stored' | 'not stored'])[] = [
  ['lost-request', 'not stored'],
  ['lost-reply', 'stored'],
  ['hang', 'stored'],
  ['error-after-accept', 'stored'],
  ['error-before-accept', 'not stored'],
  ['garbage', 'stored'],
]

describe.each(doubts)('when the network answers a payment with: %s', (fault, stored) => {
  test('it is not FAILED, and ends COMPLETED once', async () => {
    const phone = aNumber()
    const before = await walletOf(database.pool, sandboxMerchant, 'USD')
    const { document, collection } = await aPayment(api, { phone })
    network.next(fault)
    const answered = (await ok(collect(api, collection))) as Execution
    expect(['PENDING', 'PROCESSING', 'COMPLETED']).toContain(answered.status)
    if (stored === 'not stored') {
      expect(depositsFrom(phone)).toEqual([])
      expect(await ok(executionOf(api, collection))).toMatchObject({ status: 'PENDING' })
    }
    expect(await ok(collect(api, collection))).toMatchObject({ payment_intent_id: answered.payment_intent_id })

    expect(await settled(api, collection, nudge)).toMatchObject({ status: 'COMPLETED' })
    expect(await sourceStatus(api, document)).toBe('PAID')
    expect(depositsFrom(phone)).toMatchObject([{ status: 'COMPLETED', initiations: 1 }])
    expect((await walletOf(database.pool, sandboxMerchant, 'USD')) - before).toBe(100_00)
    await expectAllWell()
  })

  test('and its payer declines, it ends FAILED, which nobody said before the network did', async () => {
    const phone = aNumber('039')
    const { document, collection } = await aPayment(api, { phone })
    network.next(fault)
    await ok(collect(api, collection))
    expect(await settled(api, collection, nudge)).toMatchObject({ status: 'FAILED' })
    expect(depositsFrom(phone)).toMatchObject([{ status: 'FAILED', initiations: 1 }])
    expect(await sourceStatus(api, document)).toBe('ACTIVE')
    await expectAllWell()
  })

  test('and its callback is lost as well, it is found by asking', async () => {
    const phone = aNumber()
    const { collection } = await aPayment(api, { phone })
    network.setCallbackUrl('http://127.0.0.1:9/nobody')
    network.next(fault)
    await ok(collect(api, collection))
    expect(await settled(api, collection, nudge)).toMatchObject({ status: 'COMPLETED' })
    expect(depositsFrom(phone)).toMatchObject([{ initiations: 1, callbacksAcknowledged: 0 }])
    network.setCallbackUrl(`${world.url()}/callbacks/pawapay`)
    await expectAllWell()
  })
})

test('when the network says it takes no payments now, the payment fails at once and may be tried again', async () => {
  const phone = aNumber()
  const { document, collection } = await aPayment(api, { phone })
  network.next('closed')
  const failed = {
    status: 'FAILED',
    gateway_message: expect.stringMatching(/not available/i) as unknown,
    provider_transaction_id: null,
  }
  expect(await ok(collect(api, collection))).toMatchObject(failed)
  expect(await ok(executionOf(api, collection))).toMatchObject(failed)
  expect(await sourceStatus(api, document)).toBe('ACTIVE')
  expect(depositsFrom(phone)).toEqual([])
  await expectAllWell()
})

test('a fault upon a fault changes nothing: the same question is asked until it is answered', async () => {
  const phone = aNumber()
  const { collection } = await aPayment(api, { phone })
  for (const fault of ['lost-request', 'error-before-accept', 'lost-request', 'lost-reply'] as const)
    network.next(fault)
  await ok(collect(api, collection))
  expect(await settled(api, collection, nudge)).toMatchObject({ status: 'COMPLETED' })
  expect(depositsFrom(phone)).toMatchObject([{ id: await providerReferenceOf(collection), initiations: 1 }])
  await expectAllWell()
})

test('a payment the network never received within fifteen minutes is closed, and may be tried again', async () => {
  const phone = aNumber()
  const { document, collection } = await aPayment(api, { phone })
  network.next('lost-request')
  await ok(collect(api, collection))
  await database.pool.query(
    `update executions set created_at = now() - interval '16 minutes' where reference_id = $1`,
    [collection.reference_id],
  )
  expect(await settled(api, collection, nudge)).toMatchObject({
    status: 'FAILED',
    gateway_message: expect.stringMatching(/never received/i) as unknown,
  })
  expect(await sourceStatus(api, document)).toBe('ACTIVE')
  expect(depositsFrom(phone)).toEqual([])
  await expectAllWell()
})

test('a payment that is fifteen minutes old and known to the network is still waited for', async () => {
  const phone = aNumber('129')
  const { collection } = await aPayment(api, { phone })
  network.next('lost-reply')
  await ok(collect(api, collection))
  await database.pool.query(`update executions set created_at = now() - interval '3 days' where reference_id = $1`, [
    collection.reference_id,
  ])
  await nudge()
  await expect
    .poll(() => ok(executionOf(api, collection)), { interval: 20, timeout: 10_000 })
    .toMatchObject({ status: 'PROCESSING' })
  await expectAllWell()
})

describe('a callback', () => {
  const post = (
    bytes: Call['bytes'],
    headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  ) =>
    apiClient(world.url).send({
      method: 'POST',
      path: '/callbacks/pawapay',
      ...(bytes !== undefined && { bytes }),
      headers,
    })

  test('that comes again and again counts once', async () => {
    const phone = aNumber()
    const before = await walletOf(database.pool, sandboxMerchant, 'USD')
    const { collection, execution } = await pay(api, { phone })
    const id = await providerReferenceOf(collection)
    await network.deliverCallback(id, 5)
    await Promise.all(Array.from({ length: 20 }, () => network.deliverCallback(id)))
    expect(depositsFrom(phone)[0]?.callbacksAcknowledged).toBeGreaterThanOrEqual(26)
    expect(await ok(executionOf(api, collection))).toEqual(execution)
    expect((await walletOf(database.pool, sandboxMerchant, 'USD')) - before).toBe(100_00)
    await expectAllWell()
  })

  test('that says COMPLETED or FAILED of a payment still under way is not believed', async () => {
    const phone = aNumber('129')
    const before = await walletOf(database.pool, sandboxMerchant, 'USD')
    const { document, collection } = await aPayment(api, { phone })
    await ok(collect(api, collection))
    const id = await providerReferenceOf(collection)
    const claim = {
      depositId: id,
      amount: '103.0000',
      currency: 'USD',
      country: 'LBR',
      payer: { type: 'MMO', accountDetails: { phoneNumber: phone, provider: 'MTN_MOMO_LBR' } },
      providerTransactionId: 'forged',
    }
    const failureReason = { failureCode: 'PAYER_NOT_FOUND', failureMessage: 'forged' }
    for (const status of ['COMPLETED', 'FAILED', 'REJECTED', 'NOT_FOUND', '']) {
      for (const depositId of [id, id.toUpperCase()]) {
        const heard = lookUps
        expect(await post(JSON.stringify({ ...claim, depositId, status, failureReason }))).toMatchObject({
          status: 200,
        })
        // What it claims is asked after; the answer to the last question is recorded before the next one is asked.
        const heardAgain = () => nudge().then(() => lookUps)
        await expect.poll(heardAgain, { interval: 30, timeout: 15_000 }).toBeGreaterThan(heard)
      }
    }
    expect(await ok(executionOf(api, collection))).toMatchObject({
      status: 'PROCESSING',
      gateway_message: null,
      provider_transaction_id: null,
    })
    expect(await sourceStatus(api, document)).toBe('PROCESSING')
    expect(await walletOf(database.pool, sandboxMerchant, 'USD')).toBe(before)
    await expectAllWell()
  })

  test.each<readonly [string, Call['bytes']]>([
    ['of a payment nobody knows', JSON.stringify({ depositId: randomUUID(), status: 'COMPLETED', amount: '1' })],
    ['without an id', JSON.stringify({ status: 'COMPLETED' })],
    ['with an id that is none', JSON.stringify({ depositId: "' or 1=1 --", status: 'COMPLETED' })],
    ['with a number for an id', JSON.stringify({ depositId: 5, status: 'COMPLETED' })],
    ['with U+0000 in it', JSON.stringify({ depositId: randomUUID(), status: 'COMPLETED\0', note: '\0' })],
    ['that is a list', '[]'],
    ['that is null', 'null'],
    ['that is no JSON', '<html></html>'],
    ['of any bytes', new Uint8Array([0, 255, 254, 10, 0, 195])],
    ['nested without end', '['.repeat(7000)],
    ['with nothing in it', ''],
    ['with no body at all', undefined],
  ])('%s is acknowledged and changes nothing', async (_, bytes) => {
    for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }]) {
      expect(await post(bytes, headers)).toMatchObject({ status: 200 })
    }
    await expectAllWell()
  })

  test('is kept as it came, byte for byte, and without credentials', async () => {
    const bytes = new TextEncoder().encode(`{"depositId":"${randomUUID()}", "ü":  1}`)
    await post(bytes, { authorization: 'Bearer leaked', cookie: 'leaked=1', 'x-forwarded-for': '192.0.2.1' })
    const { rows } = await database.pool.query<{ body: Buffer; headers: unknown }>(
      'select body, headers from provider_callbacks order by id desc limit 1',
    )
    expect(rows[0]?.body.equals(bytes)).toBe(true)
    expect(JSON.stringify(rows[0]?.headers)).toContain('192.0.2.1')
    expect(JSON.stringify(rows[0]?.headers)).not.toContain('leaked')
  })

  test('is a POST to the network’s own address and nothing else', async () => {
    const send = (method: Call['method'], path: string) => apiClient(world.url).send({ method, path })
    expect(await send('GET', '/callbacks/pawapay')).toMatchObject({ status: 405 })
    expect(await send('POST', '/callbacks/nobody')).toMatchObject({ status: 404 })
    expect(await send('POST', '/v1/callbacks/pawapay')).toMatchObject({ status: 404 })
    expect((await post('x'.repeat(1024 * 1024))).status).toBe(413)
  })
})

describe('when nobody calls back', () => {
  test('a server that only answers requests leaves the asking to one that works', async () => {
    const phone = aNumber()
    const other = await createWorld({ payerDelayMs: 10 })
    await other.server().end()
    const serving = await startServer(other.env, 'serve')
    const client = apiClient(() => serving.url, other.api.token)
    const { collection } = await aPayment(client, { phone })
    other.network.next('lost-request')
    await ok(collect(client, collection))
    await makeChecksDue(other.database.pool)
    await pause(700)
    expect(await ok(executionOf(client, collection))).toMatchObject({ status: 'PENDING' })

    other.network.setCallbackUrl('http://127.0.0.1:9/nobody')
    const worker = await startWorker(other.env)
    const ended = await settled(client, collection, () => makeChecksDue(other.database.pool))
    expect(ended).toMatchObject({ status: 'COMPLETED' })
    expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(await serving.end('SIGTERM')).toEqual({ code: 0, signal: null })
    await expectProviderToAgree(other.database.pool, other.network.deposits())
    await expectBooksToBalance(other.database.pool)
    await other.close()
  })
})
