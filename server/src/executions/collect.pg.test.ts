import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { balances, findBrokenRules } from '../../test/support/books.ts'
import {
  aPayable,
  aSession,
  type Payable,
  type PayableOptions,
  somePayables,
  sql,
} from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import {
  accepted,
  aClock,
  aProvider,
  noon,
  paid,
  refused,
  silence,
  type TestProvider,
} from '../../test/support/fakes.ts'
import { createPrices } from '../fees/index.ts'
import { addMs } from '../kernel/clock.ts'
import { mintReference } from '../kernel/ids.ts'
import { formatMoney, money, type Money } from '../kernel/money.ts'
import { type FieldIssue, InvalidRequest } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { openLog } from '../platform/log.ts'
import { checkDue } from './check.ts'
import { type CollectionDependencies, createExecuteCollection, type ExecuteCollection } from './execute-collection.ts'
import { type Execution } from './model.ts'
import { ReferenceReused, SourceNotActive } from './problems.ts'
import { createRecordOutcome } from './record-outcome.ts'
import { findByReference } from './store.ts'

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

interface Server {
  readonly provider: TestProvider
  readonly execute: ExecuteCollection
  readonly checks: Parameters<typeof checkDue>[0]
}

/** One process: groups of its own, a network of its own. */
function aServer(provider = aProvider(), clock = aClock(), circuits?: CollectionDependencies['circuits']): Server {
  const log = openLog('silent')
  const providers = new Map([[provider.name, provider]])
  const recordOutcome = createRecordOutcome(pool, clock, log)
  const context = { db: pool, clock, providers, recordOutcome }
  return {
    provider,
    execute: createExecuteCollection({
      ...context,
      mintReference,
      prices: createPrices(pool, clock),
      ...(circuits && { circuits }),
    }),
    checks: { ...context, log },
  }
}

interface Wanted {
  readonly currency?: string
  readonly referenceId?: string
  readonly sessionId?: string
  readonly paymentAccountId?: string
}

function collect({ execute }: Server, payable: Payable, its: Wanted = {}): Promise<Execution> {
  const request = {
    merchantId: payable.merchantId,
    referenceId: randomUUID(),
    sessionId: payable.sessionId,
    paymentAccountId: payable.paymentAccountId,
    currency: payable.total.currency,
    ...its,
  }
  const ids = {
    sessionId: request.sessionId as Payable['sessionId'],
    paymentAccountId: request.paymentAccountId as Payable['paymentAccountId'],
  }
  return execute(request, ids)
}

async function issuesOf(work: Promise<unknown>): Promise<readonly FieldIssue[]> {
  try {
    await work
  } catch (error) {
    if (error instanceof InvalidRequest) return error.issues
    throw error
  }
  return []
}

async function sourceOf({ merchantId, sourceId }: Payable): Promise<string | undefined> {
  const rows = await sql<{ status: string }>(pool, 'select status from sources where merchant_id = $1 and id = $2', [
    merchantId,
    sourceId,
  ])
  return rows[0]?.status
}

const executionsOf = ({ merchantId }: Payable): Promise<Record<string, unknown>[]> =>
  sql(pool, 'select status, next_check_at from executions where merchant_id = $1 order by id', [merchantId])

const inWords = (amount: Money | undefined): string => (amount ? `${formatMoney(amount)} ${amount.currency}` : 'none')

test('a network that takes the order leaves the payment PROCESSING, asked for once and as it should be', async () => {
  const server = aServer()
  const payable = await aPayable(pool)
  const execution = await collect(server, payable)
  expect(execution).toMatchObject({ status: 'PROCESSING', payer: money(25_750n, 'USD'), payee: money(25_000n, 'USD') })
  expect(server.provider.orders).toEqual([
    {
      operation: 'COLLECTION',
      reference: execution.providerReference,
      method: 'MTN_MOMO_LBR',
      amount: money(25_750n, 'USD'),
      phone: '231880000001',
      note: 'INV-2025-00001',
    },
  ])
  expect(await sourceOf(payable)).toBe('PROCESSING')
})

test('what is answered is what is stored', async () => {
  const answers = [
    accepted,
    silence,
    refused,
    { ...paid, amount: money(25_750n, 'USD') },
    { kind: 'completed', amount: undefined, transactionId: undefined } as const,
  ]
  for (const answer of answers) {
    const server = aServer(aProvider({ submit: () => answer }))
    const payable = await aPayable(pool)
    const execution = await collect(server, payable)
    expect(await findByReference(pool, payable.merchantId, execution.referenceId)).toEqual(execution)
  }
})

