import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, type Row, queryRow } from '../platform/db/rows.ts'
import { type SigningKey } from './sealed-key.ts'

/** A key as everybody may know it. */
export interface ReceiptKey {
  readonly id: string
  readonly publicKey: Buffer
  readonly createdAt: Date
  readonly retiredAt: Date | undefined
  readonly withdrawnAt: Date | undefined
}

interface ReceiptKeyRow extends Row {
  id: string
  public_key: Buffer
  created_at: Date
  retired_at: Date | null
  withdrawn_at: Date | null
}

const columns = 'id, public_key, created_at, retired_at, withdrawn_at'

const toKey = (row: ReceiptKeyRow): ReceiptKey => ({
  id: row.id,
  publicKey: row.public_key,
  createdAt: row.created_at,
  retiredAt: row.retired_at ?? undefined,
  withdrawnAt: row.withdrawn_at ?? undefined,
})

/** Processes that start together must make one key and not one each. Held until the transaction ends. */
export async function lockReceiptKeys(tx: Queryable): Promise<void> {
  await query(tx, 'lock-receipt-keys', 'select pg_advisory_xact_lock(7155320443)', [])
}

/** Keeps a key once; answers what is kept under its id. `sealed` is undefined for a key that is kept elsewhere. */
export async function keepReceiptKey(
  tx: Queryable,
  { id, publicKey }: SigningKey,
  sealed: Buffer | undefined,
  now: Date,
): Promise<ReceiptKey> {
  await query(
    tx,
    'insert-receipt-key',
    `insert into receipt_keys (id, public_key, sealed_private_key, created_at)
     values ($1, $2, $3, $4)
     on conflict on constraint receipt_keys_pkey do nothing`,
    [id, publicKey, sealed, now],
  )
  const row = await queryRow<ReceiptKeyRow>(
    tx,
    'get-receipt-key',
    `select ${columns} from receipt_keys where id = $1`,
    [id],
  )
  return toKey(row)
}

/** The private keys that may sign, newest first, as they are kept. */
export async function listSealedKeys(tx: Queryable): Promise<Buffer[]> {
  const rows = await query<{ sealed_private_key: Buffer }>(
    tx,
    'list-sealed-receipt-keys',
    `select sealed_private_key
     from receipt_keys
     where retired_at is null and sealed_private_key is not null
     order by created_at desc, id
     limit 100`,
    [],
  )
  return rows.map((row) => row.sealed_private_key)
}

export async function findReceiptKey(db: Queryable, id: string): Promise<ReceiptKey | undefined> {
  const row = await queryOne<ReceiptKeyRow>(
    db,
    'find-receipt-key',
    `select ${columns} from receipt_keys where id = $1`,
    [id],
  )
  return row && toKey(row)
}

export async function listReceiptKeys(db: Queryable): Promise<ReceiptKey[]> {
  const rows = await query<ReceiptKeyRow>(
    db,
    'list-receipt-keys',
    `select ${columns} from receipt_keys order by created_at desc, id limit 1000`,
    [],
  )
  return rows.map(toKey)
}

/** Retiring or withdrawing twice keeps the first time. */
export async function retireReceiptKey(
  db: Queryable,
  id: string,
  { withdraw, now }: { readonly withdraw: boolean; readonly now: Date },
): Promise<ReceiptKey | undefined> {
  const row = await queryOne<ReceiptKeyRow>(
    db,
    'retire-receipt-key',
    `update receipt_keys
     set retired_at = coalesce(retired_at, $2),
         withdrawn_at = case when $3 then coalesce(withdrawn_at, $2) else withdrawn_at end,
         sealed_private_key = null
     where id = $1
     returning ${columns}`,
    [id, now, withdraw],
  )
  return row && toKey(row)
}
