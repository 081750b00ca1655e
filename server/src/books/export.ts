import { type Currency, currencies, decimalsOf } from '../kernel/currencies.ts'
import { invariant } from '../kernel/invariant.ts'
import { formatMoney, money } from '../kernel/money.ts'
import { allowTime, type Pool, withTx } from '../platform/db/pool.ts'
import { readMoney } from '../platform/db/rows.ts'
import { type BookedEntry } from './model.ts'
import { type Account, listAccounts, listEntriesBetween } from './store.ts'

export const bookFormats = ['hledger', 'beancount'] as const
export type BookFormat = (typeof bookFormats)[number]

export interface BookExport {
  readonly format: BookFormat
  /** Undefined for all of them. */
  readonly currency: Currency | undefined
  /** Entries booked from here on, and before there. */
  readonly from: Date | undefined
  readonly to: Date | undefined
}

const rowsPerRead = 1_000

/**
 * Writes the books as plain-text accounting: each account of ours is one of theirs, each entry one transaction. All of it
 * is read at one moment, a batch at a time, so that neither the ledger's size nor a slow reader fills the memory.
 */
export const exportBooks = (db: Pool, wanted: BookExport, write: (text: string) => Promise<void>): Promise<void> =>
  withTx(db, async (tx) => {
    await allowTime(tx, 'snapshot')
    const dialect = dialects[wanted.format]
    const wants = (currency: string) => wanted.currency === undefined || wanted.currency === currency
    await write(dialect.opening(currencies.filter(wants)))
    for (let after: string | undefined = '0'; after !== undefined;) {
      const accounts = await listAccounts(tx, { after, most: rowsPerRead })
      const names = accounts.filter((account) => wants(account.currency)).map(dialect.account)
      await write(names.join(''))
      after = accounts.length === rowsPerRead ? accounts.at(-1)?.id : undefined
    }
    for (let after: string | undefined = '0'; after !== undefined;) {
      const entries = await listEntriesBetween(tx, { after, from: wanted.from, to: wanted.to, most: rowsPerRead })
      const chosen = entries
        .map((entry) => ({ ...entry, lines: entry.lines.filter((line) => wants(line.currency)) }))
        .filter((entry) => entry.lines.length > 0)
      await write(chosen.map(dialect.transaction).join(''))
      after = entries.length === rowsPerRead ? entries.at(-1)?.id : undefined
    }
  })

interface Dialect {
  readonly opening: (used: readonly Currency[]) => string
  readonly account: (account: Account) => string
  readonly transaction: (entry: BookedEntry) => string
}

/** Where an account stands: from the root down, its currency last, so that no two accounts share a name. */
export function accountPath({ kind, ownerId, partyId, provider, currency }: Account): string[] {
  const merchant = ['liabilities', 'merchants', ownerId ?? '']
  const gateway = provider?.toLowerCase() ?? ''
  const paths: Readonly<Record<string, readonly string[]>> = {
    wallet: partyId === null ? [...merchant, 'wallet'] : [...merchant, 'contacts', partyId],
    wallet_held: [...merchant, 'held'],
    clearing: ['assets', 'clearing', gateway],
    platform_fees: ['income', 'fees', 'platform'],
    gateway_fees: ['income', 'fees', 'gateway', gateway],
    fx_fees: ['income', 'fees', 'fx'],
    exchange_position: ['equity', 'exchange-position'],
    opening_equity: ['equity', 'opening'],
  }
  const path = paths[kind]
  invariant(path, `an account of a known kind, not ${kind}`)
  return [...path, currency]
}

const hledgerName = (account: Account): string => accountPath(account).join(':')
const beancountName = (account: Account): string =>
  accountPath(account)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(':')

/** Their signs: a debit is plus. */
function moves(entry: BookedEntry, nameOf: (account: Account) => string): string[] {
  return entry.lines.map((line) => {
    invariant(line.kind !== null, `posting ${line.line} of entry ${entry.id} has an account`)
    const name = nameOf({
      id: line.account_id,
      kind: line.kind,
      ownerId: line.owner_id,
      partyId: line.party_id,
      provider: line.provider,
      currency: line.currency,
    })
    const amount = formatMoney(readMoney(line.amount_minor, line.currency))
    return `    ${name}  ${line.side === 'debit' ? amount : `-${amount}`} ${line.currency}\n`
  })
}

const dayOf = (entry: BookedEntry): string => entry.postedAt.slice(0, 10)
/** No character that means something to either format. */
const plain = (text: string): string => text.replace(/[^\w. -]/g, '-')

const dialects: Readonly<Record<BookFormat, Dialect>> = {
  hledger: {
    opening: (used) =>
      used
        .map((currency) => {
          const sample = formatMoney(money(10n ** BigInt(3 + decimalsOf(currency)), currency))
          // Their directive asks for a decimal point, also where no decimals follow.
          return `commodity ${sample.includes('.') ? sample : `${sample}.`} ${currency}\n`
        })
        .join(''),
    account: (account) => `account ${hledgerName(account)}\n`,
    transaction: (entry) => {
      const tags = [`merchant:${entry.merchantId}`, `at:${entry.postedAt}`]
      if (entry.executionId !== null) tags.unshift(`execution:${entry.executionId}`)
      const head = `${dayOf(entry)} * (${entry.id}) ${plain(entry.reason)}  ; ${tags.join(', ')}`
      return `\n${head}\n${moves(entry, hledgerName).join('')}`
    },
  },
  beancount: {
    opening: (used) => used.map((currency) => `option "operating_currency" "${currency}"\n`).join(''),
    // From the beginning of time: an account is opened by its first entry, and clocks of two processes may differ.
    account: (account) => `1970-01-01 open ${beancountName(account)} ${account.currency}\n`,
    transaction: (entry) => {
      const facts = [`entry: "${entry.id}"`, `merchant: "${entry.merchantId}"`, `at: "${entry.postedAt}"`]
      if (entry.executionId !== null) facts.push(`execution: "${entry.executionId}"`)
      const head = `${dayOf(entry)} * "${plain(entry.reason)}"`
      return `\n${head}\n${facts.map((fact) => `  ${fact}\n`).join('')}${moves(entry, beancountName).join('')}`
    },
  },
}
