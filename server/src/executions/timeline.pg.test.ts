import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { aMerchant, aPayable, type Claimed, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { accepted, aProvider, neverHeard, noon, paid, refused, silence } from '../../test/support/fakes.ts'
import {
  aMoneyProcess,
  aPaidCollection,
  aPayout,
  aRefund,
  aSpender,
  aTransfer,
  type MoneyProcess,
} from '../../test/support/money-out.ts'
import { addMs } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { checkExecution } from './check.ts'
import { type Execution } from './model.ts'
import { insertDecision, listQuarantined } from './question-store.ts'
import { findByReference } from './store.ts'
import { whereaboutsOf } from './timeline.ts'
import { getOpenEnds, listTimelineLines } from './timeline-store.ts'

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
  await sql(pool, `update executions set next_check_at = 'infinity' where next_check_at is not null`)
})

const whatOf = async (execution: Execution): Promise<string[]> =>
  (await listTimelineLines(pool, execution)).map(({ what, detail }) => (detail === null ? what : `${what} ${detail}`))

async function now(execution: Pick<Execution, 'merchantId' | 'referenceId'>): Promise<Execution> {
  const found = await findByReference(pool, execution.merchantId, execution.referenceId)
  if (!found) throw new Error('no execution')
  return found
}

async function holderOf(execution: Execution): Promise<unknown> {
  const stands = await now(execution)
  const { holder, amount } = whereaboutsOf(stands, await getOpenEnds(pool, stands))
  return [holder, amount]
}

/** Looks at one execution, whether or not it is due. */
const look = async ({ checks }: MoneyProcess, execution: Execution, turn?: number) =>
  checkExecution(checks, await now(execution), turn)

test('a collection that goes well is told from its statuses and its entry, and writes nothing more', async () => {
  const process = aMoneyProcess(pool)
  const execution = await process.collect(await aPayable(pool))
  expect(await holderOf(execution)).toEqual(['unknown', execution.payer])
  process.clock.advance(1_000)
  await look(process, execution)
  expect(await whatOf(execution)).toEqual(['recorded', 'accepted', 'completed', 'booked collection.completed'])
  expect(await holderOf(execution)).toEqual(['merchant wallet', execution.payee])
  const questions = await sql(pool, 'select from execution_questions where execution_id = $1', [execution.id])
  expect(questions).toEqual([])
})

test('silence, a resend and a question that brings nothing new are told, with their reasons', async () => {
  const provider = aProvider({ submit: () => silence, find: () => silence })
  const process = aMoneyProcess(pool, provider)
  const execution = await process.collect(await aPayable(pool))
  expect((await getOpenEnds(pool, execution)).nextCheckAt).toEqual(addMs(noon, 15_000))
  process.clock.advance(1_000)
  await look(process, execution)
  provider.will({ find: () => neverHeard, submit: () => accepted })
  process.clock.advance(1_000)
  await look(process, execution, 0)
  provider.will({ find: () => accepted })
  process.clock.advance(1_000)
  await look(process, execution)
  provider.will({ find: () => refused })
  process.clock.advance(1_000)
  await look(process, execution)
  expect(await whatOf(execution)).toEqual([
    'recorded',
    'asked unknown: no answer',
    'looked_up unknown: no answer',
    'accepted',
    'looked_up not_found',
    'asked accepted',
    'looked_up accepted',
    'failed The payer did not approve.',
  ])
  expect(await holderOf(execution)).toEqual(['payer', execution.payer])
  expect((await getOpenEnds(pool, execution)).nextCheckAt).toBeUndefined()
})

test('money out is held, then with whom it went to or back in the wallet', async () => {
  const process = aMoneyProcess(pool)
  const spender = await aSpender(pool)
  const [paidOut, released] = [await aPayout(process, spender), await aPayout(process, spender)]
  const done = await process.payOut(paidOut)
  expect(await holderOf(done)).toEqual(['held', done.payer])
  await look(process, done)
  expect(await holderOf(done)).toEqual(['recipient', done.payee])
  expect(await whatOf(done)).toEqual([
    'recorded',
    'approved',
    'booked payout.held',
    'accepted',
    'completed',
    'booked payout.completed',
  ])
  process.provider.will({ find: () => refused })
  const back = await process.payOut(released)
  await look(process, back)
  expect(await holderOf(back)).toEqual(['merchant wallet', back.payer])
  const transfer = await process.transfer(await aTransfer(process, spender))
  expect(await holderOf(transfer)).toEqual(['recipient', transfer.payee])
})

