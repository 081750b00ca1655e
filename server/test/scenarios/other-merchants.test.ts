import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, type Api, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, walletOf } from '../support/black-box/books.ts'
import {
  aCounterparty,
  aDocument,
  aDraft,
  anItem,
  aParty,
  aPayment,
  collect,
  type Document,
  executionOf,
  kinds,
  namesOf,
  pay,
  settled,
  unknownId,
} from '../support/black-box/builders.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const owner = world.api
const stranger = await createMerchant(world.database.url, 'Stranger')
const api = await signIn(world.url, stranger)

/** What the owner has, and a stranger tries to reach. */
const partyId = await aParty(owner)
const counterpartyId = await aCounterparty(owner, partyId)
const drafts = await Promise.all(kinds.map((kind) => aDraft(owner, { kind })))
const lines = await Promise.all(drafts.map((draft) => anItem(owner, draft)))
const [invoice, order] = await Promise.all(kinds.map((kind) => aDocument(owner, { kind })))
const open = await aPayment(owner)
const stuck = await aPayment(owner, { phone: '231880000129' })
await ok(collect(owner, stuck.collection))
const paid = await pay(owner, { kind: 'ORDER' })

/** What the stranger has of its own, to mix with what is not its own. */
const own = await aPayment(api)
const ownDraft = await aDraft(api)
const ownCounterparty = await aCounterparty(api)

type Attempt = (id: number) => Promise<Answer>

const document = { currency: 'USD', note: 'n', fee_bearer: 'PAYER', as_payment_link: true }
const item = { name: 'Tea', currency: 'USD', qty: 1, amount: 1 }
const account = { account_name: 'A', provider: 'PAWAPAY', method: 'MTN_MOMO_LBR' }
const routing = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }

function attemptsOn({ kind, id }: Document, itemId: number): readonly (readonly [string, number, Attempt])[] {
  const { path, noun } = namesOf(kind)
  const source = (source_id: number) => ({ source_type: kind, source_id })
  return [
    [`retrieve_${noun}_by_id`, id, (it) => api.get(`${path}/retrieve/${it}`)],
    [`update_${noun}`, id, (it) => api.put(`${path}/update/${it}`, { note: 'mine' })],
    [`add_${noun}_item`, id, (it) => api.post(`${path}/${it}/items/add`, item)],
    [`update_${noun}_item`, id, (it) => api.put(`${path}/${it}/items/${itemId}/update`, { qty: 9 })],
    [`remove_${noun}_item`, id, (it) => api.delete(`${path}/${it}/items/${itemId}/remove`)],
    [`publish_${noun}`, id, (it) => api.put(`${path}/publish/${it}`)],
    [`cancel_${noun}`, id, (it) => api.delete(`${path}/cancel/${it}`)],
    [`retrieve_${noun}_receipt_by_id`, id, (it) => api.get(`${path}/receipt/${it}`)],
    [`create_${noun}`, counterpartyId, (it) => api.post(`${path}/create`, { ...document, counterparty_id: it })],
    ['create_checkout_session', id, (it) => api.post('/sessions/checkout', source(it))],
    ['get_payment_source_status', id, (it) => api.get('/status/source', source(it))],
    [
      'predict_payment_source_amount_and_fee',
      id,
      (it) => api.get('/predictions/payment-source/amount-and-fees', { ...source(it), ...routing }),
    ],
  ]
}

const attempts: readonly (readonly [string, number, Attempt])[] = [
  ['retrieve_parties', partyId, (it) => api.get(`/parties/retrieve/${it}`)],
  [
    'create_counterparty',
    partyId,
    (it) => api.post('/counterparties/create', { relationship_type: 'CUSTOMER', party_id: it }),
  ],
  ['retrieve_counterparties', counterpartyId, (it) => api.get(`/counterparties/retrieve/${it}`)],
  [
    'update_counterparty',
    counterpartyId,
    (it) => api.put(`/counterparties/update/${it}`, { relationship_type: 'SUPPLIER' }),
  ],
  [
    'update_counterparty with a party',
    partyId,
    (it) => api.put(`/counterparties/update/${ownCounterparty}`, { party_id: it }),
  ],
  ...drafts.flatMap((draft, index) => attemptsOn(draft, lines[index] ?? 0)),
  ...[invoice, order, stuck.document, paid.document].flatMap((each) => (each ? attemptsOn(each, unknownId) : [])),
  ['update_invoice_item', lines[0] ?? 0, (it) => api.put(`/invoices/${ownDraft.id}/items/${it}/update`, { qty: 2 })],
  ['remove_invoice_item', lines[0] ?? 0, (it) => api.delete(`/invoices/${ownDraft.id}/items/${it}/remove`)],
  [
    'create_payment_account',
    partyId,
    (it) => api.post('/payment-accounts/create', { ...account, party_id: it }, { operation_type: 'COLLECTION' }),
  ],
  [
    'collect on a session',
    Number(open.collection.session_id),
    (it) => collect(api, { ...own.collection, session_id: String(it) }),
  ],
  [
    'collect from an account',
    Number(open.collection.payment_account_id),
    (it) => collect(api, { ...own.collection, payment_account_id: String(it) }),
  ],
  [
    'predict_amount_and_fee',
    sandboxMerchant,
    (it) =>
      api.get('/predictions/amount-and-fees', {
        ...routing,
        base_amount: 1,
        base_currency: 'USD',
        operation_type: 'COLLECTION',
        fee_bearer: 'PAYER',
        owner_id: it,
      }),
  ],
]

/** All that a merchant can read of its own. */
const everythingOf = async (of: Api) =>
  Promise.all(
    ['/parties/list', '/counterparties/list', '/invoices/list', '/orders/list']
      .map((path) => ok(of.get(path)))
      .concat(drafts.map(({ kind, id }) => ok(owner.get(`${namesOf(kind).path}/retrieve/${id}`)))),
  )

describe("another merchant's id", () => {
  const before = everythingOf(owner)

  test.each(attempts)('is as unknown as any other to %s', async (_, id, attempt) => {
    const [unknown, foreign] = [await attempt(unknownId), await attempt(id)]
    expect(unknown.status).toBeGreaterThanOrEqual(404)
    expect([foreign.status, foreign.body]).toEqual([unknown.status, unknown.body])
  })

  test('has changed nothing of the other merchant by being tried', async () => {
    expect(await everythingOf(owner)).toEqual(await before)
    expect(await ok(executionOf(owner, stuck.collection))).toMatchObject({ status: 'PROCESSING' })
    expect(await executionOf(owner, own.collection)).toMatchObject({ status: 404 })
  })
})

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
