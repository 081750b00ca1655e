import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BookedEntry, type BookedLine, canonicalText, genesis, sealAfter } from './model.ts'

const line: BookedLine = {
  line: '1',
  side: 'debit',
  amount_minor: '25000',
  currency: 'USD',
  account_id: '7',
  kind: 'clearing',
  owner_id: null,
  party_id: null,
  provider: 'PAWAPAY',
  account_currency: 'USD',
}
const entry: BookedEntry = {
  id: '12',
  merchantId: '5',
  executionId: '77',
  reason: 'collection.completed',
  postedAt: '2025-06-01T12:00:00.000000Z',
  lines: [line],
}

test('an entry is written down as its decision says', () => {
  expect(canonicalText(entry)).toBe(
    '["entry","12","5","77","collection.completed","2025-06-01T12:00:00.000000Z"]\n' +
      '["line","1","debit","25000","USD","7","clearing",null,null,"PAWAPAY","USD"]\n',
  )
})

test('the first hash covers 32 zero bytes and the entry, each next one the hash before it', () => {
  const [first, second] = sealAfter(undefined, [entry, { ...entry, id: '13' }])
  const expected = createHash('sha256').update(Buffer.alloc(32)).update(canonicalText(entry)).digest()
  expect(genesis).toEqual(Buffer.alloc(32))
  expect(first).toEqual({ position: 1n, entryId: '12', merchantId: '5', hash: expected })
  expect(second?.hash).toEqual(
    createHash('sha256')
      .update(expected)
      .update(canonicalText({ ...entry, id: '13' }))
      .digest(),
  )
})

test('two entries that differ in any field are never written down alike', () => {
  const field = fc.oneof(fc.constant(null), fc.string({ unit: fc.constantFrom('"', ',', '\\', '\n', 'a', '1', ']') }))
  fc.assert(
    fc.property(field, field, field, field, (reason, kind, otherReason, otherKind) => {
      fc.pre(reason !== otherReason || kind !== otherKind)
      const written = (theReason: string | null, theKind: string | null) =>
        canonicalText({ ...entry, executionId: theReason, lines: [{ ...line, kind: theKind }] })
      expect(written(reason, kind)).not.toBe(written(otherReason, otherKind))
    }),
  )
})
