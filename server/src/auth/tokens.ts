import { type Clock } from '../kernel/clock.ts'
import { type MerchantType } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { createKeyring } from './keyring.ts'

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

const audience = 'dollr-api'

/** Verified tokens are remembered until they expire: a client sends the same one for an hour. */
const rememberedTokens = 10_000

/** Bearer tokens of the API: JWTs that say who calls. */
export function createTokens(secrets: readonly [string, ...string[]], clock: Clock): Tokens {
  const keyring = createKeyring(secrets, clock)
  const verified = new Map<string, Claims>()

  const check = async (token: string): Promise<Claims | undefined> => {
    const payload = await keyring.verify(token, audience)
    return (
      payload && {
        clientId: payload.sub ?? '',
        merchantId: String(payload['merchant_id']) as MerchantId,
        expiresAt: new Date((payload.exp ?? 0) * 1000),
      }
    )
  }

  return {
    sign({ clientId, merchantId, merchantType }) {
      return keyring.sign(
        { sub: clientId, merchant_id: Number(merchantId), merchant_type: merchantType },
        { audience, lifetimeSeconds: tokenMinutes * 60 },
      )
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
