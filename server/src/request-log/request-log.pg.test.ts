import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMerchant, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock } from '../../test/support/fakes.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { type Call } from '../platform/http/calls.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { openLog } from '../platform/log.ts'
import { createRequestLog, listRequests } from './service.ts'

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

const aCall = (its: Partial<Call> = {}): Call => ({
  requestId: 'a-1',
  method: 'GET',
  path: '/v1/parties/list',
  query: {},
  body: undefined,
  bodyBytes: 0,
  status: 200,
  durationMs: 1.4,
  answer: '[]',
  warnings: [],
  ...its,
})

const aLog = (clock = aClock(), days = 7) => createRequestLog({ db: pool, clock, log: openLog('silent'), days })

const asked = { after: undefined, referenceId: undefined, path: undefined, status: undefined, limit: 100 }
const ids = async (merchantId: MerchantId, its: Partial<typeof asked> | object = {}): Promise<string[]> =>
  (await listRequests(pool, merchantId, { ...asked, ...its })).requests.map(({ requestId }) => requestId)

test('what was seen is kept, in its order, with what it was answered', async () => {
  const merchantId = await aMerchant(pool)
  const log = aLog()
  const reference = '0B7E2C1E-7C39-4F0E-8F0A-5A1D1C6A2F11'
  log.see(merchantId, aCall())
  log.see(
    merchantId,
    aCall({
      requestId: 'a-2',
      method: 'POST',
      path: '/v1/executions/collection',
      query: { phone: '231770000012' },
      body: { reference_id: reference, session_id: '5', odd: '\0 \ud800' },
      status: 422,
      answer: JSON.stringify({ detail: [{ loc: ['body', 'session_id'] }] }),
      warnings: [{ code: 'cents', text: 'an amount that looks like cents \0' }],
    }),
  )
  log.see(merchantId, aCall({ requestId: 'a-3', path: `/v1/status/collection/${reference}` }))
  expect(await ids(merchantId)).toEqual([])
  expect(await log.round()).toBe(false)
  expect(await ids(merchantId)).toEqual(['a-3', 'a-2', 'a-1'])
  expect(await ids(merchantId, { referenceId: reference.toLowerCase() })).toEqual(['a-3', 'a-2'])
  expect(await ids(merchantId, { referenceId: reference })).toEqual(['a-3', 'a-2'])
  expect(await ids(merchantId, { path: '/v1/executions' })).toEqual(['a-2'])
  expect(await ids(merchantId, { status: 422 })).toEqual(['a-2'])
  const later = await listRequests(pool, merchantId, { ...asked, after: 'req_1', status: 404 })
  expect([later.requests, later.hasMore, later.next !== 'req_1']).toEqual([[], false, true])
  const one = { ...asked, referenceId: reference, limit: 1 }
  const first = await listRequests(pool, merchantId, { ...one, after: 'req_1' })
  expect([first.requests[0]?.requestId, first.hasMore]).toEqual(['a-2', true])
  const second = await listRequests(pool, merchantId, { ...one, after: first.next })
  expect([second.requests[0]?.requestId, second.hasMore]).toEqual(['a-3', false])
  expect(await listRequests(pool, merchantId, { ...one, after: second.next })).toMatchObject({ requests: [] })
  const [call] = (await listRequests(pool, merchantId, { ...asked, status: 422 })).requests
  expect(call).toMatchObject({
    method: 'POST',
    query: 'phone=231%E2%80%A612',
    durationMs: 1,
    referenceId: reference.toLowerCase(),
    requestBody: { session_id: '5' },
    responseBody: { detail: [{ loc: ['body', 'session_id'] }] },
    warnings: [{ code: 'cents' }],
  })
})

