/**
 * The v2 pattern: no leading zeros, no trailing zeros after the point. "5.5" is an amount, "5.50" and "100.00" are not.
 * Amounts stay decimal strings throughout; a float holds none of them.
 */
const minimalDecimal = /^(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,3}[1-9])?$/

export const isMinimalDecimal = (amount: string): boolean => minimalDecimal.test(amount)

export const decimalPlacesOf = (amount: string): number => {
  const point = amount.indexOf('.')
  return point < 0 ? 0 : amount.length - point - 1
}

/** "1500" to four places is "1500.0000". Only ever lengthens: an accepted amount has no more places than it is shown with. */
export const withDecimalPlaces = (amount: string, places: number): string => {
  const missing = places - decimalPlacesOf(amount)
  return (amount.includes('.') ? amount : `${amount}.`) + '0'.repeat(missing)
}

const tenThousandths = (amount: string): bigint => BigInt(withDecimalPlaces(amount, 4).replace('.', ''))

const fromTenThousandths = (value: bigint): string => {
  const digits = String(value).padStart(5, '0')
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`.replace(/\.?0+$/, '')
}

export const isAtLeast = (amount: string, other: string): boolean => tenThousandths(amount) >= tenThousandths(other)

export const isWithin = (amount: string, bounds: { minAmount: string; maxAmount: string }): boolean =>
  isAtLeast(amount, bounds.minAmount) && isAtLeast(bounds.maxAmount, amount)

export const addAmounts = (amount: string, more: string): string =>
  fromTenThousandths(tenThousandths(amount) + tenThousandths(more))

/** Never below zero: whoever takes away has asked whether it is there. */
export const subtractAmounts = (amount: string, less: string): string => {
  if (!isAtLeast(amount, less)) throw new Error(`${less} is more than ${amount}.`)
  return fromTenThousandths(tenThousandths(amount) - tenThousandths(less))
}
