import { writeTime } from '../platform/http/wire.ts'
import { formatMoney, formatRatio, money, type Money, type Ratio } from '../kernel/money.ts'
import { mobileMoneyMethods, type PaymentMethod } from '../kernel/enums.ts'
import { formatNumber, type Source, type SourceItem } from '../sources/index.ts'
import { type Payment } from '../receipts/index.ts'
import { type Attempt } from '../executions/index.ts'
import { english as cardTexts } from './card-texts.ts'
import { Html, html } from './html.ts'
import { endingOf, feesOnTop, type Looks, type Option, pauseSeconds, writeOption } from './model.ts'
import { type Bill, type PayForm, type PayPage, type Receipt } from './service.ts'
import { style } from './style.ts'
import { english as texts } from './texts.ts'

/** Where a page sends its reader by itself, and after how long. */
interface Onward {
  readonly seconds: number
  readonly url: string
}

/** In one piece: a space more or less, and the hash in the content security policy would no longer be its own. */
const styleElement = new Html(`<style>${style}</style>`)

/** A whole page. Addresses in it are relative to it, so that it also works below a path of somebody's proxy. */
export function page(title: string, body: Html, onward?: Onward): Html {
  return html`<!doctype html>
    <html lang="${texts.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        ${onward && html`<meta http-equiv="refresh" content="${onward.seconds};url=${onward.url}" />`}
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <h1><bdi>${title}</bdi></h1>
          ${body}
        </main>
      </body>
    </html> `
}

const grouped = (digits: string): string => digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')

/** An amount or a rate is never broken over two lines. */
const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0')

/** `USD 1,234.50`. */
export function showMoney(amount: Money): string {
  const [whole = '', fraction] = formatMoney(amount).split('.')
  return unbroken(`${amount.currency} ${grouped(whole)}${fraction === undefined ? '' : `.${fraction}`}`)
}

const showRate = (from: string, rate: Ratio, to: string): string =>
  unbroken(texts.form.rate(from, formatRatio(rate, 6), to))

const showTime = (time: Date): string =>
  writeTime(time)
    .replace('T', ' ')
    .replace(/:\d\dZ$/, ' UTC')

/** What people wrote, cut to what a page on a slow line can carry. */
const short = (text: string, most: number): string => {
  const characters = Array.from(text.slice(0, 4 * most))
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text
}

const longestName = 80
const longestNote = 500
const mostLines = 40

export const nameOf = ({ merchant }: Bill): string => short(merchant.name, longestName)

const documentName = ({ kind, number }: Source): string => `${texts.documents[kind]} ${formatNumber(number)}`

const methodName = (method: PaymentMethod): string => {
  const known = mobileMoneyMethods.find((each) => each === method)
  return known ? texts.methods[known] : method
}

const showLine = ({ name, qty, unit }: SourceItem): Html =>
  html`<tr>
    <th scope="row"><bdi>${short(name, longestName)}</bdi>${qty > 1n && html` × ${grouped(String(qty))}`}</th>
    <td>${showMoney(money(qty * unit.minor, unit.currency))}</td>
  </tr>`

/** What is paid for. All of a long list is one more page, for those who want it. */
export function showBill({ source, items }: Bill, all: boolean): Html {
  const shown = all ? items : items.slice(0, mostLines)
  const hidden = items.length - shown.length
  return html`<section>
    <p>${documentName(source)}</p>
    ${source.note !== '' && html`<p><bdi>${all ? source.note : short(source.note, longestNote)}</bdi></p>`}
    <table>
      <tbody>
        ${shown.map(showLine)}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">${texts.bill.total}</th>
          <td>${showMoney(source.total)}</td>
        </tr>
      </tfoot>
    </table>
    ${hidden > 0 && html`<p>${texts.bill.more(hidden)} <a class="quiet" href="?lines=all">${texts.bill.showAll}</a></p>`}
  </section>`
}

