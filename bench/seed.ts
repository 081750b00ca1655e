import { createHash } from 'node:crypto'
import { type Pool } from '../server/dist/platform/db/pool.js'
import { runLong } from './database.ts'
import { call, openConnection } from './http.ts'

export interface Merchant {
  readonly id: string
  readonly token: string
}

/** A published invoice, and the payer's account that is to pay it. */
export interface Payable {
  readonly token: string
  readonly sourceId: number
  readonly paymentAccountId: string
}

const secret = 'bench-secret'
const payersPerMerchant = 20

/** Merchants with their keys and payers, straight into the tables: how they came to be is not measured. */
export async function seedMerchants(pool: Pool, serverAddress: string, count: number): Promise<Merchant[]> {
  const { rows } = await pool.query<{ id: string; client_id: string }>(
    `with merchant as (
       insert into merchants (name, type, verified_at, created_at, updated_at)
       select 'Bench ' || n, 'ORGANIZATION', now(), now(), now()
       from generate_series(1, $1) n
       returning id
     )
     insert into api_keys (merchant_id, client_id, secret_hash, created_at)
     select id, 'bench_' || id, $2, now()
     from merchant
     returning merchant_id as id, client_id`,
    [count, createHash('sha256').update(secret).digest()],
  )
  const ids = rows.map(({ id }) => id)
  await pool.query(
    `with party as (
       insert into parties (merchant_id, fullname, phone, country_code, created_at, updated_at)
       select merchant, 'Payer ' || n, (231880000001 + n * 10)::text, 'LR', now(), now()
       from unnest($1::bigint[]) merchant
       cross join generate_series(1, $2) n
       returning merchant_id, id, phone
     ),
     account as (
       insert into payment_accounts (
         merchant_id, party_id, operation_type, account_name, provider, method, country_code, account_number, created_at,
         updated_at
       )
       select merchant_id, id, 'COLLECTION', 'Wallet', 'PAWAPAY', 'MTN_MOMO_LBR', 'LR', phone, now(), now()
       from party
     )
     insert into counterparties (merchant_id, party_id, relationship_type, created_at, updated_at)
     select merchant_id, id, 'CUSTOMER', now(), now()
     from party`,
    [ids, payersPerMerchant],
  )
  const connection = openConnection(serverAddress)
  const merchants: Merchant[] = []
  for (const { id, client_id } of rows) {
    const path = '/v1/jwt/client/obtain/token'
    const answer = await call(connection, { method: 'POST', path, body: { client_id, client_secret: secret } })
    merchants.push({ id, token: String(answer['access_token']) })
  }
  connection.close()
  return merchants
}

/** Published invoices of USD 1.00 to 500.99, dealt to the merchants in turn. */
export async function seedPayables(pool: Pool, merchants: readonly Merchant[], count: number): Promise<Payable[]> {
  const { rows } = await pool.query<{ merchant_id: string; id: string; account_id: string }>(
    `with merchant as (
       select m.id, m.ord, coalesce(max(s.number_counter), 0) as counter
       from unnest($1::bigint[]) with ordinality as m (id, ord)
       left join sources s on s.merchant_id = m.id
       group by m.id, m.ord
     ),
     payer as (
       select c.merchant_id, c.id as counterparty_id, a.id as account_id,
              row_number() over (partition by c.merchant_id order by c.id) as ord
       from counterparties c
       join payment_accounts a on a.merchant_id = c.merchant_id and a.party_id = c.party_id
     ),
     draft as materialized (
       select
         n, nextval(pg_get_serial_sequence('sources', 'id')) as id, merchant.id as merchant_id, payer.counterparty_id,
         payer.account_id, merchant.counter + 1 + n / $3::integer as counter, 100 + n * 7919 % 50000 as total_minor
       from generate_series(0, $2::integer - 1) n
       join merchant on merchant.ord = 1 + n % $3::integer
       join payer on payer.merchant_id = merchant.id and payer.ord = 1 + n / $3::integer % $4::integer
     ),
     source as (
       insert into sources (
         merchant_id, id, kind, number_year, number_counter, counterparty_id, currency, total_minor, status, note, fee_bearer,
         as_payment_link, created_at, updated_at
       )
       overriding system value
       select merchant_id, id, 'INVOICE', 2000, counter, counterparty_id, 'USD', total_minor, 'ACTIVE', '', 'PAYER', true,
              now(), now()
       from draft
     ),
     item as (
       insert into source_items (merchant_id, source_id, name, qty, unit_minor, created_at, updated_at)
       select merchant_id, id, 'Goods', 1, total_minor, now(), now()
       from draft
     )
     select merchant_id, id, account_id
     from draft
     order by n`,
    [merchants.map(({ id }) => id), count, merchants.length, payersPerMerchant],
  )
  // As autovacuum would find time to, in a database that did not fill up within a second.
  await runLong(pool, 'analyze sources, source_items, payment_accounts, counterparties, parties')
  const tokens = new Map(merchants.map(({ id, token }) => [id, token]))
  return rows.map((row) => ({
    token: tokens.get(row.merchant_id) ?? '',
    sourceId: Number(row.id),
    paymentAccountId: row.account_id,
  }))
}
