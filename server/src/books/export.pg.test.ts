import { execFileSync, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anExecution, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { noon } from '../../test/support/fakes.ts'
import { type Currency } from '../kernel/currencies.ts'
import { addMs } from '../kernel/clock.ts'
import { formatMoney, money, parseMoney } from '../kernel/money.ts'
import { readCurrency, readMoney } from '../platform/db/rows.ts'
import { accountPath, type BookExport, exportBooks } from './export.ts'
import { listAccounts } from './store.ts'

let database: TestDatabase
const dayMs = 86_400_000
const everything: BookExport = { format: 'hledger', currency: undefined, from: undefined, to: undefined }

beforeAll(async () => {
  database = await createTestDatabase()
  const { pool } = database
  await tell(
    pool,
    (await someExecutions(pool, 3)).map((each) => news(each, 'COMPLETED')),
  )
  const inRwanda = await anExecution(pool, { total: money(1_200n, 'RWF'), method: 'MTN_MOMO_RWA' })
  await tell(pool, [news(inRwanda, 'COMPLETED')], addMs(noon, dayMs))
  await pool.query(
    `select ledger_post(
       array[row(1, $1, $2, 'test.converted')::ledger_entry_draft],
       array[
         row(1, 'clearing', null, null, 'PAWAPAY', 'LRD', 'debit', 20005)::ledger_line_draft,
         row(1, 'exchange_position', null, null, null, 'LRD', 'credit', 20005)::ledger_line_draft,
         row(1, 'exchange_position', null, null, null, 'USD', 'debit', 100)::ledger_line_draft,
         row(1, 'wallet', $1, null, null, 'USD', 'credit', 100)::ledger_line_draft
       ],
       $3
     )`,
    [inRwanda.merchantId, inRwanda.executionId, addMs(noon, 2 * dayMs)],
  )
})
afterAll(() => database.drop())

async function exported(wanted: Partial<BookExport> = {}): Promise<string> {
  const written: string[] = []
  await exportBooks(database.pool, { ...everything, ...wanted }, async (text) => {
    written.push(text)
  })
  return written.join('')
}

/** What each account of the export comes to, credits as plus like our balances. */
function sumsOf(text: string): Record<string, string> {
  const sums = new Map<string, bigint>()
  for (const [, name = '', amount = '', code = ''] of text.matchAll(/^ {4}(\S+) {2}(-?[\d.]+) ([A-Z]{3})$/gm)) {
    const minor = parseMoney(amount, readCurrency(code))?.minor
    if (minor === undefined) throw new Error(`no amount: ${amount} ${code}`)
    sums.set(name, (sums.get(name) ?? 0n) - minor)
  }
  return written(sums)
}

const written = (sums: ReadonlyMap<string, bigint>): Record<string, string> =>
  Object.fromEntries(
    [...sums].map(([name, minor]) => [name.toLowerCase(), formatMoney(money(minor, currencyIn(name)))] as const).sort(),
  )
const currencyIn = (name: string): Currency => readCurrency(name.slice(-3))

async function balancesByName(): Promise<Record<string, string>> {
  const rows = await sql<{ account_id: string; balance_minor: string }>(database.pool, 'select * from ledger_balances')
  const accounts = await listAccounts(database.pool, { after: '0', most: 1_000 })
  const named = accounts
    .map((account) => {
      const minor = rows.find((row) => row.account_id === account.id)?.balance_minor ?? ''
      return [accountPath(account).join(':').toLowerCase(), formatMoney(readMoney(minor, account.currency))] as const
    })
    .sort()
  return Object.fromEntries(named)
}

test.each(['hledger', 'beancount'] as const)('every account of a %s export comes to its balance', async (format) => {
  expect(sumsOf(await exported({ format }))).toEqual(await balancesByName())
})

test('an entry is a transaction, amounts as exact as they are', async () => {
  const [entry] = await sql<{ id: string; merchant_id: string; execution_id: string }>(
    database.pool,
    `select id, merchant_id, execution_id from ledger_entries where reason = 'test.converted'`,
  )
  expect(await exported({ from: addMs(noon, 2 * dayMs) })).toContain(
    `
2025-06-03 * (${entry?.id}) test.converted  ; execution:${entry?.execution_id}, merchant:${entry?.merchant_id}, at:2025-06-03T12:00:00.000000Z
    assets:clearing:pawapay:LRD  200.05 LRD
    equity:exchange-position:LRD  -200.05 LRD
    equity:exchange-position:USD  1.00 USD
    liabilities:merchants:${entry?.merchant_id}:wallet:USD  -1.00 USD
`,
  )
})

test('a currency and a time choose what is exported', async () => {
  const rwandan = await exported({ currency: 'RWF' })
  expect(rwandan).toContain('RWF')
  expect(rwandan).not.toMatch(/USD|LRD/)
  const oneDay = await exported({ from: addMs(noon, dayMs), to: addMs(noon, 2 * dayMs) })
  expect([...oneDay.matchAll(/^20\S+ \*/gm)].map(([day]) => day)).toEqual(['2025-06-02 *'])
})

test('every account is declared once, and none that is not', async () => {
  const text = await exported({ format: 'beancount' })
  const opened = [...text.matchAll(/^1970-01-01 open (\S+) [A-Z]{3}$/gm)].map(([, name]) => name)
  expect(new Set(opened).size).toBe(opened.length)
  const used = new Set([...text.matchAll(/^ {4}(\S+) {2}-?\d/gm)].map(([, name]) => name))
  expect(opened).toEqual(expect.arrayContaining([...used]))
  for (const name of opened) expect(name).toMatch(/^(Assets|Liabilities|Income|Equity)(:[A-Z0-9][A-Za-z0-9-]*)+$/)
})

const hledger = process.env['HLEDGER'] ?? 'hledger'
const isInstalled = spawnSync(hledger, ['--version']).status === 0

describe('read by hledger itself', () => {
  test('it finds nothing wrong, and the same balances', async ({ skip }) => {
    if (!isInstalled) skip('hledger is not installed: its own reading of the export is not compared')
    const journal = await exported()
    execFileSync(hledger, ['-f', '-', 'check', '--strict'], { input: journal })
    const csv = execFileSync(hledger, ['-f', '-', 'balance', '--flat', '-E', '-N', '-O', 'csv'], {
      input: journal,
      encoding: 'utf8',
    })
    const theirs = [...csv.matchAll(/^"([^"]+:[A-Z]{3})","(-?)([\d.]+)(?: [A-Z]{3})?"$/gm)].map(
      ([, name = '', sign = '', amount = '']) => {
        const value = parseMoney(amount, currencyIn(name))
        return [name.toLowerCase(), (value?.minor ?? 0n) * (sign === '-' ? 1n : -1n), currencyIn(name)] as const
      },
    )
    const compared = theirs.map(([name, minor, code]) => [name, formatMoney(money(minor, code))] as const).sort()
    expect(Object.fromEntries(compared)).toEqual(await balancesByName())
  })
})
