import { type Currency } from '../kernel/currencies.ts'
import { type OperationType, type WalletStatus } from '../kernel/enums.ts'
import { type MerchantId, type PartyId, type WalletId } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { type Page, query, queryOne, readMoney, type Row } from '../platform/db/rows.ts'
import { type StatementLine, type Wallet } from './model.ts'

interface WalletRow extends Row {
  id: string
  merchant_id: string
  currency: string
  status: WalletStatus
  available_minor: string
  held_minor: string
  created_at: Date
  updated_at: Date
}

const columns = `w.id, w.merchant_id, w.currency, w.status, available.balance_minor as available_minor,
       coalesce(held.balance_minor, 0) as held_minor, w.created_at, w.updated_at`

const balances = `join ledger_balances available on available.account_id = w.id
     left join ledger_accounts held_account
       on held_account.kind = 'wallet_held'
       and coalesce(held_account.merchant_id, 0) = w.merchant_id
       and coalesce(held_account.party_id, 0) = 0
       and coalesce(held_account.provider, '') = ''
       and held_account.currency = w.currency
     left join ledger_balances held on held.account_id = held_account.id`

const toWallet = (row: WalletRow): Wallet => ({
  id: row.id as WalletId,
  merchantId: row.merchant_id as MerchantId,
  status: row.status,
  available: readMoney(row.available_minor, row.currency),
  held: readMoney(row.held_minor, row.currency),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** The merchant's own wallets, newest first. What its contacts hold on this platform is theirs. */
export async function listWallets(db: Queryable, merchantId: MerchantId, page: Page): Promise<Wallet[]> {
  const rows = await query<WalletRow>(
    db,
    'list-wallets',
    `select ${columns}
     from wallets w
     ${balances}
     where w.merchant_id = $1 and w.party_id is null and w.id < $2
     order by w.id desc
     limit $3`,
    [merchantId, page.before, page.most],
  )
  return rows.map(toWallet)
}

/** Every merchant's own wallets, for the operator. */
export async function listAllWallets(db: Queryable): Promise<Wallet[]> {
  const rows = await query<WalletRow>(
    db,
    'list-all-wallets',
    `select ${columns}
     from wallets w
     ${balances}
     where w.party_id is null
     order by w.merchant_id, w.currency
     limit 10000`,
    [],
  )
  return rows.map(toWallet)
}

export async function findWallet(db: Queryable, merchantId: MerchantId, id: WalletId): Promise<Wallet | undefined> {
  const row = await queryOne<WalletRow>(
    db,
    'find-wallet',
    `select ${columns}
     from wallets w
     ${balances}
     where w.merchant_id = $1 and w.id = $2 and w.party_id is null`,
    [merchantId, id],
  )
  return row && toWallet(row)
}

/** The merchant's own wallet in a currency. */
export async function findWalletIn(
  db: Queryable,
  merchantId: MerchantId,
  currency: Currency,
): Promise<Wallet | undefined> {
  const row = await queryOne<WalletRow>(
    db,
    'find-wallet-in',
    `select ${columns}
     from wallets w
     ${balances}
     where w.merchant_id = $1 and coalesce(w.party_id, 0) = 0 and w.currency = $2`,
    [merchantId, currency],
  )
  return row && toWallet(row)
}

/** How the wallet of a contact stands, should it have one: it is opened by its first credit. */
export async function findPartyWalletStatus(
  db: Queryable,
  merchantId: MerchantId,
  partyId: PartyId,
  currency: Currency,
): Promise<WalletStatus | undefined> {
  const row = await queryOne<{ status: WalletStatus }>(
    db,
    'find-party-wallet-status',
    `select status
     from wallets
     where merchant_id = $1 and coalesce(party_id, 0) = $2 and currency = $3`,
    [merchantId, partyId, currency],
  )
  return row?.status
}

/**
 * Holds a wallet's balance until the transaction ends: whoever takes money out of it holds that too, so that from the
 * commit on nothing leaves a wallet that may not pay.
 */
export async function lockWallet(tx: Queryable, merchantId: MerchantId, id: WalletId): Promise<void> {
  await query(
    tx,
    'lock-wallet',
    `select 1
     from wallets w
     join ledger_balances b on b.account_id = w.id
     where w.merchant_id = $1 and w.id = $2
     for no key update of b`,
    [merchantId, id],
  )
}

export async function setWalletStatus(
  tx: Queryable,
  merchantId: MerchantId,
  id: WalletId,
  status: WalletStatus,
  now: Date,
): Promise<void> {
  await query(
    tx,
    'set-wallet-status',
    `update wallets
     set status = $3, updated_at = $4
     where merchant_id = $1 and id = $2`,
    [merchantId, id, status, now],
  )
}

/** What a merchant's wallets begin with, as one ledger entry against the opening equity. Once per merchant, asked how often. */
export async function openWallets(
  tx: Queryable,
  merchantId: MerchantId,
  amounts: readonly Money[],
  now: Date,
): Promise<void> {
  await query(
    tx,
    'open-wallets',
    `select ledger_post(
       array[row(1, $1::bigint, null, 'wallets.opened')::ledger_entry_draft],
       array(
         select row(
           1, side.kind, side.merchant_id, null, null, a.currency, side.side, a.minor
         )::ledger_line_draft
         from unnest($2::text[], $3::bigint[]) as a (currency, minor)
         cross join lateral (
           values ('opening_equity', null::bigint, 'debit'), ('wallet', $1::bigint, 'credit')
         ) as side (kind, merchant_id, side)
       ),
       $4
     )
     where not exists (
       select 1
       from ledger_entries
       where merchant_id = $1 and execution_id is null
     )`,
    [merchantId, amounts.map(({ currency }) => currency), amounts.map(({ minor }) => minor), now],
  )
}

interface StatementRow extends Row {
  id: string
  posted_at: Date
  reason: string
  operation: OperationType | null
  reference_id: string | null
  change_minor: string
  balance_minor: string
  currency: string
}

/**
 * What changed a wallet's available balance, newest first, each with the balance it left. Counted back from the balance of
 * this moment, so that a page costs its own length and what is newer.
 */
export async function listStatement(
  db: Queryable,
  merchantId: MerchantId,
  wallet: Wallet,
  page: Page,
): Promise<StatementLine[]> {
  const rows = await query<StatementRow>(
    db,
    'list-statement',
    `with change as (
       select
         p.entry_id, p.merchant_id,
         sum(case p.side when 'credit' then p.amount_minor else -p.amount_minor end) as change_minor
       from ledger_postings p
       where p.account_id = $2 and p.merchant_id = $1 and p.entry_id < $3
       group by p.entry_id, p.merchant_id
       order by p.entry_id desc
       limit $4
     ),
     newer as (
       select coalesce(sum(case p.side when 'credit' then p.amount_minor else -p.amount_minor end), 0) as change_minor
       from ledger_postings p
       where p.account_id = $2 and p.merchant_id = $1 and p.entry_id >= $3
     )
     select
       entry.id, entry.posted_at, entry.reason, e.operation, e.reference_id, c.change_minor, b.balance_minor
         - newer.change_minor
         - coalesce(sum(c.change_minor) over (order by c.entry_id desc rows between unbounded preceding and 1 preceding), 0)
         as balance_minor,
       w.currency
     from change c
     cross join newer
     join ledger_entries entry on entry.merchant_id = c.merchant_id and entry.id = c.entry_id
     join wallets w on w.merchant_id = $1 and w.id = $2
     join ledger_balances b on b.account_id = w.id
     left join executions e on e.merchant_id = entry.merchant_id and e.id = entry.execution_id
     order by c.entry_id desc`,
    [merchantId, wallet.id, page.before, page.most],
  )
  return rows.map((row) => ({
    id: row.id,
    postedAt: row.posted_at,
    reason: row.reason,
    operation: row.operation ?? undefined,
    referenceId: row.reference_id ?? undefined,
    change: readMoney(row.change_minor, row.currency),
    balance: readMoney(row.balance_minor, row.currency),
  }))
}
