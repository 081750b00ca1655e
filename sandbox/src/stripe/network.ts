import type { CallbackWorker } from '../callback-worker.ts'
import type { SandboxClock } from '../clock.ts'
import type { Dial } from '../dial.ts'
import type { Timers } from '../timers.ts'
import type { Book, EventRecord } from './book.ts'
import type { ChallengeUrl } from './intents.ts'
import type { Webhooks } from './webhooks.ts'

/** What may go wrong with a request; each happens to one request only. */
export const apiFaults = [
  /** The connection drops before anything is done. */
  'lost-request',
  /** Done, and its result kept under the idempotency key, then the connection drops. */
  'lost-reply',
  /** As `lost-reply`, but the connection stays open and nothing ever comes. */
  'hang',
  /** 500 before anything is done: the same key may try again. */
  'error-before-effect',
  /** Done, and then 500: this is the result that the idempotency key keeps. */
  'error-after-effect',
  /** Done, and then 502 with a page of HTML from something in between: the key keeps the true result. */
  'garbage',
  /** 429, nothing done. */
  'rate-limit',
  /** 429 because something else holds the object, nothing done. */
  'lock-timeout',
  /** 409 because a request with the same key is said to be running, nothing done. */
  'key-in-use',
  /** Done, and answered after the simulator's delay: until then its idempotency key is in use. */
  'slow-reply',
  /** A confirmation stays in `processing` for the simulator's delay before the bank answers. */
  'slow-bank',
] as const

export type ApiFault = (typeof apiFaults)[number]

/** A fault and which request it waits for: any POST, unless it says more. */
export interface PlannedFault {
  readonly fault: ApiFault
  readonly method: 'GET' | 'POST'
  /** How the path begins. */
  readonly path: string
}

/** One request as the sandbox tells of it; no part of Stripe's interface. */
export interface RequestView {
  readonly method: string
  readonly path: string
  readonly idempotencyKey: string | null
  readonly requestId: string
}

/** Pretend Stripe as its HTTP interface sees it. */
export interface Network {
  readonly apiKey: string
  readonly publishableKey: string
  readonly book: Book
  readonly worker: CallbackWorker<EventRecord>
  readonly webhooks: Webhooks
  readonly timers: Timers
  readonly faults: PlannedFault[]
  /** What happens by chance, beside what is queued. */
  readonly dial: Dial
  readonly clock: SandboxClock
  /** The keys of requests that are being answered. */
  readonly running: Set<string>
  /** The last requests, oldest first. */
  readonly requests: RequestView[]
  /** Where the pretend card form may send people back to. */
  readonly returnOrigins: Set<string>
  readonly challengeUrl: ChallengeUrl
  readonly delayMs: number
  /** How long every answer takes. */
  latencyMs: number
}

/** Takes the first fault that waits for such a request. */
const takeFault = ({ faults }: Network, method: string, path: string): ApiFault | undefined => {
  const position = faults.findIndex((each) => each.method === method && path.startsWith(each.path))
  return position < 0 ? undefined : faults.splice(position, 1)[0]?.fault
}

/** A fault, and how long it lasts if it lasts. */
export interface Struck {
  readonly fault: ApiFault | undefined
  readonly delayMs: number
}

/** What the dial lets happen to a request for a charge or a refund, where nothing is planned for it. */
export const nextFault = (network: Network, method: string, path: string): Struck => {
  const { dial, delayMs } = network
  const planned = takeFault(network, method, path)
  const isOrder = method === 'POST' && /^\/v1\/(payment_intents|refunds)$/.test(path)
  if (planned !== undefined || !isOrder) return { fault: planned, delayMs }
  const hit = dial.strike(['lost-reply', 'error-after-effect', 'slow-reply'], path, 'card')
  switch (hit?.fault) {
    case 'lost-reply':
    case 'error-after-effect':
    case 'slow-reply':
      return { fault: hit.fault, delayMs: hit.delayMs }
    case 'closed':
    case 'duplicate-callback':
    case 'lost-callback':
    case undefined:
      return { fault: undefined, delayMs }
  }
}

/** As on its first day, but for where webhooks go, what they are signed with, and who may be sent back where. */
export const reset = ({ book, worker, timers, faults, requests, webhooks, dial, clock }: Network): void => {
  worker.forget()
  timers.clear()
  book.clear()
  for (const queue of [faults, requests, webhooks.faults, webhooks.held]) queue.length = 0
  webhooks.mode = 'once'
  webhooks.repeated.clear()
  dial.set(0, [])
  clock.set(0)
}
