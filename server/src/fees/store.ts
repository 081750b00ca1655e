import { type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { type Money, parseRatio } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, readCurrency, readMoney, type Row } from '../platform/db/rows.ts'
import { type ExchangeRate, type GatewayFeeRow, type PlatformFeeRow, type PriceList } from './model.ts'

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
