import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { balances, findBrokenRules } from '../../test/support/books.ts'
import {
  anExecution,
  anIntent,
  aPayable,
  type Claimed,
  news,
  type PayableOptions,
  someExecutions,
  sql,
  tell,
} from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { noon } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { type ExecutionId } from '../kernel/ids.ts'
import { money, ratio } from '../kernel/money.ts'
import { type CollectionIntent } from './model.ts'
import { claimCollections, findByReference, type RecordedOutcome } from './store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

afterEach(async () => {
  expect(await findBrokenRules(database.pool)).toEqual({})
})

interface Standing {
  readonly execution: string
  readonly session: string
  readonly source: string
}

async function standing({ merchantId, executionId }: Claimed): Promise<Standing> {
  const [row] = await sql<{ execution: string; session: string; source: string }>(
    database.pool,
    `select e.status as execution, t.status as session, s.status as source
     from executions e
     join sessions t on t.merchant_id = e.merchant_id and t.id = e.session_id
     join sources s on s.merchant_id = e.merchant_id and s.id = e.source_id
     where e.merchant_id = $1 and e.id = $2`,
    [merchantId, executionId],
  )
  if (!row) throw new Error('no execution')
  return row
}

/** Every line booked for an execution: `debit clearing PAWAPAY 257.50 ...`, in order. */
async function linesOf({ merchantId, executionId }: Pick<Claimed, 'merchantId' | 'executionId'>): Promise<string[]> {
  const rows = await sql<{ line: string }>(
    database.pool,
    `select concat_ws(' ', p.side, a.kind, a.provider, p.amount_minor, p.currency) as line
     from ledger_entries e
     join ledger_postings p on p.merchant_id = e.merchant_id and p.entry_id = e.id
     join ledger_accounts a on a.id = p.account_id
     where e.merchant_id = $1 and e.execution_id = $2
     order by e.id, p.line`,
    [merchantId, executionId],
  )
  return rows.map(({ line }) => line)
}

async function columnsOf({ merchantId, executionId }: Claimed): Promise<Record<string, unknown> | undefined> {
  const [row] = await sql(
    database.pool,
    `select e.next_check_at, e.confirmed_at, e.failure_code, s.paid_at, s.paid_by_execution_id
     from executions e
     join sources s on s.merchant_id = e.merchant_id and s.id = e.source_id
     where e.merchant_id = $1 and e.id = $2`,
    [merchantId, executionId],
  )
  return row
}

async function anExecutionOf(its: Partial<CollectionIntent>, payable: PayableOptions = {}): Promise<Claimed> {
  const intent = anIntent(await aPayable(database.pool, payable), its)
  const [claim] = await claimCollections(database.pool, [intent], noon)
  if (!claim?.executionId) throw new Error('not claimed')
  return { merchantId: intent.merchantId, executionId: claim.executionId, intent }
}

const verdicts = (recorded: readonly RecordedOutcome[]): string[] => recorded.map(({ verdict }) => verdict)

test('news that it is under way moves the execution, and only that', async () => {
  const execution = await anExecution(database.pool)
  expect(await tell(database.pool, [news(execution, 'PROCESSING', { nextCheckAt: addMs(noon, 99_000) })])).toEqual([
    { verdict: 'applied', status: 'PROCESSING' },
  ])
  expect(await standing(execution)).toEqual({ execution: 'PROCESSING', session: 'PROCESSING', source: 'PROCESSING' })
  expect(await columnsOf(execution)).toMatchObject({ next_check_at: addMs(noon, 99_000), confirmed_at: null })
  expect(await linesOf(execution)).toEqual([])
})

test('completed: the document is PAID, the session COMPLETED, and one entry credits the wallet', async () => {
  const execution = await anExecution(database.pool)
  expect(await tell(database.pool, [news(execution, 'COMPLETED', { providerTransactionId: 'MP-77' })])).toEqual([
    { verdict: 'applied', status: 'COMPLETED' },
  ])
  expect(await standing(execution)).toEqual({ execution: 'COMPLETED', session: 'COMPLETED', source: 'PAID' })
  expect(await columnsOf(execution)).toEqual({
    next_check_at: null,
    confirmed_at: noon,
    failure_code: null,
    paid_at: noon,
    paid_by_execution_id: execution.executionId,
  })
  const found = await findByReference(database.pool, execution.merchantId, execution.intent.referenceId)
  expect(found?.providerTransactionId).toBe('MP-77')
  expect(await linesOf(execution)).toEqual([
    'debit clearing PAWAPAY 25750 USD',
    'credit wallet 25000 USD',
    'credit platform_fees 250 USD',
    'credit gateway_fees PAWAPAY 500 USD',
  ])
})

