import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  anExecution,
  anIntent,
  aPayable,
  claim,
  news,
  someExecutions,
  somePayables,
  sql,
  tell,
} from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { noon } from '../../test/support/fakes.ts'
import { type MerchantId, type SessionId } from '../kernel/ids.ts'
import { openPool, type Pool, withTx } from '../platform/db/pool.ts'
import { createFeed, type Feed } from './feed.ts'
import { beforeAll as fromTheStart, type StatusEvent, type Subject } from './model.ts'

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

const subjectOf = ({ merchantId, sessionId, referenceId }: Subject): Subject => ({ merchantId, sessionId, referenceId })

/** Watches from now on, and keeps what it is told. */
async function watch(
  feed: Feed,
  subject: Subject,
): Promise<{ readonly told: StatusEvent[]; readonly stop: () => void }> {
  const told: StatusEvent[] = []
  const stop = feed.watch(subject, await feed.position(subject), (event) => told.push(event))
  return { told, stop }
}

const statuses = (told: readonly StatusEvent[]): string[] => told.map(({ status }) => status)

test('whoever watches a reference before it is executed is told every status, once and in order', async () => {
  const feed = createFeed(pool)
  const intent = anIntent(await aPayable(pool))
  const { told } = await watch(feed, subjectOf(intent))
  await feed.follow()
  expect(told).toEqual([])

  const executionId = await claim(pool, intent)
  await feed.follow()
  await tell(pool, [news({ merchantId: intent.merchantId, executionId }, 'PROCESSING')])
  await tell(pool, [news({ merchantId: intent.merchantId, executionId }, 'FAILED')])
  await feed.follow()
  await feed.follow()
  expect(told).toEqual([
    {
      sequence: 1,
      isFirst: true,
      executionId,
      sessionId: intent.sessionId,
      sourceType: 'INVOICE',
      sourceId: intent.sourceId,
      status: 'PENDING',
      requiresAction: false,
      gatewayMessage: undefined,
      at: noon,
    },
    expect.objectContaining({ isFirst: false, executionId, status: 'PROCESSING' }),
    expect.objectContaining({
      isFirst: false,
      executionId,
      status: 'FAILED',
      gatewayMessage: 'The payer did not approve the payment.',
    }),
  ])
})

test('whoever comes later is told what comes after', async () => {
  const feed = createFeed(pool)
  const execution = await anExecution(pool)
  const { told } = await watch(feed, subjectOf(execution.intent))
  await tell(pool, [news(execution, 'COMPLETED')])
  await feed.follow()
  expect(statuses(told)).toEqual(['COMPLETED'])
  expect(told[0]?.isFirst).toBe(false)

  const { told: nothing } = await watch(feed, subjectOf(execution.intent))
  await feed.follow()
  expect(nothing).toEqual([])
})

test('what is committed between the position and the watch is told', async () => {
  const feed = createFeed(pool)
  const execution = await anExecution(pool)
  const subject = subjectOf(execution.intent)
  const position = await feed.position(subject)
  await tell(pool, [news(execution, 'PROCESSING')])
  const told: StatusEvent[] = []
  feed.watch(subject, position, (event) => told.push(event))
  await feed.follow()
  expect(statuses(told)).toEqual(['PROCESSING'])
})

test('an event that is committed after a younger one of another execution is told as well', async () => {
  const feed = createFeed(pool)
  const payables = await somePayables(pool, 2)
  const [slow, fast] = payables.map((payable) => anIntent(payable))
  if (!slow || !fast) throw new Error('two intents')
  const [early, late] = [await watch(feed, subjectOf(slow)), await watch(feed, subjectOf(fast))]
  await withTx(pool, async (tx) => {
    await claim(tx, slow)
    await claim(pool, fast)
    await feed.follow()
    expect([statuses(early.told), statuses(late.told)]).toEqual([[], ['PENDING']])
  })
  await feed.follow()
  expect([statuses(early.told), statuses(late.told)]).toEqual([['PENDING'], ['PENDING']])
  const ids = await sql<{ subject_id: string }>(
    pool,
    `select subject_id from events where subject = 'payment' and subject_id = any($1) order by id`,
    [[early.told[0]?.executionId, late.told[0]?.executionId]],
  )
  expect(ids.map((event) => event.subject_id)).toEqual([early.told[0]?.executionId, late.told[0]?.executionId])
})

