import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, ok } from '../support/black-box/api-client.ts'
import {
  aDocument,
  aDraft,
  anAccount,
  anAttempt,
  anItem,
  aParty,
  aPayment,
  aSession,
  cancel,
  collect,
  type Document,
  executionOf,
  type Kind,
  kinds,
  namesOf,
  pay,
  publish,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { api, database } = world

const stuckPhone = '231880000129'
const refusal = (loc: readonly string[], msg: string, type: string) => ({
  status: 422,
  body: { detail: [{ loc, msg, type }] },
})

type State = 'IDLE' | 'ACTIVE' | 'PROCESSING' | 'PAID' | 'CANCELED'

/** A document in each state, with one line. */
const inState: Record<State, (kind: Kind) => Promise<Document>> = {
  async IDLE(kind) {
    const draft = await aDraft(api, { kind })
    await anItem(api, draft)
    return draft
  },
  ACTIVE: (kind) => aDocument(api, { kind }),
  async PROCESSING(kind) {
    const { document, collection } = await aPayment(api, { kind, phone: stuckPhone })
    await ok(collect(api, collection))
    return document
  },
  PAID: async (kind) => (await pay(api, { kind })).document,
  async CANCELED(kind) {
    const document = await aDocument(api, { kind })
    await ok(cancel(api, document))
    return document
  },
}

const retrieve = async ({ kind, id }: Document) =>
  (await ok(api.get(`${namesOf(kind).path}/retrieve/${id}`))) as Record<string, unknown>

const item = { name: 'Tea', currency: 'USD', qty: 1, amount: 1 }

/** Every way to edit a document, and where a refusal points. */
const edits: Record<
  string,
  (document: Document, itemId: number) => readonly [Promise<Answer>, (kind: Kind) => string]
> = {
  update: ({ kind, id }) => [api.put(`${namesOf(kind).path}/update/${id}`, { note: 'new' }), () => 'id'],
  publish: (document) => [publish(api, document), () => 'id'],
  'add an item': ({ kind, id }) => [
    api.post(`${namesOf(kind).path}/${id}/items/add`, item),
    (of) => `${namesOf(of).noun}_id`,
  ],
  'update an item': ({ kind, id }, itemId) => [
    api.put(`${namesOf(kind).path}/${id}/items/${itemId}/update`, { qty: 9 }),
    (of) => `${namesOf(of).noun}_id`,
  ],
  'remove an item': ({ kind, id }, itemId) => [
    api.delete(`${namesOf(kind).path}/${id}/items/${itemId}/remove`),
    (of) => `${namesOf(of).noun}_id`,
  ],
}

describe.each(kinds)('of an %s', (kind) => {
  const { noun, path } = namesOf(kind)

  test.each<State>(['ACTIVE', 'PROCESSING', 'PAID', 'CANCELED'])(
    'nothing can be edited once it is %s',
    async (state) => {
      const document = await inState[state](kind)
      const before = await retrieve(document)
      expect(before).toMatchObject({ status: state })
      const [line] = before[`${noun}_items`] as { id: number }[]
      for (const [name, edit] of Object.entries(edits)) {
        const [answer, field] = edit(document, line?.id ?? 0)
        const state = refusal(['path', field(kind)], `${noun} is not IDLE`, 'value_error.state')
        expect(await answer, name).toMatchObject(state)
      }
      expect(await retrieve(document)).toEqual(before)
    },
  )

  test.each<State>(['IDLE', 'ACTIVE'])('one that is %s can be canceled, once and for all', async (state) => {
    const document = await inState[state](kind)
    expect(await ok(cancel(api, document))).toMatchObject({ id: document.id, status: 'CANCELED' })
    expect(await retrieve(document)).toMatchObject({ status: 'CANCELED' })
  })

  test.each<State>(['PROCESSING', 'PAID', 'CANCELED'])('one that is %s can no longer be canceled', async (state) => {
    const document = await inState[state](kind)
    expect(await cancel(api, document)).toMatchObject(
      refusal(['path', 'id'], `${noun} cannot be canceled`, 'value_error.state'),
    )
    expect(await sourceStatus(api, document)).toBe(state)
  })

  test('one without lines cannot be published', async () => {
    const draft = await aDraft(api, { kind })
    const empty = refusal(['path', 'id'], `${noun} has no items`, 'value_error.state')
    expect(await publish(api, draft)).toMatchObject(empty)
    await ok(api.delete(`${path}/${draft.id}/items/${await anItem(api, draft)}/remove`))
    expect(await publish(api, draft)).toMatchObject(empty)
    expect(await sourceStatus(api, draft)).toBe('IDLE')
  })

  test('a line is in the currency of its document', async () => {
    const draft = await aDraft(api, { kind })
    const answer = await api.post(`${path}/${draft.id}/items/add`, { ...item, currency: 'LRD' })
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'currency'] }] } })
    expect((answer.body as { detail: { msg: string }[] }).detail[0]?.msg).toContain(
      `currency does not match the ${noun} currency`,
    )
  })

  test('a line of another document is no line of it', async () => {
    const [one, other] = await Promise.all([aDraft(api, { kind }), aDraft(api, { kind })])
    const line = await anItem(api, other)
    const gone = { status: 404, body: { detail: `${namesOf(kind).title} item not found` } }
    expect(await api.put(`${path}/${one.id}/items/${line}/update`, { qty: 2 })).toMatchObject(gone)
    expect(await api.delete(`${path}/${one.id}/items/${line}/remove`)).toMatchObject(gone)
    expect(await retrieve(other)).toMatchObject({ total_amount: 100 })
  })

  test.each<State>(['IDLE', 'PROCESSING', 'PAID', 'CANCELED'])('one that is %s cannot be paid', async (state) => {
    const document = await inState[state](kind)
    expect(await api.post('/sessions/checkout', { source_id: document.id, source_type: kind })).toMatchObject(
      refusal(['body', 'source_id'], 'source is not ACTIVE', 'value_error.state'),
    )
  })

  test.each<State>(['IDLE', 'CANCELED'])('one that is %s has no price', async (state) => {
    const document = await inState[state](kind)
    const routing = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }
    const source = { source_type: kind, source_id: document.id }
    const quote = () => api.get('/predictions/payment-source/amount-and-fees', { ...source, ...routing })
    expect(await quote()).toMatchObject(refusal(['query', 'source_id'], 'source is not published', 'value_error.state'))
  })

  test.each<State>(['IDLE', 'ACTIVE', 'PROCESSING', 'CANCELED'])('one that is %s has no receipt', async (state) => {
    const document = await inState[state](kind)
    for (const place of [document.id, `number/${document.number}`]) {
      expect(await api.get(`${path}/receipt/${place}`)).toMatchObject({
        status: 404,
        body: { detail: 'Receipt not available' },
      })
    }
  })

  test('its id is not the id of the other kind', async () => {
    const document = await aDocument(api, { kind })
    const other = kind === 'INVOICE' ? 'ORDER' : 'INVOICE'
    expect(await api.get(`${namesOf(other).path}/retrieve/${document.id}`)).toMatchObject({
      status: 404,
      body: { detail: `${namesOf(other).title} not found` },
    })
    expect(await api.get(`${namesOf(other).path}/retrieve/number/${document.number}`)).toMatchObject({ status: 404 })
    expect(await api.get('/status/source', { source_type: other, source_id: document.id })).toMatchObject({
      status: 404,
    })
    expect(await api.post('/sessions/checkout', { source_id: document.id, source_type: other })).toMatchObject(
      refusal(['body', 'source_id'], 'source not found', 'value_error.not_found'),
    )
  })
})

