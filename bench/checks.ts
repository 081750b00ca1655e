import { setTimeout as sleep } from 'node:timers/promises'
import { type Pool } from '../server/dist/platform/db/pool.js'
import { rowOf } from './database.ts'
import { type Payment } from './load.ts'

const drainLimitMs = 120_000

/** Waits until no execution is open any more. */
export async function drained(pool: Pool): Promise<void> {
  const deadline = performance.now() + drainLimitMs
  for (;;) {
    // Open ones only are in the index that answers this.
    const { open } = await rowOf<{ open: string }>(
      pool,
      'select count(*) as open from executions where next_check_at is not null',
    )
    if (open === '0') return
    if (performance.now() > deadline) throw new Error(`${open} collections are still open.`)
    await sleep(10)
  }
}

/** Compares what was acknowledged with what is committed. Answers a line for every difference. */
export async function findMismatches(pool: Pool, payments: readonly Payment[]): Promise<string[]> {
  const acknowledgedMinor = payments.reduce((sum, { payeeMinor }) => sum + payeeMinor, 0n)
  const found = await rowOf<Record<keyof typeof expected, string>>(
    pool,
    `select
       (select count(*) from executions) as executions,
       (select count(*) from unnest($1::uuid[]) reference_id join executions using (reference_id) where status = 'COMPLETED')
         as completed,
       (select count(*) from ledger_entries where reason = 'collection.completed') as entries,
       (select count(*) from sources where status = 'PAID') as paid,
       (select count(*) from sessions where status = 'COMPLETED') as sessions,
       (
         select coalesce(sum(balance_minor), 0) from ledger_balances
         join ledger_accounts on id = account_id
         -- Less what the sandbox's merchant was opened with.
         where kind in ('wallet', 'opening_equity')
       ) as wallets_minor,
       (select coalesce(sum(payee_minor), 0) from executions where status = 'COMPLETED') as payees_minor,
       (select coalesce(sum(balance_minor), 0) from ledger_balances) as all_accounts_minor,
       (
         select count(*)
         from ledger_balances b
         where balance_minor <> (
           select coalesce(sum(case side when 'credit' then amount_minor else -amount_minor end), 0)
           from ledger_postings p
           where p.account_id = b.account_id
         )
       ) as wrong_balances`,
    [payments.map(({ reference }) => reference)],
  )
  const count = String(payments.length)
  const expected = {
    executions: count,
    completed: count,
    entries: count,
    paid: count,
    sessions: count,
    wallets_minor: String(acknowledgedMinor),
    payees_minor: String(acknowledgedMinor),
    all_accounts_minor: '0',
    wrong_balances: '0',
  }
  return Object.entries(expected)
    .filter(([what, value]) => found[what as keyof typeof expected] !== value)
    .map(([what, value]) => `${what}: ${value} acknowledged, ${found[what as keyof typeof expected]} committed`)
}
