import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyAmount, anyCurrency, decimalsByCurrency } from '../../test/support/arbitraries.ts'
import { noon } from '../../test/support/fakes.ts'
import { type Currency } from '../kernel/currencies.ts'
import { feeBearers, operationTypes, paymentMethods, type ProviderName, providerNames } from '../kernel/enums.ts'
import { formatMoney, type Money, money, parseMoney, parseRatio, type Ratio, ratio } from '../kernel/money.ts'
import {
  type ExchangeRate,
  exchangeRate,
  type GatewayFeeRow,
  type PlatformFeeRow,
  type PriceList,
  type Quote,
  quote,
  type QuoteRequest,
} from './model.ts'

const defaultTierId = '1'
const otherTierId = '2'
const longAgo = new Date('2025-01-01T00:00:00Z')
const days = (count: number): Date => new Date(noon.getTime() + count * 86_400_000)

let ids = 0
const nextId = (): string => String((ids += 1))

const aPlatformFee = (its: Partial<PlatformFeeRow> = {}): PlatformFeeRow => ({
  id: nextId(),
  tierId: defaultTierId,
  operation: 'COLLECTION',
  method: undefined,
  percentage: parseRatio('1.0'),
  fixed: undefined,
  fxPercentage: parseRatio('1.0'),
  effectiveFrom: longAgo,
  effectiveTo: undefined,
  ...its,
})

const aGatewayFee = (its: Partial<GatewayFeeRow> = {}): GatewayFeeRow => ({
  id: nextId(),
  provider: 'PAWAPAY',
  operation: 'COLLECTION',
  method: undefined,
  percentage: parseRatio('2.0'),
  fixed: undefined,
  effectiveFrom: longAgo,
  effectiveTo: undefined,
  ...its,
})

const aRate = (base: Currency, quoted: Currency, rate: string, effectiveFrom = longAgo): ExchangeRate => ({
  base,
  quote: quoted,
  rate: parseRatio(rate),
  effectiveFrom,
})

const seedRates = [aRate('USD', 'LRD', '200'), aRate('USD', 'RWF', '1400')]

/** The values a new installation begins with. */
const seed: PriceList = {
  defaultTierId,
  platform: [
    aPlatformFee(),
    aPlatformFee({ operation: 'PAYOUT' }),
    aPlatformFee({ operation: 'TRANSFER', percentage: parseRatio('0.5') }),
    aPlatformFee({ operation: 'REFUND', percentage: parseRatio('0') }),
  ],
  gateway: [
    aGatewayFee(),
    aGatewayFee({ operation: 'PAYOUT', percentage: parseRatio('1.5') }),
    aGatewayFee({ provider: 'STRIPE', percentage: parseRatio('2.9'), fixed: money(30n, 'USD') }),
  ],
  rates: seedRates,
}

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

function quoted(request: Partial<QuoteRequest>, prices: PriceList = seed, now = noon): Quote {
  const result = quote(aRequest(request), prices, now)
  if (!result) throw new Error('no rate')
  return result
}

const text = (amount: Money): string => `${formatMoney(amount)} ${amount.currency}`
const inWords = ({ payer, payee, platformFee, gatewayFee, fxFee }: Quote): string[] =>
  [payer, payee, platformFee, gatewayFee].map(text).concat(fxFee ? text(fxFee) : 'none')

/** An arithmetic of its own: fractions in major units, rounded by looking at what is left over. */
interface Exact {
  readonly n: bigint
  readonly d: bigint
}
const exact = (n: bigint, d = 1n): Exact => ({ n, d })
const fromRatio = ({ numerator, denominator }: Ratio): Exact => exact(numerator, denominator)
const plus = (a: Exact, b: Exact): Exact => exact(a.n * b.d + b.n * a.d, a.d * b.d)
const times = (a: Exact, b: Exact): Exact => exact(a.n * b.n, a.d * b.d)
const over = (a: Exact, b: Exact): Exact => exact(a.n * b.d, a.d * b.n)
const major = ({ minor, currency }: Money): Exact => exact(minor, 10n ** BigInt(decimalsByCurrency[currency]))

function rounded(value: Exact, currency: Currency): Money {
  const { n, d } = times(value, exact(10n ** BigInt(decimalsByCurrency[currency])))
  const size = n < 0n ? -n : n
  const whole = size / d
  const up = (size % d) * 2n >= d ? whole + 1n : whole
  return money(n < 0n ? -up : up, currency)
}