test('a network that completes at once pays the document', async () => {
  const payable = await aPayable(pool)
  const execution = await collect(aServer(aProvider({ submit: () => paid })), payable)
  expect(execution).toMatchObject({ status: 'COMPLETED', providerTransactionId: 'MP-1' })
  expect(await sourceOf(payable)).toBe('PAID')
  expect((await balances(pool))[`wallet ${payable.merchantId} USD`]).toBe(25_000n)
})

test('a refusal fails the payment, says why, and frees the document', async () => {
  const payable = await aPayable(pool)
  const execution = await collect(aServer(aProvider({ submit: () => refused })), payable)
  expect(execution).toMatchObject({ status: 'FAILED', gatewayMessage: 'The payer did not approve.' })
  expect(await sourceOf(payable)).toBe('ACTIVE')
})

test('silence decides nothing: the payment stays open and is asked about later', async () => {
  const payable = await aPayable(pool)
  const execution = await collect(aServer(aProvider({ submit: () => silence })), payable)
  expect(execution.status).toBe('PENDING')
  expect(await executionsOf(payable)).toEqual([{ status: 'PENDING', next_check_at: addMs(noon, 15_000) }])
  expect(await sourceOf(payable)).toBe('PROCESSING')
})

test('a process that dies between the intent and the answer is made up for by the first check', async () => {
  const clock = aClock()
  const server = aServer(
    aProvider({
      submit: () => {
        throw new Error('the process died here')
      },
    }),
    clock,
  )
  const payable = await aPayable(pool)
  await expect(collect(server, payable)).rejects.toThrow('the process died here')
  expect(await executionsOf(payable)).toMatchObject([{ status: 'PENDING' }])
  server.provider.will({ find: () => paid })
  clock.advance(15_000)
  await checkDue(server.checks)
  expect(await sourceOf(payable)).toBe('PAID')
})

test('a callback that is faster than the reply is not undone by it', async () => {
  const server = aServer()
  const payable = await aPayable(pool)
  const referenceId = randomUUID()
  server.provider.will({
    submit: async () => {
      const execution = await findByReference(pool, payable.merchantId, referenceId)
      if (!execution) throw new Error('the intent is recorded before the network is asked')
      await server.checks.recordOutcome(execution, paid)
      return accepted
    },
  })
  expect(await collect(server, payable, { referenceId })).toMatchObject({
    status: 'COMPLETED',
    providerTransactionId: 'MP-1',
  })
})

test('the same request again is answered with how the payment stands, and the network is not asked again', async () => {
  const server = aServer(aProvider({ submit: () => silence }))
  const payable = await aPayable(pool)
  const first = await collect(server, payable)
  expect(await collect(server, payable, { referenceId: first.referenceId })).toEqual(first)
  await server.checks.recordOutcome(first, paid)
  expect(await collect(server, payable, { referenceId: first.referenceId })).toMatchObject({
    id: first.id,
    status: 'COMPLETED',
  })
  expect(server.provider.orders).toHaveLength(1)
})

test('the same request sent at once, to two processes, charges once and is answered alike', async () => {
  const [one, two] = [aServer(), aServer()]
  for (let round = 0; round < 10; round += 1) {
    const payable = await aPayable(pool)
    const referenceId = randomUUID()
    const executions = await Promise.all(
      [one, two, one, two, one].map((server) => collect(server, payable, { referenceId })),
    )
    expect(new Set(executions.map(({ id }) => id)).size).toBe(1)
    expect(one.provider.orders.length + two.provider.orders.length).toBe(round + 1)
  }
})

test('another request under a key that was used is refused', async () => {
  const server = aServer()
  const [payable, other] = await somePayables(pool, 2)
  if (!payable || !other) throw new Error('two payables')
  const { referenceId } = await collect(server, payable)
  await expect(collect(server, other, { referenceId })).rejects.toThrow(ReferenceReused)
  await expect(collect(server, payable, { referenceId, currency: 'LRD' })).rejects.toThrow(ReferenceReused)
  await expect(collect(server, payable, { referenceId, paymentAccountId: '1' })).rejects.toThrow(ReferenceReused)
  expect(server.provider.orders).toHaveLength(1)
  expect(await sourceOf(other)).toBe('ACTIVE')
})

test('two sessions of one document executed at once: one pays, the other is told', async () => {
  const server = aServer()
  for (let round = 0; round < 10; round += 1) {
    const payable = await aPayable(pool)
    const other = { ...payable, sessionId: await aSession(pool, payable) }
    const results = await Promise.allSettled([collect(server, payable), collect(server, other)])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const lost = results.find((result) => result.status === 'rejected')
    expect(lost?.reason).toBeInstanceOf(SourceNotActive)
  }
  expect(server.provider.orders).toHaveLength(10)
})

