import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMerchant, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { formatMoney, money } from '../kernel/money.ts'
import { openPool } from '../platform/db/pool.ts'
import { createPrices, findTier } from './index.ts'
import { type QuoteRequest } from './model.ts'
import { loadPriceList } from './store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const aRequest = (its: Partial<QuoteRequest> = {}): QuoteRequest => ({
  base: money(25_000n, 'USD'),
  target: 'USD',
  operation: 'COLLECTION',
  bearer: 'PAYER',
  provider: 'PAWAPAY',
  method: 'MTN_MOMO_LBR',
  tierId: undefined,
  ...its,
})

async function payerAmount(its: Partial<QuoteRequest> = {}, clock = aClock()): Promise<string> {
  const quote = await createPrices(database.pool, clock).quote(aRequest(its))
  return quote ? `${formatMoney(quote.payer)} ${quote.payer.currency}` : 'no rate'
}

test('a new installation quotes the worked figures', async () => {
  expect(await payerAmount()).toBe('257.50 USD')
  expect(await payerAmount({ target: 'LRD' })).toBe('52000.00 LRD')
  expect(await payerAmount({ base: money(70_000n, 'RWF'), target: 'LRD' })).toBe('10400.00 LRD')
  expect(await payerAmount({ provider: 'STRIPE', method: 'CREDIT_CARD' })).toBe('260.05 USD')
  expect(await payerAmount({ operation: 'TRANSFER', provider: 'PLATFORM', method: 'WALLET' })).toBe('251.25 USD')
})

test('before the first prices came into force there is no rate', async () => {
  expect(await payerAmount({ target: 'LRD' }, aClock(new Date('2024-12-31T23:59:59Z')))).toBe('no rate')
})

test('a price that changes is in force within two seconds, and one announced for later exactly then', async () => {
  const clock = aClock()
  const prices = createPrices(database.pool, clock)
  const now = async (): Promise<string> => {
    const quote = await prices.quote(aRequest({ method: 'ORANGE_MONEY_LBR' }))
    return quote ? formatMoney(quote.gatewayFee) : 'no rate'
  }
  const announce = (percentage: string, from: Date) =>
    sql(
      database.pool,
      `insert into gateway_fees (
         provider_id, operation_type, payment_method, percentage, effective_from, created_at, updated_at
       )
       values (1, 'COLLECTION', 'ORANGE_MONEY_LBR', $1, $2, $2, $2)`,
      [percentage, from],
    )
  expect(await now()).toBe('5.00')
  await announce('4', addMs(noon, -1))
  await announce('6', addMs(noon, 2_500))
  clock.advance(2_000)
  expect(await now()).toBe('10.00')
  clock.advance(499)
  expect(await now()).toBe('10.00')
  clock.advance(1)
  expect(await now()).toBe('15.00')
})

test('a rate announced for later is read now and counts then', async () => {
  const clock = aClock()
  const prices = createPrices(database.pool, clock)
  await sql(
    database.pool,
    `insert into exchange_rates (base_currency, quote_currency, rate, source, effective_from, created_at)
     values ('USD', 'RWF', 1500, 'test', $1, $1)`,
    [addMs(noon, 1_000)],
  )
  const payer = async () => (await prices.quote(aRequest({ target: 'RWF' })))?.payer
  expect(await payer()).toEqual(money(364_000n, 'RWF'))
  clock.advance(1_000)
  expect(await payer()).toEqual(money(390_000n, 'RWF'))
})

test('a reading that fails is told to those who waited for it, and the next one asks anew', async () => {
  const pool = openPool({
    connection: { connectionString: database.url },
    maxConnections: 2,
    onIdleError: () => undefined,
  })
  const prices = createPrices(pool, aClock())
  await sql(database.pool, 'alter table gateway_fees rename to gateway_fees_away')
  await expect(prices.quote(aRequest())).rejects.toThrow('gateway_fees')
  await sql(database.pool, 'alter table gateway_fees_away rename to gateway_fees')
  expect(await prices.quote(aRequest())).toBeDefined()
  await pool.end()
})

test('fees and rates are read as the exact numbers they are', async () => {
  const { rates, gateway, defaultTierId, platform } = await loadPriceList(database.pool, noon)
  const card = gateway.find(({ provider }) => provider === 'STRIPE')
  expect(card?.fixed).toEqual(money(30n, 'USD'))
  expect(Number(card?.percentage.numerator) / Number(card?.percentage.denominator)).toBe(2.9)
  expect(platform.every(({ tierId }) => tierId === defaultTierId)).toBe(true)
  const lrd = rates.find(({ quote }) => quote === 'LRD')?.rate
  expect(lrd?.numerator).toBe(200n * (lrd?.denominator ?? 0n))
})

test('a merchant is on the default tier until it is put on another', async () => {
  const merchantId = await aMerchant(database.pool)
  expect(await findTier(database.pool, merchantId)).toBeUndefined()
  const [tier] = await sql<{ id: string }>(
    database.pool,
    `insert into fee_tiers (name, is_default, created_at, updated_at) values ('friends', false, $1, $1) returning id`,
    [noon],
  )
  await sql(database.pool, 'insert into merchant_fee_tiers (merchant_id, tier_id, assigned_at) values ($1, $2, $3)', [
    merchantId,
    tier?.id,
    noon,
  ])
  expect(await findTier(database.pool, merchantId)).toBe(tier?.id)
  expect(await findTier(database.pool, await aMerchant(database.pool))).toBeUndefined()
})

test('there is one default tier', async () => {
  const second = sql(
    database.pool,
    `insert into fee_tiers (name, is_default, created_at, updated_at) values ('second', true, $1, $1)`,
    [noon],
  )
  await expect(second).rejects.toMatchObject({ constraint: 'fee_tiers_one_default' })
})
