/** Currencies with wallets and exchange rates here, and how many decimals each has (ISO 4217). */
const decimals = { USD: 2, LRD: 2, RWF: 0 } as const

export type Currency = keyof typeof decimals

export const currencies = Object.keys(decimals) as readonly Currency[]

export const isCurrency = (code: unknown): code is Currency => typeof code === 'string' && Object.hasOwn(decimals, code)

export const decimalsOf = (currency: Currency): number => decimals[currency]
