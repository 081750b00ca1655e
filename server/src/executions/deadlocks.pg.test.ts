import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { type Claimed, news, someExecutions, somePayables, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { paid, refused } from '../../test/support/fakes.ts'
import {
  aMoneyProcess,
  aPaidCollection,
  aPayout,
  aRefund,
  aSpender,
  aTransfer,
  type MoneyProcess,
  type Spender,
} from '../../test/support/money-out.ts'
import { money } from '../kernel/money.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { type Execution } from './model.ts'

let database: TestDatabase
let pools: Pool[]

beforeAll(async () => {
  database = await createTestDatabase()
  pools = Array.from({ length: 3 }, () =>
    openPool({ connection: { connectionString: database.url }, maxConnections: 6, onIdleError: () => undefined }),
  )
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await database.drop()
})

afterEach(async () => {
  expect(await findBrokenRules(database.pool)).toEqual({})
})

const deadlocks = async (): Promise<number> => {
  const [row] = await sql<{ deadlocks: string }>(
    database.pool,
    'select deadlocks from pg_stat_database where datname = current_database()',
  )
  return Number(row?.deadlocks)
}

/** How many sessions of a database wait for a lock. */
const waiting = async (db: Pool): Promise<number> =>
  (await sql(db, `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`))
    .length

/** The same small generator every run, so that a failure can be repeated. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** Everything that is started and not ended: the work that outcomes make. */
type Work = (node: MoneyProcess) => Promise<unknown>

async function someWork(node: MoneyProcess, spender: Spender, roll: (sides: number) => number): Promise<Work[]> {
  const of = { merchantId: spender.merchantId }
  const [first, second, third] = await somePayables(database.pool, 3, of)
  if (!first || !second || !third) throw new Error('three payables')
  const collection = await aPaidCollection(node, first)
  const refund = await aRefund(node, collection, money(5_000n, 'USD'))
  const transfers = [await aTransfer(node, spender), await aTransfer(node, spender, money(1_000n, 'LRD'))]
  const payouts = [await aPayout(node, spender), await aPayout(node, spender), await aPayout(node, spender)]
  const ended = async (on: MoneyProcess, execution: Execution) =>
    on.recordOutcome(execution, roll(2) === 0 ? paid : refused)
  return [
    async (on) => ended(on, await on.collect(second)),
    async (on) => ended(on, await on.collect(third, { currency: 'LRD' })),
    async (on) => ended(on, await on.refund(refund)),
    ...transfers.map(
      (transfer): Work =>
        (on) =>
          on.transfer(transfer),
    ),
    ...payouts.map(
      (payout): Work =>
        async (on) =>
          ended(on, await on.payOut(payout)),
    ),
  ]
}

function shuffled<T>(items: readonly T[], roll: (sides: number) => number): T[] {
  return items
    .map((item) => ({ item, place: roll(1_000_000) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

test('outcomes that complete some and release others meet others of the same accounts without a deadlock', async () => {
  const node = aMoneyProcess(database.pool)
  const [early, late] = [await aSpender(database.pool), await aSpender(database.pool)]
  const before = await deadlocks()
  for (let round = 0; round < 15; round += 1) {
    const [collected] = await someExecutions(database.pool, 1, { merchantId: late.merchantId })
    if (!collected) throw new Error('an execution')
    const payouts: Claimed[] = []
    for (let each = 0; each < 4; each += 1) {
      const { id: executionId } = await node.payOut(await aPayout(node, early, money(100n, 'USD')))
      payouts.push({ merchantId: early.merchantId, executionId, intent: collected.intent })
    }
    const [first, ...others] = payouts
    if (!first) throw new Error('a payout')
    await Promise.all([
      tell(database.pool, [news(collected, 'COMPLETED'), news(first, 'FAILED')]),
      ...others.map((other) => tell(database.pool, [news(other, 'COMPLETED')])),
    ])
  }
  expect((await deadlocks()) - before).toBe(0)
})

/** Whether the work was done, or PostgreSQL ended it for the sake of the other in a deadlock. */
const survives = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      if ((error as { readonly code?: string }).code === '40P01') return false
      throw error
    },
  )

test('two that open the same account of the platform from opposite ends: one gives way, and goes after the other', async () => {
  // Which of them PostgreSQL ends is its choice, and falls on us when this machine is slow: then the stage is set anew.
  for (let transferGaveWay = false; !transferGaveWay;) {
    const own = await createTestDatabase()
    const node = aMoneyProcess(own.pool)
    const spender = await aSpender(own.pool)
    const transfer = await aTransfer(node, spender, money(100n, 'RWF'))
    const client = await own.pool.connect()
    await client.query('begin')
    await client.query(
      `insert into ledger_accounts (kind, currency, created_at) values ('platform_fees', 'RWF', now())`,
    )
    const ended = node.transfer(transfer)
    await expect.poll(() => waiting(own.pool), { interval: 10 }).toBe(1)
    transferGaveWay = await survives(
      client.query('select from ledger_balances where account_id = $1 for no key update', [spender.wallets.RWF]),
    )
    await client.query(transferGaveWay ? 'commit' : 'rollback')
    client.release()
    expect(await ended).toMatchObject({ status: 'COMPLETED', payer: money(101n, 'RWF') })
    expect(await findBrokenRules(own.pool)).toEqual({})
    await own.drop()
  }
})

test(
  'money of many kinds over the same accounts on three nodes never deadlocks, and every unit is accounted for',
  { timeout: 60_000 },
  async () => {
    const nodes = pools.map((pool) => aMoneyProcess(pool))
    const [arranger] = nodes
    if (!arranger) throw new Error('a node')
    for (let round = 0; round < 8; round += 1) {
      const roll = dice(round)
      const spenders = await Promise.all(Array.from({ length: 4 }, () => aSpender(database.pool)))
      const work: Work[] = []
      for (const spender of spenders) work.push(...(await someWork(arranger, spender, roll)))
      const before = await deadlocks()
      await Promise.all(shuffled(work, roll).map((each, index) => each(nodes[index % nodes.length] ?? arranger)))
      expect(await findBrokenRules(database.pool)).toEqual({})
      expect((await deadlocks()) - before).toBe(0)
    }
  },
)
