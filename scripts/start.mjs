import { join } from 'node:path'
import { setUp } from './setup.mjs'

setUp()

const { OperatorError, startServer } = await import('../server/dist/start.js')

/** @param {string} reason @returns {never} */
const fail = (reason) => {
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}

/**
 * The simulator runs beside a sandbox that has no provider of its own, and is known to it by address alone.
 *
 * @param {import('../server/src/start.ts').RunningServer['config']} config
 */
async function startSimulator(config) {
  const { startPawapaySimulator } = await import('../sandbox/dist/index.js')
  const apiToken = 'sandbox-token'
  const simulator = await startPawapaySimulator({
    apiToken,
    payerDelayMs: config.sandboxDelayMs,
    journalFile: join(config.dataDir, 'sandbox', 'pawapay.jsonl'),
  })
  return {
    baseUrl: simulator.url,
    apiToken,
    setCallbackUrl: simulator.setCallbackUrl.bind(simulator),
    close: () => simulator.close(),
  }
}

const server = await startServer({ env: process.env, startSimulator, onFatal: fail }).catch((error) =>
  fail(error instanceof OperatorError ? error.message : String(error.stack)),
)

const { clientId, clientSecret } = server.config.sandboxCredentials
const base = server.config.publicUrl ?? server.url
process.stdout.write(
  server.config.mode === 'live'
    ? `\n  Dollr serves ${base} (live)\n\n`
    : `
  Dollr serves ${base} (sandbox: no real money moves)

  client_id      ${clientId}
  client_secret  ${clientSecret}

  Try it:
  curl -s ${base}/v1/jwt/client/obtain/token -H 'Content-Type: application/json' -d '${JSON.stringify({ client_id: clientId, client_secret: clientSecret })}'

  Ctrl-C stops it. ${server.config.databaseUrl ? 'What it knows is kept in the database of DATABASE_URL.' : `What it knows is kept in ${server.config.dataDir}.`}

`,
)

let stopping = false
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    server.close().then(
      () => process.exit(0),
      (error) => fail(`Stopped, but not cleanly: ${String(error)}`),
    )
  })
}
