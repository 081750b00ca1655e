import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMerchant, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, aProvider, noon } from '../../test/support/fakes.ts'
import { aMoneyProcess, aPayout, aSpender } from '../../test/support/money-out.ts'
import { createSealer } from '../books/index.ts'
import { createPrices } from '../fees/index.ts'
import { addMs } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import { OperatorError } from '../kernel/problem.ts'
import { type AdminContext, type Answer, UsageError } from './command.ts'
import { parseCommand } from './commands.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const network = aProvider()
const machinery: Pick<AdminContext, 'write' | 'notice' | 'open' | 'withProvider'> = {
  write: async () => undefined,
  notice: () => undefined,
  open: () => Readable.from([]),
  withProvider: (work) => work(network),
}
const run = async (...args: string[]): Promise<Answer> =>
  parseCommand(args).run({
    db: database.pool,
    clock: aClock(noon),
    readSecret: async () => '654321',
    ...machinery,
  })

test('a merchant is created, given a key, and listed with it but without its secret', async () => {
  const merchant = await run('merchants', 'create', '--name', 'Kollie Market', '--type', 'ORGANIZATION', '--verified')
  expect(merchant).toMatchObject({ name: 'Kollie Market', type: 'ORGANIZATION', verified: true, email: null })
  const id = String((merchant as Record<string, unknown>)['id'])
  const issued = await run('keys', 'issue', '--merchant', id)
  expect(issued).toMatchObject({
    merchant_id: Number(id),
    client_secret: expect.stringMatching(/^dollr_secret_/) as unknown,
  })
  const listed = await run('keys', 'list', '--merchant', id)
  expect(listed).toEqual([
    {
      client_id: (issued as Record<string, unknown>)['client_id'],
      merchant_id: Number(id),
      created_at: noon.toISOString(),
      rotated_at: null,
      revoked_at: null,
    },
  ])
  expect(await run('merchants', 'list')).toContainEqual(merchant)
})

test('a merchant that is not verified gets no key', async () => {
  const unverified = await aMerchant(database.pool, { verified: false })
  await expect(run('keys', 'issue', '--merchant', unverified)).rejects.toThrow('is not verified')
})

test('rotating changes the secret and keeps the key, revoking ends it for good', async () => {
  const id = await aMerchant(database.pool)
  const issued = (await run('keys', 'issue', '--merchant', id)) as Record<string, unknown>
  const clientId = String(issued['client_id'])
  const rotated = (await run('keys', 'rotate', '--client-id', clientId)) as Record<string, unknown>
  expect(rotated['client_id']).toBe(clientId)
  expect(rotated['client_secret']).not.toBe(issued['client_secret'])
  expect(await run('keys', 'revoke', '--client-id', clientId)).toMatchObject({ revoked_at: noon.toISOString() })
  await expect(run('keys', 'rotate', '--client-id', clientId)).rejects.toThrow('No key in force')
})

test('what names nothing is said to name nothing', async () => {
  await expect(run('keys', 'issue', '--merchant', '999999')).rejects.toThrow('No merchant has the id 999999')
  await expect(run('keys', 'revoke', '--client-id', 'nobody')).rejects.toThrow('No key in force')
})

test.each([
  ['merchants', 'create', '--type', 'ORGANIZATION'],
  ['merchants', 'create', '--name', ' ', '--type', 'ORGANIZATION'],
  ['merchants', 'create', '--name', 'X', '--type', 'BANK'],
  ['merchants', 'create', '--name', 'X', '--type', 'ORGANIZATION', '--phone', '+231770000000'],
  ['keys', 'issue'],
  ['keys', 'issue', '--merchant', 'me'],
  ['keys', 'list', '--merchant', '0'],
])('%s %s %s %s %s %s %s is refused before anything is written', async (...args) => {
  await expect(run(...args)).rejects.toThrow(UsageError)
})

interface FeeShown {
  readonly kind: string
  readonly name: string
  readonly operation: string
  readonly method: string | null
  readonly percentage: string
  readonly fixed: string | null
  readonly fx_percentage: string | null
  readonly effective_from: string
  readonly effective_to: string | null
}

const record = async (...args: string[]) => (await run(...args)) as Readonly<Record<string, unknown>>
const list = async <Shown>(...args: string[]) => (await run(...args)) as unknown as readonly Shown[]

