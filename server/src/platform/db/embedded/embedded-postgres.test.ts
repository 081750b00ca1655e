import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { findBinaryPackage, findMissingLinks, prepareBinaries } from './binaries.ts'
import { EmbeddedPostgresError, openEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './index.ts'
import { run } from './run-as.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let root: string
/** A database with one row in `kept`. Each test leaves it stopped, so that one initdb serves most of them. */
let dataDir: string
const running: EmbeddedPostgres[] = []
const children: ChildProcess[] = []

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'dollr-embedded-')))
  // Root without namespaces runs PostgreSQL as another account, which has to get through.
  await chmod(root, 0o711)
  dataDir = join(root, 'seeded')
  const postgres = await start({ dataDir })
  await query(postgres, 'create table kept as select 42 as answer')
  await postgres.stop()
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const postgres of running.splice(0)) await postgres.stop()
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

test('what was written is there after a restart, and writes are durable', async () => {
  const postgres = await start({ dataDir })
  expect(await query(postgres, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(
    await query(
      postgres,
      `select string_agg(setting, ' ' order by name) as settings from pg_settings
       where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'listen_addresses')`,
    ),
  ).toEqual([{ settings: 'on on on  on' }])
  expect(await query(postgres, `select lower('ÀÉ') || upper('ß') as unicode`)).toEqual([{ unicode: 'àéß' }])
})

test('settings reach the server', async () => {
  const postgres = await start({ dataDir, settings: { work_mem: '7MB' } })
  expect(await query(postgres, 'show work_mem')).toEqual([{ work_mem: '7MB' }])
})

test('a setting that PostgreSQL does not take is reported with its words', async () => {
  const failure = start({ dataDir, settings: { work_mem: 'plenty' } })
  await expect(failure).rejects.toThrow(/invalid value for parameter "work_mem"/)
  await expect(failure).rejects.toBeInstanceOf(EmbeddedPostgresError)
})

test('a second owner is refused while the first lives, and let in after it has stopped', async () => {
  const first = await start({ dataDir })
  await expect(start({ dataDir })).rejects.toThrow(`Another Dollr is running on ${dataDir}`)
  const second = start({ dataDir })
  await Promise.all([first.stop(), first.stop()])
  expect(await query(await second, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('of starts that race on an empty folder one becomes the owner, and nothing half done is left', async () => {
  const dataDir = aFolder()
  await mkdir(join(dataDir, 'postgres-initialising-abc123', 'base'), { recursive: true })
  const starts = await Promise.allSettled([start({ dataDir }), start({ dataDir })])
  expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect((await readdir(dataDir)).filter((name) => name.includes('initialising'))).toEqual([])
})

test('the database of a killed owner is adopted, and stopped by its new owner', async () => {
  const owner = await anOwnerProcess(dataDir)
  const pid = await postmasterOf(dataDir)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  const heir = await start({ dataDir })
  expect(await postmasterOf(dataDir)).toBe(pid)
  expect(await query(heir, 'select answer from kept')).toEqual([{ answer: 42 }])
  await heir.stop()
  expect(await postmasterOf(dataDir)).toBeUndefined()
})

test('a postmaster.pid whose number another process has inherited is no obstacle', async () => {
  const stranger = spawn('sleep', ['60'])
  children.push(stranger)
  const lines = [stranger.pid, join(dataDir, 'postgres'), 1, 5432, join(dataDir, 'postgres-socket'), '', '1 1', 'ready']
  const lockFile = join(dataDir, 'postgres', 'postmaster.pid')
  await writeFile(lockFile, lines.join('\n') + '\n', { mode: 0o600 })
  const owner = await stat(join(dataDir, 'postgres'))
  await chown(lockFile, owner.uid, owner.gid)
  expect(await query(await start({ dataDir }), 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('files that are no database are never overwritten', async () => {
  const dataDir = aFolder()
  await mkdir(join(dataDir, 'postgres'), { recursive: true })
  await writeFile(join(dataDir, 'postgres', 'letters.txt'), 'mine')
  await expect(start({ dataDir })).rejects.toThrow(/holds files but no database/)
})

test('the database of another PostgreSQL version is refused by name', async () => {
  const dataDir = aFolder()
  await mkdir(join(dataDir, 'postgres'), { recursive: true })
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '16\n')
  await expect(start({ dataDir })).rejects.toThrow(/made by PostgreSQL 16; this Dollr ships PostgreSQL \d+/)
})

test('a data folder too deep for a socket has it in a temporary folder that others find', async () => {
  const deep = aFolder('deep'.repeat(30))
  await mkdir(deep)
  await rename(join(dataDir, 'postgres'), join(deep, 'postgres'))
  const postgres = await start({ dataDir: deep })
  expect(postgres.connection.host).not.toContain(deep)
  const tool = await openEmbeddedPostgres({ dataDir: deep })
  expect(tool.connection).toEqual(postgres.connection)
  await postgres.stop()
  await rm(postgres.connection.host, { recursive: true })
  await rename(join(deep, 'postgres'), join(dataDir, 'postgres'))
})

test('a copy of a data folder in use is a database of its own', async () => {
  const original = await start({ dataDir })
  const copied = aFolder()
  await mkdir(copied)
  await once(spawn('cp', ['-R', join(dataDir, 'postgres'), copied]), 'exit')
  const copy = await start({ dataDir: copied })
  await query(copy, 'drop table kept')
  expect(await query(original, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a tool beside the owner uses its database and leaves it running', async () => {
  const postgres = await start({ dataDir })
  const tool = await openEmbeddedPostgres({ dataDir })
  expect(await query(tool, 'select answer from kept')).toEqual([{ answer: 42 }])
  await tool.stop()
  expect(await query(postgres, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a tool without an owner starts the database and stops it again', async () => {
  const tool = await openEmbeddedPostgres({ dataDir })
  expect(await query(tool, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(await postmasterOf(dataDir)).toBeDefined()
  await tool.stop()
  expect(await postmasterOf(dataDir)).toBeUndefined()
})

test('the death of PostgreSQL and the loss of the hold on it are reported once', async () => {
  const died: string[] = []
  await start({ dataDir, onCrash: (reason) => died.push(reason) })
  const pid = await postmasterOf(dataDir)
  if (pid === undefined) throw new Error('PostgreSQL is not running.')
  process.kill(pid, 'SIGKILL')
  await expect
    .poll(() => died, { timeout: 10_000 })
    .toEqual([expect.stringMatching(/PostgreSQL \(process \d+\) is gone/)])

  const lost: string[] = []
  const postgres = await start({ dataDir, onCrash: (reason) => lost.push(reason) })
  await query(postgres, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dollr owner'`)
  await expect.poll(() => lost, { timeout: 10_000 }).toEqual([expect.stringMatching(/closed the connection/)])
  await postgres.stop()
  expect(await postmasterOf(dataDir)).toBeUndefined()
  expect(died).toHaveLength(1)
})

test('an owner process that stops its database ends by itself', async () => {
  const owner = await anOwnerProcess(dataDir)
  owner.stdin?.end()
  expect(await once(owner, 'exit')).toEqual([0, null])
})

test('libraries are found without the links that the package makes in its install script', async () => {
  const installed = await findBinaryPackage()
  const bare = { ...installed, directory: join(root, 'package') }
  await packWithoutLinks(installed.directory, bare.directory)
  const missing = await findMissingLinks(bare.directory)
  expect(missing.length).toBeGreaterThan(5)

  const libraries = join(root, 'libraries')
  await mkdir(libraries)
  const [first] = missing
  await symlink('/nowhere/moved/away', join(libraries, basename(first?.path ?? '')))
  const places = { libraries, copies: join(root, 'copy-') }
  const oneself = { name: 'me', wrapper: [] }
  const binaries = await prepareBinaries(bare, places, oneself)
  expect(binaries.major).toBe(installed.version.split('.')[0])
  expect(await run(oneself, binaries.initdb, ['--version'], binaries)).toMatchObject({ ok: true })
  expect(await readFile(join(libraries, basename(first?.path ?? '')))).toEqual(await readFile(first?.library ?? ''))
})

async function start(options: Parameters<typeof startEmbeddedPostgres>[0]): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(options)
  running.push(postgres)
  return postgres
}

async function query(postgres: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client({ ...postgres.connection, ssl: false })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

let folders = 0
function aFolder(name = ''): string {
  folders += 1
  return join(root, `${folders}${name}`)
}

/** As npm does. The libraries need not be copied for that. */
async function packWithoutLinks(from: string, to: string): Promise<void> {
  for (const name of ['bin', 'lib']) await mkdir(join(to, 'native', name), { recursive: true })
  for (const name of ['bin/postgres', 'bin/initdb', 'pg-symlinks.json'])
    await cp(join(from, 'native', name), join(to, 'native', name))
  for (const file of await readdir(join(from, 'native', 'lib'), { withFileTypes: true })) {
    const library = join('native', 'lib', file.name)
    if (file.isFile()) await symlink(join(from, library), join(to, library))
  }
}

/** Owns the database until its input ends. */
async function anOwnerProcess(dataDir: string): Promise<ChildProcess> {
  const script = `import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))}).then(async (embedded) => {
    const postgres = await embedded.startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })
    process.stdin.resume().once('end', () => postgres.stop())
    console.log('ready')
  })`
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

/** PostgreSQL removes the file as the last thing it does. */
async function postmasterOf(dataDir: string): Promise<number | undefined> {
  const lockFile = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => undefined)
  return lockFile === undefined ? undefined : Number.parseInt(lockFile)
}
