import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Problem } from '../kernel/problem.ts'
import { isDatabaseUnavailable } from '../platform/db/availability.ts'
import { RateLimited } from '../platform/http/problems.ts'
import { type Http } from '../platform/http/server.ts'
import { cardPageRoutes } from './card-routes.ts'
import { isCardTry, showCardWaiting } from './card-views.ts'
import { type Html } from './html.ts'
import { readLooks, readReference } from './model.ts'
import { openPayPage, openReceipt, pay, type PayPage, type PayPagesContext, type SentForm } from './service.ts'
import { contentSecurityPolicy } from './style.ts'
import { type Asked, showNothing, showPayPage, showReceipt } from './views.ts'

const compress = promisify(gzip)

/** Pages are about money and for one reader: stored nowhere, framed nowhere, and telling nobody where a reader came from. */
const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': contentSecurityPolicy,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex',
  Vary: 'Accept-Encoding',
} as const

async function send(request: FastifyRequest, reply: FastifyReply, status: number, page: Html): Promise<FastifyReply> {
  void reply.code(status).header('Content-Type', 'text/html; charset=utf-8')
  if (!/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\b)/i.test(request.headers['accept-encoding'] ?? '')) return reply.send(page.text)
  return reply.header('Content-Encoding', 'gzip').send(await compress(page.text))
}

const statusOf: Readonly<Record<PayPage['kind'], number>> = {
  unknown: 404,
  canceled: 410,
  expired: 410,
  switchedOff: 403,
  unpayable: 200,
  payable: 200,
  waiting: 200,
  failed: 200,
  paid: 200,
}

/** A form whose reader has to mend something is an answer to a wrong request. */
const statusFor = (page: PayPage): number =>
  page.kind === 'payable' && page.form.mistake !== undefined ? 422 : statusOf[page.kind]

/** Exactly as it was given; only what no header can carry is written the way browsers would ask for it. */
const locationOf = (url: string): string => (/^[\x21-\x7e]+$/.test(url) ? url : new URL(url).href)

/** A form may come from a browser of any age. It is small; anything larger is none of ours. */
const formLimit = 8 * 1024

function readForm(body: unknown): SentForm {
  const fields = new URLSearchParams(typeof body === 'string' ? body : '')
  const field = (name: string): string => fields.get(name) ?? ''
  return { option: field('option'), phone: field('phone'), reference: field('reference') }
}

const byToken = Type.Object({ token: Type.String() })

/** Browsers and people write what they like into an address: what is not ours is as good as nothing. */
function askedFor({ query }: FastifyRequest): Asked {
  const asked = query as Readonly<Record<string, unknown>>
  const text = (name: string): string | undefined => {
    const value = asked[name]
    return typeof value === 'string' ? value : undefined
  }
  return { reference: readReference(text('try')), looks: readLooks(text('looks')), all: text('lines') === 'all' }
}

function sendFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const cause: unknown = error
  if (cause instanceof RateLimited) {
    return send(request, reply.header('Retry-After', cause.retryAfterSeconds), 429, showNothing('busy'))
  }
  const unavailable = isDatabaseUnavailable(cause) || (cause instanceof Problem && cause.kind === 'unavailable')
  if (!unavailable && error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return send(request, reply, error.statusCode, showNothing('unknown'))
  }
  request.log.error({ err: error }, unavailable ? 'database unavailable' : 'request failed')
  return send(request, reply.header('Retry-After', 5), unavailable ? 503 : 500, showNothing('broken'))
}

/** The pages of payers: plain HTML, forms and links, no script. */
export function payPageRoutes(http: Http, context: PayPagesContext): void {
  http.removeAllContentTypeParsers()
  http.addContentTypeParser('*', { parseAs: 'string', bodyLimit: formLimit }, (_request, body, done) => {
    done(null, body)
  })
  http.setErrorHandler(sendFailure)
  http.addHook('onSend', async (_request, reply) => {
    // No page of another site has any business reading these.
    reply.removeHeader('Access-Control-Allow-Origin')
    reply.removeHeader('Access-Control-Expose-Headers')
    const policy = reply.getHeader('Content-Security-Policy')
    reply.headers(headers)
    if (policy !== undefined) reply.header('Content-Security-Policy', policy)
  })
  const config = { public: true }

  http.get('/pay/:token', { config, schema: { hide: true, params: byToken } }, async (request, reply) => {
    const asked = askedFor(request)
    const page = await openPayPage(context, request.params.token, asked.reference)
    const onward = page.kind === 'paid' && asked.reference !== undefined ? page.bill.checkout?.successUrl : undefined
    // Only from a page that looked again, never straight from the form: browsers hold the redirects that follow a form to
    // its `form-action`, and would leave the payer with an error instead of the merchant's page.
    if (onward !== undefined && asked.looks !== 0) return reply.redirect(locationOf(onward), 303)
    const shown = isCardTry(page)
      ? showCardWaiting(page, asked, encodeURIComponent(request.params.token))
      : showPayPage(page, asked)
    return send(request, reply, statusFor(page), shown)
  })

  http.post('/pay/:token', { config, schema: { hide: true, params: byToken } }, async (request, reply) => {
    const answer = await pay(context, request.params.token, readForm(request.body))
    if (answer.kind === 'tried') {
      return reply.redirect(answer.reference === undefined ? '?' : `?try=${answer.reference}`, 303)
    }
    return send(request, reply, statusFor(answer.page), showPayPage(answer.page, { ...askedFor(request), looks: 0 }))
  })

  cardPageRoutes(http, context, send)

  http.get('/receipt/:token', { config, schema: { hide: true, params: byToken } }, async (request, reply) => {
    const receipt = await openReceipt(context, request.params.token)
    if (!receipt) return send(request, reply, 404, showNothing('unknown'))
    return send(request, reply, 200, showReceipt(receipt, askedFor(request).all))
  })
}
