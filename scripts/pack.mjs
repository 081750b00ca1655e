import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from './setup.mjs'

/**
 * Writes `artefacts/dollr-<version>.tgz` and that of the SDK, or both into the folder of `--to`: what `npm install` takes anywhere. The first holds the code of
 * every workspace it needs, so that nothing of ours has to be on a registry; what others wrote stays an ordinary dependency,
 * in the versions of our lock file.
 */
setUp()

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { to: { type: 'string' } } })
const artefacts = resolve(values.to ?? join(root, 'artefacts'))

/** @param {string} path @returns {any} */
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))

const cli = readJson('cli/package.json')
const workspaces = /** @type {string[]} */ (readJson('package.json').workspaces)
/** @type {Map<string, { folder: string, manifest: any }>} */
const ours = new Map(
  workspaces.map((folder) => {
    const manifest = readJson(`${folder}/package.json`)
    return [manifest.name, { folder, manifest }]
  }),
)

/** The name of the package that a specifier names. @param {string} specifier */
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

/** What a package exports below a name, import conditions first. @param {any} target @returns {string} */
function fileOf(target) {
  if (typeof target === 'string') return target
  return fileOf(target.import ?? target.default)
}

/** Where in the package a specifier of ours leads: `@dollr/server/admin` to `./server/dist/admin/run.js`. @param {string} specifier */
function placeOf(specifier) {
  const { folder, manifest } = ours.get(packageOf(specifier)) ?? {}
  if (folder === undefined) throw new Error(`cli/package.json imports ${specifier}, which is no workspace.`)
  const below = `.${specifier.slice(packageOf(specifier).length)}`
  const exported = typeof manifest.exports === 'string' ? { '.': manifest.exports } : manifest.exports
  const isOneEntry = !Object.keys(exported).some((key) => key.startsWith('.'))
  return `./${join(folder, fileOf(isOneEntry ? exported : exported[below]))}`
}

const needed = [...new Set(Object.values(cli.imports).map((specifier) => packageOf(specifier)))].map((name) => {
  const workspace = ours.get(name)
  if (!workspace) throw new Error(`cli/package.json imports ${name}, which is no workspace.`)
  return workspace
})

/** Which version of a dependency our lock file has for a workspace. @param {string} folder @param {string} name */
function lockedVersion(folder, name) {
  const { packages } = readJson('package-lock.json')
  const { version } = packages[`${folder}/node_modules/${name}`] ?? packages[`node_modules/${name}`]
  return version
}

/** @param {'dependencies' | 'optionalDependencies'} kind */
function dependencies(kind) {
  /** @type {Record<string, string>} */
  const all = {}
  for (const { folder, manifest } of [{ folder: 'cli', manifest: cli }, ...needed]) {
    for (const name of Object.keys(manifest[kind] ?? {})) {
      if (ours.has(name)) continue
      const version = lockedVersion(folder, name)
      if ((all[name] ?? version) !== version) throw new Error(`Two workspaces want ${name}, in two versions.`)
      all[name] = version
    }
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** An override holds in a root only: as a dependency of our own it reaches who installs us. */
function overrides() {
  const names = Object.keys(readJson('package.json').overrides ?? {})
  return Object.fromEntries(names.map((name) => [name, lockedVersion('server', name)]))
}

/** Files that were built from a source which is still there: `dist` may hold older ones. @param {string} folder */
const builtFiles = (folder) =>
  readdirSync(join(root, folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|d)\.ts$/.test(entry.name))
    .map((entry) => relative(join(root, folder, 'src'), join(entry.parentPath, entry.name)))
    .map((file) => join(folder, 'dist', file.replace(/\.ts$/, '.js')))

/** @param {string} command @param {string[]} args @param {string} cwd */
function run(command, args, cwd) {
  const { status, stdout } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.`)
  return stdout.trim()
}

/** @param {string} folder */
const pack = (folder) =>
  run('npm', ['pack', '--pack-destination', artefacts, '--loglevel=error', '--ignore-scripts'], folder)
    .split('\n')
    .pop()

function packDollr() {
  const staging = mkdtempSync(join(tmpdir(), 'dollr-pack-'))
  try {
    /** @param {string} from @param {string} [to] */
    const take = (from, to = from) => {
      mkdirSync(dirname(join(staging, to)), { recursive: true })
      cpSync(join(root, from), join(staging, to), { recursive: true })
    }
    for (const folder of ['cli', ...needed.map((each) => each.folder)])
      for (const file of builtFiles(folder)) take(file)
    for (const file of ['server/migrations', 'server/openapi.json', 'docs', 'LICENSE', 'CHANGELOG.md']) take(file)
    take('cli/README.md', 'README.md')
    const { private: _, devDependencies: __, imports, bin, ...manifest } = cli
    const packed = {
      ...manifest,
      bin: Object.fromEntries(Object.entries(bin).map(([name, file]) => [name, `./${join('cli', String(file))}`])),
      imports: Object.fromEntries(Object.entries(imports).map(([name, specifier]) => [name, placeOf(specifier)])),
      dependencies: { ...dependencies('dependencies'), ...overrides() },
      optionalDependencies: dependencies('optionalDependencies'),
    }
    writeFileSync(join(staging, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`)
    return pack(staging)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

// What an earlier version left there is not taken for this one's; a folder of the caller's is not ours to empty.
if (values.to === undefined) rmSync(artefacts, { recursive: true, force: true })
mkdirSync(artefacts, { recursive: true })
const written = [packDollr()]
if (existsSync(join(root, 'sdk'))) written.push(pack(join(root, 'sdk')))
for (const file of written) process.stdout.write(`${relative(process.cwd(), join(artefacts, file ?? ''))}\n`)