test('many payments at once are all made, each once', async () => {
  const server = aServer(aProvider({ submit: () => paid }))
  const payables = await somePayables(pool, 120)
  const executions = await Promise.all(payables.map((payable) => collect(server, payable)))
  expect(executions.every(({ status }) => status === 'COMPLETED')).toBe(true)
  expect(new Set(server.provider.orders.map(({ reference }) => reference)).size).toBe(120)
  const merchantId = payables[0]?.merchantId ?? ''
  expect((await balances(pool))[`wallet ${merchantId} USD`]).toBe(120n * 25_000n)
})

test.each<[string, PayableOptions, string, [string, string, string, string]]>([
  ['in its own currency', {}, 'USD', ['257.50 USD', '250.00 USD', '2.50 USD', 'none']],
  ['in another', {}, 'LRD', ['52000.00 LRD', '250.00 USD', '2.50 USD', '2.50 USD']],
  ['off the payee', { feeBearer: 'PAYEE' }, 'USD', ['250.00 USD', '242.50 USD', '2.50 USD', 'none']],
  [
    'in a third by way of the dollar',
    { total: money(1_000_000n, 'LRD') },
    'RWF',
    ['72800 RWF', '10000.00 LRD', '100.00 LRD', '100.00 LRD'],
  ],
  [
    'in a third by way of the dollar, the other way',
    { total: money(70_000n, 'RWF') },
    'LRD',
    ['10400.00 LRD', '70000 RWF', '700 RWF', '700 RWF'],
  ],
])('a document paid %s books what was quoted', async (_how, its, currency, figures) => {
  const payable = await aPayable(pool, its)
  const execution = await collect(aServer(aProvider({ submit: () => paid })), payable, { currency })
  const [row] = await sql<{ platform: string; fx: string; fee_currency: 'USD' }>(
    pool,
    `select platform_fee_minor as platform, fx_fee_minor as fx, fee_currency
     from executions
     where merchant_id = $1 and id = $2`,
    [payable.merchantId, execution.id],
  )
  const fee = (minor: string | undefined): string => inWords(money(BigInt(minor ?? 0), row?.fee_currency ?? 'USD'))
  expect([
    inWords(execution.payer),
    inWords(execution.payee),
    fee(row?.platform),
    row?.fx === '0' ? 'none' : fee(row?.fx),
  ]).toEqual(figures)
})

test('rates with all their twelve decimals, crossed, are kept and counted with exactly', async () => {
  const later = addMs(noon, 60_000)
  await sql(
    pool,
    `insert into exchange_rates (base_currency, quote_currency, rate, source, effective_from, created_at)
     values ('USD', 'LRD', 199.123456789013, 'test', $1, $1), ('USD', 'RWF', 1399.987654321097, 'test', $1, $1)`,
    [later],
  )
  const payable = await aPayable(pool, { total: money(99_999_999_999_999n, 'LRD'), feeBearer: 'PAYEE' })
  const server = aServer(aProvider({ submit: () => paid }), aClock(later))
  const execution = await collect(server, payable, { currency: 'RWF' })
  const [row] = await sql<{ numerator: string; denominator: string }>(
    pool,
    `select fx_rate_numerator as numerator, fx_rate_denominator as denominator
     from executions
     where merchant_id = $1 and id = $2`,
    [payable.merchantId, execution.id],
  )
  // 999999999999.99 x 1399.987654321097 / 199.123456789013 = 7030752061543.811...
  expect([row?.numerator, row?.denominator]).toEqual(['1399987654321097', '199123456789013'])
  expect(execution.payer).toEqual(money(7_030_752_061_544n, 'RWF'))
})

test('an amount below its fees fails without asking the network, and says so', async () => {
  await sql(
    pool,
    `insert into gateway_fees (
       provider_id, operation_type, payment_method, percentage, fixed_minor, fixed_currency, effective_from, created_at,
       updated_at
     )
     values (1, 'COLLECTION', 'ORANGE_MONEY_LBR', 0, 100, 'USD', $1, $1, $1)`,
    [addMs(noon, -1)],
  )
  const payable = await aPayable(pool, { total: money(50n, 'USD'), feeBearer: 'PAYEE', method: 'ORANGE_MONEY_LBR' })
  const server = aServer()
  expect(await collect(server, payable)).toMatchObject({
    status: 'FAILED',
    walletMessage: 'The amount is less than its fees.',
    payee: { minor: -51n },
  })
  expect(server.provider.orders).toEqual([])
  expect(await sourceOf(payable)).toBe('ACTIVE')
})

