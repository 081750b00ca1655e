import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { env, exit, stderr, stdin, stdout } from 'node:process'
import { readDatabaseConfig, readPawapayConfig } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import { OperatorError } from '../kernel/problem.ts'
import { openEmbeddedPostgres } from '../platform/db/embedded/index.ts'
import { migrate } from '../platform/db/migrate.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { createHttpClient } from '../platform/http-client.ts'
import { openLog } from '../platform/log.ts'
import { createPawapay } from '../providers/pawapay/index.ts'
import { type Provider } from '../providers/provider.ts'
import { UsageError } from './command.ts'
import { formatAnswer, type Invocation, parseCommand, usageOf } from './commands.ts'

async function withDatabase<T>(work: (db: Pool) => Promise<T>): Promise<T> {
  const { databaseUrl, dataDir } = readDatabaseConfig(env)
  const embedded = databaseUrl === undefined ? await openEmbeddedPostgres({ dataDir }) : undefined
  const db = openPool({
    connection: embedded ? { ...embedded.connection, ssl: false } : { connectionString: databaseUrl },
    maxConnections: 2,
    onIdleError: (error) => stderr.write(`${error.message}\n`),
  })
  try {
    await migrate(db)
    return await work(db)
  } finally {
    await db.end()
    await embedded?.stop()
  }
}

/** Asks for a line when somebody types, and takes the first line when something is piped in. */
async function readSecret(): Promise<string> {
  if (stdin.isTTY) stderr.write('Code: ')
  const lines = createInterface({ input: stdin, terminal: false })
  for await (const line of lines) return line.trim()
  return ''
}

/** A command hears no callbacks. */
const callbacks = { signatures: 'required', maxAgeMs: 0, url: undefined, trustHost: false } as const

async function withProvider<T>(work: (provider: Provider) => Promise<T>): Promise<T> {
  const { baseUrl, apiToken, timeoutMs } = readPawapayConfig(env)
  const http = createHttpClient({ timeoutMs })
  try {
    const log = openLog('silent')
    return await work(
      createPawapay({ baseUrl, apiToken, http, log, clock: systemClock, callbacks, signing: undefined }),
    )
  } finally {
    await http.close()
  }
}

const write = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stdout.write(text, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })

const notice = (text: string): void => {
  stderr.write(`${text}\n`)
}

async function* open(file: string | undefined): AsyncGenerator<Uint8Array | string> {
  try {
    yield* (file === undefined ? stdin : createReadStream(file)) as AsyncIterable<Uint8Array | string>
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw code === undefined ? error : new OperatorError(`The file cannot be read: ${message}.`)
  }
}

async function carryOut({ json, run: command }: Invocation): Promise<void> {
  const answer = await withDatabase((db) =>
    command({ db, clock: systemClock, readSecret, write, notice, open, withProvider }),
  )
  if (answer) stdout.write(`${json ? JSON.stringify(answer) : formatAnswer(answer)}\n`)
}

async function obey(args: readonly string[], program: string): Promise<number> {
  try {
    if (args.length === 0 || args.includes('--help') || args[0] === 'help') stdout.write(`${usageOf(program)}\n`)
    else await carryOut(parseCommand(args))
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      stderr.write(`${error.message}\n\n${usageOf(program)}\n`)
      return 2
    }
    if (error instanceof OperatorError) {
      stderr.write(`${error.message}\n`)
      return 1
    }
    throw error
  }
}

/**
 * Carries out one operator's command, as this process: what it answers goes to standard output, and the exit code is set.
 * The usage names the program as its reader called it.
 */
export async function runAdmin(args: readonly string[], program: string): Promise<void> {
  // Whoever reads us may have seen enough: `books export | head`.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    exit(0)
  })
  process.exitCode = await obey(args, program)
}
