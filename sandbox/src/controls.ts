import { type DialFault, dialFaults, type DialSetting } from './dial.ts'
import { isRecord } from './http.ts'

type Fields = Readonly<Record<string, unknown>>

/** What each simulator answers in its own words. */
export type Misread = (name: string, form: string) => Error

const maxOffsetMs = 100 * 365 * 24 * 60 * 60_000
const maxDelayMs = 60_000

const wholeNumber = (value: unknown, name: string, max: number, misread: Misread): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max)
    throw misread(name, `a whole number from 0 to ${max}`)
  return value
}

/** How far the clock is ahead. */
export const readClock = ({ offsetMs }: Fields, misread: Misread): number =>
  wholeNumber(offsetMs, 'offsetMs', maxOffsetMs, misread)

const readFault = (value: unknown, misread: Misread): DialSetting => {
  const { fault, next, rate, provider, delayMs } = isRecord(value) ? value : {}
  const known: DialFault | undefined = dialFaults.find((each) => each === fault)
  if (known === undefined) throw misread('fault', `one of ${dialFaults.join(', ')}`)
  if (rate !== undefined && (typeof rate !== 'number' || !(rate > 0 && rate <= 1)))
    throw misread('rate', 'a number above 0, and at most 1')
  if (provider !== undefined && typeof provider !== 'string') throw misread('provider', 'a string')
  return {
    fault: known,
    next: next === undefined ? undefined : wholeNumber(next, 'next', Number.MAX_SAFE_INTEGER, misread),
    rate,
    provider,
    delayMs: delayMs === undefined ? undefined : wholeNumber(delayMs, 'delayMs', maxDelayMs, misread),
  }
}

export const readDial = (
  { seed, faults }: Fields,
  misread: Misread,
): { seed: number; faults: readonly DialSetting[] } => {
  if (!Array.isArray(faults)) throw misread('faults', 'a list')
  return {
    seed: wholeNumber(seed, 'seed', Number.MAX_SAFE_INTEGER, misread),
    faults: faults.map((each: unknown) => readFault(each, misread)),
  }
}