/** Counts all rows that a refused command could have left behind. */
async function rowCounts(): Promise<unknown> {
  const tables = ['merchants', 'api_keys', 'passcodes', 'platform_fees', 'gateway_fees', 'exchange_rates', 'fee_tiers']
  const counts = tables.map((table) => `select '${table}' as name, count(*) from ${table}`)
  return sql(database.pool, counts.join(' union all '))
}

const later = '2026-01-01T00:00:00.000Z'

test('a platform fee of a tier ends the one before it where it begins, and no other', async () => {
  await run('tiers', 'create', '--name', 'friends')
  const set = (percentage: string, ...more: string[]) =>
    record('fees', 'set-platform', '--tier', 'friends', '--operation', 'PAYOUT', '--percentage', percentage, ...more)
  expect(await set('0.8', '--fixed', '0.30 USD', '--fx-percentage', '0.5')).toMatchObject({
    tier: 'friends',
    operation: 'PAYOUT',
    effective_from: noon.toISOString(),
  })
  await set('0.7', '--method', 'MTN_MOMO_LBR')
  await set('0.6', '--from', later)
  const fees = (await list<FeeShown>('fees', 'list')).filter(({ name }) => name === 'friends')
  expect(
    fees.map(({ method, percentage, fixed, effective_from, effective_to }) => [
      method,
      Number(percentage),
      fixed,
      effective_from,
      effective_to,
    ]),
  ).toEqual([
    [null, 0.8, '0.30 USD', noon.toISOString(), later],
    [null, 0.6, null, later, null],
    ['MTN_MOMO_LBR', 0.7, null, noon.toISOString(), null],
  ])
  expect(fees[0]).toMatchObject({ kind: 'platform', fx_percentage: '0.500000' })
  const defaults = (await list<FeeShown>('fees', 'list')).filter(({ name }) => name === 'default')
  expect(defaults).toHaveLength(4)
  expect(defaults.every(({ effective_to: until }) => until === null)).toBe(true)
})

test('a gateway fee ends the one before it where it begins: what was charged before stays on record', async () => {
  const of = ['--provider', 'PAWAPAY', '--operation', 'PAYOUT']
  await run('fees', 'set-gateway', ...of, '--percentage', '1.75')
  const fees = await sql(
    database.pool,
    `select percentage, effective_to from gateway_fees
     where provider_id = 1 and operation_type = 'PAYOUT' order by id`,
  )
  expect(fees).toEqual([
    { percentage: '1.500000', effective_to: noon },
    { percentage: '1.750000', effective_to: null },
  ])
  const price = createPrices(database.pool, aClock())
  const quote = await price.quote({
    base: money(10_000n, 'USD'),
    target: 'USD',
    operation: 'PAYOUT',
    bearer: 'PAYER',
    provider: 'PAWAPAY',
    method: 'MTN_MOMO_LBR',
    tierId: undefined,
  })
  expect(quote).toMatchObject({ gatewayFee: money(175n, 'USD'), platformFee: money(100n, 'USD') })
})

test('rates are set, and listed with the latest first', async () => {
  expect(
    await run('rates', 'set', '--base', 'USD', '--quote', 'LRD', '--rate', '199.5', '--source', 'Central bank'),
  ).toEqual({ base: 'USD', quote: 'LRD', rate: '199.5', effective_from: noon.toISOString() })
  const [latest] = await list('rates', 'list')
  expect(latest).toMatchObject({ base: 'USD', quote: 'LRD', rate: '199.500000000000', source: 'Central bank' })
})

test('tiers are created once, and merchants put on them', async () => {
  const id = await aMerchant(database.pool)
  expect(await record('tiers', 'create', '--name', 'gold')).toMatchObject({ name: 'gold' })
  await expect(run('tiers', 'create', '--name', 'gold')).rejects.toThrow('There is a tier "gold" already')
  for (const tier of ['gold', 'default', 'gold']) {
    expect(await run('tiers', 'assign', '--merchant', id, '--tier', tier, '--by', 'Ops')).toEqual({
      merchant_id: Number(id),
      tier,
    })
  }
  const assigned = await sql(
    database.pool,
    `select t.name, a.assigned_by from merchant_fee_tiers a join fee_tiers t on t.id = a.tier_id where a.merchant_id = $1`,
    [id],
  )
  expect(assigned).toEqual([{ name: 'gold', assigned_by: 'Ops' }])
  await expect(run('tiers', 'assign', '--merchant', id, '--tier', 'silver')).rejects.toThrow('no tier "silver"')
  await expect(run('tiers', 'assign', '--merchant', '999999', '--tier', 'gold')).rejects.toThrow('no merchant 999999')
})

