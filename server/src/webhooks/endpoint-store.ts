import { type MerchantId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { type Page, query, queryOne, type Row, queryRow } from '../platform/db/rows.ts'
import { type Endpoint, type EndpointId, type EndpointStatus } from './model.ts'

interface EndpointRow extends Row {
  id: string
  merchant_id: string
  url: string
  events: string[]
  description: string | null
  status: EndpointStatus
  disabled_reason: string | null
  created_at: Date
  updated_at: Date
}

const columns =
  'w.id, w.merchant_id, w.url, w.events, w.description, w.status, w.disabled_reason, w.created_at, w.updated_at'

const toEndpoint = (row: EndpointRow): Endpoint => ({
  id: row.id as EndpointId,
  merchantId: row.merchant_id as MerchantId,
  url: row.url,
  events: row.events,
  description: row.description ?? undefined,
  status: row.status,
  disabledReason: row.disabled_reason ?? undefined,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** Lets one transaction at a time count a merchant's endpoints and add one. Held until the transaction ends. */
export async function lockEndpoints(tx: Queryable, merchantId: MerchantId): Promise<void> {
  await query(
    tx,
    'lock-webhook-endpoints',
    `select pg_advisory_xact_lock(hashtextextended('webhook endpoints ' || $1::text, 0))`,
    [merchantId],
  )
}

export async function countEndpoints(db: Queryable, merchantId: MerchantId): Promise<number> {
  const { count } = await queryRow<{ count: number }>(
    db,
    'count-webhook-endpoints',
    'select count(*)::integer as count from webhook_endpoints where merchant_id = $1 and deleted_at is null',
    [merchantId],
  )
  return count
}

export interface NewEndpoint {
  readonly url: string
  readonly events: readonly string[]
  readonly description: string | undefined
  readonly sealedSecret: Buffer
}

export async function insertEndpoint(
  tx: Queryable,
  merchantId: MerchantId,
  { url, events, description, sealedSecret }: NewEndpoint,
  now: Date,
): Promise<Endpoint> {
  const row = await queryRow<EndpointRow>(
    tx,
    'insert-webhook-endpoint',
    `insert into webhook_endpoints as w (merchant_id, url, events, description, status, sealed_secret, created_at, updated_at)
     values ($1, $2, $3, $4, 'ENABLED', $5, $6, $6)
     returning ${columns}`,
    [merchantId, url, events, description, sealedSecret, now],
  )
  return toEndpoint(row)
}

export async function findEndpoint(
  db: Queryable,
  merchantId: MerchantId,
  id: EndpointId,
): Promise<Endpoint | undefined> {
  const row = await queryOne<EndpointRow>(
    db,
    'find-webhook-endpoint',
    `select ${columns} from webhook_endpoints w where w.merchant_id = $1 and w.id = $2 and w.deleted_at is null`,
    [merchantId, id],
  )
  return row && toEndpoint(row)
}

export async function listEndpoints(db: Queryable, merchantId: MerchantId, page: Page): Promise<Endpoint[]> {
  const rows = await query<EndpointRow>(
    db,
    'list-webhook-endpoints',
    `select ${columns}
     from webhook_endpoints w
     where w.merchant_id = $1 and w.id < $2 and w.deleted_at is null
     order by w.id desc
     limit $3`,
    [merchantId, page.before, page.most],
  )
  return rows.map(toEndpoint)
}

/** What is left out or null stays. */
export interface EndpointChange {
  readonly url: string | undefined
  readonly events: readonly string[] | undefined
  readonly description: string | undefined
  readonly status: EndpointStatus | undefined
}

/** Enabled anew it begins anew: what went wrong before is forgotten. Disabled twice it keeps the first reason. */
export async function updateEndpoint(
  db: Queryable,
  merchantId: MerchantId,
  id: EndpointId,
  { url, events, description, status }: EndpointChange,
  now: Date,
): Promise<Endpoint | undefined> {
  const row = await queryOne<EndpointRow>(
    db,
    'update-webhook-endpoint',
    `update webhook_endpoints as w
     set
       url = coalesce($3, w.url),
       events = coalesce($4::text[], w.events),
       description = coalesce($5, w.description),
       status = coalesce($6, w.status),
       disabled_reason = case
         when $6 = 'ENABLED' then null
         when $6 = 'DISABLED' then coalesce(w.disabled_reason, 'Its merchant disabled it.')
         else w.disabled_reason
       end,
       failing_since = case when $6 = 'ENABLED' and w.status = 'DISABLED' then null else w.failing_since end,
       updated_at = $7
     where w.merchant_id = $1 and w.id = $2 and w.deleted_at is null
     returning ${columns}`,
    [merchantId, id, url, events, description, status, now],
  )
  return row && toEndpoint(row)
}

export async function deleteEndpoint(
  db: Queryable,
  merchantId: MerchantId,
  id: EndpointId,
  now: Date,
): Promise<Endpoint | undefined> {
  const row = await queryOne<EndpointRow>(
    db,
    'delete-webhook-endpoint',
    `update webhook_endpoints as w
     set status = 'DISABLED', disabled_reason = coalesce(w.disabled_reason, 'It was deleted.'), deleted_at = $3, updated_at = $3
     where w.merchant_id = $1 and w.id = $2 and w.deleted_at is null
     returning ${columns}`,
    [merchantId, id, now],
  )
  return row && toEndpoint(row)
}

/** The secret so far signs, too, until `formerUntil`. One that was former before signs no more. */
export async function replaceSecret(
  db: Queryable,
  merchantId: MerchantId,
  id: EndpointId,
  { sealedSecret, formerUntil, now }: { readonly sealedSecret: Buffer; readonly formerUntil: Date; readonly now: Date },
): Promise<Endpoint | undefined> {
  const row = await queryOne<EndpointRow>(
    db,
    'replace-webhook-secret',
    `update webhook_endpoints as w
     set sealed_secret = $3, former_sealed_secret = w.sealed_secret, former_secret_until = $4, updated_at = $5
     where w.merchant_id = $1 and w.id = $2 and w.deleted_at is null
     returning ${columns}`,
    [merchantId, id, sealedSecret, formerUntil, now],
  )
  return row && toEndpoint(row)
}

export async function findSealedSecrets(
  db: Queryable,
  merchantId: MerchantId,
  id: EndpointId,
  now: Date,
): Promise<Buffer[] | undefined> {
  const row = await queryOne<{ secrets: Buffer[] }>(
    db,
    'find-webhook-secrets',
    `select
       array_remove(
         array[w.sealed_secret, case when w.former_secret_until > $3 then w.former_sealed_secret end], null
       ) as secrets
     from webhook_endpoints w
     where w.merchant_id = $1 and w.id = $2 and w.deleted_at is null`,
    [merchantId, id, now],
  )
  return row?.secrets
}

export interface SealedSecrets {
  readonly merchantId: MerchantId
  readonly id: EndpointId
  readonly sealedSecret: Buffer
  readonly formerSealedSecret: Buffer | undefined
}

interface SealedRow extends Row {
  merchant_id: string
  id: string
  sealed_secret: Buffer
  former_sealed_secret: Buffer | null
}

/** The secrets of all merchants' endpoints, oldest first, from the one after `after` on. */
export async function listSealedSecrets(
  db: Queryable,
  after: EndpointId | undefined,
  most: number,
): Promise<SealedSecrets[]> {
  const rows = await query<SealedRow>(
    db,
    'list-sealed-webhook-secrets',
    `select w.merchant_id, w.id, w.sealed_secret, w.former_sealed_secret
     from webhook_endpoints w
     where w.id > $1 and w.deleted_at is null
     order by w.id
     limit $2`,
    [after ?? '0', most],
  )
  return rows.map((row) => ({
    merchantId: row.merchant_id as MerchantId,
    id: row.id as EndpointId,
    sealedSecret: row.sealed_secret,
    formerSealedSecret: row.former_sealed_secret ?? undefined,
  }))
}

/** Keeps the same secrets under another seal; nothing where they were replaced meanwhile. */
export async function resealSecrets(db: Queryable, from: SealedSecrets, to: SealedSecrets): Promise<void> {
  await query(
    db,
    'reseal-webhook-secrets',
    `update webhook_endpoints
     set sealed_secret = $4, former_sealed_secret = $5
     where merchant_id = $1 and id = $2 and sealed_secret = $3`,
    [from.merchantId, from.id, from.sealedSecret, to.sealedSecret, to.formerSealedSecret],
  )
}
