import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { type Call, ok } from '../support/black-box/api-client.ts'
import {
  aCounterparty,
  aDocument,
  aDraft,
  anAccount,
  anItem,
  aParty,
  aSession,
  kinds,
  namesOf,
} from '../support/black-box/builders.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { api } = world

type Fields = Readonly<Record<string, unknown>>

interface Issue {
  readonly msg: unknown
  readonly type: string
}

const issue = (msg: string | RegExp, type: string): Issue => ({
  msg: typeof msg === 'string' ? msg : (expect.stringMatching(msg) as unknown),
  type,
})
const missing = issue('field required', 'value_error.missing')
const notNull = issue('none is not an allowed value', 'type_error.none.not_allowed')
const notText = issue('str type expected', 'type_error.str')
const notInteger = issue('value is not a valid integer', 'type_error.integer')
const notNumber = issue('value is not a valid float', 'type_error.float')
const notBoolean = issue('value could not be parsed to a boolean', 'type_error.bool')
const notPhone = issue('invalid phone', 'value_error.phone')
const notUuid = issue('invalid uuid', 'value_error.uuid')
const notCurrency = issue('invalid currency code', 'value_error.currency')
const notOurs = issue('unsupported currency', 'value_error.currency')
const notTime = issue('invalid datetime format', 'value_error.datetime')
const notListed = (values: string) => issue(`invalid enum: expected one of ${values}`, 'value_error.enum')
const below = (least: string) => issue(`less than minimum ${least}`, 'value_error.number.not_ge')
const above = (most: string) => issue(`ensure this value is less than or equal to ${most}`, 'value_error.number.not_le')
const finerThan = (places: number) =>
  issue(`ensure that there are no more than ${places} decimal places`, 'value_error.decimal.max_places')
const nullCharacter = issue(/null/, 'value_error.any_str.null_character')

/** What a kind of field refuses: values, as JSON text where JSON can say more than JavaScript, and what is said of them. */
type Refusals = readonly (readonly [unknown, Issue])[]

const wrongForText: Refusals = [5, true, [], {}].map((value) => [value, notText])
const text: Refusals = [...wrongForText, ['U+0000 \0 inside', nullCharacter]]
const integer: Refusals = ['5', '', 'x', true, 5.5, [], {}].map((value) => [value, notInteger])
const boolean: Refusals = ['true', 1, 0, [], {}].map((value) => [value, notBoolean])
const phone: Refusals = [
  ...wrongForText,
  ...['+231771234567', '0771234567', '2317712', '2317712345678901', '23177 123 4567', '', '٢٣١٧٧١٢٣٤٥٦٧'].map(
    (value) => [value, notPhone] as const,
  ),
]
const time: Refusals = [
  ...wrongForText,
  ...[
    '',
    'tomorrow',
    '2026-02-30',
    '2026-13-01',
    '2026-01-01T25:00:00Z',
    '1767225600',
    '2026-01-01T00:00:00+99:00',
  ].map((value) => [value, notTime] as const),
]
const uuid: Refusals = [
  ...wrongForText,
  ...[
    '',
    'x',
    '550e8400e29b41d4a716446655440000',
    '550e8400-e29b-11d4-a716-446655440000',
    '550e8400-e29b-41d4-c716-446655440000',
    '{550e8400-e29b-41d4-a716-446655440000}',
    '550e8400-e29b-41d4-a716-446655440000 ',
  ].map((value) => [value, notUuid] as const),
]
const anyCurrency: Refusals = [
  ...wrongForText,
  ...['usd', 'US', 'USDX', '', 'U$D', ' USD'].map((value) => [value, notCurrency] as const),
]
const ourCurrency: Refusals = [...anyCurrency, ['EUR', notOurs], ['XXX', notOurs]]
const oneOf = (values: string): Refusals => [
  ...wrongForText,
  ...['', 'NOBODY', values.split(', ')[0]?.toLowerCase()].map((value) => [value, notListed(values)] as const),
]
/** Amounts beside a currency of two decimals. */
const amount: Refusals = [
  ...['5', '', true, [], {}].map((value) => [value, notNumber] as const),
  ...[0, -1, 0.001, 0.009].map((value) => [value, below('0.01')] as const),
  ...[12.345, 0.011, 100.001].map((value) => [value, finerThan(2)] as const),
  ...[1e12, 1e300].map((value) => [value, above('999999999999.99')] as const),
]
const quantity: Refusals = [...integer, [0, below('1')], [-1, below('1')]]

