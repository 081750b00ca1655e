import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/index.ts'
import { migrate } from '../../src/platform/db/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL for tests, with a migrated database to clone: see `database.ts`. */
    postgres: { readonly url: string; readonly template: string }
  }
}

/**
 * One PostgreSQL for all test files: our own, or the one of `TEST_DATABASE_URL` (any version from 15 on, a role that may
 * create databases).
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = `dollr_template_${process.pid}_${project.name}`
  const given = process.env['TEST_DATABASE_URL']
  const dataDir = given ? undefined : await mkdtemp(join(tmpdir(), 'dollr-test-'))
  const embedded = dataDir
    ? await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', max_connections: '200' } })
    : undefined
  const url = given ?? socketUrl(embedded?.connection)
  await onDatabase(url, async (admin) => {
    await admin.query(`create database ${template}`)
  })
  const pool = new pg.Pool({ connectionString: databaseUrl(url, template) })
  await migrate(pool)
  await pool.end()
  project.provide('postgres', { url, template })
  return async () => {
    if (given) {
      await onDatabase(url, async (admin) => {
        await admin.query(`drop database if exists ${template} with (force)`)
      })
    }
    await embedded?.stop()
    if (dataDir) await rm(dataDir, { recursive: true, force: true })
  }
}

function socketUrl(connection: { host: string; port: number; user: string; database: string } | undefined): string {
  if (!connection) throw new Error('no PostgreSQL for tests')
  const { host, port, user, database } = connection
  return `postgresql:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`
}

async function onDatabase(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await work(client).finally(() => client.end())
}

export function databaseUrl(url: string, name: string): string {
  const of = new URL(url)
  of.pathname = `/${name}`
  return of.href
}
