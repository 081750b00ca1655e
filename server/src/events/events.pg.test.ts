import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aMerchant,
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
import { aClock } from '../../test/support/fakes.ts'
import { cancelSource, changeWalletStatus, expireSessions } from '../../test/support/stores.ts'
import { type MerchantId, type WalletId } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'
import { openPool, type Pool, withTx } from '../platform/db/pool.ts'
import { createEventHorizon } from './horizon.ts'
import { presentEvent } from './schema.ts'
import { getEvent, listEvents } from './service.ts'

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

/** What the log holds, whether everybody may read it already or not. */
const typesOf = async (merchantId: MerchantId): Promise<string[]> =>
  (await sql<{ type: string }>(pool, 'select type from events where merchant_id = $1 order by id', [merchantId])).map(
    ({ type }) => type,
  )

const settle = () => createEventHorizon(pool).round()

const everything = { after: undefined, type: undefined, limit: 100 }

/** The types that everybody may read. */
const readable = async (merchantId: MerchantId): Promise<string[]> =>
  (await listEvents(pool, merchantId, everything)).events.map(({ type }) => type)

test('a payment that succeeds is told from its document to its end, in the order of what led to what', async () => {
  const { merchantId, ...execution } = await anExecution(pool)
  await tell(pool, [news({ merchantId, ...execution }, 'PROCESSING')])
  await tell(pool, [news({ merchantId, ...execution }, 'COMPLETED')])
  const types = await typesOf(merchantId)
  expect(types.toSorted()).toEqual(
    [
      'source.published',
      'session.created',
      'payment.created',
      'session.processing',
      'source.processing',
      'payment.processing',
      'payment.completed',
      'source.paid',
      'session.completed',
    ].toSorted(),
  )
  expect(types.slice(0, 3)).toEqual(['source.published', 'session.created', 'payment.created'])
  expect(types.slice(5)).toEqual(['payment.processing', 'payment.completed', 'source.paid', 'session.completed'])
})

test('a payment that fails opens its document again', async () => {
  const execution = await anExecution(pool)
  await tell(pool, [news(execution, 'FAILED')])
  expect((await typesOf(execution.merchantId)).slice(5)).toEqual([
    'payment.failed',
    'source.reopened',
    'session.failed',
  ])
})

test('news that changes nothing tells nothing', async () => {
  const execution = await anExecution(pool)
  await tell(pool, [news(execution, 'COMPLETED')])
  const before = await typesOf(execution.merchantId)
  await tell(pool, [news(execution, 'COMPLETED')])
  await tell(pool, [news(execution, 'FAILED')])
  await tell(pool, [news(execution, 'PROCESSING')])
  await claim(pool, execution.intent)
  await sql(pool, 'update executions set check_count = check_count + 1 where merchant_id = $1', [execution.merchantId])
  await sql(pool, 'update sources set note = $2 where merchant_id = $1', [execution.merchantId, 'again'])
  expect(await typesOf(execution.merchantId)).toEqual(before)
})

test('a payment that we refuse ourselves is born failed: one event, and its document stays open', async () => {
  const payable = await aPayable(pool)
  await claim(pool, anIntent(payable, { walletMessage: 'The wallet is FROZEN.' }))
  expect((await typesOf(payable.merchantId)).slice(2)).toEqual(['payment.failed', 'session.failed'])
})

test('waiting for a payer and going on are told', async () => {
  const execution = await anExecution(pool)
  await tell(pool, [news(execution, 'PROCESSING', { requiresAction: true })])
  await tell(pool, [news(execution, 'PROCESSING')])
  const [asked, goesOn] = (await typesOf(execution.merchantId)).slice(5)
  expect([asked, goesOn]).toEqual(['payment.requires_action', 'payment.processing'])
})

