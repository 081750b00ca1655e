import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aPayable, anIntent, claim, news, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, refused } from '../../test/support/fakes.ts'
import { aMoneyProcess, aPaidCollection, aRefund } from '../../test/support/money-out.ts'
import { type MerchantId, type SourceId } from '../kernel/ids.ts'
import { OperatorError } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { findSourceById } from '../sources/index.ts'
import { type Facts, readCode, writeCode, writePayload } from './code.ts'
import { listReceiptKeys } from './key-store.ts'
import { createReceiptKeys, publishedKeys, retireKey } from './keys.ts'
import { toSigningKey } from './sealed-key.ts'
import { findPayment } from './store.ts'
import { verifyCode } from './verify.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 8, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(async () => {
  await sql(pool, 'delete from receipt_keys')
})

const secret = 'the first secret of this server, long enough'
const nextSecret = 'the second secret of this server, long enough'

const aProcess = (
  its: { secrets?: readonly [string, ...string[]]; given?: KeyObject; clock?: ReturnType<typeof aClock> } = {},
) => createReceiptKeys({ db: pool, clock: its.clock ?? aClock(), secrets: its.secrets ?? [secret], given: its.given })

/** A document that was paid, and what its receipt says. */
async function aReceipt(): Promise<Facts> {
  const intent = anIntent(await aPayable(pool))
  const { merchantId, sourceId } = intent
  await tell(pool, [news({ merchantId, executionId: await claim(pool, intent) }, 'COMPLETED')])
  return factsOf(merchantId, sourceId)
}

async function factsOf(merchantId: MerchantId, sourceId: SourceId): Promise<Facts> {
  const [source, payment] = await Promise.all([
    findSourceById(pool, merchantId, sourceId),
    findPayment(pool, merchantId, sourceId),
  ])
  if (!source?.paidAt || !payment) throw new Error('not paid')
  return {
    receiptId: sourceId,
    merchantId,
    kind: source.kind,
    year: source.number.year,
    counter: source.number.counter,
    minor: payment.payer.minor,
    currency: payment.payer.currency,
    paidAt: source.paidAt,
    reference: payment.providerTransactionId ?? '',
    merchant: 'Kollie Market',
  }
}

const keyIdOf = (code: string): string => readCode(code)?.keyId ?? ''
const publishedIds = async (): Promise<string[]> => (await publishedKeys(pool)).keys.map(({ kid }) => kid)

test('processes that start together make one key, and the next start finds it', async () => {
  const facts = await aReceipt()
  const codes = await Promise.all(Array.from({ length: 6 }, () => aProcess().sign(facts)))
  expect(new Set(codes).size).toBe(1)
  expect(await aProcess().sign(facts)).toBe(codes[0])
  expect(await publishedIds()).toEqual([keyIdOf(codes[0] ?? '')])
})

test('the private key is kept under the secret: rotated it opens, lost it is replaced, and what it signed stays good', async () => {
  const facts = await aReceipt()
  const first = await aProcess().sign(facts)
  const [kept] = await sql<{ sealed_private_key: Buffer }>(pool, 'select sealed_private_key from receipt_keys')
  // PKCS #8 of Ed25519 begins so.
  expect(kept?.sealed_private_key.toString('hex')).not.toContain('302e020100300506032b6570')
  expect(await aProcess({ secrets: [nextSecret, secret] }).sign(facts)).toBe(first)
  const second = await aProcess({ secrets: [nextSecret] }).sign(facts)
  expect(keyIdOf(second)).not.toBe(keyIdOf(first))
  expect(new Set(await publishedIds())).toEqual(new Set([keyIdOf(first), keyIdOf(second)]))
  for (const code of [first, second]) expect((await verifyCode(pool, code)).kind).toBe('genuine')
})

test('a retired key is erased, replaced within a minute, and stays published; a withdrawn one does not', async () => {
  const facts = await aReceipt()
  const clock = aClock()
  const process = aProcess({ clock })
  const first = await process.sign(facts)
  await retireKey({ db: pool, clock }, keyIdOf(first), false)
  clock.advance(60_000)
  const second = await process.sign(facts)
  expect(keyIdOf(second)).not.toBe(keyIdOf(first))
  expect(new Set(await publishedIds())).toEqual(new Set([keyIdOf(first), keyIdOf(second)]))
  await retireKey({ db: pool, clock }, keyIdOf(second), true)
  expect(await publishedIds()).toEqual([keyIdOf(first)])
  expect(await sql(pool, 'select id from receipt_keys where sealed_private_key is not null')).toEqual([])
  for (const code of [first, second]) expect((await verifyCode(pool, code)).kind).toBe('genuine')
  await expect(retireKey({ db: pool, clock }, '00000000', false)).rejects.toThrow(OperatorError)
})