test('what was given back is with the payer', async () => {
  const process = aMoneyProcess(pool)
  const collection = await aPaidCollection(process, await aPayable(pool))
  const refund = await process.refund(await aRefund(process, collection, money(1_000n, 'USD')))
  await look(process, refund)
  expect(await holderOf(refund)).toEqual(['payer', money(1_000n, 'USD')])
})

async function aFailed(process: MoneyProcess): Promise<Execution> {
  process.provider.will({ submit: () => refused })
  return process.collect(await aPayable(pool))
}

test('a completion after a failure is quarantined once, told, and changes nothing until and after a person decides', async () => {
  const process = aMoneyProcess(pool)
  const execution = await aFailed(process)
  const amount = execution.payer
  process.provider.will({ find: () => ({ kind: 'completed', amount, transactionId: 'MP-9' }) })
  process.clock.advance(1_000)
  await look(process, execution)
  await look(process, execution)
  expect((await now(execution)).status).toBe('FAILED')
  expect(await holderOf(execution)).toEqual(['provider', amount])
  const waiting = await listQuarantined(pool)
  expect(waiting).toMatchObject([
    {
      executionId: execution.id,
      reason: 'contradiction',
      told: 'COMPLETED',
      toldBy: 'PAWAPAY',
      amount,
      transactionId: 'MP-9',
    },
  ])
  const decision = { decision: 'settled-elsewhere', note: 'Given back by the operator.', by: 'the desk' } as const
  expect(await insertDecision(pool, execution.merchantId, execution.referenceId, decision, process.clock.now())).toBe(1)
  expect(await insertDecision(pool, execution.merchantId, execution.referenceId, decision, process.clock.now())).toBe(0)
  expect(await listQuarantined(pool)).toEqual([])
  expect(await holderOf(execution)).toEqual(['payer', execution.payer])
  expect((await whatOf(execution)).slice(-2)).toEqual([
    'quarantined the provider said COMPLETED after FAILED',
    'decided settled-elsewhere: Given back by the operator.',
  ])
  await expect(sql(pool, 'delete from quarantined_outcomes')).rejects.toThrow()
  await expect(sql(pool, 'update quarantine_decisions set note = note')).rejects.toThrow()
})

test('a failure after a completion, and another amount than was asked, are quarantined', async () => {
  const process = aMoneyProcess(pool)
  const done = await aPaidCollection(process, await aPayable(pool))
  await process.recordOutcome(done, refused)
  expect(await holderOf(done)).toEqual(['unknown', done.payee])
  const other = await process.collect(await aPayable(pool))
  const amount = money(1n, 'USD')
  process.provider.will({ find: () => ({ kind: 'completed', amount, transactionId: undefined }) })
  await look(process, other)
  await look(process, other)
  expect((await now(other)).status).toBe('PROCESSING')
  expect(await holderOf(other)).toEqual(['provider', amount])
  expect((await listQuarantined(pool)).map(({ executionId, reason }) => [executionId, reason])).toEqual([
    [done.id, 'contradiction'],
    [other.id, 'amount'],
  ])
})

test('a decision is on the payment of the merchant it names', async () => {
  const process = aMoneyProcess(pool)
  const execution = await aFailed(process)
  await process.recordOutcome(execution, paid)
  const decision = { decision: 'stands', note: 'No money came.', by: undefined } as const
  const stranger: MerchantId = await aMerchant(pool)
  expect(await insertDecision(pool, stranger, execution.referenceId, decision, noon)).toBe(0)
})

test('a final payment that the network does not know is not asked for again', async () => {
  const process = aMoneyProcess(pool)
  const execution = await aFailed(process)
  process.provider.will({ find: () => neverHeard })
  const orders = process.provider.orders.length
  expect(await look(process, execution)).toMatchObject({ kind: 'unknown' })
  expect(process.provider.orders).toHaveLength(orders)
})

test('lines are of one payment alone', async () => {
  const [one, other] = (await someExecutions(pool, 2)) as [Claimed, Claimed]
  await tell(pool, [news(one, 'FAILED')])
  const execution = await now({ merchantId: other.merchantId, referenceId: other.intent.referenceId })
  expect(await whatOf(execution)).toEqual(['recorded'])
})
