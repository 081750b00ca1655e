import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { controls as described } from '../conformance/described.ts'
import { type Api, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import {
  aCardAccount,
  aDocument,
  anAttempt,
  aPayment,
  aSession,
  collect,
  type Execution,
  executionOf,
  pay,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { aPayoutAccount, aPayoutSession } from '../support/black-box/money-out.ts'
import { controlsOf } from '../support/black-box/sandbox.ts'
import { createMerchant, pause, sandboxCredentials, startServer } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld({
  payerDelayMs: 20,
  signatures: { signedCallbacks: true },
  env: { PAWAPAY_CALLBACK_SIGNATURES: 'required' },
})
afterAll(world.close)

/** Time moves on in these tests, and tokens with it. */
let api: Api = world.api
let controls = controlsOf(api)
beforeEach(async () => {
  api = await signIn(world.url, sandboxCredentials)
  controls = controlsOf(api)
})
afterEach(() =>
  controlsOf(api)
    .clearFaults()
    .catch(() => undefined),
)

const minutes = (count: number) => ({ seconds: count * 60 })
const hour = minutes(60)

type Fields = Readonly<Record<string, unknown>>
interface Scenario {
  readonly name: string
  readonly operation: string
  readonly provider: string
  readonly method: string
  readonly number: string
  readonly outcome: string
  readonly failure_code: string | null
}
const scenarios = async (): Promise<readonly Scenario[]> =>
  (await controls.get('/scenarios'))['scenarios'] as readonly Scenario[]

describe('the scenarios', () => {
  test('are there for every way to pay and be paid', async () => {
    const found = new Set((await scenarios()).map(({ operation, method }) => `${operation} ${method}`))
    for (const method of ['MTN_MOMO_LBR', 'ORANGE_MONEY_LBR', 'MTN_MOMO_RWA', 'AIRTEL_RWA', 'ORANGE_MONEY_RWA'])
      for (const operation of ['COLLECTION', 'PAYOUT', 'REFUND']) expect(found).toContain(`${operation} ${method}`)
    expect(found).toContain('COLLECTION CREDIT_CARD')
  })

  test('tell what becomes of a collection', async () => {
    const ours = (await scenarios()).filter(
      ({ operation, method }) => operation === 'COLLECTION' && method === 'ORANGE_MONEY_LBR',
    )
    expect(ours.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['success', 'insufficient-balance', 'waits-for-you', 'never-final']),
    )
    for (const { number, method, outcome } of ours) {
      const { collection } = await aPayment(api, { phone: number, method })
      await ok(collect(api, collection))
      if (outcome === 'PROCESSING') {
        await pause(100)
        expect(((await ok(executionOf(api, collection))) as Execution).status).toBe('PROCESSING')
      } else expect((await settled(api, collection)).status).toBe(outcome)
    }
  })

  test('tell what becomes of a card', async () => {
    const cards = (await scenarios()).filter(({ method }) => method === 'CREDIT_CARD')
    const one = (name: string) => cards.find((each) => each.name === name)
    for (const card of [one('visa'), one('visa-charge-declined-insufficient-funds')]) {
      expect(card).toBeDefined()
      const document = await aDocument(api)
      const collection = {
        session_id: String(await aSession(api, document)),
        payment_account_id: String(await aCardAccount(api, { token: card?.number ?? '', name: randomUUID() })),
        currency: 'USD',
        reference_id: randomUUID(),
      }
      await ok(collect(api, collection))
      expect((await settled(api, collection)).status).toBe(card?.outcome)
    }
  })
})

async function aWaitingPayment() {
  const payment = await aPayment(api, { phone: '231880000139' })
  await ok(collect(api, payment.collection))
  return payment
}

async function aWaitingCard() {
  const document = await aDocument(api)
  const account = await aCardAccount(api, { token: 'pm_card_threeDSecure2Required', name: randomUUID() })
  const collection = {
    session_id: String(await aSession(api, document)),
    payment_account_id: String(account),
    currency: 'USD',
    reference_id: randomUUID(),
  }
  expect(await ok(collect(api, collection))).toMatchObject({ requires_action: true })
  return { document, collection }
}

const isListed = async (reference: string): Promise<boolean> =>
  ((await controls.get('/payments'))['payments'] as Fields[]).some(({ reference_id }) => reference_id === reference)

describe('a payer who waits', () => {
  test.each([
    ['approve', 'COMPLETED', 'PAID'],
    ['decline', 'FAILED', 'ACTIVE'],
  ])('and is told to %s, ends the payment %s', async (action, status, source) => {
    const { collection, document } = await aWaitingPayment()
    expect(await isListed(collection.reference_id)).toBe(true)
    await controls.post(`/payments/${collection.reference_id}/${action}`)
    expect((await settled(api, collection)).status).toBe(status)
    expect(await sourceStatus(api, document)).toBe(source)
    expect(await isListed(collection.reference_id)).toBe(false)
    expect(await controls.send('POST', `/payments/${collection.reference_id}/${action}`)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['path', 'reference_id'], type: 'value_error.state' }] },
    })
  })

  test.each([
    ['approve', 'COMPLETED'],
    ['decline', 'FAILED'],
  ])('at their bank, and is told to %s, ends the payment %s', async (action, status) => {
    const { collection } = await aWaitingCard()
    expect(await isListed(collection.reference_id)).toBe(true)
    await controls.post(`/payments/${collection.reference_id}/${action}`)
    expect((await settled(api, collection)).status).toBe(status)
  })

  test('and ignores the phone, or the bank, lets the question run out', async () => {
    const phone = await aWaitingPayment()
    const bank = await aWaitingCard()
    for (const { collection } of [phone, bank]) await controls.post(`/payments/${collection.reference_id}/ignore`)
    await controls.post('/clock/advance', minutes(16))
    for (const { collection } of [phone, bank]) expect((await settled(api, collection)).status).toBe('FAILED')
  })

  test('is nobody of another merchant, nobody unknown and no recipient of money', async () => {
    const { collection } = await aWaitingPayment()
    const stranger = controlsOf(await signIn(world.url, await createMerchant(world.database.url, 'Stranger')))
    expect(await stranger.get('/payments')).toEqual({ payments: [] })
    for (const reference of [collection.reference_id, randomUUID(), 'x']) {
      const answer = await stranger.send('POST', `/payments/${reference}/approve`)
      expect(answer).toMatchObject({ status: 404, body: { detail: 'Payment not found' } })
    }
    await controls.post(`/payments/${collection.reference_id}/decline`)
  })
})

