import { type Static, type TSchema, Type } from 'typebox'
import { invariant } from '../../kernel/invariant.ts'
import { largestAmount, moneyToNumber } from '../../kernel/money.ts'

/** The building blocks of every request and answer: the contract's field types, as JSON Schema. */

/** A value, or an explicit null. Written as a type list, so that a wrong type is one clear error and not three. */
export const nullable = <Schema extends TSchema>(schema: Schema) => {
  const { type, enum: values, ...rest } = schema as unknown as { type: string; enum?: readonly unknown[] }
  return Type.Unsafe<Static<Schema> | null>({
    ...rest,
    type: [type, 'null'],
    ...(values && { enum: [...values, null] }),
  })
}

/** A key that may be left out or be null, which mean the same. */
export const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(nullable(schema))

/** A field or parameter of ours that the contract lacks: its description says so. Goes inside `optional` and `nullable`. */
export const extension = <Schema extends TSchema>(schema: Schema): Schema => ({ ...schema, 'x-dollr-extension': true })

export const oneOf = <const Value extends string>(values: readonly Value[]) =>
  Type.Unsafe<Value>({ type: 'string', enum: [...values] })

/** A named schema: appears once under its name in `openapi.json`. */
export const model = <Properties extends Record<string, TSchema>>(title: string, properties: Properties) =>
  Type.Object(properties, { title })

export const text = Type.String()

export const integerId = Type.Integer({ description: 'System id.' })

/** `^[1-9]\d{7,14}$`: digits with country code, no plus sign. */
export const phone = Type.String({
  format: 'e164-no-plus',
  pattern: '^[1-9]\\d{7,14}$',
  minLength: 8,
  maxLength: 15,
  description: 'Digits with country code, no plus sign.',
})

export const uuid4 = Type.String({
  format: 'uuid4',
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$',
  description: 'UUID version 4.',
})

const threeLetters = { pattern: '^[A-Z]{3}$', minLength: 3, maxLength: 3 }

/** Any ISO 4217 code. Whether it can be used is for the operation to say. */
export const currencyCode = Type.String({ format: 'iso4217', ...threeLetters, description: 'ISO 4217 code.' })

/** A currency that has wallets here. */
export const walletCurrency = Type.String({
  format: 'wallet-currency',
  ...threeLetters,
  description: 'ISO 4217 code of a currency with wallets here.',
})

export const timestamp = Type.String({ format: 'date-time', description: 'ISO 8601; UTC when it names no offset.' })

/** IPv4 or IPv6. */
export const ipAddress = Type.String({ format: 'ip', description: 'IPv4 or IPv6 address.' })
/** An id that callers write as text or as a number. */
export const textOrIntegerId = Type.Unsafe<string | number>({ type: ['string', 'integer'], description: 'System id.' })
/** No browser follows an address longer than this everywhere. */
const longestWebAddress = 2048

/**
 * An address a browser may be sent to: http or https and nothing else, with a host, and without the white space and control
 * characters that URL parsers forgive and headers do not.
 */
export function isWebAddress(value: string): boolean {
  if (value.length > longestWebAddress || !/^https?:\/\/[^\s\p{Cc}\p{Cs}]+$/iu.test(value)) return false
  return URL.canParse(value)
}

export const webAddress = Type.String({ format: 'web-address', description: 'An http or https address.' })

export const countryCode = Type.String({ description: 'ISO 3166-1 alpha-2.' })

/** An amount in major units, as fine and as large as the currency named by the field `currencyField` beside it allows. */
export const amountIn = (currencyField: string) =>
  Type.Number({
    minimum: 0.01,
    'x-currency-field': currencyField,
    description: 'Major units: at least 0.01, no finer than the currency.',
  })

/** An amount whose currency the request does not repeat. */
export const amount = Type.Number({
  minimum: 0.01,
  maximum: moneyToNumber(largestAmount('USD')),
  description: 'Major units: at least 0.01, no finer than the currency.',
})

/** Every error but a 422. */
export const ErrorDetail = model('ErrorDetail', { detail: text })

export const amountOut = Type.Number({ description: 'Major units, no finer than the currency.' })

export const decimalString = Type.String({ format: 'decimal', description: 'Decimal string.' })

/** An id in a path: text, because one that is no number is simply unknown. */
export const pathId = Type.String({ description: 'System id.' })

const isoTime =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?)?$/

/** Reads ISO 8601. A date alone is its midnight; no offset means UTC. Returns undefined for what names no moment. */
export function readTime(value: string): Date | undefined {
  const match = isoTime.exec(value)
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0))
  const [sign, offsetHours, offsetMinutes] = [match[7], Number(match[8] ?? 0), Number(match[9] ?? 0)]
  if (year === undefined || month === undefined || day === undefined) return undefined
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59 || offsetHours > 23 || offsetMinutes > 59)
    return undefined
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month - 1, day)
  // The 30th of February rolls over instead of failing: the parts must come back as they went in.
  if (midnight.getUTCFullYear() !== year || midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) {
    return undefined
  }
  const offset = (sign === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes)
  const time = new Date(midnight.getTime() + (((hour ?? 0) * 60 + (minute ?? 0) - offset) * 60 + (second ?? 0)) * 1000)
  // The database's calendar, and the four-digit years of the wire, begin at year 1.
  return time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999 ? time : undefined
}

/** Reads a field that its schema has found to name a moment. */
export function readRequiredTime(value: string): Date {
  const time = readTime(value)
  invariant(time, 'a moment, as the schema found')
  return time
}

/** UTC, whole seconds, `Z`. */
export const writeTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`

export const writeOptionalTime = (time: Date | undefined): string | null => (time ? writeTime(time) : null)
