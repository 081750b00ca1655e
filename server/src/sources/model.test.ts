import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatNumber, noun, parseNumber, type SourceNumber, title } from './model.ts'

const anyNumber: fc.Arbitrary<SourceNumber> = fc.record({
  kind: fc.constantFrom('INVOICE', 'ORDER'),
  year: fc.integer({ min: 1, max: 9999 }),
  counter: fc.oneof(fc.bigInt({ min: 1n, max: 99_999n }), fc.bigInt({ min: 1n, max: 999_999_999_999_999n })),
})

test.each([
  [{ kind: 'INVOICE', year: 2025, counter: 42n }, 'INV-2025-00042'],
  [{ kind: 'ORDER', year: 2025, counter: 88n }, 'ORD-2025-00088'],
  [{ kind: 'INVOICE', year: 2025, counter: 99_999n }, 'INV-2025-99999'],
  [{ kind: 'INVOICE', year: 2025, counter: 100_000n }, 'INV-2025-100000'],
] as const)('%o is %s', (number, text) => {
  expect(formatNumber(number)).toBe(text)
})

test('a number is read back as what it was', () => {
  fc.assert(
    fc.property(anyNumber, (number) => {
      expect(parseNumber(number.kind, formatNumber(number))).toEqual(number)
    }),
  )
})

test('a number is found however many zeros it is written with', () => {
  for (const text of ['INV-2025-42', 'INV-2025-0042', 'INV-2025-00042', 'INV-2025-000000042']) {
    expect(parseNumber('INVOICE', text)).toEqual({ kind: 'INVOICE', year: 2025, counter: 42n })
  }
})

test.each([
  '',
  'INV',
  'INV-2025',
  'INV-2025-',
  'INV-25-00042',
  'inv-2025-00042',
  'ORD-2025-00042',
  'INV-2025-00042 ',
  'INV-2025-00042\n',
  'INV_2025_00042',
  'INV-2025-4.2',
  'INV-2025--42',
  'INV-2025-1234567890123456',
  'INV-2025-0x2a',
])('%j is no invoice number', (text) => {
  expect(parseNumber('INVOICE', text)).toBeUndefined()
})

test('the contract has a word for each kind', () => {
  expect([noun('INVOICE'), noun('ORDER'), title('INVOICE'), title('ORDER')]).toEqual([
    'invoice',
    'order',
    'Invoice',
    'Order',
  ])
})
