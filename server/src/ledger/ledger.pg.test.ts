import fc from 'fast-check'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { allCurrencies } from '../../test/support/arbitraries.ts'
import { balances, findBrokenRules, listWalletBalances } from '../../test/support/books.ts'
import { aMerchant, type Claimed, someExecutions, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { noon } from '../../test/support/fakes.ts'
import { type Currency } from '../kernel/currencies.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'

let database: TestDatabase
/** Entries name an execution: these stand for all of them. */
let causes: Claimed[]
let reasons = 0

beforeAll(async () => {
  database = await createTestDatabase()
  causes = [...(await someExecutions(database.pool, 10)), ...(await someExecutions(database.pool, 10))]
})
afterAll(() => database.drop())

afterEach(async () => {
  expect(await findBrokenRules(database.pool)).toEqual({})
})

interface Account {
  readonly kind: 'wallet' | 'clearing' | 'platform_fees' | 'gateway_fees' | 'fx_fees' | 'exchange_position'
  readonly owner?: MerchantId
  readonly provider?: 'PAWAPAY' | 'STRIPE'
}

interface Line extends Account {
  readonly side: 'debit' | 'credit'
  readonly amount: bigint
  readonly currency: Currency
}

interface Entry {
  readonly cause: Pick<Claimed, 'merchantId' | 'executionId'>
  readonly reason: string
  readonly lines: readonly Line[]
}

const clearing: Account = { kind: 'clearing', provider: 'PAWAPAY' }
const fees: Account = { kind: 'platform_fees' }
const position: Account = { kind: 'exchange_position' }
const walletOf = (owner: MerchantId): Account => ({ kind: 'wallet', owner })

const debit = (account: Account, amount: bigint, currency: Currency = 'USD'): Line => ({
  ...account,
  side: 'debit',
  amount,
  currency,
})
const credit = (account: Account, amount: bigint, currency: Currency = 'USD'): Line => ({
  ...account,
  side: 'credit',
  amount,
  currency,
})

const aReason = (): string => `test.${(reasons += 1)}`

function cause(index = 0): Claimed {
  const found = causes[index % causes.length]
  if (!found) throw new Error('no execution')
  return found
}

const anEntry = (lines: readonly Line[], its: Partial<Entry> = {}): Entry => ({
  cause: cause(),
  reason: aReason(),
  lines,
  ...its,
})

function post(db: Pick<pg.Pool, 'query'>, entries: readonly Entry[]): Promise<unknown> {
  const drafts = entries.map(({ cause: { merchantId, executionId }, reason }, entry) => ({
    entry,
    merchant_id: merchantId,
    execution_id: executionId,
    reason,
  }))
  const lines = entries.flatMap((entry, index) =>
    entry.lines.map((line) => ({
      entry: index,
      kind: line.kind,
      merchant_id: line.owner ?? null,
      provider: line.provider ?? null,
      currency: line.currency,
      side: line.side,
      amount_minor: String(line.amount),
    })),
  )
  return db.query(
    `select ledger_post(
       array(select e from jsonb_populate_recordset(null::ledger_entry_draft, $1) e),
       array(select l from jsonb_populate_recordset(null::ledger_line_draft, $2) l),
       $3
     )`,
    [JSON.stringify(drafts), JSON.stringify(lines), noon],
  )
}

/** The name of the constraint a statement broke; undefined when it broke none. */
async function broken(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.constraint ?? error.message
    throw error
  }
}