test('a passcode is read from standard input, kept as a hash and never answered', async () => {
  const id = await aMerchant(database.pool)
  const set = ['passcodes', 'set', '--merchant', id, '--phone', '231770000042']
  const answer = await run(...set, '--user-id', 'u-1')
  expect(answer).toEqual({ merchant_id: Number(id), phone: '231770000042', user_id: 'u-1' })
  const rows = await sql<{ code_hash: string }>(
    database.pool,
    'select code_hash from passcodes where merchant_id = $1',
    [id],
  )
  expect(rows.map(({ code_hash }) => code_hash.startsWith('$argon2id$'))).toEqual([true])
  // Without a user id the one it has stays.
  expect(await run(...set)).toMatchObject({ user_id: 'u-1' })
  const other = ['passcodes', 'set', '--merchant', id, '--phone', '231770000043', '--user-id', 'u-1']
  await expect(run(...other)).rejects.toThrow(OperatorError)
  await expect(run('passcodes', 'set', '--merchant', '999999', '--phone', '231770000042')).rejects.toThrow(
    'No merchant has the id 999999',
  )
})

test('a passcode that is too short is not set', async () => {
  const id = await aMerchant(database.pool)
  const { run: set } = parseCommand(['passcodes', 'set', '--merchant', id, '--phone', '231770000042'])
  await expect(
    set({ db: database.pool, clock: aClock(noon), readSecret: async () => '123', ...machinery }),
  ).rejects.toThrow(UsageError)
  expect(await sql(database.pool, 'select 1 from passcodes where merchant_id = $1', [id])).toEqual([])
})

test('a merchant is restricted and verified again, and its payment links switched', async () => {
  const id = await aMerchant(database.pool)
  expect(await run('merchants', 'restrict', '--merchant', id)).toMatchObject({ verified: false, payment_links: true })
  expect(await run('merchants', 'restrict', '--merchant', id)).toMatchObject({ verified: false })
  expect(await run('merchants', 'verify', '--merchant', id)).toMatchObject({ verified: true })
  expect(await run('merchants', 'payment-links', '--merchant', id, '--allow', 'no')).toMatchObject({
    payment_links: false,
    verified: true,
  })
  expect(await run('merchants', 'payment-links', '--merchant', id, '--allow', 'yes')).toMatchObject({
    payment_links: true,
  })
  for (const command of [['restrict'], ['verify'], ['payment-links', '--allow', 'no']]) {
    await expect(run('merchants', ...command, '--merchant', '999999')).rejects.toThrow('No merchant has the id 999999')
  }
})

test('a wallet’s status is set by its merchant and id; CLOSED is for good', async () => {
  const { merchantId, wallets } = await aSpender(database.pool)
  const set = (status: string, merchant: string = merchantId) =>
    run('wallets', 'set-status', '--merchant', merchant, '--wallet', wallets.USD, '--status', status)
  expect(await set('FROZEN')).toMatchObject({ id: Number(wallets.USD), status: 'FROZEN', available: '10000.00' })
  await expect(set('ACTIVE', await aMerchant(database.pool))).rejects.toThrow('has no wallet')
  await set('CLOSED')
  await expect(set('ACTIVE')).rejects.toThrow('for good')
  expect(await list('wallets', 'list', '--merchant', merchantId)).toContainEqual(
    expect.objectContaining({ id: Number(wallets.USD), status: 'CLOSED' }),
  )
})

