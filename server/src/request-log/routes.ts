import { type Static, Type } from 'typebox'
import { type Pool } from '../platform/db/pool.ts'
import { watchCalls } from '../platform/http/calls.ts'
import { type Http } from '../platform/http/server.ts'
import { ErrorDetail, model, nullable, optional, text, timestamp, writeTime } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { type LoggedRequest, writeRequestId } from './model.ts'
import { listRequests, type RequestLog } from './service.ts'

const RequestWarning = model('RequestWarning', { code: text, text })

const Body = Type.Unknown({ description: 'Redacted JSON; what is longer than 8 KiB is its beginning as a text.' })

const LoggedRequestResponse = model('LoggedRequest', {
  id: text,
  request_id: Type.String({ description: 'What the answer said in `X-Request-Id`.' }),
  at: timestamp,
  method: text,
  path: text,
  query: nullable(text),
  status: Type.Integer(),
  duration_ms: Type.Integer(),
  reference_id: nullable(text),
  request_body: Body,
  response_body: Body,
  warnings: Type.Array(RequestWarning),
})

const LoggedRequestList = model('LoggedRequestList', {
  requests: Type.Array(LoggedRequestResponse),
  next_after: nullable(Type.String({ description: 'The newest of these: the `after` that goes on from there.' })),
  has_more: Type.Boolean({ description: 'Whether there are more on the far side of these.' }),
})

const LogQuery = Type.Object({
  reference_id: optional(text),
  path: optional(Type.String({ description: 'What the path begins with.' })),
  status: optional(Type.Integer({ minimum: 100, maximum: 599 })),
  after: optional(
    Type.String({ description: 'What came after this call, oldest first. Without it the newest, newest first.' }),
  ),
  limit: optional(
    Type.Integer({ minimum: 1, maximum: 100, description: 'How many at most; 50 unless said otherwise.' }),
  ),
})

/** How many calls an answer holds unless it was asked for another number. */
const usualPage = 50

const writeRequest = (request: LoggedRequest): Static<typeof LoggedRequestResponse> => ({
  id: writeRequestId(request.id),
  request_id: request.requestId,
  at: writeTime(request.at),
  method: request.method,
  path: request.path,
  query: request.query ?? null,
  status: request.status,
  duration_ms: request.durationMs,
  reference_id: request.referenceId ?? null,
  request_body: request.requestBody,
  response_body: request.responseBody,
  warnings: [...request.warnings],
})

/** Takes note of every call of these operations that a merchant made. */
export function keepRequests(http: Http, requestLog: RequestLog): void {
  watchCalls(http, (call, request) => {
    // Who had no good token is nobody.
    if (request.caller) requestLog.see(request.caller.id, call)
  })
}

/** Beyond the contract: what a merchant asked and was answered, redacted. Asking for it is not itself taken note of. */
export function requestLogRoutes(http: Http, db: Pool): void {
  http.get(
    '/requests',
    {
      config: { unrecorded: true },
      schema: {
        operationId: 'list_requests',
        tags: ['extensions'],
        querystring: LogQuery,
        response: { 200: LoggedRequestList, 404: ErrorDetail },
      },
    },
    async (request) => {
      const { reference_id: referenceId, path, status, after, limit } = request.query
      const page = await listRequests(db, merchantOf(request).id, {
        referenceId: referenceId ?? undefined,
        path: path ?? undefined,
        status: status ?? undefined,
        after: after ?? undefined,
        limit: limit ?? usualPage,
      })
      return {
        requests: page.requests.map(writeRequest),
        next_after: page.next ?? null,
        has_more: page.hasMore,
      }
    },
  )
}
