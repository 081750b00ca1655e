import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addAmounts, isAtLeast, isMinimalDecimal, subtractAmounts, withDecimalPlaces } from './amounts.ts'

const anyAmount = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.stringMatching(/^([0-9]{0,3}[1-9])?$/))
  .map(([whole, fraction]) => (fraction === '' ? String(whole) : `${whole}.${fraction}`))

test('what is added and taken away again was never there, and every sum is in minimal form', () => {
  fc.assert(
    fc.property(anyAmount, anyAmount, (amount, more) => {
      const sum = addAmounts(amount, more)
      expect(isMinimalDecimal(sum)).toBe(true)
      expect(subtractAmounts(sum, more)).toBe(amount)
      expect(isAtLeast(sum, amount)).toBe(true)
    }),
  )
})

test.each([
  ['0.1', '0.2', '0.3'],
  ['99.99', '0.01', '100'],
  ['0', '0', '0'],
  ['0.0001', '0.0009', '0.001'],
])('%s and %s are %s', (amount, more, sum) => {
  expect(addAmounts(amount, more)).toBe(sum)
})

test('nothing is taken that is not there', () => {
  expect(() => subtractAmounts('1', '1.01')).toThrow('1.01 is more than 1')
})

test.each([
  ['1500', 4, '1500.0000'],
  ['5.5', 2, '5.50'],
  ['19.99', 2, '19.99'],
])('%s with %d places is %s', (amount, places, text) => {
  expect(withDecimalPlaces(amount, places)).toBe(text)
})
