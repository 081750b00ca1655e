import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { openDatabase } from './database.ts'
import { dieEverywhere, type Story, stories } from './kills.ts'
import { plant, wrongConnections, wrongSteps } from './planted-bugs.ts'
import { type Result, simulate } from './run.ts'

const seeds = Number(process.env['DOLLR_SIMULATE_SEEDS'] ?? 25)
const first = Number(process.env['DOLLR_SIMULATE_SEED'] ?? Math.floor(Math.random() * 1_000_000_000))

const own = await createTestDatabase()
const database = await openDatabase(own.url)
afterAll(async () => {
  await database.client.end()
  await own.drop()
})

/** What led to it, and how to see it again. */
function describeFailure(seed: number, { broken, lines }: Result): string {
  return [
    ...lines.slice(-80),
    '',
    `Seed ${seed} breaks:`,
    ...broken,
    `npm run simulate -- --seeds 1 --seed ${seed}`,
  ].join('\n')
}

const reportEvery = 1_000

test('whatever is lost, late, repeated or dies, the books are right', { timeout: 60_000 + seeds * 2_000 }, async () => {
  const started = performance.now()
  let steps = 0
  for (let done = 1; done <= seeds; done += 1) {
    const seed = first + done - 1
    const result = await simulate({ database, seed })
    steps += result.steps
    if (result.broken.length > 0) expect.fail(describeFailure(seed, result))
    if (done % reportEvery > 0 && done < seeds) continue
    const seconds = (performance.now() - started) / 1_000
    process.stdout.write(
      `Simulated ${done} seeds from ${first} on: ${steps} steps in ${seconds.toFixed(1)} s, ${(done / seconds).toFixed(1)} seeds/s\n`,
    )
  }
})

test('one seed is one run, step for step', async () => {
  const once = await simulate({ database, seed: first })
  const again = await simulate({ database, seed: first })
  expect(again.lines).toEqual(once.lines)
  expect(again.hash).toBe(once.hash)
  expect((await simulate({ database, seed: first + 1 })).hash).not.toBe(once.hash)
})

test.each(Object.keys(stories) as Story[])(
  'a process may die before and after every step of a %s',
  { timeout: 60_000 },
  async (story) => {
    const deaths = await dieEverywhere(database, story)
    expect(deaths.filter(({ broken }) => broken.length > 0)).toEqual([])
    expect(deaths.length).toBeGreaterThan(story === 'transfer' ? 20 : 40)
  },
)

/** Within so many seeds each planted mistake must show; most do within three. */
const seedsToFind = 60

/** Seeds of their own, so that whether a mistake is found does not change from day to day. */
async function seedsUntilFound(mistake?: (typeof wrongConnections)[string]): Promise<number> {
  for (let seed = 1; seed <= seedsToFind; seed += 1) {
    if ((await simulate({ database, seed, mistake })).broken.length > 0) return seed
  }
  return Infinity
}

test.each(Object.entries(wrongSteps))('it would be found out: %s', { timeout: 60_000 }, async (_what, steps) => {
  const mend = await plant(database.client, steps)
  expect(await seedsUntilFound().finally(mend)).toBeLessThanOrEqual(seedsToFind)
})

test.each(Object.entries(wrongConnections))(
  'it would be found out: %s',
  { timeout: 60_000 },
  async (_what, mistake) => {
    expect(await seedsUntilFound(mistake)).toBeLessThanOrEqual(seedsToFind)
  },
)