const perDollar: Record<Currency, bigint> = { USD: 1n, LRD: 200n, RWF: 1400n }
const rateBetween = (from: Currency, to: Currency): Exact => exact(perDollar[to], perDollar[from])

function expectedFee(base: Money, percentage: Ratio, fixed: Money | undefined): Money {
  const share = over(times(major(base), fromRatio(percentage)), exact(100n))
  const flat = fixed ? times(major(fixed), rateBetween(fixed.currency, base.currency)) : exact(0n)
  return rounded(plus(share, flat), base.currency)
}

const anyPercentage = fc.bigInt({ min: 0n, max: 12_000_000n }).map((millionths) => ratio(millionths, 1_000_000n))
const anyFlatFee = fc.option(
  fc.tuple(fc.bigInt({ min: 0n, max: 500n }), anyCurrency).map(([minor, currency]) => money(minor, currency)),
  { nil: undefined },
)
const anyRequest: fc.Arbitrary<QuoteRequest> = fc.record({
  base: anyAmount,
  target: anyCurrency,
  operation: fc.constantFrom(...operationTypes),
  bearer: fc.constantFrom(...feeBearers),
  provider: fc.constantFrom(...providerNames),
  method: fc.constantFrom(...paymentMethods),
  tierId: fc.constantFrom(undefined, defaultTierId, otherTierId, '404'),
})
const anyFees = fc.record({
  platform: anyPercentage,
  platformFlat: anyFlatFee,
  gateway: anyPercentage,
  gatewayFlat: anyFlatFee,
  fx: anyPercentage,
})

/** One platform row and one gateway row that are sure to apply, among others that are sure not to. */
const pricesFor = (
  request: QuoteRequest,
  fees: typeof anyFees extends fc.Arbitrary<infer T> ? T : never,
): PriceList => ({
  defaultTierId,
  platform: [
    aPlatformFee({ operation: request.operation, percentage: parseRatio('99'), effectiveFrom: days(1) }),
    aPlatformFee({
      operation: request.operation,
      percentage: fees.platform,
      fixed: fees.platformFlat,
      fxPercentage: fees.fx,
    }),
    aPlatformFee({ operation: request.operation, percentage: parseRatio('99'), tierId: '3' }),
  ],
  gateway: [
    aGatewayFee({
      operation: request.operation,
      provider: request.provider,
      percentage: fees.gateway,
      fixed: fees.gatewayFlat,
    }),
    ...providerNames
      .filter((provider: ProviderName) => provider !== request.provider)
      .map((provider) => aGatewayFee({ operation: request.operation, provider, percentage: parseRatio('99') })),
  ],
  rates: seedRates,
})

test('each fee is the exact share plus the flat part, rounded half up once, in the base currency', () => {
  fc.assert(
    fc.property(anyRequest, anyFees, (request, fees) => {
      const result = quoted(request, pricesFor(request, fees))
      expect(result.platformFee).toEqual(expectedFee(request.base, fees.platform, fees.platformFlat))
      expect(result.gatewayFee).toEqual(expectedFee(request.base, fees.gateway, fees.gatewayFlat))
      expect(result.fxFee).toEqual(
        request.target === request.base.currency ? undefined : expectedFee(request.base, fees.fx, undefined),
      )
    }),
    { numRuns: 200 },
  )
})

test('payer and payee are as section 23.3 says, for every operation, bearer and pair of currencies', () => {
  fc.assert(
    fc.property(anyRequest, anyFees, (request, fees) => {
      const { base, target, operation, bearer } = request
      const result = quoted(request, pricesFor(request, fees))
      const total = result.platformFee.minor + result.gatewayFee.minor + (result.fxFee?.minor ?? 0n)
      const more = money(base.minor + total, base.currency)
      const less = money(base.minor - total, base.currency)
      const inTarget = (amount: Money) => rounded(times(major(amount), rateBetween(base.currency, target)), target)
      const [payer, payee] =
        operation === 'COLLECTION'
          ? bearer === 'PAYER'
            ? [inTarget(more), base]
            : [inTarget(base), less]
          : bearer === 'PAYER'
            ? [more, inTarget(base)]
            : [base, inTarget(less)]
      expect([result.payer, result.payee]).toEqual([payer, payee])
    }),
    { numRuns: 200 },
  )
})

