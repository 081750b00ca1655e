import { type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { type MerchantId, type PartyId, type PaymentAccountId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { queryOne, queryRow, type Row } from '../platform/db/rows.ts'
import { type NewPaymentAccount, type PaymentAccount } from './model.ts'

interface AccountRow extends Row {
  id: string
  account_name: string
  provider: ProviderName
  method: PaymentMethod
  operation_type: OperationType
  party_id: string
  country_code: string | null
  account_number: string | null
  is_active: boolean
  created_at: Date
  updated_at: Date
}

const columns = `id, account_name, provider, method, operation_type, party_id, country_code, account_number, is_active,
       created_at, updated_at`

const toPaymentAccount = (row: AccountRow): PaymentAccount => ({
  id: row.id as PaymentAccountId,
  accountName: row.account_name,
  provider: row.provider,
  method: row.method,
  operation: row.operation_type,
  partyId: row.party_id as PartyId,
  countryCode: row.country_code ?? undefined,
  accountNumber: row.account_number ?? undefined,
  isActive: row.is_active,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

export async function findPaymentAccount(
  db: Queryable,
  merchantId: MerchantId,
  id: PaymentAccountId,
): Promise<PaymentAccount | undefined> {
  const row = await queryOne<AccountRow>(
    db,
    'find-payment-account',
    `select ${columns}
     from payment_accounts
     where merchant_id = $1 and id = $2`,
    [merchantId, id],
  )
  return row && toPaymentAccount(row)
}

export async function insertPaymentAccount(
  db: Queryable,
  merchantId: MerchantId,
  account: NewPaymentAccount,
  now: Date,
): Promise<PaymentAccount> {
  const row = await queryRow<AccountRow>(
    db,
    'insert-payment-account',
    `insert into payment_accounts (
       merchant_id, party_id, operation_type, account_name, provider, method, country_code, account_number, created_at,
       updated_at
     )
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
     returning ${columns}`,
    [
      merchantId,
      account.partyId,
      account.operation,
      account.accountName,
      account.provider,
      account.method,
      account.countryCode,
      account.accountNumber,
      now,
    ],
  )
  return toPaymentAccount(row)
}
