import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { superuser, type DataDirectory } from './data-directory.ts'
import { AlreadyOwned, EmbeddedPostgresError } from './errors.ts'
import { codeOf } from './files.ts'
import { findLockFile, launch, pidIn, pollDelayMs, shutDown, stateOf, type Launched } from './postmaster.ts'
import { port } from './socket-directory.ts'

/**
 * The owner holds a session lock for as long as it lives. Not the parenthood of a process decides, nor a file: the lock
 * goes with its holder, whichever way it dies, and PostgreSQL grants it once. Whoever starts a PostgreSQL and whoever
 * finds one running are equal before it, so of two starts that race one becomes the owner.
 */
export interface Owned {
  readonly client: pg.Client
  readonly pid: number
  readonly socketDirectory: string
  /** Undefined when it was running already: the previous owner was killed and left it behind. */
  readonly launched: Launched | undefined
}

export const database = 'dollr'

/** Exists in every cluster, so the lock can be taken before ours is created. */
const lockDatabase = 'postgres'
/** "dollr" in ASCII. */
const lockKey = '431366106226'

/** An owner killed a moment ago still seems to hold its lock until the system has closed its connections. */
const lockPatienceMs = 500
const lockPollMs = 10
/** Recovery after a crash replays up to a gigabyte of log. */
const startLimitMs = 120_000
/** For what a dying PostgreSQL still holds on to, and for starts that race. */
const relaunchLimitMs = 10_000

export type Seen = Running | NotRunning

export interface Running {
  readonly kind: 'running'
  readonly client: pg.Client
  readonly socketDirectory: string
}

export type NotRunning =
  /** Starting, recovering or shutting down. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'full' }
  | { readonly kind: 'stopped'; readonly staleId: number | undefined }

export async function look(place: DataDirectory): Promise<Seen> {
  const lockFile = await findLockFile(place)
  if (lockFile === undefined) return { kind: 'stopped', staleId: undefined }
  const { pid, socketDirectory = place.socketDirectory } = lockFile
  // Asked first, because a number says nothing about a process in another container on the same folder.
  const answer = await connect(socketDirectory)
  if (answer instanceof pg.Client) {
    const isServing = await isSameDatabase(answer, place)
    return isServing ? { kind: 'running', client: answer, socketDirectory } : { kind: 'busy' }
  }
  if (answer === 'full') return { kind: 'full' }
  if (answer === 'busy') return { kind: 'busy' }
  const state = await stateOf(pid, place.database)
  if (state === 'ours') return { kind: 'busy' }
  return { kind: 'stopped', staleId: state === 'stranger' ? pid : undefined }
}

async function connect(socketDirectory: string): Promise<pg.Client | 'busy' | 'full' | 'silent'> {
  const client = new pg.Client({
    host: socketDirectory,
    port,
    user: superuser,
    database: lockDatabase,
    application_name: 'dollr owner',
    ssl: false,
    options: '-c idle_session_timeout=0 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    return explainRefusal(error, socketDirectory)
  }
}

function explainRefusal(error: unknown, socketDirectory: string): 'busy' | 'full' | 'silent' {
  const code = codeOf(error)
  // Starting, shutting down, or recovering from a crash.
  if (code === '57P01' || code === '57P02' || code === '57P03') return 'busy'
  if (code === '53300') return 'full'
  if (code === 'EACCES') {
    throw new EmbeddedPostgresError(
      `The database served at ${socketDirectory} belongs to another account. Use that account, or set DATABASE_URL.`,
    )
  }
  if (error instanceof pg.DatabaseError) {
    throw new EmbeddedPostgresError(`The database served at ${socketDirectory} refuses Dollr: ${error.message}`)
  }
  return 'silent'
}

/** A copied data folder may lead to the original's socket, which must never be taken for its own. False: just ended. */
async function isSameDatabase(client: pg.Client, place: DataDirectory): Promise<boolean> {
  const asked = client.query<{ directory: string }>(`select current_setting('data_directory') as directory`)
  const directory = await asked.then(({ rows }) => rows[0]?.directory).catch(() => undefined)
  if (directory === place.database) return true
  await client.end().catch(() => undefined)
  if (directory === undefined) return false
  throw new EmbeddedPostgresError(`The PostgreSQL of ${directory} answers in place of ${place.database}'s.`)
}

