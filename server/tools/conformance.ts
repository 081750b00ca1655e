import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argv, exit, stderr, stdout } from 'node:process'
import { format, resolveConfig } from 'prettier'
import { type Seen } from '../test/conformance/cases.ts'
import { writeReport } from '../test/conformance/report.ts'
import { recordings } from '../test/conformance/witness.ts'

/**
 * Writes `docs/conformance.md` from what the scenarios of the last run have seen. With `--check` it writes nothing and fails
 * when the page says something else: a case is no longer shown, or a new one is.
 */
const file = join(import.meta.dirname, '../../docs/conformance.md')

async function readRecordings(): Promise<readonly Seen[]> {
  const names = await readdir(recordings).catch(() => [])
  const texts = await Promise.all(names.map((name) => readFile(join(recordings, name), 'utf8')))
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Seen)
}

const seen = await readRecordings()
if (seen.length === 0) {
  stderr.write('No scenario has run here yet, so there is nothing to tell. Run "npm test" or "npm run conformance".\n')
  exit(1)
}
const text = await format(writeReport(seen), { ...(await resolveConfig(file)), parser: 'markdown' })
const isCurrent = (await readFile(file, 'utf8').catch(() => '')) === text
if (argv.includes('--check') && !isCurrent) {
  stderr.write(
    'docs/conformance.md is out of date. Run "npm run conformance", and see in its diff what was lost or won.\n',
  )
  exit(1)
}
if (!isCurrent) await writeFile(file, text)
stdout.write(
  `${/\d+ of \d+ operations/.exec(text)?.[0] ?? ''}: docs/conformance.md is ${isCurrent ? 'up to date' : 'written'}.\n`,
)
