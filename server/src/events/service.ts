import { type MerchantId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { type Event, type EventId, type EventType, readEventId } from './model.ts'
import * as store from './store.ts'

/** How many events one call looks at to find those of one type: some tens of milliseconds. */
const longestScan = 10_000

export interface FeedQuestion {
  readonly after: string | undefined
  readonly type: EventType | undefined
  readonly limit: number
}

export interface FeedPage {
  readonly events: readonly Event[]
  /** Where the next page begins; undefined before the first event. */
  readonly next: EventId | undefined
  readonly hasMore: boolean
}

export async function getEvent(db: Queryable, merchantId: MerchantId, id: string): Promise<Event> {
  const eventId = readEventId(id)
  const event = eventId && (await store.findEvent(db, merchantId, eventId))
  if (!event) throw new NotFound('Event')
  return event
}

/** What happened after an event, oldest first. */
export async function listEvents(db: Queryable, merchantId: MerchantId, asked: FeedQuestion): Promise<FeedPage> {
  if (asked.after === 'latest') {
    return { events: [], next: await store.findLatestEventId(db, merchantId), hasMore: false }
  }
  // A position that is nobody's would wait in silence for events that are there.
  const after = asked.after === undefined ? undefined : (await getEvent(db, merchantId, asked.after)).id
  const scan = asked.type === undefined ? asked.limit + 1 : longestScan
  const found = await store.scanEvents(db, merchantId, { after, type: asked.type, most: asked.limit, scan })
  const events = found.ids.length === 0 ? [] : await store.readEvents(db, merchantId, found.ids)
  return { events, next: found.last ?? after, hasMore: found.more }
}
