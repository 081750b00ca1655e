import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { SandboxClock } from './clock.ts'
import { Timers, type Waiting } from './timers.ts'

export interface CallbackMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the worker must know of the things it calls back about. */
export interface CallbackSource<Item> {
  /** What one attempt sends; every attempt asks anew. */
  readonly messageOf: (item: Item, url: string) => CallbackMessage | Promise<CallbackMessage>
  readonly onSending: (item: Item) => Promise<void> | undefined
  /** Told after every acknowledgement, also of a repeated delivery. */
  readonly onAcknowledged: (item: Item) => Promise<void> | undefined
  readonly onAbandoned: (item: Item) => void
}

export interface CallbackPolicy {
  readonly timeoutMs: number
  /** The wait after each failed attempt; the last one is used from then on. */
  readonly retryDelaysMs: readonly number[]
  /** Counted from the first attempt. */
  readonly giveUpAfterMs: number
  readonly maxConcurrent: number
  /** Which statuses acknowledge. */
  readonly accepts: (status: number) => boolean
}

/**
 * Fifteen minutes of retries are documented; the timeout and the spacing are not. The concurrency is the sandbox's: enough
 * to keep a merchant's server busy, not to drown it.
 */
export const pawapayCallbackPolicy: CallbackPolicy = {
  timeoutMs: 5_000,
  retryDelaysMs: [1_000, 2_000, 5_000, 10_000, 30_000, 60_000],
  giveUpAfterMs: 15 * 60_000,
  maxConcurrent: 64,
  accepts: (status) => status === 200,
}

interface Target {
  readonly url: string
  readonly options: RequestOptions
  readonly agent: HttpAgent
  readonly send: typeof httpRequest
}

/** One callback on its way: ready to be sent (once there is a URL and a free place), being sent, or waiting to be tried again. */
interface Delivery<Item> {
  readonly item: Item
  state: 'ready' | 'sending' | 'waiting'
  attempts: number
  firstAttemptAtMs: number | undefined
  timer: Waiting | undefined
}

/** Delivers callbacks at least once: what the policy does not accept is tried again until its time is up. */
export class CallbackWorker<Item> {
  readonly #source: CallbackSource<Item>
  readonly #policy: CallbackPolicy
  readonly #clock: SandboxClock
  readonly #timers: Timers
  readonly #deliveries = new Map<Item, Delivery<Item>>()
  readonly #ready = new Queue<Delivery<Item>>()
  #sending = 0
  #target: Target | undefined
  #closed = false

  constructor(
    source: CallbackSource<Item>,
    policy: CallbackPolicy = pawapayCallbackPolicy,
    clock: SandboxClock = new SandboxClock(),
  ) {
    this.#source = source
    this.#policy = policy
    this.#clock = clock
    this.#timers = new Timers(clock)
  }

  get url(): string | undefined {
    return this.#target?.url
  }

