import { type MerchantId, type PasscodeId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, type Row } from '../platform/db/rows.ts'

/** What is kept of a passcode: never the code. */
export interface Passcode {
  readonly id: PasscodeId
  readonly merchantId: MerchantId
  readonly phone: string
  readonly userId: string | undefined
  readonly codeHash: string
  /** When wrong codes came lately. */
  readonly wrongAt: readonly Date[]
}

interface PasscodeRow extends Row {
  id: string
  merchant_id: string
  phone: string
  user_id: string | null
  code_hash: string
  wrong_at: Date[]
}

const columns = 'id, merchant_id, phone, user_id, code_hash, wrong_at'

const toPasscode = (row: PasscodeRow): Passcode => ({
  id: row.id as PasscodeId,
  merchantId: row.merchant_id as MerchantId,
  phone: row.phone,
  userId: row.user_id ?? undefined,
  codeHash: row.code_hash,
  wrongAt: row.wrong_at,
})

/**
 * Sets or replaces the passcode tied to a phone, and forgets the wrong codes before it. Undefined when its user id is
 * another phone's.
 */
export async function setPasscode(
  db: Queryable,
  passcode: Pick<Passcode, 'merchantId' | 'phone' | 'userId' | 'codeHash'>,
  now: Date,
): Promise<Passcode | undefined> {
  const row = await queryOne<PasscodeRow>(
    db,
    'set-passcode',
    `insert into passcodes (merchant_id, phone, user_id, code_hash, created_at, updated_at)
     select $1, $2, $3, $4, $5, $5
     where not exists (
       select 1
       from passcodes
       where merchant_id = $1 and user_id = $3 and phone <> $2
     )
     on conflict (merchant_id, phone) do update
     set user_id = coalesce(excluded.user_id, passcodes.user_id), code_hash = excluded.code_hash, wrong_at = '{}', updated_at = $5
     returning ${columns}`,
    [passcode.merchantId, passcode.phone, passcode.userId, passcode.codeHash, now],
  )
  return row && toPasscode(row)
}

/** The passcode of an approver, who must be all that the request says: by phone, by user id, or by both. */
export async function findPasscode(
  db: Queryable,
  merchantId: MerchantId,
  approver: { readonly phone: string | undefined; readonly userId: string | undefined },
): Promise<Passcode | undefined> {
  const row = await queryOne<PasscodeRow>(
    db,
    'find-passcode',
    `select ${columns}
     from passcodes
     where merchant_id = $1
       and ($2::text is not null or $3::text is not null)
       and ($2::text is null or phone = $2)
       and ($3::text is null or user_id = $3)`,
    [merchantId, approver.phone, approver.userId],
  )
  return row && toPasscode(row)
}

/** The passcode, for this transaction alone: guesses made at once are judged one after the other. */
export async function lockPasscode(
  tx: Queryable,
  merchantId: MerchantId,
  id: PasscodeId,
): Promise<Passcode | undefined> {
  const row = await queryOne<PasscodeRow>(
    tx,
    'lock-passcode',
    `select ${columns}
     from passcodes
     where merchant_id = $1 and id = $2
     for no key update`,
    [merchantId, id],
  )
  return row && toPasscode(row)
}

export async function recordWrongCodes(
  tx: Queryable,
  merchantId: MerchantId,
  id: PasscodeId,
  wrongAt: readonly Date[],
): Promise<void> {
  await query(
    tx,
    'record-wrong-codes',
    `update passcodes
     set wrong_at = $3
     where merchant_id = $1 and id = $2`,
    [merchantId, id, wrongAt],
  )
}
