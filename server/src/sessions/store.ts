import { type MerchantId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { inOrder, numbered, query } from '../platform/db/rows.ts'

export interface CheckoutSessionDraft {
  readonly merchantId: MerchantId
  readonly kind: SourceKind
  readonly sourceId: SourceId
  readonly expiresAt: Date
}

export type CheckoutSessionVerdict =
  { readonly kind: 'created'; readonly id: SessionId } | { readonly kind: 'source_not_found' | 'source_not_active' }

/** Opens sessions, one verdict per draft. Several open sessions on one document are fine: the first to execute wins. */
export async function insertCheckoutSessions(
  db: Queryable,
  drafts: readonly CheckoutSessionDraft[],
  now: Date,
): Promise<CheckoutSessionVerdict[]> {
  const rows = await query<{ ord: number; id: string | null; found: boolean }>(
    db,
    'open-checkout-sessions',
    'select ord, id, found from open_checkout_sessions($1::jsonb, $2)',
    [
      numbered(
        drafts.map((draft) => ({
          merchant_id: draft.merchantId,
          kind: draft.kind,
          source_id: draft.sourceId,
          expires_at: draft.expiresAt,
        })),
      ),
      now,
    ],
  )
  return inOrder(rows, drafts.length).map(({ id, found }) =>
    id !== null ? { kind: 'created', id: id as SessionId } : { kind: found ? 'source_not_active' : 'source_not_found' },
  )
}

/** Ends the open sessions of a document. The document is locked first, as every step does that touches both. */
export async function expireSessions(
  tx: Queryable,
  merchantId: MerchantId,
  sourceId: SourceId,
  now: Date,
): Promise<void> {
  await query(
    tx,
    'expire-sessions',
    `update sessions
     set status = 'EXPIRED', updated_at = $3
     where merchant_id = $1 and source_id = $2 and status = 'ACTIVE'`,
    [merchantId, sourceId, now],
  )
}