const bearers = 'PAYER, PAYEE'
const sourceTypes = 'INVOICE, ORDER, SUBSCRIPTION'
const operations = 'COLLECTION, PAYOUT, TRANSFER, REFUND'
const methods = 'MTN_MOMO_LBR, ORANGE_MONEY_LBR, AIRTEL_RWA, MTN_MOMO_RWA, ORANGE_MONEY_RWA, CREDIT_CARD, WALLET'
const providers =
  'PAWAPAY, STRIPE, PLATFORM, MTN_MOMO_LBR, ORANGE_MONEY_LBR, AIRTEL_RWA, MTN_MOMO_RWA, ORANGE_MONEY_RWA'
const relationship: Refusals = [
  ...wrongForText,
  ...['', 'ENEMY', 'customer'].map(
    (value) => [value, issue(/^invalid enum: expected one of CUSTOMER, /, 'value_error.enum')] as const,
  ),
]

const [partyId, counterpartyId, draft, published, accountId] = await Promise.all([
  aParty(api),
  aCounterparty(api),
  Promise.all(kinds.map((kind) => aDraft(api, { kind }))),
  aDocument(api),
  anAccount(api),
])
const drafts = Object.fromEntries(draft.map((each) => [each.kind, each]))

interface Operation {
  readonly name: string
  readonly method: Call['method']
  readonly path: string
  readonly query?: Record<string, string | number>
  /** A body that is good, all fields given. */
  readonly body: Fields
  readonly required: Readonly<Record<string, Refusals>>
  /** May be left out or null. */
  readonly optional?: Readonly<Record<string, Refusals>>
}

const documents = await Promise.all(
  kinds.map(async (kind): Promise<readonly Operation[]> => {
    const { path, noun } = namesOf(kind)
    const document = drafts[kind]
    if (!document) throw new Error(`no draft ${kind}`)
    const itemId = await anItem(api, document)
    const edits = { reference_id: text, note: text, fee_bearer: oneOf(bearers), due_date: time }
    return [
      {
        name: `create_${noun}`,
        method: 'POST',
        path: `${path}/create`,
        body: {
          counterparty_id: counterpartyId,
          currency: 'USD',
          note: 'n',
          fee_bearer: 'PAYER',
          as_payment_link: true,
          reference_id: 'r',
          due_date: '2030-01-01',
        },
        required: {
          counterparty_id: integer,
          currency: ourCurrency,
          note: text,
          fee_bearer: oneOf(bearers),
          as_payment_link: boolean,
        },
        optional: { reference_id: text, due_date: time },
      },
      {
        name: `update_${noun}`,
        method: 'PUT',
        path: `${path}/update/${document.id}`,
        body: { reference_id: 'r', note: 'n', fee_bearer: 'PAYEE', due_date: '2030-01-01' },
        required: {},
        optional: edits,
      },
      {
        name: `add_${noun}_item`,
        method: 'POST',
        path: `${path}/${document.id}/items/add`,
        body: { name: 'Tea', currency: 'USD', qty: 2, amount: 1.25 },
        required: { name: text, currency: ourCurrency, qty: quantity, amount },
      },
      {
        name: `update_${noun}_item`,
        method: 'PUT',
        path: `${path}/${document.id}/items/${itemId}/update`,
        body: { name: 'Tea', qty: 2, amount: 1.25 },
        required: {},
        optional: { name: text, qty: quantity, amount },
      },
    ]
  }),
)

