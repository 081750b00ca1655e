import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { isDatabaseUnavailable } from './availability.ts'
import { isStatementError, openPool, type Pool, withTx } from './pool.ts'
import { inOrder, numbered, queryOne, queryRow } from './rows.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 1, onIdleError: () => undefined })
  await sql(pool, 'create table kept (id integer constraint kept_key unique deferrable initially deferred)')
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const kept = async (): Promise<unknown[]> =>
  (await sql<{ id: number }>(pool, 'select id from kept order by id')).map(({ id }) => id)
const keep = (db: Parameters<typeof sql>[0], id: number) => sql(db, 'insert into kept (id) values ($1)', [id])

test('what a transaction did is kept when its work returns, and undone when it throws', async () => {
  expect(await withTx(pool, async (tx) => (await keep(tx, 1), 'done'))).toBe('done')
  const failed = withTx(pool, async (tx) => {
    await keep(tx, 2)
    throw new Error('changed my mind')
  })
  await expect(failed).rejects.toThrow('changed my mind')
  expect(await kept()).toEqual([1])
})

test('a commit that fails is told, and the one connection serves the next', async () => {
  const failed = withTx(pool, (tx) => keep(tx, 1))
  await expect(failed).rejects.toMatchObject({ constraint: 'kept_key' })
  expect(await kept()).toEqual([1])
})

// As when PostgreSQL is restarted or fails over: the process itself must survive it.
test('a connection that breaks in the middle undoes the transaction, is replaced, and ends nothing else', async () => {
  const whileAsking = withTx(pool, async (tx) => {
    await keep(tx, 3)
    await sql(tx, 'select pg_terminate_backend(pg_backend_pid())')
  })
  expect(isDatabaseUnavailable(await whileAsking.catch((reason: unknown) => reason))).toBe(true)
  expect(await kept()).toEqual([1])

  const betweenTwoStatements = withTx(pool, async (tx) => {
    const [own] = await sql<{ pid: number }>(tx, 'select pg_backend_pid() as pid')
    await keep(tx, 3)
    await sql(database.pool, 'select pg_terminate_backend($1)', [own?.pid])
    await new Promise((resolve) => setTimeout(resolve, 50))
    await keep(tx, 4)
  })
  await expect(betweenTwoStatements).rejects.toThrow()
  expect(await kept()).toEqual([1])
})

test('what PostgreSQL refused is told from what never reached it', async () => {
  const wrong: unknown = await sql(pool, 'select 1 / 0').catch((reason: unknown) => reason)
  expect([isStatementError(wrong), isStatementError(new Error('x'))]).toEqual([true, false])
})

test('large numbers come over as text, times as moments, whatever the session’s zone', async () => {
  expect(
    await sql(
      pool,
      `select 9223372036854775807 as big, 0.1::numeric as exact, timestamptz '2025-06-01T12:00:00Z' as at`,
    ),
  ).toEqual([{ big: '9223372036854775807', exact: '0.1', at: new Date('2025-06-01T12:00:00Z') }])
})

test('a statement that ought to answer one row says so when it does not', async () => {
  expect(await queryOne(pool, 'no-row', 'select 1 where false', [])).toBeUndefined()
  await expect(queryOne(pool, 'two-rows', 'select generate_series(1, 2)', [])).rejects.toThrow('invariant broken')
  await expect(queryRow(pool, 'no-row-again', 'select 1 where false', [])).rejects.toThrow('invariant broken')
})

test('verdicts find their way back to their elements, and a missing or a doubled one is noticed', () => {
  expect(JSON.parse(numbered([{ amount: 5n }, { amount: undefined }]))).toEqual([{ ord: 0, amount: '5' }, { ord: 1 }])
  expect(inOrder([{ ord: 1 }, { ord: 0 }], 2)).toEqual([{ ord: 0 }, { ord: 1 }])
  expect(inOrder([], 0)).toEqual([])
  expect(() => inOrder([{ ord: 0 }], 2)).toThrow('one verdict per element')
  expect(() => inOrder([{ ord: 0 }, { ord: 0 }], 2)).toThrow('one verdict per element')
})
