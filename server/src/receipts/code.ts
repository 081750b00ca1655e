import { crc32 } from 'node:zlib'
import { type SourceKind } from '../kernel/enums.ts'
import { type MerchantId, type SourceId } from '../kernel/ids.ts'

/** What a receipt code says. Nothing of the payer: codes are shown to third parties. */
export interface Facts {
  readonly receiptId: SourceId
  readonly merchantId: MerchantId
  readonly kind: SourceKind
  readonly year: number
  readonly counter: bigint
  /** What the payer paid. */
  readonly minor: bigint
  readonly currency: string
  /** In whole seconds: a code says no more than a receipt prints. */
  readonly paidAt: Date
  /** The operator's reference, or as much of it as there is room for. */
  readonly reference: string
  /** Who was paid, or as much of the name as there is room for. */
  readonly merchant: string
}

/** Another layout is another version. Codes of old versions stay readable: they are printed. */
const version = 1
const keyIdBytes = 4
const signatureBytes = 64
const checksumBytes = 4
const longestReference = 24
const longestMerchant = 32

const kinds = { INVOICE: 1, ORDER: 2 } as const satisfies Record<SourceKind, number>

/** Seven bits to a byte, the lowest first, the highest bit set while more follow. */
function writeNumber(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

/** As many whole characters as fit. */
function cut(text: string, most: number): string {
  let kept = ''
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > most) break
    kept += character
  }
  return kept
}

function writeText(text: string, most: number): Buffer {
  const bytes = Buffer.from(cut(text, most))
  return Buffer.concat([Buffer.from(writeNumber(BigInt(bytes.length))), bytes])
}

/** What is signed: one spelling for one set of facts. Documented in docs/receipts.md, byte by byte. */
export function writePayload(keyId: string, facts: Facts): Buffer {
  return Buffer.concat([
    Buffer.from([version]),
    Buffer.from(keyId, 'hex'),
    Buffer.from([
      ...writeNumber(BigInt(facts.receiptId)),
      ...writeNumber(BigInt(facts.merchantId)),
      kinds[facts.kind],
      ...writeNumber(BigInt(facts.year)),
      ...writeNumber(facts.counter),
      ...writeNumber(facts.minor),
    ]),
    Buffer.from(facts.currency, 'latin1'),
    Buffer.from(writeNumber(BigInt(Math.floor(facts.paidAt.getTime() / 1000)))),
    writeText(facts.reference, longestReference),
    writeText(facts.merchant, longestMerchant),
  ])
}

/** Walks through the bytes of a payload. Past their end it reads nothing, and what was read is no payload of ours. */
function reader(bytes: Buffer) {
  let at = 1 + keyIdBytes
  const byte = (): number => bytes[at++] ?? 0
  const number = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const next = byte()
      value |= BigInt(next & 127) << shift
      if (next < 128) break
    }
    return value
  }
  const take = (length: number): Buffer => bytes.subarray(at, (at += length))
  return { byte, number, take, text: (): string => take(Number(number())).toString('utf8') }
}

/** Undefined for bytes that `writePayload` would not have written for any facts. */
export function readPayload(bytes: Buffer): { readonly keyId: string; readonly facts: Facts } | undefined {
  const keyId = bytes.subarray(1, 1 + keyIdBytes).toString('hex')
  const { byte, number, take, text } = reader(bytes)
  const [receiptId, merchantId] = [String(number()) as SourceId, String(number()) as MerchantId]
  const kind = byte() === kinds.ORDER ? 'ORDER' : 'INVOICE'
  const facts: Facts = {
    ...{ receiptId, merchantId, kind, year: Number(number()), counter: number(), minor: number() },
    currency: take(3).toString('latin1'),
    paidAt: new Date(Number(number()) * 1000),
    reference: text(),
    merchant: text(),
  }
  // Whatever was not as we write it, a length, a zero too many, a character that is none, is written otherwise here.
  if (Number.isNaN(facts.paidAt.getTime())) return undefined
  return writePayload(keyId, facts).equals(bytes) ? { keyId, facts } : undefined
}

/** Crockford's: no I, L, O or U, so that nothing looks like something else, and a QR code holds it in its small letters. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function toBase32(bytes: Buffer): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31] ?? ''
    held &= 31
  }
  return bits > 0 ? text + (alphabet[(held << (5 - bits)) & 31] ?? '') : text
}

function fromBase32(text: string): Buffer | undefined {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of text) {
    const value = alphabet.indexOf(character)
    if (value < 0) return undefined
    held = (held << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
    held &= (1 << bits) - 1
  }
  // What is left over is padding: a few zeros, or the same code could be written in two ways.
  return bits < 5 && held === 0 ? Buffer.from(bytes) : undefined
}

const checksumOf = (bytes: Buffer): Buffer => {
  const checksum = Buffer.alloc(checksumBytes)
  checksum.writeUInt32BE(crc32(bytes))
  return checksum
}

/** A code as it is linked to; people read it in groups. */
export function writeCode(payload: Buffer, signature: Buffer): string {
  const signed = Buffer.concat([payload, signature])
  return toBase32(Buffer.concat([signed, checksumOf(signed)]))
}

const charactersPerGroup = 5

/** A code in groups that an eye can hold. */
export const groupsOf = (code: string): readonly string[] =>
  code.match(new RegExp(`.{1,${charactersPerGroup}}`, 'g')) ?? []

/** Nothing we print is longer, however it is spaced. */
const longestTyped = 1_000

/** As people type: in small letters, in groups, with dashes, and with an O for a zero. */
const tidy = (typed: string): string =>
  typed
    .slice(0, longestTyped)
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}._]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')

/** A code taken apart. What it says is worth nothing before its signature is verified. */
export interface ReadCode {
  readonly code: string
  readonly version: number
  readonly keyId: string
  readonly payload: Buffer
  readonly signature: Buffer
}

/** Undefined for what is no code, or was not copied as it was printed: the checksum tells any slip of a few letters. */
export function readCode(typed: string): ReadCode | undefined {
  const code = tidy(typed)
  const bytes = fromBase32(code)
  if (!bytes || bytes.length <= 1 + keyIdBytes + signatureBytes + checksumBytes) return undefined
  const signed = bytes.subarray(0, -checksumBytes)
  if (!checksumOf(signed).equals(bytes.subarray(-checksumBytes))) return undefined
  const payload = signed.subarray(0, -signatureBytes)
  return {
    code,
    version: payload[0] ?? 0,
    keyId: payload.subarray(1, 1 + keyIdBytes).toString('hex'),
    payload,
    signature: signed.subarray(-signatureBytes),
  }
}

export const knowsVersion = ({ version: named }: ReadCode): boolean => named === version