const bodied: readonly Operation[] = [
  {
    name: 'create_party',
    method: 'POST',
    path: '/parties/create',
    body: { fullname: 'A', phone: '231880000001', email: 'a@b.c', country_code: 'LR' },
    required: { fullname: text, phone },
    optional: { email: text, country_code: text },
  },
  {
    name: 'create_counterparty',
    method: 'POST',
    path: '/counterparties/create',
    body: { relationship_type: 'CUSTOMER', party_id: partyId },
    required: { relationship_type: relationship },
    optional: { party_id: integer },
  },
  {
    name: 'update_counterparty',
    method: 'PUT',
    path: `/counterparties/update/${counterpartyId}`,
    body: { relationship_type: 'CUSTOMER', party_id: partyId },
    required: {},
    optional: { relationship_type: relationship, party_id: integer },
  },
  ...documents.flat(),
  {
    name: 'create_checkout_session',
    method: 'POST',
    path: '/sessions/checkout',
    body: { source_id: published.id, source_type: 'INVOICE' },
    required: { source_id: integer, source_type: oneOf(sourceTypes) },
  },
  {
    name: 'create_payment_account',
    method: 'POST',
    path: '/payment-accounts/create',
    query: { operation_type: 'COLLECTION' },
    body: {
      account_name: 'A',
      provider: 'PAWAPAY',
      method: 'MTN_MOMO_LBR',
      party_id: partyId,
      country_code: 'LR',
      insensitive_account_number: '231880000001',
    },
    required: { account_name: text, provider: oneOf(providers), method: oneOf(methods), party_id: integer },
    optional: { country_code: text, insensitive_account_number: phone },
  },
  {
    name: 'collect',
    method: 'POST',
    path: '/executions/collection',
    body: {
      session_id: String(await aSession(api, published)),
      payment_account_id: String(accountId),
      currency: 'USD',
      reference_id: randomUUID(),
    },
    required: { session_id: text, payment_account_id: text, currency: anyCurrency, reference_id: uuid },
  },
]

const send = (operation: Operation, body: unknown) =>
  api.send({
    method: operation.method,
    path: `/v1${operation.path}`,
    json: body,
    ...(operation.query && { query: operation.query }),
  })

const sendText = (operation: Operation, body: string) =>
  api.send({
    method: operation.method,
    path: `/v1${operation.path}`,
    bytes: body,
    headers: { 'content-type': 'application/json' },
    ...(operation.query && { query: operation.query }),
  })

/** The answer lists exactly these fields of this part, in any order. */
function expectRefusal(
  answer: { status: number; body: unknown },
  part: string,
  issues: Readonly<Record<string, Issue>>,
): void {
  const wanted = Object.entries(issues).map(([field, what]) => ({ loc: [part, field], ...what }))
  expect(answer).toMatchObject({ status: 422 })
  const { detail } = answer.body as { detail: { loc: unknown[] }[] }
  const byPlace = (a: { loc: unknown[] }, b: { loc: unknown[] }) => String(a.loc).localeCompare(String(b.loc))
  expect([...detail].sort(byPlace)).toEqual([...wanted].sort(byPlace))
}

const json = (value: unknown): string => JSON.stringify(value)

describe.each(bodied)('$name', (operation) => {
  const { required, optional = {}, body } = operation
  const all = Object.entries({ ...required, ...optional })
  const without = (field: string) => Object.fromEntries(Object.entries(body).filter(([key]) => key !== field))

  const wrong = all.flatMap(([field, refusals]) =>
    refusals.map(([value, what]) => ({ field, value, what, shown: json(value) })),
  )
  test.each(wrong)('refuses $shown as $field', async ({ field, value, what }) => {
    expectRefusal(await send(operation, { ...body, [field]: value }), 'body', { [field]: what })
  })

  test.each(Object.keys(required))('needs %s', async (field) => {
    expectRefusal(await send(operation, without(field)), 'body', { [field]: missing })
    expectRefusal(await send(operation, { ...body, [field]: null }), 'body', { [field]: notNull })
  })

  test('names every field at fault at once', async () => {
    const absent = Object.fromEntries(Object.keys(required).map((field) => [field, missing]))
    if (Object.keys(required).length > 0) expectRefusal(await send(operation, {}), 'body', absent)
    const broken = all.map(([field, refusals]) => [field, refusals[0]] as const)
    expectRefusal(
      await send(operation, Object.fromEntries(broken.map(([field, refusal]) => [field, refusal?.[0]]))),
      'body',
      Object.fromEntries(broken.map(([field, refusal]) => [field, refusal?.[1] ?? missing])),
    )
  })

  test('needs a body, in JSON, that is an object', async () => {
    const whole = (what: Issue) => ({ status: 422, body: { detail: [{ loc: ['body'], ...what }] } })
    const notObject = issue('value is not a valid dict', 'type_error.dict')
    const notJson = issue('invalid JSON', 'value_error.jsondecode')
    const { method, query } = operation
    const bodyless = { method, path: `/v1${operation.path}`, ...(query && { query }) }
    expect(await api.send(bodyless)).toMatchObject(whole(missing))
    expect(await sendText(operation, '')).toMatchObject(whole(missing))
    for (const bytes of ['{"', 'garbage', '{}}', "{'a': 1}", 'undefined', '\ufeff']) {
      expect(await sendText(operation, bytes), bytes).toMatchObject(whole(notJson))
    }
    for (const bytes of ['[]', '"text"', '5', 'true']) {
      expect(await sendText(operation, bytes), bytes).toMatchObject(whole(notObject))
    }
    expect(await sendText(operation, 'null')).toMatchObject(whole(notNull))
  })

  test('takes a body whatever its content type says, and ignores what it does not know', async () => {
    const bytes = json({ ...body, invented: { deeply: [1, 2, 3] }, constructor: 1 }).replace(
      '{',
      '{"__proto__":{"polluted":true},',
    )
    const call = { method: operation.method, path: `/v1${operation.path}`, bytes }
    for (const headers of [
      {},
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'text/plain' },
    ]) {
      await ok(api.send({ ...call, headers, ...(operation.query && { query: operation.query }) }))
    }
  })

  test('takes null for what may be left out', async () => {
    const nothing = Object.fromEntries(Object.keys(optional).map((field) => [field, null]))
    if (operation.name !== 'create_counterparty') await ok(send(operation, { ...body, ...nothing }))
  })
})

