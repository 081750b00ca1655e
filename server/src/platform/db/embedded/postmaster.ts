import type { ChildProcess } from 'node:child_process'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { copyOf, findBinaryPackage, prepareBinaries } from './binaries.ts'
import { findOwner, giveTo, prepareDatabase, type DataDirectory } from './data-directory.ts'
import { EmbeddedPostgresError } from './errors.ts'
import { codeOf } from './files.ts'
import { chooseRunAs, oneself, requireEntry, run, spawnAs } from './run-as.ts'
import { port, prepareSocketDirectory, socketName } from './socket-directory.ts'

const pollMs = 10

/** Ready takes some 35 ms, recovery after a crash up to minutes; each question costs PostgreSQL a process. */
export function pollDelayMs(beganAt: number): number {
  return performance.now() - beganAt < 1000 ? pollMs : 200
}

/** What a running PostgreSQL writes into its data directory and beside its socket. */
export interface LockFile {
  readonly pid: number
  /** Undefined in a file that speaks of another data directory: this one was copied or moved since. */
  readonly socketDirectory: string | undefined
}

export async function findLockFile(place: DataDirectory): Promise<LockFile | undefined> {
  return (
    (await readLockFile(join(place.database, 'postmaster.pid'), place)) ??
    (await readLockFile(join(place.socketDirectory, `${socketName}.lock`), place))
  )
}

async function readLockFile(path: string, place: DataDirectory): Promise<LockFile | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const [, database, , , socketDirectory] = text.split('\n')
  const pid = pidIn(text)
  const here = database === place.database && socketDirectory !== ''
  return pid === undefined ? undefined : { pid, socketDirectory: here ? socketDirectory : undefined }
}

/** Undefined while the file is being written, and for a single-user session's, which is negative. */
export function pidIn(lockFile: string): number | undefined {
  const pid = /^[1-9]\d*(?=\n)/.exec(lockFile)?.[0]
  return pid === undefined ? undefined : Number(pid)
}

/** `ours`: the postmaster of this database. `stranger`: a process that has inherited its number. */
export type ProcessState = 'ours' | 'stranger' | 'gone'

export async function stateOf(pid: number, database: string): Promise<ProcessState> {
  if (!isAlive(pid)) return 'gone'
  if (process.platform !== 'linux') return (await mayBePostgres(pid)) ? 'ours' : 'stranger'
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const [program = '', ...args] = commandLine.split('\0')
  if (!basename(program).startsWith('postgres')) return 'stranger'
  // Started by us, or by hand in this directory.
  return args.includes(database) || (await isSameFile(`/proc/${pid}/cwd`, database)) ? 'ours' : 'stranger'
}

/** Where there is no /proc. In doubt it may be: to take a living postmaster for a stranger is the worse mistake. */
async function mayBePostgres(pid: number): Promise<boolean> {
  const ran = await run(oneself, 'ps', ['-ww', '-o', 'command=', '-p', String(pid)])
  return !ran.ok || ran.output.includes('postgres')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one).catch(() => undefined), stat(other).catch(() => undefined)])
  if (a === undefined || b === undefined) return false
  return a.dev === b.dev && a.ino === b.ino
}

export interface Launched {
  readonly process: ChildProcess
  readonly copyInUse: string
  hasExited(): boolean
  /** What this PostgreSQL has written to its log so far. */
  log(): Promise<string>
}

const footprint = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The server's own doings only: a failed statement is the application's to report, and would carry personal data.
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

/** `staleId`: a number in the lock file that is known to belong to a stranger. */
export async function launch(
  place: DataDirectory,
  settings: Record<string, string>,
  staleId: number | undefined,
): Promise<Launched> {
  try {
    return await prepareAndSpawn(place, settings, staleId)
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error
    throw new EmbeddedPostgresError(`PostgreSQL cannot be started in ${place.dataDir}: ${String(error)}`, {
      cause: error,
    })
  }
}

async function prepareAndSpawn(
  place: DataDirectory,
  settings: Record<string, string>,
  staleId: number | undefined,
): Promise<Launched> {
  const source = await findBinaryPackage()
  const runAs = await chooseRunAs(await findOwner(place))
  await requireEntry(runAs, place.dataDir)
  const binaries = await prepareBinaries(source, place, runAs)
  await prepareDatabase(place, binaries, runAs)
  await prepareSocketDirectory(place.socketDirectory, runAs)

  const address = { port: String(port), unix_socket_directories: quoted(place.socketDirectory) }
  const options = { ...footprint, ...settings, ...address }
  const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await openLog(place.log)
  try {
    if (runAs.account !== undefined) await giveTo(runAs.account, place)
    const child = spawnAs(runAs, binaries.postgres, ['-D', place.database, ...args], {
      // PostgreSQL takes a lock file for stale when it names a parent or this number. Saying so leaves the file, the
      // race for it and the check for a forgotten shared memory segment to PostgreSQL.
      env: { ...binaries.env, ...(staleId === undefined ? {} : { PG_GRANDPARENT_PID: String(staleId) }) },
      // A session of its own: Ctrl-C must not reach it before our server has finished its requests.
      detached: true,
      stdio: ['ignore', log.file.fd, log.file.fd],
    })
    // The owner's connection keeps us alive, and a refused start must not wait for what it launched.
    child.unref()
    return watch(child, copyOf(source, place), () => readFrom(place.log, log.start))
  } finally {
    await log.file.close()
  }
}

function watch(child: ChildProcess, copyInUse: string, log: () => Promise<string>): Launched {
  let failure: string | undefined
  child.once('error', (error) => {
    failure = error.message
  })
  return {
    process: child,
    copyInUse,
    hasExited: () => failure !== undefined || child.exitCode !== null || child.signalCode !== null,
    log: async () => failure ?? (await log()),
  }
}

/** A list of one path, which may hold commas and spaces. */
function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}

const logLimitBytes = 10_000_000
const tailBytes = 4096

async function openLog(path: string) {
  const size = await stat(path)
    .then(({ size }) => size)
    .catch(() => 0)
  if (size > logLimitBytes) await rename(path, `${path}.1`)
  const file = await open(path, 'a', 0o600)
  return { file, start: (await file.stat()).size }
}

async function readFrom(path: string, start: number): Promise<string> {
  const text = (await readFile(path)).subarray(start)
  return text.subarray(-tailBytes).toString().trim()
}

/** Fast shutdown: open transactions roll back, everything committed is written to its place. */
export async function shutDown(pid: number, place: DataDirectory, launched: Launched | undefined): Promise<void> {
  const isGone = async () =>
    launched?.process.pid === pid ? launched.hasExited() : (await stateOf(pid, place.database)) !== 'ours'
  const steps = [
    { signal: 'SIGINT', limitMs: 60_000 },
    { signal: 'SIGQUIT', limitMs: 10_000 },
  ] as const
  for (const { signal, limitMs } of steps) {
    if (await isGone()) return
    signalIfAlive(pid, signal)
    if (await waitFor(isGone, limitMs)) {
      if (signal === 'SIGINT') return
      throw new EmbeddedPostgresError(
        'PostgreSQL did not shut down within a minute and was told to quit at once. ' +
          'Nothing that was committed is lost; the next start recovers from its log.',
      )
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL (process ${pid}) on ${place.database} does not stop. Look at ${place.log}.`,
  )
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

async function waitFor(condition: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs
  while (performance.now() < deadline) {
    if (await condition()) return true
    await sleep(pollMs)
  }
  return condition()
}