/** As `broken`, and whatever the statement did is undone. */
async function brokenWhenTried(statement: string): Promise<string | undefined> {
  const client = await database.pool.connect()
  await client.query('begin')
  try {
    return await broken(client.query(statement))
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const entryCount = async (): Promise<number> =>
  (await sql<{ count: number }>(database.pool, 'select count(*)::integer as count from ledger_entries'))[0]?.count ?? 0

test('an entry moves its amounts, and opens the accounts it names', async () => {
  const merchantId = await aMerchant(database.pool)
  await post(database.pool, [
    anEntry([debit(clearing, 25_750n), credit(walletOf(merchantId), 25_000n), credit(fees, 750n)]),
  ])
  expect(await listWalletBalances(database.pool, merchantId)).toEqual([{ merchantId, balance: money(25_000n, 'USD') }])
})

test.each<[string, () => readonly Line[]]>([
  ['one side only', () => [debit(clearing, 100n)]],
  ['a cent too much', () => [debit(clearing, 100n), credit(fees, 101n)]],
  ['debits on both sides', () => [debit(clearing, 100n), debit(fees, 100n)]],
  ['amounts that only add up across currencies', () => [debit(clearing, 100n, 'USD'), credit(fees, 100n, 'LRD')]],
  [
    'one currency that balances and one that does not',
    () => [
      debit(clearing, 100n, 'USD'),
      credit(position, 100n, 'USD'),
      debit(position, 14n, 'RWF'),
      credit(fees, 15n, 'RWF'),
    ],
  ],
  [
    'currencies that would balance each other',
    () => [
      debit(clearing, 100n, 'USD'),
      credit(fees, 90n, 'USD'),
      debit(clearing, 90n, 'LRD'),
      credit(fees, 100n, 'LRD'),
    ],
  ],
])('an entry with %s is refused', async (_what, lines) => {
  const before = await balances(database.pool)
  expect(await broken(post(database.pool, [anEntry(lines())]))).toBe('ledger_postings_balanced')
  const after = await balances(database.pool)
  expect(Object.keys(after).filter((name) => after[name] !== (before[name] ?? 0n))).toEqual([])
})

test('two entries that balance only together are both refused', async () => {
  const count = await entryCount()
  const entries = [
    anEntry([debit(clearing, 100n), credit(fees, 90n)]),
    anEntry([debit(clearing, 90n), credit(fees, 100n)]),
  ]
  expect(await broken(post(database.pool, entries))).toBe('ledger_postings_balanced')
  expect(await entryCount()).toBe(count)
})

test.each([0n, -1n])('a line of %d is refused', async (amount) => {
  expect(await broken(post(database.pool, [anEntry([debit(clearing, amount), credit(fees, amount)])]))).toBe(
    'ledger_postings_amount_positive',
  )
})

test('a side is debit or credit', async () => {
  const lines = [debit(clearing, 1n), { ...credit(fees, 1n), side: 'CREDIT' as 'credit' }]
  expect(await broken(post(database.pool, [anEntry(lines)]))).toBe('ledger_postings_side_known')
})

test('an execution is booked once for one reason, whoever asks how often', async () => {
  const entry = anEntry([debit(clearing, 100n), credit(fees, 100n)])
  await post(database.pool, [entry])
  expect(await broken(post(database.pool, [entry]))).toBe('ledger_entries_once')
  const twice = anEntry([debit(clearing, 100n), credit(fees, 100n)])
  expect(await broken(post(database.pool, [twice, twice]))).toMatch(/^ledger_(entries_once|postings_pkey)$/)
  const attempts = await Promise.all([1, 2, 3, 4].map(() => broken(post(database.pool, [twice]))))
  expect(attempts.filter((constraint) => constraint === undefined)).toHaveLength(1)
})

test('an execution may be booked for another reason', async () => {
  const first = anEntry([debit(clearing, 100n), credit(fees, 100n)])
  expect(await broken(post(database.pool, [first, { ...first, reason: aReason() }]))).toBeUndefined()
})

test('a wallet never goes below zero, and takes nobody with it', async () => {
  const [poor, rich] = [await aMerchant(database.pool), await aMerchant(database.pool)]
  await post(database.pool, [
    anEntry([debit(clearing, 100n), credit(walletOf(poor), 100n)]),
    anEntry([debit(clearing, 500n), credit(walletOf(rich), 500n)]),
  ])
  const tooMuch = anEntry([debit(walletOf(poor), 101n), credit(walletOf(rich), 101n)])
  expect(await broken(post(database.pool, [tooMuch]))).toBe('ledger_balances_not_negative')
  const all = anEntry([debit(walletOf(poor), 100n), credit(walletOf(rich), 100n)])
  expect(await broken(post(database.pool, [all]))).toBeUndefined()
  expect(await listWalletBalances(database.pool, poor)).toMatchObject([{ balance: { minor: 0n } }])
  expect(await listWalletBalances(database.pool, rich)).toMatchObject([{ balance: { minor: 600n } }])
})

test('a wallet is not filled by one line to be emptied by another beyond what it has', async () => {
  const merchantId = await aMerchant(database.pool)
  const lines = [
    debit(clearing, 50n),
    credit(walletOf(merchantId), 50n),
    debit(walletOf(merchantId), 60n),
    credit(fees, 60n),
  ]
  expect(await broken(post(database.pool, [anEntry(lines)]))).toBe('ledger_balances_not_negative')
})

test.each([
  ["update ledger_entries set reason = 'x'", 'ledger_append_only'],
  ['update ledger_entries set id = default where false', 'ledger_append_only'],
  ['delete from ledger_entries', 'ledger_append_only'],
  ['truncate ledger_entries cascade', 'ledger_append_only'],
  ['update ledger_postings set amount_minor = amount_minor + 1', 'ledger_append_only'],
  ["update ledger_postings set side = case side when 'debit' then 'credit' else 'debit' end", 'ledger_append_only'],
  ['delete from ledger_postings', 'ledger_append_only'],
  ['truncate ledger_postings', 'ledger_append_only'],
  ['update ledger_balances set balance_minor = balance_minor + 1', 'ledger_append_only'],
  ['update ledger_balances set may_go_negative = true', 'ledger_append_only'],
  [
    'insert into ledger_balances (account_id, balance_minor, may_go_negative) values (0, 1, true)',
    'ledger_append_only',
  ],
  ['delete from ledger_balances', 'ledger_append_only'],
  ['truncate ledger_balances', 'ledger_append_only'],
  ['truncate ledger_accounts cascade', 'ledger_append_only'],
  ['truncate executions cascade', 'ledger_append_only'],
  ['truncate merchants cascade', 'ledger_append_only'],
  ['delete from ledger_accounts', 'ledger_append_only'],
])('%s is refused', async (statement, constraint) => {
  await post(database.pool, [anEntry([debit(clearing, 1n), credit(fees, 1n)])])
  expect(await broken(sql(database.pool, statement))).toBe(constraint)
})

test.each([
  ['its owner', (other: MerchantId) => `merchant_id = ${other}`],
  ['its kind', () => `kind = 'platform_fees', merchant_id = null`],
  ['its currency', () => `currency = 'RWF'`],
])('a wallet that was used never changes %s: its history would become somebody else’s', async (_what, change) => {
  const [merchantId, other] = [await aMerchant(database.pool), await aMerchant(database.pool)]
  await post(database.pool, [anEntry([debit(clearing, 100n), credit(walletOf(merchantId), 100n)])])
  const statement = `update ledger_accounts set ${change(other)} where kind = 'wallet' and merchant_id = ${merchantId}`
  expect(await brokenWhenTried(statement)).toBeDefined()
})

test('a line added to an entry later must balance on its own', async () => {
  const reason = aReason()
  await post(database.pool, [anEntry([debit(clearing, 100n), credit(fees, 100n)], { reason })])
  const add = sql(
    database.pool,
    `insert into ledger_postings (merchant_id, entry_id, line, account_id, side, amount_minor, currency)
     select p.merchant_id, p.entry_id, 99, p.account_id, 'credit', 5, p.currency
     from ledger_postings p
     join ledger_entries e on e.merchant_id = p.merchant_id and e.id = p.entry_id
     where e.reason = $1 and p.side = 'credit'`,
    [reason],
  )
  expect(await broken(add)).toBe('ledger_postings_balanced')
})

test('a posting is in the currency of its account', async () => {
  const wrong = sql(
    database.pool,
    `insert into ledger_postings (merchant_id, entry_id, line, account_id, side, amount_minor, currency)
     select p.merchant_id, p.entry_id, 90 + row_number() over (), p.account_id, p.side, p.amount_minor, 'RWF'
     from ledger_postings p
     where p.currency = 'USD'
     limit 2`,
  )
  expect(await broken(wrong)).toMatch(/ledger_postings_(account|balanced)/)
})

test.each([
  [{ kind: 'wallet' }, 'ledger_accounts_owner'],
  [{ kind: 'clearing' }, 'ledger_accounts_provider'],
  [{ kind: 'platform_fees', provider: 'PAWAPAY' }, 'ledger_accounts_provider'],
] as const)('an account of %o is refused', async (account, constraint) => {
  expect(await broken(post(database.pool, [anEntry([debit(account, 1n), credit(fees, 1n)])]))).toBe(constraint)
})

test('a fee account belongs to nobody', async () => {
  const owned = { kind: 'platform_fees', owner: cause().merchantId } as const
  expect(await broken(post(database.pool, [anEntry([debit(clearing, 1n), credit(owned, 1n)])]))).toBe(
    'ledger_accounts_owner',
  )
})

test('an entry names an execution that exists, of its own merchant', async () => {
  const lines = [debit(clearing, 1n), credit(fees, 1n)]
  const stranger = { merchantId: cause(15).merchantId, executionId: cause(0).executionId }
  expect(await broken(post(database.pool, [anEntry(lines, { cause: stranger })]))).toBe('ledger_entries_execution')
})

/** A model of the books: what is refused, and what every account then holds. */
function applyTo(books: Map<string, bigint>, accounts: readonly Account[], entry: readonly RandomMove[]): boolean {
  const moved = new Map<string, bigint>()
  const move = (account: number, currency: Currency, amount: bigint): void => {
    const key = `${account} ${currency}`
    moved.set(key, (moved.get(key) ?? 0n) + amount)
  }
  for (const { from, to, currency, amount, lost } of entry) {
    if (lost !== 0n) return false
    move(from, currency, -amount)
    move(to, currency, amount)
  }
  for (const [key, delta] of moved) {
    const isWallet = accounts[Number(key.split(' ')[0])]?.kind === 'wallet'
    if (isWallet && (books.get(key) ?? 0n) + delta < 0n) return false
  }
  for (const [key, delta] of moved) books.set(key, (books.get(key) ?? 0n) + delta)
  return true
}

interface RandomMove {
  readonly from: number
  readonly to: number
  readonly currency: Currency
  readonly amount: bigint
  /** What fails to arrive; zero in an honest entry. */
  readonly lost: bigint
}

const anyMove = (accounts: number): fc.Arbitrary<RandomMove> =>
  fc.record({
    from: fc.nat({ max: accounts - 1 }),
    to: fc.nat({ max: accounts - 1 }),
    currency: fc.constantFrom(...allCurrencies),
    amount: fc.bigInt({ min: 2n, max: 1_000n }),
    lost: fc.oneof({ weight: 19, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: fc.constant(1n) }),
  })

const toLines =
  (accounts: readonly Account[]) =>
  ({ from, to, currency, amount, lost }: RandomMove): Line[] => {
    const [source, target] = [accounts[from], accounts[to]]
    if (!source || !target) throw new Error('no such account')
    return [debit(source, amount, currency), credit(target, amount - lost, currency)]
  }

/** Two wallets and the platform's own, all new, so that their books begin at zero. */
async function newAccounts(): Promise<Account[]> {
  const [first, second] = [await aMerchant(database.pool), await aMerchant(database.pool)]
  return [walletOf(first), walletOf(second), clearing, fees, position, { kind: 'gateway_fees', provider: 'STRIPE' }]
}

test('after any mix of good and bad entries the balances are those of a model that never rounds or forgets', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyMove(6), { minLength: 1, maxLength: 4 }), { maxLength: 15 }),
      async (entries) => {
        const accounts = await newAccounts()
        const books = new Map<string, bigint>()
        for (const [index, moves] of entries.entries()) {
          const entry = anEntry(moves.flatMap(toLines(accounts)), { cause: cause(index) })
          const refused = await broken(post(database.pool, [entry]))
          expect(refused === undefined).toBe(applyTo(books, accounts, moves))
        }
        for (const index of [0, 1]) {
          const owner = accounts[index]?.owner
          const held = new Map(
            (await listWalletBalances(database.pool, owner)).map(({ balance }) => [balance.currency, balance.minor]),
          )
          for (const currency of allCurrencies) {
            expect(held.get(currency) ?? 0n).toBe(books.get(`${index} ${currency}`) ?? 0n)
          }
        }
        expect(await findBrokenRules(database.pool)).toEqual({})
      },
    ),
    { numRuns: 10 },
  )
})

