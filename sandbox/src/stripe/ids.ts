import { randomInt } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const characters = (count: number): string =>
  Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length))).join('')

/** As Stripe's look: a prefix, an underscore, and what nobody guesses. */
export const mintId = (prefix: string): string => `${prefix}_${characters(24)}`

export const mintClientSecret = (intentId: string): string => `${intentId}_secret_${characters(25)}`

export const mintRequestId = (): string => `req_${characters(14)}`

export const mintFingerprint = (): string => characters(16)
