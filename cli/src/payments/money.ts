/** `USD 257.50`, `RWF 1,200`: for people. Programs read the number. */
export const writeMoney = (amount: number, currency: string): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' })
    .format(amount)
    .replaceAll('\u00a0', ' ')
