import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../../..')

export const programs = {
  server: join(root, 'build/server.js'),
  admin: join(root, 'build/admin.js'),
  simulators: join(root, 'build/simulators.js'),
  start: join(root, 'scripts/start.mjs'),
  cli: join(root, 'build/dollr.js'),
} as const

export type Environment = Readonly<Record<string, string>>

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program of ours as a process of its own: what a test knows of it is what an operator knows. */
export interface Program {
  readonly pid: number
  /** Everything it printed so far, on both streams. */
  readonly output: () => string
  readonly stdout: () => string
  readonly stderr: () => string
  readonly exited: Promise<Exit>
  /** Sends the signal and waits for the end. */
  readonly end: (signal?: NodeJS.Signals) => Promise<Exit>
}

const running = new Set<Program>()
/** Whatever became of the tests of a file, or of the run: no process of theirs outlives them. */
export const endPrograms = () => Promise.all(Array.from(running, (program) => program.end()))
process.once('exit', () => void endPrograms())

export interface LaunchOptions {
  /** Where it runs: in the repository, unless said otherwise. */
  readonly cwd?: string
  /** As whom: only root may say. */
  readonly uid?: number
}

/** Starts a program with nothing in its environment but what is named here. */
export async function launch(
  file: string,
  args: readonly string[],
  env: Environment,
  { cwd = root, uid }: LaunchOptions = {},
): Promise<Program> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    ...(uid !== undefined && { uid, gid: uid }),
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '', both: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
      said.both += text
    })
  }
  const exited = once(child, 'close').then(([code, signal]: unknown[]): Exit => {
    running.delete(program)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  await once(child, 'spawn')
  const program: Program = {
    pid: child.pid ?? 0,
    output: () => said.both,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    exited,
    end: (signal = 'SIGKILL') => {
      child.kill(signal)
      return exited
    },
  }
  running.add(program)
  return program
}

/** Runs a program to its end. */
export async function run(file: string, args: readonly string[], env: Environment, options: LaunchOptions = {}) {
  const program = await launch(file, args, env, options)
  const { code } = await program.exited
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

const startLimitMs = 60_000

/** Waits until a program has printed what the pattern looks for, and answers the first group of it. */
export async function printed(program: Program, pattern: RegExp): Promise<string> {
  const deadline = Date.now() + startLimitMs
  let exit: Exit | undefined
  void program.exited.then((how) => (exit = how))
  for (;;) {
    const found = pattern.exec(program.output())
    if (found) return found[1] ?? found[0]
    if (exit || Date.now() > deadline)
      throw new Error(`It never said ${String(pattern)}: ${JSON.stringify(exit)}\n${program.output()}`)
    await pause(5)
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export interface Server extends Program {
  readonly url: string
}

/** Quiet, on a free port, and never in the way of a test that calls often. */
const testSettings: Environment = {
  PORT: '0',
  DOLLR_LOG_LEVEL: 'error',
  DOLLR_RATE_LIMIT_PER_MINUTE: '1000000',
  DOLLR_TOKEN_RATE_LIMIT_PER_MINUTE: '1000000',
}

/** The built server as a process, ready to answer. */
export async function startServer(env: Environment, role: 'all' | 'serve' = 'all'): Promise<Server> {
  const program = await launch(programs.server, [role], { ...testSettings, ...env })
  return { ...program, url: await printed(program, /Dollr serves (\S+)/) }
}

/** A server that answers nobody and does what is due. */
export async function startWorker(env: Environment): Promise<Program> {
  const program = await launch(programs.server, ['work'], { ...testSettings, ...env })
  await printed(program, /Dollr works/)
  return program
}

/** The admin program on a database, answered as JSON. Throws with what it said when it refuses. */
export async function admin(databaseUrl: string, ...command: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(programs.admin, [...command, '--json'], { DATABASE_URL: databaseUrl })
  if (code !== 0) throw new Error(`admin ${command.join(' ')} ended with ${String(code)}: ${stderr}`)
  return JSON.parse(stdout)
}

export interface Credentials {
  readonly client_id: string
  readonly client_secret: string
}

export const sandboxCredentials: Credentials = { client_id: 'sandbox', client_secret: 'sandbox-secret' }

/** A verified merchant beside the sandbox's own, and a key of its. */
export async function createMerchant(
  databaseUrl: string,
  name: string,
): Promise<Credentials & { readonly id: number }> {
  const { id } = (await admin(
    databaseUrl,
    ...['merchants', 'create', '--name', name, '--type', 'ORGANIZATION', '--verified'],
  )) as { id: number }
  const key = (await admin(databaseUrl, 'keys', 'issue', '--merchant', String(id))) as Credentials
  return { id, client_id: key.client_id, client_secret: key.client_secret }
}
