import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, apiClient, type Call, ok } from '../support/black-box/api-client.ts'
import { aCounterparty, aDraft, aParty, unknownId } from '../support/black-box/builders.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld({ env: { DOLLR_LOG_LEVEL: 'trace' } })
afterAll(world.close)

const { api } = world
const anonymous = apiClient(world.url)
const card = '4111111111111111'

const refusedAt = (...locs: readonly (readonly (string | number)[])[]) => ({
  status: 422,
  body: {
    detail: locs.map((loc) => ({
      loc,
      msg: "card data is not accepted here: use the card network's own form",
      type: 'value_error.card_data',
    })),
  },
})

/** What was sent stands nowhere: not in the answer, not in a log, not in any table. */
async function expectNoTrace(answer: Answer, ...secrets: readonly string[]): Promise<void> {
  const { rows } = await world.database.pool.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const contents = await Promise.all(
    rows.map(async ({ name }) =>
      JSON.stringify((await world.database.pool.query(`select t::text from ${name} t`)).rows),
    ),
  )
  const everywhere = [JSON.stringify([answer.body, [...answer.headers]]), world.server().output(), ...contents].join(
    '\n',
  )
  for (const secret of secrets) expect(everywhere).not.toContain(secret)
}

const draft = await aDraft(api)
const partyId = await aParty(api)
const counterpartyId = await aCounterparty(api, partyId)
const document = { counterparty_id: counterpartyId, currency: 'USD', fee_bearer: 'PAYER', as_payment_link: true }
const account = { account_name: 'Card', provider: 'STRIPE', method: 'CREDIT_CARD', party_id: partyId }

describe('a card number is refused before anything is kept of it', () => {
  const calls: readonly (readonly [string, Call, readonly (string | number)[]])[] = [
    [
      'a note',
      { method: 'POST', path: '/v1/invoices/create', json: { ...document, note: `by ${card}` } },
      ['body', 'note'],
    ],
    [
      'a reference',
      { method: 'PUT', path: `/v1/invoices/update/${draft.id}`, json: { reference_id: '4111-1111-1111-1111' } },
      ['body', 'reference_id'],
    ],
    [
      'a line',
      {
        method: 'POST',
        path: `/v1/invoices/${draft.id}/items/add`,
        json: { name: `Tea ${card}`, currency: 'USD', qty: 1, amount: 1 },
      },
      ['body', 'name'],
    ],
    [
      'the number of an account',
      {
        method: 'POST',
        path: '/v1/payment-accounts/create',
        query: { operation_type: 'COLLECTION' },
        json: { ...account, insensitive_account_number: card },
      },
      ['body', 'insensitive_account_number'],
    ],
    [
      'a field nobody asked for, as a number, deep inside',
      {
        method: 'POST',
        path: '/v1/parties/create',
        bytes: `{"fullname":"A","phone":"231880000001","x":[{"y":${card}}]}`,
      },
      ['body', 'x', 0, 'y'],
    ],
    [
      'a query',
      { method: 'GET', path: '/v1/parties/list', query: { fullname: '4111 1111 1111 1111' } },
      ['query', 'fullname'],
    ],
    [
      'a query nobody asked for',
      { method: 'GET', path: `/v1/parties/retrieve/${partyId}`, query: { x: card } },
      ['query', 'x'],
    ],
    [
      'a token call',
      { method: 'POST', path: '/v1/jwt/client/obtain/token', json: { client_id: card, client_secret: 'x' } },
      ['body', 'client_id'],
    ],
  ]
  test.each(calls)('in %s', async (_, call, loc) => {
    const answer = await api.send(call)
    expect(answer).toMatchObject(refusedAt(loc))
    await expectNoTrace(answer, card, '4111-1111-1111-1111', '4111 1111 1111 1111')
  })

  test('nothing else is said of such a request, and nothing of what it held', async () => {
    const answer = await api.post('/parties/create', {
      fullname: 5,
      [card]: { cvv: 'known to nobody' },
      phone: '5555 5555 5555 4444',
      pan: 1,
    })
    expect(answer).toMatchObject(refusedAt(['body'], ['body', 'phone'], ['body', 'pan']))
    await expectNoTrace(answer, card, '5555 5555 5555 4444', 'known to nobody')
  })
})

test('what is printed beside the number is refused by its name', async () => {
  const expiry = { cvv: '987', exp_month: 12, exp_year: 2031, security_code: 987, expiry: '12/31' }
  const body = { fullname: 'A', phone: '231880000001', ...expiry }
  expect(await api.post('/parties/create', body)).toMatchObject(
    refusedAt(...Object.keys(expiry).map((name) => ['body', name])),
  )
  expect(await api.get('/parties/list', { cvc: '987' })).toMatchObject(refusedAt(['query', 'cvc']))
})

test('an operation that reads no body ignores what is in it', async () => {
  const { id } = await aDraft(api)
  const answer = await api.send({ method: 'DELETE', path: `/v1/invoices/cancel/${id}`, json: { note: card } })
  expect(await ok(answer)).toMatchObject({ status: 'CANCELED' })
  await expectNoTrace(answer, card)
})

test('the route, the token and the rate come first; the fields, the verification and the ids after', async () => {
  const json = { card_number: card }
  expect(await anonymous.send({ method: 'POST', path: '/v1/nothing', json })).toMatchObject({ status: 404 })
  expect(await anonymous.send({ method: 'PUT', path: '/v1/parties/list', json })).toMatchObject({ status: 405 })
  expect(await anonymous.post('/parties/create', json)).toMatchObject({ status: 401 })
  expect(await api.put(`/invoices/update/${unknownId}`, json)).toMatchObject(refusedAt(['body', 'card_number']))
})

describe('what only looks like a card number is taken', () => {
  test('long phones, references, barcodes and UUIDs', async () => {
    const phone = '378282246310005'
    expect(await ok(api.post('/parties/create', { fullname: 'Cocoa 4006381333931', phone }))).toMatchObject({ phone })
    const references = [phone, 'INV-4111111111111111', '2611231405210042', '550e8400-e29b-41d4-a716-446655440000']
    for (const reference_id of references) {
      const created = await ok(api.post('/invoices/create', { ...document, note: '', reference_id }))
      expect(created).toMatchObject({ reference_id })
    }
  })
})
