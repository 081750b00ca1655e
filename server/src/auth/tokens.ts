import { createHash, randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { type Clock } from '../kernel/clock.ts'
import { type MerchantType } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'

/** What a bearer token says of its holder. */
export interface Claims {
  readonly clientId: string
  readonly merchantId: MerchantId
  readonly expiresAt: Date
}

export interface Tokens {
  sign(holder: { clientId: string; merchantId: MerchantId; merchantType: MerchantType }): Promise<string>
  /** Undefined for a token that is malformed, forged, expired, or signed with a secret no longer held. */
  verify(token: string): Promise<Claims | undefined>
}

export const tokenMinutes = 60

/** Verified tokens are remembered until they expire: a client sends the same one for an hour. */
const rememberedTokens = 10_000

const keyId = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 8)

/**
 * Bearer tokens: JWT, HS256. The first secret signs; all of them verify, so that a secret can be replaced without ending
 * the tokens already out.
 */
export function createTokens(secrets: readonly [string, ...string[]], clock: Clock): Tokens {
  const keys = new Map(secrets.map((secret) => [keyId(secret), new TextEncoder().encode(secret)]))
  const current = keyId(secrets[0])
  const verified = new Map<string, Claims>()

  const check = async (token: string): Promise<Claims | undefined> => {
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => {
          const key = keys.get(kid ?? current)
          if (!key) throw new Error('signed with an unknown secret')
          return key
        },
        {
          algorithms: ['HS256'],
          currentDate: clock.now(),
          audience: 'dollr-api',
          requiredClaims: ['exp', 'sub', 'jti'],
        },
      )
      return {
        clientId: payload.sub ?? '',
        merchantId: String(payload['merchant_id']) as MerchantId,
        expiresAt: new Date((payload.exp ?? 0) * 1000),
      }
    } catch {
      // Whatever is wrong with a token, its holder learns only that it is not good.
      return undefined
    }
  }

  return {
    async sign({ clientId, merchantId, merchantType }) {
      const issuedAt = Math.floor(clock.now().getTime() / 1000)
      return new SignJWT({ merchant_id: Number(merchantId), merchant_type: merchantType })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: current })
        .setSubject(clientId)
        .setAudience('dollr-api')
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + tokenMinutes * 60)
        .sign(keys.get(current) ?? new Uint8Array())
    },
    async verify(token) {
      const remembered = verified.get(token)
      if (remembered) return remembered.expiresAt > clock.now() ? remembered : undefined
      const claims = await check(token)
      if (claims) {
        if (verified.size >= rememberedTokens) verified.clear()
        verified.set(token, claims)
      }
      return claims
    },
  }
}
