import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type SourceKind, sourceKinds } from '../kernel/enums.ts'
import { type MerchantId, readId, type SessionId } from '../kernel/ids.ts'
import { oneOf } from '../platform/http/wire.ts'
import { type Keyring } from '../auth/index.ts'

/** What a realtime token lets its holder follow: one collection, executed already or not yet. */
export interface RealtimeKey {
  readonly merchantId: MerchantId
  readonly sessionId: SessionId
  readonly kind: SourceKind
  /** The caller's idempotency key, as the caller spelled it. */
  readonly referenceId: string
}

export interface RealtimeGrant extends RealtimeKey {
  readonly expiresAt: Date
}

/** Long enough to subscribe and pay; a page that waits longer asks for another. */
export const realtimeTokenSeconds = 300

/** Not the audience of the API's tokens: neither kind opens what the other does. */
const audience = 'dollr-realtime'

const Claims = Compile(
  Type.Object({
    role: Type.Literal('authenticated'),
    merchant_id: Type.Integer(),
    session_id: Type.Integer(),
    reference_id: Type.String(),
    source_type: oneOf(sourceKinds),
    exp: Type.Number(),
  }),
)

export interface RealtimeTokens {
  sign(key: RealtimeKey): Promise<string>
  /** Undefined for a token that is malformed, forged or expired, or is no realtime token. */
  verify(token: string): Promise<RealtimeGrant | undefined>
}

export function createRealtimeTokens(keyring: Keyring): RealtimeTokens {
  return {
    sign({ merchantId, sessionId, kind, referenceId }) {
      return keyring.sign(
        {
          sub: merchantId,
          role: 'authenticated',
          merchant_id: Number(merchantId),
          session_id: Number(sessionId),
          reference_id: referenceId,
          source_type: kind,
        },
        { audience, lifetimeSeconds: realtimeTokenSeconds },
      )
    },
    async verify(token) {
      const claims: unknown = await keyring.verify(token, audience)
      if (!Claims.Check(claims)) return undefined
      const merchantId = readId<MerchantId>(claims.merchant_id)
      const sessionId = readId<SessionId>(claims.session_id)
      if (!merchantId || !sessionId) return undefined
      return {
        merchantId,
        sessionId,
        kind: claims.source_type,
        referenceId: claims.reference_id,
        expiresAt: new Date(claims.exp * 1000),
      }
    },
  }
}
