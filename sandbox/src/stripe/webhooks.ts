import { createHmac } from 'node:crypto'
import type { CallbackMessage, CallbackPolicy } from '../callback-worker.ts'
import type { EventRecord } from './book.ts'

export const webhookModes = [
  /** Each event once, until it is acknowledged. */
  'once',
  /** Each event again after it was acknowledged. */
  'twice',
  /** What happens within a moment arrives in reverse. */
  'reversed',
  /** Never sent: only `GET /v1/events` knows of them. */
  'lost',
] as const

export type WebhookMode = (typeof webhookModes)[number]

/** What may be wrong with the next attempt's signature. */
export const webhookFaults = ['foreign-secret', 'stale', 'unsigned', 'changed-body'] as const

export type WebhookFault = (typeof webhookFaults)[number]

export interface Webhooks {
  mode: WebhookMode
  /** The newest first: while a secret is being rotated, Stripe signs with the old one too. */
  secrets: readonly string[]
  readonly faults: WebhookFault[]
  /** What waits to be sent in reverse. */
  readonly held: EventRecord[]
  readonly repeated: Set<string>
}

/** A sandbox account tries a few times over hours; here it is a few times over minutes. */
export const stripeWebhookPolicy: CallbackPolicy = {
  timeoutMs: 10_000,
  retryDelaysMs: [1_000, 5_000, 15_000, 60_000],
  giveUpAfterMs: 15 * 60_000,
  maxConcurrent: 16,
  accepts: (status) => status >= 200 && status < 300,
}

/** Older than the five minutes that Stripe's libraries allow. */
const staleSeconds = 10 * 60

const signatureOf = (secret: string, timestamp: number, body: string): string =>
  createHmac('sha256', secret).update(`${timestamp}.${body}`, 'utf8').digest('hex')

/** Every attempt is signed anew, at its own time. */
export const webhookMessage = (webhooks: Webhooks, { event }: EventRecord): CallbackMessage => {
  const fault = webhooks.faults.shift()
  const signed = JSON.stringify(event)
  const timestamp = Math.floor(Date.now() / 1000) - (fault === 'stale' ? staleSeconds : 0)
  const secrets = fault === 'foreign-secret' ? ['whsec_of_somebody_else'] : webhooks.secrets
  const signatures = secrets.map((secret) => `v1=${signatureOf(secret, timestamp, signed)}`)
  const body = fault === 'changed-body' ? JSON.stringify({ ...event, created: event.created + 1 }) : signed
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      ...(fault !== 'unsigned' && { 'stripe-signature': [`t=${timestamp}`, ...signatures].join(',') }),
    },
    body,
  }
}
