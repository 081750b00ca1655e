import { type FastifyRequest } from 'fastify'
import { carriesCardData } from './card-data.ts'
import { type Http } from './server.ts'
import { type Warning } from './warnings.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Is not kept in the log of calls. */
    unrecorded?: boolean
  }
}

/** A call as it came and what it was answered: with everything in it, and so for nobody to read before it is redacted. */
export interface Call {
  /** Said in `X-Request-Id`. */
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly query: unknown
  readonly body: unknown
  /** How long the body said it was. */
  readonly bodyBytes: number
  readonly status: number
  readonly durationMs: number
  /** The answer's text. Undefined for one that was not JSON. */
  readonly answer: string | undefined
  readonly warnings: readonly Warning[]
}

/**
 * Hands over every call of these operations once its answer is known, and before it is sent: an answer that is lost on its way
 * was given all the same. What was refused for card data goes without what it said.
 */
export function watchCalls(http: Http, seen: (call: Call, request: FastifyRequest) => void): void {
  http.addHook('onSend', async (request, reply, payload) => {
    if (request.routeOptions.config.unrecorded === true) return
    const secret = carriesCardData(request)
    seen(
      {
        requestId: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0] ?? '',
        query: secret ? undefined : request.query,
        body: secret ? undefined : request.body,
        bodyBytes: Number(request.headers['content-length'] ?? 0),
        status: reply.statusCode,
        durationMs: reply.elapsedTime,
        answer: typeof payload === 'string' ? payload : undefined,
        warnings: request.warnings ?? [],
      },
      request,
    )
  })
}
