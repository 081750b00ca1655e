import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { sql } from '../../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { DatabaseUnsuitable, migrate } from './migrate.ts'
import { openPool, type Pool } from './pool.ts'

let database: TestDatabase
let schemas = 0

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** An empty corner of the database, with a pool that sees nothing else. */
async function anEmptySchema(): Promise<Pool> {
  const name = `empty_${(schemas += 1)}`
  await sql(database.pool, `create schema ${name}`)
  const pool = openPool({
    connection: { connectionString: database.url, options: `-c search_path=${name}` },
    maxConnections: 4,
    onIdleError: () => undefined,
  })
  onTestFinished(() => pool.end())
  return pool
}

async function aFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dollr-migrations-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

const tablesOf = async (pool: Pool): Promise<string[]> =>
  (
    await sql<{ name: string }>(
      pool,
      'select table_name as name from information_schema.tables where table_schema = current_schema() order by 1',
    )
  ).map(({ name }) => name)

const appliedTo = async (pool: Pool): Promise<string[]> =>
  (await sql<{ name: string }>(pool, 'select name from schema_migrations order by name')).map(({ name }) => name)

test('every file is applied once, in order, and what is no migration is left alone', async () => {
  const pool = await anEmptySchema()
  const folder = await aFolder({
    '0002_second.sql': 'insert into first values (2);',
    '0001_first.sql': 'create table first (id integer); insert into first values (1);',
    '0003_third.sql.bak': 'this is not SQL',
    'notes.md': 'neither is this',
  })
  expect(await migrate(pool, folder)).toEqual(['0001_first.sql', '0002_second.sql'])
  expect(await migrate(pool, folder)).toEqual([])
  expect(await sql(pool, 'select id from first order by id')).toEqual([{ id: 1 }, { id: 2 }])
})

test('a later release applies only what is new', async () => {
  const pool = await anEmptySchema()
  const first = { '0001_first.sql': 'create table first (id integer);' }
  await migrate(pool, await aFolder(first))
  const next = await aFolder({ ...first, '0002_second.sql': 'create table second (id integer);' })
  expect(await migrate(pool, next)).toEqual(['0002_second.sql'])
})

test('processes that start together apply every file once between them', async () => {
  const pool = await anEmptySchema()
  const folder = await aFolder({
    '0001_first.sql': 'create table first (id integer); select pg_sleep(0.05);',
    '0002_second.sql': 'insert into first values (1);',
  })
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(pool, folder)))
  expect(applied.flat().toSorted()).toEqual(['0001_first.sql', '0002_second.sql'])
  expect(await sql(pool, 'select count(*)::integer as count from first')).toEqual([{ count: 1 }])
})

test('a database that a newer release has changed is refused and left as it is', async () => {
  const pool = await anEmptySchema()
  const older = { '0001_first.sql': 'create table first (id integer);' }
  await migrate(pool, await aFolder({ ...older, '0002_second.sql': 'create table second (id integer);' }))
  const refused = migrate(pool, await aFolder({ ...older, '0001_other.sql': 'create table other (id integer);' }))
  await expect(refused).rejects.toThrow(DatabaseUnsuitable)
  await expect(refused).rejects.toThrow('0002_second.sql')
  expect(await tablesOf(pool)).toEqual(['first', 'schema_migrations', 'second'])
})

test('a failing migration leaves nothing of itself, keeps what came before, and can be mended', async () => {
  const pool = await anEmptySchema()
  const first = { '0001_first.sql': 'create table first (id integer);' }
  const broken = await aFolder({ ...first, '0002_second.sql': 'create table second (id integer); select 1 / 0;' })
  await expect(migrate(pool, broken)).rejects.toThrow('division by zero')
  expect(await tablesOf(pool)).toEqual(['first', 'schema_migrations'])
  expect(await appliedTo(pool)).toEqual(['0001_first.sql'])
  const mended = await aFolder({ ...first, '0002_second.sql': 'create table second (id integer);' })
  expect(await migrate(pool, mended)).toEqual(['0002_second.sql'])
})

test('a failed start gives the lock back to whoever starts next', async () => {
  const pool = await anEmptySchema()
  const broken = await aFolder({ '0001_first.sql': 'select 1 / 0;' })
  const attempts = await Promise.allSettled([1, 2, 3].map(() => migrate(pool, broken)))
  expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await migrate(pool, await aFolder({ '0001_first.sql': 'create table first (id integer);' }))).toHaveLength(1)
})

test('a process waits for another however long its migration takes', async () => {
  const pool = await anEmptySchema()
  // As every pool of the server has one, only shorter.
  const impatient = new pg.Pool({ ...pool.options, statement_timeout: 250 })
  onTestFinished(() => impatient.end())
  const folder = await aFolder({ '0001_first.sql': 'create table first (id integer); select pg_sleep(0.6);' })
  const slow = migrate(pool, folder)
  const lockHolders = () =>
    sql(
      database.pool,
      `select 1
       from pg_locks l
       join pg_database d on d.oid = l.database
       where l.locktype = 'advisory' and l.granted and d.datname = current_database()`,
    )
  await expect.poll(lockHolders, { interval: 5 }).toHaveLength(1)
  const waiting = migrate(impatient, folder)
  await expect(waiting).resolves.toEqual([])
  await slow
  // And is as impatient as before with everything else.
  expect(await sql(impatient, 'show statement_timeout')).toEqual([{ statement_timeout: '250ms' }])
})

test('the migrations of this release build the same database twice', async () => {
  const pool = await anEmptySchema()
  const applied = await migrate(pool)
  expect(applied.length).toBeGreaterThan(0)
  expect(await migrate(pool)).toEqual([])
  const inTemplate = await sql<{ name: string }>(
    database.pool,
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  )
  expect(await tablesOf(pool)).toEqual(inTemplate.map(({ name }) => name))
})
