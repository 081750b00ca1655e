import { type TSchema, Type } from 'typebox'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileValidator, RequestInvalid, type WireIssue } from './validation.ts'
import {
  amount,
  amountIn,
  currencyCode,
  extension,
  integerId,
  model,
  nullable,
  oneOf,
  optional,
  phone,
  text,
  timestamp,
  uuid4,
  walletCurrency,
} from './wire.ts'

type Part = 'body' | 'querystring' | 'params'

/** What a part of a request breaks, or the value that goes on to the operation. */
function check(schema: TSchema, data: unknown, part: Part = 'body'): { issues: readonly WireIssue[]; value?: unknown } {
  const validate = compileValidator({ schema, method: 'POST', url: '/', httpPart: part }) as (data: unknown) => {
    error?: unknown
    value?: unknown
  }
  const { error, value } = validate(data)
  if (error === undefined) return { issues: [], value }
  if (!(error instanceof RequestInvalid)) throw new Error('another kind of error')
  return { issues: error.issues }
}

test('a field that the contract lacks is marked, and otherwise like any other', () => {
  const schema = Type.Object({ limit: optional(extension(Type.Integer({ minimum: 1 }))) })
  expect(schema.properties.limit).toMatchObject({ 'x-dollr-extension': true, type: ['integer', 'null'] })
  for (const data of [{ limit: '5' }, {}]) expect(check(schema, data, 'querystring').issues).toEqual([])
  expect(check(schema, { limit: '0' }, 'querystring').issues).toMatchObject([{ loc: ['query', 'limit'] }])
})

const one = (field: TSchema) => Type.Object({ field })
const issue = (msg: string, type: string, ...loc: (string | number)[]): WireIssue => ({
  loc: ['body', ...(loc.length > 0 ? loc : ['field'])],
  msg,
  type,
})

