import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { balances, findBrokenRules } from '../../test/support/books.ts'
import { anExecution, type Claimed, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import {
  accepted,
  aClock,
  aProvider,
  neverHeard,
  noon,
  paid,
  refused,
  silence,
  type TestClock,
  type TestProvider,
} from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { type ProviderReference } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { openLog } from '../platform/log.ts'
import { type Finding, type Outcome } from '../providers/provider.ts'
import { checkDue, checkExecution, checksPerSweep } from './check.ts'
import { createRecordOutcome } from './record-outcome.ts'
import { claimDueChecks, findByReference } from './store.ts'

const minuteMs = 60_000

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

afterEach(async () => {
  expect(await findBrokenRules(pool)).toEqual({})
  // What one test leaves open must not be due in the next.
  await sql(pool, `update executions set next_check_at = 'infinity' where next_check_at is not null`)
})

interface Worker {
  readonly clock: TestClock
  readonly provider: TestProvider
  readonly dependencies: Parameters<typeof checkDue>[0]
}

function aWorker(provider = aProvider(), clock = aClock()): Worker {
  const log = openLog('silent')
  const recordOutcome = createRecordOutcome(pool, clock, log)
  return {
    clock,
    provider,
    dependencies: { db: pool, clock, log, recordOutcome, providers: new Map([[provider.name, provider]]) },
  }
}

async function stored({ merchantId, intent }: Claimed) {
  const execution = await findByReference(pool, merchantId, intent.referenceId)
  if (!execution) throw new Error('no execution')
  return execution
}

const statusOf = async (claimed: Claimed): Promise<string> => (await stored(claimed)).status

const walletOf = async ({ merchantId }: Claimed): Promise<bigint> =>
  (await balances(pool))[`wallet ${merchantId} USD`] ?? 0n

async function nextCheckOf({ merchantId, executionId }: Claimed): Promise<Date | null> {
  const rows = await sql<{ next_check_at: Date | null }>(
    pool,
    'select next_check_at from executions where merchant_id = $1 and id = $2',
    [merchantId, executionId],
  )
  return rows[0]?.next_check_at ?? null
}

test('nothing is asked about before it is due', async () => {
  const execution = await anExecution(pool)
  const { clock, provider, dependencies } = aWorker()
  clock.advance(14_999)
  expect(await checkDue(dependencies)).toBe(0)
  clock.advance(1)
  expect(await checkDue(dependencies)).toBe(1)
  expect(provider.lookUps).toEqual([execution.intent.providerReference])
  expect(await statusOf(execution)).toBe('COMPLETED')
  expect(await walletOf(execution)).toBe(25_000n)
})

test('a final execution is never asked about again', async () => {
  const [paidOne, failedOne] = await someExecutions(pool, 2)
  if (!paidOne || !failedOne) throw new Error('two executions')
  await tell(pool, [news(paidOne, 'COMPLETED'), news(failedOne, 'FAILED')])
  const { clock, provider, dependencies } = aWorker()
  clock.advance(24 * 60 * minuteMs)
  expect(await checkDue(dependencies)).toBe(0)
  expect(provider.lookUps).toEqual([])
})

test('silence leaves it open, and the pauses between questions double up to an hour, spread by up to a fifth', async () => {
  const execution = await anExecution(pool)
  const { clock, provider, dependencies } = aWorker(aProvider({ find: () => silence }))
  const pauses: number[] = []
  clock.advance(15_000)
  for (let round = 0; round < 13; round += 1) {
    expect(await checkDue(dependencies)).toBe(1)
    const next = await nextCheckOf(execution)
    if (!next) throw new Error('no longer due')
    pauses.push((next.getTime() - clock.now().getTime()) / 1000)
    clock.advance(next.getTime() - clock.now().getTime())
  }
  const most = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]
  expect(pauses[0]).toBe(5)
  expect(pauses.filter((pause, index) => pause > (most[index] ?? 0) || pause < (most[index] ?? 0) * 0.8)).toEqual([])
  expect(await statusOf(execution)).toBe('PENDING')
  expect(provider.orders).toEqual([])
})

test('a payment the network never received is asked for again while it is young: the same order, the same reference', async () => {
  const execution = await anExecution(pool)
  const { clock, provider, dependencies } = aWorker(aProvider({ find: () => neverHeard, submit: () => silence }))
  clock.advance(15_000)
  await checkDue(dependencies)
  clock.advance(15 * minuteMs - 15_001)
  await checkDue(dependencies)
  const order = {
    operation: 'COLLECTION',
    reference: execution.intent.providerReference,
    method: 'MTN_MOMO_LBR',
    amount: money(25_750n, 'USD'),
    phone: '231880000001',
    note: 'INV-2025-00001',
  }
  expect(provider.orders).toEqual([order, order])
  expect(await statusOf(execution)).toBe('PENDING')
})