function showOption({ source }: Bill, option: Option, chosen: boolean): Html {
  const { method, country, quote } = option
  const fees = feesOnTop(source.feeBearer, quote)
  const rate = quote.rate && showRate(source.total.currency, quote.rate, quote.payer.currency)
  const where = country === undefined ? '' : `, ${texts.countries[country] ?? country}`
  const terms = [
    fees ? texts.form.feesIncluded(showMoney(fees)) : texts.form.noFees,
    ...(rate === undefined ? [] : [rate]),
  ]
  return html`<label class="option">
    <input type="radio" name="option" value="${writeOption(option)}" required${chosen && html` checked`} />
    <span
      >${texts.methods[method]}${where} <strong>${showMoney(quote.payer)}</strong>
      <small>${terms.join('. ')}</small></span
    >
  </label>`
}

/** The payer's own country in full; the others behind one tap, unless nothing tells which country that is. */
function showOptions(bill: Bill, { options, chosen, nearby }: PayForm): Html {
  const show = (option: Option): Html => showOption(bill, option, option === chosen)
  const others = options.slice(nearby)
  if (nearby === 0 || others.length === 0) return html`${options.map(show)}`
  const open = chosen !== undefined && others.includes(chosen)
  return html`${options.slice(0, nearby).map(show)}
    <details${open && html` open`}>
      <summary>${texts.form.elsewhere}</summary>
      ${others.map(show)}
    </details>`
}

const giveUp = (bill: Bill, text: string): Html | undefined =>
  bill.checkout?.cancelUrl === undefined
    ? undefined
    : html`<a class="quiet" href="${bill.checkout.cancelUrl}" rel="noreferrer">${text}</a>`

function showForm(bill: Bill, form: PayForm, all: boolean): Html {
  const { mistake } = form
  const aboutPhone = mistake === 'phone'
  const title = texts.form.title(nameOf(bill))
  const body = html`${showBill(bill, all)}
<form method="post" action="?">
${mistake && html`<p class="alert" role="alert" id="mistake">${texts.form.mistake} ${texts.mistakes[mistake]}</p>`}
<fieldset${mistake && !aboutPhone && html` aria-describedby="mistake"`}>
<legend>${texts.form.methods}</legend>
${showOptions(bill, form)}
</fieldset>
<label class="label" for="phone">${texts.form.phone}</label>
<p class="hint" id="hint">${texts.form.phoneHint}</p>
<input type="tel" id="phone" name="phone" value="${form.phone}" autocomplete="tel" maxlength="40" required aria-describedby="${aboutPhone ? 'mistake hint' : 'hint'}"${aboutPhone && html` aria-invalid="true"`}>
<input type="hidden" name="reference" value="${form.reference}">
<button>${texts.form.pay}</button>
<p class="hint">${texts.form.payHint}</p>
</form>
${form.cardPath && html`<a class="quiet" href="${form.cardPath}">${cardTexts.link}</a>`}
${giveUp(bill, texts.form.giveUp(nameOf(bill)))}`
  return page(title, body)
}

function showWaiting(bill: Bill, attempt: Attempt | undefined, { reference, looks }: Asked): Html {
  const { waiting } = texts
  const again = (next: Looks): string =>
    `?${new URLSearchParams({ ...(reference !== undefined && { try: reference }), looks: String(next) }).toString()}`
  const looked = looks === 'stop' ? 1 : looks + 1
  const seconds = pauseSeconds(looks)
  const phone = attempt?.accountNumber
  const body = html`<section>
      <p class="calm" role="status">${waiting.doNotRepeat}</p>
      ${attempt && html`<p>${waiting.asked(methodName(attempt.method), showMoney(attempt.payer))}</p>`}
      <ol>
        <li>${phone === undefined ? waiting.lookAnywhere : waiting.look(endingOf(phone))}</li>
        <li>${waiting.approve}</li>
        <li>${waiting.stay} ${seconds !== undefined && waiting.refreshes}</li>
      </ol>
      <a class="button" href="${again(looked)}">${waiting.lookAgain}</a>
      ${seconds !== undefined && html`<a class="quiet" href="${again('stop')}">${waiting.stop}</a>`}
    </section>
    ${showBill(bill, false)}`
  return page(waiting.title, body, seconds === undefined ? undefined : { seconds, url: again(looked) })
}

