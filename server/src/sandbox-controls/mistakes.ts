import { addMs } from '../kernel/clock.ts'
import { type Warning } from '../platform/http/warnings.ts'

/** Mistakes seen in the wild that can be told from calls alone: pure rules over what was sent, and when. */

/** The fields of a body as its operation knows them. */
export interface Known {
  readonly properties?: Readonly<Record<string, Known>>
  readonly items?: Known
}

const mostNamed = 5
const longestName = 40

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** As two spellings of one name are the same: `referenceId` is `reference_id`. */
const plain = (name: string): string => name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()

interface Stray {
  readonly path: string
  readonly meant: string | undefined
}

function strayFields(known: Known | undefined, value: unknown, at: string): Stray[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown, index) => strayFields(known?.items, each, `${at}${index}.`))
  }
  const properties = known?.properties
  if (!isObject(value) || !properties) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    if (Object.hasOwn(properties, name)) return strayFields(properties[name], inner, `${at}${name}.`)
    const meant = Object.keys(properties).find((each) => plain(each) === plain(name) && !Object.hasOwn(value, each))
    return [{ path: at + name.slice(0, longestName), meant }]
  })
}

const describeStray = ({ path, meant }: Stray): string => (meant === undefined ? path : `${path} (${meant}?)`)

/** Fields that are ignored because the operation has none of that name. */
export function unknownFields(known: Known | undefined, body: unknown): Warning | undefined {
  const stray = strayFields(known, body, '')
  if (stray.length === 0) return undefined
  const more = stray.length > mostNamed ? ` and ${stray.length - mostNamed} more` : ''
  const names = stray.slice(0, mostNamed).map(describeStray).join(', ')
  return { code: 'unknown-field', text: `ignored, because this operation has no such field: ${names}${more}` }
}

/** A line of a checkout is one thing: whoever sends a quantity is charged for one. */
export function ignoredQuantity(body: unknown): Warning | undefined {
  const items = isObject(body) && Array.isArray(body['items']) ? (body['items'] as unknown[]) : []
  if (!items.some((item) => isObject(item) && item['qty'] !== undefined && item['qty'] !== 1)) return undefined
  return { code: 'quantity-ignored', text: 'lines of a checkout have no qty: send the amount of the whole line' }
}

/** Remembers when something happened, for so many keys, and how often it did lately. */
export function createRecent({ withinMs, mostKeys }: { readonly withinMs: number; readonly mostKeys: number }) {
  const times = new Map<string, readonly Date[]>()
  return (key: string, now: Date): number => {
    const since = addMs(now, -withinMs)
    const recent = [...(times.get(key) ?? []).filter((time) => time > since), now]
    times.delete(key)
    times.set(key, recent)
    const [oldest] = times.keys()
    if (times.size > mostKeys && oldest !== undefined) times.delete(oldest)
    return recent.length
  }
}

/** Who takes the 60 of `expires_in` for seconds comes every minute, or before every call. */
export const tokenWindowMs = 5 * 60_000
const tokensWithin = 4

export const tokensTooOften = (obtained: number): Warning | undefined =>
  obtained < tokensWithin
    ? undefined
    : {
        code: 'token-lifetime-in-minutes',
        text: `expires_in is in minutes: ${obtained} tokens within 5 minutes, and each is good for an hour; keep one until 5 minutes before its end`,
      }

export const pollWindowMs = 2_000
const pollsWithin = 5

export const pollsTooOften = (asked: number): Warning | undefined =>
  asked < pollsWithin
    ? undefined
    : { code: 'polling-too-fast', text: `asked ${asked} times within 2 seconds: every 2 to 5 seconds is enough` }

/**
 * An amount that was far too much as it stands and would have done as cents. Who merely asks for a little more than there is
 * has counted wrong, and knows what a cent is.
 */
export const looksLikeCents = (minor: bigint, mostMinor: bigint): boolean =>
  minor >= 10n * mostMinor && minor % 100n === 0n && minor / 100n <= mostMinor && mostMinor > 0n

export const centsForUnits = (what: string): Warning => ({
  code: 'cents-for-units',
  text: `amounts are in major units, so that 19.99 is USD 19.99: ${what}`,
})

export const anotherInFlight = (referenceId: string): Warning => ({
  code: 'another-reference-in-flight',
  text: `${referenceId} is still under way for the same thing: ask for its status, or send it again, instead of a new reference_id`,
})