test('a payment asked for again is recorded as the network then answers', async () => {
  const [first, second] = await someExecutions(pool, 2)
  if (!first || !second) throw new Error('two executions')
  const { clock, dependencies } = aWorker(
    aProvider({
      find: () => neverHeard,
      submit: ({ reference }) => (reference === first.intent.providerReference ? accepted : refused),
    }),
  )
  clock.advance(15_000)
  await checkDue(dependencies)
  expect([await statusOf(first), await statusOf(second)]).toEqual(['PROCESSING', 'FAILED'])
})

test('whoever looks up beside the checks never asks again for what the network does not know', async () => {
  const execution = await anExecution(pool)
  const { provider, dependencies } = aWorker(aProvider({ find: () => neverHeard }))
  await checkExecution(dependencies, await stored(execution))
  expect(provider.orders).toEqual([])
  expect(await statusOf(execution)).toBe('PENDING')
})

test('a check that took too long asks nothing any more: another has its turn', async () => {
  const execution = await anExecution(pool)
  const { clock, provider, dependencies } = aWorker(
    aProvider({
      async find() {
        // While this worker waits for the answer, the next check is due and taken.
        clock.advance(15_000)
        expect(await claimDueChecks(pool, clock.now(), 10)).toHaveLength(1)
        return neverHeard
      },
    }),
  )
  clock.advance(15_000)
  await checkDue(dependencies)
  expect(provider.orders).toEqual([])
  expect(await statusOf(execution)).toBe('PENDING')
})

test('an order keeps the next check away until it is over', async () => {
  const execution = await anExecution(pool)
  const { clock, dependencies } = aWorker(
    aProvider({
      find() {
        clock.advance(10_000)
        return neverHeard
      },
      async submit() {
        clock.advance(14_000)
        expect(await claimDueChecks(pool, clock.now(), 10)).toEqual([])
        return silence
      },
    }),
  )
  clock.advance(15_000)
  await checkDue(dependencies)
  clock.advance(1_000)
  expect(await claimDueChecks(pool, clock.now(), 10)).toHaveLength(1)
  expect(await statusOf(execution)).toBe('PENDING')
})

test('a refusal that is told when another has the turn is not the last word', async () => {
  const execution = await anExecution(pool)
  const { clock, dependencies } = aWorker(
    aProvider({
      find: () => neverHeard,
      async submit() {
        clock.advance(15_000)
        expect(await claimDueChecks(pool, clock.now(), 10)).toHaveLength(1)
        return refused
      },
    }),
  )
  clock.advance(15_000)
  await checkDue(dependencies)
  expect(await statusOf(execution)).toBe('PENDING')
})

test('what was never received is not closed by a check whose turn is over', async () => {
  const execution = await anExecution(pool)
  const { clock, dependencies } = aWorker(
    aProvider({
      async find() {
        clock.advance(15_000)
        expect(await claimDueChecks(pool, clock.now(), 10)).toHaveLength(1)
        return neverHeard
      },
    }),
  )
  clock.advance(16 * minuteMs)
  await checkDue(dependencies)
  expect(await statusOf(execution)).toBe('PENDING')
})

test('a payment the network never received in fifteen minutes is not asked for again, and closed a minute later', async () => {
  const execution = await anExecution(pool)
  const { clock, provider, dependencies } = aWorker(aProvider({ find: () => neverHeard }))
  clock.advance(15 * minuteMs)
  await checkDue(dependencies)
  // What was asked for just before may still be on its way.
  expect(await statusOf(execution)).toBe('PENDING')
  clock.advance(minuteMs)
  await checkDue(dependencies)
  expect(provider.orders).toEqual([])
  expect(await stored(execution)).toMatchObject({ status: 'FAILED', gatewayMessage: 'Never received.' })
})

test('an amount or a currency unlike the one asked for is never credited: it stays open for a person', async () => {
  for (const amount of [money(25_749n, 'USD'), money(25_751n, 'USD'), money(25_750n, 'LRD'), money(-25_750n, 'USD')]) {
    const execution = await anExecution(pool)
    const { clock, dependencies } = aWorker(
      aProvider({ find: () => ({ kind: 'completed', amount, transactionId: 'MP-1' }) }),
    )
    clock.advance(15_000)
    await checkDue(dependencies)
    expect([await statusOf(execution), await walletOf(execution)]).toEqual(['PENDING', 0n])
    expect(await nextCheckOf(execution)).not.toBeNull()
    await sql(pool, `update executions set next_check_at = 'infinity' where next_check_at is not null`)
  }
})

