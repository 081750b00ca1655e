import { findCardData } from '../platform/http/card-data.ts'

/**
 * What of a call may be kept: never what opens something, a passcode, a token, a secret, and phone numbers shortened so that
 * they tell two payers apart and nobody can call them.
 */

const gone = '[redacted]'

/** Names of what opens something; in small letters, without what separates words. */
const secretNames = new Set(
  [
    'clientsecret secret secretkey signingsecret webhooksecret password passwd pin pincode passcodecode',
    'token accesstoken refreshtoken idtoken apikey apitoken bearer authorization cookie privatekey',
  ].flatMap((names) => names.split(' ')),
)

/** Names of what somebody can be called or charged by. */
const phoneName = /(?:phone|msisdn|mobile|whatsapp|account_?number|^number$)/i

/** Names below which everything is secret, but for the device. */
const passcodeName = /^passcode$/i

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z\d]/g, '')

/** Spelled so that nobody can take them for anything else, wherever they stand. */
const secretForms: readonly RegExp[] = [
  // A token of ours, or of anybody's.
  /eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?/g,
  // What signs webhooks, and Stripe's keys.
  /\b(?:whsec|sk|rk)_[\w+/=-]{8,}/g,
  // A card's token, and the secret of its payment.
  /\bpm_\w+/g,
  /\b(?:pi|seti)_\w+_secret_\w+/g,
  /\bBearer\s+\S+/gi,
]

/** A payer's link opens its page for whoever has it. */
const linkToken = /(\/(?:pay|receipt)\/[\w-]{4})[\w-]{16,}/g

const shortenPhone = (text: string): string =>
  text.replaceAll(/\d{7,}/g, (digits) => `${digits.slice(0, 3)}…${digits.slice(-2)}`)

export function redactText(text: string): string {
  let shown = text
  for (const form of secretForms) shown = shown.replaceAll(form, gone)
  return shown.replaceAll(linkToken, '$1…')
}

function redactScalar(name: string, value: unknown): unknown {
  if (typeof value === 'string') return phoneName.test(name) ? shortenPhone(redactText(value)) : redactText(value)
  return typeof value === 'number' && phoneName.test(name) && value >= 1e6 ? shortenPhone(String(value)) : value
}

/** Deeper than anything we take: what is below is somebody's trial of our patience. */
const deepest = 20

function redactAt(name: string, value: unknown, depth: number, secret: boolean): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value
  if (depth > deepest) return gone
  // Only what is named a secret and is no object: an object of that name may hold what is worth reading.
  if (typeof value !== 'object') return secret || secretNames.has(plainName(name)) ? gone : redactScalar(name, value)
  if (Array.isArray(value)) return value.map((each) => redactAt(name, each, depth + 1, secret))
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      redactText(key),
      redactAt(key, each, depth + 1, plainName(key) !== 'device' && (secret || passcodeName.test(key))),
    ]),
  )
}

/** The same value without what may not be kept. */
export const redact = (value: unknown): unknown => redactAt('', value, 0, false)

/** A path may hold anything a caller put there, a card's number as well. */
export const redactPath = (path: string): string =>
  redactText(path)
    .split('/')
    .map((part) => (findCardData('query', part).length > 0 ? gone : part))
    .join('/')

/** Parameters are text, each with its name. */
export function redactQuery(query: unknown): string | undefined {
  if (typeof query !== 'object' || query === null) return undefined
  const pairs = Object.entries(redact(query) as Readonly<Record<string, unknown>>).flatMap(([key, value]) =>
    [value].flat().map((each): [string, string] => [key, String(each)]),
  )
  return pairs.length === 0 ? undefined : new URLSearchParams(pairs).toString()
}