describe('the clock', () => {
  test('is set ahead, and what it says is what documents are dated', async () => {
    const before = await controls.get('/clock')
    const after = await controls.post('/clock/advance', { seconds: 100 })
    expect(Number(after['offset_seconds'])).toBe(Number(before['offset_seconds']) + 100)
    const { id } = await aDocument(api)
    const { created_at } = (await ok(api.get(`/invoices/retrieve/${id}`))) as { created_at: string }
    const now = Date.now() + Number(after['offset_seconds']) * 1000
    expect(Math.abs(Date.parse(created_at) - now)).toBeLessThan(10_000)
  })

  test.each([0, -5, 1.5, 'soon', 10 ** 12])('is never set back, nor to nowhere: %s', async (seconds) => {
    const answer = await controls.send('POST', '/clock/advance', { seconds })
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'seconds'] }] } })
  })

  test('lets sessions expire', async () => {
    const { collection } = await aPayment(api)
    await controls.post('/clock/advance', minutes(31))
    expect(await collect(api, collection)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'session_id'], type: 'value_error.session' }] },
    })
  })

  test('lets tokens expire, and new ones be had', async () => {
    await controls.post('/clock/advance', { seconds: 3601 })
    expect(await api.get('/parties/list')).toMatchObject({ status: 401 })
    await ok((await signIn(world.url, sandboxCredentials)).get('/parties/list'))
  })

  test('lets a payment whose callback never came be asked about', async () => {
    await controls.setFaults([{ fault: 'lost_callback', next: 1 }])
    const { collection } = await aPayment(api)
    await ok(collect(api, collection))
    await pause(200)
    expect(((await ok(executionOf(api, collection))) as Execution).status).toBe('PROCESSING')
    await controls.post('/clock/advance', { seconds: 60 })
    expect((await settled(api, collection)).status).toBe('COMPLETED')
  })

  test('makes no callback too old or too new to be believed', async () => {
    for (const advance of [hour, minutes(60 * 24 * 400)]) {
      await controls.post('/clock/advance', advance)
      api = await signIn(world.url, sandboxCredentials)
      controls = controlsOf(api)
      expect((await pay(api)).execution.status).toBe('COMPLETED')
      const account = await aCardAccount(api, { name: randomUUID() })
      const collection = { ...(await anAttempt(api, await aDocument(api))), payment_account_id: String(account) }
      await ok(collect(api, collection))
      expect((await settled(api, collection)).status).toBe('COMPLETED')
    }
    const { rows } = await world.database.pool.query<{ verification: string }>(
      'select distinct verification from provider_callbacks',
    )
    expect(rows).toEqual([{ verification: 'valid' }])
  })

  test('is one for all processes on a database, and outlives them', async () => {
    const other = await startServer(world.env, 'serve')
    const there = controlsOf(await signIn(() => other.url, sandboxCredentials))
    const { offset_seconds: ahead } = await controls.post('/clock/advance', { seconds: 500 })
    await expect.poll(async () => (await there.get('/clock'))['offset_seconds'], { timeout: 5_000 }).toBe(ahead)
    await other.end()
    const later = await startServer(world.env, 'serve')
    const again = controlsOf(await signIn(() => later.url, sandboxCredentials))
    expect(await again.get('/clock')).toMatchObject({ offset_seconds: ahead })
    await later.end()
  })
})

