import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { balances, findBrokenRules } from '../../test/support/books.ts'
import { anExecution, type Claimed, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { accepted, aClock, aProvider, noon, paid, refused, type TestProvider } from '../../test/support/fakes.ts'
import { createRecordOutcome } from '../executions/index.ts'
import { addMs } from '../kernel/clock.ts'
import { mintReference } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { openLog } from '../platform/log.ts'
import { type Outcome, type ReadCallback } from '../providers/provider.ts'
import { createCallbacks, type HeardCallback } from './service.ts'
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
  tells: undefined,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"status":"COMPLETED"}'),
  verification: 'unsigned',
  signatureDigest: undefined,
  wakes: true,
  ...its,
})

const about = (execution: Claimed, its: Partial<ReceivedCallback> = {}): ReceivedCallback =>
  aCallback({ providerReference: execution.intent.providerReference, ...its })

/** As the connector hands it on: an unsigned hint, unless told otherwise. */
const heard = (
  execution: Claimed,
  said: Partial<ReadCallback> = {},
  body = '{"status":"COMPLETED"}',
): HeardCallback => ({
  provider: 'PAWAPAY',
  headers: {},
  body: Buffer.from(body),
  said: {
    reference: execution.intent.providerReference,
    trust: 'hint',
    tells: undefined,
    verification: 'unsigned',
    signature: undefined,
    claim: undefined,
    ...said,
  },
})

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
  await Promise.all(executions.map((execution) => callbacks.receive(heard(execution))))
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
  await callbacks.receive(heard(execution, {}, '{"status":"COMPLETED","amount":"999999"}'))
  await callbacks.settled()
  expect(provider.lookUps).toEqual([execution.intent.providerReference])
  expect(await rowOf(execution)).toEqual({ status: 'FAILED', next_check_at: null })
})

test('the same callback many times settles the payment once', async () => {
  const execution = await anExecution(pool)
  const callbacks = aServer(aProvider())
  await Promise.all(Array.from({ length: 20 }, () => callbacks.receive(heard(execution))))
  await callbacks.settled()
  await callbacks.receive(heard(execution))
  await callbacks.settled()
  expect((await rowOf(execution))?.['status']).toBe('COMPLETED')
  expect((await balances(pool))[`wallet ${execution.merchantId} USD`]).toBe(25_000n)
})

test('two processes that hear of the same payment settle it once', async () => {
  const executions = await someExecutions(pool, 10)
  const servers = [aServer(aProvider()), aServer(aProvider())]
  await Promise.all(servers.flatMap((server) => executions.map((execution) => server.receive(heard(execution)))))
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
  await callbacks.receive(heard(execution))
  await callbacks.settled()
  expect(await rowOf(execution)).toEqual({ status: 'PENDING', next_check_at: addMs(noon, 10_000) })
})

test('an early callback that the network answers with "under way" leaves it open', async () => {
  const execution = await anExecution(pool)
  const callbacks = aServer(aProvider({ find: () => accepted }))
  await callbacks.receive(heard(execution))
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
  await callbacks.receive(heard(execution))
  await callbacks.receive(heard(execution))
  answer()
  await callbacks.settled()
  const row = await rowOf(execution)
  // Asked once more at once, or due soon: either way the second callback is followed up.
  expect(row?.['status'] === 'COMPLETED' || Number(row?.['next_check_at']) <= Number(addMs(noon, 15_000))).toBe(true)
})

/** As the connector hands on what pawaPay signed. */
const signed = (execution: Claimed, outcome: Outcome, signature = 'a signature'): HeardCallback =>
  heard(execution, {
    trust: 'believed',
    verification: 'valid',
    tells: outcome.kind === 'completed' ? 'COMPLETED' : 'FAILED',
    signature: Buffer.from(signature),
    claim: { operation: 'COLLECTION', outcome },
  })

const inFull = ({ intent }: Claimed): Outcome => ({ kind: 'completed', amount: intent.payer, transactionId: 'MP-1' })

const storedAbout = ({ intent }: Claimed) =>
  sql(pool, 'select verification, is_repeat from provider_callbacks where provider_reference = $1 order by id', [
    intent.providerReference,
  ])

test('the final word of a believed callback is recorded, once, and nobody is asked', async () => {
  const [payment, refusal] = await someExecutions(pool, 2)
  if (!payment || !refusal) throw new Error('two executions')
  const provider = aProvider()
  const callbacks = aServer(provider)
  await Promise.all([
    callbacks.receive(signed(payment, inFull(payment))),
    callbacks.receive(signed(payment, inFull(payment))),
    callbacks.receive(signed(refusal, refused, 'another')),
  ])
  await callbacks.receive(signed(payment, inFull(payment)))
  await callbacks.settled()
  expect([await rowOf(payment), await rowOf(refusal)]).toEqual([
    { status: 'COMPLETED', next_check_at: null },
    { status: 'FAILED', next_check_at: null },
  ])
  expect(provider.lookUps).toEqual([])
  expect((await balances(pool))[`wallet ${payment.merchantId} USD`]).toBe(25_000n)
  expect(await storedAbout(payment)).toEqual([
    { verification: 'valid', is_repeat: false },
    { verification: 'valid', is_repeat: true },
    { verification: 'valid', is_repeat: true },
  ])
  expect(await storedAbout(refusal)).toEqual([{ verification: 'valid', is_repeat: false }])
})

test('a believed callback about another amount settles nothing, and the payment stays due', async () => {
  const execution = await anExecution(pool)
  const callbacks = aServer(aProvider())
  await callbacks.receive(signed(execution, { kind: 'completed', amount: money(1n, 'USD'), transactionId: 'MP-1' }))
  await callbacks.settled()
  expect(await rowOf(execution)).toEqual({ status: 'PENDING', next_check_at: addMs(noon, 10_000) })
})

