import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aMerchant, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { formatRatio } from '../kernel/money.ts'
import { NotFound } from '../kernel/problem.ts'
import { pageOf } from '../platform/http/paging.ts'
import * as service from './service.ts'

let database: TestDatabase
let context: service.FeesContext

beforeAll(async () => {
  database = await createTestDatabase()
  context = { db: database.pool, clock: aClock() }
  // The platform's own rows of a new installation: these tests write theirs.
  await sql(
    database.pool,
    `delete from gateway_fees where provider_id = (select id from providers where name = 'PLATFORM')`,
  )
})
afterAll(() => database.drop())

interface RowOptions {
  readonly method?: string | null
  readonly from?: Date
  readonly to?: Date | null
}

const longAgo = new Date('2024-01-01T00:00:00Z')

const gatewayRow = (provider: string, operation: string, percentage: number, its: RowOptions = {}) =>
  sql(
    database.pool,
    `insert into gateway_fees (
       provider_id, operation_type, payment_method, percentage, effective_from, effective_to, created_at, updated_at
     )
     select id, $2, $3, $4, $5, $6, $5, $5
     from providers
     where name = $1`,
    [provider, operation, its.method ?? null, percentage, its.from ?? longAgo, its.to ?? null],
  )

let tiers = 0
async function aTier(): Promise<string> {
  const name = `tier ${(tiers += 1)}`
  await sql(
    database.pool,
    'insert into fee_tiers (name, is_default, created_at, updated_at) values ($1, false, $2, $2)',
    [name, noon],
  )
  return name
}

const platformRow = (tier: string, operation: string, percentage: number, its: RowOptions = {}) =>
  sql(
    database.pool,
    `insert into platform_fees (
       tier_id, operation_type, payment_method, percentage, fx_percentage, effective_from, effective_to, created_at
     )
     select id, $2, $3, $4, 0, $5, $6, $5
     from fee_tiers
     where name = $1`,
    [tier, operation, its.method ?? null, percentage, its.from ?? longAgo, its.to ?? null],
  )

const gateway = async (
  ...[method, operation]: readonly [Parameters<typeof service.getGatewayFee>[1], 'PAYOUT' | 'REFUND' | 'TRANSFER']
) => formatRatio((await service.getGatewayFee(context, method, operation)).percentage, 6)

const platform = async (tier: string, operation: 'COLLECTION' | 'PAYOUT' | 'TRANSFER' = 'COLLECTION') =>
  formatRatio((await service.getPlatformFee(context, tier, operation)).percentage, 6)

describe('the gateway fee of a method', () => {
  test('is its own before the one for all methods, even where that is newer', async () => {
    await gatewayRow('PAWAPAY', 'REFUND', 1)
    await gatewayRow('PAWAPAY', 'REFUND', 2, { method: 'AIRTEL_RWA' })
    await gatewayRow('PAWAPAY', 'REFUND', 3, { from: addMs(longAgo, 1) })
    expect(await gateway('AIRTEL_RWA', 'REFUND')).toBe('2')
    expect(await gateway('MTN_MOMO_RWA', 'REFUND')).toBe('3')
  })

  test('is the latest that has begun and not ended', async () => {
    await gatewayRow('PLATFORM', 'PAYOUT', 1, { to: noon })
    await expect(gateway('WALLET', 'PAYOUT')).rejects.toThrow('Fee not found')
    await gatewayRow('PLATFORM', 'PAYOUT', 2, { from: addMs(noon, 1) })
    await expect(gateway('WALLET', 'PAYOUT')).rejects.toThrow(NotFound)
    await gatewayRow('PLATFORM', 'PAYOUT', 3, { from: addMs(noon, -2), to: addMs(noon, 1) })
    await gatewayRow('PLATFORM', 'PAYOUT', 4, { from: addMs(noon, -3) })
    expect(await gateway('WALLET', 'PAYOUT')).toBe('3')
  })

  test('is that of its own network, whatever others charge', async () => {
    await gatewayRow('STRIPE', 'TRANSFER', 7)
    await gatewayRow('STRIPE', 'TRANSFER', 8, { method: 'WALLET' })
    await expect(gateway('WALLET', 'TRANSFER')).rejects.toThrow('Fee not found')
    await gatewayRow('PLATFORM', 'TRANSFER', 0)
    expect(await gateway('WALLET', 'TRANSFER')).toBe('0')
  })
})

describe('the platform fee of a tier', () => {
  test('is the row for all methods before those for one, and the latest in force', async () => {
    const tier = await aTier()
    await platformRow(tier, 'COLLECTION', 2, { method: 'AIRTEL_RWA', from: addMs(longAgo, 5) })
    await platformRow(tier, 'COLLECTION', 3, { method: 'CREDIT_CARD', from: addMs(longAgo, 9) })
    expect(await platform(tier)).toBe('3')
    await platformRow(tier, 'COLLECTION', 1)
    expect(await platform(tier)).toBe('1')
    await platformRow(tier, 'COLLECTION', 0.125, { from: addMs(longAgo, 1) })
    await platformRow(tier, 'COLLECTION', 9, { from: addMs(noon, 1) })
    await platformRow(tier, 'COLLECTION', 9, { from: addMs(longAgo, 2), to: noon })
    expect(await platform(tier)).toBe('0.125')
  })

  test('is its own: an operation it leaves to the default tier is not found', async () => {
    const tier = await aTier()
    await platformRow(tier, 'COLLECTION', 1)
    await expect(platform(tier, 'TRANSFER')).rejects.toThrow('Fee tier not found')
    await expect(platform(await aTier())).rejects.toThrow('Fee tier not found')
    await expect(platform('no such tier')).rejects.toThrow('Fee tier not found')
    await expect(platform('DEFAULT')).rejects.toThrow('Fee tier not found')
  })
})

describe('the tier of a merchant', () => {
  const assign = (merchantId: MerchantId, tier: string) =>
    sql<{ id: string }>(
      database.pool,
      `insert into merchant_fee_tiers (merchant_id, tier_id, assigned_at, assigned_by)
       select $1, id, $3, 'an operator'
       from fee_tiers
       where name = $2
       returning id`,
      [merchantId, tier, addMs(noon, 1_000)],
    )

  test('is the default one, since the merchant began, until it is put on another', async () => {
    const [merchantId, other] = [await aMerchant(database.pool), await aMerchant(database.pool)]
    const byDefault = { id: undefined, tier: { name: 'default' }, assignedAt: noon, assignedBy: undefined }
    expect(await service.getMerchantTier(context, merchantId)).toMatchObject(byDefault)
    const tier = await aTier()
    const [assigned] = await assign(merchantId, tier)
    expect(await service.getMerchantTier(context, merchantId)).toMatchObject({
      id: assigned?.id,
      tier: { name: tier, isDefault: false },
      assignedAt: addMs(noon, 1_000),
      assignedBy: 'an operator',
    })
    expect(await service.getMerchantTier(context, other)).toMatchObject(byDefault)
  })
})

test('tiers are listed newest first, a page at a time', async () => {
  const names = [await aTier(), await aTier(), await aTier()].reverse()
  const whole = await service.listTiers(context, pageOf({}))
  expect(whole.map(({ name }) => name).slice(0, 3)).toEqual(names)
  expect(whole.at(-1)).toMatchObject({ name: 'default', isDefault: true })
  const before = whole[1]?.id ?? ''
  expect((await service.listTiers(context, { before, most: 1 })).map(({ name }) => name)).toEqual([names[2]])
})
