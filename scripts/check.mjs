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

const [flag, left] = process.argv.slice(2)
if (flag !== undefined && (flag !== '--without' || !steps.includes(left ?? ''))) {
  process.stderr.write(`npm run check takes nothing but --without and one of: ${steps.join(', ')}.\n`)
  process.exit(1)
}

setUp()
for (const step of steps) {
  if (step === left) continue
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
