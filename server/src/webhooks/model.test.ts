import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noon } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { type DeliveryId, eventFilters, nextAttemptAt, patienceMs, readRetryAfter, toAttempt } from './model.ts'

const hourMs = 3_600_000
const delivery = (failures: number, id = '1') => ({ id: id as DeliveryId, failures, firstAttemptAt: noon })

const anAttempt = fc.record({
  id: fc.integer({ min: 1, max: 1_000_000 }).map(String),
  failures: fc.integer({ min: 0, max: 200 }),
  beganAfterMs: fc.integer({ min: 0, max: patienceMs + hourMs }),
  wishMs: fc.option(fc.integer({ min: 0, max: 1000 * hourMs }), { nil: undefined }),
})

test('what is tried again is tried later, not after three days, and the same way each time it is asked', () => {
  fc.assert(
    fc.property(anAttempt, ({ id, failures, beganAfterMs, wishMs }) => {
      const began = addMs(noon, beganAfterMs)
      const next = nextAttemptAt(delivery(failures, id), began, wishMs)
      expect(nextAttemptAt(delivery(failures, id), began, wishMs)).toEqual(next)
      if (beganAfterMs >= patienceMs) expect(next).toBeUndefined()
      else {
        expect(next?.getTime()).toBeGreaterThan(began.getTime())
        expect(next?.getTime()).toBeLessThanOrEqual(noon.getTime() + patienceMs)
      }
    }),
  )
})

test('a receiver is left alone for as long as it wishes, but for a day at most', () => {
  expect(nextAttemptAt(delivery(0), noon, 5 * hourMs)).toEqual(addMs(noon, 5 * hourMs))
  expect(nextAttemptAt(delivery(0), noon, 48 * hourMs)).toEqual(addMs(noon, 24 * hourMs))
  expect(nextAttemptAt(delivery(8), noon, 0)?.getTime()).toBeGreaterThanOrEqual(addMs(noon, 8 * hourMs).getTime())
})

test('what failed together does not come back together', () => {
  const dues = Array.from({ length: 200 }, (_, id) =>
    nextAttemptAt(delivery(3, String(id)), noon, undefined)?.getTime(),
  )
  expect(new Set(dues).size).toBeGreaterThan(190)
})

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Sun, 01 Jun 2025 12:02:00 GMT', 120_000],
  ['Sun, 01 Jun 2025 11:00:00 GMT', 0],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['2025-06-01T12:02:00Z', undefined],
  ['Sun, 99 Abc 2025 12:02:00 GMT', undefined],
  ['99999999999999999999', undefined],
  ['', undefined],
  [undefined, undefined],
])('a Retry-After of %j is %j milliseconds', (value, ms) => {
  expect(readRetryAfter(value, noon)).toBe(ms)
})

test.each([
  [200, undefined],
  [204, undefined],
  [299, undefined],
  [301, 'redirected'],
  [308, 'redirected'],
  [400, 'status'],
  [410, 'status'],
  [500, 'status'],
])('an answer of %j is %j', (status, error) => {
  const answer = { kind: 'answered', status, retryAfter: undefined, body: 'x', durationMs: 3 } as const
  expect(toAttempt(noon, answer)).toEqual({ at: noon, durationMs: 3, status, error, answer: 'x' })
})

test('endpoints may ask for every kind of event, and for all', () => {
  expect(eventFilters).toEqual(expect.arrayContaining(['*', 'payment.*', 'source.*', 'payment.completed']))
  expect(new Set(eventFilters).size).toBe(eventFilters.length)
})
