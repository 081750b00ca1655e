import { type MerchantId, type SourceId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { queryOne, type Row, queryRow } from '../platform/db/rows.ts'
import { type Checkout, type CheckoutId, type CheckoutSettings } from './model.ts'

interface CheckoutRow extends Row {
  merchant_id: string
  id: string
  source_id: string
  mode: string
  success_url: string | null
  cancel_url: string | null
  expires_at: Date | null
}

const columns = 'merchant_id, id, source_id, mode, success_url, cancel_url, expires_at'

const toCheckout = (row: CheckoutRow): Checkout => ({
  merchantId: row.merchant_id as MerchantId,
  id: row.id as CheckoutId,
  sourceId: row.source_id as SourceId,
  mode: row.mode,
  successUrl: row.success_url ?? undefined,
  cancelUrl: row.cancel_url ?? undefined,
  expiresAt: row.expires_at ?? undefined,
})

export async function insertCheckout(
  tx: Queryable,
  merchantId: MerchantId,
  sourceId: SourceId,
  settings: CheckoutSettings,
  now: Date,
): Promise<Checkout> {
  const row = await queryRow<CheckoutRow>(
    tx,
    'insert-checkout',
    `insert into checkouts (merchant_id, source_id, mode, success_url, cancel_url, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     returning ${columns}`,
    [merchantId, sourceId, settings.mode, settings.successUrl, settings.cancelUrl, settings.expiresAt, now],
  )
  return toCheckout(row)
}

/** Undefined for a document that no checkout made. */
export async function findCheckoutOf(
  db: Queryable,
  merchantId: MerchantId,
  sourceId: SourceId,
): Promise<Checkout | undefined> {
  const row = await queryOne<CheckoutRow>(
    db,
    'find-checkout-of-source',
    `select ${columns}
     from checkouts
     where merchant_id = $1 and source_id = $2`,
    [merchantId, sourceId],
  )
  return row && toCheckout(row)
}