test('two who watch the same are both told, and one who stopped is not', async () => {
  const feed = createFeed(pool)
  const execution = await anExecution(pool)
  const subject = subjectOf(execution.intent)
  const [one, two, gone] = [await watch(feed, subject), await watch(feed, subject), await watch(feed, subject)]
  gone.stop()
  await tell(pool, [news(execution, 'PROCESSING')])
  await feed.follow()
  expect([one, two, gone].map(({ told }) => statuses(told))).toEqual([['PROCESSING'], ['PROCESSING'], []])
})

test('one who stops while the question is under way is told nothing any more', async () => {
  const feed = createFeed(pool)
  const execution = await anExecution(pool)
  const { told, stop } = await watch(feed, subjectOf(execution.intent))
  await tell(pool, [news(execution, 'PROCESSING')])
  const following = feed.follow()
  stop()
  await following
  expect(told).toEqual([])
})

test('two rounds at once tell everything once', async () => {
  const feed = createFeed(pool)
  const execution = await anExecution(pool)
  const { told } = await watch(feed, subjectOf(execution.intent))
  await tell(pool, [news(execution, 'PROCESSING')])
  await Promise.all([feed.follow(), feed.follow(), feed.follow()])
  expect(statuses(told)).toEqual(['PROCESSING'])
})

test('another merchant, another session and another reference are other subjects', async () => {
  const feed = createFeed(pool)
  const execution = await anExecution(pool)
  const subject = subjectOf(execution.intent)
  const others = await Promise.all(
    [
      { ...subject, merchantId: String(Number(subject.merchantId) + 1) as MerchantId },
      { ...subject, sessionId: String(Number(subject.sessionId) + 1) as SessionId },
      { ...subject, referenceId: '550e8400-e29b-41d4-a716-446655440000' },
    ].map(async (each) => {
      expect(await feed.position(each)).toEqual({ after: fromTheStart, isFinal: false })
      return watch(feed, each)
    }),
  )
  await tell(pool, [news(execution, 'COMPLETED')])
  await feed.follow()
  expect(others.map(({ told }) => told)).toEqual([[], [], []])
})

test('more subjects than one statement takes are all told', async () => {
  const feed = createFeed(pool)
  const executions = await someExecutions(pool, 600)
  const watches = await Promise.all(executions.map(({ intent }) => watch(feed, subjectOf(intent))))
  await tell(
    pool,
    executions.map((execution) => news(execution, 'PROCESSING')),
  )
  await feed.follow()
  expect(watches.every(({ told }) => statuses(told).join() === 'PROCESSING')).toBe(true)
  watches.forEach(({ told }, index) => {
    expect(told[0]?.executionId).toBe(executions[index]?.executionId)
  })
})

test('the database is asked nothing while nobody watches, nor about what is final', async () => {
  const unreachable = openPool({
    connection: { connectionString: database.url },
    maxConnections: 1,
    onIdleError: () => undefined,
  })
  const feed = createFeed(unreachable)
  const execution = await anExecution(pool)
  const subject = subjectOf(execution.intent)
  const { told } = await watch(feed, subject)
  await tell(pool, [news(execution, 'COMPLETED')])
  await feed.follow()
  expect(statuses(told)).toEqual(['COMPLETED'])
  const { stop } = await watch(feed, subjectOf((await anExecution(pool)).intent))
  stop()
  await watch(feed, subject)
  await unreachable.end()
  await feed.follow()
})