test('failed: the document may be paid again, the session not, and nothing is booked', async () => {
  const execution = await anExecution(database.pool)
  expect(await tell(database.pool, [news(execution, 'FAILED')])).toEqual([{ verdict: 'applied', status: 'FAILED' }])
  expect(await standing(execution)).toEqual({ execution: 'FAILED', session: 'FAILED', source: 'ACTIVE' })
  expect(await columnsOf(execution)).toEqual({
    next_check_at: null,
    confirmed_at: null,
    failure_code: 'PAYMENT_NOT_APPROVED',
    paid_at: null,
    paid_by_execution_id: null,
  })
  const found = await findByReference(database.pool, execution.merchantId, execution.intent.referenceId)
  expect(found?.gatewayMessage).toBe('The payer did not approve the payment.')
  expect(await linesOf(execution)).toEqual([])
})

test('the same news again changes nothing', async () => {
  for (const status of ['PROCESSING', 'COMPLETED', 'FAILED'] as const) {
    const execution = await anExecution(database.pool)
    await tell(database.pool, [news(execution, status)])
    const before = [await standing(execution), await linesOf(execution), await columnsOf(execution)]
    expect(await tell(database.pool, [news(execution, status)])).toEqual([{ verdict: 'repeated', status }])
    expect([await standing(execution), await linesOf(execution), await columnsOf(execution)]).toEqual(before)
  }
})

test('older news after a final answer is stale', async () => {
  const execution = await anExecution(database.pool)
  await tell(database.pool, [news(execution, 'COMPLETED')])
  expect(await tell(database.pool, [news(execution, 'PROCESSING')])).toEqual([
    { verdict: 'stale', status: 'COMPLETED' },
  ])
  expect((await standing(execution)).execution).toBe('COMPLETED')
})

test('a final answer that contradicts the first leaves the first', async () => {
  const [paid, failed] = await someExecutions(database.pool, 2)
  if (!paid || !failed) throw new Error('two executions')
  await tell(database.pool, [news(paid, 'COMPLETED'), news(failed, 'FAILED')])
  expect(await tell(database.pool, [news(paid, 'FAILED'), news(failed, 'COMPLETED')])).toEqual([
    { verdict: 'contradicted', status: 'COMPLETED' },
    { verdict: 'contradicted', status: 'FAILED' },
  ])
  expect([await standing(paid), await standing(failed)]).toEqual([
    { execution: 'COMPLETED', session: 'COMPLETED', source: 'PAID' },
    { execution: 'FAILED', session: 'FAILED', source: 'ACTIVE' },
  ])
})

test('news of what there is not is told so: an unknown id, and another merchant’s', async () => {
  const [mine, theirs] = [await anExecution(database.pool), await anExecution(database.pool)]
  expect(
    await tell(database.pool, [
      news({ merchantId: mine.merchantId, executionId: '999999999' as ExecutionId }, 'COMPLETED'),
      news({ merchantId: mine.merchantId, executionId: theirs.executionId }, 'COMPLETED'),
    ]),
  ).toEqual([
    { verdict: 'unknown_execution', status: undefined },
    { verdict: 'unknown_execution', status: undefined },
  ])
  expect((await standing(theirs)).execution).toBe('PENDING')
})

test('in one call every element gets its own verdict, and one entry each', async () => {
  const [a, b, c, d] = await someExecutions(database.pool, 4)
  const other = await anExecution(database.pool, { total: money(7n, 'RWF') })
  if (!a || !b || !c || !d) throw new Error('four executions')
  await tell(database.pool, [news(b, 'COMPLETED'), news(c, 'FAILED')])
  const recorded = await tell(database.pool, [
    news(a, 'COMPLETED'),
    news(b, 'FAILED'),
    news({ ...a, executionId: '999999999' as ExecutionId }, 'COMPLETED'),
    news(c, 'FAILED'),
    news(other, 'COMPLETED'),
    news(d, 'PROCESSING'),
    news(a, 'FAILED'),
    news(a, 'COMPLETED'),
  ])
  expect(verdicts(recorded)).toEqual([
    'applied',
    'contradicted',
    'unknown_execution',
    'repeated',
    'applied',
    'applied',
    'again',
    'again',
  ])
  expect([await linesOf(a), await linesOf(b), await linesOf(c), await linesOf(d)].map((lines) => lines.length)).toEqual(
    [4, 4, 0, 0],
  )
  expect(await linesOf(other)).toEqual(['debit clearing PAWAPAY 7 RWF', 'credit wallet 7 RWF'])
})

test('of two pieces of news of one execution in one call the first counts', async () => {
  const execution = await anExecution(database.pool)
  expect(verdicts(await tell(database.pool, [news(execution, 'FAILED'), news(execution, 'COMPLETED')]))).toEqual([
    'applied',
    'again',
  ])
  expect((await standing(execution)).execution).toBe('FAILED')
})

