import { type ContractField, type ContractOperation, fieldsOf, isModel, valuesOf } from './contract.ts'
import { deviations } from './deviations.ts'
import { type Issue } from './judge.ts'

/** What the contract says each field refuses, and in which words. Knows nothing of how the server checks it. */

/** Words where the contract has them; where it has none, only the place counts. */
interface Words {
  readonly msg: string | RegExp
  readonly type: string | RegExp
}

interface Wrong {
  readonly value: unknown
  readonly words?: Words
}

export interface Refusal extends Wrong {
  /** Below the part: keys, and indexes of lists. */
  readonly at: readonly (string | number)[]
  /** The field is left out. */
  readonly isAbsent?: boolean
}

const say = (msg: string | RegExp, type: string): Words => ({ msg, type })

export const missing = say('field required', 'value_error.missing')
export const notNull = say('none is not an allowed value', 'type_error.none.not_allowed')
export const notJson = say('invalid JSON', 'value_error.jsondecode')
export const notObject = say('value is not a valid dict', 'type_error.dict')
const notText = say('str type expected', 'type_error.str')
const notInteger = say('value is not a valid integer', 'type_error.integer')
const notNumber = say('value is not a valid float', 'type_error.float')
const notBoolean = say('value could not be parsed to a boolean', 'type_error.bool')
const notList = say('value is not a valid list', 'type_error.list')
const notPhone = say('invalid phone', 'value_error.phone')
const notUuid = say('invalid uuid', 'value_error.uuid')
const notCurrency = say('invalid currency code', 'value_error.currency')
const notOurs = say('unsupported currency', 'value_error.currency')
const notTime = say('invalid datetime format', 'value_error.datetime')
const nullCharacter = say(/null/, 'value_error.any_str.null_character')
const below = (least: number) => say(`less than minimum ${least}`, 'value_error.number.not_ge')
const above = say('ensure this value is less than or equal to 999999999999.99', 'value_error.number.not_le')
const tooFine = say('ensure that there are no more than 2 decimal places', 'value_error.decimal.max_places')
const notListed = (values: readonly string[]) =>
  say(new RegExp(`^invalid enum: expected one of ${values.join(', ')}`), 'value_error.enum')

const each = (values: readonly unknown[], words?: Words): Wrong[] =>
  values.map((value) => ({ value, ...(words && { words }) }))

const wrongForText = each([5, true, [], {}], notText)

const phone = each(
  ['+231771234567', '0771234567', '2317712', '2317712345678901', '23177 123 4567', '', '٢٣١٧٧١٢٣٤٥٦٧'],
  notPhone,
)

const byFormat: Readonly<Record<string, readonly Wrong[]>> = {
  'e164-no-plus': phone,
  'date-time': each(
    ['', 'tomorrow', '2026-02-30', '2026-13-01', '2026-01-01T25:00:00Z', '1767225600', '2026-01-01T00:00:00+99:00'],
    notTime,
  ),
  uuid4: each(
    [
      '',
      'x',
      '550e8400e29b41d4a716446655440000',
      '550e8400-e29b-11d4-a716-446655440000',
      '550e8400-e29b-41d4-c716-446655440000',
      '{550e8400-e29b-41d4-a716-446655440000}',
      '550e8400-e29b-41d4-a716-446655440000 ',
    ],
    notUuid,
  ),
  iso4217: each(['usd', 'US', 'USDX', '', 'U$D', ' USD'], notCurrency),
  ip: each(['', 'nowhere', '203.0.113', '203.0.113.256']),
  uri: each(['', 'nowhere', 'javascript:alert(1)']),
}

/** One phone has its pattern alone. */
const formatOf = ({ format = '', pattern }: ContractField): string =>
  pattern === String.raw`^[1-9]\d{7,14}$` ? 'e164-no-plus' : format

/** Documents are in currencies with wallets here; other currencies of the world are known and refused. */
const documentModels = new Set([
  'CreateInvoicePayload',
  'CreateOrderPayload',
  'AddInvoiceItemPayload',
  'AddOrderItemPayload',
  'CreateCheckoutSourceRequestPayload',
  'CheckoutItem',
])

/** Plain text to the schema, and a phone where the method is mobile money. */
const phones = new Set(['insensitive_account_number'])

function wrongText(field: ContractField, model: string): readonly Wrong[] {
  const values = field.enum === undefined ? undefined : valuesOf(field.enum)
  if (values) {
    const listed = notListed(values)
    return [...wrongForText, ...each(['', 'NOBODY', values[0]?.toLowerCase()], listed)]
  }
  const form = phones.has(field.name) ? phone : byFormat[formatOf(field)]
  const foreign = field.format === 'iso4217' && documentModels.has(model) ? each(['EUR', 'XXX'], notOurs) : []
  if (form) return [...wrongForText, ...form, ...foreign]
  const empty = field.enum === undefined ? [] : each([''])
  return [...wrongForText, ...empty, { value: 'U+0000 \0 inside', words: nullCharacter }]
}

function wrongNumber(field: ContractField, hasCurrency: boolean): readonly Wrong[] {
  const isWhole = field.type === 'integer'
  const least = field.min
  const words = isWhole ? notInteger : notNumber
  return [
    ...each(['5', '', 'x', true, [], {}], words),
    ...(isWhole ? each([5.5], words) : []),
    ...(least === undefined ? [] : each(isWhole ? [0, -1] : [0, -1, 0.001, 0.009], below(least))),
    ...(hasCurrency ? [...each([12.345, 0.011, 100.001], tooFine), ...each([1e12, 1e300], above)] : []),
  ]
}

