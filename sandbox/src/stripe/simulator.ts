import type { AddressInfo } from 'node:net'
import { CallbackWorker } from '../callback-worker.ts'
import { SandboxClock } from '../clock.ts'
import { Dial } from '../dial.ts'
import { Timers } from '../timers.ts'
import { Book, type EventRecord } from './book.ts'
import { resume } from './commit.ts'
import { deliverAgain, rotateSecret } from './control.ts'
import { onAcknowledged } from './delivery.ts'
import type { Network, PlannedFault, RequestView } from './network.ts'
import { createStripeServer } from './server.ts'
import { stripeWebhookPolicy, type WebhookFault, webhookMessage, type WebhookMode } from './webhooks.ts'

export interface StripeSimulatorOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Default 0: any free port. */
  port?: number
  /** The secret key, `sk_test_...`. */
  apiKey: string
  /** The publishable key, `pk_test_...`: for browsers. */
  publishableKey: string
  /** Where webhooks go. May be set later; they wait until it is. */
  webhookUrl?: string
  /** What webhooks are signed with, `whsec_...`. */
  webhookSecret: string
  /** Where the pretend card form may send people back to. More may be allowed later. */
  allowedReturnOrigins?: readonly string[]
  /** Where browsers reach the simulator, if not where it listens: behind a proxy, in a container. */
  publicUrl?: string
  /** How long banks and Stripe itself take for what they do later: settling, refunding, disputing. Default 2000. */
  delayMs?: number
  /** Where the simulator keeps what it knows, to know it again after a restart. Without it, it forgets. */
  journalFile?: string
}

export interface StripeSimulator {
  readonly url: string
  setWebhookUrl(url: string): void
  /** Lets the pretend card form send people back to one more origin. */
  allowReturnOrigin(origin: string): void
  /** Queues one fault for the next request that fits: any POST, unless told otherwise. */
  next(fault: Pick<PlannedFault, 'fault'> & Partial<PlannedFault>): void
  setWebhookMode(mode: WebhookMode): void
  /** Queues one fault for the signature of the next attempt to deliver a webhook. */
  nextWebhook(fault: WebhookFault): void
  /** Signs with a new secret, and with the old one too, from now on. Answers the new one. */
  rotateWebhookSecret(): string
  /** How long every answer takes from now on. */
  setLatency(ms: number): void
  /** Sends the webhook of an event again, now, whether or not it was acknowledged; resolves when answered. */
  deliverEvent(id: string, times?: number): Promise<void>
  /** The last requests, oldest first. */
  requests(): readonly RequestView[]
  close(): Promise<void>
}

const defaultDelayMs = 2_000

export const startStripeSimulator = async (options: StripeSimulatorOptions): Promise<StripeSimulator> => {
  for (const [name, value] of Object.entries({ ...options }))
    if (['apiKey', 'publishableKey', 'webhookSecret'].includes(name) && value === '')
      throw new Error(`The simulator needs a ${name}.`)
  const listening: { url: string } = { url: '' }
  const network = createNetwork(options, () => options.publicUrl ?? listening.url)
  const server = createStripeServer(network)
  const host = options.host ?? '127.0.0.1'

  const close = async (): Promise<void> => {
    network.worker.close()
    network.timers.stop()
    network.book.close()
    const closed = new Promise<void>((resolve) =>
      server.close(() => {
        resolve()
      }),
    )
    server.closeAllConnections()
    await closed
  }

  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port ?? 0, host, resolve)
    })
  } catch (error) {
    await close()
    throw error
  }
  listening.url = `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server.address())}`
  resume(network)
  return {
    url: listening.url,
    setWebhookUrl: (url) => {
      network.worker.setUrl(url)
    },
    allowReturnOrigin: (origin) => {
      network.returnOrigins.add(originOf(origin))
    },
    next: ({ fault, method = 'POST', path = '/v1/' }) => {
      network.faults.push({ fault, method, path })
    },
    setWebhookMode: (mode) => {
      network.webhooks.mode = mode
    },
    nextWebhook: (fault) => {
      network.webhooks.faults.push(fault)
    },
    rotateWebhookSecret: () => rotateSecret(network),
    setLatency: (ms) => {
      network.latencyMs = ms
    },
    deliverEvent: (id, times = 1) => deliverAgain(network, id, times),
    requests: () => network.requests,
    close,
  }
}

const createNetwork = (options: StripeSimulatorOptions, baseUrl: () => string): Network => {
  const clock = new SandboxClock()
  const book = new Book(options.journalFile, clock)
  const worker: CallbackWorker<EventRecord> = new CallbackWorker<EventRecord>(
    {
      messageOf: (record) => webhookMessage(network.webhooks, record),
      onSending: () => undefined,
      onAcknowledged: async (record) => {
        onAcknowledged(network, record)
      },
      onAbandoned: (record) => {
        book.recordWebhook('abandoned', record)
      },
    },
    stripeWebhookPolicy,
    clock,
  )
  const network: Network = {
    apiKey: options.apiKey,
    publishableKey: options.publishableKey,
    book,
    worker,
    webhooks: { mode: 'once', secrets: [options.webhookSecret], faults: [], held: [], repeated: new Set() },
    timers: new Timers(clock),
    faults: [],
    dial: new Dial(),
    clock,
    running: new Set(),
    requests: [],
    returnOrigins: new Set((options.allowedReturnOrigins ?? []).map(originOf)),
    challengeUrl: ({ id, client_secret }) =>
      `${baseUrl()}/sandbox/3ds/${id}?${new URLSearchParams({ client_secret }).toString()}`,
    delayMs: options.delayMs ?? defaultDelayMs,
    latencyMs: 0,
  }
  if (options.webhookUrl !== undefined) worker.setUrl(options.webhookUrl)
  return network
}

const originOf = (url: string): string => {
  const { origin, protocol } = new URL(url)
  if (!/^https?:$/.test(protocol)) throw new Error(`${url} is not an HTTP origin.`)
  return origin
}

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === 'string') throw new Error('The simulator listens on no port.')
  return address.port
}
