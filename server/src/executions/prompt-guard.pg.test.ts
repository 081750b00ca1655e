import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { anIntent, aPayable, aSession, news, somePayables, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, aProvider, noon } from '../../test/support/fakes.ts'
import { createPrices } from '../fees/index.ts'
import { addMs } from '../kernel/clock.ts'
import { mintReference } from '../kernel/ids.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { openLog } from '../platform/log.ts'
import { createExecuteCollection } from './execute-collection.ts'
import { type CollectionIntent } from './model.ts'
import { PromptOpen } from './problems.ts'
import { createRecordOutcome } from './record-outcome.ts'
import { type Claim, claimCollections } from './store.ts'

const guardSeconds = 300
let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 12, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})
afterEach(async () => {
  expect(await findBrokenRules(pool)).toEqual({})
})

let phones = 231_880_100_000
/** A number that no other test here uses. */
const aPhone = (): string => String((phones += 1))

async function anIntentOn(accountNumber: string, its: Partial<CollectionIntent> = {}): Promise<CollectionIntent> {
  return anIntent(await aPayable(pool), { accountNumber, ...its })
}

const claimAll = (intents: readonly CollectionIntent[], now = noon): Promise<Claim[]> =>
  claimCollections(pool, intents, now, guardSeconds)

async function claim(intent: CollectionIntent, now = noon): Promise<Claim> {
  const [claimed] = await claimAll([intent], now)
  if (!claimed) throw new Error('no verdict')
  return claimed
}

const verdicts = (claims: readonly Claim[]): string[] => claims.map(({ verdict }) => verdict)

test('a phone with a payment on it gets no second one, whichever merchant asks, until five minutes are over', async () => {
  const phone = aPhone()
  await claim(await anIntentOn(phone))
  const second = await anIntentOn(phone)
  expect(await claim(second, addMs(noon, 1_000))).toEqual({
    verdict: 'prompt_open',
    executionId: undefined,
    freeAt: addMs(noon, guardSeconds * 1_000),
  })
  const left = await sql(
    pool,
    `select s.status as session, source.status as source
     from sessions s
     join sources source on source.id = s.source_id
     where s.id = $1 and not exists (select from executions e where e.session_id = s.id)`,
    [second.sessionId],
  )
  expect(left).toEqual([{ session: 'ACTIVE', source: 'ACTIVE' }])
  expect((await claim(second, addMs(noon, guardSeconds * 1_000 - 1))).verdict).toBe('prompt_open')
  expect((await claim(second, addMs(noon, guardSeconds * 1_000))).verdict).toBe('claimed')
})

test('a phone is free again with the final status of its payment', async () => {
  for (const status of ['COMPLETED', 'FAILED'] as const) {
    const phone = aPhone()
    const first = await anIntentOn(phone)
    const { executionId } = await claim(first)
    if (!executionId) throw new Error('not claimed')
    const execution = { merchantId: first.merchantId, executionId }
    await tell(pool, [news(execution, 'PROCESSING')])
    const second = await anIntentOn(phone)
    expect((await claim(second)).verdict).toBe('prompt_open')
    await tell(pool, [news(execution, status)])
    expect((await claim(second)).verdict).toBe('claimed')
  }
})

test('another number, and the same with another operator, are free', async () => {
  const phone = aPhone()
  await claim(await anIntentOn(phone))
  expect((await claim(await anIntentOn(aPhone()))).verdict).toBe('claimed')
  expect((await claim(await anIntentOn(phone, { method: 'ORANGE_MONEY_LBR' }))).verdict).toBe('claimed')
})

