import { Argument, type Command } from 'commander'
import { runAdminCommand } from '../admin/command.ts'

const place =
  'Works on the database of DATABASE_URL, or on the one below DOLLR_DATA_DIR (.dollr), whether the server runs or not.'

/** Options as the operator's command takes them. */
const written = (options: Readonly<Record<string, string | boolean | undefined>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return value === true ? [`--${name}`] : [`--${name}`, value]
  })

export function addBooks(program: Command): void {
  program
    .command('verify')
    .helpGroup('To run it:')
    .summary('recompute the ledger, and name the first entry that is not as it was sealed')
    .description(
      `Recomputes the chain of seals and all balances, and prints the last seal to note elsewhere.\n${place}`,
    )
    .option('--expect <position:hash>', 'a seal as this command printed it before: it must still be there')
    .addHelpText('after', '\nExamples:\n  $ dollr verify\n  $ dollr verify --expect 42:9f86d0...\n')
    .action((_: unknown, command: Command) => {
      const { expect, json } = command.optsWithGlobals<{ readonly expect?: string; readonly json?: boolean }>()
      return runAdminCommand(['books', 'verify', ...written({ expect, json })])
    })

  program
    .command('export')
    .helpGroup('To run it:')
    .summary('write the ledger as plain-text accounting')
    .description(`Writes the ledger as an hledger or Beancount file on standard output.\n${place}`)
    .addArgument(new Argument('<format>', 'what will read it').choices(['hledger', 'beancount']))
    .option('--currency <currency>', 'of one currency only')
    .option('--from <time>', 'what was booked from this time on')
    .option('--to <time>', 'and before this one')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dollr export hledger > books.journal\n  $ dollr export beancount --currency USD\n',
    )
    .action((format: string, { currency, from, to }: Readonly<Record<string, string | undefined>>) =>
      runAdminCommand(['books', 'export', ...written({ format, currency, from, to })]),
    )
}
