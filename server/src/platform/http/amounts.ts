import { type Currency, decimalsOf } from '../../kernel/currencies.ts'
import { decimalOf, formatMoney, largestAmount, type Money, parseMoney } from '../../kernel/money.ts'
import { InvalidRequest } from '../../kernel/problem.ts'

/** Reads an amount of a request in the currency it stands in, refusing what is finer than that currency. Never rounds. */
export function readAmount(value: number, currency: Currency, field: string): Money {
  const amount = parseMoney(decimalOf(value), currency)
  if (amount) return amount
  const message = `ensure that there are no more than ${decimalsOf(currency)} decimal places`
  throw new InvalidRequest({ field, rule: 'decimal.max_places', message })
}

/** Refuses a line or a total above the largest amount there is. */
export function requireBelowLargest(amount: Money, field: string): void {
  const largest = largestAmount(amount.currency)
  if (amount.minor <= largest.minor) return
  const message = `ensure this value is less than or equal to ${formatMoney(largest)}`
  throw new InvalidRequest({ field, rule: 'number.not_le', message })
}