test('many changes of one statement are one event each', async () => {
  const merchantId = await aMerchant(pool)
  const executions = await someExecutions(pool, 20, { merchantId })
  await tell(
    pool,
    executions.map((execution, index) => news(execution, index % 2 === 0 ? 'COMPLETED' : 'FAILED')),
  )
  const rows = await sql<{ type: string; count: number; sequences: readonly number[] }>(
    pool,
    `select type, count(*)::integer as count, array_agg(distinct sequence) as sequences
     from events
     where merchant_id = $1
     group by type
     order by type`,
    [merchantId],
  )
  expect(rows).toEqual([
    { type: 'payment.completed', count: 10, sequences: [2] },
    { type: 'payment.created', count: 20, sequences: [1] },
    { type: 'payment.failed', count: 10, sequences: [2] },
    { type: 'session.completed', count: 10, sequences: [3] },
    { type: 'session.created', count: 20, sequences: [1] },
    { type: 'session.failed', count: 10, sequences: [3] },
    { type: 'session.processing', count: 20, sequences: [2] },
    { type: 'source.paid', count: 10, sequences: [3] },
    { type: 'source.processing', count: 20, sequences: [2] },
    { type: 'source.published', count: 20, sequences: [1] },
    { type: 'source.reopened', count: 10, sequences: [3] },
  ])
})

