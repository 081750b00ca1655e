import { type MerchantId, type PaymentAccountId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, queryRow, type Row } from '../platform/db/rows.ts'
import { type Card } from '../providers/provider.ts'
import { type CardChoice } from './model.ts'

interface CardRow extends Row {
  id: string
  token: string
  billing_name: string | null
  used_at: Date | null
}

const columns = 'c.id, c.token, c.billing_name, c.used_at'

const toChoice = (row: CardRow): CardChoice => ({
  id: row.id,
  token: row.token,
  billingName: row.billing_name ?? undefined,
  isUsed: row.used_at !== null,
})

/**
 * Looking a card up again makes it new again, and leaves its account as it is. False for a card that another merchant has
 * looked up: it is that merchant's payer's.
 */
export async function rememberCard(
  db: Queryable,
  merchantId: MerchantId,
  card: Card & { readonly named: string },
  now: Date,
): Promise<boolean> {
  const rows = await query(
    db,
    'remember-card',
    `insert into card_tokens as c (merchant_id, token, named, brand, last_digits, billing_name, looked_up_at)
     select $1, $2, $3, $4, $5, $6, $7
     where not exists (select 1 from card_tokens other where other.token = $2 and other.merchant_id <> $1)
     on conflict on constraint card_tokens_token_key do update
     set named = excluded.named, billing_name = excluded.billing_name, looked_up_at = excluded.looked_up_at
     where c.merchant_id = excluded.merchant_id
     returning c.id`,
    [merchantId, card.token, card.named, card.brand, card.lastDigits, card.billingName, now],
  )
  return rows.length > 0
}

/** The newest under this name: one test token stands for any number of cards. */
export async function findNamedCard(
  tx: Queryable,
  merchantId: MerchantId,
  named: string,
  since: Date,
): Promise<CardChoice | undefined> {
  const row = await queryOne<CardRow>(
    tx,
    'find-named-card',
    `select ${columns}
     from card_tokens c
     where c.merchant_id = $1 and (c.token = $2 or c.named = $2) and c.looked_up_at > $3
     order by (c.token = $2) desc, c.payment_account_id is not null, c.id desc
     limit 1
     for no key update`,
    [merchantId, named, since],
  )
  return row && toChoice(row)
}

/** More than two are as uncertain as two, but one among many may bear the name that is asked for. */
export async function listUnboundCards(tx: Queryable, merchantId: MerchantId, since: Date): Promise<CardChoice[]> {
  const rows = await query<CardRow>(
    tx,
    'list-unbound-cards',
    `select ${columns}
     from card_tokens c
     where c.merchant_id = $1 and c.payment_account_id is null and c.looked_up_at > $2
     order by c.id
     for no key update`,
    [merchantId, since],
  )
  return rows.map(toChoice)
}

/** Whether an account of this name has bound a card since then that nobody has charged yet. */
export async function wasCardBoundLately(
  tx: Queryable,
  merchantId: MerchantId,
  accountName: string,
  since: Date,
): Promise<boolean> {
  const row = await queryRow<{ found: boolean }>(
    tx,
    'was-card-bound-lately',
    `select exists (
       select 1
       from card_tokens c
       join payment_accounts a on a.merchant_id = c.merchant_id and a.id = c.payment_account_id
       where c.merchant_id = $1 and c.looked_up_at > $3 and lower(a.account_name) = lower($2)
         and c.used_at is null
     ) as found`,
    [merchantId, accountName, since],
  )
  return row.found
}

export async function bindCard(
  tx: Queryable,
  merchantId: MerchantId,
  { id }: CardChoice,
  accountId: PaymentAccountId,
): Promise<void> {
  await query(tx, 'bind-card', 'update card_tokens set payment_account_id = $3 where merchant_id = $1 and id = $2', [
    merchantId,
    id,
    accountId,
  ])
}
