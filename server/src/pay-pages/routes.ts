import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { Type } from 'typebox'
import { Problem } from '../kernel/problem.ts'
import { isDatabaseUnavailable } from '../platform/db/availability.ts'
import { RateLimited } from '../platform/http/problems.ts'
import { publicBase } from '../platform/http/public-base.ts'
import { type Http } from '../platform/http/server.ts'
import { cardPageRoutes } from './card-routes.ts'
import { isCardTry, showCardWaiting } from './card-views.ts'
import { type Html } from './html.ts'
import { readLooks, readReference } from './model.ts'
import { type Reader, readerOf } from './reader.ts'
import { prove, type ReceiptPagesContext } from './receipt-service.ts'
import { showProof } from './receipt-views.ts'
import {
  askWhetherWaiting,
  openPayPage,
  openReceipt,
  pay,
  type PayPage,
  type PayPagesContext,
  type SentForm,
} from './service.ts'
import { contentSecurityPolicy, livePolicy } from './style.ts'
import { type Asked, showNothing, showPayPage, showReceipt } from './views.ts'

const compressors = {
  // Half the levels above five cost more time than they save bytes on pages of this size.
  br: (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: promisify(gzip),
} as const

type Encoding = keyof typeof compressors

/** Pages are about money and for one reader: stored nowhere, framed nowhere, and telling nobody where a reader came from. */
const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex',
  Vary: 'Accept-Encoding, Accept-Language',
} as const

/** The smallest form of a page that its reader's browser takes. */
function encodingFor({ headers: sent }: FastifyRequest): Encoding | undefined {
  const taken = new Negotiator({ headers: sent }).encodings(['br', 'gzip', 'identity'])
  return (['br', 'gzip'] as const).find((encoding) => taken.includes(encoding))
}

export async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  page: Html,
): Promise<FastifyReply> {
  void reply.code(status).header('Content-Type', 'text/html; charset=utf-8')
  const encoding = encodingFor(request)
  if (!encoding) return reply.send(page.text)
  return reply.header('Content-Encoding', encoding).send(await compressors[encoding](page.text))
}

/** Asked every few seconds over networks that charge for each byte: a word, and nothing at all while it is the same. */
function sendStatus(request: FastifyRequest, reply: FastifyReply, word: string): FastifyReply {
  const tag = `"${word}"`
  void reply.headers({
    ETag: tag,
    'Content-Type': 'text/plain',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  return request.headers['if-none-match'] === tag ? reply.code(304).send() : reply.send(word)
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
  return { option: field('option'), phone: field('phone'), reference: field('reference'), sure: field('sure') }
}

const byToken = Type.Object({ token: Type.String() })

/** Browsers and people write what they like into an address: what is not ours is as good as nothing. */
export function inQuery({ query }: FastifyRequest, name: string): string | undefined {
  const value = (query as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : undefined
}

const askedFor = (request: FastifyRequest): Asked => ({
  reference: readReference(inQuery(request, 'try')),
  looks: readLooks(inQuery(request, 'looks')),
  all: inQuery(request, 'lines') === 'all',
})

export const readerFor = (request: FastifyRequest): Reader =>
  readerOf(inQuery(request, 'lang'), request.headers['accept-language'])

function sendPayPage(request: FastifyRequest, reply: FastifyReply, page: PayPage, asked: Asked): Promise<FastifyReply> {
  if (page.kind === 'waiting') void reply.header('Content-Security-Policy', livePolicy)
  return send(request, reply, statusFor(page), showPayPage(readerFor(request), page, asked))
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

/** The page of a link that is not to be paid, in the place of what was asked for. */
export async function sendClosed(
  request: FastifyRequest,
  reply: FastifyReply,
  context: PayPagesContext,
  token: string,
): Promise<FastifyReply> {
  const page = await openPayPage(context, token)
  return sendPayPage(request, reply, page, askedFor(request))
}

/** What all pages have in common: what they read, how they fail, and the headers that keep them to their reader. */
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
    // What needs more than other pages, or may be kept, has said so itself.
    for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value)
  })
}

/** The pages of payers: plain HTML, forms and links; a script only watches, and nothing depends on it. */
export function payPageRoutes(http: Http, context: PayPagesContext & Pick<ReceiptPagesContext, 'receiptKeys'>): void {
  preparePages(http)
  const config = { public: true }

  http.get('/pay/:token', { config, schema: { hide: true, params: byToken } }, async (request, reply) => {
    const { token } = request.params
    const asked = askedFor(request)
    if (inQuery(request, 'part') === 'status') {
      return sendStatus(request, reply, await askWhetherWaiting(context, token, asked.reference))
    }
    const page = await openPayPage(context, token, { reference: asked.reference, waited: asked.looks !== 0 })
    const onward = page.kind === 'paid' && asked.reference !== undefined ? page.bill.checkout?.successUrl : undefined
    // Only from a page that looked again, never straight from the form: browsers hold the redirects that follow a form to
    // its `form-action`, and would leave the payer with an error instead of the merchant's page.
    if (onward !== undefined && asked.looks !== 0) return reply.redirect(locationOf(onward), 303)
    if (isCardTry(page)) {
      const shown = showCardWaiting(readerFor(request), page, asked, encodeURIComponent(token))
      return send(request, reply, 200, shown)
    }
    return sendPayPage(request, reply, page, asked)
  })

  http.post('/pay/:token', { config, schema: { hide: true, params: byToken } }, async (request, reply) => {
    const answer = await pay(context, request.params.token, readForm(request.body))
    if (answer.kind === 'tried') {
      return reply.redirect(readerFor(request).address({ try: answer.reference }), 303)
    }
    return sendPayPage(request, reply, answer.page, { ...askedFor(request), looks: 0 })
  })

  cardPageRoutes(http, context, { send, readerFor })

  http.get('/receipt/:token', { config, schema: { hide: true, params: byToken } }, async (request, reply) => {
    const receipt = await openReceipt(context, request.params.token)
    const reader = readerFor(request)
    if (!receipt) return send(request, reply, 404, showNothing(reader, 'unknown'))
    const proof = showProof(reader, request.params.token, await prove(context, receipt, publicBase(request)))
    return send(request, reply, 200, showReceipt(reader, receipt, askedFor(request).all, proof))
  })
}
