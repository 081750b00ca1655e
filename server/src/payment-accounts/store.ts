import { type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { type MerchantId, type PartyId, type PaymentAccountId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { queryRow, type Row } from '../platform/db/rows.ts'
import { type NewPaymentAccount, type PaymentAccount } from './model.ts'

interface AccountRow extends Row {
  id: string
  account_name: string
  provider: ProviderName
  method: PaymentMethod
  party_id: string
  country_code: string | null
  is_active: boolean
  created_at: Date
  updated_at: Date
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
     returning id, account_name, provider, method, party_id, country_code, is_active, created_at, updated_at`,
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
  return {
    id: row.id as PaymentAccountId,
    accountName: row.account_name,
    provider: row.provider,
    method: row.method,
    partyId: row.party_id as PartyId,
    countryCode: row.country_code ?? undefined,
    isActive: row.is_active,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
