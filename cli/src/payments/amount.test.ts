import { describe, expect, test } from 'vitest'
import { readAmount, readCurrency, readPayer, readPhone, readSeconds } from './amount.ts'

describe('an amount', () => {
  test.each([
    ['25', 25],
    ['25.5', 25.5],
    ['0.01', 0.01],
    ['9999999999999.99', 9999999999999.99],
  ])('%s is read as it stands', (text, amount) => {
    expect(readAmount(text)).toBe(amount)
  })

  test.each(['', '0', '0.00', '-1', '1.234', '1e3', '25,50', '1 000', '.5', '5.', '99999999999999.99'])(
    '"%s" is refused',
    (text) => {
      expect(() => readAmount(text)).toThrow('major units')
    },
  )
})

test('a phone may be written as people write it, with its country code', () => {
  expect(readPhone('+231 88 123-4567')).toBe('231881234567')
  expect(readPhone('231881234567')).toBe('231881234567')
  for (const text of ['0881234567', '231', 'abc', '+', '2318812345678901']) {
    expect(() => readPhone(text)).toThrow('country code')
  }
})

test('who pays is a phone or the token of a card', () => {
  expect(readPayer('pm_card_visa')).toBe('pm_card_visa')
  expect(readPayer('231881234567')).toBe('231881234567')
  expect(() => readPayer('4242424242424242')).toThrow('country code')
})

test('currencies and seconds are told from anything else', () => {
  expect(readCurrency('rwf')).toBe('RWF')
  expect(() => readCurrency('dollars')).toThrow('three letters')
  expect(readSeconds('90')).toBe(90)
  for (const text of ['0', '1.5', '-1', 'soon']) expect(() => readSeconds(text)).toThrow('seconds')
})
