import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import {
  aMerchant,
  anIntent,
  aPayable,
  aSession,
  news,
  type Payable,
  type PayableOptions,
  somePayables,
  sql,
  tell,
} from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { noon } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { type MerchantId, type PaymentAccountId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'
import { type CollectionIntent } from './model.ts'
import { type Claim, claimCollections, findByReference, findCollectionContexts } from './store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

afterEach(async () => {
  expect(await findBrokenRules(database.pool)).toEqual({})
})

const claim = (...intents: CollectionIntent[]): Promise<Claim[]> => claimCollections(database.pool, intents, noon)
const verdicts = async (...intents: CollectionIntent[]): Promise<string[]> =>
  (await claim(...intents)).map(({ verdict }) => verdict)

interface Standing {
  readonly source: string
  readonly session: string
  readonly executions: number
}

async function standing({ merchantId, sourceId, sessionId }: Payable): Promise<Standing | undefined> {
  const [row] = await sql<{ source: string; session: string; executions: number }>(
    database.pool,
    `select s.status as source, t.status as session,
            (select count(*)::integer from executions e where e.merchant_id = s.merchant_id and e.source_id = s.id) as executions
     from sources s
     join sessions t on t.merchant_id = s.merchant_id and t.source_id = s.id
     where s.merchant_id = $1 and s.id = $2 and t.id = $3`,
    [merchantId, sourceId, sessionId],
  )
  return row
}

const untouched: Standing = { source: 'ACTIVE', session: 'ACTIVE', executions: 0 }

test('a claim records the intent, uses up the session and makes the document PROCESSING', async () => {
  const payable = await aPayable(database.pool)
  const intent = anIntent(payable)
  const [claimed] = await claim(intent)
  expect(claimed?.verdict).toBe('claimed')
  expect(await standing(payable)).toEqual({ source: 'PROCESSING', session: 'PROCESSING', executions: 1 })
  expect(await findByReference(database.pool, payable.merchantId, intent.referenceId)).toEqual({
    id: claimed?.executionId,
    merchantId: payable.merchantId,
    referenceId: intent.referenceId,
    operation: 'COLLECTION',
    status: 'PENDING',
    sessionId: payable.sessionId,
    sourceId: payable.sourceId,
    provider: 'PAWAPAY',
    method: 'MTN_MOMO_LBR',
    providerReference: intent.providerReference,
    refundsReference: undefined,
    refundsTransaction: undefined,
    requiresAction: false,
    returnUrl: undefined,
    accountNumber: '231880000001',
    note: 'INV-2025-00001',
    payer: money(25_750n, 'USD'),
    payee: money(25_000n, 'USD'),
    providerTransactionId: undefined,
    gatewayMessage: undefined,
    walletMessage: undefined,
    retryNotBefore: undefined,
    createdAt: noon,
    updatedAt: noon,
  })
  const [row] = await sql(
    database.pool,
    `select e.next_check_at, e.platform_fee_minor, e.gateway_fee_minor, e.fx_fee_minor, e.fee_currency,
            e.fx_rate_numerator, encode(e.fingerprint, 'hex') as fingerprint, t.payment_account_id
     from executions e
     join sessions t on t.merchant_id = e.merchant_id and t.id = e.session_id
     where e.merchant_id = $1 and e.id = $2`,
    [payable.merchantId, claimed?.executionId],
  )
  expect(row).toEqual({
    next_check_at: addMs(noon, 15_000),
    platform_fee_minor: '250',
    gateway_fee_minor: '500',
    fx_fee_minor: '0',
    fee_currency: 'USD',
    fx_rate_numerator: null,
    fingerprint: intent.fingerprint,
    payment_account_id: payable.paymentAccountId,
  })
})

test.each<[string, PayableOptions, string]>([
  ['a session that is EXPIRED', { sessionStatus: 'EXPIRED' }, 'session_expired'],
  ['a session past its time', { expiresAt: noon }, 'session_expired'],
  ['a document that is IDLE', { sourceStatus: 'IDLE' }, 'source_not_active'],
  ['a document that is CANCELED', { sourceStatus: 'CANCELED' }, 'source_not_active'],
])('%s is refused and leaves nothing behind', async (_what, its, verdict) => {
  const payable = await aPayable(database.pool, its)
  const before = await standing(payable)
  expect(await claim(anIntent(payable))).toEqual([{ verdict, executionId: undefined }])
  expect(await standing(payable)).toEqual(before)
})

test('a session lives until its last moment', async () => {
  expect(await verdicts(anIntent(await aPayable(database.pool, { expiresAt: addMs(noon, 1) })))).toEqual(['claimed'])
})

test('a document with a payment under way takes no second one', async () => {
  const payable = await aPayable(database.pool)
  await claim(anIntent(payable))
  const other = { ...payable, sessionId: await aSession(database.pool, payable) }
  expect(await verdicts(anIntent(other))).toEqual(['source_not_active'])
  expect(await verdicts(anIntent(payable))).toEqual(['session_not_active'])
})

test('a session that was used is used up, whatever became of it', async () => {
  for (const status of ['COMPLETED', 'FAILED'] as const) {
    const payable = await aPayable(database.pool)
    const [claimed] = await claim(anIntent(payable))
    if (!claimed?.executionId) throw new Error('not claimed')
    await tell(database.pool, [news({ merchantId: payable.merchantId, executionId: claimed.executionId }, status)])
    expect(await verdicts(anIntent(payable))).toEqual(['session_not_active'])
    const again = { ...payable, sessionId: await aSession(database.pool, payable) }
    expect(await verdicts(anIntent(again))).toEqual([status === 'FAILED' ? 'claimed' : 'source_not_active'])
  }
})

test('a session of another document, or of another merchant, is not found', async () => {
  const [mine, sibling] = await somePayables(database.pool, 2)
  const theirs = await aPayable(database.pool)
  if (!mine || !sibling) throw new Error('two payables')
  expect(
    await verdicts(
      anIntent(mine, { sessionId: sibling.sessionId }),
      anIntent(theirs, { sessionId: mine.sessionId }),
      anIntent({ ...sibling, sourceId: '999999999' as SourceId }),
    ),
  ).toEqual(['session_not_found', 'session_not_found', 'session_not_found'])
  expect([await standing(mine), await standing(sibling), await standing(theirs)]).toEqual([
    untouched,
    untouched,
    untouched,
  ])
})

test('the same request under the same key is a replay, another one is refused, and neither changes anything', async () => {
  const payable = await aPayable(database.pool)
  const intent = anIntent(payable)
  const [first] = await claim(intent)
  const executionId = first?.executionId
  expect(await claim({ ...intent })).toEqual([{ verdict: 'replayed', executionId }])
  expect(await claim({ ...intent, fingerprint: 'ff'.repeat(32) })).toEqual([
    { verdict: 'reference_reused', executionId },
  ])
  const other = await aPayable(database.pool, { merchantId: payable.merchantId })
  expect(await claim(anIntent(other, { referenceId: intent.referenceId }))).toEqual([
    { verdict: 'reference_reused', executionId },
  ])
  expect(await standing(other)).toEqual(untouched)
  expect((await findByReference(database.pool, payable.merchantId, intent.referenceId))?.status).toBe('PENDING')
})

test('a key belongs to one merchant: another may use the same', async () => {
  const referenceId = randomUUID()
  const [mine, theirs] = [await aPayable(database.pool), await aPayable(database.pool)]
  expect(await verdicts(anIntent(mine, { referenceId }), anIntent(theirs, { referenceId }))).toEqual([
    'claimed',
    'claimed',
  ])
  const found = await findByReference(database.pool, mine.merchantId, referenceId)
  expect(found?.merchantId).toBe(mine.merchantId)
})

test('a refused key is not used up', async () => {
  const expired = await aPayable(database.pool, { expiresAt: noon })
  const intent = anIntent(expired)
  expect(await verdicts(intent)).toEqual(['session_expired'])
  const fresh = { ...intent, sessionId: await aSession(database.pool, expired) }
  expect(await verdicts(fresh)).toEqual(['claimed'])
})

test('an amount below its fees makes an execution that is born FAILED, uses up its session and frees the document', async () => {
  const payable = await aPayable(database.pool, { total: money(50n, 'USD') })
  const intent = anIntent(payable, {
    payer: money(50n, 'USD'),
    payee: money(-10n, 'USD'),
    platformFee: money(10n, 'USD'),
    gatewayFee: money(50n, 'USD'),
    walletMessage: 'The amount is less than its fees.',
  })
  expect(await verdicts(intent)).toEqual(['failed'])
  expect(await standing(payable)).toEqual({ source: 'ACTIVE', session: 'FAILED', executions: 1 })
  expect(await findByReference(database.pool, payable.merchantId, intent.referenceId)).toMatchObject({
    status: 'FAILED',
    payee: { minor: -10n },
    walletMessage: 'The amount is less than its fees.',
  })
  expect(await verdicts({ ...intent })).toEqual(['replayed'])
  const next = { ...payable, sessionId: await aSession(database.pool, payable) }
  expect(await verdicts(anIntent(next))).toEqual(['claimed'])
})

test.each<[string, Partial<CollectionIntent>]>([
  ['fees that do not add up', { payer: money(25_751n, 'USD') }],
  ['a payer who pays nothing', { payer: money(0n, 'USD'), payee: money(-750n, 'USD') }],
  ['a negative payee that is not refused', { payee: money(-1n, 'USD') }],
  ['two currencies without a rate', { payee: money(25_000n, 'LRD') }],
  ['an account of another merchant', { paymentAccountId: '999999999' as PaymentAccountId }],
])('an intent with %s is refused by the schema', async (_what, its) => {
  const payable = await aPayable(database.pool)
  await expect(claim(anIntent(payable, its))).rejects.toThrow()
  expect(await standing(payable)).toEqual(untouched)
})

test('in one call every element gets its own verdict, and a refused one never spoils its neighbours', async () => {
  const [first, second, third, fourth] = await somePayables(database.pool, 4)
  if (!first || !second || !third || !fourth) throw new Error('four payables')
  const known = anIntent(first)
  await claim(known)
  const canceled = await aPayable(database.pool, { sourceStatus: 'CANCELED' })
  const intents = [
    anIntent(canceled),
    anIntent(second),
    { ...known },
    anIntent(await aPayable(database.pool, { expiresAt: noon })),
    { ...known, fingerprint: '00'.repeat(32) },
    anIntent(third),
    anIntent(third, { sessionId: '999999999' as SessionId }),
    anIntent(first),
    anIntent(fourth, { walletMessage: 'The amount is less than its fees.' }),
    anIntent(await aPayable(database.pool)),
  ]
  expect(await verdicts(...intents)).toEqual([
    'source_not_active',
    'claimed',
    'replayed',
    'session_expired',
    'reference_reused',
    'claimed',
    'again',
    'again',
    'failed',
    'claimed',
  ])
})

test('of several claims on one document in one call the first wins, and the others are asked again', async () => {
  const payable = await aPayable(database.pool)
  const sessions = await Promise.all([1, 2].map(() => aSession(database.pool, payable)))
  const intents = [payable.sessionId, ...sessions].map((sessionId) => anIntent({ ...payable, sessionId }))
  expect(await verdicts(...intents)).toEqual(['claimed', 'again', 'again'])
  const [winner, ...others] = intents
  if (!winner) throw new Error('three intents')
  for (const other of others) expect(await verdicts(other)).toEqual(['source_not_active'])
  expect(await verdicts(winner)).toEqual(['replayed'])
})

test('the same key twice in one call makes one execution', async () => {
  const [first, second] = await somePayables(database.pool, 2)
  if (!first || !second) throw new Error('two payables')
  const intent = anIntent(first)
  expect(await verdicts(intent, { ...intent })).toEqual(['claimed', 'again'])
  expect(await verdicts({ ...intent })).toEqual(['replayed'])
  const other = anIntent(second)
  const third = await aPayable(database.pool, { merchantId: first.merchantId })
  expect(await verdicts(other, anIntent(third, { referenceId: other.referenceId }))).toEqual(['claimed', 'again'])
  expect(await standing(third)).toEqual(untouched)
})

test('asked again, a claim behind a refused one in the same call gets through', async () => {
  const payable = await aPayable(database.pool)
  const wrong = anIntent({ ...payable, sessionId: '999999999' as SessionId })
  const right = anIntent(payable)
  expect(await verdicts(wrong, right)).toEqual(['session_not_found', 'again'])
  expect(await verdicts(right)).toEqual(['claimed'])
})

test('what a collection is judged by is read for one merchant only', async () => {
  const [mine, theirs] = [await aPayable(database.pool), await aPayable(database.pool)]
  const reference = anIntent(theirs)
  await claim(reference)
  const ask = (its: Partial<Record<'sessionId' | 'paymentAccountId' | 'referenceId', string>>, by: MerchantId) => ({
    merchantId: by,
    referenceId: its.referenceId ?? randomUUID(),
    sessionId: (its.sessionId ?? mine.sessionId) as SessionId,
    paymentAccountId: (its.paymentAccountId ?? mine.paymentAccountId) as PaymentAccountId,
  })
  const [own, foreignSession, foreignAccount, foreignKey, stranger] = await findCollectionContexts(database.pool, [
    ask({}, mine.merchantId),
    ask({ sessionId: theirs.sessionId }, mine.merchantId),
    ask({ paymentAccountId: theirs.paymentAccountId }, mine.merchantId),
    ask({ referenceId: reference.referenceId }, mine.merchantId),
    ask({}, await aMerchant(database.pool)),
  ])
  expect(own).toMatchObject({
    known: undefined,
    source: { id: mine.sourceId, kind: 'INVOICE', year: 2025, total: money(25_000n, 'USD'), feeBearer: 'PAYER' },
    account: { id: mine.paymentAccountId, isActive: true, provider: 'PAWAPAY', accountNumber: '231880000001' },
  })
  expect([foreignSession?.source, foreignSession?.account?.id]).toEqual([undefined, mine.paymentAccountId])
  expect([foreignAccount?.account, foreignAccount?.source?.id]).toEqual([undefined, mine.sourceId])
  expect(foreignKey?.known).toBeUndefined()
  expect([stranger?.source, stranger?.account]).toEqual([undefined, undefined])
})

test('a known key is told with the fingerprint it stands for, whatever else the request names', async () => {
  const payable = await aPayable(database.pool)
  const intent = anIntent(payable)
  await claim(intent)
  const [context] = await findCollectionContexts(database.pool, [
    {
      merchantId: payable.merchantId,
      referenceId: intent.referenceId,
      sessionId: undefined,
      paymentAccountId: undefined,
    },
  ])
  expect(context).toMatchObject({ known: { fingerprint: intent.fingerprint }, source: undefined, account: undefined })
})

test('contexts come back in the order they were asked for, the same question twice too', async () => {
  const payables = await somePayables(database.pool, 5)
  const asked = [...payables, ...payables.toReversed()].map(({ merchantId, sessionId, paymentAccountId }) => ({
    merchantId,
    sessionId,
    paymentAccountId,
    referenceId: randomUUID(),
  }))
  const contexts = await findCollectionContexts(database.pool, asked)
  const ids = payables.map(({ sourceId }) => sourceId)
  expect(contexts.map(({ source }) => source?.id)).toEqual([...ids, ...ids.toReversed()])
})

test("a merchant's fee tier is part of the reading", async () => {
  const payable = await aPayable(database.pool)
  const [tier] = await sql<{ id: string }>(
    database.pool,
    `with tier as (
       insert into fee_tiers (name, is_default, created_at, updated_at) values ('friends', false, $2, $2) returning id
     )
     insert into merchant_fee_tiers (merchant_id, tier_id, assigned_at)
     select $1, tier.id, $2
     from tier
     returning tier_id as id`,
    [payable.merchantId, noon],
  )
  const [context] = await findCollectionContexts(database.pool, [{ ...payable, referenceId: randomUUID() }])
  expect(context?.tierId).toBe(tier?.id)
})
