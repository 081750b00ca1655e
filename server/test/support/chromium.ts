import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** A Chromium to look at pages with. */
export interface Chromium {
  readonly executablePath: string
  /** What it has to be started with beside the environment there is. */
  readonly env: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '../../..')

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Its libraries and letters lie beside it: a bare machine has none. */
const unpacked = (folder: string): Chromium => ({
  executablePath: join(folder, 'chromium'),
  env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
})

function packagedVersion(): string {
  const manifest = join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}

const unpacking = `await (await import('@sparticuz/chromium')).default.executablePath()`

/**
 * Unpacks the build that npm brought, once. That package unpacks into the folder for temporary files, and its libraries
 * only where it believes to be on the machines it was made for. Renamed when complete, so that nobody starts half of it.
 */
function unpack(): Chromium {
  const artefacts = join(root, 'test-artefacts')
  const folder = join(artefacts, `chromium-${packagedVersion()}`)
  if (existsSync(folder)) return unpacked(folder)
  mkdirSync(artefacts, { recursive: true })
  const half = mkdtempSync(join(artefacts, 'unpacking-'))
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', unpacking], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: half, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  })
  if (status !== 0) throw new Error(`Chromium could not be unpacked: ${stderr}`)
  chmodSync(join(half, 'chromium'), 0o755)
  chmodSync(half, 0o755)
  try {
    renameSync(half, folder)
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return unpacked(folder)
}

/**
 * The one that is named, else the one of npm, the same everywhere and quick without a screen, else one that is installed.
 * Tests that need a browser are never skipped.
 */
export function findChromium(): Chromium {
  const named = process.env['CHROMIUM_PATH']
  if (named === undefined && process.platform === 'linux' && process.arch === 'x64') return unpack()
  const executablePath = named ?? installed.find((path) => existsSync(path))
  if (executablePath !== undefined) return { executablePath, env: {} }
  throw new Error('These tests need Chromium or Chrome: install one, or name it in CHROMIUM_PATH.')
}
