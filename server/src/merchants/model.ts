import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type MerchantType } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'

export interface Merchant {
  readonly id: MerchantId
  readonly name: string
  readonly type: MerchantType
  readonly email: string | undefined
  readonly phone: string | undefined
  /** When its identity was approved; undefined until then. */
  readonly verifiedAt: Date | undefined
  /** Whether payment links and hosted checkout may be made. */
  readonly paymentLinksAllowed: boolean
  /** Whether it may be paid by card. */
  readonly cardsAllowed: boolean
  readonly createdAt: Date
}

/** A client id and what is known of its secret: never the secret itself. */
export interface ApiKey {
  readonly clientId: string
  readonly merchantId: MerchantId
  readonly createdAt: Date
  readonly rotatedAt: Date | undefined
  readonly revokedAt: Date | undefined
}

export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** 256 random bits: too many to search for, so a plain SHA-256 keeps them. */
export const mintCredentials = (): Credentials => ({
  clientId: `dollr_${randomBytes(12).toString('hex')}`,
  clientSecret: mintSecret(),
})

export const mintSecret = (): string => `dollr_secret_${randomBytes(32).toString('base64url')}`

export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()

export const secretMatches = (secret: string, hash: Buffer): boolean => timingSafeEqual(hashSecret(secret), hash)
