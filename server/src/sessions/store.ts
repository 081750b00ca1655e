import { type MerchantId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { inOrder, numbered, query } from '../platform/db/rows.ts'

export interface CheckoutSessionDraft {
  readonly merchantId: MerchantId
  readonly kind: SourceKind
  readonly sourceId: SourceId
  readonly expiresAt: Date
  readonly now: Date
}

export type CheckoutSessionVerdict =
  { readonly kind: 'created'; readonly id: SessionId } | { readonly kind: 'source_not_found' | 'source_not_active' }

/** Opens sessions, one verdict per draft. Several open sessions on one document are fine: the first to execute wins. */
export async function insertCheckoutSessions(
  db: Queryable,
  drafts: readonly CheckoutSessionDraft[],
): Promise<CheckoutSessionVerdict[]> {
  const rows = await query<{ ord: number; id: string | null; found: boolean }>(
    db,
    'insert-checkout-sessions',
    `with draft as materialized (
       select
         d.ord, d.merchant_id, d.expires_at, d.created_at, s.id as source_id, s.status,
         case when s.status = 'ACTIVE' then nextval(pg_get_serial_sequence('sessions', 'id')) end as id
       from jsonb_to_recordset($1::jsonb) as d (
         ord integer, merchant_id bigint, kind text, source_id bigint, expires_at timestamptz, created_at timestamptz
       )
       left join sources s
         on s.merchant_id = d.merchant_id and s.id = d.source_id and s.kind = d.kind
     ),
     inserted as (
       insert into sessions (merchant_id, id, type, source_id, expires_at, created_at, updated_at)
       select merchant_id, id, 'CHECKOUT', source_id, expires_at, created_at, created_at
       from draft
       where id is not null
     )
     select ord, id, source_id is not null as found
     from draft`,
    [
      numbered(
        drafts.map((draft) => ({
          merchant_id: draft.merchantId,
          kind: draft.kind,
          source_id: draft.sourceId,
          expires_at: draft.expiresAt,
          created_at: draft.now,
        })),
      ),
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
