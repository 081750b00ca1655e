import { type MerchantId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { type SourceKind, type SourceStatus, type WalletStatus } from '../kernel/enums.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { inOrder, numbered, query, queryOne, queryRow, type Row } from '../platform/db/rows.ts'
import { type DisbursementDraft } from './model.ts'

export interface CheckoutSessionDraft {
  readonly merchantId: MerchantId
  readonly kind: SourceKind
  readonly sourceId: SourceId
  readonly expiresAt: Date
}

export type CheckoutSessionVerdict =
  | { readonly kind: 'created'; readonly id: SessionId }
  | { readonly kind: 'source_not_found' | 'source_not_active' }
  | { readonly kind: 'wallet_refuses'; readonly status: WalletStatus }

interface CheckoutRow extends Row {
  ord: number
  id: string | null
  source_status: SourceStatus | null
  wallet_status: WalletStatus
}

function toVerdict({ id, source_status: source, wallet_status: wallet }: CheckoutRow): CheckoutSessionVerdict {
  if (id !== null) return { kind: 'created', id: id as SessionId }
  if (source === null) return { kind: 'source_not_found' }
  return source === 'ACTIVE' ? { kind: 'wallet_refuses', status: wallet } : { kind: 'source_not_active' }
}

/** Opens sessions, one verdict per draft. Several open sessions on one document are fine: the first to execute wins. */
export async function insertCheckoutSessions(
  db: Queryable,
  drafts: readonly CheckoutSessionDraft[],
  now: Date,
): Promise<CheckoutSessionVerdict[]> {
  const rows = await query<CheckoutRow>(
    db,
    'open-checkout-sessions',
    'select ord, id, source_status, wallet_status from open_checkout_sessions($1::jsonb, $2)',
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
  return inOrder(rows, drafts.length).map(toVerdict)
}

/** Opens the right to take money out of a wallet. */
export async function insertDisbursementSession(
  db: Queryable,
  draft: DisbursementDraft,
  now: Date,
): Promise<SessionId> {
  const { id } = await queryRow<{ id: string }>(
    db,
    'insert-disbursement-session',
    `insert into sessions (
       merchant_id, type, wallet_id, amount_minor, currency, payment_account_id, counterparty_id, recipient_party_id,
       refunds_execution_id, reason, expires_at, created_at, updated_at
     )
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
     returning id`,
    [
      draft.merchantId,
      draft.type,
      draft.walletId,
      draft.amount.minor,
      draft.amount.currency,
      draft.payoutAccountId,
      draft.counterpartyId,
      draft.recipientPartyId,
      draft.refunds,
      draft.reason,
      draft.expiresAt,
      now,
    ],
  )
  return id as SessionId
}

/** A checkout session in whatever state, and the document it is for. */
export async function findCheckoutSession(
  db: Queryable,
  merchantId: MerchantId,
  id: SessionId,
): Promise<{ readonly kind: SourceKind; readonly sourceId: SourceId } | undefined> {
  const row = await queryOne<{ kind: SourceKind; source_id: string }>(
    db,
    'find-checkout-session',
    `select source.kind, session.source_id
     from sessions session
     join sources source
       on source.merchant_id = session.merchant_id and source.id = session.source_id
     where session.merchant_id = $1 and session.id = $2 and session.type = 'CHECKOUT'`,
    [merchantId, id],
  )
  return row && { kind: row.kind, sourceId: row.source_id as SourceId }
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

/**
 * Ends open sessions whose time has passed, the oldest first and at most so many. Whoever holds one is about to use it or to end
 * it: those are left alone, so that nothing waits here that others wait for.
 */
export async function expireDueSessions(db: Queryable, now: Date, most: number): Promise<number> {
  const row = await queryRow<{ expired: number }>(
    db,
    'expire-due-sessions',
    `with due as materialized (
       select merchant_id, id
       from sessions
       where status = 'ACTIVE' and expires_at <= $1
       order by expires_at
       limit $2
       for no key update skip locked
     ),
     expired as (
       update sessions s
       set status = 'EXPIRED', updated_at = $1
       from due
       where s.merchant_id = due.merchant_id and s.id = due.id
       returning s.id
     )
     select count(*)::integer as expired
     from expired`,
    [now, most],
  )
  return row.expired
}