test('a claim that loses the race for its reference tells nothing', async () => {
  const merchantId = await aMerchant(pool)
  const payables = await somePayables(pool, 8, { merchantId })
  const referenceId = randomUUID()
  const claims = await Promise.allSettled(payables.map((payable) => claim(pool, anIntent(payable, { referenceId }))))
  expect(claims.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
  expect((await typesOf(merchantId)).filter((type) => type === 'payment.created')).toHaveLength(1)
})

test('a document that is canceled takes its sessions along', async () => {
  const payable = await aPayable(pool)
  const sources = { db: pool, clock: aClock(), expireSessions }
  await cancelSource(sources, { merchantId: payable.merchantId, kind: 'INVOICE', id: payable.sourceId })
  expect((await typesOf(payable.merchantId)).slice(2).toSorted()).toEqual(['session.expired', 'source.canceled'])
})

test("a wallet's status is told, and that of a contact's wallet is not", async () => {
  const execution = await anExecution(pool)
  await tell(pool, [news(execution, 'COMPLETED')])
  const { merchantId } = execution
  const [wallet] = await sql<{ id: WalletId }>(pool, 'select id from wallets where merchant_id = $1', [merchantId])
  if (!wallet) throw new Error('no wallet')
  const wallets = { db: pool, clock: aClock() }
  await changeWalletStatus(wallets, merchantId, wallet.id, 'FROZEN')
  await changeWalletStatus(wallets, merchantId, wallet.id, 'FROZEN')
  await changeWalletStatus(wallets, merchantId, wallet.id, 'ACTIVE')
  await settle()
  const { events } = await listEvents(pool, merchantId, { ...everything, type: 'wallet.status_changed' })
  expect(events.map(presentEvent)).toEqual([
    {
      id: expect.stringMatching(/^evt_\d+$/) as unknown,
      type: 'wallet.status_changed',
      version: 1,
      timestamp: '2025-06-01T12:00:00Z',
      sequence: 1,
      data: { object: 'wallet', wallet_id: Number(wallet.id), status: 'FROZEN', currency: 'USD' },
    },
    expect.objectContaining({ sequence: 2, data: expect.objectContaining({ status: 'ACTIVE' }) as unknown }),
  ])
})

test('what is rolled back was never told', async () => {
  const execution = await anExecution(pool)
  const before = await typesOf(execution.merchantId)
  await expect(
    withTx(pool, async (tx) => {
      await tell(tx, [news(execution, 'COMPLETED')])
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await typesOf(execution.merchantId)).toEqual(before)
  await tell(pool, [news(execution, 'COMPLETED')])
  const sequences = await sql<{ sequence: number }>(
    pool,
    `select sequence from events where merchant_id = $1 and subject = 'payment' order by id`,
    [execution.merchantId],
  )
  expect(sequences).toEqual([{ sequence: 1 }, { sequence: 2 }])
})

test('nobody changes, removes or invents an event, or what an event tells of a row', async () => {
  await anExecution(pool)
  for (const statement of [
    'update events set at = at',
    'delete from events',
    'truncate events',
    `insert into events (merchant_id, subject, subject_id, sequence, type, status, at)
     values (1, 'payment', 1, 1, 'payment.completed', 'COMPLETED', now())`,
    'update executions set payer_minor = payer_minor',
    'update executions set reference_id = reference_id',
    'update sources set currency = currency',
    'update sessions set source_id = source_id',
  ]) {
    await expect(database.pool.query(statement)).rejects.toThrow(pg.DatabaseError)
  }
})

test('however many tell of one execution at once, its events are numbered without gaps', async () => {
  const merchantId = await aMerchant(pool)
  const executions = await someExecutions(pool, 6, { merchantId })
  const finals = ['COMPLETED', 'FAILED'] as const
  await Promise.all(
    executions.flatMap((execution, nr) =>
      Array.from({ length: 10 }, (_, time) =>
        tell(pool, [
          news(execution, time === 9 ? finals[nr % 2 === 0 ? 0 : 1] : 'PROCESSING', { requiresAction: time % 4 === 0 }),
        ]),
      ),
    ),
  )
  const gaps = await sql(
    pool,
    `select subject, subject_id, array_agg(sequence order by id) as sequences
     from events
     where merchant_id = $1
     group by subject, subject_id
     having array_agg(sequence order by id) <> (array(select generate_series(1, 1000)))[1:count(*)]`,
    [merchantId],
  )
  expect(gaps).toEqual([])
})

describe('the horizon', () => {
  test('an event whose transaction commits late is not stepped over, though later ones were committed before it', async () => {
    const late = await anExecution(pool)
    // Another currency: it moves no account that the late one holds.
    const early = await anExecution(pool, { total: money(5_000n, 'LRD') })
    await settle()
    const horizon = createEventHorizon(pool)
    const writer = await pool.connect()
    try {
      await writer.query('begin')
      await tell(writer, [news(late, 'COMPLETED')])
      await tell(pool, [news(early, 'COMPLETED')])
      for (let rounds = 0; rounds < 3; rounds += 1) await Promise.all([horizon.round(), settle()])
      expect(await readable(early.merchantId)).not.toContain('payment.completed')
    } finally {
      await writer.query('commit')
      writer.release()
    }
    await horizon.round()
    expect(await readable(late.merchantId)).toContain('payment.completed')
    expect(await readable(early.merchantId)).toContain('payment.completed')
  })

  test('an id that was rolled back holds nobody up', async () => {
    const [undone, done] = [await anExecution(pool), await anExecution(pool, { total: money(5_000n, 'LRD') })]
    const writer = await pool.connect()
    await writer.query('begin')
    await tell(writer, [news(undone, 'COMPLETED')])
    await writer.query('rollback')
    writer.release()
    await tell(pool, [news(done, 'COMPLETED')])
    await settle()
    expect(await readable(done.merchantId)).toContain('payment.completed')
  })

  test('whoever writes elsewhere, or only reads or cleans up, holds nobody up', async () => {
    const execution = await anExecution(pool)
    const others = await pool.connect()
    try {
      await others.query('begin')
      await others.query('lock table events in share update exclusive mode')
      await others.query('select count(*) from events')
      await others.query(`update merchants set name = name where id = ${execution.merchantId}`)
      await tell(pool, [news(execution, 'COMPLETED')])
      await settle()
      expect(await readable(execution.merchantId)).toContain('payment.completed')
    } finally {
      await others.query('rollback')
      others.release()
    }
  })

  test('a reader that follows page by page gets every event once and in its order, whatever is committed meanwhile', async () => {
    const merchantId = await aMerchant(pool)
    const payables = await somePayables(pool, 24, { merchantId })
    const horizons = [createEventHorizon(pool), createEventHorizon(pool)]
    const read: string[] = []
    let after: string | undefined
    const follow = async (): Promise<void> => {
      const page = await listEvents(pool, merchantId, { after, type: undefined, limit: 7 })
      read.push(...page.events.map(({ id }) => id))
      after = page.next && `evt_${page.next}`
      if (page.hasMore) await follow()
    }
    let paying = true
    const pay = async (): Promise<void> => {
      await Promise.all(
        payables.map((payable, index) =>
          withTx(pool, async (tx) => {
            const executionId = await claim(tx, anIntent(payable))
            await sql(tx, 'select pg_sleep($1)', [(index % 5) / 100])
            await tell(tx, [news({ merchantId, executionId }, 'PROCESSING')])
          }),
        ),
      )
      paying = false
    }
    const reading = async (): Promise<void> => {
      while (paying) {
        await Promise.all(horizons.map((horizon) => horizon.round()))
        await follow()
      }
    }
    await Promise.all([pay(), reading()])
    for (const horizon of horizons) await horizon.round()
    await settle()
    await follow()
    const all = await sql<{ id: string }>(pool, 'select id from events where merchant_id = $1 order by id', [
      merchantId,
    ])
    expect(read).toEqual(all.map(({ id }) => id))
    expect(read).toHaveLength(24 * 6)
  })
})

describe('the feed', () => {
  test('an event says what was so when it happened, not what is so now', async () => {
    const execution = await anExecution(pool)
    await tell(pool, [news(execution, 'COMPLETED')])
    await settle()
    const { events } = await listEvents(pool, execution.merchantId, everything)
    const common = {
      object: 'payment',
      reference_id: execution.intent.referenceId,
      payment_intent_id: Number(execution.executionId),
      session_id: Number(execution.intent.sessionId),
      source_type: 'INVOICE',
      source_id: Number(execution.intent.sourceId),
      operation_type: 'COLLECTION',
      requires_action: false,
      payer_amount: 257.5,
      payer_currency: 'USD',
      payee_amount: 250,
      payee_currency: 'USD',
      fees: { platform: 2.5, gateway: 5, fx: null, currency: 'USD' },
      provider: 'PAWAPAY',
      method: 'MTN_MOMO_LBR',
      gateway_message: null,
      wallet_message: null,
      failure_code: null,
    }
    const told = events.map(presentEvent).filter(({ type }) => type.startsWith('payment.'))
    expect(told.map(({ data }) => data)).toEqual([
      { ...common, status: 'PENDING', provider_transaction_id: null },
      { ...common, status: 'COMPLETED', provider_transaction_id: `MP-${execution.executionId}` },
    ])
    expect(await getEvent(pool, execution.merchantId, told[1]?.id ?? '')).toEqual(
      events.find(({ type }) => type === 'payment.completed'),
    )
  })

  test('one type is found among many, a page at a time, and the position goes on past what is no such event', async () => {
    const merchantId = await aMerchant(pool)
    const executions = await someExecutions(pool, 5, { merchantId })
    await tell(
      pool,
      executions.map((execution) => news(execution, 'COMPLETED')),
    )
    await settle()
    const first = await listEvents(pool, merchantId, { after: undefined, type: 'source.paid', limit: 3 })
    expect([first.events.length, first.hasMore]).toEqual([3, true])
    const second = await listEvents(pool, merchantId, { after: `evt_${first.next}`, type: 'source.paid', limit: 3 })
    expect([second.events.length, second.hasMore]).toEqual([2, false])
    const newest = await listEvents(pool, merchantId, { ...everything, after: 'latest' })
    expect(newest).toEqual({ events: [], next: second.next, hasMore: false })
    const nothing = await listEvents(pool, merchantId, { after: `evt_${newest.next}`, type: 'source.paid', limit: 3 })
    expect(nothing).toEqual(newest)
  })

  test("another merchant's events are as unknown as those that never were", async () => {
    const [mine, theirs] = [await anExecution(pool), await anExecution(pool)]
    await settle()
    const [event] = (await listEvents(pool, theirs.merchantId, everything)).events
    const id = `evt_${event?.id}`
    for (const unknown of [id, 'evt_999999999999', 'evt_0', 'evt_01', '4711', `${id} `]) {
      await expect(getEvent(pool, mine.merchantId, unknown)).rejects.toThrow('Event not found')
      await expect(listEvents(pool, mine.merchantId, { ...everything, after: unknown })).rejects.toThrow(
        'Event not found',
      )
    }
    const ids = (await listEvents(pool, mine.merchantId, everything)).events.map((each) => each.id)
    expect(ids).not.toContain(event?.id)
  })

  test('a page is read by its index, in order, however many events there are', async () => {
    const { merchantId } = await anExecution(pool)
    const plan = await withTx(pool, async (tx) => {
      // What the planner does by itself once the table is large.
      await sql(tx, 'set local enable_seqscan = off')
      await sql(tx, 'set local enable_bitmapscan = off')
      return sql<{ 'QUERY PLAN': string }>(
        tx,
        `explain select e.id, e.type
         from events e
         where e.merchant_id = ${merchantId} and e.id > 1 and e.id <= (select settled_id from event_horizon)
         order by e.id
         limit 51`,
      )
    })
    const lines = plan.map((line) => line['QUERY PLAN']).join('\n')
    expect(lines).toMatch(/Index Scan using events_pkey on events e/)
    expect(lines).not.toContain('Sort')
  })
})
