import { type MerchantType } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, type Row, queryRow } from '../platform/db/rows.ts'
import { type ApiKey, type Merchant } from './model.ts'

interface MerchantRow extends Row {
  id: string
  name: string
  type: MerchantType
  email: string | null
  phone: string | null
  verified_at: Date | null
  payment_links_allowed: boolean
  cards_allowed: boolean
  created_at: Date
}

const merchantColumns =
  'm.id, m.name, m.type, m.email, m.phone, m.verified_at, m.payment_links_allowed, m.cards_allowed, m.created_at'

const toMerchant = (row: MerchantRow): Merchant => ({
  id: row.id as MerchantId,
  name: row.name,
  type: row.type,
  email: row.email ?? undefined,
  phone: row.phone ?? undefined,
  verifiedAt: row.verified_at ?? undefined,
  paymentLinksAllowed: row.payment_links_allowed,
  cardsAllowed: row.cards_allowed,
  createdAt: row.created_at,
})

export interface NewMerchant {
  readonly name: string
  readonly type: MerchantType
  readonly email: string | undefined
  readonly phone: string | undefined
  readonly verified: boolean
}

export async function insertMerchant(db: Queryable, merchant: NewMerchant, now: Date): Promise<Merchant> {
  const row = await queryRow<MerchantRow>(
    db,
    'insert-merchant',
    `insert into merchants as m (name, type, email, phone, verified_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     returning ${merchantColumns}`,
    [merchant.name, merchant.type, merchant.email, merchant.phone, merchant.verified ? now : null, now],
  )
  return toMerchant(row)
}

export async function findMerchant(db: Queryable, id: MerchantId): Promise<Merchant | undefined> {
  const row = await queryOne<MerchantRow>(
    db,
    'find-merchant',
    `select ${merchantColumns} from merchants m where m.id = $1`,
    [id],
  )
  return row && toMerchant(row)
}

export async function isVerified(db: Queryable, id: MerchantId): Promise<boolean> {
  const row = await queryOne<{ verified: boolean }>(
    db,
    'is-merchant-verified',
    'select verified_at is not null as verified from merchants where id = $1',
    [id],
  )
  return row?.verified ?? false
}

export async function restrictMerchant(db: Queryable, id: MerchantId, now: Date): Promise<Merchant | undefined> {
  const row = await queryOne<MerchantRow>(
    db,
    'restrict-merchant',
    `update merchants as m
     set verified_at = null, updated_at = $2
     where m.id = $1
     returning ${merchantColumns}`,
    [id, now],
  )
  return row && toMerchant(row)
}

export async function allowPaymentLinks(
  db: Queryable,
  id: MerchantId,
  allowed: boolean,
  now: Date,
): Promise<Merchant | undefined> {
  const row = await queryOne<MerchantRow>(
    db,
    'allow-payment-links',
    `update merchants as m
     set payment_links_allowed = $2, updated_at = $3
     where m.id = $1
     returning ${merchantColumns}`,
    [id, allowed, now],
  )
  return row && toMerchant(row)
}

export async function allowCards(
  db: Queryable,
  id: MerchantId,
  allowed: boolean,
  now: Date,
): Promise<Merchant | undefined> {
  const row = await queryOne<MerchantRow>(
    db,
    'allow-cards',
    `update merchants as m
     set cards_allowed = $2, updated_at = $3
     where m.id = $1
     returning ${merchantColumns}`,
    [id, allowed, now],
  )
  return row && toMerchant(row)
}

/** Verifying twice keeps the first time. */
export async function verifyMerchant(db: Queryable, id: MerchantId, now: Date): Promise<Merchant | undefined> {
  const row = await queryOne<MerchantRow>(
    db,
    'verify-merchant',
    `update merchants as m
     set verified_at = coalesce(m.verified_at, $2), updated_at = $2
     where m.id = $1
     returning ${merchantColumns}`,
    [id, now],
  )
  return row && toMerchant(row)
}

export async function listMerchants(db: Queryable): Promise<Merchant[]> {
  const rows = await query<MerchantRow>(
    db,
    'list-merchants',
    `select ${merchantColumns} from merchants m order by m.id limit 10000`,
    [],
  )
  return rows.map(toMerchant)
}

