import { type PawapaySimulator, type PaymentView } from '@dollr/sandbox'
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
  'a payment booked never, twice, or unlike its status': `
    select e.merchant_id, e.id, e.operation, e.status, booked.reasons
    from executions e
    cross join lateral (
      select coalesce(array_agg(l.reason order by l.id), '{}') as reasons
      from ledger_entries l
      where l.merchant_id = e.merchant_id and l.execution_id = e.id
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
  'a wallet that is not its opening, plus what came in, less what went out or is on its way': `
    with moved as (
      select p.merchant_id, p.currency, case p.side when 'credit' then p.amount_minor else -p.amount_minor end as minor
      from ledger_entries l
      join ledger_postings p on p.merchant_id = l.merchant_id and p.entry_id = l.id
      join ledger_accounts a on a.id = p.account_id
      where l.reason = 'wallets.opened' and a.kind = 'wallet'
      union all
      select merchant_id, payee_currency, payee_minor
      from executions
      where operation = 'COLLECTION' and status = 'COMPLETED'
      union all
      select merchant_id, payer_currency, -payer_minor
      from executions
      where operation <> 'COLLECTION' and status <> 'FAILED'
    )
    select *
    from (
      select a.merchant_id, a.currency, b.balance_minor
      from ledger_accounts a
      join ledger_balances b on b.account_id = a.id
      where a.kind = 'wallet' and a.party_id is null
    ) wallet
    full join (select merchant_id, currency, sum(minor) as minor from moved group by merchant_id, currency) expected
      using (merchant_id, currency)
    where coalesce(wallet.balance_minor, 0) <> coalesce(expected.minor, 0)`,
  'money held that no payment under way explains': `
    select *
    from (
      select a.merchant_id, a.currency, b.balance_minor
      from ledger_accounts a
      join ledger_balances b on b.account_id = a.id
      where a.kind = 'wallet_held'
    ) held
    full join (
      select merchant_id, payer_currency as currency, sum(payer_minor) as minor
      from executions
      where operation <> 'COLLECTION' and status in ('PENDING', 'PROCESSING')
      group by merchant_id, payer_currency
    ) expected using (merchant_id, currency)
    where coalesce(held.balance_minor, 0) <> coalesce(expected.minor, 0)`,
  'a wallet of a contact that is not the sum of what it was sent': `
    select *
    from (
      select a.merchant_id, a.party_id, a.currency, b.balance_minor
      from ledger_accounts a
      join ledger_balances b on b.account_id = a.id
      where a.kind = 'wallet' and a.party_id is not null
    ) wallet
    full join (
      select merchant_id, recipient_party_id as party_id, payee_currency as currency, sum(payee_minor) as minor
      from executions
      where recipient_party_id is not null and status = 'COMPLETED'
      group by merchant_id, recipient_party_id, payee_currency
    ) expected using (merchant_id, party_id, currency)
    where coalesce(wallet.balance_minor, 0) <> coalesce(expected.minor, 0)`,
  'a clearing account that is not what payers paid less what was sent out': `
    select *
    from (
      select a.provider, a.currency, -b.balance_minor as minor
      from ledger_accounts a
      join ledger_balances b on b.account_id = a.id
      where a.kind = 'clearing'
    ) clearing
    full join (
      select provider, currency, sum(minor) as minor
      from (
        select provider, payer_currency as currency, payer_minor as minor
        from executions
        where operation = 'COLLECTION' and status = 'COMPLETED'
        union all
        select provider, payee_currency, -payee_minor
        from executions
        where operation <> 'COLLECTION' and provider <> 'PLATFORM' and status = 'COMPLETED'
      ) moved
      group by provider, currency
    ) expected using (provider, currency)
    where coalesce(clearing.minor, 0) <> coalesce(expected.minor, 0)`,
  'a collection given back beyond what was paid': `
    select original.id, original.payer_minor, sum(r.payee_minor) as given_back
    from executions original
    join executions r on r.merchant_id = original.merchant_id and r.refunds_execution_id = original.id and r.status <> 'FAILED'
    group by original.merchant_id, original.id, original.payer_minor
    having sum(r.payee_minor) > original.payer_minor`,
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
export const expectProviderToAgree = (pool: pg.Pool, deposits: readonly PaymentView[]): Promise<void> =>
  expectAgreement(pool, 'COLLECTION', deposits)

/** The same of all that the network knows: what was charged, what was paid out and what was given back. */
export async function expectNetworkToAgree(
  pool: pg.Pool,
  network: Pick<PawapaySimulator, 'deposits' | 'payouts' | 'refunds'>,
): Promise<void> {
  await expectAgreement(pool, 'COLLECTION', network.deposits())
  await expectAgreement(pool, 'PAYOUT', network.payouts())
  await expectAgreement(pool, 'REFUND', network.refunds())
}

/** The same, of a network that runs elsewhere. */
export async function expectPaymentsToAgree(pool: pg.Pool, payments: readonly PaymentView[]): Promise<void> {
  const of = (operation: string) => payments.filter((payment) => payment.operation === operation)
  await expectAgreement(pool, 'COLLECTION', of('DEPOSIT'))
  await expectAgreement(pool, 'PAYOUT', of('PAYOUT'))
  await expectAgreement(pool, 'REFUND', of('REFUND'))
}

async function expectAgreement(
  pool: pg.Pool,
  operation: 'COLLECTION' | 'PAYOUT' | 'REFUND',
  known: readonly PaymentView[],
): Promise<void> {
  // The network moves what a payer is charged, and what a receiver gets.
  const side = operation === 'COLLECTION' ? 'payer' : 'payee'
  const { rows } = await pool.query<{ id: string; status: string; minor: string; currency: string }>(
    `select provider_reference as id, status, ${side}_minor as minor, ${side}_currency as currency
     from executions
     where operation = $1 and provider = 'PAWAPAY' and wallet_message is null`,
    [operation],
  )
  const executions = new Map(rows.map((row) => [row.id, row]))
  const strays = known.filter((payment) => {
    const execution = executions.get(payment.id)
    const minor = Math.round(Number(payment.amount) * (payment.currency === 'RWF' ? 1 : 100))
    return execution?.currency !== payment.currency || Number(execution.minor) !== minor
  })
  expect(strays, `${operation}: what nobody asked for`).toEqual([])
  const moved = new Set(known.filter(({ status }) => status === 'COMPLETED').map(({ id }) => id))
  const unmoved = rows.filter(({ id, status }) => status === 'COMPLETED' && !moved.has(id))
  expect(unmoved, `${operation}: COMPLETED, and no money moved`).toEqual([])
  const lost = rows.filter(({ id, status }) => status === 'FAILED' && moved.has(id))
  expect(lost, `${operation}: FAILED, although money moved`).toEqual([])
}

/** What a merchant's wallet gained since it was opened, by the ledger and in minor units. */
export async function walletOf(pool: pg.Pool, merchantId: number, currency: string): Promise<number> {
  const { rows } = await pool.query<{ gained: string | null }>(
    `select sum(case p.side when 'credit' then p.amount_minor else -p.amount_minor end) as gained
     from ledger_accounts a
     join ledger_postings p on p.account_id = a.id
     join ledger_entries l on l.merchant_id = p.merchant_id and l.id = p.entry_id
     where a.kind = 'wallet' and a.party_id is null and a.merchant_id = $1 and a.currency = $2
       and l.reason <> 'wallets.opened'`,
    [merchantId, currency],
  )
  return Number(rows[0]?.gained ?? 0)
}

/** Lets the time of the next check come for whatever is still open. */
export const makeChecksDue = (pool: pg.Pool): Promise<unknown> =>
  pool.query('update executions set next_check_at = now() where next_check_at is not null')
