import { randomUUID } from 'node:crypto'
import { startPawapaySimulator } from '@dollr/sandbox'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import { anAccount, aPayment, type Collection, collect, executionOf, settled } from '../support/black-box/builders.ts'
import { createInterpreter } from '../support/black-box/interpreter.ts'
import { aPayout } from '../support/black-box/money-out.ts'
import { admin, createMerchant, programs, run } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const network = await startPawapaySimulator({ apiToken: 'sandbox-token', payerDelayMs: 5 })
const interpreter = await createInterpreter(network.url)
const world = await createWorld({
  env: { PAWAPAY_BASE_URL: interpreter.url, DOLLR_PROMPT_GUARD_SECONDS: '60', DOLLR_CIRCUIT_UNKNOWNS: '3' },
})
network.setCallbackUrl(`${world.url()}/callbacks/pawapay`)
afterAll(async () => {
  await world.close()
  await interpreter.close()
  await network.close()
})
afterEach(async () => {
  interpreter.says = () => undefined
  await expectBooksToBalance(world.database.pool)
})

const { api, database } = world

/** Never answers. */
let silentPhones = 231_880_000_129
const aSilentPhone = (): string => String((silentPhones += 1_000))

interface Timeline {
  readonly status: string
  readonly next_check_at: string | null
  readonly money: { readonly holder: string; readonly amount: number; readonly currency: string }
  readonly lines: readonly { readonly at: string; readonly what: string; readonly detail: string | null }[]
}
const timelineOf = async ({ reference_id: key }: Pick<Collection, 'reference_id'>): Promise<Timeline> =>
  (await ok(api.get(`/executions/${key}/timeline`))) as Timeline
const whatOf = ({ lines }: Timeline): string[] => lines.map(({ what }) => what)

async function depositOf({ reference_id: key }: Collection): Promise<string> {
  const { rows } = await database.pool.query<{ provider_reference: string }>(
    'select provider_reference from executions where reference_id = $1',
    [key],
  )
  return rows[0]?.provider_reference ?? ''
}

describe('a timeline', () => {
  let paid: Collection
  beforeAll(async () => {
    paid = (await aPayment(api, { phone: '231880100001' })).collection
    await ok(collect(api, paid))
    await settled(api, paid)
  })

  test('tells a payment from its first moment until the money is the merchant’s', async () => {
    const timeline = await timelineOf(paid)
    expect(timeline).toMatchObject({
      reference_id: paid.reference_id,
      operation_type: 'COLLECTION',
      status: 'COMPLETED',
      next_check_at: null,
      money: { holder: 'merchant wallet', amount: 100, currency: 'USD' },
    })
    expect(whatOf(timeline)).toEqual(['recorded', 'accepted', 'callback', 'completed', 'booked'])
  })

  test('says when an open payment is asked about next', async () => {
    const { collection } = await aPayment(api, { phone: aSilentPhone() })
    await ok(collect(api, collection))
    const timeline = await timelineOf(collection)
    expect(timeline).toMatchObject({ status: 'PROCESSING', money: { holder: 'unknown', amount: 103 } })
    expect(Date.parse(timeline.next_check_at ?? '')).toBeGreaterThan(Date.parse(timeline.lines[0]?.at ?? ''))
  })

  test('is the merchant’s own: for another it is as unknown as one that never was', async () => {
    const stranger = await signIn(world.url, await createMerchant(database.url, 'A stranger'))
    for (const key of [paid.reference_id, randomUUID(), 'nonsense']) {
      expect(await stranger.get(`/executions/${key}/timeline`)).toMatchObject({
        status: 404,
        body: { detail: 'Execution not found' },
      })
    }
  })
})

