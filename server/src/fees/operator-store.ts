import { type Currency } from '../kernel/currencies.ts'
import { type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, queryRow, type Row } from '../platform/db/rows.ts'

/** What an operator does to prices. A price is never changed: a new row comes into force, and the one before it ends there. */

interface FeeTerms {
  readonly operation: OperationType
  readonly method: PaymentMethod | undefined
  /** A decimal text: `2.9`. */
  readonly percentage: string
  readonly fixed: Money | undefined
  readonly from: Date
}

export interface NewPlatformFee extends FeeTerms {
  readonly tierName: string
  /** Undefined keeps that of the row before. */
  readonly fxPercentage: string | undefined
}

export interface NewGatewayFee extends FeeTerms {
  readonly provider: ProviderName
}

/** Answers the id, or undefined when there is no such tier. */
export async function insertPlatformFee(db: Queryable, fee: NewPlatformFee, now: Date): Promise<string | undefined> {
  const row = await queryOne<{ id: string }>(
    db,
    'insert-platform-fee',
    `with tier as (
       select id
       from fee_tiers
       where name = $1
     ),
     ended as (
       update platform_fees f
       set effective_to = $8
       from tier
       where f.tier_id = tier.id and f.operation_type = $2 and f.payment_method is not distinct from $3
         and f.effective_from < $8 and (f.effective_to is null or f.effective_to > $8)
     )
     insert into platform_fees (
       tier_id, operation_type, payment_method, percentage, fixed_minor, fixed_currency, fx_percentage, effective_from, created_at
     )
     select
       tier.id, $2, $3, $4, $5, $6, coalesce($7::numeric, (
         select f.fx_percentage
         from platform_fees f
         where f.tier_id = tier.id and f.operation_type = $2 and (f.payment_method is null or f.payment_method = $3)
           and f.effective_from <= $8 and (f.effective_to is null or f.effective_to > $8)
         order by f.payment_method nulls last, f.effective_from desc, f.id desc
         limit 1
       ), 0), $8, $9
     from tier
     returning id`,
    [
      fee.tierName,
      fee.operation,
      fee.method,
      fee.percentage,
      fee.fixed?.minor,
      fee.fixed?.currency,
      fee.fxPercentage,
      fee.from,
      now,
    ],
  )
  return row?.id
}

export async function insertGatewayFee(db: Queryable, fee: NewGatewayFee, now: Date): Promise<string> {
  const { id } = await queryRow<{ id: string }>(
    db,
    'insert-gateway-fee',
    `with provider as (
       select id
       from providers
       where name = $1
     ),
     ended as (
       update gateway_fees f
       set effective_to = $7, updated_at = $8
       from provider
       where f.provider_id = provider.id and f.operation_type = $2 and f.payment_method is not distinct from $3
         and f.effective_from < $7 and (f.effective_to is null or f.effective_to > $7)
     )
     insert into gateway_fees (
       provider_id, operation_type, payment_method, percentage, fixed_minor, fixed_currency, effective_from, created_at,
       updated_at
     )
     select provider.id, $2, $3, $4, $5, $6, $7, $8, $8
     from provider
     returning id`,
    [fee.provider, fee.operation, fee.method, fee.percentage, fee.fixed?.minor, fee.fixed?.currency, fee.from, now],
  )
  return id
}

export interface NewRate {
  readonly base: Currency
  readonly quote: Currency
  /** Units of quote per unit of base, as a decimal text. */
  readonly rate: string
  readonly source: string
  readonly from: Date
}

export async function insertRate(db: Queryable, rate: NewRate, now: Date): Promise<string> {
  const { id } = await queryRow<{ id: string }>(
    db,
    'insert-exchange-rate',
    `insert into exchange_rates (base_currency, quote_currency, rate, source, effective_from, created_at)
     values ($1, $2, $3, $4, $5, $6)
     returning id`,
    [rate.base, rate.quote, rate.rate, rate.source, rate.from, now],
  )
  return id
}

/** Undefined when a tier of this name is there already. */
export async function insertTier(db: Queryable, name: string, now: Date): Promise<string | undefined> {
  const row = await queryOne<{ id: string }>(
    db,
    'insert-fee-tier',
    `insert into fee_tiers (name, is_default, created_at, updated_at)
     values ($1, false, $2, $2)
     on conflict on constraint fee_tiers_name_key do nothing
     returning id`,
    [name, now],
  )
  return row?.id
}

/** False when there is no such tier or no such merchant. */
export async function assignTier(
  db: Queryable,
  merchantId: MerchantId,
  tierName: string,
  assignedBy: string | undefined,
  now: Date,
): Promise<boolean> {
  const row = await queryOne<{ id: string }>(
    db,
    'assign-fee-tier',
    `insert into merchant_fee_tiers (merchant_id, tier_id, assigned_at, assigned_by)
     select m.id, t.id, $4, $3
     from merchants m
     join fee_tiers t on t.name = $2
     where m.id = $1
     on conflict on constraint merchant_fee_tiers_merchant_key do update
     set tier_id = excluded.tier_id, assigned_at = excluded.assigned_at, assigned_by = excluded.assigned_by
     returning id`,
    [merchantId, tierName, assignedBy, now],
  )
  return row !== undefined
}

/** A row of a price list, as its operator reads it. */
export interface PriceRow extends Row {
  kind: string
  name: string
  operation_type: string | null
  payment_method: string | null
  value: string
  fixed_minor: string | null
  fixed_currency: string | null
  fx_percentage: string | null
  effective_from: Date
  effective_to: Date | null
}

/** What is in force at `now` or will be. */
export const listFees = (db: Queryable, now: Date): Promise<PriceRow[]> =>
  query<PriceRow>(
    db,
    'list-fees',
    `select 'platform' as kind, t.name, f.operation_type, f.payment_method, f.percentage as value, f.fixed_minor,
            f.fixed_currency, f.fx_percentage, f.effective_from, f.effective_to
     from platform_fees f
     join fee_tiers t on t.id = f.tier_id
     where f.effective_to is null or f.effective_to > $1
     union all
     select 'gateway', p.name, f.operation_type, f.payment_method, f.percentage, f.fixed_minor, f.fixed_currency, null,
            f.effective_from, f.effective_to
     from gateway_fees f
     join providers p on p.id = f.provider_id
     where f.effective_to is null or f.effective_to > $1
     order by 1, 2, 3, 4 nulls first, 9`,
    [now],
  )

export interface RateRow extends Row {
  base_currency: string
  quote_currency: string
  rate: string
  source: string
  effective_from: Date
}

/** The latest rates first. */
export const listRates = (db: Queryable): Promise<RateRow[]> =>
  query<RateRow>(
    db,
    'list-rates',
    `select base_currency, quote_currency, rate, source, effective_from
     from exchange_rates
     order by effective_from desc, id desc
     limit 100`,
    [],
  )