test('the amount that was asked for is credited', async () => {
  const execution = await anExecution(pool)
  const amount = money(25_750n, 'USD')
  const { clock, dependencies } = aWorker(
    aProvider({ find: () => ({ kind: 'completed', amount, transactionId: 'MP-1' }) }),
  )
  clock.advance(15_000)
  await checkDue(dependencies)
  expect([await statusOf(execution), await walletOf(execution)]).toEqual(['COMPLETED', 25_000n])
})

test('a contradiction leaves the first answer', async () => {
  const [paidOne, failedOne] = await someExecutions(pool, 2)
  if (!paidOne || !failedOne) throw new Error('two executions')
  const { dependencies } = aWorker()
  await dependencies.recordOutcome(await stored(paidOne), paid)
  await dependencies.recordOutcome(await stored(failedOne), refused)
  expect(await dependencies.recordOutcome(await stored(paidOne), refused)).toEqual({
    verdict: 'contradicted',
    status: 'COMPLETED',
  })
  expect(await dependencies.recordOutcome(await stored(failedOne), paid)).toEqual({
    verdict: 'contradicted',
    status: 'FAILED',
  })
  expect(await walletOf(paidOne)).toBe(25_000n)
})

test('news of one execution met in one group: each is judged after the one before', async () => {
  const execution = await anExecution(pool)
  const { dependencies } = aWorker()
  const subject = await stored(execution)
  const recorded = await Promise.all(
    [accepted, paid, refused, paid, accepted, silence].map((outcome) => dependencies.recordOutcome(subject, outcome)),
  )
  expect(recorded.filter((each) => each?.verdict === 'again')).toEqual([])
  expect(recorded[5]).toBeUndefined()
  const decisive = recorded.filter((each) => each?.verdict === 'applied' && each.status !== 'PROCESSING')
  expect(decisive).toHaveLength(1)
  expect(await statusOf(execution)).toBe(decisive[0]?.status)
})

test('a network that fails at one question does not keep the others from their answers', async () => {
  const executions = await someExecutions(pool, 5)
  const broken = executions[2]?.intent.providerReference
  const { clock, dependencies } = aWorker(
    aProvider({
      find: (reference) => {
        if (reference === broken) throw new Error('a bug in the connector')
        return paid
      },
    }),
  )
  clock.advance(15_000)
  expect(await checkDue(dependencies)).toBe(5)
  expect(await Promise.all(executions.map(statusOf))).toEqual([
    'COMPLETED',
    'COMPLETED',
    'PENDING',
    'COMPLETED',
    'COMPLETED',
  ])
})

test('a round takes no more than it may, the longest due first', async () => {
  const executions = await someExecutions(pool, checksPerSweep + 3)
  const late = executions.slice(0, 3)
  for (const [index, { merchantId, executionId }] of late.entries()) {
    await sql(pool, 'update executions set next_check_at = $3 where merchant_id = $1 and id = $2', [
      merchantId,
      executionId,
      addMs(noon, 20_000 + index),
    ])
  }
  const { clock, dependencies } = aWorker()
  clock.advance(30_000)
  expect(await checkDue(dependencies)).toBe(checksPerSweep)
  expect(await Promise.all(late.map(statusOf))).toEqual(['PENDING', 'PENDING', 'PENDING'])
  expect(await checkDue(dependencies)).toBe(3)
  expect(await checkDue(dependencies)).toBe(0)
})

test('what became due together does not stay together: the same executions always spread the same way', async () => {
  const executions = await someExecutions(pool, 20)
  for (const round of [1, 2, 3]) {
    await claimDueChecks(pool, addMs(noon, round * 60 * minuteMs), 100)
    const times = await Promise.all(executions.map(nextCheckOf))
    const distinct = new Set(times.map((time) => time?.getTime())).size
    // The first pause is the shortest there may be; what comes after has room.
    if (round > 1) expect(distinct).toBeGreaterThan(15)
  }
})

test('workers side by side never take the same execution', async () => {
  for (let round = 0; round < 10; round += 1) {
    const executions = await someExecutions(pool, 40)
    const now = addMs(noon, 15_000)
    const taken = (await Promise.all(Array.from({ length: 8 }, () => claimDueChecks(pool, now, 8)))).flat()
    expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length)
    const rest = await claimDueChecks(pool, now, 100)
    const all = [...taken, ...rest].map(({ id }) => id)
    expect(new Set(all)).toEqual(new Set(executions.map(({ executionId }) => executionId)))
    expect(all).toHaveLength(executions.length)
  }
})

test('a worker never waits for another: what one is taking, the other leaves', async () => {
  const executions = await someExecutions(pool, 6)
  const client = await pool.connect()
  await client.query('begin')
  const now = addMs(noon, 15_000)
  const taken = await claimDueChecks(client, now, 3)
  const others = await claimDueChecks(pool, now, 10)
  await client.query('commit')
  client.release()
  expect([taken.length, others.length]).toEqual([3, 3])
  expect(new Set([...taken, ...others].map(({ id }) => id)).size).toBe(executions.length)
})