function showFailed(bill: Bill, { failureCode, message }: Attempt, mayTryAgain: boolean): Html {
  const { failed } = texts
  const reason = (failureCode === undefined ? undefined : failed.reasons[failureCode]) ?? message ?? failed.unexplained
  const body = html`<section>
      <p class="alert" role="alert">${reason}</p>
      <p>${failed.notCharged}</p>
      ${mayTryAgain && html`<a class="button" href="?">${failed.again}</a>`}
      ${giveUp(bill, texts.form.giveUp(nameOf(bill)))}
    </section>
    ${showBill(bill, false)}`
  return page(failed.title, body)
}

const term = (name: string, value: Html | string | undefined): Html | undefined =>
  value === undefined || value === ''
    ? undefined
    : html`<dt>${name}</dt>
        <dd><bdi>${value}</bdi></dd>`

/** How a document was paid: the same figures as in the receipt that the API answers. */
function showPaid(bill: Bill, payment: Payment): Html {
  const { receipt } = texts
  const { source } = bill
  const fees = feesOnTop(source.feeBearer, payment)
  return html`<dl>
    ${term(receipt.to, nameOf(bill))} ${term(receipt.from, short(payment.counterpartyName, longestName))}
    ${term(receipt.when, source.paidAt && showTime(source.paidAt))} ${term(receipt.amount, showMoney(payment.payer))}
    ${term(receipt.fees, fees && texts.form.feesIncluded(showMoney(fees)))}
    ${term(receipt.rate, payment.rate && showRate(source.total.currency, payment.rate, payment.payer.currency))}
    ${term(receipt.method, methodName(payment.method))} ${term(receipt.reference, payment.providerTransactionId)}
  </dl>`
}

const secondsToRead = 4

/** Somebody who just paid is taken back to the merchant; somebody who comes later finds the way there. */
function showResult({ bill, payment, receipt }: PayPage & { readonly kind: 'paid' }, asked: Asked): Html {
  const { paid } = texts
  const url = bill.checkout?.successUrl
  const goes = url !== undefined && asked.reference !== undefined
  const body = html`<section>
      <p class="calm" role="status">${paid.thanks(nameOf(bill))}${goes && ` ${paid.goingOn(nameOf(bill))}`}</p>
      ${url !== undefined && html`<a class="button" href="${url}" rel="noreferrer">${paid.goOn(nameOf(bill))}</a>`}
      <a class="quiet" href="../receipt/${receipt.token}">${paid.receipt}</a>
      ${showPaid(bill, payment)}
    </section>
    ${showBill(bill, asked.all)}`
  return page(paid.title, body, goes ? { seconds: secondsToRead, url } : undefined)
}

const showClosed = (
  bill: Bill,
  { title, text }: { readonly title: string; readonly text: (merchant: string) => string },
): Html =>
  page(
    title,
    html`<section>
        <p>${text(nameOf(bill))}</p>
        ${giveUp(bill, texts.closed.goBack(nameOf(bill)))}
      </section>
      ${showBill(bill, false)}`,
  )

/** How a page was asked for: with the key of a try, after so many looks, with every line. */
export interface Asked {
  readonly reference: string | undefined
  readonly looks: Looks
  readonly all: boolean
}

export function showPayPage(shown: PayPage, asked: Asked): Html {
  switch (shown.kind) {
    case 'unknown':
      return showNothing('unknown')
    case 'canceled':
    case 'expired':
    case 'switchedOff':
    case 'unpayable':
      return showClosed(shown.bill, texts.closed[shown.kind])
    case 'payable':
      return showForm(shown.bill, shown.form, asked.all)
    case 'waiting':
      return showWaiting(shown.bill, shown.attempt, asked)
    case 'failed':
      return showFailed(shown.bill, shown.attempt, shown.mayTryAgain)
    case 'paid':
      return showResult(shown, asked)
  }
}

export const showReceipt = ({ bill, payment }: Receipt, all: boolean): Html =>
  page(
    texts.receipt.title(documentName(bill.source)),
    html`<section>${showPaid(bill, payment)}</section>
      ${showBill(bill, all)}`,
  )

/** A page about no document in particular. */
export function showNothing(why: 'unknown' | 'busy' | 'broken'): Html {
  const { title, text } = texts.closed[why]
  const again = why === 'unknown' ? undefined : html`<a class="button" href="?">${texts.closed.openAgain}</a>`
  return page(
    title,
    html`<section>
      <p>${text}</p>
      ${again}
    </section>`,
  )
}
