import { join } from 'node:path'
import { setUp } from './setup.mjs'

setUp()

const { run } = await import('../server/dist/run.js')
const { sandboxDefaults, sandboxPhone } = await import('../server/dist/config.js')

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
    signatures: { signedCallbacks: true },
    journalFile: join(config.dataDir, 'sandbox', 'pawapay.jsonl'),
  })
  return {
    baseUrl: simulator.url,
    apiToken,
    setCallbackUrl: simulator.setCallbackUrl.bind(simulator),
    close: () => simulator.close(),
  }
}

/**
 * The same for cards, in a sandbox that has neither keys of its own nor an address of a simulator.
 *
 * @param {import('../server/src/config.ts').StripeConfig} stripe
 * @param {import('../server/src/start.ts').RunningServer['config']} config
 */
async function startCardSimulator({ secretKey, publishableKey, webhookSecrets }, config) {
  const { startStripeSimulator } = await import('../sandbox/dist/index.js')
  const [webhookSecret = ''] = webhookSecrets
  const simulator = await startStripeSimulator({
    apiKey: secretKey,
    publishableKey,
    webhookSecret,
    delayMs: config.sandboxDelayMs,
    journalFile: join(config.dataDir, 'sandbox', 'stripe.jsonl'),
  })
  return {
    baseUrl: simulator.url,
    setCallbackUrl: simulator.setWebhookUrl.bind(simulator),
    allowReturnTo: simulator.allowReturnOrigin.bind(simulator),
    close: () => simulator.close(),
  }
}

/** @param {import('../server/src/start.ts').RunningServer} server */
function announce({ config, url }) {
  const { clientId, clientSecret } = config.sandboxCredentials
  const base = config.publicUrl ?? url
  process.stdout.write(
    config.mode === 'live'
      ? `\n  Dollr serves ${base} (live)\n\n`
      : `
  Dollr serves ${base} (sandbox: no real money moves)

  client_id      ${clientId}
  client_secret  ${clientSecret}
  passcode       ${sandboxDefaults.passcode}, on the phone ${sandboxPhone}
  realtime key   ${config.realtime.anonKey}

  Try it:
  curl -s ${base}/v1/jwt/client/obtain/token -H 'Content-Type: application/json' -d '${JSON.stringify({ client_id: clientId, client_secret: clientSecret })}'

  Ctrl-C stops it. ${config.databaseUrl ? 'What it knows is kept in the database of DATABASE_URL.' : `What it knows is kept in ${config.dataDir}.`}

`,
  )
}

await run({ env: process.env, startSimulator, startCardSimulator, announce })
