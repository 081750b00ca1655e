import { parseArgs } from 'node:util'
import { booksCommands } from './books-commands.ts'
import { type AdminContext, type Answer, type Cell, type Commands, type Flags, UsageError } from './command.ts'
import { executionCommands } from './execution-commands.ts'
import { merchantCommands } from './merchant-commands.ts'
import { moneyCommands } from './money-commands.ts'
import { receiptCommands } from './receipt-commands.ts'
import { reconciliationCommands } from './reconciliation-commands.ts'

const commands: Commands = {
  ...merchantCommands,
  ...moneyCommands,
  ...executionCommands,
  ...booksCommands,
  ...reconciliationCommands,
  ...receiptCommands,
}

/** What there is, for whoever calls it by this name. */
export const usageOf = (program: string): string =>
  [
    `Usage: ${program} COMMAND [OPTIONS] [--json]`,
    '',
    ...Object.entries(commands).flatMap(([name, { usage: options, does }]) => [
      `  ${`${name} ${options}`.trim()}`,
      `      ${does}`,
    ]),
    '',
    'Works on the database of DATABASE_URL, or on the one below DOLLR_DATA_DIR, whether the server runs or not.',
  ].join('\n')

export interface Invocation {
  readonly json: boolean
  readonly run: (context: AdminContext) => Promise<Answer>
}

/** Reads a command line. Throws `UsageError` for one that cannot be run, before any database is touched. */
export function parseCommand(args: readonly string[]): Invocation {
  const { values, positionals } = parse(args)
  const name = positionals.join(' ')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new UsageError(name === '' ? 'Name a command.' : `There is no command "${name}".`)
  // What a command takes is what its usage says.
  const foreign = Object.keys(values).find((flag) => flag !== 'json' && !command.usage.includes(`--${flag}`))
  if (foreign !== undefined) throw new UsageError(`"${name}" takes no --${foreign}.`)
  return { json: values['json'] === true, run: (context) => command.run(context, values) }
}

/** Every option that takes a value, read off the usages: `--name NAME`. */
const valued = [
  ...new Set(
    Object.values(commands).flatMap(({ usage: options }) =>
      [...options.matchAll(/--([a-z-]+) [A-Z"a-z]/g)].map(([, name = '']) => name),
    ),
  ),
]

function parse(args: readonly string[]): { values: Flags; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(valued.map((name) => [name, { type: 'string' as const }])),
        verified: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** For people: a record as `key  value` lines, a list as a table. */
export function formatAnswer(answer: NonNullable<Answer>): string {
  const text = (value: Cell | undefined): string => (value === null || value === undefined ? '-' : String(value))
  const columns = (rows: readonly (readonly string[])[]): string => {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    return rows
      .map((row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      )
      .join('\n')
  }
  if (!isList(answer)) return columns(Object.entries(answer).map(([key, value]) => [key, text(value)]))
  const keys = Object.keys(answer[0] ?? {})
  return answer.length === 0 ? 'None.' : columns([keys, ...answer.map((row) => keys.map((key) => text(row[key])))])
}

const isList = (answer: NonNullable<Answer>): answer is readonly Readonly<Record<string, Cell>>[] =>
  Array.isArray(answer)
