import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from './setup.mjs'

const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string' } } })
const wrong = Object.entries(values).find(([, value]) => !/^\d{1,9}$/.test(value))
if (wrong) {
  process.stderr.write(`--${wrong[0]} is a number of at most nine digits, not "${wrong[1]}".\n`)
  process.exit(1)
}
setUp()
const root = join(import.meta.dirname, '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const file = 'server/test/simulation/simulation.pg.test.ts'
const args = [vitest, 'run', '--project', 'pg', file, '--testNamePattern', 'the books are right']
const env = {
  ...process.env,
  DOLLR_SIMULATE_SEEDS: values.seeds ?? '1000',
  ...(values.seed !== undefined && { DOLLR_SIMULATE_SEED: values.seed }),
}
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root, env })
process.exit(status ?? 1)