test('entries posted at the same time, in groups, over the same accounts, leave the books right', async () => {
  const pool = new pg.Pool({ connectionString: database.url, max: 8 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.array(anyMove(6), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }), {
        minLength: 8,
        maxLength: 24,
      }),
      async (groups) => {
        const accounts = await newAccounts()
        await post(pool, [
          anEntry(
            allCurrencies.flatMap((currency) => [
              debit(clearing, 5_000n, currency),
              credit(accounts[0] ?? fees, 5_000n, currency),
            ]),
          ),
        ])
        const outcomes = await Promise.all(
          groups.map((group, index) =>
            broken(
              post(
                pool,
                group.map((moves) => anEntry(moves.flatMap(toLines(accounts)), { cause: cause(index) })),
              ),
            ),
          ),
        )
        for (const outcome of outcomes) {
          expect([undefined, 'ledger_postings_balanced', 'ledger_balances_not_negative']).toContain(outcome)
        }
        expect(await findBrokenRules(pool)).toEqual({})
      },
    ),
    { numRuns: 8 },
  )
  await pool.end()
})

test('entries that meet the same accounts from opposite ends never deadlock', async () => {
  const pool = new pg.Pool({ connectionString: database.url, max: 8 })
  const owners = await Promise.all([1, 2, 3, 4].map(() => aMerchant(pool)))
  const wallets = owners.map(walletOf)
  await post(pool, [anEntry(wallets.flatMap((wallet) => [debit(clearing, 1_000n), credit(wallet, 1_000n)]))])
  const around = (order: readonly Account[], index: number): Promise<unknown> =>
    post(pool, [
      anEntry(
        order.flatMap((wallet, place) => [debit(wallet, 1n), credit(order[(place + 1) % order.length] ?? wallet, 1n)]),
        { cause: cause(index) },
      ),
    ])
  for (let round = 0; round < 25; round += 1) {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => around(index % 2 ? wallets : wallets.toReversed(), index)),
    )
  }
  for (const owner of owners) {
    expect(await listWalletBalances(pool, owner)).toMatchObject([{ balance: { minor: 1_000n } }])
  }
  await pool.end()
})

