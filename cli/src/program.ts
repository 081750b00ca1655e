import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stderr } from 'node:process'
import { Command, CommanderError } from 'commander'
import { addAdmin, runAdminCommand } from './admin/command.ts'
import { addBooks } from './books/commands.ts'
import { addCompletion } from './completion.ts'
import { addDev } from './dev/command.ts'
import { CommandFailed, type ExitCode, exitCodes } from './exit.ts'
import { addEvents, addListen } from './events/commands.ts'
import { addKeys } from './keys.ts'
import { addLogs } from './logs.ts'
import { addMcp } from './mcp/command.ts'
import { addPayments } from './payments/commands.ts'

import { addSandbox } from './sandbox/commands.ts'
import { addTrigger } from './trigger/command.ts'

/** The version of what was installed: in a package the manifest stands above all that is in it. */
function versionOf(): string {
  const manifest = ['..', '../..']
    .map((up) => join(import.meta.dirname, up, 'package.json'))
    .map((file) => readIfThere(file))
    .find((text) => text !== undefined)
  return manifest === undefined ? 'unknown' : (JSON.parse(manifest) as { version: string }).version
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const epilogue = `
Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 nobody can say yet how it ended, 4 no server answers.
`

/** Every command there is, in the order of the help. */
export function createProgram(): Command {
  const program = new Command('dollr')
    .description('Runs Dollr, tries it out, and shows what happens in it.')
    .version(versionOf())
    .option('--json', 'answer JSON, and nothing else, on standard output')
    .option('--base-url <address>', 'where the server is (DOLLR_BASE_URL, else http://127.0.0.1:8080)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', epilogue)
    .exitOverride()
  addDev(program)
  addKeys(program)
  addPayments(program)
  addListen(program)
  addTrigger(program)
  addSandbox(program)
  addEvents(program)
  addLogs(program)
  addMcp(program)
  addBooks(program)
  addAdmin(program)
  addCompletion(program)
  return program
}

/** Runs a command line and answers how it ended. Whatever went wrong is told in one line on standard error. */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  try {
    if (args[0] === 'admin') await runAdminCommand(args.slice(1))
    else await createProgram().parseAsync([...args], { from: 'user' })
    return (process.exitCode as ExitCode | undefined) ?? exitCodes.ok
  } catch (error) {
    // Commander has told its own already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (!(error instanceof CommandFailed)) throw error
    stderr.write(`${error.message}\n`)
    return error.exitCode
  }
}