test('everything a request names that is not there is told at once', async () => {
  const payable = await aPayable(pool)
  const theirs = await aPayable(pool)
  const server = aServer()
  expect(await issuesOf(collect(server, payable, { sessionId: theirs.sessionId, paymentAccountId: '999999' }))).toEqual(
    [
      { field: 'session_id', rule: 'session', message: 'session not found' },
      { field: 'payment_account_id', rule: 'not_found', message: 'payment account not found' },
    ],
  )
  expect(await issuesOf(collect(server, payable, { paymentAccountId: theirs.paymentAccountId }))).toEqual([
    { field: 'payment_account_id', rule: 'not_found', message: 'payment account not found' },
  ])
  expect(await executionsOf(payable)).toEqual([])
})

test.each<[string, PayableOptions, Wanted, FieldIssue]>([
  [
    'an account that is not active',
    { accountIsActive: false },
    {},
    { field: 'payment_account_id', rule: 'state', message: 'payment account is not active' },
  ],
  [
    'a session past its time',
    { expiresAt: noon },
    {},
    { field: 'session_id', rule: 'session', message: 'session expired' },
  ],
  [
    'a session that was used',
    { sessionStatus: 'EXPIRED' },
    {},
    { field: 'session_id', rule: 'session', message: 'session expired' },
  ],
  [
    'a document that was canceled',
    { sourceStatus: 'CANCELED' },
    {},
    { field: 'session_id', rule: 'state', message: 'source is not ACTIVE' },
  ],
  [
    'a currency without wallets',
    {},
    { currency: 'EUR' },
    { field: 'currency', rule: 'currency', message: 'currency not supported by this payment method' },
  ],
])('%s is refused, nothing is recorded and nobody is asked', async (_what, its, wanted, issue) => {
  const payable = await aPayable(pool, its)
  const server = aServer()
  expect(await issuesOf(collect(server, payable, wanted))).toEqual([issue])
  expect(await executionsOf(payable)).toEqual([])
  expect(server.provider.orders).toEqual([])
})

test('a method that the network does not offer now is refused', async () => {
  const payable = await aPayable(pool)
  const server = aServer(aProvider({ offer: undefined }))
  expect(await issuesOf(collect(server, payable))).toMatchObject([{ field: 'currency', rule: 'currency' }])
  expect(await executionsOf(payable)).toEqual([])
})

test('an amount finer than the network carries is refused, never rounded to fit', async () => {
  const whole = { decimals: 0, minimum: undefined, maximum: undefined }
  const server = aServer(aProvider({ offer: whole }))
  const payable = await aPayable(pool)
  expect(await issuesOf(collect(server, payable))).toMatchObject([{ field: 'currency', rule: 'currency' }])
  expect(server.provider.orders).toEqual([])
  // 103.00 has no decimals that count.
  const round = await aPayable(pool, { total: money(10_000n, 'USD') })
  expect(await collect(server, round)).toMatchObject({ status: 'PROCESSING' })
})

test('an amount outside the limits of the network is refused, on them it is taken', async () => {
  const limits = (minimum: bigint, maximum: bigint) =>
    aProvider({ offer: { decimals: 2, minimum: money(minimum, 'USD'), maximum: money(maximum, 'USD') } })
  const payable = await aPayable(pool)
  const issue = { field: 'payment_account_id', rule: 'limit' }
  expect(await issuesOf(collect(aServer(limits(25_751n, 99_999n)), payable))).toMatchObject([issue])
  expect(await issuesOf(collect(aServer(limits(1n, 25_749n)), payable))).toMatchObject([issue])
  expect(await collect(aServer(limits(25_750n, 25_750n)), payable)).toMatchObject({ status: 'PROCESSING' })
})

test('an amount too small to exist in the currency it is to be paid in is refused, not charged as nothing', async () => {
  const payable = await aPayable(pool, { total: money(1n, 'RWF') })
  const server = aServer()
  expect(await issuesOf(collect(server, payable, { currency: 'USD' }))).toHaveLength(1)
  expect(server.provider.orders).toEqual([])
})

test('a payer without a number is never asked for', async () => {
  const payable = await aPayable(pool)
  await sql(pool, 'update payment_accounts set account_number = null where merchant_id = $1', [payable.merchantId])
  const server = aServer()
  await expect(collect(server, payable)).rejects.toThrow('invariant broken')
  expect(server.provider.orders).toEqual([])
})

test('an order that begins late keeps its first check away until it is over', async () => {
  const clock = aClock()
  // Between the price and the claim: as if the database had kept the claim waiting.
  const server = aServer(aProvider({ submit: () => silence }), clock, {
    admit() {
      clock.advance(5_000)
    },
  })
  const execution = await collect(server, await aPayable(pool))
  expect(server.provider.orders).toHaveLength(1)
  const [row] = await sql(pool, 'select next_check_at, status from executions where id = $1', [execution.id])
  expect(row).toEqual({ status: 'PENDING', next_check_at: addMs(noon, 20_000) })
})