test('flags that make no sense are refused before anything is written', async () => {
  const id = await aMerchant(database.pool)
  const { wallets, merchantId } = await aSpender(database.pool)
  const platform = ['fees', 'set-platform', '--tier', 'default', '--operation', 'PAYOUT']
  const gateway = ['fees', 'set-gateway', '--provider', 'PAWAPAY', '--operation', 'PAYOUT']
  const rate = ['rates', 'set', '--source', 'x', '--base', 'USD', '--quote', 'LRD']
  const before = await rowCounts()
  const wrong = [
    platform,
    [...platform, '--percentage', '-1'],
    [...platform, '--percentage', '1,5'],
    [...platform, '--percentage', '1000'],
    [...platform, '--percentage', '1.1234567'],
    [...platform, '--percentage', '1', '--fx-percentage', 'x'],
    [...platform, '--percentage', '1', '--fixed', '0.30'],
    [...platform, '--percentage', '1', '--fixed', '0.301 USD'],
    [...platform, '--percentage', '1', '--fixed', '-1 USD'],
    [...platform, '--percentage', '1', '--fixed', '1 EUR'],
    [...platform, '--percentage', '1', '--from', 'tomorrow'],
    [...platform, '--percentage', '1', '--from', '2025-06-01T11:58:00Z'],
    [...platform, '--percentage', '1', '--method', 'CASH'],
    ['fees', 'set-platform', '--tier', 'default', '--operation', 'GIFT', '--percentage', '1'],
    gateway,
    ['fees', 'set-gateway', '--provider', 'BANK', '--operation', 'PAYOUT', '--percentage', '1'],
    rate,
    [...rate, '--rate', '0'],
    [...rate, '--rate', '0.0'],
    [...rate, '--rate', '-200'],
    [...rate, '--rate', '1e3'],
    ['rates', 'set', '--source', 'x', '--base', 'USD', '--quote', 'USD', '--rate', '1'],
    ['rates', 'set', '--source', 'x', '--base', 'USD', '--quote', 'EUR', '--rate', '1'],
    ['rates', 'set', '--base', 'USD', '--quote', 'LRD', '--rate', '1'],
    ['tiers', 'create'],
    ['tiers', 'create', '--name', ' '],
    ['tiers', 'assign', '--merchant', id],
    ['passcodes', 'set', '--merchant', id],
    ['passcodes', 'set', '--merchant', id, '--phone', '+231770000042'],
    ['wallets', 'set-status', '--merchant', merchantId, '--wallet', wallets.USD],
    ['wallets', 'set-status', '--merchant', merchantId, '--wallet', 'x', '--status', 'FROZEN'],
    ['wallets', 'set-status', '--merchant', merchantId, '--wallet', wallets.USD, '--status', 'OPEN'],
    ['merchants', 'restrict'],
    ['merchants', 'payment-links', '--merchant', id],
    ['merchants', 'payment-links', '--merchant', id, '--allow', 'maybe'],
  ]
  for (const args of wrong) await expect(run(...args), args.join(' ')).rejects.toThrow(UsageError)
  await expect(run(...platform.with(3, 'nowhere'), '--percentage', '1')).rejects.toThrow('There is no tier "nowhere"')
  expect(await rowCounts()).toEqual(before)
})

test('wallets show what the ledger says', async () => {
  const [first, second] = await someExecutions(database.pool, 2)
  if (!first || !second) throw new Error('two executions')
  await tell(database.pool, [news(first, 'COMPLETED'), news(second, 'COMPLETED')])
  expect(await run('wallets', 'list', '--merchant', first.merchantId)).toEqual([
    {
      id: expect.any(Number) as number,
      merchant_id: Number(first.merchantId),
      currency: 'USD',
      status: 'ACTIVE',
      balance: '500.00',
      available: '500.00',
      held: '0.00',
    },
  ])
})

test('the books are verified, against a seal noted before if one is given, and a finding is an error', async () => {
  const own = await createTestDatabase()
  try {
    const [payment] = await someExecutions(own.pool, 1)
    if (!payment) throw new Error('no payment')
    await tell(own.pool, [news(payment, 'COMPLETED')])
    const context = { db: own.pool, clock: aClock(noon), readSecret: async () => '', ...machinery }
    const verify = (...args: string[]) => parseCommand(['books', 'verify', ...args]).run(context)
    expect(await verify()).toEqual({ sealed: 0, unsealed: 1, seal: `0:${'0'.repeat(64)}` })
    await createSealer(own.pool).round()
    const { seal } = (await verify()) as { seal: string }
    expect(seal).toMatch(/^1:[0-9a-f]{64}$/)
    expect(await verify('--expect', seal)).toEqual({ sealed: 1, unsealed: 0, seal })
    await expect(verify('--expect', `1:${'0'.repeat(64)}`)).rejects.toThrow(OperatorError)
    await expect(verify('--expect', 'yesterday')).rejects.toThrow(UsageError)
  } finally {
    await own.drop()
  }
})

