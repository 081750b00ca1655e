import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyAmount } from '../../../test/support/arbitraries.ts'
import { largestAmount, money, moneyToNumber } from '../../kernel/money.ts'
import { InvalidRequest } from '../../kernel/problem.ts'
import { readAmount, requireBelowLargest } from './amounts.ts'

function issuesOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    if (error instanceof InvalidRequest) return error.issues
    throw error
  }
  return []
}

test('an amount on the wire is read without losing a minor unit', () => {
  fc.assert(
    fc.property(anyAmount, (amount) => {
      expect(readAmount(moneyToNumber(amount), amount.currency, 'amount')).toEqual(amount)
    }),
  )
})

test('what is finer than the currency is refused, not rounded', () => {
  const message = 'ensure that there are no more than 0 decimal places'
  expect(issuesOf(() => readAmount(10.5, 'RWF', 'base_amount'))).toEqual([
    { field: 'base_amount', rule: 'decimal.max_places', message },
  ])
  expect(issuesOf(() => readAmount(0.005, 'USD', 'amount'))).toHaveLength(1)
})

test('the largest amount passes and one minor unit more does not', () => {
  const largest = largestAmount('LRD')
  expect(
    issuesOf(() => {
      requireBelowLargest(largest, 'amount')
    }),
  ).toEqual([])
  expect(
    issuesOf(() => {
      requireBelowLargest(money(largest.minor + 1n, 'LRD'), 'amount')
    }),
  ).toEqual([
    { field: 'amount', rule: 'number.not_le', message: 'ensure this value is less than or equal to 999999999999.99' },
  ])
})
