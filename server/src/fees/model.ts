import { type Currency, decimalsOf } from '../kernel/currencies.ts'
import { type FeeBearer, type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import {
  convert,
  divideHalfUp,
  divideRatio,
  money,
  type Money,
  one,
  type Ratio,
  ratio,
  sumOf,
} from '../kernel/money.ts'

/** A fee as a share of the amount and a flat part. */
export interface FeeRate {
  readonly percentage: Ratio
  readonly fixed: Money | undefined
}

interface InForce {
  readonly id: string
  readonly operation: OperationType
  /** Undefined covers every method; a row for the method itself wins over it. */
  readonly method: PaymentMethod | undefined
  readonly effectiveFrom: Date
  readonly effectiveTo: Date | undefined
}

export interface PlatformFeeRow extends FeeRate, InForce {
  readonly tierId: string
  readonly fxPercentage: Ratio
}

export interface GatewayFeeRow extends FeeRate, InForce {
  readonly provider: ProviderName
}

/** A named set of platform fees. */
export interface FeeTier {
  readonly id: string
  readonly name: string
  readonly isDefault: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A price as its reader sees it: with what no quote needs. */
export interface PlatformFee extends PlatformFeeRow {
  readonly tier: FeeTier
  readonly createdAt: Date
}

export interface GatewayFee extends GatewayFeeRow {
  readonly providerId: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** That a merchant was put on a tier. */
export interface TierAssignment {
  readonly id: string
  readonly tier: FeeTier
  readonly assignedAt: Date
  readonly assignedBy: string | undefined
}

export interface ExchangeRate {
  readonly base: Currency
  readonly quote: Currency
  /** Units of quote per unit of base. */
  readonly rate: Ratio
  readonly effectiveFrom: Date
}

/** Every price in one consistent reading. */
export interface PriceList {
  readonly defaultTierId: string
  readonly platform: readonly PlatformFeeRow[]
  readonly gateway: readonly GatewayFeeRow[]
  readonly rates: readonly ExchangeRate[]
}

const isInForce = ({ effectiveFrom, effectiveTo }: InForce, now: Date): boolean =>
  effectiveFrom <= now && (effectiveTo === undefined || effectiveTo > now)

const latestFirst = (a: InForce, b: InForce): number =>
  b.effectiveFrom.getTime() - a.effectiveFrom.getTime() || Number(b.id) - Number(a.id)

/** The row for the method before the row for all; the latest to come into force before the earlier. */
export function choose<Row extends InForce>(
  rows: readonly Row[],
  operation: OperationType,
  method: PaymentMethod,
  now: Date,
): Row | undefined {
  return rows
    .filter((row) => row.operation === operation && isInForce(row, now) && (row.method ?? method) === method)
    .sort((a, b) => Number(b.method === method) - Number(a.method === method) || latestFirst(a, b))[0]
}

/** What stands for an operation when no method is named: the row for all methods, or else the latest for one of them. */
export function chooseForAll<Row extends InForce>(
  rows: readonly Row[],
  operation: OperationType,
  now: Date,
): Row | undefined {
  return rows
    .filter((row) => row.operation === operation && isInForce(row, now))
    .sort((a, b) => Number(a.method !== undefined) - Number(b.method !== undefined) || latestFirst(a, b))[0]
}

function directRate(rates: readonly ExchangeRate[], from: Currency, to: Currency, now: Date): Ratio | undefined {
  if (from === to) return one
  const latest = (base: Currency, quote: Currency) =>
    rates
      .filter((rate) => rate.base === base && rate.quote === quote && rate.effectiveFrom <= now)
      .sort((a, b) => b.effectiveFrom.getTime() - a.effectiveFrom.getTime())[0]?.rate
  const inverse = latest(to, from)
  return latest(from, to) ?? (inverse && divideRatio(one, inverse))
}

/** Units of `to` per unit of `from`: as listed, turned around, or through a third currency. Exact, never rounded. */
export function exchangeRate(
  rates: readonly ExchangeRate[],
  from: Currency,
  to: Currency,
  now: Date,
): Ratio | undefined {
  const direct = directRate(rates, from, to, now)
  if (direct) return direct
  for (const through of new Set(rates.flatMap(({ base, quote }) => [base, quote]))) {
    const first = directRate(rates, from, through, now)
    const second = directRate(rates, through, to, now)
    if (first && second) {
      return ratio(first.numerator * second.numerator, first.denominator * second.denominator)
    }
  }
  return undefined
}

export interface QuoteRequest {
  readonly base: Money
  /** Collections: what the payer pays in. Everything else: what the receiver gets. */
  readonly target: Currency
  readonly operation: OperationType
  readonly bearer: FeeBearer
  readonly provider: ProviderName
  readonly method: PaymentMethod
  /** Undefined for a merchant on the default tier. */
  readonly tierId: string | undefined
}

/** What a payment would cost. All fees are in the base currency. */
export interface Quote {
  readonly payer: Money
  readonly payee: Money
  readonly platformFee: Money
  readonly gatewayFee: Money
  /** Undefined without a conversion, like the rate: units of the target per unit of the base. */
  readonly fxFee: Money | undefined
  readonly rate: Ratio | undefined
}

/**
 * A percentage of the base and a flat part in whatever currency, added exactly and rounded half up once. Undefined when the
 * flat part cannot be converted.
 */
function feeOn(base: Money, fee: FeeRate | undefined, prices: PriceList, now: Date): Money | undefined {
  if (!fee) return money(0n, base.currency)
  const share = ratio(base.minor * fee.percentage.numerator, 100n * fee.percentage.denominator)
  if (!fee.fixed) return money(divideHalfUp(share.numerator, share.denominator), base.currency)
  const rate = exchangeRate(prices.rates, fee.fixed.currency, base.currency, now)
  if (!rate) return undefined
  const scale = (currency: Currency) => 10n ** BigInt(decimalsOf(currency))
  const flat = ratio(
    fee.fixed.minor * rate.numerator * scale(base.currency),
    rate.denominator * scale(fee.fixed.currency),
  )
  const sum = share.numerator * flat.denominator + flat.numerator * share.denominator
  return money(divideHalfUp(sum, share.denominator * flat.denominator), base.currency)
}

/**
 * Fees and amounts of a payment: the one arithmetic behind predictions, executions and receipts. Each fee is rounded half up
 * to the base currency, then the side in the other currency is converted and rounded half up. Answers undefined when a
 * rate that it takes is missing. The payee's amount may come out negative: whoever asked decides what that means.
 */
export function quote(request: QuoteRequest, prices: PriceList, now: Date): Quote | undefined {
  const { base, target, operation, method } = request
  const rate = exchangeRate(prices.rates, base.currency, target, now)
  if (!rate) return undefined
  const ofTier = (tierId: string) =>
    choose(
      prices.platform.filter((row) => row.tierId === tierId),
      operation,
      method,
      now,
    )
  // A tier that says nothing of an operation leaves it to the default tier.
  const platform = (request.tierId === undefined ? undefined : ofTier(request.tierId)) ?? ofTier(prices.defaultTierId)
  const gateway = choose(
    prices.gateway.filter((row) => row.provider === request.provider),
    operation,
    method,
    now,
  )
  const conversion = platform && { percentage: platform.fxPercentage, fixed: undefined }
  const platformFee = feeOn(base, platform, prices, now)
  const gatewayFee = feeOn(base, gateway, prices, now)
  const converts = target !== base.currency
  const fxFee = converts ? feeOn(base, conversion, prices, now) : undefined
  if (!platformFee || !gatewayFee) return undefined
  const fees = sumOf(base.currency, [platformFee, gatewayFee, ...(fxFee ? [fxFee] : [])])
  const plus = money(base.minor + fees.minor, base.currency)
  const less = money(base.minor - fees.minor, base.currency)
  const converted = (amount: Money) => convert(amount, rate, target)
  const sides =
    operation === 'COLLECTION'
      ? request.bearer === 'PAYER'
        ? { payer: converted(plus), payee: base }
        : { payer: converted(base), payee: less }
      : request.bearer === 'PAYER'
        ? { payer: plus, payee: converted(base) }
        : { payer: base, payee: converted(less) }
  return { ...sides, platformFee, gatewayFee, fxFee, rate: converts ? rate : undefined }
}

/** What a payer's amount is worth in the wallet it was paid into, at a rate of payer's units per unit of the wallet's. */
export const walletWorth = (amount: Money, rate: Ratio | undefined, currency: Currency): Money =>
  rate ? convert(amount, divideRatio(one, rate), currency) : amount