test('a believed callback about another kind of payment, or without a final word, is looked up', async () => {
  const executions = await someExecutions(pool, 2)
  const [first, second] = executions
  if (!first || !second) throw new Error('two executions')
  const provider = aProvider({ find: () => refused })
  const callbacks = aServer(provider)
  const other = signed(first, inFull(first), 'of a payout')
  await callbacks.receive({ ...other, said: { ...other.said, claim: { operation: 'PAYOUT', outcome: inFull(first) } } })
  const early = signed(second, inFull(second), 'early')
  await callbacks.receive({ ...early, said: { ...early.said, claim: undefined } })
  await callbacks.settled()
  expect(provider.lookUps.toSorted()).toEqual(executions.map(({ intent }) => intent.providerReference).toSorted())
  expect(await Promise.all(executions.map(rowOf))).toMatchObject([{ status: 'FAILED' }, { status: 'FAILED' }])
})

test.each([
  ['refused', 'bad_signature'],
  ['refused', 'stale'],
  ['undecided', 'key_unavailable'],
] as const)(
  'one that is %s (%s) is kept, wakes nobody, and does not stand in the way of the next',
  async (trust, verification) => {
    const execution = await anExecution(pool)
    const before = await rowOf(execution)
    const provider = aProvider()
    const callbacks = aServer(provider)
    await callbacks.receive(heard(execution, { trust, verification }))
    await callbacks.settled()
    expect(await rowOf(execution)).toEqual(before)
    expect(provider.lookUps).toEqual([])
    await callbacks.receive(signed(execution, inFull(execution), `genuine, after ${verification}`))
    await callbacks.settled()
    expect((await rowOf(execution))?.['status']).toBe('COMPLETED')
    expect(await storedAbout(execution)).toEqual([
      { verification, is_repeat: false },
      { verification: 'valid', is_repeat: false },
    ])
  },
)

test('a forged callback in one batch with the genuine one changes nothing about it', async () => {
  const execution = await anExecution(pool)
  const callbacks = aServer(aProvider())
  await Promise.all([
    callbacks.receive(heard(execution, { trust: 'refused', verification: 'bad_signature' })),
    callbacks.receive(heard(execution, { trust: 'refused', verification: 'bad_digest' })),
    callbacks.receive(signed(execution, inFull(execution), 'genuine, among others')),
  ])
  await callbacks.settled()
  expect((await balances(pool))[`wallet ${execution.merchantId} USD`]).toBe(25_000n)
})

const completion = { tells: 'COMPLETED' } as const

test('a FAILED payment that is called completed is answered for a look-up, and stays due no more', async () => {
  const [failed, done] = await someExecutions(pool, 2)
  if (!failed || !done) throw new Error('two executions')
  await tell(pool, [news(failed, 'FAILED'), news(done, 'COMPLETED')])
  expect(await receive(about(failed), about(done, completion))).toEqual([])
  const found = await receive(about(failed, completion), about(failed, completion))
  expect(found).toMatchObject([{ id: failed.executionId, status: 'FAILED' }])
  expect(await rowOf(failed)).toEqual({ status: 'FAILED', next_check_at: null })
})

test('such a callback is acknowledged once the network has been asked, and has given a final answer', async () => {
  const failed = await anExecution(pool)
  await tell(pool, [news(failed, 'FAILED')])
  const provider: TestProvider = aProvider()
  const callbacks = aServer(provider)
  for (const find of [() => ({ kind: 'unknown', reason: 'no answer' }) as const, () => accepted]) {
    provider.will({ find })
    await expect(callbacks.receive(heard(failed, completion))).rejects.toThrow('Not looked up yet')
  }
  provider.will({ find: () => paid })
  await callbacks.receive(heard(failed, completion))
  const rows = await sql(pool, 'select reason, stood, told from quarantined_outcomes where execution_id = $1', [
    failed.executionId,
  ])
  expect(rows).toEqual([{ reason: 'contradiction', stood: 'FAILED', told: 'COMPLETED' }])
  expect(await rowOf(failed)).toEqual({ status: 'FAILED', next_check_at: null })
})

test('a signed callback against what is final is quarantined by itself, whichever way it goes', async () => {
  const [failed, done] = await someExecutions(pool, 2)
  if (!failed || !done) throw new Error('two executions')
  await tell(pool, [news(failed, 'FAILED'), news(done, 'COMPLETED')])
  // Nothing is asked: the word is the provider's own.
  const callbacks = aServer(aProvider())
  await callbacks.receive(signed(failed, inFull(failed), 'one'))
  await callbacks.receive(signed(done, refused, 'another'))
  const rows = await sql(
    pool,
    'select execution_id, stood, told from quarantined_outcomes where execution_id = any ($1) order by told',
    [[failed.executionId, done.executionId]],
  )
  expect(rows).toEqual([
    { execution_id: failed.executionId, stood: 'FAILED', told: 'COMPLETED' },
    { execution_id: done.executionId, stood: 'COMPLETED', told: 'FAILED' },
  ])
})

test('a COMPLETED payment that an unsigned callback calls FAILED is looked up, and stays as it is', async () => {
  const done = await anExecution(pool)
  await tell(pool, [news(done, 'COMPLETED')])
  const callbacks = aServer(aProvider({ find: () => paid }))
  await callbacks.receive(heard(done, { tells: 'FAILED' }))
  expect(await sql(pool, 'select 1 from quarantined_outcomes where execution_id = $1', [done.executionId])).toEqual([])
  expect(await rowOf(done)).toEqual({ status: 'COMPLETED', next_check_at: null })
})
