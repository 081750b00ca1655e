import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argv, exit, stderr } from 'node:process'
import { format, resolveConfig } from 'prettier'
import { describeCommands } from './describe.ts'

/** Writes docs/cli.md. With `--check` it writes nothing, and fails when that is out of date. */
const file = join(import.meta.dirname, '../../docs/cli.md')

const wanted = await format(describeCommands(), { ...(await resolveConfig(file)), parser: 'markdown' })
if (!argv.includes('--check')) {
  await writeFile(file, wanted)
} else if ((await readFile(file, 'utf8')) !== wanted) {
  stderr.write('docs/cli.md is out of date: run "npm run generate".\n')
  exit(1)
}
