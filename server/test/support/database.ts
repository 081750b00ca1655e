import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { databaseUrl } from './postgres-for-tests.ts'

export interface TestDatabase {
  readonly url: string
  /** For tests to look into and arrange; the server under test has connections of its own. */
  readonly pool: pg.Pool
  drop(): Promise<void>
}

/** A migrated database of its own for a test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, template } = inject('postgres')
  const name = `dollr_${randomBytes(6).toString('hex')}`
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  await run(`create database ${name} template ${template}`)
  const own = databaseUrl(url, name)
  const pool = new pg.Pool({ connectionString: own, max: 5 })
  pool.on('error', () => undefined)
  return {
    url: own,
    pool,
    async drop() {
      await pool.end()
      await run(`drop database if exists ${name} with (force)`)
    },
  }
}
