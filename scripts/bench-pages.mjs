import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from './setup.mjs'

setUp()
const root = join(import.meta.dirname, '..')
const folder = join(root, 'bench', 'pages')

// Lighthouse brings two hundred packages, more than all the rest: only who runs this installs them.
const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
const stamp = join(folder, 'node_modules', '.dollr-installed')
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  process.stderr.write('Installing Lighthouse (once) ...\n')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(1)
  writeFileSync(stamp, lock)
}

const bench = spawn(process.execPath, ['--import', 'tsx', join(folder, 'main.ts')], { stdio: 'inherit', cwd: root })
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => bench.kill('SIGTERM'))
bench.on('exit', (code) => process.exit(code ?? 1))