// Section 3's table, rule by rule: the schema, what arrives, the message and the type.
test.each<[string, TSchema, unknown, string, string]>([
  ['null not allowed', text, null, 'none is not an allowed value', 'type_error.none.not_allowed'],
  ['null for a number', integerId, null, 'none is not an allowed value', 'type_error.none.not_allowed'],
  ['not a string', text, 5, 'str type expected', 'type_error.str'],
  ['not a string where null may be', nullable(text), 5, 'str type expected', 'type_error.str'],
  ['text for an integer', integerId, '5', 'value is not a valid integer', 'type_error.integer'],
  ['true for an integer', integerId, true, 'value is not a valid integer', 'type_error.integer'],
  ['a fraction for an integer', integerId, 5.5, 'value is not a valid integer', 'type_error.integer'],
  ['text for a number', amount, '250', 'value is not a valid float', 'type_error.float'],
  ['true for a number', amount, true, 'value is not a valid float', 'type_error.float'],
  ['infinity for a number', amount, Infinity, 'value is not a valid float', 'type_error.float'],
  ['not a boolean', Type.Boolean(), 'true', 'value could not be parsed to a boolean', 'type_error.bool'],
  ['one for a boolean', Type.Boolean(), 1, 'value could not be parsed to a boolean', 'type_error.bool'],
  ['not a list', Type.Array(text), {}, 'value is not a valid list', 'type_error.list'],
  ['not an object', one(text), [], 'value is not a valid dict', 'type_error.dict'],
  [
    'too short',
    Type.String({ minLength: 3 }),
    'ab',
    'ensure this value has at least 3 characters',
    'value_error.any_str.min_length',
  ],
  [
    'too long',
    Type.String({ maxLength: 3 }),
    'abcd',
    'ensure this value has at most 3 characters',
    'value_error.any_str.max_length',
  ],
  ['phone with a plus', phone, '+231771234567', 'invalid phone', 'value_error.phone'],
  ['phone too short', phone, '2317712', 'invalid phone', 'value_error.phone'],
  ['phone too long', phone, '2317712345678901', 'invalid phone', 'value_error.phone'],
  ['phone with a leading zero', phone, '0771234567', 'invalid phone', 'value_error.phone'],
  ['uuid of another version', uuid4, '6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'invalid uuid', 'value_error.uuid'],
  ['uuid without dashes', uuid4, '9f8b1c2a7d3e4f5a8b9c0d1e2f3a4b5c', 'invalid uuid', 'value_error.uuid'],
  ['uuid of the wrong variant', uuid4, '9f8b1c2a-7d3e-4f5a-cb9c-0d1e2f3a4b5c', 'invalid uuid', 'value_error.uuid'],
  ['amount of zero', amount, 0, 'less than minimum 0.01', 'value_error.number.not_ge'],
  ['negative amount', amount, -1, 'less than minimum 0.01', 'value_error.number.not_ge'],
  ['amount below a cent', amount, 0.001, 'less than minimum 0.01', 'value_error.number.not_ge'],
  ['integer amount', Type.Integer({ minimum: 1 }), 0, 'less than minimum 1', 'value_error.number.not_ge'],
  [
    'largest amount',
    amount,
    1_000_000_000_000,
    'ensure this value is less than or equal to 999999999999.99',
    'value_error.number.not_le',
  ],
  ['enum', oneOf(['PAYER', 'PAYEE']), 'payer', 'invalid enum: expected one of PAYER, PAYEE', 'value_error.enum'],
  [
    'enum where null may be',
    nullable(oneOf(['PAYER', 'PAYEE'])),
    'X',
    'invalid enum: expected one of PAYER, PAYEE',
    'value_error.enum',
  ],
  ['currency in lower case', currencyCode, 'usd', 'invalid currency code', 'value_error.currency'],
  ['currency too short', currencyCode, 'US', 'invalid currency code', 'value_error.currency'],
  ['currency of four letters', walletCurrency, 'USDX', 'invalid currency code', 'value_error.currency'],
  ['currency without wallets', walletCurrency, 'EUR', 'unsupported currency', 'value_error.currency'],
  ['timestamp', timestamp, '2025-02-30', 'invalid datetime format', 'value_error.datetime'],
])('%s', (_rule, field, sent, msg, type) => {
  expect(check(one(field), { field: sent })).toEqual({ issues: [issue(msg, type)] })
})

test.each([
  [text, ''],
  [text, 'Ünïcode ✓'],
  [integerId, 5],
  [amount, 0.01],
  [amount, 250.5],
  [amount, 999_999_999_999.99],
  [phone, '231771234567'],
  [phone, '12345678'],
  [phone, '123456789012345'],
  [uuid4, '9f8b1c2a-7d3e-4f5a-8b9c-0d1e2f3a4b5c'],
  [uuid4, '9F8B1C2A-7D3E-4F5A-8B9C-0D1E2F3A4B5C'],
  [walletCurrency, 'RWF'],
  [currencyCode, 'EUR'],
  [timestamp, '2025-06-01T14:30:00+02:00'],
  [nullable(text), null],
  [nullable(oneOf(['A'])), null],
])('%o takes %j', (field, sent) => {
  expect(check(one(field), { field: sent })).toEqual({ issues: [], value: { field: sent } })
})

test('an integer may be written with a point', () => {
  expect(check(one(integerId), JSON.parse('{"field": 5.0}'))).toEqual({ issues: [], value: { field: 5 } })
})

test('a missing key is named, an optional one is not missed', () => {
  const schema = Type.Object({ field: text, other: optional(text) })
  expect(check(schema, {})).toEqual({ issues: [issue('field required', 'value_error.missing')] })
  expect(check(schema, { field: 'x' }).issues).toEqual([])
  expect(check(schema, { field: 'x', other: null }).issues).toEqual([])
})

test('no body where one is needed', () => {
  expect(check(one(text), undefined)).toEqual({
    issues: [{ loc: ['body'], msg: 'field required', type: 'value_error.missing' }],
  })
})

test.each([
  [null, 'none is not an allowed value', 'type_error.none.not_allowed'],
  [[], 'value is not a valid dict', 'type_error.dict'],
  ['text', 'value is not a valid dict', 'type_error.dict'],
])('a body of %j is reported at the body', (body, msg, type) => {
  expect(check(one(text), body)).toEqual({ issues: [{ loc: ['body'], msg, type }] })
})

test('every failing field is listed, once each', () => {
  const schema = Type.Object({ phone, currency: currencyCode, qty: Type.Integer({ minimum: 1 }), name: text })
  expect(check(schema, { phone: 'x', currency: 'x', qty: 0 }).issues).toEqual(
    expect.arrayContaining([
      issue('invalid phone', 'value_error.phone', 'phone'),
      issue('invalid currency code', 'value_error.currency', 'currency'),
      issue('less than minimum 1', 'value_error.number.not_ge', 'qty'),
      issue('field required', 'value_error.missing', 'name'),
    ]),
  )
  expect(check(schema, { phone: 'x', currency: 'x', qty: 0 }).issues).toHaveLength(4)
})

test('a place deep inside is named by its keys and indexes', () => {
  const schema = Type.Object({ items: Type.Array(Type.Object({ amount })), device: Type.Object({ name: text }) })
  expect(check(schema, { items: [{ amount: 1 }, { amount: 'x' }], device: {} }).issues).toEqual(
    expect.arrayContaining([
      issue('value is not a valid float', 'type_error.float', 'items', 1, 'amount'),
      issue('field required', 'value_error.missing', 'device', 'name'),
    ]),
  )
})

test.each([
  ['USD', 0.01, true],
  ['USD', 1.999, false],
  ['LRD', 10.5, true],
  ['RWF', 1200, true],
  ['RWF', 0.5, false],
  ['RWF', 1200.01, false],
  ['USD', 1e-1, true],
])('an amount in %s of %d: as fine as the currency allows? %s', (currency, value, fine) => {
  const schema = Type.Object({ currency: walletCurrency, amount: amountIn('currency') })
  const places = currency === 'RWF' ? 0 : 2
  const message = `ensure that there are no more than ${places} decimal places`
  expect(check(schema, { currency, amount: value }).issues).toEqual(
    fine ? [] : [issue(message, 'value_error.decimal.max_places', 'amount')],
  )
})

test('an amount beside a wrong currency is not blamed for it', () => {
  const schema = Type.Object({ currency: walletCurrency, amount: amountIn('currency') })
  expect(check(schema, { currency: 'EUR', amount: 1.999 }).issues).toEqual([
    issue('unsupported currency', 'value_error.currency', 'currency'),
  ])
})

test('unknown keys are ignored', () => {
  expect(check(one(text), { field: 'x', more: { $ref: 1 }, __proto__: null }).issues).toEqual([])
})

test('what is no field is ignored, null characters and all', () => {
  const schema = one(Type.String())
  expect(check(schema, { field: 'x', other: 'a\0b', deep: { constructor: ['\0'] } }).issues).toEqual([])
})

test('no text may carry a null character, wherever it stands', () => {
  const schema = Type.Object({ field: text, list: Type.Array(text) })
  const refusal = ['null characters are not allowed', 'value_error.any_str.null_character'] as const
  expect(check(schema, { field: 'a\0b', list: ['', '\0'] }).issues).toEqual([
    issue(...refusal, 'field'),
    issue(...refusal, 'list', 1),
  ])
})

test('a query is text: what reads as a number where one is expected is one, all else stays', () => {
  const schema = Type.Object({ id: integerId, base: amount, name: text, page: optional(integerId) })
  const query = { id: '101', base: '250.50', name: '007', page: '2' }
  expect(check(schema, query, 'querystring').value).toEqual({ id: 101, base: 250.5, name: '007', page: 2 })
  expect(check(schema, { id: 'x', base: '1e3', name: 'y', page: '' }, 'querystring').issues).toEqual(
    expect.arrayContaining([
      { loc: ['query', 'id'], msg: 'value is not a valid integer', type: 'type_error.integer' },
      { loc: ['query', 'base'], msg: 'value is not a valid float', type: 'type_error.float' },
      { loc: ['query', 'page'], msg: 'value is not a valid integer', type: 'type_error.integer' },
    ]),
  )
  expect(check(schema, { id: ['1', '2'], base: '1', name: 'y' }, 'querystring').issues).toEqual([
    { loc: ['query', 'id'], msg: 'value is not a valid integer', type: 'type_error.integer' },
  ])
})

test('a path is named path', () => {
  expect(check(Type.Object({ version: oneOf(['v1']) }), { version: 'v2' }, 'params').issues).toEqual([
    { loc: ['path', 'version'], msg: 'invalid enum: expected one of v1', type: 'value_error.enum' },
  ])
})

test('no body, however strange, makes the check itself fail or answer the same place twice', () => {
  const schema = model('Strange', {
    id: integerId,
    amount: amountIn('currency'),
    currency: walletCurrency,
    due: optional(timestamp),
    lines: Type.Array(Type.Object({ phone, kind: nullable(oneOf(['A', 'B'])) })),
  })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything({ withNullPrototype: true, maxDepth: 4 }),
        fc.record(
          {
            id: fc.anything(),
            amount: fc.oneof(fc.double(), fc.anything()),
            currency: fc.oneof(fc.constantFrom('USD', 'RWF'), fc.anything()),
            due: fc.anything(),
            lines: fc.array(fc.record({ phone: fc.anything(), kind: fc.anything() }, { requiredKeys: [] })),
          },
          { requiredKeys: [] },
        ),
      ),
      (body) => {
        const places = check(schema, body).issues.map(({ loc }) => JSON.stringify(loc))
        expect(new Set(places).size).toBe(places.length)
      },
    ),
    { numRuns: 300 },
  )
})
