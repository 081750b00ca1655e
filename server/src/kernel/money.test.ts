import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allCurrencies, anyAmount, anyCurrency, decimalsByCurrency } from '../../test/support/arbitraries.ts'
import { decimalsOf } from './currencies.ts'
import {
  convert,
  decimalOf,
  decimalPlaces,
  divideHalfUp,
  divideRatio,
  formatMoney,
  formatRatio,
  largestAmount,
  money,
  moneyToNumber,
  one,
  parseMoney,
  parseRatio,
  ratio,
  sumOf,
} from './money.ts'

const anyBigInt = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
const anyPositive = fc.bigInt({ min: 1n, max: 10n ** 20n })
const anyRatio = fc.tuple(anyPositive, anyPositive).map(([numerator, denominator]) => ratio(numerator, denominator))

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)

/** What rounding half up means, said without dividing: at most half a unit off, and a tie goes away from zero. */
function isHalfUpOf(rounded: bigint, numerator: bigint, denominator: bigint): boolean {
  const twiceOff = 2n * (magnitude(rounded) * denominator - magnitude(numerator))
  const sameSide = rounded === 0n || rounded < 0n === numerator < 0n
  return sameSide && -denominator < twiceOff && twiceOff <= denominator
}

test('the currencies have the decimals of ISO 4217', () => {
  expect(Object.fromEntries(allCurrencies.map((currency) => [currency, decimalsOf(currency)]))).toEqual(
    decimalsByCurrency,
  )
})

test('parsing what was formatted gives the same amount', () => {
  fc.assert(
    fc.property(anyBigInt, anyCurrency, (minor, currency) => {
      expect(parseMoney(formatMoney(money(minor, currency)), currency)).toEqual({ minor, currency })
    }),
  )
})

test('formatting what was parsed gives the same decimal, padded to the currency', () => {
  const anyDigits = fc.stringMatching(/^(0|[1-9][0-9]{0,17})$/)
  fc.assert(
    fc.property(
      anyCurrency,
      fc.boolean(),
      anyDigits,
      fc.stringMatching(/^[0-9]{0,2}$/),
      (currency, minus, whole, raw) => {
        const places = decimalsByCurrency[currency]
        const fraction = raw.slice(0, places)
        const text = `${minus ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
        const parsed = parseMoney(text, currency)
        const padded = places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`
        expect(parsed && formatMoney(parsed)).toBe(`${minus && /[1-9]/.test(padded) ? '-' : ''}${padded}`)
      },
    ),
  )
})

test.each([
  ['19.99', 'USD', 1999n],
  ['0.01', 'USD', 1n],
  ['0.1', 'LRD', 10n],
  ['-0.05', 'USD', -5n],
  ['007.5', 'USD', 750n],
  ['1.500000', 'USD', 150n],
  ['1999', 'RWF', 1999n],
  ['1999.000', 'RWF', 1999n],
  ['999999999999.99', 'USD', 99_999_999_999_999n],
] as const)('%s %s is %s minor units', (text, currency, minor) => {
  expect(parseMoney(text, currency)).toEqual({ minor, currency })
})

test.each([
  ['1.999', 'USD'],
  ['0.001', 'LRD'],
  ['0.5', 'RWF'],
  ['1999.01', 'RWF'],
] as const)('%s is finer than %s and is refused, not rounded', (text, currency) => {
  expect(parseMoney(text, currency)).toBeUndefined()
})

test('whatever has a further decimal that counts is refused', () => {
  fc.assert(
    fc.property(anyAmount, fc.stringMatching(/^0{0,3}[1-9][0-9]{0,3}$/), (amount, more) => {
      const text = formatMoney(amount)
      const finer = text.includes('.') ? text + more : `${text}.${more}`
      expect(parseMoney(finer, amount.currency)).toBeUndefined()
    }),
  )
})

test.each([
  '',
  ' ',
  '.',
  '1.',
  '.5',
  '+1',
  ' 1',
  '1 ',
  '1e3',
  '1,5',
  '1.2.3',
  '--1',
  '0x10',
  'NaN',
  'Infinity',
  '１',
  '1\n',
])('%j is no amount', (text) => {
  expect(parseMoney(text, 'USD')).toBeUndefined()
})

test('trailing zeros are not decimals', () => {
  expect(['1', '1.0', '1.50', '1.05', '0.000', '10.010', 'x'].map(decimalPlaces)).toEqual([0, 0, 1, 2, 0, 2, 0])
})

test('a double written as plain decimals reads back as the same double', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = decimalOf(value)
      expect(text).toMatch(/^-?\d+(\.\d+)?$/)
      expect(Number(text)).toBe(value === 0 ? 0 : value)
    }),
    { numRuns: 500 },
  )
})

