import { randomBytes } from 'node:crypto'
import { openPool, type Pool } from '../server/dist/platform/db/pool.js'

export interface Database {
  readonly url: string
  readonly pool: Pool
  drop(): Promise<void>
}

/** One more than the clients of the limit, for looking on. */
const connections = 33

const open = (url: string): Pool =>
  openPool({ connection: { connectionString: url }, maxConnections: connections, onIdleError: () => undefined })

const withName = (url: string, name: string): string => {
  const of = new URL(url)
  of.pathname = `/${name}`
  return of.href
}

/** A database of its own for one run. */
export async function createDatabase(serverUrl: string): Promise<Database> {
  const name = `dollr_bench_${randomBytes(4).toString('hex')}`
  const admin = open(serverUrl)
  await admin.query(`create database ${name}`).finally(() => admin.end())
  const url = withName(serverUrl, name)
  const pool = open(url)
  return {
    url,
    pool,
    async drop() {
      const last = open(serverUrl)
      // By force: an interrupted run is still at work on it.
      await last.query(`drop database if exists ${name} with (force)`).finally(() => last.end())
      await pool.end()
    },
  }
}

export async function rowOf<Row extends Record<string, unknown>>(
  pool: Pool,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row> {
  const { rows } = await pool.query<Row>(sql, [...values])
  const [row] = rows
  if (!row) throw new Error(`no row: ${sql}`)
  return row
}

/** Runs statements that may take longer than a server allows itself. */
export async function runLong(pool: Pool, sql: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('set statement_timeout = 0')
    await client.query(sql)
    await client.query('reset statement_timeout')
  } finally {
    client.release()
  }
}

/**
 * Does now what PostgreSQL would do by itself within a minute or two, at moments of its own choosing: collects statistics
 * and writes out what is dirty. Plans made for empty tables do not outlive it.
 */
export async function settle(pool: Pool): Promise<void> {
  await runLong(pool, 'vacuum analyze')
  // For superusers only; without it the work falls on whoever comes next.
  await runLong(pool, 'checkpoint').catch(() => undefined)
}

export interface DatabaseAbout {
  readonly version: string
  readonly isDurable: boolean
  /** The postmaster; undefined when the role may not ask. */
  readonly pid: number | undefined
}

export async function describeDatabase(pool: Pool): Promise<DatabaseAbout> {
  const { version, durable } = await rowOf<{ version: string; durable: boolean }>(
    pool,
    `select
       current_setting('server_version') as version,
       bool_and(current_setting(name) = 'on') as durable
     from unnest(array['fsync', 'synchronous_commit', 'full_page_writes']) as name`,
  )
  const file = await rowOf<{ text: string }>(pool, `select pg_read_file('postmaster.pid') as text`).catch(
    () => undefined,
  )
  return { version, isDurable: durable, pid: file && Number(file.text.split('\n', 1)[0]) }
}

/** What the database has done so far: transactions that wrote, and log they wrote. */
export async function writesOf(pool: Pool): Promise<{ commits: bigint; walBytes: bigint }> {
  const row = await rowOf<{ commits: string; wal_bytes: string }>(
    pool,
    `select pg_snapshot_xmax(pg_current_snapshot())::text as commits, pg_current_wal_insert_lsn() - '0/0' as wal_bytes`,
  )
  return { commits: BigInt(row.commits), walBytes: BigInt(row.wal_bytes) }
}
