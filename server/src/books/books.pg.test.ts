import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aMerchant, anExecution, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { noon } from '../../test/support/fakes.ts'
import { money } from '../kernel/money.ts'
import { createSealer } from './seal.ts'
import { verifyBooks } from './verify.ts'

let database: TestDatabase

const count = async (table: 'ledger_entries' | 'ledger_seals'): Promise<number> =>
  (await sql<{ count: number }>(database.pool, `select count(*)::integer as count from ${table}`))[0]?.count ?? 0

/** Books payments, each in one entry. */
async function book(payments: number): Promise<void> {
  const executions = await someExecutions(database.pool, payments)
  await tell(
    database.pool,
    executions.map((each) => news(each, 'COMPLETED')),
  )
}

async function sealAll(most?: number): Promise<void> {
  const sealer = createSealer(database.pool, most)
  for (let rounds = 0; (await count('ledger_seals')) < (await count('ledger_entries')); rounds += 1) {
    expect(rounds).toBeLessThan(20)
    await sealer.round()
  }
}

const openBooks = async (payments: number): Promise<void> => {
  database = await createTestDatabase()
  await book(payments)
}

describe('sealing', () => {
  beforeAll(() => openBooks(7))
  afterAll(() => database.drop())

  test('goes on where it ended, a round at a time, and proves itself', async () => {
    await sealAll(3)
    await book(2)
    expect(await verifyBooks(database.pool)).toMatchObject({ sealed: 7n, unsealed: 2n, finding: undefined })
    await sealAll(3)
    expect(await verifyBooks(database.pool)).toMatchObject({ sealed: 9n, unsealed: 0n, finding: undefined })
  })

  test('several processes at once make one chain', async () => {
    await book(40)
    const sealers = Array.from({ length: 4 }, () => createSealer(database.pool, 5))
    for (let rounds = 0; (await count('ledger_seals')) < (await count('ledger_entries')); rounds += 1) {
      expect(rounds).toBeLessThan(60)
      await Promise.all(sealers.map((sealer) => sealer.round()))
    }
    expect(await verifyBooks(database.pool)).toMatchObject({ unsealed: 0n, finding: undefined })
  })

  test('an entry whose transaction commits late is not missed, though later ones were committed before it', async () => {
    const late = await anExecution(database.pool)
    // Another currency: it moves no account that the late one holds.
    const early = await anExecution(database.pool, { total: money(5_000n, 'LRD') })
    const before = await count('ledger_seals')
    const writer = await database.pool.connect()
    const sealer = createSealer(database.pool)
    try {
      await writer.query('begin')
      await tell(writer, [news(late, 'COMPLETED')])
      await tell(database.pool, [news(early, 'COMPLETED')])
      for (let rounds = 0; rounds < 3; rounds += 1) await sealer.round()
      expect(await count('ledger_seals')).toBe(before)
    } finally {
      await writer.query('commit')
      writer.release()
    }
    await sealer.round()
    expect(await count('ledger_seals')).toBe(before + 2)
    expect(await verifyBooks(database.pool)).toMatchObject({ unsealed: 0n, finding: undefined })
  })

  test('an id that was drawn and not written yet is waited for', async () => {
    const merchantId = await aMerchant(database.pool)
    const before = await count('ledger_seals')
    const writer = await database.pool.connect()
    const sealer = createSealer(database.pool)
    try {
      // What an insert does, with time to look in between: it locks the table, draws an id, writes.
      await writer.query('begin')
      await writer.query('lock table ledger_entries in row exclusive mode')
      const { rows } = await writer.query<{ id: string }>(`select nextval('ledger_entries_id_seq') as id`)
      await book(1)
      for (let rounds = 0; rounds < 3; rounds += 1) await sealer.round()
      expect(await count('ledger_seals')).toBe(before)
      await writer.query(
        `insert into ledger_entries (id, merchant_id, reason, posted_at) overriding system value
         values ($1, $2, 'wallets.opened', $3)`,
        [rows[0]?.id, merchantId, noon],
      )
    } finally {
      await writer.query('commit')
      writer.release()
    }
    await sealer.round()
    expect(await count('ledger_seals')).toBe(before + 2)
  })

  test('an entry that was rolled back leaves a gap in the ids and none in the chain', async () => {
    const undone = await anExecution(database.pool)
    const writer = await database.pool.connect()
    await writer.query('begin')
    await tell(writer, [news(undone, 'COMPLETED')])
    await writer.query('rollback')
    writer.release()
    await book(1)
    await sealAll()
    expect(await verifyBooks(database.pool)).toMatchObject({ unsealed: 0n, finding: undefined })
  })

  test('sealing waits for nobody and nobody waits for it', async () => {
    await book(1)
    const reader = await database.pool.connect()
    try {
      await reader.query('begin isolation level repeatable read')
      await reader.query('select count(*) from ledger_entries')
      await sealAll()
      await reader.query('commit')
    } finally {
      reader.release()
    }
    expect(await count('ledger_seals')).toBe(await count('ledger_entries'))
  })

  test('a seal is never changed or removed', async () => {
    for (const statement of [
      'update ledger_seals set merchant_id = merchant_id',
      'delete from ledger_seals',
      'truncate ledger_seals',
    ]) {
      await expect(database.pool.query(statement)).rejects.toThrow(pg.DatabaseError)
    }
  })
})

