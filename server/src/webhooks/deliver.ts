import { addMs, type Clock } from '../kernel/clock.ts'
import { invariant } from '../kernel/invariant.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type GuardedClient } from '../platform/guarded-client.ts'
import { type Logger } from '../platform/log.ts'
import { type Event, type EventId, presentEvent, readEvents } from '../events/index.ts'
import {
  type AttemptRecord,
  claimDeliveries,
  fanOut,
  forgetDeliveries,
  recordAttempts,
  releaseDeliveries,
} from './delivery-store.ts'
import {
  type Attempt,
  type ClaimedDelivery,
  type EndpointId,
  isGone,
  nextAttemptAt,
  readRetryAfter,
  toAttempt,
} from './model.ts'
import { openSecret, signedHeaders } from './signing.ts'

export interface DispatcherOptions {
  readonly db: Pool
  readonly clock: Clock
  /** What receivers compare their own clock with, whatever time it is in a sandbox. */
  readonly wallClock: Clock
  readonly log: Logger
  readonly client: GuardedClient
  /** What signing secrets are sealed under. */
  readonly sealing: readonly string[]
}

/** Sends merchants the events they want to hear of. */
export interface Dispatcher {
  /** Makes deliveries of new events and begins to send what is due; true when there is more of it. */
  round(): Promise<boolean>
  /** Forgets what is long over; true when there is more of it. */
  forget(): Promise<boolean>
  /** Waits until what is being sent was answered and written down; nothing else is begun meanwhile. */
  readonly settled: () => Promise<void>
}

/** Ids of events that one statement makes deliveries of. */
const eventsPerFanOut = 2_000

/** Lines that this process sends from at the same time. */
const mostInHand = 512
/** To one endpoint. */
const mostEach = 48
/** To one that does nothing but fail: enough to notice when it is back. */
const mostFailing = 2
/**
 * An endpoint may take a part of what is free and never the rest: however many are slow, something remains free for one that
 * is not.
 */
const shareOfFree = 8

/** Of one line: what a payment brings about from its claim to its end. */
const mostRun = 10
/** With one more attempt it must end before the claim does. */
const longestRunMs = 5_000

/**
 * Longer than any line in hand takes, with the last attempt's time. Should this process die, another sends what it had in hand
 * within half a minute.
 */
const claimMs = 25_000

/** What is over is kept for this long. */
const keptMs = 30 * 24 * 60 * 60_000
const forgottenPerRound = 1_000

/** What could not be sent. */
const unsigned = (at: Date): Attempt => ({
  at,
  durationMs: 0,
  status: undefined,
  error: 'secret_unreadable',
  answer: undefined,
})

interface Sent {
  readonly attempt: Attempt
  /** How long the receiver wants to be left alone. */
  readonly wishMs: number | undefined
}

/** What is sent to one endpoint one after the other. */
type Line = readonly [ClaimedDelivery, ...ClaimedDelivery[]]

function linesOf(claimed: readonly ClaimedDelivery[]): Line[] {
  const lines = new Map<string, [ClaimedDelivery, ...ClaimedDelivery[]]>()
  for (const delivery of claimed) {
    const key = `${delivery.endpointId} ${delivery.line}`
    const line = lines.get(key)
    if (line) line.push(delivery)
    else lines.set(key, [delivery])
  }
  return [...lines.values()]
}

/** The events of deliveries, by id. */
async function readAll(db: Pool, claimed: readonly ClaimedDelivery[]): Promise<Map<EventId, Event>> {
  const events = new Map<EventId, Event>()
  for (const merchantId of new Set(claimed.map((delivery) => delivery.merchantId))) {
    const ids = claimed.filter((delivery) => delivery.merchantId === merchantId).map(({ eventId }) => eventId)
    for (const event of await readEvents(db, merchantId, ids)) events.set(event.id, event)
  }
  return events
}