interface KeyRow extends Row {
  client_id: string
  merchant_id: string
  created_at: Date
  rotated_at: Date | null
  revoked_at: Date | null
}

const keyColumns = 'k.client_id, k.merchant_id, k.created_at, k.rotated_at, k.revoked_at'

const toKey = (row: KeyRow): ApiKey => ({
  clientId: row.client_id,
  merchantId: row.merchant_id as MerchantId,
  createdAt: row.created_at,
  rotatedAt: row.rotated_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
})

/** Answers undefined when a key with this client id exists already. */
export async function insertKey(
  db: Queryable,
  key: { readonly merchantId: MerchantId; readonly clientId: string; readonly secretHash: Buffer },
  now: Date,
): Promise<ApiKey | undefined> {
  const row = await queryOne<KeyRow>(
    db,
    'insert-key',
    `insert into api_keys as k (merchant_id, client_id, secret_hash, created_at)
     values ($1, $2, $3, $4)
     on conflict on constraint api_keys_client_id_key do nothing
     returning ${keyColumns}`,
    [key.merchantId, key.clientId, key.secretHash, now],
  )
  return row && toKey(row)
}

export async function rotateKey(
  db: Queryable,
  clientId: string,
  secretHash: Buffer,
  now: Date,
): Promise<ApiKey | undefined> {
  const row = await queryOne<KeyRow>(
    db,
    'rotate-key',
    `update api_keys as k
     set secret_hash = $2, rotated_at = $3
     where k.client_id = $1 and k.revoked_at is null
     returning ${keyColumns}`,
    [clientId, secretHash, now],
  )
  return row && toKey(row)
}

/** Revoking twice keeps the first time. */
export async function revokeKey(db: Queryable, clientId: string, now: Date): Promise<ApiKey | undefined> {
  const row = await queryOne<KeyRow>(
    db,
    'revoke-key',
    `update api_keys as k
     set revoked_at = coalesce(k.revoked_at, $2)
     where k.client_id = $1
     returning ${keyColumns}`,
    [clientId, now],
  )
  return row && toKey(row)
}

export async function listKeys(db: Queryable, merchantId: MerchantId | undefined): Promise<ApiKey[]> {
  const rows = await query<KeyRow>(
    db,
    'list-keys',
    `select ${keyColumns}
     from api_keys k
     where $1::bigint is null or k.merchant_id = $1
     order by k.id
     limit 10000`,
    [merchantId],
  )
  return rows.map(toKey)
}

export interface KeyOwner {
  readonly merchantId: MerchantId
  readonly merchantType: MerchantType
  readonly verified: boolean
  readonly secretHash: Buffer
}

/** The merchant behind a client id whose key is in force. */
export async function findKeyOwner(db: Queryable, clientId: string): Promise<KeyOwner | undefined> {
  const row = await queryOne<{ id: string; type: MerchantType; verified: boolean; secret_hash: Buffer }>(
    db,
    'find-key-owner',
    `select m.id, m.type, m.verified_at is not null as verified, k.secret_hash
     from api_keys k
     join merchants m on m.id = k.merchant_id
     where k.client_id = $1 and k.revoked_at is null`,
    [clientId],
  )
  return (
    row && {
      merchantId: row.id as MerchantId,
      merchantType: row.type,
      verified: row.verified,
      secretHash: row.secret_hash,
    }
  )
}

/** Keeps the first value ever given under this name, so that processes starting together agree on it. */
export async function claimServerSetting(db: Queryable, name: string, proposed: string, now: Date): Promise<string> {
  await query(
    db,
    'insert-server-setting',
    'insert into server_settings (name, value, created_at) values ($1, $2, $3) on conflict (name) do nothing',
    [name, proposed, now],
  )
  const row = await queryOne<{ value: string }>(
    db,
    'find-server-setting',
    'select value from server_settings where name = $1',
    [name],
  )
  return row?.value ?? proposed
}

/** Two processes starting together must not both make the sandbox merchant. Held until the transaction ends. */
export async function lockSandboxMerchant(tx: Queryable): Promise<void> {
  await query(tx, 'lock-sandbox-merchant', 'select pg_advisory_xact_lock(7155320442)', [])
}