describe('whoever may do anything', () => {
  /** Runs statements as one who switches every trigger and foreign key off. */
  async function tamper(...statements: readonly string[]): Promise<void> {
    const client = await database.pool.connect()
    try {
      await client.query('begin')
      await client.query('set local session_replication_role = replica')
      for (const statement of statements) await client.query(statement)
      await client.query('commit')
    } finally {
      client.release()
    }
  }

  beforeEach(async () => {
    await openBooks(5)
    await sealAll()
    return () => database.drop()
  })

  const third = '(select entry_id from ledger_seals where position = 3)'

  test.each([
    ['changes an amount', [`update ledger_postings set amount_minor = amount_minor + 1 where entry_id = ${third}`]],
    [
      'changes a whole entry, in balance',
      [`update ledger_postings set amount_minor = amount_minor * 2 where entry_id = ${third}`],
    ],
    ['turns a side', [`update ledger_postings set side = 'credit' where entry_id = ${third} and line = 1`]],
    ['changes a reason', [`update ledger_entries set reason = 'x' where id = ${third}`]],
    ['changes a time', [`update ledger_entries set posted_at = posted_at + interval '1 us' where id = ${third}`]],
    ['changes a cause', [`update ledger_entries set execution_id = 999999 where id = ${third}`]],
    ['removes a posting', [`delete from ledger_postings where entry_id = ${third} and line = 1`]],
    [
      'inserts a posting',
      [
        `insert into ledger_postings (merchant_id, entry_id, line, account_id, side, amount_minor, currency)
         select merchant_id, entry_id, 99, account_id, side, amount_minor, currency
         from ledger_postings where entry_id = ${third} and line = 1`,
      ],
    ],
    [
      'moves postings to another account',
      [
        `update ledger_postings p set account_id = (
           select max(id) from ledger_accounts a where a.currency = p.currency and a.id <> p.account_id
         ) where entry_id = ${third} and line = 1`,
      ],
    ],
    ['changes a seal', [`update ledger_seals set hash = sha256('x') where position = 3`]],
  ])('and %s is found, at that entry', async (_what, statements) => {
    const [row] = await sql<{ entry_id: string }>(database.pool, 'select entry_id from ledger_seals where position = 3')
    await tamper(...statements)
    expect((await verifyBooks(database.pool)).finding).toBe(
      `entry ${row?.entry_id}, its postings, their accounts or its seal 3 were changed`,
    )
  })

  test('and gives an account to another is found at the first entry that moved it', async () => {
    await tamper(`update ledger_accounts set merchant_id = merchant_id + 1 where kind = 'wallet'`)
    expect((await verifyBooks(database.pool)).finding).toMatch(/^entry \d+, its postings, .* seal 1 were changed$/)
  })

  test('and removes an entry is found', async () => {
    await tamper(
      `delete from ledger_postings where entry_id = ${third}`,
      `delete from ledger_entries where id = ${third}`,
    )
    expect((await verifyBooks(database.pool)).finding).toMatch(/^entry \d+ is gone: seal 3 names it$/)
  })

  test('and removes an entry with its seal is found', async () => {
    await tamper(
      `delete from ledger_postings where entry_id = ${third}`,
      `delete from ledger_entries where id = ${third}`,
      'delete from ledger_seals where position = 3',
    )
    expect((await verifyBooks(database.pool)).finding).toMatch(/^seal 3, after that of entry \d+, is gone$/)
  })

  test('and removes a seal is found', async () => {
    const [row] = await sql<{ entry_id: string }>(database.pool, 'select entry_id from ledger_seals where position = 3')
    await tamper('delete from ledger_seals where position = 3')
    expect((await verifyBooks(database.pool)).finding).toBe(`entry ${row?.entry_id} has no seal, and later ones do`)
  })

  test('and slips an entry in below the last one is found', async () => {
    await tamper(
      `insert into ledger_entries (id, merchant_id, execution_id, reason, posted_at) overriding system value
       select id, merchant_id + 1, 424242, 'slipped.in', posted_at from ledger_entries where id = ${third}`,
    )
    expect((await verifyBooks(database.pool)).finding).toMatch(/^entry \d+ has no seal, and later ones do$/)
  })

  test('and inserts a seal is found', async () => {
    await tamper(`insert into ledger_seals values (6, 999999, 1, sha256('x'))`)
    expect((await verifyBooks(database.pool)).finding).toBe('entry 999999 is gone: seal 6 names it')
  })

  test('and changes a balance is found', async () => {
    await tamper(`update ledger_balances set balance_minor = balance_minor + 1 where account_id = 1`)
    expect((await verifyBooks(database.pool)).finding).toMatch(
      /^account 1 has a balance of -?\d+ and postings that sum to -?\d+$/,
    )
  })

  test('and removes a balance is found', async () => {
    await tamper(`delete from ledger_balances where account_id = 1`)
    expect((await verifyBooks(database.pool)).finding).toMatch(/^account 1 has a balance of nothing and postings/)
  })

  test('and changes what is not sealed yet is found by the ledger rules', async () => {
    await book(1)
    await tamper(
      `update ledger_postings set amount_minor = amount_minor + 1
       where line = 1 and entry_id = (select max(id) from ledger_entries)`,
    )
    expect((await verifyBooks(database.pool)).finding).toMatch(/^entry \d+ does not balance in USD$/)
  })

  test('and leaves postings of no entry is found', async () => {
    await tamper(
      `insert into ledger_postings (merchant_id, entry_id, line, account_id, side, amount_minor, currency)
       values (1, 999999, 1, 1, 'debit', 5, 'USD'), (1, 999999, 2, 1, 'credit', 5, 'USD')`,
    )
    expect((await verifyBooks(database.pool)).finding).toBe('entry 999999 does not exist, and has postings')
  })

  test('and writes the whole history again is found by a seal that was noted elsewhere', async () => {
    const { sealed, hash } = await verifyBooks(database.pool)
    await tamper(`update ledger_entries set reason = 'x' where id = ${third}`, 'delete from ledger_seals')
    await sealAll()
    expect((await verifyBooks(database.pool)).finding).toBeUndefined()
    expect((await verifyBooks(database.pool, { position: sealed, hash })).finding).toMatch(
      /^entry \d+ or one before it is another than when seal 5 was noted$/,
    )
  })

  test('and cuts off the end is found by a seal that was noted elsewhere', async () => {
    const { sealed, hash } = await verifyBooks(database.pool)
    expect((await verifyBooks(database.pool, { position: sealed, hash })).finding).toBeUndefined()
    await tamper('delete from ledger_seals where position > 3')
    expect((await verifyBooks(database.pool, { position: sealed, hash })).finding).toBe(
      'seal 5 is gone: the chain ends with seal 3',
    )
  })
})
