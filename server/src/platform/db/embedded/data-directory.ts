import { chmod, lchown, lstat, mkdir, mkdtemp, open, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError } from './errors.ts'
import { codeOf, tryRename } from './files.ts'
import { run, type Account, type RunAs } from './run-as.ts'
import { socketDirectoryOf } from './socket-directory.ts'

/** What lies where. Every path derives from the real path of the data folder, so all processes agree. */
export interface DataDirectory {
  readonly dataDir: string
  /** PostgreSQL's own data directory. */
  readonly database: string
  readonly socketDirectory: string
  readonly log: string
  readonly libraries: string
  readonly copies: string
}

export const superuser = 'dollr'
const draftSuffix = '-initialising-'

export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const dataDir = await makeDataDir(resolve(path)).catch((error: unknown) => {
    throw new EmbeddedPostgresError(`The data folder ${path} cannot be used: ${String(error)}`, { cause: error })
  })
  return {
    dataDir,
    database: join(dataDir, 'postgres'),
    socketDirectory: socketDirectoryOf(dataDir),
    log: join(dataDir, 'postgres.log'),
    libraries: join(dataDir, 'postgres-libraries'),
    copies: join(dataDir, 'postgres-binaries-'),
  }
}

async function makeDataDir(path: string): Promise<string> {
  const made = await mkdir(path, { recursive: true })
  // Another account that has to serve for root must be able to pass through; what lies inside guards itself.
  if (made !== undefined) await chmod(path, process.getuid?.() === 0 ? 0o711 : 0o700)
  return realpath(path)
}

/** Who owns the database's files; undefined when there is no database yet. */
export async function findOwner({ database }: DataDirectory): Promise<Account | undefined> {
  const version = await findVersion(database)
  return version === undefined ? undefined : stat(database)
}

async function findVersion(database: string): Promise<string | undefined> {
  try {
    return (await readFile(join(database, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return undefined
    if (code === 'EACCES') {
      throw new EmbeddedPostgresError(
        `The database in ${database} belongs to another account. Start Dollr as that account, ` +
          'or set DOLLR_DATA_DIR to a folder of your own.',
      )
    }
    throw error
  }
}

/** A database that this PostgreSQL can serve. */
export async function prepareDatabase(place: DataDirectory, binaries: Binaries, runAs: RunAs): Promise<void> {
  const { database } = place
  const version = await findVersion(database)
  if (version === undefined) return initialise(place, binaries, runAs)
  if (version !== binaries.major) {
    throw new EmbeddedPostgresError(
      `The database in ${database} was made by PostgreSQL ${version}; this Dollr ships PostgreSQL ${binaries.major}, ` +
        'which cannot read it. Dump it with the Dollr that made it and restore the dump into a new data folder, ' +
        `or serve it with a PostgreSQL ${version} of your own and set DATABASE_URL.`,
    )
  }
}

/**
 * In a folder beside, renamed when complete: an initdb that was cut short leaves nothing that looks like a database.
 * The builtin locale orders by code point and knows Unicode's letters without the system's locales or a version of ICU,
 * so an index never depends on the machine it was built on.
 */
async function initialise(place: DataDirectory, binaries: Binaries, runAs: RunAs): Promise<void> {
  const { database } = place
  await requireEmpty(database)
  const draft = await mkdtemp(`${database}${draftSuffix}`)
  if (runAs.account !== undefined) await lchown(draft, runAs.account.uid, runAs.account.gid)
  const ran = await run(
    runAs,
    binaries.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${superuser}`,
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
      '--no-instructions',
    ],
    { env: binaries.env, timeoutMs: 180_000 },
  )
  if (ran.ok && (await tryRename(draft, database))) return syncDirectory(place.dataDir)
  await removeTree(draft)
  // A start beside this one may have been quicker; its owner also clears away drafts, this one among them.
  if ((await findVersion(database)) !== undefined) return
  throw new EmbeddedPostgresError(
    ran.ok
      ? `${database} cannot be put in place. It must not be a mount of its own: mount ${place.dataDir} instead.`
      : `PostgreSQL could not create a database in ${place.dataDir}: ${ran.output}`,
  )
}

async function requireEmpty(database: string): Promise<void> {
  const found = await readdir(database).catch(() => [])
  if (found.length === 0) return
  throw new EmbeddedPostgresError(
    `${database} holds files but no database. Move it away, or set DOLLR_DATA_DIR to another folder.`,
  )
}

/**
 * Everything an account needs to serve the database now and to start it by itself later. A folder comes after what it
 * holds: while it is still the former owner's, an interrupted change is begun again.
 */
export async function giveTo(account: Account, place: DataDirectory): Promise<void> {
  for (const path of [place.libraries, place.log, place.socketDirectory, place.database]) {
    const found = await lstat(path).catch(() => undefined)
    if (found === undefined || (found.uid === account.uid && found.gid === account.gid)) continue
    const inside = found.isDirectory() ? await readdir(path, { recursive: true }) : []
    for (const entry of inside) await lchown(join(path, entry), account.uid, account.gid)
    await lchown(path, account.uid, account.gid)
  }
}

/**
 * For the owner alone: what starts that were cut short left behind, and copies of older programs where it is known
 * which copy the running PostgreSQL uses.
 */
export async function removeLeftovers(place: DataDirectory, copyInUse: string | undefined): Promise<void> {
  // An account that may only pass through the folder cannot list it.
  for (const name of await readdir(place.dataDir).catch(() => [])) {
    const path = join(place.dataDir, name)
    const isDraft = path.startsWith(place.database + draftSuffix)
    const isOldCopy = copyInUse !== undefined && path.startsWith(place.copies) && path !== copyInUse
    if (isDraft || isOldCopy) await removeTree(path)
  }
}

/** Best effort: someone may still be writing there, or be removing it too, and the next owner looks again. */
async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 }).catch(() => undefined)
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