  /** What has been waiting, for a URL or for its next attempt, is sent at once. */
  setUrl(url: string): void {
    const previous = this.#target
    this.#target = targetOf(url)
    previous?.agent.destroy()
    for (const delivery of this.#deliveries.values()) if (delivery.state === 'waiting') this.#makeReady(delivery)
    this.#sendReady()
  }

  /** Starts delivering; for an item that is being delivered already, starts over. */
  deliver(item: Item): void {
    const underWay = this.#deliveries.get(item)
    const delivery = underWay ?? { item, state: 'waiting', attempts: 0, firstAttemptAtMs: undefined, timer: undefined }
    delivery.attempts = 0
    delivery.firstAttemptAtMs = undefined
    this.#deliveries.set(item, delivery)
    if (delivery.state === 'waiting') this.#makeReady(delivery)
  }

  /** One attempt out of turn. Whether it was acknowledged is all there is to know: it is not tried again. */
  async deliverOnce(item: Item): Promise<boolean> {
    if (this.#target === undefined || this.#isClosed()) return false
    return this.#attempt(item, this.#target)
  }

  /** Owes nobody anything any more; what is on its way arrives or does not. */
  forget(): void {
    this.#timers.clear()
    this.#deliveries.clear()
  }

  close(): void {
    this.#closed = true
    this.#timers.stop()
    this.#target?.agent.destroy()
    this.#deliveries.clear()
  }

  #makeReady(delivery: Delivery<Item>): void {
    this.#timers.cancel(delivery.timer)
    delivery.timer = undefined
    delivery.state = 'ready'
    this.#ready.push(delivery)
    this.#sendReady()
  }

  #sendReady(): void {
    while (this.#target !== undefined && !this.#isClosed() && this.#sending < this.#policy.maxConcurrent) {
      const delivery = this.#ready.shift()
      if (delivery === undefined) return
      // An attempt out of turn may have been acknowledged in the meantime.
      if (this.#deliveries.get(delivery.item) === delivery) void this.#send(delivery, this.#target)
    }
  }

  async #send(delivery: Delivery<Item>, target: Target): Promise<void> {
    delivery.state = 'sending'
    delivery.attempts += 1
    delivery.firstAttemptAtMs ??= this.#clock.now()
    this.#sending += 1
    const acknowledged = await this.#attempt(delivery.item, target)
    this.#sending -= 1
    if (!acknowledged && !this.#isClosed()) this.#tryLater(delivery)
    this.#sendReady()
  }

  #tryLater(delivery: Delivery<Item>): void {
    if (this.#deliveries.get(delivery.item) !== delivery) return
    const { retryDelaysMs, giveUpAfterMs } = this.#policy
    const delayMs = retryDelaysMs[Math.max(0, delivery.attempts - 1)] ?? retryDelaysMs.at(-1) ?? 0
    const now = this.#clock.now()
    if (now + delayMs > (delivery.firstAttemptAtMs ?? now) + giveUpAfterMs) {
      this.#deliveries.delete(delivery.item)
      this.#source.onAbandoned(delivery.item)
      return
    }
    delivery.state = 'waiting'
    delivery.timer = this.#timers.after(delayMs, () => {
      this.#makeReady(delivery)
    })
  }

  /** Asked anew after each wait. */
  #isClosed(): boolean {
    return this.#closed
  }

  async #attempt(item: Item, target: Target): Promise<boolean> {
    await this.#source.onSending(item)
    if (this.#isClosed()) return false
    const message = await this.#source.messageOf(item, target.url)
    const acknowledged = await post(target, message, this.#policy)
    // After close nobody is left to write it down; the next run delivers again.
    if (!acknowledged || this.#isClosed()) return false
    this.#timers.cancel(this.#deliveries.get(item)?.timer)
    this.#deliveries.delete(item)
    await this.#source.onAcknowledged(item)
    return true
  }
}

const targetOf = (url: string): Target => {
  const { protocol, hostname, port, pathname, search } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${url} is not an HTTP URL.`)
  const secure = protocol === 'https:'
  return {
    url,
    // The brackets around an IPv6 address belong to the URL, not to the address.
    options: { hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathname + search, method: 'POST' },
    agent: secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true }),
    send: secure ? httpsRequest : httpRequest,
  }
}

const post = (
  { options, agent, send }: Target,
  { headers, body }: CallbackMessage,
  { timeoutMs, accepts }: CallbackPolicy,
): Promise<boolean> =>
  new Promise((resolve) => {
    const request = send({ ...options, agent, headers })
    const timer = setTimeout(() => {
      request.destroy()
    }, timeoutMs)
    request.on('error', () => {
      resolve(false)
    })
    request.once('response', (response) => {
      // Only the status counts, but the connection is not free for the next callback until the body has been read.
      response.on('error', () => undefined)
      response.resume()
      resolve(accepts(response.statusCode ?? 0))
    })
    request.once('close', () => {
      clearTimeout(timer)
      resolve(false)
    })
    request.end(body)
  })

/** First in, first out; taking from the front of a plain array costs its whole length. */
class Queue<Item> {
  #items: (Item | undefined)[] = []
  #head = 0

  push(item: Item): void {
    this.#items.push(item)
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#items[this.#head] = undefined
    this.#head += 1
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
