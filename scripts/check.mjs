import { spawnSync } from 'node:child_process'
import { setUp } from './setup.mjs'

/** What must hold before a change is done, cheapest first. */
const steps = [
  'format:check',
  'types',
  'lint',
  'boundaries',
  'dead-code',
  'generate:check',
  'test',
  'conformance:check',
]

setUp()
for (const step of steps) {
  process.stdout.write(`\n> ${step}\n`)
  const { status } = spawnSync('npm', ['run', '--silent', step], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    process.stderr.write(`\nnpm run ${step} failed.\n`)
    process.exit(1)
  }
}
process.stdout.write('\nAll checks passed.\n')