test('a broken element fails its call as a whole, and leaves nothing', async () => {
  const [first, second] = await someExecutions(database.pool, 2)
  if (!first || !second) throw new Error('two executions')
  const broken = news(second, 'PROCESSING', { nextCheckAt: undefined })
  await expect(tell(database.pool, [news(first, 'COMPLETED'), broken])).rejects.toMatchObject({
    constraint: 'executions_always_checked',
  })
  expect([(await standing(first)).execution, await linesOf(first)]).toEqual(['PENDING', []])
})

test('a conversion passes through the position accounts, and each currency balances on its own', async () => {
  const before = await balances(database.pool)
  const execution = await anExecutionOf({
    payer: money(5_200_000n, 'LRD'),
    payee: money(25_000n, 'USD'),
    platformFee: money(250n, 'USD'),
    gatewayFee: money(500n, 'USD'),
    fxFee: money(250n, 'USD'),
    rate: ratio(200n, 1n),
  })
  await tell(database.pool, [news(execution, 'COMPLETED')])
  expect(await linesOf(execution)).toEqual([
    'debit clearing PAWAPAY 5200000 LRD',
    'credit exchange_position 5200000 LRD',
    'debit exchange_position 26000 USD',
    'credit wallet 25000 USD',
    'credit platform_fees 250 USD',
    'credit gateway_fees PAWAPAY 500 USD',
    'credit fx_fees 250 USD',
  ])
  const after = await balances(database.pool)
  const moved = (account: string): bigint => (after[account] ?? 0n) - (before[account] ?? 0n)
  expect(moved('exchange_position LRD')).toBe(5_200_000n)
  expect(moved('exchange_position USD')).toBe(-26_000n)
})

test('what rounding leaves over stays in the position', async () => {
  const execution = await anExecutionOf({
    payer: money(1n, 'USD'),
    payee: money(9n, 'RWF'),
    platformFee: money(0n, 'RWF'),
    gatewayFee: money(0n, 'RWF'),
    fxFee: money(0n, 'RWF'),
    rate: ratio(1n, 1400n),
  })
  await tell(database.pool, [news(execution, 'COMPLETED')])
  expect(await linesOf(execution)).toEqual([
    'debit clearing PAWAPAY 1 USD',
    'credit exchange_position 1 USD',
    'debit exchange_position 9 RWF',
    'credit wallet 9 RWF',
  ])
})

test('a rate whose inverse is no decimal is kept exactly', async () => {
  const execution = await anExecutionOf({
    payer: money(1n, 'USD'),
    payee: money(14n, 'RWF'),
    platformFee: money(0n, 'RWF'),
    gatewayFee: money(0n, 'RWF'),
    fxFee: money(0n, 'RWF'),
    rate: ratio(1n, 1400n),
  })
  const [row] = await sql(
    database.pool,
    'select fx_rate_numerator, fx_rate_denominator from executions where merchant_id = $1 and id = $2',
    [execution.merchantId, execution.executionId],
  )
  expect(row).toEqual({ fx_rate_numerator: '1', fx_rate_denominator: '1400' })
})

test('a payee who gets nothing after the fees is booked without a wallet line', async () => {
  const execution = await anExecutionOf(
    { payer: money(10n, 'USD'), payee: money(0n, 'USD'), platformFee: money(4n, 'USD'), gatewayFee: money(6n, 'USD') },
    { total: money(10n, 'USD') },
  )
  await tell(database.pool, [news(execution, 'COMPLETED')])
  expect(await linesOf(execution)).toEqual([
    'debit clearing PAWAPAY 10 USD',
    'credit platform_fees 4 USD',
    'credit gateway_fees PAWAPAY 6 USD',
  ])
})

test('a document paid at the second attempt names the second', async () => {
  const first = await anExecution(database.pool)
  await tell(database.pool, [news(first, 'FAILED')])
  const [session] = await sql<{ id: string }>(
    database.pool,
    `insert into sessions (merchant_id, type, source_id, expires_at, created_at, updated_at)
     values ($1, 'CHECKOUT', $2, $3, $4, $4)
     returning id`,
    [first.merchantId, first.intent.sourceId, addMs(noon, 60_000), noon],
  )
  const intent = anIntent(
    { ...first.intent, total: first.intent.payee },
    { sessionId: session?.id as CollectionIntent['sessionId'] },
  )
  const [claim] = await claimCollections(database.pool, [intent], noon)
  if (!claim?.executionId) throw new Error('not claimed')
  const second = { merchantId: first.merchantId, executionId: claim.executionId, intent }
  await tell(database.pool, [news(second, 'COMPLETED')])
  // The first one's news comes once more, late: the document stays paid.
  expect(verdicts(await tell(database.pool, [news(first, 'FAILED')]))).toEqual(['repeated'])
  expect(await columnsOf(second)).toMatchObject({ paid_by_execution_id: second.executionId })
})
