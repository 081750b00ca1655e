import { argv, env, exit, stderr } from 'node:process'
import { OperatorError, type Role, type RunningServer, startServer } from './start.ts'

const roles: readonly Role[] = ['serve', 'work', 'all']

const say = (text: string): void => {
  stderr.write(`${text}\n`)
}

const fail = (reason: string): never => {
  say(reason)
  exit(1)
}

async function run(): Promise<RunningServer> {
  const wanted = argv[2] ?? 'all'
  const role = roles.find((each) => each === wanted) ?? fail(`Usage: main.js [${roles.join(' | ')}]`)
  try {
    return await startServer({ env, role, onFatal: fail })
  } catch (error) {
    return fail(error instanceof OperatorError ? error.message : String(error instanceof Error ? error.stack : error))
  }
}

const server = await run()
say(server.url === undefined ? 'Dollr works.' : `Dollr serves ${server.url}`)

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    server.close().then(
      () => exit(0),
      (error: unknown) => fail(`Stopped, but not cleanly: ${String(error)}`),
    )
  })
}
