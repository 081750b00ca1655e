import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accepted, paid, refused, silence } from '../../test/support/fakes.ts'
import { executionStatuses } from '../kernel/enums.ts'
import { fingerprintOf, mayBecome, statusOf } from './model.ts'

test('the lifecycle is the one of the contract: forward only, and final statuses never change', () => {
  const moves = executionStatuses.flatMap((to) => mayBecome[to].map((from) => `${from} -> ${to}`))
  expect(moves.toSorted()).toEqual([
    'PENDING -> COMPLETED',
    'PENDING -> FAILED',
    'PENDING -> PROCESSING',
    'PROCESSING -> COMPLETED',
    'PROCESSING -> FAILED',
  ])
})

test('only an explicit answer decides: silence is no status', () => {
  expect([accepted, paid, refused, silence].map(statusOf)).toEqual(['PROCESSING', 'COMPLETED', 'FAILED', undefined])
})

test('a request has one fingerprint, and another request another', () => {
  const anyFields = fc.array(fc.string(), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(anyFields, anyFields, (a, b) => {
      expect(fingerprintOf('COLLECTION', a)).toMatch(/^[0-9a-f]{64}$/)
      expect(fingerprintOf('COLLECTION', a) === fingerprintOf('COLLECTION', b)).toBe(
        JSON.stringify(a) === JSON.stringify(b),
      )
      expect(fingerprintOf('COLLECTION', a)).not.toBe(fingerprintOf('REFUND', a))
    }),
  )
})

test('fields that run into one another are not the same request', () => {
  expect(fingerprintOf('COLLECTION', ['1', '23'])).not.toBe(fingerprintOf('COLLECTION', ['12', '3']))
})