describe('a session', () => {
  const sessionRefusal = (msg: string) => refusal(['body', 'session_id'], msg, 'value_error.session')

  test('opened before its document was canceled cannot be executed', async () => {
    const { document, collection } = await aPayment(api)
    await ok(cancel(api, document))
    expect(await collect(api, collection)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'session_id'], msg: 'source is not ACTIVE' }] },
    })
    expect(await executionOf(api, collection)).toMatchObject({ status: 404 })
    expect(await sourceStatus(api, document)).toBe('CANCELED')
  })

  test('opened before its document was paid through another cannot be executed', async () => {
    const document = await aDocument(api)
    const [first, second] = [await anAttempt(api, document), await anAttempt(api, document)]
    await ok(collect(api, first))
    const taken = refusal(['body', 'session_id'], 'source is not ACTIVE', 'value_error.state')
    expect(await collect(api, second)).toMatchObject(taken)
    await settled(api, first)
    expect(await collect(api, second)).toMatchObject(taken)
    expect(await executionOf(api, second)).toMatchObject({ status: 404 })
  })

  test('is executed at most once, whatever became of it', async () => {
    for (const phone of [stuckPhone, '231880000001', '231880000039']) {
      const { collection } = await aPayment(api, { phone })
      await ok(collect(api, collection))
      if (phone !== stuckPhone) await settled(api, collection)
      expect(await collect(api, { ...collection, reference_id: randomUUID() })).toMatchObject(
        sessionRefusal('session not active'),
      )
    }
  })

  test('cannot be executed after its time, but what was executed before goes on', async () => {
    const document = await aDocument(api)
    const [early, late] = [await anAttempt(api, document), await anAttempt(api, document)]
    await database.pool.query(`update sessions set expires_at = now() - interval '1 second' where id = $1`, [
      late.session_id,
    ])
    expect(await collect(api, late)).toMatchObject(sessionRefusal('session expired'))
    expect(await executionOf(api, late)).toMatchObject({ status: 404 })
    await ok(collect(api, early))
    await database.pool.query(`update sessions set expires_at = now() - interval '1 second' where id = $1`, [
      early.session_id,
    ])
    expect(await ok(collect(api, early))).toMatchObject({ reference_id: early.reference_id })
    expect(await settled(api, early)).toMatchObject({ status: 'COMPLETED' })
  })

  test('lives for half an hour', async () => {
    const document = await aDocument(api)
    const session = await ok(api.post('/sessions/checkout', { source_id: document.id, source_type: document.kind }))
    const { created_at, expires_at } = session as { created_at: string; expires_at: string }
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(30 * 60_000)
  })

  test('and an account that are both unknown are both named', async () => {
    const unknown = { session_id: '987654321', payment_account_id: '987654322', currency: 'USD' }
    expect(await api.post('/executions/collection', { ...unknown, reference_id: randomUUID() })).toMatchObject({
      status: 422,
      body: {
        detail: [
          { loc: ['body', 'session_id'], msg: 'session not found', type: 'value_error.session' },
          { loc: ['body', 'payment_account_id'], msg: 'payment account not found', type: 'value_error.not_found' },
        ],
      },
    })
  })

  test('is not to be had for a subscription, nor is a status or a price', async () => {
    const unsupported = (part: string) =>
      refusal([part, 'source_type'], 'invalid enum: SUBSCRIPTION is not supported', 'value_error.enum')
    const source = { source_id: (await aDocument(api)).id, source_type: 'SUBSCRIPTION' }
    const routing = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }
    expect(await api.post('/sessions/checkout', source)).toMatchObject(unsupported('body'))
    expect(await api.get('/status/source', source)).toMatchObject(unsupported('query'))
    expect(await api.get('/predictions/payment-source/amount-and-fees', { ...source, ...routing })).toMatchObject(
      unsupported('query'),
    )
  })
})

