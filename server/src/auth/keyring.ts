import { createHash, randomUUID } from 'node:crypto'
import { type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { type Clock } from '../kernel/clock.ts'

/** Signs and verifies JWTs with the secrets of this server. */
export interface Keyring {
  sign(claims: JWTPayload, its: { readonly audience: string; readonly lifetimeSeconds: number }): Promise<string>
  /**
   * Undefined for a token that is malformed, forged, expired, made for another audience, without a subject, an id or an end,
   * or signed with a secret no longer held.
   */
  verify(token: string, audience: string): Promise<JWTPayload | undefined>
}

const keyId = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 8)

/** HS256. The first secret signs; all of them verify, so that a secret can be replaced without ending the tokens already out. */
export function createKeyring(secrets: readonly [string, ...string[]], clock: Clock): Keyring {
  const keys = new Map(secrets.map((secret) => [keyId(secret), new TextEncoder().encode(secret)]))
  const current = keyId(secrets[0])
  return {
    async sign(claims, { audience, lifetimeSeconds }) {
      const issuedAt = Math.floor(clock.now().getTime() / 1000)
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: current })
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(keys.get(current) ?? new Uint8Array())
    },
    async verify(token, audience) {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = keys.get(kid ?? current)
            if (!key) throw new Error('signed with an unknown secret')
            return key
          },
          { algorithms: ['HS256'], currentDate: clock.now(), audience, requiredClaims: ['exp', 'sub', 'jti'] },
        )
        return payload
      } catch {
        // Whatever is wrong with a token, its holder learns only that it is not good.
        return undefined
      }
    },
  }
}
