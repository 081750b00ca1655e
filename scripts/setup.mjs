import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const lock = join(root, '.setup-lock')

/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`)

/** @param {string[]} files */
function digest(files) {
  const hash = createHash('sha256')
    .update(process.version.split('.', 1)[0] ?? '')
    .update(process.platform + process.arch)
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** @param {string} folder @returns {string[]} */
const filesBelow = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()

/** @param {string} stamp @param {string} wanted */
const isDone = (stamp, wanted) => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted

/** @param {string} command @param {string[]} args @param {string} what */
function run(command, args, what) {
  // Standard output stays for what the user asked for.
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (error || status !== 0) {
    say(`${what} failed${error ? `: ${error.message}` : ''}.`)
    process.exit(1)
  }
}

/** Whether the process that made the lock is still there: one that was interrupted leaves its lock behind. */
function lockHolderLives() {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0)
    return true
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code
    // Without a pid yet, its maker is between two lines; give it a moment.
    if (code === 'ENOENT') return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 5_000
    return code === 'EPERM'
  }
}

/** Two commands started side by side on a fresh clone must not install over each other. @param {() => void} work */
function alone(work) {
  const deadline = Date.now() + 10 * 60_000
  let waiting = false
  for (;;) {
    try {
      mkdirSync(lock)
      writeFileSync(join(lock, 'pid'), String(process.pid))
      break
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
      if (!lockHolderLives()) rmSync(lock, { recursive: true, force: true })
      else if (Date.now() > deadline)
        throw new Error(`Another set-up is under way. If not, remove ${lock}.`, { cause: error })
      else {
        if (!waiting) say('Waiting for another set-up of this folder to finish ...')
        waiting = true
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
      }
    }
  }
  const release = () => rmSync(lock, { recursive: true, force: true })
  process.once('exit', release)
  try {
    work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  say(`Dollr needs Node.js 20.19 or newer; this is ${process.version}.`)
  process.exit(1)
}

/** Installs and builds what is missing or out of date, and does nothing when all is as it should be. */
export function setUp() {
  requireNode()
  const installStamp = join(root, 'node_modules', '.dollr-installed')
  const buildStamp = join(root, 'build', '.dollr-built')
  const workspaces = ['server', 'sandbox', 'sdk', 'cli']
  const projects = [...workspaces, 'sdk/cjs']
  const manifests = ['package.json', 'package-lock.json', ...workspaces.map((each) => `${each}/package.json`)]
  const sources = [
    ...['tsconfig.base.json', 'package-lock.json', 'scripts/bundle.mjs', 'scripts/programs.mjs'],
    ...projects.map((each) => `${each}/tsconfig.json`),
    ...workspaces.flatMap((each) => filesBelow(`${each}/src`)),
  ]
  const installed = () => isDone(installStamp, digest(manifests))
  const built = () => isDone(buildStamp, digest(sources))
  if (installed() && built()) return
  alone(() => {
    if (!installed()) {
      say('Installing dependencies (once) ...')
      run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], 'Installing')
      writeFileSync(installStamp, digest(manifests))
    }
    if (!built()) {
      say('Building (once) ...')
      run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b', ...projects], 'Building')
      run(process.execPath, [join('scripts', 'bundle.mjs')], 'Bundling')
      writeFileSync(buildStamp, digest(sources))
    }
  })
}
