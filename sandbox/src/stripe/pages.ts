import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody, sendText } from '../http.ts'
import { Draft } from './book.ts'
import { findCardById, testCards } from './cards.ts'
import { commit } from './commit.ts'
import { knownCurrencies, readable } from './currencies.ts'
import { html, type Html, styleElement } from './html.ts'
import { answerChallenge } from './intents.ts'
import type { Network } from './network.ts'
import type { PaymentIntent } from './objects.ts'
import { addFromTestCard } from './payment-methods.ts'
import { chooseLocale, type Locale, type Texts, textsOf } from './texts.ts'

/** One request by a browser. */
interface Visit {
  readonly network: Network
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
  readonly locale: Locale
  readonly texts: Texts
}

/** System fonts, no images, nothing fixed in width: a phone 360 pixels wide shows all of it. */
const style = [
  '*{box-sizing:border-box}',
  'body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#f4f4f2}',
  'main{max-width:30rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}',
  'h1{font-size:1.4rem;line-height:1.25;margin:.5rem 0 1rem}',
  'p{margin:0 0 1rem}fieldset{border:0;padding:0;margin:0 0 1rem}legend,.label{font-weight:700;padding:0;margin:0 0 .5rem;display:block}',
  '.option{display:flex;gap:.75rem;align-items:center;min-height:3rem;padding:.5rem .75rem;margin:0 0 .5rem;border:1px solid #767676;border-radius:.5rem;background:#fff}',
  '.option span{flex:1}small{color:#555;display:block}',
  'input[type=radio]{width:1.5rem;height:1.5rem;margin:0;flex:none}',
  'input[type=text]{width:100%;min-height:3rem;font:inherit;padding:0 .75rem;border:1px solid #767676;border-radius:.5rem}',
  'button,.button{display:block;width:100%;min-height:3rem;padding:.7rem 1rem;margin:1rem 0 0;font:inherit;font-weight:700;text-align:center;text-decoration:none;color:#fff;background:#3d3aa8;border:0;border-radius:.5rem}',
  'button.quiet{color:#1b1b1b;background:#fff;border:1px solid #767676}',
  '.sandbox{background:#fff4d6;border-left:.3rem solid #8a6100;padding:.5rem .75rem}',
  '.alert{border-left:.3rem solid #b3261e;padding:.25rem .75rem;color:#8c1d18;font-weight:700}',
  ':focus-visible{outline:3px solid #0a4f8a;outline-offset:2px}',
].join('')

const styleHash = createHash('sha256').update(style).digest('base64')

/** A browser asks this policy about the address that an answer to a form sends it to, too. */
const policyFor = (formTarget: string | undefined): string =>
  [
    `default-src 'none'`,
    `style-src 'sha256-${styleHash}'`,
    `form-action 'self'${formTarget === undefined ? '' : ` ${formTarget}`}`,
    `base-uri 'none'`,
  ].join('; ')

interface PageContent {
  readonly status?: number
  readonly title: string
  readonly body: Html
  /** Where the page's form leads in the end. */
  readonly formTarget?: string | undefined
}

