import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, walletOf } from '../support/black-box/books.ts'
import { aDocument, aDraft, aPayment, collect, executionOf, pay, settled } from '../support/black-box/builders.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const owner = world.api
const stranger = await createMerchant(world.database.url, 'Stranger')
const api = await signIn(world.url, stranger)

/** That ids of the one are unknown to the other is proved for every operation in `operations.test.ts`. */
const paid = await pay(owner, { kind: 'ORDER' })
const routing = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }

test("another merchant's key is as unknown as any other, and may be used as one's own", async () => {
  const gone = { status: 404, body: { detail: 'Execution not found' } }
  expect(await executionOf(api, paid.collection)).toMatchObject(gone)
  expect(await executionOf(api, { reference_id: randomUUID() })).toMatchObject(gone)

  const { collection } = await aPayment(api)
  const same = { ...collection, reference_id: paid.collection.reference_id }
  const mine = (await ok(collect(api, same))) as { payment_intent_id: number }
  expect(mine.payment_intent_id).not.toBe(paid.execution.payment_intent_id)
  expect(await settled(api, same)).toMatchObject({ status: 'COMPLETED' })
  expect(await ok(executionOf(owner, paid.collection))).toEqual(paid.execution)
})

test('lists show what is one’s own and nothing else', async () => {
  const newcomer = await signIn(world.url, await createMerchant(world.database.url, 'Newcomer'))
  for (const path of ['/parties/list', '/counterparties/list', '/invoices/list', '/orders/list']) {
    expect(await ok(newcomer.get(path)), path).toEqual([])
  }
  const mine = await aDocument(newcomer)
  expect(await ok(newcomer.get('/invoices/list'))).toMatchObject([{ id: mine.id }])
  expect(await ok(newcomer.get('/orders/list'))).toEqual([])
  const listed = (await ok(owner.get('/invoices/list'))) as { id: number }[]
  expect(listed.map(({ id }) => id)).not.toContain(mine.id)
})

test('numbers are counted for each merchant, and find one’s own document', async () => {
  const second = await signIn(world.url, await createMerchant(world.database.url, 'Second'))
  const first = await aDraft(second)
  expect(first.number).toMatch(/-00001$/)
  expect(await ok(second.get(`/invoices/retrieve/number/${first.number}`))).toMatchObject({ id: first.id })
  await aDraft(owner)
  const theirs = (await ok(owner.get(`/invoices/retrieve/number/${first.number}`))) as { id: number }
  expect(theirs.id).not.toBe(first.id)
  const unmatched = first.number.replace(/1$/, '9')
  expect(await second.get(`/invoices/retrieve/number/${unmatched}`)).toMatchObject({
    status: 404,
    body: { detail: 'Invoice not found' },
  })
})

test('each merchant is credited with its own payments', async () => {
  const before = await walletOf(world.database.pool, stranger.id, 'LRD')
  const { collection } = await aPayment(api, { currency: 'LRD', amount: 500 })
  const theirs = await walletOf(world.database.pool, sandboxMerchant, 'LRD')
  await ok(collect(api, collection))
  await settled(api, collection)
  expect((await walletOf(world.database.pool, stranger.id, 'LRD')) - before).toBe(500_00)
  expect(await walletOf(world.database.pool, sandboxMerchant, 'LRD')).toBe(theirs)
  await expectBooksToBalance(world.database.pool)
})

test('a merchant may say in a prediction who it is', async () => {
  const quote = (more: Record<string, string | number>) =>
    api.get('/predictions/amount-and-fees', {
      ...routing,
      base_amount: 1,
      base_currency: 'USD',
      operation_type: 'COLLECTION',
      fee_bearer: 'PAYER',
      ...more,
    })
  expect(await quote({ owner_type: 'ORGANIZATION', owner_id: stranger.id })).toMatchObject({ status: 200 })
  expect(await quote({ owner_type: 'MICRO_ORGANIZATION', owner_id: stranger.id })).toMatchObject({ status: 404 })
})
