import { readBody } from '../http.ts'
import { Draft } from './book.ts'
import { findCardById, type TestCard, testCards } from './cards.ts'
import { commit } from './commit.ts'
import { knownCurrencies, readable } from './currencies.ts'
import { html, type Html } from './html.ts'
import { sendOn, show, showProblem, type Visit, withQuery } from './pages.ts'
import { addFromTestCard } from './payment-methods.ts'
import type { Texts } from './texts.ts'

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

/** One card that can be chosen. */
const optionOf = (card: TestCard, { texts }: Visit, { isChosen }: { isChosen: boolean }): Html => {
  const words = texts.cards[card.id as keyof Texts['cards']]
  const radio = html`<input
    type="radio"
    name="card"
    value="${card.id}"
    required${isChosen ? html` checked` : undefined}
  />`
  return html`<label class="option">
    ${radio} <span>${words} <small>${texts.card.endsIn(card.number.slice(-4))}</small></span>
  </label>`
}

const formOf = (visit: Visit, name: string): Html => {
  const { texts, query } = visit
  const offered = testCards.filter((card) => Object.hasOwn(texts.cards, card.id))
  return html`<form method="post" action="/sandbox/card?${query.toString()}">
    <fieldset>
      <legend>${texts.card.choose}</legend>
      ${offered.map((card, index) => optionOf(card, visit, { isChosen: index === 0 }))}
    </fieldset>
    <label class="label" for="name">${texts.card.name}</label>
    <input type="text" id="name" name="name" value="${name}" autocomplete="off" maxlength="${String(maxNameLength)}" />
    <button>${texts.card.go}</button>
  </form>`
}

export const cardForm = (visit: Visit, mistake?: string, name = ''): void => {
  const { texts } = visit
  const returnUrl = returnUrlOf(visit)
  const amount = amountOf(visit)
  if (returnUrl === undefined) showProblem(visit, 400, texts.problems.returnUrl)
  else if (amount === undefined) showProblem(visit, 400, texts.problems.amount)
  else
    show(visit, {
      status: mistake === undefined ? 200 : 422,
      title: `${texts.card.title}: ${amount}`,
      formTarget: new URL(returnUrl).origin,
      body: html`<p>${texts.card.pretend}</p>
        ${mistake === undefined ? undefined : html`<p class="alert" role="alert">${mistake}</p>`} ${formOf(visit, name)}`,
    })
}

export const chooseCard = async (visit: Visit): Promise<void> => {
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
