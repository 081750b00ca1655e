import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { setUp } from './setup.mjs'

/** What must hold before a change is done. These look at files only, several at a time, the longest first. */
const looks = ['lint', 'types', 'format:check', 'boundaries', 'dead-code', 'generate:check']
/** These have the machine to themselves. */
const trials = ['test', 'conformance:check']
const steps = [...looks, ...trials]

const [flag, without] = process.argv.slice(2)
if (flag !== undefined && (flag !== '--without' || !steps.includes(without ?? ''))) {
  process.stderr.write(`npm run check takes nothing but --without and one of: ${steps.join(', ')}.\n`)
  process.exit(1)
}

/** @type {(step: string) => [string, string[]]} */
const npm = (step) => ['npm', ['run', '--silent', step]]
const shell = process.platform === 'win32'

/** @param {string} step */
function fail(step) {
  process.stderr.write(`\nnpm run ${step} failed.\n`)
  process.exit(1)
}

/** Says what it has found once it is done: nothing is said in between. @param {string} step */
async function look(step) {
  const child = spawn(...npm(step), { stdio: ['ignore', 'pipe', 'pipe'], shell })
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  process.stdout.write(`\n> ${step}\n${out}${err}`)
  if (status !== 0) fail(step)
}

setUp()
const left = looks.filter((step) => step !== without)
const lanes = Array.from({ length: Math.min(availableParallelism(), left.length) }, async () => {
  for (let step = left.shift(); step !== undefined; step = left.shift()) await look(step)
})
await Promise.all(lanes)
for (const step of trials) {
  if (step === without) continue
  process.stdout.write(`\n> ${step}\n`)
  const { status } = spawnSync(...npm(step), { stdio: 'inherit', shell })
  if (status !== 0) fail(step)
}
process.stdout.write('\nAll checks passed.\n')
