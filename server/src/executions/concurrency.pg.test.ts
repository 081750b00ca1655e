import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { aMerchant, anIntent, news, type Payable, somePayables, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon } from '../../test/support/fakes.ts'
import { cancelSource, expireSessions, insertCheckoutSessions, receiveCallbacks } from '../../test/support/stores.ts'
import { addMs } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { type CollectionIntent } from './model.ts'
import { type Claim, claimCollections, claimDueChecks } from './store.ts'

/** As many processes as one database may have, each with a group under way. */
const connections = 8

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({
    connection: { connectionString: database.url },
    maxConnections: connections,
    onIdleError: () => undefined,
  })
  // Opened before anybody races.
  await Promise.all(Array.from({ length: connections }, () => sql(pool, 'select pg_sleep(0.01)')))
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

/** The same small generator every run, so that a failure can be repeated. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

function shuffled<T>(items: readonly T[], roll: (sides: number) => number): T[] {
  return items
    .map((item) => ({ item, place: roll(1_000_000) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** The same documents with one more session each. */
async function anotherSessionFor(payables: readonly Payable[]): Promise<Payable[]> {
  const opened = await insertCheckoutSessions(
    pool,
    payables.map(({ merchantId, sourceId }) => ({
      merchantId,
      sourceId,
      kind: 'INVOICE' as const,
      expiresAt: addMs(noon, 60_000),
    })),
    noon,
  )
  return payables.flatMap((payable, index) => {
    const session = opened[index]
    return session?.kind === 'created' ? [{ ...payable, sessionId: session.id }] : []
  })
}

const claim = (intents: readonly CollectionIntent[]): Promise<Claim[]> => claimCollections(pool, intents, noon)

/** Asks again for as long as it is told to, like the service does. */
async function claimUntilDecided(intents: readonly CollectionIntent[]): Promise<Map<CollectionIntent, Claim>> {
  const decided = new Map<CollectionIntent, Claim>()
  let open = intents
  for (let round = 0; open.length > 0; round += 1) {
    if (round > 50) throw new Error('told "again" without end')
    const claims = await claim(open)
    const again: CollectionIntent[] = []
    open.forEach((intent, index) => {
      const answer = claims[index]
      if (!answer || answer.verdict === 'again') again.push(intent)
      else decided.set(intent, answer)
    })
    open = again
  }
  return decided
}

test(
  'groups that overlap in documents, sessions and keys never deadlock, and each document is claimed exactly once',
  { timeout: 60_000 },
  async () => {
    const rounds = 200
    const documentsPerRound = 6
    const merchantId = await aMerchant(pool)
    const payables = await somePayables(pool, documentsPerRound * rounds, { merchantId })
    const siblings = await anotherSessionFor(payables)
    let claims = 0
    for (let round = 0; round < rounds; round += 1) {
      const roll = dice(round)
      const first = documentsPerRound * round
      // Half of the documents have two sessions.
      const sessions = [
        ...payables.slice(first, first + documentsPerRound),
        ...siblings.slice(first, first + documentsPerRound / 2),
      ]
      const keys = Array.from({ length: 4 }, () => randomUUID())
      const groups = Array.from({ length: connections }, () =>
        shuffled(sessions, roll)
          .slice(0, 5)
          .map((payable) =>
            anIntent(payable, {
              referenceId: roll(3) === 0 ? randomUUID() : (keys[roll(keys.length)] ?? randomUUID()),
            }),
          ),
      )
      const results = await Promise.all(groups.map(claimUntilDecided))

      const claimed = results.flatMap((decided) =>
        [...decided].filter(([, { verdict }]) => verdict === 'claimed').map(([intent]) => intent),
      )
      const once = (of: (intent: CollectionIntent) => string): void => {
        expect(new Set(claimed.map(of)).size, `seed ${round}`).toBe(claimed.length)
      }
      once(({ sourceId }) => sourceId)
      once(({ sessionId }) => sessionId)
      once(({ referenceId }) => referenceId)
      claims += claimed.length
    }
    const [recorded] = await sql<{ count: number }>(
      pool,
      'select count(*)::integer as count from executions where merchant_id = $1',
      [merchantId],
    )
    expect(recorded?.count).toBe(claims)
    expect(await findBrokenRules(pool)).toEqual({})
  },
)

test('everybody at one document: one claim, and nobody waits for ever', async () => {
  for (let round = 0; round < 25; round += 1) {
    const [payable] = await somePayables(pool, 1)
    if (!payable) throw new Error('no payable')
    const results = await Promise.all(
      Array.from({ length: connections }, () => claimUntilDecided([anIntent(payable), anIntent(payable)])),
    )
    const verdicts = results.flatMap((decided) => [...decided.values()].map(({ verdict }) => verdict)).toSorted()
    expect(verdicts[0]).toBe('claimed')
    expect(verdicts.slice(1).every((verdict) => verdict === 'session_not_active')).toBe(true)
  }
})

