import { randomBytes } from 'node:crypto'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Money } from '../kernel/money.ts'
import { type Html } from '../platform/http/html.ts'
import { publicBase } from '../platform/http/public-base.ts'
import { type Http } from '../platform/http/server.ts'
import {
  type CardAnswer,
  type CardPage,
  comeBack,
  findChallenge,
  openCardPage,
  payByCard,
  readMistake,
  type SentCard,
} from './card-service.ts'
import { elementsPolicy, showCardPage, showElementsForm } from './card-views.ts'
import { readReference } from './model.ts'
import { type Reader } from './reader.ts'
import { type PayPagesContext } from './service.ts'

export type Send = (request: FastifyRequest, reply: FastifyReply, status: number, page: Html) => Promise<FastifyReply>

const byToken = Type.Object({ token: Type.String() })

const mistakeIn = ({ reference, mistake = 'gone' }: CardPage) => ({ reference, mistake })

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (body: unknown): Fields =>
  Object.fromEntries(new URLSearchParams(typeof body === 'string' ? body : ''))

const textIn = (fields: Fields, name: string): string => {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

const readSent = (fields: Fields): SentCard => ({
  option: textIn(fields, 'option'),
  reference: textIn(fields, 'reference'),
  paymentMethod: textIn(fields, 'payment_method'),
})

const readTried = ({ query }: FastifyRequest): string | undefined => readReference(textIn(query as Fields, 'try'))

/** From a page below the document's own; relative, as every address here. */
const documentPage = (reader: Reader, token: string, reference?: string): string =>
  reader.address({ try: reference }, `../../${encodeURIComponent(token)}`)

const simulatorForm = (reader: Reader, url: string, { minor, currency }: Money, returnUrl: string): string => {
  const asked = { return_url: returnUrl, amount: String(minor), currency: currency.toLowerCase() }
  return `${url}?${new URLSearchParams({ ...asked, locale: reader.language }).toString()}`
}

/** The pages of payers by card. Nobody else's script runs and nobody else is told anything before a payer asks for them. */
export function cardPageRoutes(
  http: Http,
  context: PayPagesContext,
  { send, readerFor }: { readonly send: Send; readonly readerFor: (request: FastifyRequest) => Reader },
): void {
  const { cardCheckout } = context
  if (!cardCheckout) return
  const options = { config: { public: true }, schema: { hide: true, params: byToken } }
  const cardPath = (request: FastifyRequest, token: string): string =>
    `${publicBase(request)}/pay/${encodeURIComponent(token)}/card`

  http.get('/pay/:token/card', options, async (request, reply) => {
    const { token } = request.params
    const page = await openCardPage(context, token, readSent(request.query as Fields))
    if (page.kind !== 'card')
      return reply.redirect(readerFor(request).address({}, `../${encodeURIComponent(token)}`), 303)
    const mistake = page.mistake ?? readMistake(textIn(request.query as Fields, 'mistake'))
    const shown = mistake === undefined ? page : { ...page, mistake }
    return send(
      request,
      reply,
      mistake === undefined ? 200 : 422,
      showCardPage(readerFor(request), shown, encodeURIComponent(token)),
    )
  })

  http.get('/pay/:token/card/form', options, async (request, reply) => {
    const { token } = request.params
    const page = await openCardPage(context, token, readSent(request.query as Fields))
    if (page.kind !== 'card') return reply.redirect(documentPage(readerFor(request), token), 303)
    const { chosen } = page
    if (!chosen) return reply.redirect(readerFor(request).address({}, '../card'), 303)
    const { form } = cardCheckout
    if (form.kind === 'simulator') {
      const reader = readerFor(request)
      const kept = { option: readSent(request.query as Fields).option, reference: page.reference }
      const returnUrl = reader.address(kept, `${cardPath(request, token)}/return`)
      return reply.redirect(simulatorForm(reader, form.url, chosen.quote.payer, returnUrl), 303)
    }
    const nonce = randomBytes(16).toString('base64')
    void reply.header('Content-Security-Policy', elementsPolicy(nonce))
    return send(
      request,
      reply,
      200,
      showElementsForm(readerFor(request), page, chosen, { nonce, publishableKey: form.publishableKey }),
    )
  })

  const answerWith = async (request: FastifyRequest, reply: FastifyReply, token: string, answer: CardAnswer) => {
    switch (answer.kind) {
      case 'challenge':
        return reply.redirect(answer.url, 303)
      case 'tried':
        return reply.redirect(documentPage(readerFor(request), token, answer.reference), 303)
      case 'elsewhere':
        return reply.redirect(documentPage(readerFor(request), token), 303)
      // The page itself, and not an answer in its place: its addresses are relative to its own.
      case 'card':
        return reply.redirect(readerFor(request).address(mistakeIn(answer), '../card'), 303)
    }
  }
  const pay = (request: FastifyRequest, token: string, fields: Fields): Promise<CardAnswer> =>
    payByCard(context, token, readSent(fields), (reference) =>
      readerFor(request).address({ try: reference }, `${cardPath(request, token)}/back`),
    )

  // The simulator's form sends payers here with GET, ours with POST. The key in the address makes either safe to repeat.
  http.get('/pay/:token/card/return', options, async (request, reply) => {
    const { token } = request.params
    return answerWith(request, reply, token, await pay(request, token, request.query as Fields))
  })

  http.post('/pay/:token/card/return', options, async (request, reply) => {
    const { token } = request.params
    return answerWith(request, reply, token, await pay(request, token, fieldsOf(request.body)))
  })

  http.get('/pay/:token/card/challenge', options, async (request, reply) => {
    const { token } = request.params
    const tried = readTried(request)
    return reply.redirect(
      (await findChallenge(context, token, tried)) ?? documentPage(readerFor(request), token, tried),
      303,
    )
  })

  // What comes along in the address, the intent's secret among it, goes no further.
  http.get('/pay/:token/card/back', options, async (request, reply) => {
    const { token } = request.params
    const tried = readTried(request)
    await comeBack(context, token, tried)
    return reply.redirect(documentPage(readerFor(request), token, tried), 303)
  })
}