test('what contradicts itself is listed until somebody decides on it', async () => {
  const [execution] = await someExecutions(database.pool, 1)
  if (!execution) throw new Error('an execution')
  await tell(database.pool, [news(execution, 'FAILED')])
  await sql(
    database.pool,
    `insert into quarantined_outcomes (
       merchant_id, execution_id, reason, stood, told, told_by, amount_minor, currency, provider_transaction_id, at
     )
     values ($1, $2, 'contradiction', 'FAILED', 'COMPLETED', 'PAWAPAY', 25750, 'USD', 'MP-1', $3)`,
    [execution.merchantId, execution.executionId, noon],
  )
  const subject = { merchant_id: Number(execution.merchantId), reference_id: execution.intent.referenceId }
  expect(await run('executions', 'quarantined')).toEqual([
    {
      ...subject,
      operation: 'COLLECTION',
      status: 'FAILED',
      reason: 'contradiction',
      told: 'COMPLETED',
      told_by: 'PAWAPAY',
      amount: '257.50 USD',
      provider_transaction_id: 'MP-1',
      at: noon.toISOString(),
    },
  ])
  const naming = ['--merchant', execution.merchantId, '--reference', execution.intent.referenceId.toUpperCase()]
  const decide = () =>
    run('executions', 'resolve', ...naming, '--as', 'provider-right', '--note', 'Seen on the statement.')
  expect(await decide()).toEqual({ ...subject, decision: 'provider-right', resolved: 1 })
  expect(await run('executions', 'quarantined')).toEqual([])
  await expect(decide()).rejects.toThrow(OperatorError)
})

test.each([
  ['--reference', 'x', '--as', 'stands', '--note', 'n'],
  ['--reference', '00000000-0000-4000-8000-000000000000', '--as', 'paid', '--note', 'n'],
  ['--reference', '00000000-0000-4000-8000-000000000000', '--as', 'stands', '--note', ' '],
])('a decision with %s %s %s %s %s %s is refused', async (...flags) => {
  await expect(run('executions', 'resolve', '--merchant', '1', ...flags)).rejects.toThrow(UsageError)
})

test.each(['accepted', 'refused', 'unknown'] as const)(
  'a payout in a queue is asked to be dropped; %s is noted, and what became of it is looked up',
  async (answer) => {
    const process = aMoneyProcess(database.pool)
    const payout = await aPayout(process, await aSpender(database.pool))
    await process.payOut(payout)
    const asked: unknown[] = []
    network.will({
      cancelEnqueued: (reference, operation) => {
        asked.push([operation, reference])
        return answer
      },
    })
    const naming = ['--merchant', payout.merchantId, '--reference', payout.referenceId]
    expect(await run('payouts', 'cancel', ...naming)).toEqual({
      merchant_id: Number(payout.merchantId),
      reference_id: payout.referenceId,
      operation: 'PAYOUT',
      status: 'PROCESSING',
      cancellation: answer,
    })
    const [execution] = await sql(
      database.pool,
      `select e.provider_reference, e.status, e.next_check_at, q.asked, q.answer
       from executions e
       join execution_questions q on q.execution_id = e.id
       where e.merchant_id = $1 and e.reference_id = $2`,
      [payout.merchantId, payout.referenceId],
    )
    expect(asked).toEqual([['PAYOUT', execution?.['provider_reference']]])
    expect(execution).toMatchObject({
      status: 'PROCESSING',
      asked: 'cancellation',
      answer,
      next_check_at: answer === 'refused' ? addMs(noon, 15_000) : noon,
    })
  },
)

test('what does not wait in a queue is not asked to be dropped', async () => {
  network.will({
    cancelEnqueued: () => {
      throw new Error('asked')
    },
  })
  const [collection, failed] = await someExecutions(database.pool, 2)
  if (!collection || !failed) throw new Error('two executions')
  const cancel = (merchant: string, reference: string) =>
    run('payouts', 'cancel', '--merchant', merchant, '--reference', reference)
  await expect(cancel(collection.merchantId, collection.intent.referenceId)).rejects.toThrow('only payouts and refunds')
  const stranger = await aMerchant(database.pool)
  await expect(cancel(stranger, collection.intent.referenceId)).rejects.toThrow('has no execution')
  const process = aMoneyProcess(database.pool)
  const payout = await aPayout(process, await aSpender(database.pool))
  const execution = await process.payOut(payout)
  await process.recordOutcome(execution, { kind: 'completed', amount: undefined, transactionId: 'MP-1' })
  await expect(cancel(payout.merchantId, payout.referenceId)).rejects.toThrow('This payout is COMPLETED.')
})
