import { type FastifyReply, type FastifyRequest } from 'fastify'
import { publicBase } from '../platform/http/public-base.ts'
import { type Http } from '../platform/http/server.ts'
import { cardPageRoutes } from './card-routes.ts'
import { isCardTry, showCardWaiting } from './card-views.ts'
import { readLooks, readReference } from './model.ts'
import { asksForAll, byToken, inQuery, preparePages, readerFor, send } from './page-routes.ts'
import { qrAsPng, qrAsSvg, readPixels } from './qr.ts'
import {
  askWhetherWaiting,
  isWorthShowing,
  openPayPage,
  pay,
  type PayPage,
  type PayPagesContext,
  type SentForm,
} from './service.ts'
import { livePolicy } from './style.ts'
import { type Asked, showPayPage } from './views.ts'

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

function readForm(body: unknown): SentForm {
  const fields = new URLSearchParams(typeof body === 'string' ? body : '')
  const field = (name: string): string => fields.get(name) ?? ''
  return { option: field('option'), phone: field('phone'), reference: field('reference'), sure: field('sure') }
}

const askedFor = (request: FastifyRequest): Asked => ({
  reference: readReference(inQuery(request, 'try')),
  looks: readLooks(inQuery(request, 'looks')),
  all: asksForAll(request),
})

function sendPayPage(request: FastifyRequest, reply: FastifyReply, page: PayPage, asked: Asked): Promise<FastifyReply> {
  if (page.kind === 'waiting') void reply.header('Content-Security-Policy', livePolicy)
  return send(request, reply, statusFor(page), showPayPage(readerFor(request), page, asked))
}

/** A picture of an address that never changes; but a link may be canceled, and then its picture should go as well. */
const pictureSeconds = 300

/** The pages of payers: plain HTML, forms and links; a script only watches, and nothing depends on it. */
export function payPageRoutes(http: Http, context: PayPagesContext): void {
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
      void reply.header('Content-Security-Policy', livePolicy)
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

  const sendPicture = async (request: FastifyRequest, reply: FastifyReply, token: string, type: 'svg' | 'png') => {
    if (!(await isWorthShowing(context, token))) {
      return sendPayPage(request, reply, await openPayPage(context, token), askedFor(request))
    }
    const address = `${publicBase(request)}/pay/${token}`
    void reply.header('Cache-Control', `private, max-age=${pictureSeconds}`)
    return type === 'svg'
      ? reply.header('Content-Type', 'image/svg+xml').send(qrAsSvg(address))
      : reply.header('Content-Type', 'image/png').send(qrAsPng(address, readPixels(inQuery(request, 'size'))))
  }

  http.get('/pay/:token/qr.svg', { config, schema: { hide: true, params: byToken } }, (request, reply) =>
    sendPicture(request, reply, request.params.token, 'svg'),
  )
  http.get('/pay/:token/qr.png', { config, schema: { hide: true, params: byToken } }, (request, reply) =>
    sendPicture(request, reply, request.params.token, 'png'),
  )
}
