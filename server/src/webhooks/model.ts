import { createHash } from 'node:crypto'
import { addMs } from '../kernel/clock.ts'
import { type Brand, type MerchantId } from '../kernel/ids.ts'
import { type GuardedAnswer, silences } from '../platform/guarded-client.ts'
import { type EventId, eventTypes } from '../events/index.ts'

export type EndpointId = Brand<string, 'EndpointId'>
export type DeliveryId = Brand<string, 'DeliveryId'>

export const endpointStatuses = ['ENABLED', 'DISABLED'] as const
export type EndpointStatus = (typeof endpointStatuses)[number]

/** Where a merchant wants to hear of its events. */
export interface Endpoint {
  readonly id: EndpointId
  readonly merchantId: MerchantId
  readonly url: string
  /** Types of events, with `payment.*` for all of a kind and `*` for all. */
  readonly events: readonly string[]
  readonly description: string | undefined
  readonly status: EndpointStatus
  readonly disabledReason: string | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What an endpoint may ask for. */
export const eventFilters: readonly string[] = [
  '*',
  ...new Set(eventTypes.map((type) => `${type.slice(0, type.indexOf('.'))}.*`)),
  ...eventTypes,
]

/** More than anybody has systems that listen, too few to make of this server a way to call many. */
export const mostEndpoints = 20

export const deliveryStatuses = ['PENDING', 'DELIVERED', 'FAILED'] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** What was wrong with an attempt, in a word: no answer, one that says no, or nothing to sign with. */
export const attemptErrors = [...silences, 'redirected', 'status', 'secret_unreadable'] as const
export type AttemptError = (typeof attemptErrors)[number]

/** One time that something was sent, and what came back. */
export interface Attempt {
  readonly at: Date
  readonly durationMs: number
  /** The HTTP status. Undefined when no answer came. */
  readonly status: number | undefined
  /** Undefined for an answer that says received. */
  readonly error: AttemptError | undefined
  /** How the answer begins. */
  readonly answer: string | undefined
}

/** One event for one endpoint, and how far it came. */
export interface Delivery {
  readonly id: DeliveryId
  readonly eventId: EventId
  readonly eventType: string
  readonly status: DeliveryStatus
  readonly nextAttemptAt: Date | undefined
  readonly deliveredAt: Date | undefined
  readonly createdAt: Date
  /** The latest ones, oldest first. */
  readonly attempts: readonly Attempt[]
}

export const isReceived = (status: number): boolean => status >= 200 && status < 300

/** `410 Gone` is how a receiver says that it wants no more. */
export const isGone = (status: number): boolean => status === 410

function errorOf(status: number): AttemptError | undefined {
  if (isReceived(status)) return undefined
  return status >= 300 && status < 400 ? 'redirected' : 'status'
}

/** What an answer means. */
export const toAttempt = (at: Date, answer: GuardedAnswer): Attempt =>
  answer.kind === 'silent'
    ? { at, durationMs: answer.durationMs, status: undefined, error: answer.reason, answer: undefined }
    : { at, durationMs: answer.durationMs, status: answer.status, error: errorOf(answer.status), answer: answer.body }

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** How long to wait after each attempt that failed; the last for all that follow. */
const pausesMs = [
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  4 * hourMs,
  8 * hourMs,
] as const
const longestPauseMs = pausesMs[8]

/** After its first attempt an event is given up, and an endpoint that did nothing but fail meanwhile is disabled. */
export const patienceMs = 72 * hourMs

/** However long a receiver asks to be left alone: its secret may be another one by then. */
const longestWishMs = 24 * hourMs

/**
 * From 0 to 1 and always the same after the same failure: what failed together in one breakdown must not come back together, and
 * a run that is repeated must be the same run.
 */
function spread(id: DeliveryId, failures: number): number {
  const digest = createHash('sha256').update(`${id} ${failures}`).digest()
  return digest.readUInt32BE(0) / 0xffffffff
}

/** How long a `Retry-After` asks to wait, in seconds or as a date. Undefined for what is neither. */
export function readRetryAfter(value: string | undefined, wallNow: Date): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * secondMs
  const at = /^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value) ? Date.parse(value) : NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallNow.getTime())
}

/**
 * When something is sent next that was not received: after a pause up to a tenth longer than the schedule says, and not before
 * the receiver wishes. Undefined when it has been tried for long enough; the last attempt is at the end of that time.
 */
export function nextAttemptAt(
  { id, failures, firstAttemptAt }: Pick<ClaimedDelivery, 'id' | 'failures' | 'firstAttemptAt'>,
  began: Date,
  wishMs: number | undefined,
): Date | undefined {
  const deadline = addMs(firstAttemptAt, patienceMs)
  if (began >= deadline) return undefined
  const pauseMs = (pausesMs[failures] ?? longestPauseMs) * (1 + spread(id, failures) / 10)
  const due = addMs(began, Math.max(pauseMs, Math.min(wishMs ?? 0, longestWishMs)))
  return due < deadline ? due : deadline
}

/** What somebody is to send now. */
export interface ClaimedDelivery {
  readonly id: DeliveryId
  readonly merchantId: MerchantId
  readonly endpointId: EndpointId
  /** What is delivered in order. */
  readonly line: string
  readonly eventId: EventId
  /** Counted from 1 since it became pending. */
  readonly attempt: number
  /** How many attempts since then were not received. */
  readonly failures: number
  readonly firstAttemptAt: Date
  readonly url: string
  /** What signs, the newest first, as it is kept. */
  readonly sealedSecrets: readonly Buffer[]
}