test('a phone with a payment on it is asked for no other; the refused key and session are used later', async () => {
  const phone = aSilentPhone()
  const first = await aPayment(api, { phone })
  await ok(collect(api, first.collection))
  const second = await aPayment(api, { phone })
  expect(await collect(api, second.collection)).toMatchObject({
    status: 422,
    body: {
      detail: [
        {
          loc: ['body', 'payment_account_id'],
          type: 'value_error.state',
          msg: expect.stringMatching(/try again after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown,
        },
      ],
    },
  })
  expect(await executionOf(api, second.collection)).toMatchObject({ status: 404 })
  expect(await ok(collect(api, first.collection))).toMatchObject({ status: 'PROCESSING' })
  const elsewhere = {
    ...second.collection,
    payment_account_id: String(await anAccount(api, { phone: '231880100002' })),
  }
  await ok(collect(api, elsewhere))
  expect(await settled(api, elsewhere)).toMatchObject({ status: 'COMPLETED' })
})

test('a completion after a failure waits for a person, who is told by whom it was told', async () => {
  const { collection } = await aPayment(api, { phone: '231880100003' })
  const refusal = '{"status":"REJECTED","failureReason":{"failureCode":"PAYER_LIMIT_REACHED"}}'
  interpreter.says = (call) => (call === 'deposit' ? { status: 200, body: refusal } : undefined)
  expect(await ok(collect(api, collection))).toMatchObject({ status: 'FAILED' })
  const depositId = await depositOf(collection)
  const data = { depositId, status: 'COMPLETED', amount: '103', currency: 'USD', providerTransactionId: 'MP-77' }
  const callback = () =>
    fetch(`${world.url()}/callbacks/pawapay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(data),
    })

  interpreter.says = (call) => (call === 'lookup' ? { status: 502, body: '<html>Bad Gateway</html>' } : undefined)
  expect((await callback()).status).toBe(503)
  const found = JSON.stringify({ status: 'FOUND', data })
  interpreter.says = (call) => (call === 'lookup' ? { status: 200, body: found } : undefined)
  expect((await callback()).status).toBe(200)
  expect((await callback()).status).toBe(200)

  expect(await ok(executionOf(api, collection))).toMatchObject({ status: 'FAILED' })
  expect(await admin(database.url, 'executions', 'quarantined')).toMatchObject([
    {
      merchant_id: sandboxMerchant,
      reference_id: collection.reference_id,
      status: 'FAILED',
      told: 'COMPLETED',
      told_by: 'PAWAPAY',
      amount: '103.00 USD',
      provider_transaction_id: 'MP-77',
    },
  ])
  expect((await timelineOf(collection)).money).toMatchObject({ holder: 'provider', amount: 103 })
  const naming = ['--merchant', String(sandboxMerchant), '--reference', collection.reference_id]
  const decision = ['--as', 'settled-elsewhere', '--note', 'Given back by hand.']
  await admin(database.url, 'executions', 'resolve', ...naming, ...decision)
  expect(await admin(database.url, 'executions', 'quarantined')).toEqual([])
  const timeline = await timelineOf(collection)
  expect(timeline.money).toMatchObject({ holder: 'payer' })
  expect(whatOf(timeline).filter((what) => ['quarantined', 'decided'].includes(what))).toEqual([
    'quarantined',
    'decided',
  ])
})

test('a payout that is under way is asked to be dropped; without an address of the network nobody is asked', async () => {
  const payout = await aPayout(api, { phone: '231880000129' })
  await ok(api.post(payout.path, payout.body))
  const reference = payout.body.reference_id
  const command = ['payouts', 'cancel', '--merchant', String(sandboxMerchant), '--reference', reference, '--json']
  const environment = { DATABASE_URL: database.url }
  expect(await run(programs.admin, command, environment)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('PAWAPAY_BASE_URL is required') as unknown,
  })
  const provider = { PAWAPAY_BASE_URL: network.url, PAWAPAY_API_TOKEN: 'sandbox-token' }
  const { code, stdout } = await run(programs.admin, command, { ...environment, ...provider })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ reference_id: reference, operation: 'PAYOUT', cancellation: 'refused' })
  expect((await timelineOf(payout.body)).lines).toContainEqual({
    at: expect.any(String) as unknown,
    what: 'cancel_asked',
    detail: 'refused',
  })
})

interface Availability {
  readonly payment_method: string
  readonly operation_type: string
  readonly status: string
}

// Last: it leaves the circuit open.
test('a network that answers nothing clearly is given no more collections, and says so', async () => {
  const availabilityOf = async (operation: string) =>
    ((await ok(api.get('/providers/availability'))) as Availability[]).find(
      (each) => each.payment_method === 'MTN_MOMO_LBR' && each.operation_type === operation,
    )
  expect(await availabilityOf('COLLECTION')).toMatchObject({ status: 'OPERATIONAL', reason: null })
  interpreter.says = () => ({ status: 502, body: '<html>Bad Gateway</html>' })
  for (let order = 0; order < 3; order += 1) {
    const { collection } = await aPayment(api, { phone: aSilentPhone() })
    expect(await ok(collect(api, collection))).toMatchObject({ status: 'PENDING' })
    expect(whatOf(await timelineOf(collection))).toEqual(['recorded', 'asked'])
  }
  const { collection } = await aPayment(api, { phone: aSilentPhone() })
  const refused = await collect(api, collection)
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await executionOf(api, collection)).toMatchObject({ status: 404 })
  expect(await availabilityOf('COLLECTION')).toMatchObject({ status: 'CLOSED' })
  expect(await availabilityOf('PAYOUT')).toMatchObject({ status: 'OPERATIONAL' })
})
