import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { aClock, noon, type TestClock } from '../../../test/support/fakes.ts'
import { openPool, type Pool } from '../db/pool.ts'
import { createRateLimiter, forgetStaleRates, type RateLimiter } from './limiter.ts'

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

let names = 0
/** A key nobody has used. */
const aKey = (): string => `caller ${(names += 1)}`

interface NodeOptions {
  readonly callsPerMinute?: number
  readonly clock?: TestClock
  readonly db?: Pool
}

const aNode = ({ callsPerMinute = 3, clock = aClock(), db = pool }: NodeOptions = {}): RateLimiter =>
  createRateLimiter({ db, clock, name: 'merchant', callsPerMinute })

/** Whether each of so many calls passes, one after the other: the calls left, or `no`. */
async function call(node: RateLimiter, key: string, times: number): Promise<(number | 'no')[]> {
  const answers: (number | 'no')[] = []
  for (let each = 0; each < times; each += 1) {
    const { admitted, remaining } = await node.admit(key)
    answers.push(admitted ? remaining : 'no')
  }
  return answers
}

/** Counts the statements that reach the database. */
function counting(): { readonly db: Pool; readonly count: () => number } {
  let statements = 0
  const db = Object.create(pool, {
    query: {
      value: (...args: readonly unknown[]) => {
        statements += 1
        return Reflect.apply(pool.query.bind(pool), pool, args) as unknown
      },
    },
  }) as Pool
  return { db, count: () => statements }
}

test('a key passes as often as it may, and knows exactly how often it still may', async () => {
  expect(await call(aNode({ callsPerMinute: 20 }), aKey(), 22)).toEqual([
    ...Array.from({ length: 20 }, (_, index) => 19 - index),
    'no',
    'no',
  ])
})

test('it is told how long the window lasts, and the next one begins on the whole minute', async () => {
  const clock = aClock(noon)
  const [node, key] = [aNode({ callsPerMinute: 1, clock }), aKey()]
  clock.advance(20_500)
  expect(await node.admit(key)).toEqual({ admitted: true, remaining: 0, secondsLeft: 40 })
  expect(await node.admit(key)).toEqual({ admitted: false, remaining: 0, secondsLeft: 40 })
  clock.advance(39_499)
  expect(await node.admit(key)).toEqual({ admitted: false, remaining: 0, secondsLeft: 1 })
  clock.advance(1)
  expect(await node.admit(key)).toEqual({ admitted: true, remaining: 0, secondsLeft: 60 })
})

test('one key never uses up what another may, nor one limit what another has', async () => {
  const [node, first, second] = [aNode(), aKey(), aKey()]
  expect(await call(node, first, 4)).toEqual([2, 1, 0, 'no'])
  expect(await call(node, second, 4)).toEqual([2, 1, 0, 'no'])
  const other = createRateLimiter({ db: pool, clock: aClock(), name: 'address', callsPerMinute: 3 })
  expect(await call(other, first, 4)).toEqual([2, 1, 0, 'no'])
})

test('whatever calls reach whatever nodes, all of the limit passes and nothing more', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 2, max: 4 }), async (limit, count) => {
      const key = aKey()
      const nodes = Array.from({ length: count }, () => aNode({ callsPerMinute: limit }))
      const answers = await Promise.all(
        Array.from({ length: limit * 2 }, async (_, index) => nodes[index % count]?.admit(key)),
      )
      // Each node is asked until it refuses: so nothing lies unused.
      const rest = await Promise.all(nodes.map((node) => call(node, key, limit)))
      const passed =
        answers.filter((answer) => answer?.admitted).length + rest.flat().filter((each) => each !== 'no').length
      expect(passed).toBe(limit)
    }),
    { numRuns: 15 },
  ))

test('a node that falls silent keeps an eighth to itself at most', async () => {
  const [silent, busy, key] = [aNode({ callsPerMinute: 600 }), aNode({ callsPerMinute: 600 }), aKey()]
  expect((await silent.admit(key)).remaining).toBe(599)
  const passed = (await call(busy, key, 600)).filter((each) => each !== 'no').length
  expect(passed).toBe(600 - 75)
})