describe('a payment account', () => {
  const combination = refusal(
    ['body', 'provider'],
    'invalid combination of method and provider',
    'value_error.combination',
  )
  const make = async (provider: string, method: string, operation: string, more: Record<string, unknown> = {}) =>
    api.post(
      '/payment-accounts/create',
      { account_name: 'A', provider, method, party_id: await aParty(api), ...more },
      { operation_type: operation },
    )

  test.each([
    ['PAWAPAY', 'MTN_MOMO_LBR', 'COLLECTION', 'PAWAPAY'],
    ['MTN_MOMO_LBR', 'MTN_MOMO_LBR', 'COLLECTION', 'PAWAPAY'],
    ['ORANGE_MONEY_LBR', 'ORANGE_MONEY_LBR', 'COLLECTION', 'PAWAPAY'],
    ['AIRTEL_RWA', 'AIRTEL_RWA', 'PAYOUT', 'PAWAPAY'],
    ['MTN_MOMO_RWA', 'MTN_MOMO_RWA', 'COLLECTION', 'PAWAPAY'],
    ['PAWAPAY', 'ORANGE_MONEY_RWA', 'COLLECTION', 'PAWAPAY'],
    ['STRIPE', 'CREDIT_CARD', 'REFUND', 'STRIPE'],
    ['PLATFORM', 'WALLET', 'PAYOUT', 'PLATFORM'],
  ])('%s with %s for a %s is routed by %s', async (provider, method, operation, network) => {
    expect(await ok(make(provider, method, operation))).toMatchObject({ provider: network, method, is_active: true })
  })

  test.each([
    ['STRIPE', 'MTN_MOMO_LBR', 'COLLECTION'],
    ['PLATFORM', 'MTN_MOMO_LBR', 'COLLECTION'],
    ['ORANGE_MONEY_LBR', 'MTN_MOMO_LBR', 'COLLECTION'],
    ['MTN_MOMO_RWA', 'MTN_MOMO_LBR', 'COLLECTION'],
    ['PAWAPAY', 'CREDIT_CARD', 'COLLECTION'],
    ['PLATFORM', 'CREDIT_CARD', 'COLLECTION'],
    ['PAWAPAY', 'WALLET', 'PAYOUT'],
    ['PLATFORM', 'WALLET', 'COLLECTION'],
  ])('%s with %s for a %s is no combination', async (provider, method, operation) => {
    expect(await make(provider, method, operation)).toMatchObject(combination)
    const quote = {
      base_amount: 1,
      base_currency: 'USD',
      target_currency: 'USD',
      payment_method: method,
      provider,
      operation_type: operation,
      fee_bearer: 'PAYER',
    }
    expect(await api.get('/predictions/amount-and-fees', quote)).toMatchObject(
      refusal(['query', 'provider'], 'invalid combination of method and provider', 'value_error.combination'),
    )
  })

  test('takes the number of its party when it is given none, and never tells it', async () => {
    const partyId = await aParty(api, { phone: '231880000456' })
    const account = { account_name: 'A', provider: 'PAWAPAY', method: 'MTN_MOMO_LBR', party_id: partyId }
    const made = await ok(api.post('/payment-accounts/create', account, { operation_type: 'COLLECTION' }))
    expect(JSON.stringify(made)).not.toContain('231880000456')
    const document = await aDocument(api)
    const collection = {
      session_id: String(await aSession(api, document)),
      payment_account_id: String((made as { id: number }).id),
      currency: 'USD',
      reference_id: randomUUID(),
    }
    await ok(collect(api, collection))
    await settled(api, collection)
    expect(world.network.deposits().filter(({ phone }) => phone === '231880000456')).toHaveLength(1)
  })

  test('may have a number that another operator once gave out', async () => {
    await ok(make('PAWAPAY', 'MTN_MOMO_LBR', 'COLLECTION', { insensitive_account_number: '231771234567' }))
  })

  test('that an operator closed cannot be collected from', async () => {
    const document = await aDocument(api)
    const collection = await anAttempt(api, document)
    await database.pool.query('update payment_accounts set is_active = false where id = $1', [
      collection.payment_account_id,
    ])
    expect(await collect(api, collection)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'payment_account_id'], msg: 'payment account is not active' }] },
    })
    const again = { ...collection, payment_account_id: String(await anAccount(api)) }
    expect(await ok(collect(api, again))).toMatchObject({ reference_id: collection.reference_id })
    expect(await settled(api, again)).toMatchObject({ status: 'COMPLETED' })
  })
})