test('without a conversion the payer gives exactly what the payee and the fees get', () => {
  fc.assert(
    fc.property(anyRequest, anyFees, (request, fees) => {
      const same = { ...request, target: request.base.currency }
      const { payer, payee, platformFee, gatewayFee, fxFee, rate } = quoted(same, pricesFor(same, fees))
      expect([fxFee, rate]).toEqual([undefined, undefined])
      expect(payer.minor).toBe(payee.minor + platformFee.minor + gatewayFee.minor)
      expect(same.bearer === 'PAYER' ? payee : payer).toEqual(same.base)
    }),
  )
})

test('with the fees on top, the payee of a collection gets exactly the document, whatever the payer pays in', () => {
  fc.assert(
    fc.property(anyRequest, anyFees, (request, fees) => {
      const onTop: QuoteRequest = { ...request, operation: 'COLLECTION', bearer: 'PAYER' }
      expect(quoted(onTop, pricesFor(onTop, fees)).payee).toEqual(onTop.base)
    }),
  )
})

test('with the fees off the payee, what the payee gets and the fees add up to the document', () => {
  fc.assert(
    fc.property(anyRequest, anyFees, (request, fees) => {
      const off: QuoteRequest = { ...request, operation: 'COLLECTION', bearer: 'PAYEE' }
      const { payee, platformFee, gatewayFee, fxFee } = quoted(off, pricesFor(off, fees))
      expect(payee.minor + platformFee.minor + gatewayFee.minor + (fxFee?.minor ?? 0n)).toBe(off.base.minor)
    }),
  )
})

test('a conversion answers the rate it was made with, units of the target per unit of the base', () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const { rate } = quoted(request)
      const { n, d } = rateBetween(request.base.currency, request.target)
      if (request.target === request.base.currency) expect(rate).toBeUndefined()
      else expect(rate && rate.numerator * d === n * rate.denominator).toBe(true)
    }),
  )
})

// The figures of section 23.3 with the seed prices: payer, payee, platform fee, gateway fee, exchange fee.
test.each<[string, Partial<QuoteRequest>, string[]]>([
  ['250 USD', {}, ['257.50 USD', '250.00 USD', '2.50 USD', '5.00 USD', 'none']],
  ['250 USD off the payee', { bearer: 'PAYEE' }, ['250.00 USD', '242.50 USD', '2.50 USD', '5.00 USD', 'none']],
  ['250 USD paid in LRD', { target: 'LRD' }, ['52000.00 LRD', '250.00 USD', '2.50 USD', '5.00 USD', '2.50 USD']],
  [
    '250 USD paid in LRD off the payee',
    { target: 'LRD', bearer: 'PAYEE' },
    ['50000.00 LRD', '240.00 USD', '2.50 USD', '5.00 USD', '2.50 USD'],
  ],
  ['250 USD paid in RWF', { target: 'RWF' }, ['364000 RWF', '250.00 USD', '2.50 USD', '5.00 USD', '2.50 USD']],
  [
    '250 USD by card',
    { provider: 'STRIPE', method: 'CREDIT_CARD' },
    ['260.05 USD', '250.00 USD', '2.50 USD', '7.55 USD', 'none'],
  ],
  [
    '100000 RWF by card, with the flat part in francs',
    { base: money(100_000n, 'RWF'), target: 'RWF', provider: 'STRIPE', method: 'CREDIT_CARD' },
    ['104320 RWF', '100000 RWF', '1000 RWF', '3320 RWF', 'none'],
  ],
  ['1 RWF', { base: money(1n, 'RWF'), target: 'RWF' }, ['1 RWF', '1 RWF', '0 RWF', '0 RWF', 'none']],
  ['25 RWF', { base: money(25n, 'RWF'), target: 'RWF' }, ['26 RWF', '25 RWF', '0 RWF', '1 RWF', 'none']],
  [
    'a payout of 100 USD received in LRD',
    { base: money(10_000n, 'USD'), operation: 'PAYOUT', target: 'LRD' },
    ['103.50 USD', '20000.00 LRD', '1.00 USD', '1.50 USD', '1.00 USD'],
  ],
  [
    'a payout of 100 USD in LRD off the payee',
    { base: money(10_000n, 'USD'), operation: 'PAYOUT', target: 'LRD', bearer: 'PAYEE' },
    ['100.00 USD', '19300.00 LRD', '1.00 USD', '1.50 USD', '1.00 USD'],
  ],
  [
    'a transfer of 40 USD',
    { base: money(4_000n, 'USD'), operation: 'TRANSFER', provider: 'PLATFORM', method: 'WALLET' },
    ['40.20 USD', '40.00 USD', '0.20 USD', '0.00 USD', 'none'],
  ],
])('%s', (_name, request, figures) => {
  expect(inWords(quoted(request))).toEqual(figures)
})

