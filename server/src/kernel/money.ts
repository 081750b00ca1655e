import { type Currency, decimalsOf } from './currencies.ts'
import { invariant } from './invariant.ts'

/** An amount in minor units: `{ minor: 1999n, currency: 'USD' }` is USD 19.99, and with RWF it is RWF 1999. */
export interface Money {
  readonly minor: bigint
  readonly currency: Currency
}

/** A positive rational number, so that neither 1/1400 nor 2.9 % is ever rounded before money is. */
export interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

export const money = (minor: bigint, currency: Currency): Money => ({ minor, currency })

/** `999999999999.99`, and `999999999999` where the currency has no decimals: the largest amount a line or a total may have. */
export const largestAmount = (currency: Currency): Money =>
  money(10n ** BigInt(12 + decimalsOf(currency)) - 1n, currency)

const decimalText = /^(-?)(\d+)(?:\.(\d+))?$/

/** How many decimals a decimal text needs: trailing zeros do not count. */
export function decimalPlaces(text: string): number {
  const fraction = decimalText.exec(text)?.[3] ?? ''
  return fraction.replace(/0+$/, '').length
}

/**
 * Writes a JSON number as plain decimals: the shortest text that reads back as the same number, without an exponent.
 * The amounts the contract allows have at most 14 digits, which every double carries exactly in this sense.
 */
export function decimalOf(value: number): string {
  const text = String(value)
  const exponent = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!exponent) return text
  const [, sign = '', whole = '', fraction = '', power = '0'] = exponent
  const digits = whole + fraction
  const point = 1 + Number(power)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return point >= digits.length
    ? sign + digits.padEnd(point, '0')
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Reads a decimal text exactly, or returns undefined when it is no decimal or finer than the currency. Never rounds. */
export function parseMoney(text: string, currency: Currency): Money | undefined {
  const match = decimalText.exec(text)
  if (!match || decimalPlaces(text) > decimalsOf(currency)) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  const places = decimalsOf(currency)
  const minor = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'))
  return money(sign ? -minor : minor, currency)
}

/** The amount with exactly the currency's decimals: `257.50`, `1200`. */
export function formatMoney({ minor, currency }: Money): string {
  const places = decimalsOf(currency)
  if (places === 0) return String(minor)
  const digits = String(minor < 0n ? -minor : minor).padStart(places + 1, '0')
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** The amount as a JSON number. Exact to the reader for every amount up to `largestAmount`. */
export const moneyToNumber = (amount: Money): number => Number(formatMoney(amount))

const greatestCommonDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestCommonDivisor(b, a % b))

/** In lowest terms, so that a rate through two others stays as short as it can. */
export const ratio = (numerator: bigint, denominator: bigint): Ratio => {
  invariant(denominator > 0n && numerator >= 0n, 'a ratio is not negative')
  const divisor = greatestCommonDivisor(numerator, denominator)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

export const one: Ratio = { numerator: 1n, denominator: 1n }

export const divideRatio = (a: Ratio, b: Ratio): Ratio =>
  ratio(a.numerator * b.denominator, a.denominator * b.numerator)

/** Reads a decimal text such as `2.9` or `1400` as the ratio it is. */
export function parseRatio(text: string): Ratio {
  const match = decimalText.exec(text)
  invariant(match?.[1] === '', `a positive decimal, not ${text}`)
  const [, , whole = '', fraction = ''] = match
  return ratio(BigInt(whole + fraction), 10n ** BigInt(fraction.length))
}

/** Rounds half up, away from zero for negatives, as people do on paper. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  invariant(denominator > 0n, 'division by a positive number')
  const magnitude = numerator < 0n ? -numerator : numerator
  const quotient = (2n * magnitude + denominator) / (2n * denominator)
  return numerator < 0n ? -quotient : quotient
}

/**
 * Converts at a rate given in units of the target currency per unit of the amount's currency, rounded half up to the
 * target's decimals.
 */
export function convert(amount: Money, rate: Ratio, target: Currency): Money {
  const shift = decimalsOf(target) - decimalsOf(amount.currency)
  const up = shift > 0 ? 10n ** BigInt(shift) : 1n
  const down = shift < 0 ? 10n ** BigInt(-shift) : 1n
  return money(divideHalfUp(amount.minor * rate.numerator * up, rate.denominator * down), target)
}

export function sumOf(currency: Currency, amounts: readonly Money[]): Money {
  return money(
    amounts.reduce((total, amount) => {
      invariant(amount.currency === currency, `adding ${amount.currency} to ${currency}`)
      return total + amount.minor
    }, 0n),
    currency,
  )
}

/** A ratio as a decimal text with at most `places` decimals, rounded half up, trailing zeros dropped: `1400`, `0.000714`. */
export function formatRatio({ numerator, denominator }: Ratio, places: number): string {
  const scaled = String(divideHalfUp(numerator * 10n ** BigInt(places), denominator)).padStart(places + 1, '0')
  const whole = scaled.slice(0, -places)
  const fraction = scaled.slice(-places).replace(/0+$/, '')
  return fraction ? `${whole}.${fraction}` : whole
}
