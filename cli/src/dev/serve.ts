import { join } from 'node:path'
import { run, type RunningServer, type StripeConfig } from '@dollr/server'
import { sandboxDefaults } from '@dollr/server/settings'
import { startPawapaySimulator, startStripeSimulator } from '@dollr/sandbox'

type Config = RunningServer['config']

/** The simulator runs beside a sandbox that has no provider of its own, and is known to it by address alone. */
async function startSimulator(config: Config) {
  const apiToken = sandboxDefaults.pawapayToken
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

/** The same for cards, in a sandbox that has neither keys of its own nor an address of a simulator. */
async function startCardSimulator({ secretKey, publishableKey, webhookSecrets }: StripeConfig, config: Config) {
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

/** Serves until it is told to stop, with the pretend networks beside a sandbox that names none. */
export const serve = (
  env: Readonly<Record<string, string | undefined>>,
  announce: (server: RunningServer) => void,
): Promise<void> => run({ env, startSimulator, startCardSimulator, announce })
