/** How many units of a currency make one USD at the pretend rate, and how many decimals its amounts have at Stripe. */
interface Terms {
  readonly perDollar: number
  readonly decimals: 0 | 2
}

/**
 * What this account can charge: the currencies around Dollr's, not all that Stripe has. The rates are invented, and fixed
 * so that a test can rely on them. RWF, XAF, XOF, BIF and JPY are among those without decimals, LRD is not.
 */
const currencies: Readonly<Record<string, Terms>> = {
  usd: { perDollar: 1, decimals: 2 },
  bif: { perDollar: 2_900, decimals: 0 },
  cdf: { perDollar: 2_800, decimals: 2 },
  eur: { perDollar: 0.9, decimals: 2 },
  gbp: { perDollar: 0.8, decimals: 2 },
  ghs: { perDollar: 12, decimals: 2 },
  jpy: { perDollar: 150, decimals: 0 },
  kes: { perDollar: 130, decimals: 2 },
  lrd: { perDollar: 190, decimals: 2 },
  ngn: { perDollar: 1_500, decimals: 2 },
  rwf: { perDollar: 1_450, decimals: 0 },
  tzs: { perDollar: 2_600, decimals: 2 },
  xaf: { perDollar: 600, decimals: 0 },
  xof: { perDollar: 600, decimals: 0 },
  zar: { perDollar: 18, decimals: 2 },
}

/** What the account is paid out in: all it takes is converted to this. */
export const settlementCurrency = 'usd'

export const knownCurrencies = Object.keys(currencies)

const termsOf = (currency: string): Terms => {
  const terms = Object.hasOwn(currencies, currency) ? currencies[currency] : undefined
  if (terms === undefined) throw new Error(`${currency} is not a currency of this account.`)
  return terms
}

/** The exchange rate that a balance transaction tells: settlement currency per unit of the other, null between equals. */
export const exchangeRateOf = (currency: string): number | null =>
  currency === settlementCurrency ? null : 1 / termsOf(currency).perDollar

/** What an amount is worth in cents, and in parts of them. */
export const centsOf = (amount: number, currency: string): number => {
  const { perDollar, decimals } = termsOf(currency)
  return (amount / 10 ** decimals / perDollar) * 100
}

/** Rounded half up. */
export const toSettlement = (amount: number, currency: string): number => Math.round(centsOf(amount, currency))

/** As the reports write it: in major units, without a currency. */
export const inMajorUnits = (amount: number, currency: string): string => {
  const { decimals } = termsOf(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const sign = amount < 0 ? '-' : ''
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

export const readable = (amount: number, currency: string): string =>
  `${inMajorUnits(amount, currency)} ${currency.toUpperCase()}`
