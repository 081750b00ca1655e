import { type Queryable } from '../../src/platform/db/pool.ts'
import { sql } from './builders.ts'

/** What must hold in every committed state, each as a query that finds what breaks it. */
const rules: Readonly<Record<string, string>> = {
  'a balance is the sum of its postings': `
    select b.account_id, b.balance_minor, coalesce(p.total, 0) as postings
    from ledger_balances b
    left join (
      select account_id, sum(case side when 'credit' then amount_minor else -amount_minor end) as total
      from ledger_postings
      group by account_id
    ) p on p.account_id = b.account_id
    where b.balance_minor <> coalesce(p.total, 0)`,
  'every account has a balance': `
    select a.id
    from ledger_accounts a
    where not exists (select 1 from ledger_balances b where b.account_id = a.id)`,
  'all accounts of a currency sum to zero': `
    select a.currency, sum(b.balance_minor) as off_by
    from ledger_accounts a
    join ledger_balances b on b.account_id = a.id
    group by a.currency
    having sum(b.balance_minor) <> 0`,
  'an entry balances in each currency': `
    select merchant_id, entry_id, currency
    from ledger_postings
    group by merchant_id, entry_id, currency
    having sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0`,
  'no wallet is negative': `
    select a.id, b.balance_minor
    from ledger_accounts a
    join ledger_balances b on b.account_id = a.id
    where a.kind = 'wallet' and b.balance_minor < 0`,
  'a completed collection has one entry that credits payee_minor to its merchant, any other has none': `
    select e.id, e.status, e.payee_minor, booked.entries, booked.credited
    from executions e
    cross join lateral (
      select
        count(distinct l.id) as entries,
        coalesce(sum(p.amount_minor) filter (
          where a.kind = 'wallet' and a.merchant_id = e.merchant_id and p.side = 'credit' and p.currency = e.payee_currency
        ), 0) as credited
      from ledger_entries l
      left join ledger_postings p on p.merchant_id = l.merchant_id and p.entry_id = l.id
      left join ledger_accounts a on a.id = p.account_id
      where l.merchant_id = e.merchant_id and l.execution_id = e.id and l.reason = 'collection.completed'
    ) booked
    where booked.entries <> case when e.status = 'COMPLETED' then 1 else 0 end
      or booked.credited <> case when e.status = 'COMPLETED' then e.payee_minor else 0 end`,
  'a document is PAID, PROCESSING or ACTIVE as its executions say': `
    select s.id, s.status, s.paid_by_execution_id, known.completed, known.open
    from sources s
    cross join lateral (
      select
        count(*) filter (where e.status = 'COMPLETED') as completed,
        count(*) filter (where e.status in ('PENDING', 'PROCESSING')) as open,
        max(e.id) filter (where e.status = 'COMPLETED') as completed_id
      from executions e
      where e.merchant_id = s.merchant_id and e.source_id = s.id
    ) known
    where known.completed > 1
      or known.open > 1
      or known.completed + known.open > 1
      or (s.status = 'PAID') <> (known.completed = 1)
      or (s.status = 'PROCESSING') <> (known.open = 1)
      or s.paid_by_execution_id is distinct from known.completed_id`,
  'a session stands as its execution does': `
    select s.id, s.status, e.status as execution_status
    from sessions s
    join executions e on e.merchant_id = s.merchant_id and e.session_id = s.id
    where s.status <> case when e.status = 'PENDING' then 'PROCESSING' else e.status end`,
  'a session in use has an execution': `
    select s.id, s.status
    from sessions s
    where s.status in ('PROCESSING', 'COMPLETED', 'FAILED')
      and not exists (select 1 from executions e where e.merchant_id = s.merchant_id and e.session_id = s.id)`,
  'what is open is due, what is final is not': `
    select e.id, e.status, e.next_check_at
    from executions e
    where (e.status in ('PENDING', 'PROCESSING')) <> (e.next_check_at is not null)`,
}

/** Every rule the database breaks, by name and with the first rows at fault. Empty when all is well. */
export async function findBrokenRules(db: Queryable): Promise<Record<string, unknown[]>> {
  const broken: Record<string, unknown[]> = {}
  for (const [rule, query] of Object.entries(rules)) {
    const rows = await sql(db, `${query} limit 5`)
    if (rows.length > 0) broken[rule] = rows
  }
  return broken
}

/** What every account holds, by kind, owner, provider and currency; credits count as plus. */
export async function balances(db: Queryable): Promise<Record<string, bigint>> {
  const rows = await sql<{ name: string; balance_minor: string }>(
    db,
    `select concat_ws(' ', a.kind, a.merchant_id, a.provider, a.currency) as name, b.balance_minor
     from ledger_accounts a
     join ledger_balances b on b.account_id = a.id
     order by 1`,
  )
  return Object.fromEntries(rows.map((row) => [row.name, BigInt(row.balance_minor)]))
}