test('who follows the log is told what came after, oldest first, and nothing of others', async () => {
  const [merchantId, other] = [await aMerchant(pool), await aMerchant(pool)]
  const log = aLog()
  for (let nr = 1; nr <= 5; nr += 1) {
    log.see(merchantId, aCall({ requestId: `m-${nr}` }))
    log.see(other, aCall({ requestId: `o-${nr}` }))
  }
  await log.flush()
  const newest = await listRequests(pool, merchantId, { ...asked, limit: 2 })
  expect(newest.requests.map(({ requestId }) => requestId)).toEqual(['m-5', 'm-4'])
  expect([newest.hasMore, newest.next]).toEqual([true, `req_${newest.requests[0]?.id}`])
  expect(await listRequests(pool, merchantId, { ...asked, after: newest.next })).toEqual({
    requests: [],
    next: newest.next,
    hasMore: false,
  })
  const first = await listRequests(pool, merchantId, { ...asked, after: 'req_1', limit: 3 })
  expect(first.requests.map(({ requestId }) => requestId)).toEqual(['m-1', 'm-2', 'm-3'])
  const second = await listRequests(pool, merchantId, { ...asked, after: first.next, limit: 3 })
  expect(second.requests.map(({ requestId }) => requestId)).toEqual(['m-4', 'm-5'])
  await expect(listRequests(pool, merchantId, { ...asked, after: '17' })).rejects.toThrow('Request not found')
})

test('processes that write at once commit their ids in order', async () => {
  const merchantId = await aMerchant(pool)
  const logs = Array.from({ length: 4 }, () => aLog())
  for (const log of logs) for (let nr = 0; nr < 300; nr += 1) log.see(merchantId, aCall())
  const read: string[] = []
  let after: string | undefined = 'req_1'
  const follow = async (): Promise<void> => {
    const page = await listRequests(pool, merchantId, { ...asked, after })
    read.push(...page.requests.map(({ id }) => id))
    after = page.next
    if (page.hasMore) await follow()
  }
  const flushed = Promise.all(logs.map((log) => log.flush()))
  for (let times = 0; times < 20; times += 1) await follow()
  await flushed
  await follow()
  const all = await sql<{ id: string }>(pool, 'select id from logged_requests where merchant_id = $1 order by id', [
    merchantId,
  ])
  expect(read).toEqual(all.map(({ id }) => id))
  expect(read).toHaveLength(1_200)
})

test('a log that cannot keep up leaves calls out and says so, and goes on', async () => {
  const merchantId = await aMerchant(pool)
  const warned: unknown[] = []
  const logger = openLog('silent')
  logger.warn = (what: unknown) => warned.push(what)
  const log = createRequestLog({ db: pool, clock: aClock(), log: logger, days: 7 })
  for (let nr = 0; nr < 2_050; nr += 1) log.see(merchantId, aCall())
  await log.flush()
  expect(warned).toEqual([{ calls: 50 }])
  for (let nr = 0; nr < 400; nr += 1) log.see(merchantId, aCall({ bodyBytes: 60_000 }))
  await log.flush()
  expect(warned).toEqual([{ calls: 50 }, { calls: 121 }])
  const [row] = await sql<{ count: number }>(
    pool,
    'select count(*)::integer as count from logged_requests where merchant_id = $1',
    [merchantId],
  )
  expect(row?.count).toBe(2_000 + 279)
})

test('calls are forgotten after their days, and no sooner', async () => {
  const merchantId = await aMerchant(pool)
  const clock = aClock(new Date('2031-01-01T12:00:00Z'))
  const log = aLog(clock, 7)
  log.see(merchantId, aCall({ requestId: 'old' }))
  clock.advance(86_400_000)
  log.see(merchantId, aCall({ requestId: 'new' }))
  await log.flush()
  clock.advance(6 * 86_400_000)
  await log.prune()
  expect(await ids(merchantId)).toEqual(['new', 'old'])
  clock.advance(1_000)
  expect(await log.prune()).toBe(false)
  expect(await ids(merchantId)).toEqual(['new'])
})
