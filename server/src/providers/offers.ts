import { decimalsOf } from '../kernel/currencies.ts'
import { decimalPlaces, formatMoney, type Money } from '../kernel/money.ts'
import { type FieldIssue } from '../kernel/problem.ts'
import { type Offer } from './provider.ts'

/** Which fields of a request decide on the currency and on the amount, for what to say when a network cannot carry them. */
export interface DecidedBy {
  readonly currency: string
  readonly amount: string
}

/** What keeps a network from carrying an amount: refused before anything is recorded, never rounded to fit. */
export function misfit(amount: Money, offer: Offer | undefined, by: DecidedBy): FieldIssue | undefined {
  const unsupported = (more = ''): FieldIssue => ({
    field: by.currency,
    rule: 'currency',
    message: `currency not supported by this payment method${more}`,
  })
  if (!offer) return unsupported()
  if (amount.minor <= 0n)
    return { field: by.currency, rule: 'limit', message: `amount is too small to be paid in ${amount.currency}` }
  const { decimals, minimum, maximum } = offer
  if (decimals < decimalsOf(amount.currency) && decimalPlaces(formatMoney(amount)) > decimals) {
    return unsupported(`: it takes at most ${decimals} decimals of ${amount.currency}`)
  }
  const tooSmall = minimum && amount.minor < minimum.minor
  const limit = tooSmall ? minimum : maximum && amount.minor > maximum.minor ? maximum : undefined
  if (!limit) return undefined
  return {
    field: by.amount,
    rule: 'limit',
    message: `amount is ${tooSmall ? 'below' : 'above'} what this payment method takes: ${formatMoney(limit)} ${limit.currency}`,
  }
}