const sourceRouting = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }
const source = { source_type: 'INVOICE', source_id: published.id }

interface Query {
  readonly name: string
  readonly path: string
  readonly query: Readonly<Record<string, string | number>>
  readonly required?: Readonly<Record<string, Refusals>>
  readonly optional?: Readonly<Record<string, Refusals>>
}

/** A query holds text alone: what is left of a kind of field when everything is text. */
const inQuery = (refusals: Refusals): Refusals =>
  refusals.filter(([value]) => typeof value === 'string' && value !== '5')
const queryNumber: Refusals = [
  ...['', 'x', 'true', '1e5', '0x10', 'NaN', 'Infinity'].map((value) => [value, notNumber] as const),
  ...['0', '-1', '0.001'].map((value) => [value, below('0.01')] as const),
]
const queryInteger: Refusals = ['', 'x', '5.5', 'true', '0x10', ' 5 '].map((value) => [value, notInteger])

const queried: readonly Query[] = [
  { name: 'list_parties', path: '/parties/list', query: {}, optional: { fullname: inQuery(text) } },
  {
    name: 'list_counterparties',
    path: '/counterparties/list',
    query: {},
    optional: { fullname: inQuery(text), relationship_type: inQuery(relationship) },
  },
  ...kinds.map((kind) => ({
    name: `list_${namesOf(kind).noun}`,
    path: `${namesOf(kind).path}/list`,
    query: {},
    optional: { currency: inQuery(anyCurrency), status: inQuery(oneOf('IDLE, ACTIVE, PROCESSING, PAID, CANCELED')) },
  })),
  {
    name: 'get_payment_source_status',
    path: '/status/source',
    query: source,
    required: { source_type: inQuery(oneOf(sourceTypes)), source_id: queryInteger },
  },
  {
    name: 'predict_mmo_provider_info',
    path: '/predictions/mmo-provider-info',
    query: { phone: '231880000001', operation_type: 'COLLECTION' },
    required: { phone: inQuery(phone), operation_type: inQuery(oneOf(operations)) },
  },
  {
    name: 'predict_payment_source_amount_and_fee',
    path: '/predictions/payment-source/amount-and-fees',
    query: { ...source, ...sourceRouting },
    required: {
      target_currency: inQuery(anyCurrency),
      payment_method: inQuery(oneOf(methods)),
      provider: inQuery(oneOf(providers)),
      source_type: inQuery(oneOf(sourceTypes)),
      source_id: queryInteger,
    },
  },
  {
    name: 'predict_amount_and_fee',
    path: '/predictions/amount-and-fees',
    query: {
      ...sourceRouting,
      base_amount: 250,
      base_currency: 'USD',
      operation_type: 'COLLECTION',
      fee_bearer: 'PAYER',
    },
    required: {
      base_amount: queryNumber,
      base_currency: inQuery(anyCurrency),
      target_currency: inQuery(anyCurrency),
      payment_method: inQuery(oneOf(methods)),
      operation_type: inQuery(oneOf(operations)),
      provider: inQuery(oneOf(providers)),
      fee_bearer: inQuery(oneOf(bearers)),
    },
    optional: { owner_type: inQuery(oneOf('USER, MICRO_ORGANIZATION, ORGANIZATION')), owner_id: queryInteger },
  },
]

