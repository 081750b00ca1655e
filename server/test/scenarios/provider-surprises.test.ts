import { startPawapaySimulator } from '@dollr/sandbox'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { ok } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, makeChecksDue } from '../support/black-box/books.ts'
import {
  aPayment,
  type Collection,
  collect,
  type Document,
  executionOf,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { createInterpreter, type Spoken } from '../support/black-box/interpreter.ts'
import { createWorld } from '../support/black-box/world.ts'

const network = await startPawapaySimulator({ apiToken: 'sandbox-token', payerDelayMs: 5 })
const interpreter = await createInterpreter(network.url)
const world = await createWorld({ env: { PAWAPAY_BASE_URL: interpreter.url } })
network.setCallbackUrl(`${world.url()}/callbacks/pawapay`)
afterAll(async () => {
  await world.close()
  await interpreter.close()
  await network.close()
})
afterEach(() => {
  interpreter.says = () => undefined
})

const { api, database } = world
const nudge = () => makeChecksDue(database.pool)

async function depositOf({ reference_id: key }: Collection): Promise<string> {
  const { rows } = await database.pool.query<{ provider_reference: string }>(
    'select provider_reference from executions where reference_id = $1',
    [key],
  )
  return rows[0]?.provider_reference ?? ''
}

const stillOpen = { status: expect.stringMatching(/^(PENDING|PROCESSING)$/) as unknown, gateway_message: null }

/** Answers to a payment that are none. */
const nonAnswers: readonly (readonly [string, Spoken])[] = [
  ['nothing', { status: 200, body: '' }],
  ['null', { status: 200, body: 'null' }],
  ['an empty object', { status: 200, body: '{}' }],
  ['a word nobody knows', { status: 200, body: '{"status":"MAYBE"}' }],
  ['a refusal without a reason', { status: 200, body: '{"status":"REJECTED"}' }],
  [
    'an unknown outcome',
    { status: 200, body: '{"status":"REJECTED","failureReason":{"failureCode":"UNKNOWN_ERROR"}}' },
  ],
  ['an unknown outcome, with a 500', { status: 500, body: '{"failureReason":{"failureCode":"UNKNOWN_ERROR"}}' }],
  ['a gateway’s page', { status: 502, body: '<html>Bad Gateway</html>' }],
  ['a request time-out', { status: 504, body: '{"message":"Endpoint request timed out"}' }],
  ['too many requests', { status: 429, body: '{"message":"Too Many Requests"}' }],
  ['a page for a 404', { status: 404, body: '<html>Not Found</html>' }],
  ['accepted, with a 500', { status: 500, body: '{"status":"ACCEPTED"}' }],
]

describe('a payment is left open, and COMPLETED by the network’s own word later', () => {
  const payments = new Map<string, { readonly answered: unknown; readonly collection: Collection }>()

  beforeAll(async () => {
    network.setCallbackUrl('http://127.0.0.1:9/nobody')
    for (const [what, spoken] of nonAnswers) {
      const { collection } = await aPayment(api)
      interpreter.says = (call) => (call === 'deposit' ? spoken : undefined)
      payments.set(what, { answered: await ok(collect(api, collection)), collection })
    }
    network.setCallbackUrl(`${world.url()}/callbacks/pawapay`)
  })

  test.each(nonAnswers.map(([what]) => what))('when it was answered with %s', async (what) => {
    const payment = payments.get(what)
    if (!payment) throw new Error('no such payment')
    expect(payment.answered).toMatchObject(stillOpen)
    expect(await settled(api, payment.collection, nudge)).toMatchObject({ status: 'COMPLETED' })
  })
})

test('a refusal of the merchant’s rights is an answer', async () => {
  const { document, collection } = await aPayment(api, { phone: '231880777129' })
  const body = '{"status":"REJECTED","failureReason":{"failureCode":"DEPOSITS_NOT_ALLOWED"}}'
  interpreter.says = (call) => (call === 'deposit' ? { status: 403, body } : undefined)
  expect(await ok(collect(api, collection))).toMatchObject({ status: 'FAILED' })
  expect(await sourceStatus(api, document)).toBe('ACTIVE')
})

const completed = (depositId: string, differences: Record<string, unknown>): Spoken => ({
  status: 200,
  body: JSON.stringify({
    status: 'FOUND',
    data: {
      depositId,
      status: 'COMPLETED',
      amount: '103.00',
      currency: 'USD',
      country: 'LBR',
      payer: { type: 'MMO', accountDetails: { phoneNumber: '231880777129', provider: 'MTN_MOMO_LBR' } },
      created: '2026-01-02T03:04:05Z',
      providerTransactionId: '12356789',
      ...differences,
    },
  }),
})

/** What a network might tell of a payment of USD 103.00 that is no reason to call it COMPLETED, nor FAILED. */
const tales: readonly (readonly [string, (depositId: string) => Spoken])[] = [
  ['another amount', (id) => completed(id, { amount: '1.03' })],
  ['a larger amount', (id) => completed(id, { amount: '10300.00' })],
  ['a finer amount', (id) => completed(id, { amount: '103.001' })],
  ['an amount that is no number', (id) => completed(id, { amount: 'one hundred' })],
  ['an empty amount', (id) => completed(id, { amount: '' })],
  ['another currency', (id) => completed(id, { currency: 'LRD' })],
  ['a currency we do not have', (id) => completed(id, { currency: 'KES' })],
  ['another payment’s id', () => completed('00000000-0000-4000-8000-000000000000', {})],
  ['a word nobody knows for done', (id) => completed(id, { status: 'DONE' })],
  ['a reconciliation', (id) => completed(id, { status: 'IN_RECONCILIATION' })],
  ['an unknown failure', (id) => completed(id, { status: 'FAILED', failureReason: { failureCode: 'UNKNOWN_ERROR' } })],
  ['COMPLETED, with an error status', (id) => ({ ...completed(id, {}), status: 500 })],
  ['COMPLETED, as the word for the look-up', () => ({ status: 200, body: '{"status":"COMPLETED"}' })],
  ['nothing', () => ({ status: 200, body: '' })],
  ['no data', () => ({ status: 200, body: '{"status":"FOUND"}' })],
  ['NOT_FOUND, with an error status', () => ({ status: 404, body: '{"status":"NOT_FOUND"}' })],
  ['bad credentials', () => ({ status: 403, body: '{"failureReason":{"failureCode":"AUTHENTICATION_ERROR"}}' })],
  ['a gateway’s page', () => ({ status: 502, body: '<html>Bad Gateway</html>' })],
]

describe('a payment stays open', () => {
  interface Told {
    readonly document: Document
    readonly collection: Collection
  }
  const payments = new Map<string, Told>()

  beforeAll(async () => {
    const told = new Map<string, (depositId: string) => Spoken>()
    interpreter.says = (call, id) => (call === 'lookup' ? told.get(id)?.(id) : undefined)
    await Promise.all(
      tales.map(async ([what, tale]) => {
        const payment = await aPayment(api, { phone: '231880777129' })
        await ok(collect(api, payment.collection))
        told.set(await depositOf(payment.collection), tale)
        payments.set(what, payment)
      }),
    )
    // Old enough to be given up, if the network said that it never received it.
    await database.pool.query(`update executions set created_at = now() - interval '1 day'`)
    for (let check = 1; check <= 3; check += 1) {
      await nudge()
      await vi.waitFor(
        async () => {
          const { rowCount } = await database.pool.query(
            'select from executions where next_check_at is not null and check_count < $1',
            [check],
          )
          if (rowCount !== 0) throw new Error(`${rowCount ?? 0} payments not yet asked after`)
        },
        { interval: 20, timeout: 10_000 },
      )
    }
  })

  test.each(tales.map(([what]) => what))('while the network tells of %s', async (what) => {
    const payment = payments.get(what)
    if (!payment) throw new Error('no such payment')
    const { document, collection } = payment
    expect(await ok(executionOf(api, collection))).toMatchObject({ ...stillOpen, provider_transaction_id: null })
    expect(await sourceStatus(api, document)).toBe('PROCESSING')
    const { rowCount } = await database.pool.query(
      `select from ledger_entries l
       join executions e on e.merchant_id = l.merchant_id and e.id = l.execution_id
       where e.reference_id = $1`,
      [collection.reference_id],
    )
    expect(rowCount).toBe(0)
  })
})

test.each(['103', '103.0', '103.0000'])('an amount may be told as %s', async (amount) => {
  const { collection } = await aPayment(api, { phone: '231880777129' })
  interpreter.says = (call, id) => (call === 'lookup' ? completed(id, { amount }) : undefined)
  await ok(collect(api, collection))
  expect(await settled(api, collection, nudge)).toMatchObject({
    status: 'COMPLETED',
    provider_transaction_id: '12356789',
  })
  await expectBooksToBalance(database.pool)
})

test('what is final stays, whatever the network says later', async () => {
  const { collection } = await aPayment(api)
  await ok(collect(api, collection))
  const execution = await settled(api, collection)
  interpreter.says = (call, id) =>
    call === 'lookup'
      ? completed(id, { status: 'FAILED', failureReason: { failureCode: 'PAYMENT_NOT_APPROVED' } })
      : undefined
  await network.deliverCallback(await depositOf(collection), 3)
  expect(await ok(executionOf(api, collection))).toEqual(execution)
  await expectBooksToBalance(database.pool)
})

test('what completed really completed', async () => {
  await expectBooksToBalance(database.pool)
  const { rows } = await database.pool.query<{ id: string }>(
    `select provider_reference as id from executions where status = 'COMPLETED' and account_number not like '%129'`,
  )
  const honest = new Set(rows.map(({ id }) => id))
  const deposits = network.deposits().filter(({ id }) => honest.has(id))
  expect(deposits).toHaveLength(honest.size)
  expect(new Set(deposits.map(({ status }) => status))).toEqual(new Set(['COMPLETED']))
})
