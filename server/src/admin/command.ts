import { type Clock, addMs } from '../kernel/clock.ts'
import { type Currency, isCurrency } from '../kernel/currencies.ts'
import { type MerchantId, readId } from '../kernel/ids.ts'
import { type Money, parseMoney } from '../kernel/money.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Provider } from '../providers/provider.ts'
import { readTime } from '../platform/http/wire.ts'

/** A command line that asks for nothing we do. */
export class UsageError extends Error {}

export interface AdminContext {
  readonly db: Pool
  readonly clock: Clock
  /** The first line typed or piped in: for what must not stand on a command line. */
  readonly readSecret: () => Promise<string>
  /** For what is too long to be held and printed as an answer: it waits until the reader has taken it. */
  readonly write: (text: string) => Promise<void>
  /** A word to whoever looks on, beside the answer. */
  readonly notice: (text: string) => void
  /** A file's bytes, or those piped in when none is named. */
  readonly open: (file: string | undefined) => AsyncIterable<Uint8Array | string>
  /** Lends the payment network of the environment. Throws `ConfigError` where it names none. */
  readonly withProvider: <T>(work: (provider: Provider) => Promise<T>) => Promise<T>
}

export type Cell = string | number | boolean | null

/** What a command answers: one record, or a list of them, printed as a table or as JSON; nothing more if it wrote already. */
export type Answer = Readonly<Record<string, Cell>> | readonly Readonly<Record<string, Cell>>[] | undefined

export type Flags = Readonly<Record<string, string | boolean | undefined>>

export interface Command {
  /** Which options it takes is what stands here. */
  readonly usage: string
  readonly does: string
  readonly run: (context: AdminContext, flags: Flags) => Promise<Answer>
}

export type Commands = Readonly<Record<string, Command>>

export const writeMoment = (date: Date | null | undefined): string | null => date?.toISOString() ?? null

export function requiredText(flags: Flags, name: string): string {
  const value = flags[name]
  if (typeof value !== 'string' || value.trim() === '') throw new UsageError(`--${name} is required.`)
  return value
}

export const optionalText = (flags: Flags, name: string): string | undefined =>
  flags[name] === undefined ? undefined : requiredText(flags, name)

export function merchantId(flags: Flags): MerchantId {
  const text = requiredText(flags, 'merchant')
  const id = readId<MerchantId>(text)
  if (!id) throw new UsageError(`--merchant takes a merchant's id, not "${text}".`)
  return id
}

export const optionalMerchantId = (flags: Flags): MerchantId | undefined =>
  flags['merchant'] === undefined ? undefined : merchantId(flags)

export function requiredPhone(flags: Flags): string {
  const phone = requiredText(flags, 'phone')
  if (!/^[1-9]\d{7,14}$/.test(phone)) {
    throw new UsageError('--phone takes digits with country code, without a plus sign: 231770000000.')
  }
  return phone
}

export function oneOf<const Value extends string>(flags: Flags, name: string, values: readonly Value[]): Value {
  const text = requiredText(flags, name)
  const value = values.find((each) => each === text)
  if (!value) throw new UsageError(`--${name} must be one of ${values.join(', ')}.`)
  return value
}

export const optionalOneOf = <const Value extends string>(
  flags: Flags,
  name: string,
  values: readonly Value[],
): Value | undefined => (flags[name] === undefined ? undefined : oneOf(flags, name, values))

export function currency(flags: Flags, name: string): Currency {
  const code = requiredText(flags, name)
  if (!isCurrency(code)) throw new UsageError(`--${name} must be a currency with wallets here, not "${code}".`)
  return code
}

/** A decimal text that a numeric column holds exactly. */
export function decimal(
  flags: Flags,
  name: string,
  { whole, places }: { readonly whole: number; readonly places: number },
) {
  const text = requiredText(flags, name)
  if (!new RegExp(`^\\d{1,${whole}}(\\.\\d{1,${places}})?$`).test(text)) {
    throw new UsageError(`--${name} takes a number with at most ${places} decimals, not "${text}".`)
  }
  return text
}

/** An amount written as "0.30 USD". */
export function optionalAmount(flags: Flags, name: string): Money | undefined {
  const text = optionalText(flags, name)
  if (text === undefined) return undefined
  const [value = '', code = ''] = text.split(' ')
  const amount = isCurrency(code) ? parseMoney(value, code) : undefined
  if (!amount || amount.minor < 0n) throw new UsageError(`--${name} takes an amount such as "0.30 USD", not "${text}".`)
  return amount
}

export function optionalTime(flags: Flags, name: string): Date | undefined {
  const text = optionalText(flags, name)
  if (text === undefined) return undefined
  const time = readTime(text)
  if (!time) throw new UsageError(`--${name} takes a time such as 2026-01-01T00:00:00Z, not "${text}".`)
  return time
}

/** When a price comes into force: now, unless said otherwise. Never in the past, which has been charged already. */
export function comesIntoForce(flags: Flags, now: Date): Date {
  const from = optionalTime(flags, 'from')
  if (from === undefined) return now
  if (from < addMs(now, -60_000)) throw new UsageError('--from must not be in the past.')
  return from
}