/** Values of other types that say the same are taken too: for those, what is wrong has no fixed words. */
function wrongAlternatives({ also_accept: also = '' }: ContractField): readonly Wrong[] {
  return each([true, [], {}, ...(also.includes('integer') ? [] : ['x'])])
}

function wrongValues(field: ContractField, model: string, hasCurrency: boolean): readonly Wrong[] {
  if (field.also_accept !== undefined) return wrongAlternatives(field)
  switch (field.type) {
    case 'string':
      return wrongText(field, model)
    case 'boolean':
      return each(['true', 1, 0, [], {}], notBoolean)
    case 'object':
      return each(['x', 5, true, []], notObject)
    case 'array':
      return [...each(['x', 5, true, {}], notList), ...(field.min_items === undefined ? [] : each([[]]))]
    default:
      return wrongNumber(field, hasCurrency)
  }
}

/** Fields that this server says it does not have. */
const isMissing = (place: string): boolean => Object.hasOwn(deviations, `${place}: is missing`)

const modelIn = ({ ref, items }: ContractField): string | undefined =>
  ref ?? (items !== undefined && isModel(items) ? items : undefined)

function refusalsIn(
  model: string,
  fields: readonly ContractField[],
  above: readonly (string | number)[],
): readonly Refusal[] {
  const currencyBeside = fields.some(({ name }) => name === 'currency')
  return fields
    .filter(({ name }) => !isMissing(`${model}.${name}`))
    .flatMap((field) => {
      const at = [...above, field.name]
      const inner = modelIn(field)
      const isAmountOfLine = field.name === 'amount' && currencyBeside && documentModels.has(model)
      return [
        ...wrongValues(field, model, isAmountOfLine).map((wrong) => ({ ...wrong, at })),
        ...(field.required ? [{ at, value: undefined, isAbsent: true, words: missing }] : []),
        ...(field.nullable ? [] : [{ at, value: null, words: notNull }]),
        ...(inner === undefined ? [] : refusalsIn(inner, fieldsOf(inner), field.items === undefined ? at : [...at, 0])),
      ]
    })
}

export const bodyRefusals = ({ body, body_model }: ContractOperation): readonly Refusal[] =>
  refusalsIn(body_model ?? '', body ?? [], [])

/** A query holds text alone: what reads as the right thing is right. */
function queryValues(field: ContractField): readonly Wrong[] {
  if (field.type === 'string') {
    return wrongText(field, '').filter(({ value }) => typeof value === 'string')
  }
  const isWhole = field.type === 'integer'
  const words = isWhole ? notInteger : notNumber
  const least = field.min
  return [
    ...each(['', 'x', 'true', '0x10', ' 5 ', ...(isWhole ? ['5.5'] : ['1e5', 'NaN', 'Infinity'])], words),
    ...(least === undefined ? [] : each(['0', '-1', '0.001'], below(least))),
  ]
}

export const queryRefusals = ({ query }: ContractOperation): readonly Refusal[] =>
  query.flatMap((field) => [
    ...queryValues(field).map((wrong) => ({ ...wrong, at: [field.name] })),
    ...(field.required ? [{ at: [field.name], value: undefined, isAbsent: true, words: missing }] : []),
  ])

/** Well-formed, and no id the server will ever have made in a test. */
const unknownId = 987_654_321

const samples: Readonly<Record<string, unknown>> = {
  'e164-no-plus': '231880000001',
  'date-time': '2090-01-01T00:00:00Z',
  uuid4: '550e8400-e29b-41d4-a716-446655440000',
  iso4217: 'USD',
  ip: '203.0.113.10',
  uri: 'https://shop.example/back',
  'iso3166-1-alpha2': 'LR',
}

/** A value that this field takes, whatever it may refer to. */
export function sampleOf(field: ContractField): unknown {
  const inner = modelIn(field)
  if (inner !== undefined) {
    const sample = Object.fromEntries(fieldsOf(inner).map((each) => [each.name, sampleOf(each)]))
    return field.items === undefined ? sample : [sample]
  }
  if (field.enum !== undefined) return valuesOf(field.enum)?.[0] ?? 'HOSTED'
  if (phones.has(field.name)) return samples['e164-no-plus']
  if (field.type === 'boolean') return true
  if (field.type === 'integer') return unknownId
  if (field.type.startsWith('number')) return 1.25
  const id = field.name.endsWith('_id') ? String(unknownId) : undefined
  return samples[formatOf(field)] ?? id ?? 'text'
}

export const samplesOf = (fields: readonly ContractField[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(fields.map((field) => [field.name, sampleOf(field)]))

/** The sample with one place changed, or left out. */
export function withValue(sample: unknown, at: Refusal['at'], value: unknown): unknown {
  const [key, ...deeper] = at
  if (key === undefined) return value
  const inside = sample as Readonly<Record<string | number, unknown>>
  const inner = deeper.length === 0 ? value : withValue(inside[key], deeper, value)
  return Array.isArray(sample) ? [inner] : { ...inside, [key]: inner }
}

const fits = (said: string, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? said === wanted : wanted.test(said)

/** Whether an issue is the refusal that was to be expected, in this part of the request. */
export const matches = (part: string, { at, words }: Refusal, issue: Issue): boolean =>
  issue.loc.join('.') === [part, ...at].join('.') &&
  (words === undefined || (fits(issue.type, words.type) && fits(issue.msg, words.msg)))
