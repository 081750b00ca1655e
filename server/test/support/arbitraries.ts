import fc from 'fast-check'
import { type Currency } from '../../src/kernel/currencies.ts'
import { type Money, money } from '../../src/kernel/money.ts'

/** Every currency there is: the compiler asks for the missing one. */
export const decimalsByCurrency: Record<Currency, number> = { USD: 2, LRD: 2, RWF: 0 }

export const allCurrencies = Object.keys(decimalsByCurrency) as Currency[]

export const anyCurrency: fc.Arbitrary<Currency> = fc.constantFrom(...allCurrencies)

/** Twelve digits before the point, as the contract allows: `999999999999.99`. */
const largestMinor: Record<Currency, bigint> = {
  USD: 99_999_999_999_999n,
  LRD: 99_999_999_999_999n,
  RWF: 999_999_999_999n,
}

/** An amount a document can have. Small ones matter as much as large ones: rounding shows there. */
export const anyMoney = (currency: Currency): fc.Arbitrary<Money> =>
  fc
    .oneof(fc.bigInt({ min: 1n, max: 2_000n }), fc.bigInt({ min: 1n, max: largestMinor[currency] }))
    .map((minor) => money(minor, currency))

export const anyAmount: fc.Arbitrary<Money> = anyCurrency.chain(anyMoney)
