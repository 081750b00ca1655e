import { type Currency } from '../kernel/currencies.ts'
import { type FeeBearer, mobileMoneyMethods, type MobileMoneyMethod, type ProviderName } from '../kernel/enums.ts'
import { type Money, sumOf } from '../kernel/money.ts'
import { type Quote } from '../fees/index.ts'

/** One way to pay a document: a method, a currency, and what it costs. */
export interface Option {
  readonly method: MobileMoneyMethod
  readonly provider: ProviderName
  readonly country: string | undefined
  readonly currency: Currency
  readonly quote: Quote
}

/** What the payer adds to the document's total, in its currency. Undefined where that is nothing. */
export function feesOnTop(
  bearer: FeeBearer,
  { platformFee, gatewayFee, fxFee }: Pick<Quote, 'platformFee' | 'gatewayFee' | 'fxFee'>,
): Money | undefined {
  const fees = sumOf(platformFee.currency, [platformFee, gatewayFee, ...(fxFee ? [fxFee] : [])])
  return bearer === 'PAYER' && fees.minor > 0n ? fees : undefined
}

/** What a form sends for an option: with the price the payer was shown, because prices move and payers must not be surprised. */
export const writeOption = ({ method, currency, quote }: Pick<Option, 'method' | 'currency' | 'quote'>): string =>
  `${method}:${currency}:${quote.payer.minor}`

export interface ChosenOption {
  readonly method: MobileMoneyMethod
  readonly currency: string
  readonly shownMinor: bigint
}

export function readOption(sent: string): ChosenOption | undefined {
  const [, named, currency = '', minor = ''] = /^([A-Z_]+):([A-Z]{3}):(\d{1,18})$/.exec(sent) ?? []
  const method = mobileMoneyMethods.find((each) => each === named)
  return method && { method, currency, shownMinor: BigInt(minor) }
}

/** What payers write before a number to call it from abroad, and national numbers are no longer than nine digits. */
const callingCodes: Readonly<Record<string, string>> = { LR: '231', RW: '250' }
const longestNational = 9

/**
 * Reads a number as people write it: with spaces, dashes and a plus, or as it is dialled within the country of the method.
 * Undefined for what can be no number.
 */
export function readPhone(typed: string, country: string | undefined): string | undefined {
  const written = typed.replaceAll(/[\s().\-\u2010-\u2015\u200e\u200f\u202a-\u202e]/gu, '')
  const code = callingCodes[country ?? '']
  const international = /^(?:\+|00)(\d+)$/.exec(written)?.[1]
  const national = /^0?([1-9]\d*)$/.exec(written)?.[1]
  const isNational =
    national !== undefined &&
    (written.startsWith('0') || (national.length <= longestNational && !national.startsWith(code ?? '')))
  const number = international ?? (isNational && code !== undefined ? code + national : written)
  return /^[1-9]\d{7,14}$/.test(number) ? number : undefined
}

/** How often a waiting page has looked. `stop` for one that its reader wants to stand still. */
export type Looks = number | 'stop'

export const readLooks = (sent: string | undefined): Looks =>
  sent === 'stop' ? 'stop' : /^\d{1,4}$/.test(sent ?? '') ? Number(sent) : 0

/**
 * How long a waiting page without a script stands before it looks again. Twenty seconds are what most payments take, and what
 * accessibility asks for: enough to read the page and to stop it (WCAG 2.2.1, "extend"). Undefined once even a slow network
 * has given its answer, or its reader stopped it.
 */
export function pauseSeconds(looks: Looks): number | undefined {
  if (looks === 'stop' || looks >= 55) return undefined
  return looks < 15 ? 20 : 30
}

/** The requests of mobile-money operators lapse after about five minutes; only the operator's own word says that one has. */
const promptSeconds = 5 * 60

/** How long a payer still has for the PIN, as far as we know. Nought once that should be over. */
export function secondsLeft(startedAt: Date, now: Date): number {
  const passed = Math.floor((now.getTime() - startedAt.getTime()) / 1_000)
  return Math.min(promptSeconds, Math.max(0, promptSeconds - passed))
}

/** The end of a number: enough for its owner to know it, too little for anybody else. */
export const endingOf = (phone: string): string => phone.slice(-3)

export const masked = (phone: string): string => (phone === '' ? '' : `••• ${endingOf(phone)}`)

/** A checkout without a name calls its payer by their number: a receipt is shown to others, who must not learn it. */
export const nameForOthers = (name: string): string => (/^\+?[\d\s().-]{7,}$/.test(name) ? masked(name) : name)

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The key a form was made with: as we wrote it, or no key of ours. */
export const readReference = (sent: string | undefined): string | undefined =>
  sent !== undefined && uuid4.test(sent) ? sent : undefined
