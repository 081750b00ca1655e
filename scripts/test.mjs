import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from './setup.mjs'

setUp()
const root = join(import.meta.dirname, '..')
const args = process.argv.slice(2)
// A whole run writes down anew what it has seen of the API; a part of one adds to it.
if (args.length === 0) rmSync(join(root, 'test-artefacts', 'conformance'), { recursive: true, force: true })
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
