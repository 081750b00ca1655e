import Stripe from 'stripe'
import { type ProviderReference } from '../../kernel/ids.ts'
import { type CallbackRequest, type ReadCallback } from '../provider.ts'
import { fromIntent, fromRefund, referenceKey } from './translate.ts'
import { AnyEvent, type EventObject, PaymentEvent } from './wire.ts'

/** How old a signature may be: Stripe signs each delivery anew. */
const maxAgeSeconds = 5 * 60

/** Stripe's library looks at the age alone. Clocks that differ by this much still agree. */
const clockSkewSeconds = 60

type Verification = 'valid' | 'unsigned' | 'malformed' | 'stale' | 'bad_signature'

const signedAt = (header: string): number | undefined => {
  const [, seconds] = /(?:^|,)\s*t=(\d{1,11})(?:,|$)/.exec(header) ?? []
  return seconds === undefined ? undefined : Number(seconds)
}

const isSignedWith = (body: Buffer, header: string, secret: string, now: Date): boolean => {
  try {
    return (
      Stripe.webhooks.signature?.verifyHeader(body, header, secret, maxAgeSeconds, undefined, now.getTime()) ?? false
    )
  } catch {
    return false
  }
}

/** Several secrets count while one takes the place of another. */
function verify({ headers, body }: CallbackRequest, secrets: readonly string[], now: Date): Verification {
  const header = headers['stripe-signature']
  if (header === undefined) return 'unsigned'
  const at = typeof header === 'string' ? signedAt(header) : undefined
  if (typeof header !== 'string' || at === undefined) return 'malformed'
  const ageSeconds = now.getTime() / 1000 - at
  if (ageSeconds > maxAgeSeconds || ageSeconds < -clockSkewSeconds) return 'stale'
  return secrets.some((secret) => isSignedWith(body, header, secret, now)) ? 'valid' : 'bad_signature'
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const referenceOf = ({ metadata }: EventObject): ProviderReference | undefined => {
  const reference = metadata?.[referenceKey]
  return reference !== undefined && uuid.test(reference) ? (reference as ProviderReference) : undefined
}

/**
 * The final word an event has on a payment, if it has one. An intent that failed is none yet: it could be paid with another
 * card until it is closed, and who looks it up closes it.
 */
function claimOf(object: EventObject): ReadCallback['claim'] {
  const outcome = object.object === 'payment_intent' ? fromIntent(object) : fromRefund(object)
  return outcome.kind === 'completed' || outcome.kind === 'declined'
    ? { operation: object.object === 'payment_intent' ? 'COLLECTION' : 'REFUND', outcome }
    : undefined
}

/** Unsigned ones are refused: every endpoint at Stripe has a secret. */
export function readEvent(request: CallbackRequest, secrets: readonly string[], now: Date): ReadCallback {
  const verification = verify(request, secrets, now)
  const event = readJson(request.body)
  const object = PaymentEvent.Check(event) ? event.data.object : undefined
  const reference = object && referenceOf(object)
  if (verification !== 'valid' || !AnyEvent.Check(event)) {
    const named = verification === 'valid' ? 'malformed' : verification
    return {
      reference,
      trust: 'refused',
      tells: undefined,
      verification: named,
      signature: undefined,
      claim: undefined,
    }
  }
  const claim = object && reference && claimOf(object)
  return {
    reference,
    trust: 'believed',
    tells: claim && (claim.outcome.kind === 'completed' ? 'COMPLETED' : 'FAILED'),
    verification,
    // Each delivery has a signature of its own: that two are one and the same is known by their event.
    signature: Buffer.from(`stripe:${event.id}`),
    claim,
  }
}
