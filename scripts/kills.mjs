import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from './setup.mjs'

const { values } = parseArgs({ options: { kills: { type: 'string' } } })
if (values.kills !== undefined && !/^[1-9]\d{0,5}$/.test(values.kills)) {
  process.stderr.write(`--kills is a number above zero, not "${values.kills}".\n`)
  process.exit(1)
}
setUp()
const root = join(import.meta.dirname, '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const args = [vitest, 'run', '--project', 'scenarios', 'server/test/scenarios/kills.test.ts']
const env = { ...process.env, DOLLR_KILLS: values.kills ?? '200' }
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root, env })
process.exit(status ?? 1)
