import { exit, stderr } from 'node:process'
import { OperatorError } from './kernel/problem.ts'
import { type StripeConfig } from './config.ts'
import { type RunningServer, type StartOptions, startServer } from './start.ts'

export type { RunningServer, StripeConfig }

export interface RunOptions extends Omit<StartOptions, 'onFatal'> {
  /** Called once the server is up, and can be stopped by a signal. */
  readonly announce: (server: RunningServer) => void
}

const fail = (reason: string): never => {
  stderr.write(`${reason}\n`)
  exit(1)
}

const describe = (error: unknown): string => {
  if (error instanceof OperatorError) return error.message
  return String(error instanceof Error ? error.stack : error)
}

/**
 * Runs a server as this process: until SIGINT or SIGTERM, which let it finish what is under way, or until it cannot go on,
 * with a line for its operator and exit code 1. A signal that comes while it starts is obeyed once it has.
 */
export async function run({ announce, ...options }: RunOptions): Promise<void> {
  let stopping = false
  const starting = startServer({ ...options, onFatal: fail })
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    const server = await starting
    await server.close()
    exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stop().catch((error: unknown) => fail(`Stopped, but not cleanly: ${describe(error)}`))
    })
  }
  const server = await starting.catch((error: unknown) => fail(describe(error)))
  announce(server)
}
