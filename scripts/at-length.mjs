import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from './setup.mjs'

/**
 * Runs tests of vitest for longer than `npm test` does, and exits as they do. Each option takes a whole number, above zero
 * where one is needed, and reaches them as a variable.
 * @param {readonly string[]} tests what vitest is told to run
 * @param {Readonly<Record<string, { readonly variable: string, readonly otherwise?: string }>>} known
 */
export function runAtLength(tests, known) {
  const options = Object.fromEntries(
    Object.keys(known).map((name) => [name, { type: /** @type {const} */ ('string') }]),
  )
  const { values } = parseArgs({ options })
  /** @type {Record<string, string>} */
  const variables = {}
  for (const [name, { variable, otherwise }] of Object.entries(known)) {
    const value = values[name] ?? otherwise
    if (value === undefined) continue
    if (typeof value !== 'string' || !/^\d{1,9}$/.test(value) || (otherwise !== undefined && Number(value) === 0)) {
      process.stderr.write(`--${name} is a number of at most nine digits, not "${value}".\n`)
      process.exit(1)
    }
    variables[variable] = value
  }
  setUp()
  const root = join(import.meta.dirname, '..')
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...tests],
    {
      stdio: 'inherit',
      cwd: root,
      env: { ...process.env, ...variables },
    },
  )
  process.exit(status ?? 1)
}