export function createDispatcher({ db, clock, wallClock, log, client, sealing }: DispatcherOptions): Dispatcher {
  const inHand = new Map<Line, Promise<void>>()
  let stopping = false
  /** Something became due that the claim under way may not have seen. */
  let wanted = false
  /** The last claim found much to send: when some of it is done there will be more, and no time to lose until the next round. */
  let busy = false
  let claiming: Promise<void> | undefined

  const record = grouped<AttemptRecord, boolean>(
    async (records) => {
      const waited = await recordAttempts(db, records, clock.now())
      return records.map(() => waited)
    },
    { most: 100, writers: 1 },
  )

  const countInHand = (): Map<EndpointId, number> => {
    const counts = new Map<EndpointId, number>()
    for (const [{ endpointId }] of inHand.keys()) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1)
    return counts
  }

  const send = async (delivery: ClaimedDelivery, event: Event, at: Date): Promise<Sent> => {
    const secrets = delivery.sealedSecrets.flatMap((sealed) => openSecret(sealed, sealing) ?? [])
    if (secrets.length === 0) {
      log.error({ webhookEndpointId: delivery.endpointId }, 'the secret of a webhook endpoint cannot be opened')
      return { attempt: unsigned(at), wishMs: undefined }
    }
    const presented = presentEvent(event)
    const body = JSON.stringify(presented)
    const headers = signedHeaders({ id: presented.id, body }, secrets, wallClock.now())
    const answer = await client.post(delivery.url, headers, body)
    const wish = answer.kind === 'answered' ? answer.retryAfter : undefined
    return { attempt: toAttempt(at, answer), wishMs: readRetryAfter(wish, wallClock.now()) }
  }

  /** Should this fail, the claim runs out, and it is sent again. */
  const write = async (delivery: ClaimedDelivery, { attempt, wishMs }: Sent): Promise<void> => {
    try {
      const waited = await record({
        delivery,
        attempt,
        gone: attempt.status !== undefined && isGone(attempt.status),
        nextAttemptAt: attempt.error === undefined ? undefined : nextAttemptAt(delivery, attempt.at, wishMs),
      })
      wanted ||= waited
    } catch (error) {
      log.error({ webhookDeliveryId: delivery.id, err: error }, 'what came of a delivery was not written down')
    }
  }

  /** One after the other, for as long as each is received and it does not take too long. What is left is somebody's next. */
  const deliver = async (line: Line, events: ReadonlyMap<EventId, Event>): Promise<void> => {
    const until = addMs(clock.now(), longestRunMs)
    const writing: Promise<void>[] = []
    for (const delivery of line) {
      const event = events.get(delivery.eventId)
      invariant(event, 'what is delivered is settled')
      const sent = await send(delivery, event, clock.now())
      // The next need not wait for this to be written: a process that dies sends both again, in their order.
      writing.push(write(delivery, sent))
      if (sent.attempt.error !== undefined || stopping || clock.now() >= until) break
    }
    await Promise.all(writing)
    const left = line.slice(writing.length)
    if (left.length === 0) return
    await releaseDeliveries(db, left, clock.now())
    wanted = true
  }

  const begin = (line: Line, events: ReadonlyMap<EventId, Event>): void => {
    const done = deliver(line, events)
      .catch((error: unknown) => {
        log.error({ webhookDeliveryId: line[0].id, err: error }, 'a line of deliveries was broken off')
      })
      .finally(() => {
        inHand.delete(line)
        if (wanted || busy) claimBeside()
      })
    inHand.set(line, done)
  }

  const claimOnce = async (): Promise<void> => {
    const free = mostInHand - inHand.size
    if (free <= 0 || stopping) return
    const now = clock.now()
    const each = Math.min(mostEach, Math.ceil(free / shareOfFree))
    const claimed = await claimDeliveries(
      db,
      { inHand: countInHand(), most: free, mostEach: each, mostFailing, mostRun, claimedUntil: addMs(now, claimMs) },
      now,
    )
    const lines = linesOf(claimed)
    busy = lines.length >= each / 4
    const events = await readAll(db, claimed)
    const sending = new Set([...inHand.keys()].flatMap((line) => line.map(({ id }) => id)))
    for (const line of lines) {
      // A sandbox's clock that jumped makes due again what is in hand.
      if (!line.some(({ id }) => sending.has(id))) begin(line, events)
    }
  }

  /** One claim at a time: who asks meanwhile is served by the one that follows. */
  const claim = (): Promise<void> => {
    wanted = true
    claiming ??= (async () => {
      try {
        while (wanted) {
          wanted = false
          await claimOnce()
        }
      } finally {
        claiming = undefined
      }
    })()
    return claiming
  }

  const claimBeside = (): void => {
    claim().catch((error: unknown) => {
      // The next round asks again.
      log.error({ err: error }, 'due deliveries not claimed')
    })
  }

  return {
    async round() {
      const more = await fanOut(db, eventsPerFanOut, clock.now())
      await claim()
      return more
    },
    forget: () => forgetDeliveries(db, addMs(clock.now(), -keptMs), forgottenPerRound),
    async settled() {
      stopping = true
      await claiming
      await Promise.all(inHand.values())
    },
  }
}
