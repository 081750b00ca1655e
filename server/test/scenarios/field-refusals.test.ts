import { afterAll, describe, expect, test } from 'vitest'
import { contract, type ContractOperation } from '../conformance/contract.ts'
import { described } from '../conformance/described.ts'
import { issuesOf } from '../conformance/judge.ts'
import {
  bodyRefusals,
  matches,
  missing,
  notJson,
  notNull,
  notObject,
  queryRefusals,
  type Refusal,
  samplesOf,
  withValue,
} from '../conformance/refusals.ts'
import { type Answer, type Call, ok } from '../support/black-box/api-client.ts'
import { aDraft, anItem, aParty, namesOf, unknownId } from '../support/black-box/builders.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { api } = world

/** Every operation of the contract that this server has: what each refuses is computed from the contract alone. */
const served = contract.operations.filter(({ id }) => described.some((operation) => operation.id === id))
const bodied = served.filter(({ body }) => body !== null)
const queried = served.filter(({ query }) => query.length > 0)

/** A wallet's number is looked at when its owner is known. */
const partyId = await aParty(api)

type Query = NonNullable<Call['query']>

/** Fields come before ids: what the path names need not be there. */
const callOf = (operation: ContractOperation): Call => ({
  method: operation.method,
  path: operation.path.replaceAll(/\{\w+\}/g, String(unknownId)),
  query: samplesOf(operation.query.filter(({ required }) => required)) as Query,
})

/** All that is wrong is listed, each thing once, and nothing else is. */
function expectRefusal(answer: Answer, part: string, refusals: readonly Refusal[]): void {
  const issues = issuesOf(answer.body)
  const told = `${answer.status} ${JSON.stringify(answer.body)}`
  expect(answer.status, told).toBe(422)
  expect(issues, told).toHaveLength(refusals.length)
  const unsaid = refusals.filter((refusal) => !issues?.some((issue) => matches(part, refusal, issue)))
  expect(unsaid, told).toEqual([])
}

/** The refusals of each field together, under its name. */
function byField(refusals: readonly Refusal[]): readonly (readonly [string, readonly Refusal[]])[] {
  const fields = new Map<string, Refusal[]>()
  for (const refusal of refusals) {
    const name = refusal.at.join('.')
    fields.set(name, [...(fields.get(name) ?? []), refusal])
  }
  return [...fields]
}

/** One wrong thing for each field of the first level: what can be wrong at once. */
const firstOfEach = (refusals: readonly Refusal[], isAbsent: boolean): readonly Refusal[] =>
  byField(refusals.filter(({ at, isAbsent: absent = false }) => at.length === 1 && absent === isAbsent)).flatMap(
    ([, [first]]) => (first ? [first] : []),
  )

describe.each(bodied.map((operation) => [operation.id, operation] as const))('the body of %s', (_, operation) => {
  const call = callOf(operation)
  const samples = samplesOf(operation.body ?? [])
  const sample = Object.hasOwn(samples, 'party_id') ? { ...samples, party_id: partyId } : samples
  const refusals = bodyRefusals(operation)
  const send = (json: unknown) => api.send({ ...call, json })

  test.each(byField(refusals))('refuses what %s cannot be', async (_, wrong) => {
    for (const refusal of wrong)
      expectRefusal(await send(withValue(sample, refusal.at, refusal.value)), 'body', [refusal])
  })

  test('names every field at fault at once', async () => {
    const [absent, broken] = [firstOfEach(refusals, true), firstOfEach(refusals, false)]
    if (absent.length > 0) expectRefusal(await send({}), 'body', absent)
    const spoilt = broken.reduce<unknown>((body, { at, value }) => withValue(body, at, value), sample)
    expectRefusal(await send(spoilt), 'body', broken)
  })

  test('has to be there, in JSON, and an object', async () => {
    const whole = (words: Pick<Refusal, 'words'>['words'] = missing) => [{ at: [], value: undefined, words }]
    const sendText = (bytes: string) => api.send({ ...call, bytes, headers: { 'content-type': 'application/json' } })
    expectRefusal(await api.send(call), 'body', whole(missing))
    expectRefusal(await sendText(''), 'body', whole(missing))
    for (const bytes of ['{"', 'garbage', '{}}', "{'a': 1}", 'undefined', '\ufeff']) {
      expectRefusal(await sendText(bytes), 'body', whole(notJson))
    }
    for (const bytes of ['[]', '"text"', '5', 'true']) expectRefusal(await sendText(bytes), 'body', whole(notObject))
    expectRefusal(await sendText('null'), 'body', whole(notNull))
  })
})

describe.each(queried.map((operation) => [operation.id, operation] as const))('the query of %s', (_, operation) => {
  const call = callOf(operation)
  const body = operation.body && samplesOf(operation.body)
  const refusals = queryRefusals(operation)
  const send = (query: unknown) => api.send({ ...call, query: query as Query, ...(body && { json: body }) })

  test.each(byField(refusals))('refuses what %s cannot be', async (_, wrong) => {
    for (const refusal of wrong) {
      expectRefusal(await send(withValue(call.query, refusal.at, refusal.value)), 'query', [refusal])
    }
  })

  test('names every field that is missing, and every field at fault', async () => {
    const [absent, broken] = [firstOfEach(refusals, true), firstOfEach(refusals, false)]
    if (absent.length > 0) expectRefusal(await send({}), 'query', absent)
    const spoilt = broken.reduce<unknown>((query, { at, value }) => withValue(query, at, value), call.query)
    expectRefusal(await send(spoilt), 'query', broken)
  })

  test('refuses a field given twice', async () => {
    for (const { name } of operation.query) {
      const twice = await send({ ...call.query, [name]: ['x', 'x'] })
      expect(twice.status, name).toBe(422)
      expect(
        issuesOf(twice.body)?.map(({ loc }) => loc),
        name,
      ).toEqual([['query', name]])
    }
  })
})

type Words = NonNullable<Refusal['words']>
const at = (field: string, msg: Words['msg'], type: Words['type']): readonly Refusal[] => [
  { at: [field], value: undefined, words: { msg, type } },
]
const finerThan = (field: string, places: number) =>
  at(field, `ensure that there are no more than ${places} decimal places`, 'value_error.decimal.max_places')

const sourceRouting = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }

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
  expectRefusal(withoutQuery, 'query', at('operation_type', missing.msg, missing.type))
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
    const types = /^(value_error\.(number|decimal)|type_error\.float)/
    expectRefusal(await add(await documentIn(currency), currency, written), 'body', at('amount', msg, types))
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
    expectRefusal(
      await api.put(`${path}/${document.id}/items/${item}/update`, { amount: 1.5 }),
      'body',
      finerThan('amount', 0),
    )
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
    expectRefusal(await quote('12.345', 'USD'), 'query', finerThan('base_amount', 2))
    expectRefusal(await quote('1.5', 'RWF'), 'query', finerThan('base_amount', 0))
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