const show = ({ response, locale, texts }: Visit, { status = 200, title, body, formTarget }: PageContent): void => {
  const page = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${styleElement(style)}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p class="sandbox">${texts.sandbox}</p>
          ${body}
        </main>
      </body>
    </html> `
  response.setHeader('content-security-policy', policyFor(formTarget))
  // Addresses here hold a client secret: no other site is told where a visitor came from.
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cache-control', 'no-store')
  response.setHeader('x-content-type-options', 'nosniff')
  sendText(response, status, 'text/html; charset=utf-8', page.text)
}

const showProblem = (visit: Visit, status: number, words: string): void => {
  show(visit, { status, title: visit.texts.problems.title, body: html`<p class="alert">${words}</p>` })
}

/** After a form has been sent: the next page is asked for with GET. */
const sendOn = ({ response }: Visit, url: string): void => {
  response.writeHead(303, { location: url, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' }).end()
}

const withQuery = (url: string, more: Readonly<Record<string, string>>): string => {
  const target = new URL(url)
  for (const [name, value] of Object.entries(more)) target.searchParams.set(name, value)
  return target.href
}

export const answerPage = async (
  network: Network,
  request: IncomingMessage,
  response: ServerResponse,
  [path, query]: readonly [string, URLSearchParams],
): Promise<boolean> => {
  const locale = chooseLocale(query.get('locale'), request.headers['accept-language'])
  const visit: Visit = { network, request, response, query, locale, texts: textsOf(locale) }
  const [, challenged] = /^\/sandbox\/3ds\/(pi_[0-9A-Za-z]+)$/.exec(path) ?? []
  if (path === '/sandbox/card' && request.method === 'GET') cardForm(visit)
  else if (path === '/sandbox/card' && request.method === 'POST') await chooseCard(visit)
  else if (challenged !== undefined && request.method === 'GET') challenge(visit, challenged)
  else if (challenged !== undefined && request.method === 'POST') await answerBank(visit, challenged)
  else return false
  return true
}

const maxNameLength = 200

/** Where the chosen card is taken to: only origins that the simulator was told of, or anybody's link could lead anywhere. */
const returnUrlOf = ({ network, query }: Visit): string | undefined => {
  const url = query.get('return_url') ?? ''
  return URL.canParse(url) && network.returnOrigins.has(new URL(url).origin) ? url : undefined
}

const amountOf = ({ query }: Visit): string | undefined => {
  const amount = query.get('amount') ?? ''
  const currency = (query.get('currency') ?? '').toLowerCase()
  return /^[1-9][0-9]{0,7}$/.test(amount) && knownCurrencies.includes(currency)
    ? readable(Number(amount), currency)
    : undefined
}

const cardForm = (visit: Visit, mistake?: string, name = ''): void => {
  const { texts } = visit
  const returnUrl = returnUrlOf(visit)
  const amount = amountOf(visit)
  if (returnUrl === undefined) {
    showProblem(visit, 400, texts.problems.returnUrl)
    return
  }
  if (amount === undefined) {
    showProblem(visit, 400, texts.problems.amount)
    return
  }
  const offered = testCards.filter((card) => Object.hasOwn(texts.cards, card.id))
  show(visit, {
    status: mistake === undefined ? 200 : 422,
    title: `${texts.card.title}: ${amount}`,
    formTarget: new URL(returnUrl).origin,
    body: html`<p>${texts.card.pretend}</p>
      ${mistake === undefined ? undefined : html`<p class="alert" id="mistake" role="alert">${mistake}</p>`}
      <form method="post" action="/sandbox/card?${visit.query.toString()}">
        <fieldset>
          <legend>${texts.card.choose}</legend>
          ${offered.map(
            (card, index) =>
              html`<label class="option"
                ><input
                  type="radio"
                  name="card"
                  value="${card.id}"
                  ${index === 0 ? html` checked` : undefined}
                  required
                /><span
                  >${texts.cards[card.id as keyof Texts['cards']]}<small
                    >${texts.card.endsIn(card.number.slice(-4))}</small
                  ></span
                ></label
              > `,
          )}
        </fieldset>
        <label class="label" for="name">${texts.card.name}</label>
        <input
          type="text"
          id="name"
          name="name"
          value="${name}"
          autocomplete="off"
          maxlength="${String(maxNameLength)}"
        />
        <button>${texts.card.go}</button>
      </form>`,
  })
}

const chooseCard = async (visit: Visit): Promise<void> => {
  const { network, texts } = visit
  const form = new URLSearchParams(await readBody(visit.request))
  const name = (form.get('name') ?? '').trim()
  const id = form.get('card') ?? ''
  const card = Object.hasOwn(texts.cards, id) ? findCardById(id) : undefined
  const returnUrl = returnUrlOf(visit)
  if (returnUrl === undefined || card === undefined) cardForm(visit, texts.card.missing, name)
  else if (name.length > maxNameLength) cardForm(visit, texts.card.tooLong, name)
  else {
    const draft = new Draft(network.book)
    const method = addFromTestCard(draft, card, name === '' ? undefined : name)
    commit(network, draft)
    sendOn(visit, withQuery(returnUrl, { payment_method: method.id }))
  }
}

/** To whoever does not know its secret an intent is as good as none. */
const challengedIntent = ({ network, query }: Visit, id: string): PaymentIntent | undefined => {
  const intent = network.book.find('pi', id)
  return intent?.client_secret === query.get('client_secret') ? intent : undefined
}

/** Where a cardholder is taken after they have answered; with `use_stripe_sdk` the shop's own page waits behind. */
const wayBack = ({ next_action: next }: PaymentIntent): string | undefined =>
  next?.type === 'redirect_to_url' ? next.redirect_to_url.return_url : undefined

const challenge = (visit: Visit, id: string): void => {
  const { texts } = visit
  const intent = challengedIntent(visit, id)
  if (!intent) {
    showProblem(visit, 404, texts.problems.unknown)
    return
  }
  if (intent.status !== 'requires_action') {
    show(visit, { title: texts.bank.over, body: html`<p>${texts.bank.close}</p>` })
    return
  }
  const back = wayBack(intent)
  show(visit, {
    title: texts.bank.title,
    formTarget: back === undefined ? undefined : new URL(back).origin,
    body: html`<p>${texts.bank.pretend}</p>
      <p>${texts.bank.asks(readable(intent.amount, intent.currency))}</p>
      <form method="post" action="/sandbox/3ds/${id}?${visit.query.toString()}">
        <button name="answer" value="approve">${texts.bank.approve}</button>
        <button name="answer" value="refuse" class="quiet">${texts.bank.refuse}</button>
      </form>`,
  })
}

const answerBank = async (visit: Visit, id: string): Promise<void> => {
  const { network } = visit
  const answer = new URLSearchParams(await readBody(visit.request)).get('answer')
  const intent = challengedIntent(visit, id)
  if (intent?.status !== 'requires_action' || (answer !== 'approve' && answer !== 'refuse')) {
    challenge(visit, id)
    return
  }
  const draft = new Draft(network.book)
  const after = answerChallenge(draft, intent, answer === 'approve')
  commit(network, draft)
  const back = wayBack(intent)
  if (back === undefined) challenge(visit, id)
  else
    sendOn(
      visit,
      withQuery(back, {
        payment_intent: id,
        payment_intent_client_secret: after.client_secret,
        redirect_status: after.last_payment_error === null ? 'succeeded' : 'failed',
      }),
    )
}
