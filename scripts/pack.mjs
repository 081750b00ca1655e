import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { besides } from './programs.mjs'
import { setUp } from './setup.mjs'

/**
 * Writes `artefacts/dollr-<version>.tgz` and that of the SDK, or both into the folder of `--to`: what `npm install` takes
 * anywhere. The first holds the programs with all they need, but for what is no JavaScript: that is an ordinary dependency,
 * in the version of our lock file.
 */
setUp()

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { to: { type: 'string' } } })
const artefacts = resolve(values.to ?? join(root, 'artefacts'))

/** @param {string} path @returns {any} */
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))

const server = readJson('server/package.json')

/** In the version of our lock file. @param {string[]} names */
function locked(names) {
  const { packages } = readJson('package-lock.json')
  return Object.fromEntries(names.map((name) => [name, packages[`node_modules/${name}`].version]))
}

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
      cpSync(join(root, from), join(staging, to), { recursive: true, filter: (file) => !file.endsWith('.dollr-built') })
    }
    for (const file of ['build', 'server/migrations', 'server/openapi.json', 'docs', 'LICENSE', 'CHANGELOG.md'])
      take(file)
    take('cli/README.md', 'README.md')
    const { private: _, ...manifest } = readJson('cli/package.json')
    const packed = {
      ...manifest,
      bin: { dollr: './build/dollr.js' },
      dependencies: locked(besides),
      optionalDependencies: locked(Object.keys(server.optionalDependencies)),
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
for (const file of [packDollr(), pack(join(root, 'sdk'))])
  process.stdout.write(`${relative(process.cwd(), join(artefacts, file ?? ''))}\n`)
