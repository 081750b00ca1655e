import { generateKeyPairSync, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MerchantId, type SourceId } from '../kernel/ids.ts'
import { type Facts, groupsOf, readCode, readPayload, writeCode, writePayload } from './code.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')

const anyId = fc.bigInt({ min: 1n, max: 999_999_999_999_999n }).map(String)
/** Names and references as they come out of the database: any text that UTF-8 can hold. */
const anyText = fc.string({ unit: 'grapheme', maxLength: 60 })
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  receiptId: anyId.map((id) => id as SourceId),
  merchantId: anyId.map((id) => id as MerchantId),
  kind: fc.constantFrom('INVOICE', 'ORDER'),
  year: fc.integer({ min: 0, max: 9999 }),
  counter: fc.bigInt({ min: 1n, max: 999_999_999_999_999n }),
  minor: fc.bigInt({ min: 1n, max: 10n ** 15n }),
  currency: fc.constantFrom('USD', 'LRD', 'RWF'),
  paidAt: fc.integer({ min: 0, max: 2 ** 34 }).map((seconds) => new Date(seconds * 1000)),
  reference: anyText,
  merchant: anyText,
})
const anyKeyId = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('hex'))

const facts: Facts = {
  receiptId: '42' as SourceId,
  merchantId: '1' as MerchantId,
  kind: 'INVOICE',
  year: 2026,
  counter: 42n,
  minor: 25_750n,
  currency: 'USD',
  paidAt: new Date('2026-11-23T10:11:12Z'),
  reference: 'MP-8812347712',
  merchant: 'Kollie Market',
}

function codeOf(its: Facts, keyId = '8c2d6fa1'): string {
  const payload = writePayload(keyId, its)
  return writeCode(payload, sign(null, payload, privateKey))
}

/** Whether a text is taken for a code of ours, in whatever spelling. */
function isGenuine(typed: string): boolean {
  const code = readCode(typed)
  if (!code) return false
  return verify(null, code.payload, publicKey, code.signature) && readPayload(code.payload) !== undefined
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const code = codeOf(facts)

test('what was written is read: every fact, names and references as far as there is room', () => {
  fc.assert(
    fc.property(anyKeyId, anyFacts, (keyId, its) => {
      const read = readPayload(writePayload(keyId, its))
      expect(read?.keyId).toBe(keyId)
      expect(read?.facts).toEqual({ ...its, reference: read?.facts.reference, merchant: read?.facts.merchant })
      for (const [whole, kept, most] of [
        [its.reference, read?.facts.reference ?? '', 24],
        [its.merchant, read?.facts.merchant ?? '', 32],
      ] as const) {
        expect(whole.startsWith(kept)).toBe(true)
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(most)
        // Another character would not have fitted.
        const [next] = whole.slice(kept.length)
        if (next !== undefined) expect(Buffer.byteLength(whole)).toBeGreaterThan(most)
      }
    }),
  )
})

test('a code is read as it was written, and is short enough to be printed and scanned', () => {
  fc.assert(
    fc.property(anyKeyId, anyFacts, (keyId, its) => {
      const payload = writePayload(keyId, its)
      const signature = sign(null, payload, privateKey)
      const written = writeCode(payload, signature)
      expect(readCode(written)).toEqual({ code: written, version: 1, keyId, payload, signature })
      expect(written.length).toBeLessThanOrEqual(290)
      expect(groupsOf(written).join('')).toBe(written)
    }),
  )
  expect(code.length).toBeLessThanOrEqual(200)
})

test('one set of facts has one spelling: bytes that read the same are the same bytes', () => {
  fc.assert(
    fc.property(anyFacts, fc.nat(), fc.integer({ min: 0, max: 255 }), (its, where, byte) => {
      const payload = writePayload('00000000', its)
      const changed = Buffer.from(payload)
      changed[where % payload.length] = byte
      const read = readPayload(changed)
      if (read) expect(writePayload(read.keyId, read.facts)).toEqual(changed)
      expect(readPayload(Buffer.concat([payload, Buffer.from([byte])]))).toBeUndefined()
      expect(readPayload(payload.subarray(0, where % payload.length))).toBeUndefined()
    }),
  )
  // The receipt's id, 42, in two bytes instead of one.
  const payload = writePayload('00000000', facts)
  expect(payload[5]).toBe(42)
  expect(
    readPayload(Buffer.concat([payload.subarray(0, 5), Buffer.from([170, 0]), payload.subarray(6)])),
  ).toBeUndefined()
})

test('every change of a single character, and every two neighbours that change places, are told as a slip', () => {
  for (let at = 0; at < code.length; at += 1) {
    for (const other of alphabet) {
      if (other === code[at]) continue
      expect(readCode(code.slice(0, at) + other + code.slice(at + 1))).toBeUndefined()
    }
    const next = code[at + 1]
    if (next !== undefined && next !== code[at]) {
      expect(readCode(code.slice(0, at) + next + (code[at] ?? '') + code.slice(at + 2))).toBeUndefined()
    }
    expect(readCode(code.slice(0, at) + code.slice(at + 1))).toBeUndefined()
  }
})

describe('what people type', () => {
  test.each([
    ['in small letters', code.toLowerCase()],
    ['in groups', groupsOf(code).join(' ')],
    ['with dashes', groupsOf(code).join('-')],
    ['with long dashes', groupsOf(code).join(' – ')],
    ['over several lines', groupsOf(code).join('\r\n')],
    ['with the letters that look like digits', code.replaceAll('0', 'o').replaceAll('1', 'l')],
    ['with other letters that look like digits', code.replaceAll('0', 'O').replaceAll('1', 'I')],
  ])('%s is the same code', (_how, typed) => {
    expect(readCode(typed)?.code).toBe(code)
    expect(isGenuine(typed)).toBe(true)
  })

  test('and is no code, whatever it is, says nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), maxLength: 400 })),
        (typed) => {
          expect(isGenuine(typed)).toBe(false)
        },
      ),
    )
    expect(readCode('')).toBeUndefined()
    expect(readCode('U'.repeat(200))).toBeUndefined()
    expect(readCode(code.repeat(50))).toBeUndefined()
  })
})

test('facts that nobody signed are refused by the signature, with a checksum as it should be', () => {
  const signed = readCode(code)
  for (const its of [
    { minor: 25_751n },
    { currency: 'LRD' },
    { merchant: 'Kollie Markets' },
    { reference: '' },
    { counter: 43n },
    { paidAt: new Date('2026-11-23T10:11:13Z') },
    { kind: 'ORDER' as const },
  ]) {
    const forged = writeCode(writePayload('8c2d6fa1', { ...facts, ...its }), signed?.signature ?? Buffer.alloc(64))
    expect(readCode(forged)).toBeDefined()
    expect(isGenuine(forged)).toBe(false)
  }
})