test('an amount below its fees comes out with a negative payee, for whoever asked to refuse', () => {
  const flat = { ...seed, platform: [aPlatformFee({ fixed: money(100n, 'USD') })] }
  expect(quoted({ base: money(50n, 'USD'), bearer: 'PAYEE' }, flat).payee).toEqual(money(-52n, 'USD'))
})

test('a listed rate, its inverse and a cross through a third currency are exact', () => {
  const isExactly = (from: Currency, to: Currency, n: bigint, d: bigint): void => {
    const rate = exchangeRate(seedRates, from, to, noon)
    expect(rate && rate.numerator * d === n * rate.denominator, `${from} to ${to}`).toBe(true)
  }
  isExactly('USD', 'RWF', 1400n, 1n)
  isExactly('RWF', 'USD', 1n, 1400n)
  isExactly('USD', 'LRD', 200n, 1n)
  isExactly('LRD', 'RWF', 7n, 1n)
  isExactly('RWF', 'LRD', 1n, 7n)
  isExactly('LRD', 'LRD', 1n, 1n)
})

test('a rate and its way back multiply to one, crosses too', () => {
  const anyPrice = fc.bigInt({ min: 1n, max: 10n ** 18n }).map((units) => ratio(units, 10n ** 12n))
  fc.assert(
    fc.property(anyPrice, anyPrice, anyCurrency, anyCurrency, (toLrd, toRwf, from, to) => {
      const rates: ExchangeRate[] = [
        { base: 'USD', quote: 'LRD', rate: toLrd, effectiveFrom: longAgo },
        { base: 'USD', quote: 'RWF', rate: toRwf, effectiveFrom: longAgo },
      ]
      const there = exchangeRate(rates, from, to, noon)
      const back = exchangeRate(rates, to, from, noon)
      if (!there || !back) throw new Error('no rate')
      expect(there.numerator * back.numerator).toBe(there.denominator * back.denominator)
    }),
  )
})

test('a rate kept with twelve decimals, crossed, is as short as it can be written', () => {
  const stored = [aRate('USD', 'LRD', '200.000000000000'), aRate('USD', 'RWF', '1400.000000000000')]
  expect(exchangeRate(stored, 'LRD', 'RWF', noon)).toEqual({ numerator: 7n, denominator: 1n })
  expect(exchangeRate(stored, 'RWF', 'LRD', noon)).toEqual({ numerator: 1n, denominator: 7n })
  expect(exchangeRate(stored, 'RWF', 'USD', noon)).toEqual({ numerator: 1n, denominator: 1400n })
})

test('the latest rate in force counts, and none that is still to come', () => {
  const rates = [
    aRate('USD', 'LRD', '190', days(-2)),
    aRate('USD', 'LRD', '195', days(-1)),
    aRate('USD', 'LRD', '180', days(-3)),
    aRate('USD', 'LRD', '500', days(1)),
  ]
  expect(exchangeRate(rates, 'USD', 'LRD', noon)).toEqual(parseRatio('195'))
  expect(exchangeRate(rates, 'USD', 'LRD', days(1))).toEqual(parseRatio('500'))
  expect(exchangeRate(rates, 'USD', 'LRD', days(-4))).toBeUndefined()
})

test('a pair without any rate has no quote', () => {
  const rates = [aRate('USD', 'LRD', '200')]
  expect(exchangeRate(rates, 'LRD', 'RWF', noon)).toBeUndefined()
  expect(quote(aRequest({ target: 'RWF' }), { ...seed, rates }, noon)).toBeUndefined()
  expect(quote(aRequest(), { ...seed, rates: [] }, noon)).toBeDefined()
})

test('a flat fee that cannot be converted to the base currency makes no quote, rather than a wrong one', () => {
  const card = aRequest({ base: money(100_000n, 'RWF'), target: 'RWF', provider: 'STRIPE', method: 'CREDIT_CARD' })
  expect(quote(card, { ...seed, rates: [] }, noon)).toBeUndefined()
})

