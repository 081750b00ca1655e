import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const apiToken = 'bench-token'
const startLimitMs = 120_000
const stopLimitMs = 30_000

/** What a program has done since it started. */
export interface Counts {
  readonly httpIn: number
  readonly httpOut: number
  /** Statements by name. */
  readonly sql: Readonly<Record<string, number>>
}

export interface Program {
  readonly pid: number
  /** The address it printed when it was ready. */
  readonly address: string
  counts(): Promise<Counts>
  stop(): Promise<void>
}

interface ProgramOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Matches the line that says it is ready; the first group is its address. */
  readonly ready: RegExp
}

/** The environment of whoever runs the bench must not reach what is measured: it may name their own database. */
const ambient = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(DOLLR|PAWAPAY|BENCH|PG|DATABASE_URL|HOST$|PORT$|NODE_)/.test(name),
  ),
)

async function startProgram({ name, args, env = {}, ready }: ProgramOptions): Promise<Program> {
  const child = spawn(process.execPath, ['--import', join(root, 'bench', 'child.mjs'), ...args], {
    cwd: root,
    env: { ...ambient, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C must not end it before the run has let go of it.
    detached: true,
  })
  const gone = once(child, 'exit')
  const stop = () => end(child, gone)
  try {
    return { pid: child.pid ?? 0, address: await firstAddress(child, name, ready), counts: () => ask(child), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function firstAddress(child: ChildProcess, name: string, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string): void => {
      clearTimeout(timer)
      reject(new Error(`${name} ${why}.\n${said}`))
    }
    const timer = setTimeout(() => {
      fail('was not ready in time')
    }, startLimitMs)
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-16_384)
      const address = ready.exec(said)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
      // What it says from now on is trouble, and belongs on the screen.
      child.stdout?.off('data', listen).resume()
      child.stderr?.off('data', listen).pipe(process.stderr, { end: false })
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('error', ({ message }) => {
      fail(`did not start: ${message}`)
    })
    child.once('exit', () => {
      fail('ended')
    })
  })
}

function ask(child: ChildProcess): Promise<Counts> {
  return new Promise((resolve, reject) => {
    child.once('message', (counts) => {
      resolve(counts as Counts)
    })
    child.send('counts', (error) => {
      if (error) reject(error)
    })
  })
}

async function end(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
  await gone
  clearTimeout(timer)
}

/** In the temporary folder; TMPDIR puts it on another disk. */
export async function startPostgres(): Promise<Program> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dollr-bench-'))
  try {
    return await startProgram({
      name: 'PostgreSQL',
      args: ['--import', 'tsx', join('bench', 'own-postgres.ts'), dataDir],
      ready: /^PostgreSQL at (\S+)\n/m,
    })
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true })
    throw error
  }
}

/**
 * Payers who decide within a tenth of a second: so quick that the wait shows in no figure, and no quicker, because a payer
 * cannot approve what the provider has not yet accepted.
 */
const payerDelayMs = '100'

export const startSimulator = (): Promise<Program> =>
  startProgram({
    name: 'The pawaPay simulator',
    args: [join('sandbox', 'dist', 'main.js')],
    env: { PAWAPAY_SIM_PORT: '0', PAWAPAY_SIM_TOKEN: apiToken, PAWAPAY_SIM_DELAY_MS: payerDelayMs },
    ready: / ready at (\S+)\n/,
  })

/** As a user starts it, but for the limits on calls, which exist to be met. */
export const startServer = (databaseUrl: string, simulator: Program): Promise<Program> =>
  startProgram({
    name: 'The server',
    args: [join('server', 'dist', 'main.js')],
    env: {
      DATABASE_URL: databaseUrl,
      PORT: '0',
      PAWAPAY_BASE_URL: simulator.address,
      PAWAPAY_API_TOKEN: apiToken,
      DOLLR_RATE_LIMIT_PER_MINUTE: '100000000',
      DOLLR_TOKEN_RATE_LIMIT_PER_MINUTE: '100000000',
      DOLLR_LOG_LEVEL: 'error',
      BENCH_COUNT_SQL: 'yes',
    },
    ready: /^Dollr serves (\S+)\n/m,
  })

export async function sendCallbacksTo(server: Program, simulator: Program): Promise<void> {
  const answer = await fetch(`${simulator.address}/_sandbox/callback-url`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${server.address}/callbacks/pawapay` }),
  })
  if (answer.status !== 200) throw new Error(`The simulator took no callback address: ${await answer.text()}`)
}
