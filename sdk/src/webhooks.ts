import { systemClock } from './environment.ts'
import { WebhookVerificationError } from './errors.ts'
import { type DollrEvent } from './events.ts'

/** Webhooks as the Standard Webhooks specification has them, for any runtime with `crypto.subtle`. */

/** As a request brings them: a `Headers`, or the plain object of a server framework. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

export interface VerifyOptions {
  /** How far the signed time may be from ours, in seconds: five minutes unless said otherwise. */
  readonly toleranceSeconds?: number
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

const utf8 = new TextEncoder()
const prefix = 'whsec_'

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}

async function keyOf(secret: string, use: 'sign' | 'verify') {
  const bytes = fromBase64(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret)
  if (bytes === undefined || bytes.length === 0) throw new TypeError('a webhook secret is "whsec_" and base64')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [use])
}

function signedContent(id: string, timestamp: string, payload: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const head = utf8.encode(`${id}.${timestamp}.`)
  const body = typeof payload === 'string' ? utf8.encode(payload) : payload
  const content = new Uint8Array(head.length + body.length)
  content.set(head)
  content.set(body, head.length)
  return content
}

function header(headers: WebhookHeaders, name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  if (typeof value !== 'string' || value === '') throw new WebhookVerificationError(`the header ${name} is missing`)
  return value
}

function requireRecent(
  timestamp: string,
  { toleranceSeconds = 300, now = () => systemClock.now() }: VerifyOptions,
): void {
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookVerificationError('webhook-timestamp is no time')
  const apart = now() / 1000 - Number(timestamp)
  if (Math.abs(apart) > toleranceSeconds) {
    throw new WebhookVerificationError(`signed ${Math.round(Math.abs(apart))} s ${apart > 0 ? 'ago' : 'ahead'}`)
  }
}

async function isSignedBy(
  secret: string,
  content: Uint8Array<ArrayBuffer>,
  signatures: readonly Uint8Array<ArrayBuffer>[],
) {
  const key = await keyOf(secret, 'verify')
  // Compared inside the crypto library, in a time that says nothing of how much was right.
  const verdicts = await Promise.all(signatures.map((each) => crypto.subtle.verify('HMAC', key, each, content)))
  return verdicts.includes(true)
}

/** More than any rotation needs; without a bound a header would decide how much we compute. */
const mostSignatures = 16

/**
 * Reads a webhook that one of the secrets signed lately. The payload is the body as it came, before anything parsed it.
 *
 * @throws WebhookVerificationError for everything else.
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): Promise<DollrEvent> {
  const [id, timestamp] = [header(headers, 'webhook-id'), header(headers, 'webhook-timestamp')]
  const signatures = header(headers, 'webhook-signature')
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .slice(0, mostSignatures)
    .map((each) => fromBase64(each.slice('v1,'.length)))
    .filter((each) => each !== undefined)
  requireRecent(timestamp, options)
  const content = signedContent(id, timestamp, payload)
  const verdicts = await Promise.all([secrets].flat().map((secret) => isSignedBy(secret, content, signatures)))
  if (!verdicts.includes(true)) throw new WebhookVerificationError('no signature fits')
  return readEvent(payload)
}

function readEvent(payload: string | Uint8Array): DollrEvent {
  try {
    return JSON.parse(typeof payload === 'string' ? payload : new TextDecoder().decode(payload)) as DollrEvent
  } catch (cause) {
    throw new WebhookVerificationError('the payload is no JSON', { cause })
  }
}

export interface SignOptions {
  readonly id?: string
  /** When it is signed, in milliseconds since 1970. */
  readonly now?: () => number
}

/** The headers of a webhook, for tests of whoever receives it. */
export async function signWebhook(
  payload: string | Uint8Array,
  secrets: string | readonly string[],
  { id = 'evt_1', now = () => systemClock.now() }: SignOptions = {},
): Promise<{ 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string }> {
  const timestamp = String(Math.floor(now() / 1000))
  const content = signedContent(id, timestamp, payload)
  const signatures = await Promise.all(
    [secrets].flat().map(async (secret) => {
      const signature = await crypto.subtle.sign('HMAC', await keyOf(secret, 'sign'), content)
      return `v1,${base64(new Uint8Array(signature))}`
    }),
  )
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

export { WebhookVerificationError } from './errors.ts'
export { type DollrEvent, type EventType } from './events.ts'
