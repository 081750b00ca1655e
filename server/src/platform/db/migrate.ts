import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PoolClient } from 'pg'
import { OperatorError } from '../../kernel/problem.ts'
import { isDatabaseRefusal, isDatabaseUnavailable } from './availability.ts'
import { type Pool, takeClient } from './pool.ts'

const migrationsFolder = join(import.meta.dirname, '../../../migrations')
const fileName = /^\d{4}_[a-z0-9_]+\.sql$/

/** Any number, as long as every version of the server uses the same one. */
const migrationLock = 7_155_320_441

/** The database is not one this release can use. */
export class DatabaseUnsuitable extends OperatorError {}

/** `nulls not distinct` and more: PostgreSQL 15. */
const oldestServer = 150_000

/**
 * Brings the schema up to date: every file of `migrations/` not applied yet, in order, each in a transaction. Safe to run
 * from any number of processes at once. Refuses a database that a newer release has already changed.
 */
export async function migrate(pool: Pool, folder = migrationsFolder): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((name) => fileName.test(name)).sort()
  const client = await connect(pool)
  try {
    await requireVersion(client)
    // As long as it takes: another process may be migrating, and some migrations take long.
    await client.query('set statement_timeout = 0')
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await client.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    )
    const { rows } = await client.query<{ name: string }>('select name from schema_migrations')
    const applied = new Set(rows.map((row) => row.name))
    const unknown = [...applied].filter((name) => !files.includes(name))
    if (unknown.length > 0) {
      throw new DatabaseUnsuitable(
        `The database was changed by a newer release of Dollr (${unknown.join(', ')}). Start that release, or restore a backup.`,
      )
    }
    const pending = files.filter((name) => !applied.has(name))
    for (const name of pending) {
      const sql = await readFile(join(folder, name), 'utf8')
      // A migration that waits for a lock must not queue every payment behind itself.
      await client.query(`begin; set local lock_timeout = '5s';`)
      await client.query(sql)
      await client.query('insert into schema_migrations (name) values ($1)', [name])
      await client.query('commit')
    }
    await client.query('select pg_advisory_unlock($1)', [migrationLock])
    await client.query('reset statement_timeout')
    client.release()
    return pending
  } catch (error) {
    // Closing the connection drops both the open transaction and the lock.
    client.release(true)
    throw error
  }
}

/** Says in one line why there is no database, and never with what: the address holds a password. */
async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await takeClient(pool)
  } catch (error) {
    if (!isDatabaseUnavailable(error) && !isDatabaseRefusal(error)) throw error
    throw new DatabaseUnsuitable(
      `The database cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

async function requireVersion(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::integer as number`,
  )
  const [server] = rows
  if (!server || server.number >= oldestServer) return
  throw new DatabaseUnsuitable(`Dollr needs PostgreSQL 15 or newer; DATABASE_URL leads to ${server.version}.`)
}