test('a key from outside signs before one of our own, and is refused once it was withdrawn', async () => {
  const facts = await aReceipt()
  const own = await aProcess().sign(facts)
  const given = generateKeyPairSync('ed25519').privateKey
  const clock = aClock()
  const running = aProcess({ given, clock })
  const code = await running.sign(facts)
  expect(keyIdOf(code)).toBe(toSigningKey(given).id)
  expect(new Set(await publishedIds())).toEqual(new Set([keyIdOf(own), keyIdOf(code)]))
  const [kept] = await sql(pool, 'select sealed_private_key from receipt_keys where id = $1', [keyIdOf(code)])
  expect(kept).toEqual({ sealed_private_key: null })
  await retireKey({ db: pool, clock: aClock() }, keyIdOf(code), true)
  await expect(aProcess({ given }).prepare()).rejects.toThrow(OperatorError)
  // A server that runs signs with its own again, and what the other signed stays known to the books.
  clock.advance(60_000)
  expect(await running.sign(facts)).toBe(own)
  expect((await verifyCode(pool, code)).kind).toBe('genuine')
})

test('every key has an id that its public key alone decides', async () => {
  await aProcess().prepare()
  const [key] = await listReceiptKeys(pool)
  const { keys } = await publishedKeys(pool)
  expect(keys).toEqual([
    { kty: 'OKP', crv: 'Ed25519', x: key?.publicKey.toString('base64url'), kid: key?.id, use: 'sig', alg: 'EdDSA' },
  ])
})

test('a code is genuine when our key signed it and our books say the same', async () => {
  const facts = await aReceipt()
  const code = await aProcess().sign(facts)
  expect(await verifyCode(pool, code)).toMatchObject({
    kind: 'genuine',
    standing: 'paid',
    state: { merchantName: 'Kollie Market', paid: { minor: facts.minor, currency: 'USD' }, givenBack: { minor: 0n } },
  })
  expect(await verifyCode(pool, code.slice(0, -1))).toEqual({ kind: 'mistyped' })
  expect(await verifyCode(pool, '')).toEqual({ kind: 'mistyped' })
})

test('a code that others signed is not genuine, whichever key it names', async () => {
  const facts = await aReceipt()
  const code = await aProcess().sign(facts)
  const stranger = toSigningKey(generateKeyPairSync('ed25519').privateKey)
  const signedBy = (keyId: string, its: Facts = facts): string => {
    const payload = writePayload(keyId, its)
    return writeCode(payload, sign(null, payload, stranger.privateKey))
  }
  expect(await verifyCode(pool, signedBy(stranger.id))).toEqual({ kind: 'unknownKey' })
  expect(await verifyCode(pool, signedBy(keyIdOf(code)))).toEqual({ kind: 'forged' })
  const changed = { ...facts, minor: facts.minor + 1n }
  const signature = readCode(code)?.signature ?? Buffer.alloc(64)
  expect(await verifyCode(pool, writeCode(writePayload(keyIdOf(code), changed), signature))).toEqual({ kind: 'forged' })
  const payload = Buffer.from(readCode(code)?.payload ?? [])
  payload[0] = 2
  expect(await verifyCode(pool, writeCode(payload, signature))).toEqual({ kind: 'unknownKey' })
})

test('what our key signed and our books do not say is not confirmed: a key in other hands makes no payments', async () => {
  const [facts, other] = [await aReceipt(), await aReceipt()]
  const keys = aProcess()
  const changes: Partial<Facts>[] = [
    { minor: facts.minor + 1n },
    { currency: 'LRD' },
    { counter: 999n },
    { kind: 'ORDER' },
    { paidAt: new Date(0) },
    { receiptId: '987654321' as SourceId },
    { receiptId: other.receiptId },
    { merchantId: other.merchantId },
    { merchantId: '987654321' as MerchantId },
  ]
  for (const change of changes) {
    const told = await verifyCode(pool, await keys.sign({ ...facts, ...change }))
    expect([told.kind, change]).toEqual(['unrecorded', change])
  }
})

test('a document that is not paid has nothing to confirm', async () => {
  const { sourceId, merchantId } = await aPayable(pool)
  const facts = { ...(await aReceipt()), receiptId: sourceId, merchantId }
  expect((await verifyCode(pool, await aProcess().sign(facts))).kind).toBe('unrecorded')
})

test('a receipt says what was given back, and what is on its way', async () => {
  const money = aMoneyProcess(pool)
  const payable = await aPayable(pool)
  const collection = await aPaidCollection(money, payable)
  const code = await aProcess().sign(await factsOf(payable.merchantId, payable.sourceId))
  const minors = async () => {
    const told = await verifyCode(pool, code)
    if (told.kind !== 'genuine') throw new Error(told.kind)
    return [told.standing, told.state.givenBack.minor, told.state.underWay.minor, told.left.minor]
  }
  const all = collection.payer.minor
  expect(await minors()).toEqual(['paid', 0n, 0n, all])
  await money.refund(await aRefund(money, collection, { minor: 4_000n, currency: 'USD' }))
  expect(await minors()).toEqual(['paid', 0n, 4_000n, all])
  await money.check()
  expect(await minors()).toEqual(['partlyRefunded', 4_000n, 0n, all - 4_000n])
  money.provider.will({ submit: () => refused })
  await money.refund(await aRefund(money, collection, { minor: 1_000n, currency: 'USD' }))
  expect(await minors()).toEqual(['partlyRefunded', 4_000n, 0n, all - 4_000n])
})
