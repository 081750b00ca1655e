import { type DepositView } from '@dollr/sandbox'
import type pg from 'pg'
import { expect } from 'vitest'

/** Every way in which the books could be wrong, each as a query that looks for it and should find nothing. */
const findings = {
  'an entry that does not balance': `
    select merchant_id, entry_id, currency
    from ledger_postings
    group by merchant_id, entry_id, currency
    having sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0`,
  'a currency whose accounts do not add up to zero': `
    select a.currency, sum(b.balance_minor) as balance
    from ledger_accounts a
    join ledger_balances b on b.account_id = a.id
    group by a.currency
    having sum(b.balance_minor) <> 0`,
  'a balance unlike its postings': `
    select b.account_id, b.balance_minor, p.total
    from ledger_balances b
    left join (
      select account_id, sum(case side when 'credit' then amount_minor else -amount_minor end) as total
      from ledger_postings
      group by account_id
    ) p on p.account_id = b.account_id
    where b.balance_minor <> coalesce(p.total, 0)`,
  'a payment booked never, twice, or without being COMPLETED': `
    select e.merchant_id, e.id, e.status, count(l.id) as entries
    from executions e
    left join ledger_entries l on l.merchant_id = e.merchant_id and l.execution_id = e.id
    group by e.merchant_id, e.id, e.status
    having count(l.id) <> case e.status when 'COMPLETED' then 1 else 0 end`,
  'a wallet that is not the sum of what its merchant was paid': `
    select *
    from (
      select a.merchant_id, a.currency, b.balance_minor
      from ledger_accounts a
      join ledger_balances b on b.account_id = a.id
      where a.kind = 'wallet'
    ) wallet
    full join (
      select merchant_id, payee_currency as currency, sum(payee_minor) as paid
      from executions
      where status = 'COMPLETED'
      group by merchant_id, payee_currency
    ) paid using (merchant_id, currency)
    where coalesce(wallet.balance_minor, 0) <> coalesce(paid.paid, 0)`,
  'a clearing account that is not the sum of what payers were charged': `
    select *
    from (
      select a.provider, a.currency, -b.balance_minor as held
      from ledger_accounts a
      join ledger_balances b on b.account_id = a.id
      where a.kind = 'clearing'
    ) clearing
    full join (
      select provider, payer_currency as currency, sum(payer_minor) as charged
      from executions
      where status = 'COMPLETED'
      group by provider, payer_currency
    ) charged using (provider, currency)
    where coalesce(clearing.held, 0) <> coalesce(charged.charged, 0)`,
  'a document that is PAID without one COMPLETED payment, or the other way round': `
    select s.merchant_id, s.id, s.status, count(e.id) as payments
    from sources s
    left join executions e on e.merchant_id = s.merchant_id and e.source_id = s.id and e.status = 'COMPLETED'
    group by s.merchant_id, s.id, s.status
    having count(e.id) <> case s.status when 'PAID' then 1 else 0 end`,
  'a document that is PROCESSING without one open payment, or the other way round': `
    select s.merchant_id, s.id, s.status, count(e.id) as payments
    from sources s
    left join executions e
      on e.merchant_id = s.merchant_id and e.source_id = s.id and e.status in ('PENDING', 'PROCESSING')
    group by s.merchant_id, s.id, s.status
    having count(e.id) <> case s.status when 'PROCESSING' then 1 else 0 end`,
}

/** Money neither appeared nor vanished, and rows and ledger tell the same story. For the end of every test about money. */
export async function expectBooksToBalance(pool: pg.Pool): Promise<void> {
  for (const [what, sql] of Object.entries(findings)) expect((await pool.query(sql)).rows, what).toEqual([])
}

/** Payers were charged for payments that exist, with their amounts; a payment is COMPLETED if, and only if, its payer was charged. */
export async function expectProviderToAgree(pool: pg.Pool, deposits: readonly DepositView[]): Promise<void> {
  const { rows } = await pool.query<{ id: string; status: string; minor: string; currency: string }>(
    `select provider_reference as id, status, payer_minor as minor, payer_currency as currency
     from executions`,
  )
  const executions = new Map(rows.map((row) => [row.id, row]))
  const strays = deposits.filter((deposit) => {
    const execution = executions.get(deposit.id)
    const minor = Math.round(Number(deposit.amount) * (deposit.currency === 'RWF' ? 1 : 100))
    return execution?.currency !== deposit.currency || Number(execution.minor) !== minor
  })
  expect(strays, 'deposits nobody asked for').toEqual([])
  const charged = new Set(deposits.filter(({ status }) => status === 'COMPLETED').map(({ id }) => id))
  const unpaid = rows.filter(({ id, status }) => status === 'COMPLETED' && !charged.has(id))
  expect(unpaid, 'payments COMPLETED without a charged payer').toEqual([])
  const lost = rows.filter(({ id, status }) => status === 'FAILED' && charged.has(id))
  expect(lost, 'payments FAILED although their payer was charged').toEqual([])
}

/** What the ledger says a merchant's wallet holds, in minor units. */
export async function walletOf(pool: pg.Pool, merchantId: number, currency: string): Promise<number> {
  const { rows } = await pool.query<{ balance_minor: string }>(
    `select b.balance_minor
     from ledger_accounts a
     join ledger_balances b on b.account_id = a.id
     where a.kind = 'wallet' and a.merchant_id = $1 and a.currency = $2`,
    [merchantId, currency],
  )
  return Number(rows[0]?.balance_minor ?? 0)
}

/** Lets the time of the next check come for whatever is still open. */
export const makeChecksDue = (pool: pg.Pool): Promise<unknown> =>
  pool.query('update executions set next_check_at = now() where next_check_at is not null')