describe('a fault of a network', () => {
  test.each(['provider_lost_reply', 'provider_error_after_effect', 'duplicate_callback', 'lost_callback'])(
    '%s is survived: the payer pays once',
    async (fault) => {
      await controls.setFaults([{ fault, next: 1, method: 'MTN_MOMO_LBR' }])
      const { collection } = await aPayment(api)
      await ok(collect(api, collection))
      await expect.poll(() => controls.get('/faults')).toMatchObject({ faults: [{ fault, next: 0, injected: 1 }] })
      await controls.post('/clock/advance', { seconds: 60 })
      expect((await settled(api, collection)).status).toBe('COMPLETED')
      await expectBooksToBalance(world.database.pool)
    },
  )

  test('operator_closed closes one operator, until it is cleared', async () => {
    await controls.setFaults([{ fault: 'operator_closed', method: 'ORANGE_MONEY_LBR' }])
    const closed = await aPayment(api, { phone: '231770000001', method: 'ORANGE_MONEY_LBR' })
    await collect(api, closed.collection)
    expect((await settled(api, closed.collection)).status).toBe('FAILED')
    expect((await pay(api)).execution.status).toBe('COMPLETED')
    await controls.clearFaults()
    const open = await pay(api, { phone: '231770000001', method: 'ORANGE_MONEY_LBR' })
    expect(open.execution.status).toBe('COMPLETED')
  })

  test('provider_slow has the order, and takes its time to say so', async () => {
    await controls.setFaults([{ fault: 'provider_slow', next: 1, delay_ms: 600 }])
    const { collection } = await aPayment(api)
    const begun = performance.now()
    await ok(collect(api, collection))
    expect(performance.now() - begun).toBeGreaterThan(595)
    expect((await settled(api, collection)).status).toBe('COMPLETED')
  })

  test.each([
    { fault: 'operator_closed', method: 'CREDIT_CARD' },
    { fault: 'lost_callback', method: 'WALLET' },
    { fault: 'lost_callback', method: 'PIGEON' },
  ])('is refused for a method it cannot happen to: %j', async (fault) => {
    expect(await controls.send('PUT', '/faults', { faults: [fault] })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'faults', 0, 'method'] }] },
    })
  })
})

describe('a reset', () => {
  test('leaves a sandbox as it was on its first day, which works', async () => {
    await pay(api)
    await aWaitingPayment()
    await controls.setFaults([{ fault: 'lost_reply', rate: 0.000001 }])
    await controls.post('/clock/advance', hour)
    controls = controlsOf(await signIn(world.url, sandboxCredentials))

    await controls.post('/reset')
    api = await signIn(world.url, sandboxCredentials)
    controls = controlsOf(api)
    expect(await controls.get('/clock')).toMatchObject({ offset_seconds: 0 })
    expect(await controls.get('/faults')).toMatchObject({ faults: [] })
    expect(await controls.get('/payments')).toEqual({ payments: [] })
    expect(await ok(api.get('/parties/list'))).toEqual([])
    expect(world.network.deposits()).toEqual([])
    const { rows } = await world.database.pool.query<{ count: string }>('select count(*) from executions')
    expect(rows).toEqual([{ count: '0' }])

    // What a sandbox begins with is there again: something to pay out, and the passcode for it.
    const session = await aPayoutSession(api, await aPayoutAccount(api), 9_000)
    expect(session.wallet_id).toBeGreaterThan(0)
    expect((await pay(api)).execution.status).toBe('COMPLETED')
    await expectBooksToBalance(world.database.pool)
    await expect(world.database.pool.query('truncate ledger_entries cascade')).rejects.toThrow(/append/)
  })
})

const sample = { reference_id: randomUUID(), seed: '1' }
const concrete = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => sample[name as keyof typeof sample])

test('every control wants a token', async () => {
  expect(described.length).toBeGreaterThan(12)
  for (const { method, path } of described) {
    const answer = await apiClient(world.url).send({ method: method as 'GET', path: concrete(path) })
    expect(answer, path).toMatchObject({ status: 401, body: { detail: 'Not authenticated' } })
  }
})
