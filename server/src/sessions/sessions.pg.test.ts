import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMerchant, anIntent, aPayable, aSession, claim, somePayables, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, aProvider, noon } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { type MerchantId, type SourceId } from '../kernel/ids.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { createSessions, endDueSessions } from './service.ts'
import { expireDueSessions, insertCheckoutSessions } from './store.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 4, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const aSessionsContext = (db: Pool) => ({
  db,
  clock: aClock(),
  providers: new Map([['PAWAPAY', aProvider()] as const]),
  findRefundable: async () => undefined,
})

const messageOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'none'
  } catch (error) {
    if (error instanceof InvalidRequest) return error.message
    throw error
  }
}

test('a session is the right to pay an active document for half an hour', async () => {
  const { merchantId, sourceId } = await aPayable(pool)
  const session = await createSessions(aSessionsContext(pool)).openCheckout(merchantId, 'INVOICE', sourceId)
  expect(session).toMatchObject({ kind: 'INVOICE', sourceId, createdAt: noon, expiresAt: addMs(noon, 30 * 60_000) })
  expect(
    await sql(
      pool,
      'select type, source_id, status, expires_at, created_at from sessions where merchant_id = $1 and id = $2',
      [merchantId, session.id],
    ),
  ).toEqual([
    {
      type: 'CHECKOUT',
      source_id: sourceId,
      status: 'ACTIVE',
      expires_at: session.expiresAt,
      created_at: noon,
    },
  ])
})

test.each(['IDLE', 'PROCESSING', 'CANCELED'] as const)('a document that is %s cannot be paid', async (sourceStatus) => {
  const { merchantId, sourceId } = await aPayable(pool, { sourceStatus })
  const open = createSessions(aSessionsContext(pool)).openCheckout(merchantId, 'INVOICE', sourceId)
  expect(await messageOf(open)).toBe('source is not ACTIVE')
})

test('a document that is not there cannot be paid: unknown, of the other kind, of another merchant', async () => {
  const { merchantId, sourceId } = await aPayable(pool)
  const sessions = createSessions(aSessionsContext(pool))
  const wrong: Parameters<typeof sessions.openCheckout>[] = [
    [merchantId, 'INVOICE', undefined],
    [merchantId, 'INVOICE', '999999999' as SourceId],
    [merchantId, 'ORDER', sourceId],
    [await aMerchant(pool), 'INVOICE', sourceId],
  ]
  for (const document of wrong) {
    expect(await messageOf(sessions.openCheckout(...document))).toBe('source not found')
  }
})

test('in one call every draft gets its own answer, in order, and its own id', async () => {
  const payables = await somePayables(pool, 3)
  const idle = await aPayable(pool, { sourceStatus: 'IDLE' })
  const drafts = [...payables, idle, ...payables, { ...idle, sourceId: '999999999' as SourceId }].map((payable) => ({
    merchantId: payable.merchantId,
    kind: 'INVOICE' as const,
    sourceId: payable.sourceId,
    expiresAt: addMs(noon, 60_000),
  }))
  const verdicts = await insertCheckoutSessions(pool, drafts, noon)
  expect(verdicts.map(({ kind }) => kind)).toEqual([
    'created',
    'created',
    'created',
    'source_not_active',
    'created',
    'created',
    'created',
    'source_not_found',
  ])
  const ids = verdicts.flatMap((verdict) => (verdict.kind === 'created' ? [verdict.id] : []))
  expect(new Set(ids).size).toBe(6)
  const rows = await sql<{ id: string; source_id: string }>(
    pool,
    'select id, source_id from sessions where id = any ($1) order by id',
    [ids],
  )
  const bySession = new Map(rows.map((row) => [row.id, row.source_id]))
  expect(ids.map((id) => bySession.get(id))).toEqual([...payables, ...payables].map(({ sourceId }) => sourceId))
})

test('sessions opened at once, each of its own', async () => {
  const payables = await somePayables(pool, 60)
  const sessions = createSessions(aSessionsContext(pool))
  const opened = await Promise.all(
    payables.map(({ merchantId, sourceId }) => sessions.openCheckout(merchantId, 'INVOICE', sourceId)),
  )
  expect(opened.map(({ sourceId }) => sourceId)).toEqual(payables.map(({ sourceId }) => sourceId))
  expect(new Set(opened.map(({ id }) => id)).size).toBe(60)
})

const statusesOf = async (merchantId: MerchantId): Promise<string[]> =>
  (
    await sql<{ status: string }>(pool, 'select status from sessions where merchant_id = $1 order by id', [merchantId])
  ).map(({ status }) => status)

test('a session that nobody used in its time has expired, once, and is told', async () => {
  const merchantId = await aMerchant(pool)
  const [used, unused] = await somePayables(pool, 2, { merchantId })
  if (!used || !unused) throw new Error('two payables')
  await claim(pool, anIntent(used))
  await aSession(pool, unused, { expiresAt: addMs(noon, 31 * 60_000) })
  const clock = aClock()
  await endDueSessions(pool, clock)
  expect(await statusesOf(merchantId)).toEqual(['PROCESSING', 'ACTIVE', 'ACTIVE'])
  clock.advance(30 * 60_000)
  await endDueSessions(pool, clock)
  await endDueSessions(pool, clock)
  expect(await statusesOf(merchantId)).toEqual(['PROCESSING', 'EXPIRED', 'ACTIVE'])
  const events = await sql(
    pool,
    `select subject_id, source_id, sequence, at from events where merchant_id = $1 and type = 'session.expired'`,
    [merchantId],
  )
  expect(events).toEqual([{ subject_id: unused.sessionId, source_id: unused.sourceId, sequence: 2, at: clock.now() }])
})

test('sessions end so many at a time, and one that is being used is left alone', async () => {
  const merchantId = await aMerchant(pool)
  const payables = await somePayables(pool, 5, { merchantId, expiresAt: addMs(noon, -60_000) })
  const user = await pool.connect()
  try {
    await user.query('begin')
    await user.query(`select 1 from sessions where id = ${payables[0]?.sessionId} for no key update`)
    expect(await expireDueSessions(pool, noon, 3)).toBe(3)
    expect(await expireDueSessions(pool, noon, 3)).toBe(1)
    expect(await expireDueSessions(pool, noon, 3)).toBe(0)
  } finally {
    await user.query('rollback')
    user.release()
  }
  expect(await expireDueSessions(pool, noon, 3)).toBe(1)
})
