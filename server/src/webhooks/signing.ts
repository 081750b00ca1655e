import { createHmac, randomBytes } from 'node:crypto'
import { openBytes, sealBytes } from '../platform/sealed-bytes.ts'

/** Standard Webhooks: the bytes an endpoint and we sign with, written `whsec_` and base64. */
export type SigningSecret = Buffer

const purpose = 'webhook secret'

/** The specification asks for 24 to 64 bytes; as many as the digest has are enough. */
export const mintSecret = (): SigningSecret => randomBytes(32)

export const writeSecret = (secret: SigningSecret): string => `whsec_${secret.toString('base64')}`

export const sealSecret = (secret: SigningSecret, [current]: readonly [string, ...string[]]): Buffer =>
  sealBytes(secret, purpose, current)

/** Undefined for a secret that was sealed under one no longer held. */
export const openSecret = (sealed: Buffer, secrets: readonly string[]): SigningSecret | undefined =>
  openBytes(sealed, purpose, secrets)

export const isSealedUnder = (sealed: Buffer, secret: string): boolean =>
  openBytes(sealed, purpose, [secret]) !== undefined

/** What is sent, as every attempt at it sends it again. */
export interface Message {
  /** The same each time: receivers know a repetition by it. */
  readonly id: string
  readonly body: string
}

/** Standard Webhooks: signed with each secret, so that a receiver may hold the new one or still the former. */
export function signedHeaders(
  { id, body }: Message,
  secrets: readonly SigningSecret[],
  at: Date,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
    'content-type': 'application/json',
    'user-agent': 'Dollr-Webhooks/1',
  }
}
