import { type MerchantId } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, readMoney } from '../platform/db/rows.ts'

export interface WalletBalance {
  readonly merchantId: MerchantId
  readonly balance: Money
}

/** What the platform owes each merchant, per currency. Without a merchant: all of them. */
export async function listWalletBalances(db: Queryable, merchantId: MerchantId | undefined): Promise<WalletBalance[]> {
  const rows = await query<{ merchant_id: string; currency: string; balance_minor: string }>(
    db,
    'list-wallet-balances',
    `select a.merchant_id, a.currency, b.balance_minor
     from ledger_accounts a
     join ledger_balances b on b.account_id = a.id
     where a.kind = 'wallet'
       and ($1::bigint is null or a.merchant_id = $1)
     order by a.merchant_id, a.currency
     limit 10000`,
    [merchantId],
  )
  return rows.map((row) => ({
    merchantId: row.merchant_id as MerchantId,
    balance: readMoney(row.balance_minor, row.currency),
  }))
}
