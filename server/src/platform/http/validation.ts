import { isIP } from 'node:net'
import { Ajv, type ErrorObject, type SchemaValidateFunction } from 'ajv'
import { type FastifySchemaCompiler } from 'fastify'
import { type TSchema } from 'typebox'
import { decimalsOf, isCurrency } from '../../kernel/currencies.ts'
import { decimalOf, decimalPlaces, largestAmount, moneyToNumber } from '../../kernel/money.ts'
import { cursorId } from './paging.ts'
import { isWebAddress, readTime } from './wire.ts'

/** One element of a 422 body's `detail`. */
export interface WireIssue {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

/** What a request part breaks, in the words of the contract. Carries every failing field, never only the first. */
export class RequestInvalid extends Error {
  readonly issues: readonly WireIssue[]

  constructor(issues: readonly WireIssue[]) {
    super('request invalid')
    this.issues = issues
  }
}

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictTypes: false, allowUnionTypes: true })
ajv.addFormat('e164-no-plus', true)
ajv.addFormat('uuid4', true)
ajv.addFormat('iso4217', true)
ajv.addFormat('decimal', true)
ajv.addFormat('password', true)
ajv.addFormat('ip', (value) => isIP(value) > 0)
ajv.addFormat('wallet-currency', isCurrency)
ajv.addFormat('cursor', (value) => cursorId(value) !== undefined)
ajv.addFormat('web-address', isWebAddress)
ajv.addFormat('date-time', (value) => readTime(value) !== undefined)

/**
 * Neither finer nor larger than the currency beside it allows. A currency that is itself wrong is reported there and not
 * here.
 */
const withinCurrency: SchemaValidateFunction = (field: string, value: number, _parentSchema, context) => {
  const currency = (context?.parentData as Record<string, unknown> | undefined)?.[field]
  if (!isCurrency(currency)) return true
  const largest = moneyToNumber(largestAmount(currency))
  const limit = decimalPlaces(decimalOf(value)) > decimalsOf(currency) ? decimalsOf(currency) : largest
  if (limit === largest && value <= largest) return true
  withinCurrency.errors = [{ keyword: limit === largest ? 'maximum' : 'x-currency-field', params: { limit } }]
  return false
}
// Said of a field that the contract lacks; nothing to check.
ajv.addKeyword('x-dollr-extension')
ajv.addKeyword({ keyword: 'x-currency-field', type: 'number', schemaType: 'string', validate: withinCurrency })

const typeIssues: Record<string, { msg: string; type: string }> = {
  string: { msg: 'str type expected', type: 'type_error.str' },
  integer: { msg: 'value is not a valid integer', type: 'type_error.integer' },
  number: { msg: 'value is not a valid float', type: 'type_error.float' },
  boolean: { msg: 'value could not be parsed to a boolean', type: 'type_error.bool' },
  array: { msg: 'value is not a valid list', type: 'type_error.list' },
  object: { msg: 'value is not a valid dict', type: 'type_error.dict' },
}

const formatIssues: Record<string, { msg: string; type: string }> = {
  'e164-no-plus': { msg: 'invalid phone', type: 'value_error.phone' },
  uuid4: { msg: 'invalid uuid', type: 'value_error.uuid' },
  iso4217: { msg: 'invalid currency code', type: 'value_error.currency' },
  cursor: { msg: 'invalid cursor', type: 'value_error.cursor' },
  ip: { msg: 'value is not a valid IPv4 or IPv6 address', type: 'value_error.ipvanyaddress' },
  'date-time': { msg: 'invalid datetime format', type: 'value_error.datetime' },
  'web-address': { msg: 'invalid URL: expected an http or https address', type: 'value_error.url' },
}

const missing = { msg: 'field required', type: 'value_error.missing' }
const nullRefused = { msg: 'none is not an allowed value', type: 'type_error.none.not_allowed' }

function formatIssue(format: string, value: unknown): { msg: string; type: string } | undefined {
  if (format !== 'wallet-currency') return formatIssues[format]
  const wellFormed = typeof value === 'string' && /^[A-Z]{3}$/.test(value)
  return wellFormed ? { msg: 'unsupported currency', type: 'value_error.currency' } : formatIssues['iso4217']
}

