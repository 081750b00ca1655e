import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { balances, findBrokenRules } from '../../test/support/books.ts'
import { anExecution, type Claimed, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { accepted, aClock, aProvider, noon, paid, refused, type TestProvider } from '../../test/support/fakes.ts'
import { createRecordOutcome } from '../executions/index.ts'
import { addMs } from '../kernel/clock.ts'
import { mintReference } from '../kernel/ids.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { openLog } from '../platform/log.ts'
import { createCallbacks } from './service.ts'
import { type ReceivedCallback, receiveCallbacks } from './store.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 6, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

afterEach(async () => {
  expect(await findBrokenRules(pool)).toEqual({})
})

const aCallback = (its: Partial<ReceivedCallback> = {}): ReceivedCallback => ({
  provider: 'PAWAPAY',
  providerReference: undefined,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"status":"COMPLETED"}'),
  ...its,
})

const about = (execution: Claimed, its: Partial<ReceivedCallback> = {}): ReceivedCallback =>
  aCallback({ providerReference: execution.intent.providerReference, ...its })

const receive = (...callbacks: ReceivedCallback[]) => receiveCallbacks(pool, callbacks, noon, addMs(noon, 10_000))

async function rowOf({ merchantId, executionId }: Claimed): Promise<Record<string, unknown> | undefined> {
  const [row] = await sql(pool, 'select status, next_check_at from executions where merchant_id = $1 and id = $2', [
    merchantId,
    executionId,
  ])
  return row
}

test('callbacks that all come at once are all looked up, a bounded number at a time, and without a worker', async () => {
  const executions = await someExecutions(pool, 200)
  let underWay = 0
  let most = 0
  const provider = aProvider({
    find: async () => {
      underWay += 1
      most = Math.max(most, underWay)
      await pool.query('select 1')
      underWay -= 1
      return paid
    },
  })
  const log = openLog('silent')
  const clock = aClock()
  const callbacks = createCallbacks(pool, clock, log, {
    db: pool,
    clock,
    log,
    providers: new Map([['PAWAPAY', provider]]),
    recordOutcome: createRecordOutcome(pool, clock, log),
  })
  await Promise.all(executions.map((execution) => callbacks.receive(about(execution))))
  const [merchant] = executions
  await expect
    .poll(async () => {
      const [row] = await sql(
        pool,
        `select count(*)::integer as completed from executions where merchant_id = $1 and status = 'COMPLETED'`,
        [merchant?.merchantId],
      )
      return row?.['completed']
    })
    .toBe(200)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(64)
})

test('what was posted is kept byte for byte, whatever it is', async () => {
  const body = Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x80, 0x0a, 0x7d])
  const headers = { 'x-odd': 'Ünïcode', 'set-cookie': ['a', 'b'] }
  const providerReference = mintReference()
  await receive(aCallback({ providerReference, headers, body }), aCallback({ body: Buffer.alloc(0) }))
  expect(
    await sql(
      pool,
      `select provider, provider_reference, headers, body, received_at
       from provider_callbacks
       where provider_reference = $1`,
      [providerReference],
    ),
  ).toEqual([{ provider: 'PAWAPAY', provider_reference: providerReference, headers, body, received_at: noon }])
})

test('the open executions they speak of are answered, once each, and are due at the time given', async () => {
  const [first, second, silent] = await someExecutions(pool, 3)
  if (!first || !second || !silent) throw new Error('three executions')
  const open = await receive(
    about(second),
    about(first),
    about(second),
    aCallback({ providerReference: mintReference() }),
  )
  expect(open.map(({ id }) => id).toSorted()).toEqual([first.executionId, second.executionId].toSorted())
  expect(open.find(({ id }) => id === first.executionId)).toMatchObject({
    merchantId: first.merchantId,
    status: 'PENDING',
    providerReference: first.intent.providerReference,
    payer: first.intent.payer,
  })
  expect(await rowOf(first)).toEqual({ status: 'PENDING', next_check_at: addMs(noon, 10_000) })
  expect(await rowOf(silent)).toEqual({ status: 'PENDING', next_check_at: addMs(noon, 15_000) })
})