test.each([
  [0.1, '0.1'],
  [1e21, '1000000000000000000000'],
  [1.5e21, '1500000000000000000000'],
  [1.0625e22, '10625000000000000000000'],
  [1e-7, '0.0000001'],
  [1.25e-7, '0.000000125'],
  [-2.5e-10, '-0.00000000025'],
  [999_999_999_999.99, '999999999999.99'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
])('%d is written as %s', (value, text) => {
  expect(decimalOf(value)).toBe(text)
})

test('an amount travels through a JSON number and back without losing a minor unit', () => {
  fc.assert(
    fc.property(anyAmount, (amount) => {
      const received: unknown = JSON.parse(JSON.stringify(moneyToNumber(amount)))
      expect(parseMoney(decimalOf(received as number), amount.currency)).toEqual(amount)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['USD', '999999999999.99'],
  ['LRD', '999999999999.99'],
  ['RWF', '999999999999'],
] as const)('the largest amount in %s is %s', (currency, text) => {
  expect(formatMoney(largestAmount(currency))).toBe(text)
  expect(decimalOf(moneyToNumber(largestAmount(currency)))).toBe(text)
})

test('division rounds half up, away from zero', () => {
  fc.assert(
    fc.property(anyBigInt, anyPositive, (numerator, denominator) => {
      const rounded = divideHalfUp(numerator, denominator)
      expect(isHalfUpOf(rounded, numerator, denominator)).toBe(true)
      expect(divideHalfUp(-numerator, denominator)).toBe(-rounded)
    }),
  )
})

test.each([
  [5n, 2n, 3n],
  [4n, 2n, 2n],
  [-5n, 2n, -3n],
  [1n, 3n, 0n],
  [2n, 3n, 1n],
  [0n, 7n, 0n],
  [49n, 100n, 0n],
  [50n, 100n, 1n],
])('%d / %d rounds to %d', (numerator, denominator, rounded) => {
  expect(divideHalfUp(numerator, denominator)).toBe(rounded)
})

test('a conversion is the exact amount at the rate, rounded once to the decimals of the target', () => {
  fc.assert(
    fc.property(anyAmount, anyRatio, anyCurrency, (amount, rate, target) => {
      const converted = convert(amount, rate, target)
      expect(converted.currency).toBe(target)
      // In major units on both sides: minor / 10^places * rate = converted / 10^target places.
      const numerator = amount.minor * rate.numerator * 10n ** BigInt(decimalsByCurrency[target])
      const denominator = rate.denominator * 10n ** BigInt(decimalsByCurrency[amount.currency])
      expect(isHalfUpOf(converted.minor, numerator, denominator)).toBe(true)
    }),
  )
})

test('a conversion at one between currencies of equal decimals changes nothing', () => {
  fc.assert(
    fc.property(anyAmount, (amount) => {
      expect(convert(amount, one, amount.currency)).toEqual(amount)
    }),
  )
})

test.each([
  [25_750n, 'USD', '200', 'LRD', '51500.00'],
  [1n, 'USD', '1400', 'RWF', '14'],
  [1_400n, 'RWF', '0.000714285714', 'USD', '1.00'],
  [150n, 'USD', '0.333', 'USD', '0.50'],
] as const)('%d %s at %s is %s %s', (minor, currency, rate, target, text) => {
  expect(formatMoney(convert(money(minor, currency), parseRatio(rate), target))).toBe(text)
})

test('a sum is the sum, and refuses another currency', () => {
  expect(sumOf('USD', [money(1n, 'USD'), money(2n, 'USD')])).toEqual(money(3n, 'USD'))
  expect(sumOf('RWF', [])).toEqual(money(0n, 'RWF'))
  expect(() => sumOf('USD', [money(1n, 'LRD')])).toThrow('adding LRD to USD')
})

test('a decimal text is read as the ratio it is', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9]{1,12}$/), fc.stringMatching(/^[0-9]{1,12}$/), (whole, fraction) => {
      const { numerator, denominator } = parseRatio(`${whole}.${fraction}`)
      expect(numerator * 10n ** BigInt(fraction.length)).toBe(BigInt(whole + fraction) * denominator)
    }),
  )
})

test.each(['-1', '', '1e3', '1/2', 'abc'])('%j is no ratio', (text) => {
  expect(() => parseRatio(text)).toThrow('invariant broken')
})

test('a ratio is in lowest terms, and means what it was made of', () => {
  expect(ratio(2_800n, 400n)).toEqual({ numerator: 7n, denominator: 1n })
  expect(ratio(0n, 400n)).toEqual({ numerator: 0n, denominator: 1n })
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), anyPositive, anyPositive, (numerator, denominator, more) => {
      const reduced = ratio(numerator, denominator)
      expect(reduced.numerator * denominator).toBe(numerator * reduced.denominator)
      expect(ratio(numerator * more, denominator * more)).toEqual(reduced)
    }),
  )
})

test('a ratio is never negative, and never over nothing', () => {
  expect(() => ratio(1n, 0n)).toThrow('invariant broken')
  expect(() => ratio(1n, -1n)).toThrow('invariant broken')
  expect(() => ratio(-1n, 1n)).toThrow('invariant broken')
  expect(() => divideRatio(one, ratio(0n, 1n))).toThrow('invariant broken')
})

test('dividing a ratio by another and multiplying back is exact', () => {
  fc.assert(
    fc.property(anyRatio, anyRatio, (a, b) => {
      const { numerator, denominator } = divideRatio(a, b)
      expect(numerator * b.numerator * a.denominator).toBe(a.numerator * denominator * b.denominator)
    }),
  )
})

test('a ratio is written with at most the decimals asked for, half up, without trailing zeros', () => {
  fc.assert(
    fc.property(anyRatio, fc.integer({ min: 1, max: 12 }), (value, places) => {
      const text = formatRatio(value, places)
      expect(text).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/)
      expect(decimalPlaces(text)).toBeLessThanOrEqual(places)
      const written = parseRatio(text)
      const scale = 10n ** BigInt(places)
      const scaled = (written.numerator * scale) / written.denominator
      expect(isHalfUpOf(scaled, value.numerator * scale, value.denominator)).toBe(true)
    }),
  )
})

test.each([
  [ratio(1400n, 1n), '1400'],
  [ratio(1n, 1400n), '0.000714'],
  [ratio(7n, 1n), '7'],
  [ratio(1n, 2n), '0.5'],
  [ratio(1n, 10_000_000n), '0'],
  [ratio(5n, 10_000_000n), '0.000001'],
])('six decimals of %o are %s', (value, text) => {
  expect(formatRatio(value, 6)).toBe(text)
})
