import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createRecent,
  ignoredQuantity,
  looksLikeCents,
  pollsTooOften,
  tokensTooOften,
  tokenWindowMs,
  unknownFields,
} from './mistakes.ts'

const payment = {
  properties: { reference_id: {}, amount: {}, passcode: { properties: { token: { properties: { code: {} } } } } },
}
const basket = { properties: { items: { items: { properties: { name: {} } } } } }

describe('a field that an operation does not have', () => {
  test.each([
    [payment, { reference_id: '1', amount: 2 }, undefined],
    [payment, { referenceId: '1' }, 'referenceId (reference_id?)'],
    [payment, { reference_id: '1', referenceId: '1' }, 'referenceId'],
    [payment, { passcode: { token: { Code: 1 } } }, 'passcode.token.Code (code?)'],
    [basket, { items: [{ name: 'Tea' }, { title: 'Tea' }] }, 'items.1.title'],
    [payment, { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, 'a, b, c, d, e and 2 more'],
    [undefined, { anything: 1 }, undefined],
    [payment, 'no object', undefined],
  ])('of %j in %j', (known, body, named) => {
    const warning = unknownFields(known, body)
    expect(warning?.text.split('field: ')[1]).toBe(named)
  })

  test('is found in whatever comes, without an end in sight', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(unknownFields(payment, body)?.text.length ?? 0).toBeLessThan(500)
      }),
    )
  })
})

test('a quantity of one on a checkout line means nothing else than none', () => {
  expect(ignoredQuantity({ items: [{ qty: 1 }] })).toBeUndefined()
  expect(ignoredQuantity({ items: [{ name: 'Tea' }, { qty: 2 }] })?.code).toBe('quantity-ignored')
  expect(ignoredQuantity({ items: 'tea' })).toBeUndefined()
})

test('tokens are too many when they come as if minutes were seconds, and not when a client starts a few times', () => {
  const begun = new Date('2026-01-01T00:00:00Z').getTime()
  const after = (gapMs: number) => {
    const recent = createRecent({ withinMs: tokenWindowMs, mostKeys: 10 })
    return [0, 1, 2, 3, 4, 5].map((call) => tokensTooOften(recent('key', new Date(begun + call * gapMs))) !== undefined)
  }
  expect(after(60_000)).toEqual([false, false, false, true, true, true])
  expect(after(55 * 60_000)).not.toContain(true)
  expect(after(120_000)).not.toContain(true)
})

test('only so many keys are remembered, and the one asked for last is never forgotten', () => {
  const recent = createRecent({ withinMs: 1_000, mostKeys: 2 })
  const now = new Date(0)
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map((key) => recent(key, now))).toEqual([1, 1, 2, 1, 3, 1])
})

test('four questions within two seconds are no haste, five are', () => {
  expect([4, 5].map((asked) => pollsTooOften(asked) !== undefined)).toEqual([false, true])
})

test.each([
  [200_000n, 10_000n, true],
  [200_001n, 10_000n, false],
  [10_000n, 10_000n, false],
  [2_000_000n, 10_000n, false],
  [50_000n, 10_000n, false],
  [500n, 0n, false],
])('%s where at most %s is possible looks like cents: %s', (minor, most, looks) => {
  expect(looksLikeCents(minor, most)).toBe(looks)
})
