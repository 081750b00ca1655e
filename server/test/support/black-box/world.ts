import {
  type PawapaySimulator,
  type SignatureOptions,
  type SimulatorStep,
  startPawapaySimulator,
  startStripeSimulator,
  type StripeSimulator,
} from '@dollr/sandbox'
import { type Api, signIn } from './api-client.ts'
import { createTestDatabase, type TestDatabase } from '../database.ts'
import { type Environment, sandboxCredentials, type Server, startServer } from './server-process.ts'

/** A server, the database behind it and the payment network behind that: all that a test needs to be a merchant. */
export interface World {
  readonly database: TestDatabase
  readonly network: PawapaySimulator
  /** The card network. */
  readonly cards: StripeSimulator
  /** As the merchant every sandbox has. */
  readonly api: Api
  /** What a server on this database and network is started with. */
  readonly env: Environment
  readonly url: () => string
  readonly server: () => Server
  /** Starts the server anew on the same database, killing the one that runs, if one does. */
  readonly restart: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface WorldOptions {
  readonly env?: Environment
  readonly payerDelayMs?: number
  readonly signatures?: SignatureOptions
  readonly onStep?: (step: SimulatorStep) => void | Promise<void>
}

/** What a sandbox uses for cards where nobody says otherwise. */
export const stripeKeys = {
  apiKey: 'sk_test_sandbox',
  publishableKey: 'pk_test_sandbox',
  webhookSecret: 'whsec_sandbox',
} as const

/** The id of the merchant that every new sandbox has. */
export const sandboxMerchant = 1

export async function createWorld({
  env = {},
  payerDelayMs = 30,
  signatures,
  onStep,
}: WorldOptions = {}): Promise<World> {
  const apiToken = 'sandbox-token'
  const database = await createTestDatabase()
  const network = await startPawapaySimulator({
    apiToken,
    payerDelayMs,
    ...(signatures && { signatures }),
    ...(onStep && { onStep }),
  })
  const cards = await startStripeSimulator({ ...stripeKeys, delayMs: payerDelayMs })
  const environment: Environment = {
    DATABASE_URL: database.url,
    PAWAPAY_BASE_URL: network.url,
    PAWAPAY_API_TOKEN: apiToken,
    STRIPE_BASE_URL: cards.url,
    ...env,
  }
  const start = async (): Promise<Server> => {
    const started = await startServer(environment)
    network.setCallbackUrl(`${started.url}/callbacks/pawapay`)
    cards.setWebhookUrl(`${started.url}/callbacks/stripe`)
    cards.allowReturnOrigin(started.url)
    return started
  }
  let server = await start()
  const outputs = [server.output]
  const url = () => server.url
  return {
    database,
    network,
    cards,
    api: await signIn(url, sandboxCredentials),
    env: environment,
    url,
    server: () => server,
    async restart() {
      await server.end()
      server = await start()
      outputs.push(server.output)
    },
    async close() {
      await server.end()
      await network.close()
      await cards.close()
      await database.drop()
      const failures = outputs
        .flatMap((output) => output().split('\n'))
        .filter((line) => line.includes('request failed'))
      if (failures.length > 0) throw new Error(`The server met what it had not foreseen:\n${failures.join('\n')}`)
    },
  }
}
