import { setTimeout as pause } from 'node:timers/promises'
import { type DollrEvent, NetworkError } from '@dollr/sdk'
import { type Context, Interrupted } from '../context.ts'

export interface FeedPage {
  readonly events: readonly DollrEvent[]
  /** Where the next page begins; null before the first event ever. */
  readonly next_after: string | null
  readonly has_more: boolean
}

export interface FeedQuery {
  readonly after?: string | undefined
  readonly limit?: number
}

const mostAtOnce = 100

export const readPage = ({ dollr }: Pick<Context, 'dollr'>, { after, limit = mostAtOnce }: FeedQuery) =>
  dollr.request('GET', '/v1/events', { query: { after, limit } }) as Promise<FeedPage>

export const readEvent = ({ dollr }: Pick<Context, 'dollr'>, id: string) =>
  dollr.request('GET', `/v1/events/${encodeURIComponent(id)}`) as Promise<DollrEvent>

/** Where the feed ends now; undefined before the first event ever. */
export const newestPosition = async (context: Pick<Context, 'dollr'>): Promise<string | undefined> =>
  (await readPage(context, { after: 'latest' })).next_after ?? undefined

const numberOf = (position: string): number => Number(/^evt_(\d{1,15})$/.exec(position)?.[1] ?? Number.NaN)

export const isEventId = (text: string): boolean => numberOf(text) > 0

export const isAfter = (one: string, other: string): boolean => numberOf(one) > numberOf(other)

/** Everything from a position to the end of the feed, or up to an event, oldest first. */
export async function* readAll(
  context: Pick<Context, 'dollr'>,
  { after, until }: { readonly after: string | undefined; readonly until?: string | undefined },
): AsyncGenerator<DollrEvent> {
  let position = after
  for (;;) {
    const { events, next_after: next, has_more: hasMore } = await readPage(context, { after: position })
    for (const event of events) {
      if (until !== undefined && isAfter(event.id, until)) return
      yield event
    }
    if (!hasMore || next === null) return
    position = next
  }
}

/** The newest events, oldest of them first. The feed is read forwards only, so this looks back further until it has enough. */
export async function readNewest(context: Pick<Context, 'dollr'>, count: number): Promise<readonly DollrEvent[]> {
  const newest = await newestPosition(context)
  if (newest === undefined) return []
  for (let span = count * 2; ; span *= 8) {
    const begin = numberOf(newest) - span
    const events: DollrEvent[] = []
    for await (const event of readAll(context, { after: begin > 0 ? `evt_${begin}` : undefined })) events.push(event)
    // Others' events lie between ours.
    if (events.length >= count || begin <= 0) return events.slice(-count)
  }
}

const pollMs = 1_000
const reconnectMs = 2_000

/** What the feed is followed with: where from, and whom to tell that the server is away. */
export interface Following {
  readonly after: string | undefined
  readonly onLost: () => void
}

/** Every event after a position, and then every one that happens, until it is interrupted. A server that is away is waited for. */
export async function* followFeed(
  context: Pick<Context, 'dollr' | 'interrupted'>,
  { after, onLost }: Following,
): AsyncGenerator<DollrEvent> {
  let position = after
  let isLost = false
  while (!context.interrupted.aborted) {
    const page = await readPage(context, { after: position }).catch((error: unknown) => {
      if (error instanceof NetworkError) return undefined
      throw error
    })
    if (page === undefined && !isLost) onLost()
    isLost = page === undefined
    yield* page?.events ?? []
    position = page?.next_after ?? position
    if (page?.has_more !== true) await rest(isLost ? reconnectMs : pollMs, context.interrupted)
  }
}

/** Waits, and is over at once when interrupted: the loop above looks. */
export async function rest(ms: number, interrupted: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal: interrupted })
  } catch (error) {
    if (!interrupted.aborted || !(interrupted.reason instanceof Interrupted)) throw error
  }
}
