import { createHash } from 'node:crypto'
import { Html, html } from '../platform/http/html.ts'
import { type Attempt } from '../executions/index.ts'
import { type CardOption, writeCardOption } from './card-options.ts'
import { type CardPage } from './card-service.ts'
import { page } from './page.ts'
import { type Reader } from './reader.ts'
import { type Bill, type PayPage } from './service.ts'
import { style } from './style.ts'
import { type Asked, marks, nameOf, showBill, termsOf, watch } from './views.ts'

const mistakeOf = ({ texts }: Reader, { mistake }: CardPage): Html | undefined =>
  mistake && html`<p class="alert" role="alert">${texts.card.mistake} ${texts.card.mistakes[mistake]}</p>`

/** What it costs in each currency. Links and no form: what a form is sent to, and every redirect after it, must be ours. */
export function showCardPage(reader: Reader, shown: CardPage, token: string): Html {
  const texts = reader.texts.card
  const { bill, options, reference } = shown
  const addressOf = (option: CardOption): string =>
    reader.address({ option: writeCardOption(option), reference }, 'card/form')
  const body = html`${showBill(reader, bill, false)}
    <section>
      ${mistakeOf(reader, shown)} ${options.length > 1 && html`<p>${texts.choose}</p>`}
      ${options.map(
        (option) =>
          html`<a class="button" href="${addressOf(option)}">${texts.goOn(reader.money(option.quote.payer))}</a>
            <p class="hint">${termsOf(reader, bill, option.quote)}</p>`,
      )}
      <p>${texts.goOnHint}</p>
      <a class="quiet" href="${reader.address({}, `../${token}`)}">${texts.back}</a>
    </section>`
  return page(reader, { title: texts.title(nameOf(bill)), body, here: { reference } })
}

/** Which script runs is said by a word that is new with every page. */
export const elementsPolicy = (nonce: string): string =>
  [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}' https://js.stripe.com https://*.js.stripe.com`,
    `frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com`,
    `connect-src https://api.stripe.com`,
    `img-src data: https://*.stripe.com`,
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    // A bank's challenge is where the answer to the form leads.
    `form-action 'self' https://hooks.stripe.com`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
  ].join('; ')

/** Of Stripe's library, the version that belongs to the one the server speaks with. */
const stripeScript = 'https://js.stripe.com/endive/stripe.js'

/** Its only job: a token in the place of a card, which Stripe's own frame has read. */
const script = `
const form = document.getElementById('card-form')
const stripe = Stripe(form.dataset.key)
const card = stripe.elements().create('card')
card.mount('#card')
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const button = form.querySelector('button')
  const problem = document.getElementById('problem')
  button.disabled = true
  problem.textContent = ''
  const name = form.elements.namedItem('name').value
  const { paymentMethod, error } = await stripe
    .createPaymentMethod({ type: 'card', card, billing_details: { name } })
    .catch((failure) => ({ error: failure }))
  if (error) {
    problem.textContent = error.message
    button.disabled = false
    return
  }
  form.elements.namedItem('payment_method').value = paymentMethod.id
  form.elements.namedItem('name').disabled = true
  form.submit()
})
`

export function showElementsForm(
  reader: Reader,
  shown: CardPage,
  option: CardOption,
  { nonce, publishableKey }: { readonly nonce: string; readonly publishableKey: string },
): Html {
  const { form } = reader.texts.card
  const choice = { option: writeCardOption(option), reference: shown.reference }
  const body = html`${showBill(reader, shown.bill, false)}
    <form method="post" action="${reader.address({}, 'return')}" id="card-form" data-key="${publishableKey}">
      <p class="alert" role="alert" id="problem"></p>
      <label class="label" for="name">${form.name}</label>
      <input type="text" id="name" name="name" autocomplete="cc-name" maxlength="200" required />
      <p class="label">${form.card}</p>
      <div id="card"></div>
      <input type="hidden" name="payment_method" value="" />
      <input type="hidden" name="option" value="${choice.option}" />
      <input type="hidden" name="reference" value="${choice.reference}" />
      <noscript><p>${form.needsScript}</p></noscript>
      <button>${form.pay}</button>
    </form>
    <script src="${stripeScript}" nonce="${nonce}"></script>
    <script nonce="${nonce}">
      ${new Html(script)}
    </script>`
  return page(reader, { title: form.title(reader.money(option.quote.payer)), body, here: choice })
}

/** A try by card that has no end yet. */
export const isCardTry = (shown: PayPage): shown is PayPage & { readonly kind: 'waiting'; readonly attempt: Attempt } =>
  shown.kind === 'waiting' && shown.attempt?.method === 'CREDIT_CARD'

export function showCardWaiting(
  reader: Reader,
  { bill, attempt }: { readonly bill: Bill; readonly attempt: Attempt },
  asked: Asked,
  token: string,
): Html {
  const { reference } = asked
  const { waiting } = reader.texts.card
  const { again, words, parts } = watch(reader, asked)
  const bank = attempt.requiresAction && reference !== undefined
  const body = html`<section>
      ${marks.waiting}
      <p class="calm">${waiting.doNotRepeat}</p>
      <p>${waiting.asked(reader.money(attempt.payer))}</p>
      ${
        bank &&
        html`<p>${waiting.challenge}</p>
          <a class="button" href="${reader.address({ try: reference }, `${token}/card/challenge`)}"
            >${waiting.goToBank}</a
          >`
      }
      ${words}
      <a class="quiet" href="${again}">${waiting.lookAgain}</a>
    </section>
    ${showBill(reader, bill, false)}`
  return page(reader, { title: waiting.title, body, ...parts })
}