describe('the look-up of a number', () => {
  test.each([
    ['231881234567', 'MTN_MOMO_LBR', 'MTN', 'LR', ['USD', 'LRD']],
    ['231555123456', 'MTN_MOMO_LBR', 'MTN', 'LR', ['USD', 'LRD']],
    ['231771234567', 'ORANGE_MONEY_LBR', 'Orange', 'LR', ['USD', 'LRD']],
    ['231760123456', 'ORANGE_MONEY_LBR', 'Orange', 'LR', ['USD', 'LRD']],
    ['231761123456', 'ORANGE_MONEY_LBR', 'Orange', 'LR', ['USD', 'LRD']],
    ['250781234567', 'MTN_MOMO_RWA', 'MTN', 'RW', ['RWF']],
    ['250791234567', 'MTN_MOMO_RWA', 'MTN', 'RW', ['RWF']],
    ['250721234567', 'AIRTEL_RWA', 'Airtel', 'RW', ['RWF']],
    ['250731234567', 'AIRTEL_RWA', 'Airtel', 'RW', ['RWF']],
  ])('%s finds %s', async (phone, payment_method, carrier, country, currencies) => {
    const query = { phone, operation_type: 'COLLECTION' }
    expect(await ok(api.get('/predictions/mmo-provider-info', query))).toEqual({
      ...query,
      carrier,
      country,
      currencies,
      payment_method,
      gateway_provider: 'PAWAPAY',
    })
  })

  test.each(['231330123456', '250701234567', '233591234567', '12025550123', '231762123456'])(
    '%s finds nobody',
    async (phone) => {
      const answer = await api.get('/predictions/mmo-provider-info', { phone, operation_type: 'COLLECTION' })
      expect(answer).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['query', 'phone'], type: 'value_error.phone' }] },
      })
      expect((answer.body as { detail: { msg: string }[] }).detail[0]?.msg).toMatch(
        /invalid phone|no mobile money provider for this phone/,
      )
    },
  )
})

test('a counterparty needs a party, unless it is the merchant itself', async () => {
  for (const party of [{}, { party_id: null }]) {
    expect(await api.post('/counterparties/create', { relationship_type: 'CUSTOMER', ...party })).toMatchObject(
      refusal(['body', 'party_id'], 'field required', 'value_error.missing'),
    )
  }
})

test('edits of one draft at the same time all count', async () => {
  const draft = await aDraft(api, { kind: 'ORDER' })
  await Promise.all(Array.from({ length: 20 }, () => anItem(api, draft, 1.25, 2)))
  expect(await retrieve(draft)).toMatchObject({ total_amount: 50 })
  expect((await retrieve(draft))['order_items']).toHaveLength(20)
})

test('a document is published or canceled once, however many ask at the same time', async () => {
  const draft = await inState.IDLE('ORDER')
  const published = await Promise.all(Array.from({ length: 10 }, () => publish(api, draft)))
  expect(published.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 422)])
  const canceled = await Promise.all(Array.from({ length: 10 }, () => cancel(api, draft)))
  expect(canceled.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 422)])
})