describe.each(queried)('$name', ({ path, query, required = {}, optional = {} }) => {
  const all = Object.entries({ ...required, ...optional })

  test('is as good as its table says', async () => {
    await ok(api.get(path, query))
  })

  const wrong = all.flatMap(([field, refusals]) =>
    refusals.map(([value, what]) => ({ field, value: String(value), what, shown: json(value) })),
  )
  test.each(wrong)('refuses $shown as $field', async ({ field, value, what }) => {
    expectRefusal(await api.get(path, { ...query, [field]: value }), 'query', { [field]: what })
  })

  if (Object.keys(required).length > 0) {
    test('names every field that is missing, and every field at fault', async () => {
      const absent = Object.fromEntries(Object.keys(required).map((field) => [field, missing]))
      expectRefusal(await api.get(path), 'query', absent)
      const broken = all.map(([field, refusals]) => [field, refusals[0]] as const)
      expectRefusal(
        await api.get(path, Object.fromEntries(broken.map(([field, refusal]) => [field, String(refusal?.[0])]))),
        'query',
        Object.fromEntries(broken.map(([field, refusal]) => [field, refusal?.[1] ?? missing])),
      )
    })
  }

  test('refuses a field given twice, and ignores one it does not know', async () => {
    const [field, value] = Object.entries(query)[0] ?? [all[0]?.[0] ?? '', 'x']
    const twice = { ...query, [field]: [String(value), String(value)] }
    expect(await api.get(path, twice)).toMatchObject({ status: 422, body: { detail: [{ loc: ['query', field] }] } })
    await ok(api.get(path, { ...query, invented: 'x' }))
  })
})

test('a payment account tells what is wrong in its query and in its body together', async () => {
  expect(await api.post('/payment-accounts/create', { account_name: 5 })).toMatchObject({ status: 422 })
  const { body } = await api.post(
    '/payment-accounts/create',
    { account_name: 5, method: 'CASH' },
    { operation_type: 'x' },
  )
  const { detail } = body as { detail: { loc: string[] }[] }
  expect(detail.map(({ loc }) => loc.join('.')).sort()).toEqual([
    'body.account_name',
    'body.method',
    'body.party_id',
    'body.provider',
    'query.operation_type',
  ])
  const withoutQuery = await api.post('/payment-accounts/create', {
    account_name: 'A',
    provider: 'PAWAPAY',
    method: 'MTN_MOMO_LBR',
    party_id: partyId,
  })
  expectRefusal(withoutQuery, 'query', { operation_type: missing })
})