test('what would not be claimed anyway is answered as without the guard', async () => {
  const phone = aPhone()
  const payable = await aPayable(pool)
  const first = anIntent(payable, { accountNumber: phone })
  await claim(first)
  const reused = { ...(await anIntentOn(phone)), merchantId: first.merchantId, referenceId: first.referenceId }
  const sessionAgain = anIntent(payable, { accountNumber: phone })
  const secondSession = anIntent({ ...payable, sessionId: await aSession(pool, payable) }, { accountNumber: phone })
  expect((await claim(first)).verdict).toBe('replayed')
  expect((await claim(sessionAgain)).verdict).toBe('session_not_active')
  expect((await claim(secondSession)).verdict).toBe('source_not_active')
  expect((await claim({ ...reused, fingerprint: '00'.repeat(32) })).verdict).toBe('reference_reused')
  const expired = anIntent(await aPayable(pool, { expiresAt: noon }), { accountNumber: phone })
  expect((await claim(expired)).verdict).toBe('session_expired')
})

test('what is refused by ourselves prompts nobody: it is neither kept back nor keeps others back', async () => {
  const phone = aPhone()
  const walletMessage = 'The amount is less than its fees.'
  expect((await claim(await anIntentOn(phone, { walletMessage }))).verdict).toBe('failed')
  expect((await claim(await anIntentOn(phone))).verdict).toBe('claimed')
  expect((await claim(await anIntentOn(phone, { walletMessage }))).verdict).toBe('failed')
})

test('of several for one phone in one call the first is claimed, and the others are refused when they ask again', async () => {
  const phone = aPhone()
  const intents = (await somePayables(pool, 4)).map((payable) => anIntent(payable, { accountNumber: phone }))
  const other = await anIntentOn(aPhone())
  expect(verdicts(await claimAll([...intents, other]))).toEqual(['claimed', 'again', 'again', 'again', 'claimed'])
  expect(verdicts(await claimAll(intents))).toEqual(['replayed', 'prompt_open', 'prompt_open', 'prompt_open'])
})

test('many at one phone from many connections: one prompt, and no deadlock however the phones cross', async () => {
  for (let round = 0; round < 5; round += 1) {
    const numbers = Array.from({ length: 4 }, aPhone)
    const calls = await Promise.all(
      Array.from({ length: 10 }, async (_, call) => {
        const payables = await somePayables(pool, numbers.length)
        const intents = payables.map((payable, at) =>
          anIntent(payable, { accountNumber: numbers[(at + call) % numbers.length] ?? '' }),
        )
        return call % 2 === 0 ? intents : intents.toReversed()
      }),
    )
    const answers = (await Promise.all(calls.map((intents) => claimAll(intents)))).flat()
    expect(verdicts(answers).filter((verdict) => verdict === 'claimed')).toHaveLength(numbers.length)
    expect(new Set(verdicts(answers))).toEqual(new Set(['claimed', 'prompt_open']))
    const open = await sql(
      pool,
      `select account_number, count(*)::integer as prompts from executions where account_number = any ($1) group by 1`,
      [numbers],
    )
    expect(open.map(({ prompts }) => prompts)).toEqual(numbers.map(() => 1))
  }
})

test('whoever is refused is told when to come back, and the same request then goes through', async () => {
  const clock = aClock()
  const provider = aProvider()
  const collect = createExecuteCollection({
    db: pool,
    clock,
    mintReference,
    prices: createPrices(pool, clock),
    providers: new Map([[provider.name, provider]]),
    recordOutcome: createRecordOutcome(pool, clock, openLog('silent')),
    promptGuardSeconds: guardSeconds,
  })
  // All payables here share one number.
  const requests = (await somePayables(pool, 2)).map(({ merchantId, sessionId, paymentAccountId }) => ({
    request: { merchantId, sessionId, paymentAccountId, referenceId: randomUUID(), currency: 'USD' },
    ids: { sessionId, paymentAccountId },
  }))
  const [first, second] = requests
  if (!first || !second) throw new Error('two requests')
  await collect(first.request, first.ids)
  const refused = collect(second.request, second.ids)
  await expect(refused).rejects.toThrow(PromptOpen)
  await expect(refused).rejects.toThrow('try again after 2025-06-01T12:05:00Z')
  expect(provider.orders).toHaveLength(1)
  expect((await collect(first.request, first.ids)).status).toBe('PROCESSING')
  clock.advance(guardSeconds * 1_000)
  expect((await collect(second.request, second.ids)).status).toBe('PROCESSING')
})