/** Starts the database, or takes over one whose owner was killed, and becomes its owner. */
export async function takeOwnership(place: DataDirectory, settings: Record<string, string>): Promise<Owned> {
  const beganAt = performance.now()
  const patience: Patience = { deadline: undefined }
  let launched: Launched | undefined
  while (performance.now() < beganAt + startLimitMs) {
    const seen = await look(place)
    if (seen.kind === 'running') {
      const pid = await claim(seen.client, place, patience)
      if (pid !== undefined) return ownedBy(seen, pid, launched, place)
    } else if (seen.kind === 'full') {
      endPatience(place, patience)
    } else if (seen.kind === 'stopped' && launched?.hasExited() !== false) {
      if (launched !== undefined) await requireRace(launched, place, beganAt + relaunchLimitMs)
      launched = await launch(place, settings, seen.staleId)
    }
    await sleep(pollDelayMs(beganAt))
  }
  throw await explainDelay(place, launched)
}

async function ownedBy(
  { client, socketDirectory }: Running,
  pid: number,
  launched: Launched | undefined,
  place: DataDirectory,
): Promise<Owned> {
  const isOurs = launched?.process.pid === pid
  if (!isOurs && (await stateOf(pid, place.database)) !== 'ours') {
    await client.end()
    throw new EmbeddedPostgresError(
      `PostgreSQL on ${place.database} runs in another container or machine. Stop it there first.`,
    )
  }
  return { client, pid, socketDirectory, launched: isOurs ? launched : undefined }
}

interface Patience {
  deadline: number | undefined
}

function endPatience(place: DataDirectory, patience: Patience): void {
  patience.deadline ??= performance.now() + lockPatienceMs
  if (performance.now() >= patience.deadline) throw new AlreadyOwned(place.dataDir)
}

/** The postmaster's process id once the lock is ours; undefined when the connection was lost meanwhile. */
async function claim(client: pg.Client, place: DataDirectory, patience: Patience): Promise<number | undefined> {
  try {
    for (;;) {
      const pid = await tryLock(client)
      if (pid !== undefined) return pid
      endPatience(place, patience)
      await sleep(lockPollMs)
    }
  } catch (error) {
    await client.end().catch(() => undefined)
    if (error instanceof EmbeddedPostgresError) throw error
    return undefined
  }
}

async function tryLock(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ owned: boolean; lock_file: string }>(
    `select pg_try_advisory_lock($1::bigint) as owned,
            pg_read_file('postmaster.pid') as lock_file`,
    [lockKey],
  )
  const [row] = rows
  if (row?.owned !== true) return undefined
  return pidIn(row.lock_file)
}

/** Throws unless the launched PostgreSQL merely met another that was starting or had not quite gone. */
async function requireRace(launched: Launched, place: DataDirectory, relaunchDeadline: number): Promise<void> {
  const log = await launched.log()
  if (/lock file .* already exists|pre-existing shared memory block/.test(log) && performance.now() < relaunchDeadline)
    return
  throw new EmbeddedPostgresError(`PostgreSQL did not start. The end of its log (${place.log}):\n${log}`)
}

async function explainDelay(place: DataDirectory, launched: Launched | undefined): Promise<EmbeddedPostgresError> {
  const log = launched === undefined ? '' : `\n${await launched.log()}`
  const lockFile = await findLockFile(place)
  const pid = launched?.process.pid
  if (pid !== undefined && launched?.hasExited() === false) await shutDown(pid, place, launched).catch(() => undefined)
  return new EmbeddedPostgresError(
    `PostgreSQL on ${place.database} (process ${lockFile?.pid ?? pid ?? 'unknown'}) was not ready within ` +
      `${startLimitMs / 1000} seconds. Look at ${place.log}, or stop that process.${log}`,
  )
}

/** Once, by the first owner. */
export async function createDatabase(client: pg.Client): Promise<void> {
  if (!(await hasDatabase(client))) await client.query(`create database ${database}`)
}

export async function hasDatabase(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
  return rowCount === 1
}

/** The running database, waited for while it starts or stops; undefined when there is none. */
export async function findRunning(place: DataDirectory): Promise<Running | undefined> {
  const beganAt = performance.now()
  while (performance.now() < beganAt + startLimitMs) {
    const seen = await look(place)
    if (seen.kind === 'running') return seen
    if (seen.kind === 'stopped') return undefined
    if (seen.kind === 'full') {
      throw new EmbeddedPostgresError(`Every connection to ${place.database} is taken. Try again.`)
    }
    await sleep(pollDelayMs(beganAt))
  }
  throw await explainDelay(place, undefined)
}

/** After the connection was lost: the hold on it again, if the database is still there and nobody has taken it over. */
export async function reclaim(place: DataDirectory): Promise<{ client: pg.Client; pid: number } | undefined> {
  const running = await findRunning(place).catch(() => undefined)
  if (running === undefined) return undefined
  const { client } = running
  const pid = await claim(client, place, { deadline: 0 }).catch(() => undefined)
  return pid === undefined ? undefined : { client, pid }
}