test('few calls cost a round trip, however many come at once, and none does once all are used', async () => {
  const { db, count } = counting()
  const [node, key] = [aNode({ callsPerMinute: 600, db }), aKey()]
  await Promise.all(Array.from({ length: 75 }, () => node.admit(key)))
  expect(count()).toBe(1)
  await Promise.all(Array.from({ length: 525 }, () => node.admit(key)))
  expect(count()).toBeLessThan(50)
  const used = count()
  expect(await call(node, key, 3)).toEqual(['no', 'no', 'no'])
  expect(count()).toBe(used)
})

test('many keys at once travel together', async () => {
  const { db, count } = counting()
  const node = aNode({ db })
  const keys = Array.from({ length: 100 }, aKey)
  const answers = await Promise.all(keys.map((key) => node.admit(key)))
  expect(answers.every(({ remaining }) => remaining === 2)).toBe(true)
  expect(count()).toBeLessThanOrEqual(2)
})

test('nodes that meet the same keys from opposite ends do not hold each other up', async () => {
  const keys = Array.from({ length: 80 }, aKey)
  const nodes = Array.from({ length: 4 }, () => aNode({ callsPerMinute: 8 }))
  const ask = async (node: RateLimiter, order: readonly string[]) => {
    for (let round = 0; round < 5; round += 1) await Promise.all(order.map((key) => node.admit(key)))
  }
  await Promise.all(nodes.map((node, index) => ask(node, index % 2 === 0 ? keys : keys.toReversed())))
  for (const key of keys) {
    const passed = await Promise.all(nodes.map((node) => call(node, key, 2)))
    expect(passed.flat().every((each) => each === 'no')).toBe(true)
  }
})

test('a node whose clock is behind takes part in the minute of the others', async () => {
  const [ahead, behind] = [aClock(noon), aClock(new Date(noon.getTime() - 500))]
  const [first, second] = [aNode({ callsPerMinute: 8, clock: ahead }), aNode({ callsPerMinute: 8, clock: behind })]
  const key = aKey()
  expect((await call(first, key, 4)).at(-1)).toBe(4)
  const both = [...(await call(second, key, 8)), ...(await call(first, key, 8))]
  expect(both.filter((each) => each !== 'no')).toHaveLength(4)
  expect(await second.admit(key)).toMatchObject({ admitted: false, secondsLeft: 61 })
})

test('a clock gone wrong holds nobody up once it is right again', async () => {
  const wrong = aClock(new Date(noon.getTime() + 3_600_000))
  const [node, key] = [aNode({ clock: wrong }), aKey()]
  expect((await call(node, key, 4)).at(-1)).toBe('no')
  expect(await call(aNode(), key, 4)).toEqual([2, 1, 0, 'no'])
  wrong.advance(-3_600_000 + 60_000)
  expect(await call(node, key, 4)).toEqual([2, 1, 0, 'no'])
})

test('more callers than a node remembers still never pass the limit', async () => {
  const [node, key] = [aNode({ callsPerMinute: 16 }), aKey()]
  expect(await call(node, key, 1)).toEqual([15])
  await Promise.all(Array.from({ length: 10_000 }, () => node.admit(aKey())))
  // Its lease of two is forgotten with one call unused.
  expect((await call(node, key, 17)).filter((each) => each !== 'no')).toHaveLength(14)
}, 30_000)

test('a call that the database does not answer fails, and the next one asks anew', async () => {
  const gone = openPool({
    connection: { connectionString: 'postgres://localhost:1/nothing' },
    maxConnections: 2,
    onIdleError: () => undefined,
  })
  const [node, key] = [aNode({ db: gone }), aKey()]
  const calls = await Promise.allSettled([node.admit(key), node.admit(key)])
  expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(node.admit(key)).rejects.toThrow('ECONNREFUSED')
  await gone.end()
})

test('what nobody has used for an hour is forgotten, and nothing else', async () => {
  const clock = aClock(new Date(noon.getTime() + 100 * 3_600_000))
  const [old, recent] = [aKey(), aKey()]
  await aNode({ clock }).admit(old)
  clock.advance(3_600_000)
  await aNode({ clock }).admit(recent)
  const kept = async () =>
    (await sql<{ key: string }>(pool, 'select key from rate_limits order by key')).map(({ key }) => key)
  for (let more = true; more;) more = await forgetStaleRates(pool, clock)
  expect(await kept()).toEqual([`merchant:${old}`, `merchant:${recent}`].sort())
  clock.advance(60_000)
  expect(await forgetStaleRates(pool, clock)).toBe(false)
  expect(await kept()).toEqual([`merchant:${recent}`])
})
