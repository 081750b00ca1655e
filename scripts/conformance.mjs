import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from './setup.mjs'

setUp()
const root = join(import.meta.dirname, '..')
/** @param {...string} args */
const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root })
  if (status !== 0) process.exit(status ?? 1)
}
// What an earlier run has seen says nothing of the code as it is now.
rmSync(join(root, 'test-artefacts', 'conformance'), { recursive: true, force: true })
run(join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'scenarios')
run('--import', 'tsx', join(root, 'server', 'tools', 'conformance.ts'))