const percent = (value: string) => ({ percentage: parseRatio(value) })
const platformFeeOf = (platform: readonly PlatformFeeRow[], its: Partial<QuoteRequest> = {}, now = noon): string =>
  formatMoney(quoted({ base: money(10_000n, 'USD'), ...its }, { ...seed, platform }, now).platformFee)
const gatewayFeeOf = (gateway: readonly GatewayFeeRow[], its: Partial<QuoteRequest> = {}, now = noon): string =>
  formatMoney(quoted({ base: money(10_000n, 'USD'), ...its }, { ...seed, gateway }, now).gatewayFee)

test('of several rows in force the latest to have come into force counts', () => {
  const rows = [
    aPlatformFee({ ...percent('2'), effectiveFrom: days(-2) }),
    aPlatformFee({ ...percent('3'), effectiveFrom: days(-1) }),
    aPlatformFee({ ...percent('1'), effectiveFrom: days(-3) }),
  ]
  expect(platformFeeOf(rows)).toBe('3.00')
  expect(platformFeeOf(rows.toReversed())).toBe('3.00')
  expect(platformFeeOf(rows, {}, days(-1.5))).toBe('2.00')
})

test('a row counts from its first moment and no longer at its last', () => {
  const rows = [aGatewayFee({ ...percent('4'), effectiveFrom: days(1), effectiveTo: days(2) })]
  const justBefore = (time: Date): Date => new Date(time.getTime() - 1)
  expect(gatewayFeeOf(rows, {}, justBefore(days(1)))).toBe('0.00')
  expect(gatewayFeeOf(rows, {}, days(1))).toBe('4.00')
  expect(gatewayFeeOf(rows, {}, justBefore(days(2)))).toBe('4.00')
  expect(gatewayFeeOf(rows, {}, days(2))).toBe('0.00')
})

test('a row for the method counts before a newer row for all, and for that method alone', () => {
  const rows = [
    aGatewayFee({ ...percent('1'), method: 'MTN_MOMO_LBR', effectiveFrom: days(-9) }),
    aGatewayFee({ ...percent('2'), effectiveFrom: days(-1) }),
    aGatewayFee({ ...percent('3'), method: 'AIRTEL_RWA', effectiveFrom: days(-1) }),
  ]
  expect(gatewayFeeOf(rows)).toBe('1.00')
  expect(gatewayFeeOf(rows, { method: 'ORANGE_MONEY_LBR' })).toBe('2.00')
  const platform = rows.map((row) => aPlatformFee({ ...row, tierId: defaultTierId }))
  expect(platformFeeOf(platform)).toBe('1.00')
  expect(platformFeeOf(platform, { method: 'ORANGE_MONEY_LBR' })).toBe('2.00')
})

test("a merchant's tier counts before the default, which answers where the tier is silent", () => {
  const rows = [
    aPlatformFee(percent('1')),
    aPlatformFee({ ...percent('1'), method: 'MTN_MOMO_LBR' }),
    aPlatformFee({ ...percent('0.5'), tierId: otherTierId }),
    aPlatformFee({ ...percent('0.7'), operation: 'PAYOUT' }),
  ]
  expect(platformFeeOf(rows)).toBe('1.00')
  expect(platformFeeOf(rows, { tierId: otherTierId })).toBe('0.50')
  expect(platformFeeOf(rows, { tierId: otherTierId, operation: 'PAYOUT' })).toBe('0.70')
  expect(platformFeeOf([], { tierId: otherTierId })).toBe('0.00')
})

test('a quote never depends on the order in which the rows were read', () => {
  const rows = [
    aPlatformFee({ ...percent('1'), effectiveFrom: days(-1) }),
    aPlatformFee({ ...percent('2'), effectiveFrom: days(-1) }),
    aPlatformFee({ ...percent('3'), method: 'MTN_MOMO_LBR', effectiveFrom: days(-2), effectiveTo: days(-1) }),
    aPlatformFee({ ...percent('4'), tierId: otherTierId }),
  ]
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(platformFeeOf(shuffled)).toBe('2.00')
    }),
  )
})

test('every amount of a quote can be written and read again', () => {
  fc.assert(
    fc.property(anyRequest, anyFees, (request, fees) => {
      const { payer, payee, platformFee, gatewayFee, fxFee } = quoted(request, pricesFor(request, fees))
      for (const amount of [payer, payee, platformFee, gatewayFee, fxFee]) {
        if (amount) expect(parseMoney(formatMoney(amount), amount.currency)).toEqual(amount)
      }
    }),
  )
})
