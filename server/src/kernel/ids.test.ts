import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mintReference, readId, type SessionId } from './ids.ts'

test('an id is the same whether it arrives as text or as a number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999_999_999 }), (id) => {
      expect(readId<SessionId>(id)).toBe(String(id))
      expect(readId<SessionId>(String(id))).toBe(String(id))
    }),
  )
})

test.each(['', '0', '-1', '01', '1.0', '1e3', ' 1', '1 ', 'abc', '0x1', '1234567890123456', 0, -1, 1.5, 1e21, NaN])(
  '%j can be no id of ours',
  (wire) => {
    expect(readId<SessionId>(wire)).toBeUndefined()
  },
)

test('a provider reference is a UUID version 4, new each time', () => {
  const minted = new Set(Array.from({ length: 100 }, mintReference))
  expect(minted.size).toBe(100)
  for (const reference of minted) {
    expect(reference).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
})
