import { type MerchantId, type SessionId } from '../kernel/ids.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type Pool } from '../platform/db/pool.ts'
import { findCheckoutSession } from '../sessions/index.ts'
import { SessionNotFound, SourceTypeDiffers } from './problems.ts'
import { type RealtimeTokens } from './tokens.ts'

export interface KeyRequest {
  readonly merchantId: MerchantId
  readonly sessionId: SessionId | undefined
  readonly kind: SourceKind
  readonly referenceId: string
}

/** A token for the status of one collection. The reference may be one that nobody has executed yet. */
export async function issueRealtimeKey(
  { db, tokens }: { readonly db: Pool; readonly tokens: RealtimeTokens },
  { merchantId, sessionId, kind, referenceId }: KeyRequest,
): Promise<string> {
  const session = sessionId && (await findCheckoutSession(db, merchantId, sessionId))
  if (!session) throw new SessionNotFound()
  if (session.kind !== kind) throw new SourceTypeDiffers()
  return tokens.sign({ merchantId, sessionId, kind, referenceId })
}
