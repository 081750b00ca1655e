import { type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { type MerchantId, type PartyId, type PaymentAccountId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, type Row } from '../platform/db/rows.ts'
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
  const [row] = await query<AccountRow>(
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
  const inserted = row as AccountRow
  return {
    id: inserted.id as PaymentAccountId,
    accountName: inserted.account_name,
    provider: inserted.provider,
    method: inserted.method,
    partyId: inserted.party_id as PartyId,
    countryCode: inserted.country_code ?? undefined,
    isActive: inserted.is_active,
    createdAt: inserted.created_at,
    updatedAt: inserted.updated_at,
  }
}