test('a worker that dies after taking an execution leaves it to the next, when its pause is over', async () => {
  const execution = await anExecution(pool)
  expect(await claimDueChecks(pool, addMs(noon, 15_000), 10)).toHaveLength(1)
  const { clock, dependencies } = aWorker()
  clock.advance(19_999)
  expect(await checkDue(dependencies)).toBe(0)
  clock.advance(1)
  expect(await checkDue(dependencies)).toBe(1)
  expect(await statusOf(execution)).toBe('COMPLETED')
})

test('an execution that was settled while the network was being asked is not settled twice', async () => {
  const execution = await anExecution(pool)
  const subject = await stored(execution)
  const { dependencies, provider } = aWorker()
  provider.will({
    find: async () => {
      await tell(pool, [news(execution, 'COMPLETED')])
      return paid
    },
  })
  await checkExecution(dependencies, subject)
  expect(await walletOf(execution)).toBe(25_000n)
})

/** What a network can do with one call, and what becomes of a deposit that reached it. */
interface Chance {
  readonly reach: readonly ('lost' | 'reply lost' | 'answered')[]
  readonly look: readonly ('lost' | 'answered')[]
  readonly fate: 'COMPLETED' | 'FAILED' | 'REJECTED'
  readonly takesLooks: number
}

const anyChance: fc.Arbitrary<Chance> = fc.record({
  reach: fc.array(fc.constantFrom('lost', 'reply lost', 'answered'), { minLength: 1, maxLength: 4 }),
  look: fc.array(fc.constantFrom('lost', 'answered'), { maxLength: 4 }),
  fate: fc.constantFrom('COMPLETED', 'FAILED', 'REJECTED'),
  takesLooks: fc.nat({ max: 3 }),
})

/** A network that keeps its own books: it charges once per reference, whatever gets lost on the way. */
function aLossyNetwork(chances: ReadonlyMap<ProviderReference, Chance>) {
  const calls = new Map<string, number>()
  const known = new Set<ProviderReference>()
  const charged = new Map<ProviderReference, number>()
  const countCall = (key: string): number => {
    const before = calls.get(key) ?? 0
    calls.set(key, before + 1)
    return before
  }
  const chanceOf = (reference: ProviderReference): Chance => {
    const chance = chances.get(reference)
    if (!chance) throw new Error('an order nobody made')
    return chance
  }
  const submit = (reference: ProviderReference): Outcome => {
    const { reach, fate } = chanceOf(reference)
    const how = reach[countCall(`submit ${reference}`)] ?? 'answered'
    if (how === 'lost') return silence
    if (fate !== 'REJECTED' && !known.has(reference)) {
      known.add(reference)
      if (fate === 'COMPLETED') charged.set(reference, (charged.get(reference) ?? 0) + 1)
    }
    if (how === 'reply lost') return silence
    return fate === 'REJECTED' ? refused : accepted
  }
  const find = (reference: ProviderReference): Finding => {
    const { look, fate, takesLooks } = chanceOf(reference)
    if (look[countCall(`look ${reference}`)] === 'lost') return silence
    if (!known.has(reference)) return neverHeard
    if (countCall(`seen ${reference}`) < takesLooks) return accepted
    return fate === 'COMPLETED' ? paid : refused
  }
  return { charged, provider: aProvider({ submit: ({ reference }) => submit(reference), find }) }
}

test('whatever gets lost between us and the network, every payment ends as the network has it, and is credited once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyChance, { minLength: 1, maxLength: 8 }), async (chances) => {
      const executions = await someExecutions(pool, chances.length)
      const byReference = new Map(
        executions.flatMap(({ intent }, index) => {
          const chance = chances[index]
          return chance ? [[intent.providerReference, chance] as const] : []
        }),
      )
      const { charged, provider } = aLossyNetwork(byReference)
      const { clock, dependencies } = aWorker(provider)
      // Six hours of questions are enough for every loss above to be made up for.
      for (let minute = 0; minute < 360; minute += 15) {
        clock.advance(minute < 15 ? 15_000 : 15 * minuteMs)
        await checkDue(dependencies)
      }
      for (const execution of executions) {
        const wasCharged = charged.has(execution.intent.providerReference)
        expect(await statusOf(execution)).toBe(wasCharged ? 'COMPLETED' : 'FAILED')
      }
      expect([...charged.values()].every((times) => times === 1)).toBe(true)
      expect(await findBrokenRules(pool)).toEqual({})
    }),
    { numRuns: 12 },
  )
})
