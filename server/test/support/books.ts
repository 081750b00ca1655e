import { type Queryable } from '../../src/platform/db/pool.ts'
import { type ExecutionId, type MerchantId } from '../../src/kernel/ids.ts'
import { formatMoney, type Money } from '../../src/kernel/money.ts'
import { readMoney } from '../../src/platform/db/rows.ts'
import { sql } from './builders.ts'

/** What must hold in every committed state, each as a query that finds what breaks it. */
export const bookRules: Readonly<Record<string, string>> = {
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
  'no wallet is negative, nor what is held beside it': `
    select a.id, b.balance_minor
    from ledger_accounts a
    join ledger_balances b on b.account_id = a.id
    where a.kind in ('wallet', 'wallet_held') and b.balance_minor < 0`,
  'an execution has the entries that its status asks for, and no others': `
    select e.id, e.operation, e.status, booked.reasons
    from executions e
    cross join lateral (
      select coalesce(array_agg(l.reason order by l.id), '{}') as reasons
      from ledger_entries l
      where l.merchant_id = e.merchant_id and l.execution_id = e.id and l.reason not like 'test.%'
    ) booked
    where booked.reasons <> case
      when e.operation = 'COLLECTION' then case e.status when 'COMPLETED' then array['collection.completed'] else '{}'::text[] end
      when e.wallet_message is not null then '{}'::text[]
      when e.provider = 'PLATFORM' then array[lower(e.operation) || '.completed']
      else array[lower(e.operation) || '.held'] || case e.status
        when 'COMPLETED' then array[lower(e.operation) || '.completed']
        when 'FAILED' then array[lower(e.operation) || '.released']
        else '{}'::text[]
      end
    end`,
  'a completed collection credits payee_minor to its merchant': `
    select e.id, e.payee_minor, booked.credited
    from executions e
    cross join lateral (
      select coalesce(sum(p.amount_minor), 0) as credited
      from ledger_entries l
      join ledger_postings p on p.merchant_id = l.merchant_id and p.entry_id = l.id
      join ledger_accounts a on a.id = p.account_id
      where l.merchant_id = e.merchant_id and l.execution_id = e.id and a.kind = 'wallet' and a.merchant_id = e.merchant_id
        and a.party_id is null and p.side = 'credit' and p.currency = e.payee_currency
    ) booked
    where e.operation = 'COLLECTION' and booked.credited <> case when e.status = 'COMPLETED' then e.payee_minor else 0 end`,
  'what is held is what payouts and refunds under way will cost': `
    select a.merchant_id, a.currency, b.balance_minor, coalesce(open.held, 0) as expected
    from ledger_accounts a
    join ledger_balances b on b.account_id = a.id
    left join (
      select merchant_id, payer_currency, sum(payer_minor) as held
      from executions
      where operation <> 'COLLECTION' and status in ('PENDING', 'PROCESSING')
      group by merchant_id, payer_currency
    ) open on open.merchant_id = a.merchant_id and open.payer_currency = a.currency
    where a.kind = 'wallet_held' and b.balance_minor <> coalesce(open.held, 0)`,
  'no more is given back than was paid, and one refund at a time': `
    select original.id, original.payer_minor, given.back, given.open
    from executions original
    cross join lateral (
      select sum(r.payee_minor) as back, count(*) filter (where r.status in ('PENDING', 'PROCESSING')) as open
      from executions r
      where r.merchant_id = original.merchant_id and r.refunds_execution_id = original.id and r.status <> 'FAILED'
    ) given
    where given.back > original.payer_minor or given.open > 1`,
  'the last event of everything says how it stands': `
    select row.subject, row.id, row.status
    from (
      select execution_subject(operation) as subject, merchant_id, id, status, requires_action from executions
      union all select 'source', merchant_id, id, status, false from sources
      union all select 'session', merchant_id, id, status, false from sessions
    ) row
    left join lateral (
      select v.status, coalesce((v.data -> 'requires_action')::boolean, false) as requires_action
      from events v
      where v.subject_id = row.id and v.subject = row.subject and v.merchant_id = row.merchant_id
      order by v.sequence desc
      limit 1
    ) latest on true
    where (row.status, row.requires_action) is distinct from (latest.status, latest.requires_action)`,
  'the events of everything are numbered from 1, without gaps, in the order they came in': `
    select v.subject, v.subject_id, v.sequence, v.id
    from (
      select
        subject, subject_id, sequence, id,
        row_number() over (partition by merchant_id, subject, subject_id order by id) as nth
      from events
    ) v
    where v.nth <> v.sequence`,
  'no event says what the one before it said': `
    select v.subject, v.subject_id, v.sequence, v.status
    from events v
    join events before
      on before.subject_id = v.subject_id and before.subject = v.subject and before.merchant_id = v.merchant_id
      and before.sequence = v.sequence - 1
    where before.type = v.type and before.status = v.status`,
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
  for (const [rule, query] of Object.entries(bookRules)) {
    const rows = await sql(db, `${query} limit 5`)
    if (rows.length > 0) broken[rule] = rows
  }
  return broken
}

/** What every account holds, by kind, owner, contact, provider and currency; credits count as plus. */
export async function balances(db: Queryable): Promise<Record<string, bigint>> {
  const rows = await sql<{ name: string; balance_minor: string }>(
    db,
    `select concat_ws(' ', a.kind, a.merchant_id, 'party ' || a.party_id, a.provider, a.currency) as name, b.balance_minor
     from ledger_accounts a
     join ledger_balances b on b.account_id = a.id
     order by 1`,
  )
  return Object.fromEntries(rows.map((row) => [row.name, BigInt(row.balance_minor)]))
}

/** What an execution moved, line by line: `payout.held debit wallet 102.50 USD`. */
export async function bookedFor(
  db: Queryable,
  { merchantId, id }: { readonly merchantId: MerchantId; readonly id: ExecutionId },
): Promise<string[]> {
  const rows = await sql<{ what: string; amount_minor: string; currency: string }>(
    db,
    `select concat_ws(' ', l.reason, p.side, case when a.party_id is not null then 'contact''s' end, a.kind, a.provider) as what,
            p.amount_minor, p.currency
     from ledger_entries l
     join ledger_postings p on p.merchant_id = l.merchant_id and p.entry_id = l.id
     join ledger_accounts a on a.id = p.account_id
     where l.merchant_id = $1 and l.execution_id = $2
     order by l.id, p.line`,
    [merchantId, id],
  )
  return rows.map((row) => `${row.what} ${formatMoney(readMoney(row.amount_minor, row.currency))} ${row.currency}`)
}

/** What each wallet holds that is the merchant's own, in the order of currencies. */
export async function listWalletBalances(
  db: Queryable,
  merchantId?: MerchantId,
): Promise<{ readonly merchantId: MerchantId; readonly balance: Money }[]> {
  const rows = await sql<{ merchant_id: string; currency: string; balance_minor: string }>(
    db,
    `select a.merchant_id, a.currency, b.balance_minor
     from ledger_accounts a
     join ledger_balances b on b.account_id = a.id
     where a.kind = 'wallet' and a.party_id is null and ($1::bigint is null or a.merchant_id = $1)
     order by a.merchant_id, a.currency`,
    [merchantId ?? null],
  )
  return rows.map((row) => ({
    merchantId: row.merchant_id as MerchantId,
    balance: readMoney(row.balance_minor, row.currency),
  }))
}