function describe(error: ErrorObject): { msg: string; type: string } {
  const params = error.params as Record<string, unknown>
  const parent = error.parentSchema as { format?: string; type?: string | string[] } | undefined
  if (error.keyword === 'required') return missing
  if (error.keyword === 'type') {
    if (error.data === null) return nullRefused
    const expected = [parent?.type ?? 'object'].flat().find((type) => type !== 'null') ?? 'object'
    return typeIssues[expected] ?? { msg: 'invalid value', type: 'type_error' }
  }
  const byFormat = parent?.format === undefined ? undefined : formatIssue(parent.format, error.data)
  if (byFormat) return byFormat
  const limit = String(params['limit'])
  switch (error.keyword) {
    case 'enum': {
      const allowed = (params['allowedValues'] as (string | null)[]).filter((value) => value !== null)
      return { msg: `invalid enum: expected one of ${allowed.join(', ')}`, type: 'value_error.enum' }
    }
    case 'minimum':
      return { msg: `less than minimum ${limit}`, type: 'value_error.number.not_ge' }
    case 'maximum':
      return { msg: `ensure this value is less than or equal to ${limit}`, type: 'value_error.number.not_le' }
    case 'minLength':
      return { msg: `ensure this value has at least ${limit} characters`, type: 'value_error.any_str.min_length' }
    case 'maxLength':
      return { msg: `ensure this value has at most ${limit} characters`, type: 'value_error.any_str.max_length' }
    case 'minItems':
      return { msg: `ensure this value has at least ${limit} items`, type: 'value_error.list.min_items' }
    case 'maxItems':
      return { msg: `ensure this value has at most ${limit} items`, type: 'value_error.list.max_items' }
    case 'x-currency-field':
      return {
        msg: `ensure that there are no more than ${limit} decimal places`,
        type: 'value_error.decimal.max_places',
      }
    default:
      return { msg: error.message ?? 'invalid value', type: 'value_error' }
  }
}

const locOf = (part: string, pointer: string): (string | number)[] => [
  part,
  ...pointer
    .split('/')
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key.replaceAll('~1', '/').replaceAll('~0', '~'))),
]

/** The schemas of what is inside a value, as far as the operation knows it. */
interface Inner {
  readonly properties?: Readonly<Record<string, Inner>>
  readonly items?: Inner
}

/** PostgreSQL cannot store U+0000 in text, so no field may carry one. What is no field is not stored, and not looked at. */
function findNullCharacters(schema: Inner, value: unknown, loc: readonly (string | number)[]): WireIssue[] {
  if (typeof value === 'string') {
    return value.includes('\0')
      ? [{ loc, msg: 'null characters are not allowed', type: 'value_error.any_str.null_character' }]
      : []
  }
  if (typeof value !== 'object' || value === null) return []
  const { items, properties = {} } = schema
  if (Array.isArray(value)) {
    return items ? value.flatMap((each, index) => findNullCharacters(items, each, [...loc, index])) : []
  }
  const fields = value as Readonly<Record<string, unknown>>
  return Object.entries(properties).flatMap(([key, inner]) =>
    Object.hasOwn(fields, key) ? findNullCharacters(inner, fields[key], [...loc, key]) : [],
  )
}

/** Queries and paths arrive as text: what reads as a number where one is expected becomes one, all else stays as it is. */
function readNumbers(schema: TSchema, data: unknown): unknown {
  const properties = (schema as { properties?: Record<string, { type?: string | string[] }> }).properties ?? {}
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]: [string, unknown]) => {
      const types = [properties[key]?.type ?? 'string'].flat()
      const numeric = types.includes('integer') || types.includes('number')
      return [key, numeric && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value]
    }),
  )
}

/** A body that is no JSON: there is nothing in it to check. */
export class BodyUnreadable extends RequestInvalid {
  constructor() {
    super([{ loc: ['body'], msg: 'invalid JSON', type: 'value_error.jsondecode' }])
  }
}

const partNames: Record<string, string> = { body: 'body', querystring: 'query', params: 'path' }

/** Compiles one schema of one part of a request into a check that answers the contract's own words. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validate = ajv.compile(schema)
  const part = partNames[httpPart ?? 'body'] ?? 'body'
  return (received: unknown) => {
    const data = part === 'body' ? received : readNumbers(schema, received)
    if (data === undefined) return { error: new RequestInvalid([{ loc: [part], ...missing }]) }
    const found = validate(data) ? [] : (validate.errors ?? [])
    const issues = new Map<string, WireIssue>()
    // A wrong type says all there is to say about a value; after it the first broken rule speaks.
    const ordered = [...found].sort((a, b) => Number(b.keyword === 'type') - Number(a.keyword === 'type'))
    for (const error of ordered) {
      const below =
        error.keyword === 'required' ? `/${(error.params as { missingProperty: string }).missingProperty}` : ''
      const loc = locOf(part, error.instancePath + below)
      const key = JSON.stringify(loc)
      if (!issues.has(key)) issues.set(key, { loc, ...describe(error) })
    }
    // What stands in a path is compared with what there is, and never stored.
    const stored = part === 'path' ? [] : findNullCharacters(schema, data, [part])
    for (const issue of stored) issues.set(JSON.stringify(issue.loc), issue)
    return issues.size > 0 ? { error: new RequestInvalid([...issues.values()]) } : { value: data }
  }
}
