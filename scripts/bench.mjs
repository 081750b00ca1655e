import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setUp } from './setup.mjs'

setUp()
const root = join(import.meta.dirname, '..')
const bench = spawn(process.execPath, ['--import', 'tsx', join(root, 'bench', 'main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
})
// Ctrl-C reaches both; the bench cleans up and then decides how this ends. Anything else is passed on.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => bench.kill('SIGTERM'))
bench.on('exit', (code) => process.exit(code ?? 1))