test('accounts first named by several entries at once are opened once', async () => {
  const pool = new pg.Pool({ connectionString: database.url, max: 8 })
  for (let round = 0; round < 10; round += 1) {
    const owners = await Promise.all([1, 2, 3].map(() => aMerchant(pool)))
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const order = index % 2 ? owners : owners.toReversed()
        const lines = order.flatMap((owner) => [debit(clearing, 1n), credit(walletOf(owner), 1n)])
        return post(pool, [anEntry(lines, { cause: cause(index) })])
      }),
    )
    for (const owner of owners) {
      expect(await listWalletBalances(pool, owner)).toMatchObject([{ balance: { minor: 8n } }])
    }
  }
  await pool.end()
})

test('wallets are listed for one merchant, or for all of them in order', async () => {
  const [first, second] = [await aMerchant(database.pool), await aMerchant(database.pool)]
  await post(database.pool, [
    anEntry([debit(clearing, 7n, 'RWF'), credit(walletOf(second), 7n, 'RWF')]),
    anEntry([debit(clearing, 5n), credit(walletOf(first), 5n)]),
    anEntry([debit(clearing, 6n, 'LRD'), credit(walletOf(first), 6n, 'LRD')]),
  ])
  const ofFirst = [
    { merchantId: first, balance: money(6n, 'LRD') },
    { merchantId: first, balance: money(5n, 'USD') },
  ]
  expect(await listWalletBalances(database.pool, first)).toEqual(ofFirst)
  const all = await listWalletBalances(database.pool, undefined)
  expect(all).toEqual(expect.arrayContaining([...ofFirst, { merchantId: second, balance: money(7n, 'RWF') }]))
})
