import { createServer, type IncomingHttpHeaders } from 'node:http'
import Stripe from 'stripe'
import { onTestFinished, vi } from 'vitest'
import { startStripeSimulator, type StripeSimulator, type StripeSimulatorOptions } from '../src/index.ts'

export const apiKey = 'sk_test_sandbox'
export const publishableKey = 'pk_test_sandbox'
export const webhookSecret = 'whsec_sandbox'
/** Any shop's: browsers are only ever sent there. */
export const shop = 'https://shop.example'

/** A simulator with quick banks, closed when the test is over. */
export const aStripe = async (options: Partial<StripeSimulatorOptions> = {}): Promise<StripeSimulator> => {
  const simulator = await startStripeSimulator({
    apiKey,
    publishableKey,
    webhookSecret,
    delayMs: 10,
    allowedReturnOrigins: [shop],
    ...options,
  })
  onTestFinished(() => simulator.close())
  return simulator
}

/** The official client as anybody gets it, pointed at the simulator. */
export const aClient = ({ url }: { url: string }, key = apiKey, maxNetworkRetries = 0): Stripe => {
  const { hostname, port } = new URL(url)
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries, telemetry: false })
}

export const aPayment = (
  differences: Partial<Stripe.PaymentIntentCreateParams> = {},
): Stripe.PaymentIntentCreateParams => ({
  amount: 1_500,
  currency: 'usd',
  allowed_payment_method_types: ['card'],
  payment_method: 'pm_card_visa',
  confirm: true,
  ...differences,
})

/** What a promise was rejected with, as the client's own kind of error. */
export const problemOf = async (promise: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  try {
    await promise
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('Nothing went wrong.')
}

/** Of what may be an id or the object in its place. */
export const idOf = (named: string | { readonly id: string } | null): string =>
  typeof named === 'string' ? named : (named?.id ?? '')

export interface ReceivedWebhook {
  readonly body: string
  readonly headers: IncomingHttpHeaders
  readonly event: Stripe.Event
}

/** A merchant's endpoint, which reads what it gets with the official client. Answers 200 unless told otherwise. */
export const anEndpoint = async (answer: (attempt: number) => number = () => 200) => {
  const received: ReceivedWebhook[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      received.push({ body, headers: request.headers, event: JSON.parse(body) as Stripe.Event })
      response.writeHead(answer(received.length)).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port.')
  return {
    url: `http://127.0.0.1:${address.port}/callbacks/stripe`,
    received,
    first: (): ReceivedWebhook => {
      const [first] = received
      if (first === undefined) throw new Error('No webhook has arrived.')
      return first
    },
    types: () => received.map(({ event }) => event.type),
    until: (count: number) =>
      vi.waitFor(
        () => {
          if (received.length < count) throw new Error(`${received.length} of ${count} webhooks arrived.`)
        },
        { interval: 2, timeout: 3_000 },
      ),
  }
}

/** One control route, for what only they can be asked. */
export const control = async ({ url }: { url: string }, path: string, body?: unknown): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
