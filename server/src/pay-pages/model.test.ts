import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money } from '../kernel/money.ts'
import { type Quote } from '../fees/index.ts'
import {
  endingOf,
  feesOnTop,
  nameForOthers,
  pauseSeconds,
  readLooks,
  readOption,
  readPhone,
  readReference,
  secondsLeft,
  writeOption,
} from './model.ts'

describe('a number', () => {
  test.each([
    ['231770000001', 'LR', '231770000001'],
    ['+231 77 000 0001', 'LR', '231770000001'],
    ['00231-77-000-0001', 'LR', '231770000001'],
    ['(0)770 000 001', 'LR', '231770000001'],
    ['0770000001', 'LR', '231770000001'],
    ['770000001', 'LR', '231770000001'],
    ['88 123 456', 'LR', '23188123456'],
    ['0783456789', 'RW', '250783456789'],
    ['783456789', 'RW', '250783456789'],
    // Numbers are ported, and people pay from abroad: what the number begins with is for the network to judge.
    ['250783456789', 'LR', '250783456789'],
    ['+4915112345678', 'LR', '4915112345678'],
    ['\u202a+231\u00a077\u2011000\u20110001\u202c', 'LR', '231770000001'],
    ['231770000001', undefined, '231770000001'],
  ])('%j for a method of %s is %s', (typed, country, number) => {
    expect(readPhone(typed, country)).toBe(number)
  })

  test.each(['', ' ', '+', '0', '00', 'abc', '12', '077x000001', '++231770000001', '2317700000012345', '٠٧٧٠٠٠٠٠٠١'])(
    '%j is none',
    (typed) => {
      expect(readPhone(typed, 'LR')).toBeUndefined()
    },
  )

  test('in full is read as itself, with or without a plus, whatever the country', () => {
    const anyNumber = fc.stringMatching(/^[1-9][0-9]{9,14}$/)
    fc.assert(
      fc.property(anyNumber, fc.constantFrom('LR', 'RW', undefined), (number, country) => {
        expect(readPhone(number, country)).toBe(number)
        expect(readPhone(`+${number}`, country)).toBe(number)
      }),
    )
  })

  test('shows no more than its end', () => {
    expect(endingOf('231770000123')).toBe('123')
  })
})

describe('an option', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 17n }), fc.constantFrom('USD', 'LRD', 'RWF'), (minor, currency) => {
        const option = { method: 'AIRTEL_RWA', currency, quote: { payer: money(minor, currency) } as Quote } as const
        expect(readOption(writeOption(option))).toEqual({ method: 'AIRTEL_RWA', currency, shownMinor: minor })
      }),
    )
  })

  test.each([
    '',
    'x',
    'WALLET:USD:1',
    'CREDIT_CARD:USD:1',
    'AIRTEL_RWA:RWF',
    'AIRTEL_RWA:RWF:-1',
    'AIRTEL_RWA:RWF:1.5',
  ])('%j is none', (sent) => {
    expect(readOption(sent)).toBeUndefined()
  })
})

test('fees are on top where the payer bears them, and there are some', () => {
  const fees = { platformFee: money(100n, 'USD'), gatewayFee: money(200n, 'USD'), fxFee: money(50n, 'USD') }
  expect(feesOnTop('PAYER', fees)).toEqual(money(350n, 'USD'))
  expect(feesOnTop('PAYER', { ...fees, fxFee: undefined })).toEqual(money(300n, 'USD'))
  expect(feesOnTop('PAYEE', fees)).toBeUndefined()
  const none = money(0n, 'USD')
  expect(feesOnTop('PAYER', { platformFee: none, gatewayFee: none, fxFee: undefined })).toBeUndefined()
})

test('a waiting page gives its reader time to stop it, looks less often later, for longer than a network takes, and not for ever', () => {
  let [looks, total] = [0, 0]
  let last = 0
  for (let pause = pauseSeconds(looks); pause !== undefined; pause = pauseSeconds(looks)) {
    expect(pause).toBeGreaterThanOrEqual(Math.max(20, last))
    last = pause
    looks += 1
    total += pause
  }
  expect(total).toBeGreaterThan(15 * 60)
  expect(looks).toBeLessThan(100)
  expect(pauseSeconds('stop')).toBeUndefined()
  expect(['', '-1', '1.5', 'x', '99999', undefined].map(readLooks)).toEqual([0, 0, 0, 0, 0, 0])
  expect([readLooks('7'), readLooks('stop')]).toEqual([7, 'stop'])
})

test('the time for a PIN runs from the request, on whatever clock, and ends at nought', () => {
  const start = new Date('2025-06-01T12:00:00Z')
  const after = (seconds: number) => secondsLeft(start, new Date(start.getTime() + seconds * 1_000))
  expect([0, 1, 299, 300, 9_999, -60].map(after)).toEqual([300, 299, 1, 0, 0, 300])
})

test('a key is one that we could have minted', () => {
  const key = '550e8400-e29b-41d4-a716-446655440000'
  expect(readReference(key)).toBe(key)
  for (const other of [
    undefined,
    '',
    key.toUpperCase(),
    `${key} `,
    key.replaceAll('-', ''),
    key.replace('41d4', '11d4'),
  ]) {
    expect(readReference(other)).toBeUndefined()
  }
})

test.each([
  ['231880000001', '••• 001'],
  ['+231 (88) 000-0001', '••• 001'],
  ['Musu Kollie', 'Musu Kollie'],
  ['Shop 24', 'Shop 24'],
  ['1802', '1802'],
])('a receipt calls %j %j', (name, shown) => {
  expect(nameForOthers(name)).toBe(shown)
})
