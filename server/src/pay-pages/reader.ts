import Negotiator from 'negotiator'
import { type Currency, decimalsOf } from '../kernel/currencies.ts'
import { formatMoney, formatRatio, type Money, type Ratio } from '../kernel/money.ts'
import { catalogues, type Language, languages, type Texts } from './texts/index.ts'

/** What an address within a page may say beside its path. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** Who reads a page: their words, and how they write figures. */
export interface Reader {
  readonly language: Language
  /** Their language, where they chose it by hand. */
  readonly chosen: Language | undefined
  readonly texts: Texts
  /**
   * The page's own address with another query. A language that was chosen by hand goes along: that is how it is remembered
   * from page to page, and in the address itself, without a cookie.
   */
  readonly address: (query?: Query, path?: string) => string
  readonly money: (amount: Money) => string
  readonly count: (count: number | bigint) => string
  readonly rate: (from: Currency, rate: Ratio, to: Currency) => string
  /** On the clocks of a country, and which clock that is. */
  readonly time: (time: Date, country: string | undefined) => string
}

const timeZones: Readonly<Record<string, string>> = { LR: 'Africa/Monrovia', RW: 'Africa/Kigali' }

/** An amount, a rate or a time of day is never broken over two lines. */
const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0')

/** A decimal text of any length is written exactly: as a number it would lose its last digits. */
const asDecimal = (text: string): Intl.StringNumericLiteral => text as Intl.StringNumericLiteral

/** `?` alone is the page itself, without the query it was opened with. */
function writeAddress(path: string, query: Query): string {
  const said = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) said.set(name, String(value))
  return path !== '' && said.size === 0 ? path : `${path}?${said.toString()}`
}

/** How amounts, counts and times are written in a language: made once, because making one costs more than a whole page. */
function createForms(language: Language): Pick<Reader, 'money' | 'count' | 'rate' | 'time'> {
  const numbers = new Intl.NumberFormat(language)
  const rates = new Intl.NumberFormat(language, { maximumFractionDigits: 6 })
  const amounts = new Map<Currency, Intl.NumberFormat>()
  const amountsIn = (currency: Currency): Intl.NumberFormat => {
    const known = amounts.get(currency)
    if (known) return known
    const digits = decimalsOf(currency)
    const made = new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      // `$` is two currencies in Monrovia: the code says which wallet is meant.
      currencyDisplay: 'code',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    amounts.set(currency, made)
    return made
  }
  const { rate: writeRate } = catalogues[language].form
  return {
    money: (amount) => unbroken(amountsIn(amount.currency).format(asDecimal(formatMoney(amount)))),
    count: (count) => numbers.format(count),
    rate: (from, rate, to) => unbroken(writeRate(from, rates.format(asDecimal(formatRatio(rate, 6))), to)),
    time: (time, country) =>
      new Intl.DateTimeFormat(language, {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        timeZone: timeZones[country ?? ''] ?? 'UTC',
        timeZoneName: 'short',
      }).format(time),
  }
}

const forms = Object.fromEntries(languages.map((language) => [language, createForms(language)])) as Record<
  Language,
  ReturnType<typeof createForms>
>

const known = (language: string | undefined): Language | undefined => languages.find((each) => each === language)

/** A language chosen by hand counts before those that the browser asks for. */
export function readerOf(chosen: string | undefined, acceptLanguage: string | undefined): Reader {
  const byHand = known(chosen)
  const asked = new Negotiator({ headers: { 'accept-language': acceptLanguage } }).language([...languages])
  const language = byHand ?? known(asked) ?? 'en'
  return {
    language,
    chosen: byHand,
    texts: catalogues[language],
    address: (query = {}, path = '') => writeAddress(path, { ...query, lang: query['lang'] ?? byHand }),
    ...forms[language],
  }
}
