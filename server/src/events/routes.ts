import { Type } from 'typebox'
import { type Pool } from '../platform/db/pool.ts'
import { type Http } from '../platform/http/server.ts'
import { ErrorDetail } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { writeEventId } from './model.ts'
import { EventList, EventQuery, EventResponse, presentEvent } from './schema.ts'
import { getEvent, listEvents } from './service.ts'

/** How many events an answer holds unless it was asked for another number. */
const usualPage = 50

/** Beyond the contract: everything that happened to a merchant's money and documents, in the order to read it in. */
export function eventRoutes(http: Http, db: Pool): void {
  http.get(
    '/events',
    {
      schema: {
        operationId: 'list_events',
        tags: ['extensions'],
        querystring: EventQuery,
        response: { 200: EventList, 404: ErrorDetail },
      },
    },
    async (request) => {
      const { after, type, limit } = request.query
      const page = await listEvents(db, merchantOf(request).id, {
        after: after ?? undefined,
        type: type ?? undefined,
        limit: limit ?? usualPage,
      })
      return {
        events: page.events.map(presentEvent),
        next_after: page.next ? writeEventId(page.next) : null,
        has_more: page.hasMore,
      }
    },
  )

  http.get(
    '/events/:event_id',
    {
      schema: {
        operationId: 'retrieve_event',
        tags: ['extensions'],
        params: Type.Object({ event_id: Type.String({ description: '`evt_` and a number.' }) }),
        response: { 200: EventResponse },
      },
    },
    async (request) => presentEvent(await getEvent(db, merchantOf(request).id, request.params.event_id)),
  )
}
