import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { chmod, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { EmbeddedPostgresError } from './errors.ts'

/**
 * Who the PostgreSQL programs run as. PostgreSQL refuses to be root, so root needs one of two disguises: a user
 * namespace in which it carries another number (files stay root's), or a real account.
 */
export interface RunAs {
  readonly name: string
  readonly wrapper: readonly string[]
  readonly account?: Account
}

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** The overflow id of the kernel, `nobody` nearly everywhere. */
const nobody: Account = { uid: 65534, gid: 65534 }

export const oneself: RunAs = { name: 'your own account', wrapper: [] }

const inNamespace: RunAs = {
  name: 'root without its privileges',
  wrapper: ['unshare', '-U', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`, '--'],
}

/** Decides once per launch. `owner` is who owns the database's files, when there are any. */
export async function chooseRunAs(owner: Account | undefined): Promise<RunAs> {
  if (process.getuid?.() !== 0) {
    // initdb wants its user to have a name, which the arbitrary user of a container may lack.
    return hasName() || !(await namespacesWork()) ? oneself : inNamespace
  }
  if (process.platform !== 'linux') {
    throw new EmbeddedPostgresError(
      'PostgreSQL refuses to run as root. Start Dollr as an ordinary user, or set DATABASE_URL.',
    )
  }
  if (owner !== undefined && owner.uid !== 0) return asAccount(owner)
  return (await namespacesWork()) ? inNamespace : asAccount(nobody)
}

function asAccount({ uid, gid }: Account): RunAs {
  return { name: uid === nobody.uid ? 'nobody' : `the user with id ${uid}`, wrapper: [], account: { uid, gid } }
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

/** Containers often forbid namespaces, and `unshare` before util-linux 2.36 cannot map to this id. */
async function namespacesWork(): Promise<boolean> {
  return process.platform === 'linux' && (await run(inNamespace, 'true', [])).ok
}

/** Without its privileges root is stopped by folders that do not let others in, as is any other account. */
export async function requireEntry(runAs: RunAs, dataDir: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, mode } = await stat(dataDir)
  const open = 0o011
  if (runAs.account !== undefined && uid === 0 && (mode & open) !== open) await chmod(dataDir, (mode & 0o7777) | open)
  if ((await run(runAs, '/bin/sh', ['-c', 'cd "$0"', dataDir])).ok) return
  throw new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root and was to run as ${runAs.name} instead, who cannot enter ${dataDir}. ` +
      'Start Dollr as an ordinary user who owns that folder, set DOLLR_DATA_DIR to a folder whose parents anyone may ' +
      'enter (such as /var/lib/dollr), or set DATABASE_URL.',
  )
}

export function spawnAs(runAs: RunAs, file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const [command = file, ...rest] = [...runAs.wrapper, file, ...args]
  return spawn(command, rest, { cwd: '/', env: environment(), ...options, ...runAs.account })
}

/** The programs get no secrets of ours, no PG* settings of the shell, and messages in English. */
export function environment(extra: Record<string, string> = {}): Record<string, string> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LD_LIBRARY_PATH } = process.env
  const libraries = [extra['LD_LIBRARY_PATH'], LD_LIBRARY_PATH].filter(Boolean).join(':')
  return { PATH, LC_ALL: 'C', TZ: 'UTC', ...extra, ...(libraries === '' ? {} : { LD_LIBRARY_PATH: libraries }) }
}

export interface Ran {
  readonly ok: boolean
  /** What it printed, or why it could not be started. */
  readonly output: string
}

const outputLimit = 16_384

export function run(
  runAs: RunAs,
  file: string,
  args: readonly string[],
  options: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Ran> {
  const { env = environment(), timeoutMs = 10_000 } = options
  return new Promise((resolve) => {
    const child = spawnAs(runAs, file, args, { env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputLimit)
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.once('error', (error) => {
      resolve({ ok: false, output: error.message })
    })
    child.once('close', (code) => {
      resolve({ ok: code === 0, output: output.trim() })
    })
  })
}
