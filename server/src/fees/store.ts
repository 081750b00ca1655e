import { type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { type Money, parseRatio } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { type Page, query, queryOne, readCurrency, readMoney, type Row } from '../platform/db/rows.ts'
import {
  type ExchangeRate,
  type FeeTier,
  type GatewayFee,
  type GatewayFeeRow,
  type PlatformFee,
  type PlatformFeeRow,
  type PriceList,
  type TierAssignment,
} from './model.ts'

interface FeeRow extends Row {
  id: string
  operation_type: OperationType
  payment_method: PaymentMethod | null
  percentage: string
  fixed_minor: string | null
  fixed_currency: string | null
  effective_from: Date
  effective_to: Date | null
}

const fixedOf = (row: FeeRow): Money | undefined =>
  row.fixed_minor === null || row.fixed_currency === null ? undefined : readMoney(row.fixed_minor, row.fixed_currency)

const toFee = (row: FeeRow) => ({
  id: row.id,
  operation: row.operation_type,
  method: row.payment_method ?? undefined,
  percentage: parseRatio(row.percentage),
  fixed: fixedOf(row),
  effectiveFrom: row.effective_from,
  effectiveTo: row.effective_to ?? undefined,
})

async function loadPlatformFees(db: Queryable): Promise<PlatformFeeRow[]> {
  const rows = await query<FeeRow & { tier_id: string; fx_percentage: string }>(
    db,
    'load-platform-fees',
    `select id, tier_id, operation_type, payment_method, percentage, fixed_minor, fixed_currency, fx_percentage,
            effective_from, effective_to
     from platform_fees`,
    [],
  )
  return rows.map((row) => ({ ...toFee(row), tierId: row.tier_id, fxPercentage: parseRatio(row.fx_percentage) }))
}

async function loadGatewayFees(db: Queryable): Promise<GatewayFeeRow[]> {
  const rows = await query<FeeRow & { provider: ProviderName }>(
    db,
    'load-gateway-fees',
    `select g.id, p.name as provider, g.operation_type, g.payment_method, g.percentage, g.fixed_minor, g.fixed_currency,
            g.effective_from, g.effective_to
     from gateway_fees g
     join providers p on p.id = g.provider_id`,
    [],
  )
  return rows.map((row) => ({ ...toFee(row), provider: row.provider }))
}

/** The latest rate of each pair now in force, and those still to come. */
async function loadRates(db: Queryable, now: Date): Promise<ExchangeRate[]> {
  const rows = await query<{ base_currency: string; quote_currency: string; rate: string; effective_from: Date }>(
    db,
    'load-exchange-rates',
    `(
       select distinct on (base_currency, quote_currency) base_currency, quote_currency, rate, effective_from
       from exchange_rates
       where effective_from <= $1
       order by base_currency, quote_currency, effective_from desc, id desc
     )
     union all
     select base_currency, quote_currency, rate, effective_from
     from exchange_rates
     where effective_from > $1`,
    [now],
  )
  return rows.map((row) => ({
    base: readCurrency(row.base_currency),
    quote: readCurrency(row.quote_currency),
    rate: parseRatio(row.rate),
    effectiveFrom: row.effective_from,
  }))
}

export async function loadPriceList(db: Queryable, now: Date): Promise<PriceList> {
  const [platform, gateway, rates, tier] = await Promise.all([
    loadPlatformFees(db),
    loadGatewayFees(db),
    loadRates(db, now),
    queryOne<{ id: string }>(db, 'find-default-tier', 'select id from fee_tiers where is_default', []),
  ])
  return { defaultTierId: tier?.id ?? '', platform, gateway, rates }
}

/** The tier a merchant was put on; undefined means the default. */
export async function findTier(db: Queryable, merchantId: MerchantId): Promise<string | undefined> {
  const row = await queryOne<{ tier_id: string }>(
    db,
    'find-merchant-tier',
    'select tier_id from merchant_fee_tiers where merchant_id = $1',
    [merchantId],
  )
  return row?.tier_id
}

interface TierRow extends Row {
  tier_id: string
  tier_name: string
  is_default: boolean
  tier_created_at: Date
  tier_updated_at: Date
}

const tierColumns = `t.id as tier_id, t.name as tier_name, t.is_default, t.created_at as tier_created_at,
            t.updated_at as tier_updated_at`

const toTier = (row: TierRow): FeeTier => ({
  id: row.tier_id,
  name: row.tier_name,
  isDefault: row.is_default,
  createdAt: row.tier_created_at,
  updatedAt: row.tier_updated_at,
})

/** Tiers are the platform's own and the same for every merchant. */
export async function listTiers(db: Queryable, page: Page): Promise<FeeTier[]> {
  const rows = await query<TierRow>(
    db,
    'list-fee-tiers',
    `select ${tierColumns}
     from fee_tiers t
     where t.id < $1
     order by t.id desc
     limit $2`,
    [page.before, page.most],
  )
  return rows.map(toTier)
}

export async function findDefaultTier(db: Queryable): Promise<FeeTier | undefined> {
  const row = await queryOne<TierRow>(
    db,
    'describe-default-tier',
    `select ${tierColumns}
     from fee_tiers t
     where t.is_default`,
    [],
  )
  return row && toTier(row)
}

export async function findAssignment(db: Queryable, merchantId: MerchantId): Promise<TierAssignment | undefined> {
  const row = await queryOne<TierRow & { id: string; assigned_at: Date; assigned_by: string | null }>(
    db,
    'find-tier-assignment',
    `select a.id, a.assigned_at, a.assigned_by, ${tierColumns}
     from merchant_fee_tiers a
     join fee_tiers t on t.id = a.tier_id
     where a.merchant_id = $1`,
    [merchantId],
  )
  return (
    row && {
      id: row.id,
      tier: toTier(row),
      assignedAt: row.assigned_at,
      assignedBy: row.assigned_by ?? undefined,
    }
  )
}

/** Everything a tier ever charged for an operation. */
export async function listPlatformFees(
  db: Queryable,
  tierName: string,
  operation: OperationType,
): Promise<PlatformFee[]> {
  const rows = await query<FeeRow & TierRow & { fx_percentage: string; created_at: Date }>(
    db,
    'list-platform-fees',
    `select f.id, f.operation_type, f.payment_method, f.percentage, f.fixed_minor, f.fixed_currency, f.fx_percentage,
            f.effective_from, f.effective_to, f.created_at, ${tierColumns}
     from platform_fees f
     join fee_tiers t on t.id = f.tier_id
     where t.name = $1 and f.operation_type = $2`,
    [tierName, operation],
  )
  return rows.map((row) => ({
    ...toFee(row),
    tierId: row.tier_id,
    tier: toTier(row),
    fxPercentage: parseRatio(row.fx_percentage),
    createdAt: row.created_at,
  }))
}

/** Everything a network ever charged for an operation. */
export async function listGatewayFees(
  db: Queryable,
  provider: ProviderName,
  operation: OperationType,
): Promise<GatewayFee[]> {
  const rows = await query<FeeRow & { provider_id: string; created_at: Date; updated_at: Date }>(
    db,
    'list-gateway-fees',
    `select g.id, g.provider_id, g.operation_type, g.payment_method, g.percentage, g.fixed_minor, g.fixed_currency,
            g.effective_from, g.effective_to, g.created_at, g.updated_at
     from gateway_fees g
     join providers p on p.id = g.provider_id
     where p.name = $1 and g.operation_type = $2`,
    [provider, operation],
  )
  return rows.map((row) => ({
    ...toFee(row),
    provider,
    providerId: row.provider_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }))
}
