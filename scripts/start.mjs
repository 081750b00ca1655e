import { join } from 'node:path'
import { setUp } from './setup.mjs'

setUp()

const { ConfigError, startServer } = await import('../server/dist/start.js')

/** @param {string} reason @returns {never} */
const fail = (reason) => {
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}

/** In a sandbox without a provider of its own, the simulators run beside the server, which knows them by URL alone. */
async function startSimulator() {
  const {
    DOLLR_MODE: mode,
    PAWAPAY_BASE_URL: baseUrl,
    DOLLR_DATA_DIR: dataDir,
    DOLLR_SANDBOX_DELAY_MS: delayMs,
  } = process.env
  if ((mode && mode !== 'sandbox') || baseUrl) return undefined
  const { startPawapaySimulator } = await import('../sandbox/dist/index.js')
  // A value that is no number is refused by the server, with its name.
  const delay = Number(delayMs ?? '') || 0
  return startPawapaySimulator({
    apiToken: 'sandbox-token',
    payerDelayMs: delayMs ? delay : 2000,
    journalFile: join(dataDir || '.dollr', 'sandbox', 'pawapay.jsonl'),
  })
}

const simulator = await startSimulator()
const server = await startServer({
  env: simulator
    ? { ...process.env, PAWAPAY_BASE_URL: simulator.url, PAWAPAY_API_TOKEN: 'sandbox-token' }
    : process.env,
  onFatal: fail,
}).catch((/** @type {unknown} */ error) => {
  const forOperators = error instanceof ConfigError || /** @type {Error} */ (error).name === 'EmbeddedPostgresError'
  return fail(forOperators ? /** @type {Error} */ (error).message : String(/** @type {Error} */ (error).stack))
})
simulator?.setCallbackUrl(`${server.url}/callbacks/pawapay`)

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

  Ctrl-C stops it. What it knows is kept in ${server.config.dataDir}.

`,
)

let stopping = false
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    server
      .close()
      .then(() => simulator?.close())
      .then(
        () => process.exit(0),
        (error) => fail(`Stopped, but not cleanly: ${String(error)}`),
      )
  })
}