describe('an amount', () => {
  const { path } = namesOf('ORDER')
  const documentIn = async (currency: string) => (await aDraft(api, { kind: 'ORDER', currency })).id
  const add = (id: number, currency: string, amount: string, qty = '1') =>
    api.send({
      method: 'POST',
      path: `/v1${path}/${id}/items/add`,
      bytes: `{"name":"Tea","currency":"${currency}","qty":${qty},"amount":${amount}}`,
    })

  test.each([
    ['USD', '1', 1],
    ['USD', '0.01', 0.01],
    ['USD', '250.50', 250.5],
    ['USD', '5.0', 5],
    ['USD', '1e2', 100],
    ['USD', '19.99', 19.99],
    ['USD', '1.10e1', 11],
    ['USD', '999999999999.99', 999_999_999_999.99],
    ['LRD', '0.10', 0.1],
    ['RWF', '1500', 1500],
    ['RWF', '1500.0', 1500],
    ['RWF', '999999999999', 999_999_999_999],
  ])('of %s may be %s', async (currency, written, read) => {
    expect(await ok(add(await documentIn(currency), currency, written))).toMatchObject({ amount: read })
  })

  test.each([
    ['USD', '1e400', /^(value is not a valid float|ensure this value is less than or equal to 999999999999\.99)$/],
    ['USD', '-0.01', 'less than minimum 0.01'],
    ['USD', '-1e400', /^(value is not a valid float|less than minimum 0\.01)$/],
    ['USD', '-0', 'less than minimum 0.01'],
    ['USD', '1e-7', 'less than minimum 0.01'],
    ['USD', '1000000000000', 'ensure this value is less than or equal to 999999999999.99'],
    ['USD', '999999999999.999', /999999999999\.99|2 decimal places/],
    ['LRD', '1.005', 'ensure that there are no more than 2 decimal places'],
    ['RWF', '1.5', 'ensure that there are no more than 0 decimal places'],
    ['RWF', '0.5', /^(less than minimum 1|ensure that there are no more than 0 decimal places)$/],
    ['RWF', '1000000000000', 'ensure this value is less than or equal to 999999999999'],
  ])('of %s may not be %s', async (currency, written, msg) => {
    expectRefusal(await add(await documentIn(currency), currency, written), 'body', {
      amount: issue(msg, expect.stringMatching(/^(value_error\.(number|decimal)|type_error\.float)/) as string),
    })
  })

  test('of a line, and of a document, has an end', async () => {
    const largest = 'ensure this value is less than or equal to 999999999999.99'
    const id = await documentIn('USD')
    const tooMuch = (field: string) => ({ status: 422, body: { detail: [{ loc: ['body', field], msg: largest }] } })
    expect(await add(id, 'USD', '500000000000', '2')).toMatchObject(tooMuch('amount'))
    await ok(add(id, 'USD', '999999999999'))
    expect(await add(id, 'USD', '1')).toMatchObject(tooMuch('amount'))
    const { id: item } = (await ok(add(id, 'USD', '0.99'))) as { id: number }
    expect(await api.put(`${path}/${id}/items/${item}/update`, { qty: 2 })).toMatchObject({ status: 422 })
    expect(await ok(api.get(`${path}/retrieve/${id}`))).toMatchObject({ total_amount: 999_999_999_999.99 })
    for (const qty of ['9007199254740993', '1e300', '1e999']) {
      expect(await add(id, 'USD', '0.01', qty), qty).toMatchObject({ status: 422 })
    }
  })

  test('is as fine as the document allows when a line is edited, where no currency is repeated', async () => {
    const document = await aDraft(api, { kind: 'ORDER', currency: 'RWF' })
    const item = await anItem(api, document, 100)
    expectRefusal(await api.put(`${path}/${document.id}/items/${item}/update`, { amount: 1.5 }), 'body', {
      amount: finerThan(0),
    })
    expect(await ok(api.put(`${path}/${document.id}/items/${item}/update`, { amount: 2.0 }))).toMatchObject({
      amount: 2,
    })
  })

  test('to be quoted is as fine as its currency', async () => {
    const quote = (base_amount: string, base_currency: string) =>
      api.get('/predictions/amount-and-fees', {
        ...sourceRouting,
        base_amount,
        base_currency,
        operation_type: 'COLLECTION',
        fee_bearer: 'PAYER',
      })
    expectRefusal(await quote('12.345', 'USD'), 'query', { base_amount: finerThan(2) })
    expectRefusal(await quote('1.5', 'RWF'), 'query', { base_amount: finerThan(0) })
    expect(await ok(quote('1.50', 'USD'))).toMatchObject({ payee_amount: '1.50' })
  })
})

describe('the lines of a document add up without a float in sight', () => {
  test.each([
    {
      currency: 'USD',
      lines: [
        [0.1, 1],
        [0.2, 1],
      ],
      total: 0.3,
    },
    {
      currency: 'USD',
      lines: [
        [1.1, 3],
        [19.99, 7],
      ],
      total: 143.23,
    },
    {
      currency: 'LRD',
      lines: [
        [1234567.89, 1000],
        [0.01, 1],
      ],
      total: 1_234_567_890.01,
    },
    {
      currency: 'RWF',
      lines: [
        [1500, 3],
        [1, 1],
      ],
      total: 4501,
    },
  ] as const)('$lines is $total $currency', async ({ currency, lines, total }) => {
    const document = await aDraft(api, { currency })
    for (const [amount, qty] of lines) await anItem(api, document, amount, qty)
    expect(await ok(api.get(`/invoices/retrieve/${document.id}`))).toMatchObject({ total_amount: total })
  })
})

describe('U+0000', () => {
  test('in a path is no id, in a query and in a deeper part of a body is a refusal', async () => {
    for (const path of ['/parties/retrieve/%00', '/invoices/retrieve/number/INV%00', '/status/collection/%00']) {
      expect((await api.get(path)).status, path).toBe(404)
    }
    expect(await api.get('/parties/list', { fullname: 'a\0b' })).toMatchObject({ status: 422 })
  })

  test('in a key is as unknown as any other key', async () => {
    await ok(api.post('/parties/create', { fullname: 'A', phone: '231880000001', 'a\0b': 1 }))
  })
})

test('letters of every script come back as they were sent', async () => {
  const fullname = `Ŵöllo 王芳 ﷽ 👩🏾‍💻 \u202e '"\\\n\t<script>`
  expect(await ok(api.post('/parties/create', { fullname, phone: '231880000001' }))).toMatchObject({ fullname })
})