test('a callback about what is settled, about nothing, or from another network, wakes nobody', async () => {
  const [settled, open] = await someExecutions(pool, 2)
  if (!settled || !open) throw new Error('two executions')
  await tell(pool, [news(settled, 'COMPLETED')])
  const before = await rowOf(settled)
  expect(await receive(about(settled), aCallback(), about(open, { provider: 'STRIPE' }))).toEqual([])
  expect([await rowOf(settled), (await rowOf(open))?.['next_check_at']]).toEqual([before, addMs(noon, 15_000)])
})

test('callbacks by the hundred, over several connections, meet outcomes without a deadlock', async () => {
  const executions = await someExecutions(pool, 20)
  for (let round = 0; round < 10; round += 1) {
    await Promise.all([
      receive(...executions.map((execution) => about(execution))),
      receive(...executions.toReversed().map((execution) => about(execution))),
      tell(
        pool,
        executions.slice(round, round + 6).map((execution) => news(execution, 'PROCESSING')),
      ),
      tell(
        pool,
        executions.slice(round, round + 2).map((execution) => news(execution, 'COMPLETED')),
      ),
    ])
  }
})

/** One process that hears callbacks and asks a network about them. */
function aServer(provider: TestProvider) {
  const clock = aClock()
  const log = openLog('silent')
  const recordOutcome = createRecordOutcome(pool, clock, log)
  const checks = { db: pool, clock, log, recordOutcome, providers: new Map([[provider.name, provider]]) }
  return createCallbacks(pool, clock, log, checks)
}

test('nothing a callback claims is believed: the network is asked, and its answer counts', async () => {
  const execution = await anExecution(pool)
  const provider = aProvider({ find: () => refused })
  const callbacks = aServer(provider)
  await callbacks.receive(about(execution, { body: Buffer.from('{"status":"COMPLETED","amount":"999999"}') }))
  await callbacks.settled()
  expect(provider.lookUps).toEqual([execution.intent.providerReference])
  expect(await rowOf(execution)).toEqual({ status: 'FAILED', next_check_at: null })
})

test('the same callback many times settles the payment once', async () => {
  const execution = await anExecution(pool)
  const callbacks = aServer(aProvider())
  await Promise.all(Array.from({ length: 20 }, () => callbacks.receive(about(execution))))
  await callbacks.settled()
  await callbacks.receive(about(execution))
  await callbacks.settled()
  expect((await rowOf(execution))?.['status']).toBe('COMPLETED')
  expect((await balances(pool))[`wallet ${execution.merchantId} USD`]).toBe(25_000n)
})

test('two processes that hear of the same payment settle it once', async () => {
  const executions = await someExecutions(pool, 10)
  const servers = [aServer(aProvider()), aServer(aProvider())]
  await Promise.all(servers.flatMap((server) => executions.map((execution) => server.receive(about(execution)))))
  await Promise.all(servers.map((server) => server.settled()))
  expect((await balances(pool))[`wallet ${executions[0]?.merchantId ?? ''} USD`]).toBe(250_000n)
})

test('a callback is acknowledged although the network cannot be asked, and the worker will ask', async () => {
  const execution = await anExecution(pool)
  const callbacks = aServer(
    aProvider({
      find: () => {
        throw new Error('a bug in the connector')
      },
    }),
  )
  await callbacks.receive(about(execution))
  await callbacks.settled()
  expect(await rowOf(execution)).toEqual({ status: 'PENDING', next_check_at: addMs(noon, 10_000) })
})

test('an early callback that the network answers with "under way" leaves it open', async () => {
  const execution = await anExecution(pool)
  const callbacks = aServer(aProvider({ find: () => accepted }))
  await callbacks.receive(about(execution))
  await callbacks.settled()
  expect((await rowOf(execution))?.['status']).toBe('PROCESSING')
})

test('a callback that comes while the network is being asked is not lost', async () => {
  const execution = await anExecution(pool)
  let answer = (): void => undefined
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  const provider = aProvider({
    find: async () => {
      await asked
      return provider.lookUps.length === 1 ? accepted : paid
    },
  })
  const callbacks = aServer(provider)
  await callbacks.receive(about(execution))
  await callbacks.receive(about(execution))
  answer()
  await callbacks.settled()
  const row = await rowOf(execution)
  // Asked once more at once, or due soon: either way the second callback is followed up.
  expect(row?.['status'] === 'COMPLETED' || Number(row?.['next_check_at']) <= Number(addMs(noon, 15_000))).toBe(true)
})
