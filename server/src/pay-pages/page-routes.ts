import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Problem } from '../kernel/problem.ts'
import { isDatabaseUnavailable } from '../platform/db/availability.ts'
import { compress, encodingFor } from '../platform/http/encoding.ts'
import { type Html } from '../platform/http/html.ts'
import { RateLimited } from '../platform/http/problems.ts'
import { type Http } from '../platform/http/server.ts'
import { type Reader, readerOf } from './reader.ts'
import { contentSecurityPolicy } from './style.ts'
import { showNothing } from './views.ts'

/** What the routes of all pages have in common: what they read, how they answer, and how they fail. */

/** Half the levels above this cost more time than they save bytes on pages of this size. */
const brotliQuality = 5

/** Pages are about money and for one reader: framed nowhere, and telling nobody where a reader came from. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex',
  Vary: 'Accept-Encoding, Accept-Language',
} as const

/** Stored nowhere, and running nothing. What may be kept, or needs more than other pages, has said so itself. */
const usually = { 'Cache-Control': 'no-store', 'Content-Security-Policy': contentSecurityPolicy } as const

export const byToken = Type.Object({ token: Type.String() })

/** Browsers and people write what they like into an address: what is not ours is as good as nothing. */
export function inQuery({ query }: FastifyRequest, name: string): string | undefined {
  const value = (query as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : undefined
}

/** All of a long list is one more page, for those who want it. */
export const asksForAll = (request: FastifyRequest): boolean => inQuery(request, 'lines') === 'all'

export const readerFor = (request: FastifyRequest): Reader =>
  readerOf(inQuery(request, 'lang'), request.headers['accept-language'])

export async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  page: Html,
): Promise<FastifyReply> {
  void reply.code(status).header('Content-Type', 'text/html; charset=utf-8')
  const encoding = encodingFor(request)
  if (!encoding) return reply.send(page.text)
  return reply.header('Content-Encoding', encoding).send(await compress(page.text, encoding, brotliQuality))
}

function sendFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const cause: unknown = error
  const show = (why: 'unknown' | 'busy' | 'broken', status: number): Promise<FastifyReply> =>
    send(request, reply, status, showNothing(readerFor(request), why))
  if (cause instanceof RateLimited) {
    void reply.header('Retry-After', cause.retryAfterSeconds)
    return show('busy', 429)
  }
  const unavailable = isDatabaseUnavailable(cause) || (cause instanceof Problem && cause.kind === 'unavailable')
  if (!unavailable && error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return show('unknown', error.statusCode)
  }
  request.log.error({ err: error }, unavailable ? 'database unavailable' : 'request failed')
  void reply.header('Retry-After', 5)
  return show('broken', unavailable ? 503 : 500)
}

/** A form may come from a browser of any age. It is small; anything larger is none of ours. */
const formLimit = 8 * 1024

export function preparePages(http: Http): void {
  http.removeAllContentTypeParsers()
  http.addContentTypeParser('*', { parseAs: 'string', bodyLimit: formLimit }, (_request, body, done) => {
    done(null, body)
  })
  http.setErrorHandler(sendFailure)
  http.addHook('onSend', async (_request, reply) => {
    // No page of another site has any business reading these.
    reply.removeHeader('Access-Control-Allow-Origin')
    reply.removeHeader('Access-Control-Expose-Headers')
    if (reply.getHeader('Content-Type') === 'text/plain') return
    reply.headers(headers)
    for (const [name, value] of Object.entries(usually)) if (!reply.hasHeader(name)) reply.header(name, value)
  })
}