test('one key sent at once by many: one execution, and everybody hears of the same', async () => {
  for (let round = 0; round < 25; round += 1) {
    const [payable] = await somePayables(pool, 1)
    if (!payable) throw new Error('no payable')
    const intent = anIntent(payable)
    const results = await Promise.all(Array.from({ length: connections }, () => claimUntilDecided([{ ...intent }])))
    const answers = results.flatMap((decided) => [...decided.values()])
    expect(answers.map(({ verdict }) => verdict).toSorted()).toEqual([
      'claimed',
      ...Array.from({ length: connections - 1 }, () => 'replayed'),
    ])
    expect(new Set(answers.map(({ executionId }) => executionId)).size).toBe(1)
  }
})

test('one key sent at once for different documents: one is taken, the others are refused', async () => {
  for (let round = 0; round < 25; round += 1) {
    const payables = await somePayables(pool, connections)
    const referenceId = randomUUID()
    const results = await Promise.all(
      payables.map((payable) => claimUntilDecided([anIntent(payable, { referenceId })])),
    )
    const verdicts = results.flatMap((decided) => [...decided.values()].map(({ verdict }) => verdict)).toSorted()
    expect(verdicts).toEqual(['claimed', ...Array.from({ length: connections - 1 }, () => 'reference_reused')])
  }
})

test('the same keys for different documents, each group in an order of its own, never deadlock', async () => {
  const [rounds, groupSize] = [8, 40]
  const payables = await somePayables(pool, rounds * connections * groupSize)
  for (let round = 0; round < rounds; round += 1) {
    const roll = dice(20_000 + round)
    const keys = Array.from({ length: groupSize }, () => randomUUID())
    const groups = Array.from({ length: connections }, (_, index) => {
      const first = (round * connections + index) * groupSize
      const order = shuffled(keys, roll)
      return payables
        .slice(first, first + groupSize)
        .map((payable, place) => anIntent(payable, { referenceId: order[place] ?? randomUUID() }))
    })
    const results = await Promise.all(groups.map(claimUntilDecided))
    const verdicts = results.flatMap((decided) => [...decided.values()].map(({ verdict }) => verdict))
    expect(verdicts.filter((verdict) => verdict === 'claimed')).toHaveLength(groupSize)
    expect(new Set(verdicts)).toEqual(new Set(['claimed', 'reference_reused']))
  }
  expect(await findBrokenRules(pool)).toEqual({})
})

test(
  'claims, outcomes, checks, callbacks and new sessions over the same documents never deadlock',
  { timeout: 60_000 },
  async () => {
    const merchants: MerchantId[] = [await aMerchant(pool), await aMerchant(pool)]
    for (let round = 0; round < 40; round += 1) {
      const roll = dice(10_000 + round)
      const payables = (await Promise.all(merchants.map((merchantId) => somePayables(pool, 6, { merchantId })))).flat()
      const running = payables.slice(0, 4).concat(payables.slice(6, 10))
      const intents = running.map((payable) => anIntent(payable))
      const claims = await claim(intents)
      const executions = running.flatMap(({ merchantId }, index) => {
        const executionId = claims[index]?.executionId
        return executionId ? [{ merchantId, executionId }] : []
      })
      const callBack = (): Promise<unknown> =>
        receiveCallbacks(
          pool,
          shuffled(intents, roll).map(({ providerReference }) => ({
            provider: 'PAWAPAY' as const,
            providerReference,
            tells: undefined,
            headers: {},
            body: Buffer.from('{}'),
            verification: 'unsigned',
            signatureDigest: undefined,
            wakes: true,
          })),
          noon,
          addMs(noon, 10_000),
        )
      const tellSome = (): Promise<unknown> =>
        tell(
          pool,
          shuffled(executions, roll)
            .slice(0, 6)
            .map((each) => news(each, (['PROCESSING', 'COMPLETED', 'FAILED'] as const)[roll(3)] ?? 'FAILED')),
        )
      const openSessions = (): Promise<unknown> => anotherSessionFor(shuffled(payables, roll))
      const claimSome = (): Promise<unknown> =>
        claim(
          shuffled(payables, roll)
            .slice(0, 8)
            .map((payable) => anIntent(payable)),
        )
      const check = (): Promise<unknown> => claimDueChecks(pool, addMs(noon, 15_000), 10)
      await Promise.all([
        tellSome(),
        claimSome(),
        openSessions(),
        check(),
        callBack(),
        tellSome(),
        claimSome(),
        openSessions(),
        callBack(),
      ])
    }
    expect(await findBrokenRules(pool)).toEqual({})
  },
)

test('a document canceled while it is being paid is one or the other, never both', async () => {
  const context = { db: pool, clock: aClock(), expireSessions }
  for (let round = 0; round < 25; round += 1) {
    const payables = await somePayables(pool, 4)
    const [claims, cancellations] = await Promise.all([
      claimUntilDecided(payables.map((payable) => anIntent(payable))),
      Promise.allSettled(
        payables
          .toReversed()
          .map(({ merchantId, sourceId }) => cancelSource(context, { merchantId, kind: 'INVOICE', id: sourceId })),
      ),
    ])
    const canceled = cancellations.map(({ status }) => status === 'fulfilled').toReversed()
    const claimed = [...claims.values()].map(({ verdict }) => verdict === 'claimed')
    expect(canceled.map((yes, index) => yes !== claimed[index])).toEqual([true, true, true, true])
  }
  expect(await findBrokenRules(pool)).toEqual({})
})
