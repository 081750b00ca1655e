import { createHash } from 'node:crypto'
import { type Attempt } from '../executions/index.ts'
import { english as texts } from './card-texts.ts'
import { type CardOption, writeCardOption } from './card-options.ts'
import { type CardPage } from './card-service.ts'
import { Html, html } from './html.ts'
import { pauseSeconds } from './model.ts'
import { type Bill, type PayPage } from './service.ts'
import { style } from './style.ts'
import { type Asked, nameOf, page, showBill, showMoney } from './views.ts'

const queryOf = ({ reference }: Pick<CardPage, 'reference'>, option: CardOption): string =>
  new URLSearchParams({ option: writeCardOption(option), reference }).toString()

const mistakeOf = ({ mistake }: CardPage): Html | undefined =>
  mistake && html`<p class="alert" role="alert">${texts.mistake} ${texts.mistakes[mistake]}</p>`

/** What it costs in each currency. Links and no form: what a form is sent to, and every redirect after it, must be ours. */
export function showCardPage(shown: CardPage, token: string): Html {
  const { bill, options } = shown
  const body = html`${showBill(bill, false)}
    <section>
      ${mistakeOf(shown)} ${options.length > 1 && html`<p>${texts.choose}</p>`}
      ${options.map(
        (option) =>
          html`<a class="button" href="card/form?${queryOf(shown, option)}"
            >${texts.goOn(showMoney(option.quote.payer))}</a
          >`,
      )}
      <p class="hint">${texts.goOnHint}</p>
      <a class="quiet" href="../${token}">${texts.back}</a>
    </section>`
  return page(texts.title(nameOf(bill)), body)
}

/** Which script runs is said by a word that is new with every page. */
export const elementsPolicy = (nonce: string): string =>
  [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}' https://js.stripe.com https://*.js.stripe.com`,
    `frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com`,
    `connect-src https://api.stripe.com`,
    `img-src https://*.stripe.com`,
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
  shown: CardPage,
  option: CardOption,
  with_: {
    readonly nonce: string
    readonly publishableKey: string
  },
): Html {
  const { nonce, publishableKey } = with_
  const body = html`${showBill(shown.bill, false)}
    <form method="post" action="return" id="card-form" data-key="${publishableKey}">
      <p class="alert" role="alert" id="problem"></p>
      <label class="label" for="name">${texts.form.name}</label>
      <input type="text" id="name" name="name" autocomplete="cc-name" maxlength="200" required />
      <p class="label">${texts.form.card}</p>
      <div id="card"></div>
      <input type="hidden" name="payment_method" value="" />
      <input type="hidden" name="option" value="${writeCardOption(option)}" />
      <input type="hidden" name="reference" value="${shown.reference}" />
      <noscript><p>${texts.form.needsScript}</p></noscript>
      <button>${texts.form.pay}</button>
    </form>
    <script src="${stripeScript}" nonce="${nonce}"></script>
    <script nonce="${nonce}">
      ${new Html(script)}
    </script>`
  return page(texts.form.title(showMoney(option.quote.payer)), body)
}

/** A try by card that has no end yet. */
export const isCardTry = (shown: PayPage): shown is PayPage & { readonly kind: 'waiting'; readonly attempt: Attempt } =>
  shown.kind === 'waiting' && shown.attempt?.method === 'CREDIT_CARD'

export function showCardWaiting(
  { bill, attempt }: { readonly bill: Bill; readonly attempt: Attempt },
  { reference, looks }: Asked,
  token: string,
): Html {
  const { waiting } = texts
  const seconds = pauseSeconds(looks)
  const kept: Record<string, string> = reference === undefined ? {} : { try: reference }
  const again = `?${new URLSearchParams({ ...kept, looks: String(looks === 'stop' ? 1 : looks + 1) }).toString()}`
  const bank = attempt.requiresAction && reference !== undefined
  const body = html`<section>
      <p class="calm" role="status">${waiting.doNotRepeat}</p>
      <p>${waiting.asked(showMoney(attempt.payer))}</p>
      ${
        bank &&
        html`<p>${waiting.challenge}</p>
          <a class="button" href="${token}/card/challenge?${new URLSearchParams(kept).toString()}"
            >${waiting.goToBank}</a
          >`
      }
      <p>${seconds !== undefined && waiting.refreshes}</p>
      <a class="quiet" href="${again}">${waiting.lookAgain}</a>
    </section>
    ${showBill(bill, false)}`
  return page(waiting.title, body, seconds === undefined ? undefined : { seconds, url: again })
}
