import { type PaymentMethod } from '../kernel/enums.ts'
import { money } from '../kernel/money.ts'
import { type Html, html } from '../platform/http/html.ts'
import { type Attempt } from '../executions/index.ts'
import { type Quote } from '../fees/index.ts'
import { countryOf } from '../payment-methods/index.ts'
import { type PromptHelp } from '../providers/provider.ts'
import { type Payment } from '../receipts/index.ts'
import { formatNumber, type SourceItem, type SourceNumber } from '../sources/index.ts'
import {
  endingOf,
  feesOnTop,
  type Looks,
  nameForOthers,
  type Option,
  pauseSeconds,
  secondsLeft,
  writeOption,
} from './model.ts'
import { type Onward, page } from './page.ts'
import { type Query, type Reader } from './reader.ts'
import { type Bill, type Mistake, type PayForm, type PayPage } from './service.ts'

/** What people wrote, cut to what a page on a slow line can carry. */
export const short = (text: string, most: number): string => {
  const characters = Array.from(text.slice(0, 4 * most))
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text
}

const longestName = 80
export const longestNote = 500
const mostLines = 40

export const nameOf = ({ merchant }: Bill): string => short(merchant.name, longestName)

export const documentName = ({ texts }: Reader, number: SourceNumber): string =>
  `${texts.documents[number.kind]} ${formatNumber(number)}`

export const methodName = ({ texts }: Reader, method: PaymentMethod): string => texts.methods[method]

const countryName = ({ texts }: Reader, code: string): string => {
  const names: Readonly<Record<string, string>> = texts.countries
  return names[code] ?? code
}

/** A picture for those who do not read: drawn in the page, and hidden from those who listen to it. */
const mark = (colour: string, path: string): Html =>
  html`<svg class="mark" viewBox="0 0 24 24" fill="none" stroke="${colour}" stroke-width="2" aria-hidden="true">
    <circle cx="12" cy="12" r="10" />
    <path d="${path}" />
  </svg>`

export const marks = {
  waiting: mark('#0a4f8a', 'M12 6v6l4 2'),
  paid: mark('#0a5c3b', 'M7 12l4 4 6-8'),
  failed: mark('#b3261e', 'M8 8l8 8M16 8l-8 8'),
} as const

const showLine = (reader: Reader, { name, qty, unit }: SourceItem): Html =>
  html`<tr>
    <th scope="row"><bdi>${short(name, longestName)}</bdi>${qty > 1n && html` × ${reader.count(qty)}`}</th>
    <td>${reader.money(money(qty * unit.minor, unit.currency))}</td>
  </tr>`

/** What is paid for. All of a long list is one more page, for those who want it. */
export function showBill(reader: Reader, { source, items }: Bill, all: boolean): Html {
  const { bill } = reader.texts
  const shown = all ? items : items.slice(0, mostLines)
  const hidden = items.length - shown.length
  return html`<section aria-label="${bill.title}">
    <p>${documentName(reader, source.number)}</p>
    ${source.note !== '' && html`<p><bdi>${all ? source.note : short(source.note, longestNote)}</bdi></p>`}
    <table>
      <tbody>
        ${shown.map((item) => showLine(reader, item))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">${bill.total}</th>
          <td>${reader.money(source.total)}</td>
        </tr>
      </tfoot>
    </table>
    ${
      hidden > 0 &&
      html`<p>
        ${bill.more(hidden, reader.count(hidden))}
        <a class="quiet" href="${reader.address({ lines: 'all' })}">${bill.showAll}</a>
      </p>`
    }
  </section>`
}

/** Operators keep a wallet for each currency: which one is charged is said wherever there is more than one. */
const walletOf = ({ texts }: Reader, option: Option, options: readonly Option[]): string | undefined =>
  options.some(({ method, currency }) => method === option.method && currency !== option.currency)
    ? texts.wallets[option.currency]
    : undefined

/** What of a price are fees, and the rate behind it. */
export function termsOf(reader: Reader, { source }: Bill, quote: Quote): string {
  const { feesIncluded, noFees } = reader.texts.form
  const fees = feesOnTop(source.feeBearer, quote)
  const rate = quote.rate && reader.rate(source.total.currency, quote.rate, quote.payer.currency)
  return [fees ? feesIncluded(reader.money(fees)) : noFees, ...(rate === undefined ? [] : [rate])].join('. ')
}

function showOption(reader: Reader, bill: Bill, { options, chosen }: PayForm, option: Option): Html {
  const { method, country, quote } = option
  const wallet = walletOf(reader, option, options)
  return html`<label class="option">
    <input type="radio" name="option" value="${writeOption(option)}" required${option === chosen && html` checked`} />
    <span
      >${methodName(reader, method)}${country !== undefined && `, ${countryName(reader, country)}`}
      <strong>${reader.money(quote.payer)}</strong>
      ${wallet !== undefined && html`<small>${wallet}</small>`} <small>${termsOf(reader, bill, quote)}</small></span
    >
  </label>`
}

/** The payer's own country in full; the others behind one tap, unless nothing tells which country that is. */
function showOptions(reader: Reader, bill: Bill, form: PayForm): Html {
  const { options, chosen, nearby } = form
  const show = (option: Option): Html => showOption(reader, bill, form, option)
  const others = options.slice(nearby)
  if (nearby === 0 || others.length === 0) return html`${options.map(show)}`
  const open = chosen !== undefined && others.includes(chosen)
  return html`${options.slice(0, nearby).map(show)}
    <details${open && html` open`}>
      <summary>${reader.texts.form.elsewhere}</summary>
      ${others.map(show)}
    </details>`
}

const giveUp = (bill: Bill, text: string): Html | undefined =>
  bill.checkout?.cancelUrl === undefined
    ? undefined
    : html`<a class="quiet" href="${bill.checkout.cancelUrl}" rel="noreferrer">${text}</a>`

const aboutPhone = (mistake: Mistake): boolean => mistake === 'phone' || mistake === 'operator' || mistake === 'waits'

/** What was wrong, with the way to the field it was in. */
function showMistake(reader: Reader, { mistake, guess }: PayForm): Html | undefined {
  if (!mistake) return undefined
  const { form, mistakes } = reader.texts
  const said = mistake === 'operator' ? mistakes.operator(guess ? methodName(reader, guess) : '') : mistakes[mistake]
  return html`<p class="alert" role="alert" id="mistake">
    ${form.mistake} <a href="${aboutPhone(mistake) ? '#phone' : '#options'}">${said}</a>
  </p>`
}

function showForm(reader: Reader, bill: Bill, form: PayForm, all: boolean): Html {
  const { texts } = reader
  const { mistake, until, chosen, options, cardPath } = form
  const [phoneIsWrong, choiceIsWrong] = mistake ? [aboutPhone(mistake), !aboutPhone(mistake)] : [false, false]
  const country = (chosen ?? options[0])?.country
  const body = html`${showBill(reader, bill, all)}
    <form method="post" action="${reader.address()}">
      ${showMistake(reader, form)}
      <fieldset id="options" tabindex="-1" ${choiceIsWrong && html` aria-describedby="mistake"`}>
        <legend>${texts.form.methods}</legend>
        ${showOptions(reader, bill, form)}
      </fieldset>
      <label class="label" for="phone">${texts.form.phone}</label>
      <p class="hint" id="hint">${texts.form.phoneHint}</p>
      <input
        type="tel"
        id="phone"
        name="phone"
        value="${form.phone}"
        autocomplete="tel"
        maxlength="40"
        required
        aria-describedby="${phoneIsWrong ? 'mistake hint' : 'hint'}"
        ${phoneIsWrong && html` aria-invalid="true"`}
      />
      <input type="hidden" name="reference" value="${form.reference}" />
      ${mistake === 'operator' && html`<input type="hidden" name="sure" value="${form.phone}" />`}
      <button>${texts.form.pay}</button>
      <p class="hint">${texts.form.payHint}${until && ` ${texts.form.until(reader.time(until, country))}`}</p>
    </form>
    ${cardPath !== undefined && html`<a class="quiet" href="${reader.address({}, cardPath)}">${reader.texts.card.link}</a>`}
    ${giveUp(bill, texts.form.giveUp(nameOf(bill)))}`
  return page(reader, { title: texts.form.title(nameOf(bill)), body, here: all ? { lines: 'all' } : {} })
}

/** How the payer brings up the question that did not come: in the operator's words where they are in the reader's language. */
function showHelp({ texts, language }: Reader, { dialCode, steps }: PromptHelp): Html {
  const { waiting } = texts
  const dial = html`<a class="dial" href="tel:${dialCode.replaceAll('#', '%23')}">${waiting.dial(dialCode)}</a>`
  const theirs = (steps[language] ?? []).filter((step) => !step.includes(dialCode))
  return html`<h2>${waiting.noMessage}</h2>
    <p>${waiting.noMessageSteps}</p>
    <ol>
      <li>${dial}</li>
      ${theirs.length > 0 ? theirs.map((step) => html`<li>${step}</li>`) : html`<li>${waiting.dialThen}</li>`}
    </ol>`
}

/** How much time is left, in minutes for those without a script and in seconds with one. */
function showTimeLeft(reader: Reader, seconds: number): Html {
  const { waiting } = reader.texts
  const minutes = Math.ceil(seconds / 60)
  return html`${
      seconds > 0 &&
      html`<noscript><p>${waiting.minutesLeft(minutes, reader.count(minutes))}</p></noscript>
        <p id="left" role="timer" data-live data-seconds="${seconds}" hidden>${waiting.timeLeft} <span></span></p>`
    }
    <p id="late" role="status" ${seconds > 0 && html` hidden`}>${waiting.late}</p>`
}

/** How a page that waits goes on: by a script where there is one, by a refresh that its reader can stop where there is none. */
export function watch(reader: Reader, { reference, looks }: Asked) {
  const { waiting } = reader.texts
  const query = (next: Looks): Query => ({ try: reference, looks: next })
  const again = reader.address(query(looks === 'stop' ? 1 : looks + 1))
  const seconds = pauseSeconds(looks)
  const onward: Onward | undefined = seconds === undefined ? undefined : { seconds, url: again, withoutScript: true }
  const words = html`<p
      id="live"
      data-live
      data-state="waiting"
      data-next="${again}"
      data-status="${reader.address({ try: reference, part: 'status' })}"
      hidden
    >
      ${waiting.watches}
    </p>
    <p id="lost" role="status" hidden>${waiting.offline}</p>
    ${
      seconds !== undefined &&
      html`<noscript>
        <p>${waiting.refreshes(reader.count(seconds))}</p>
        <a class="quiet" href="${reader.address(query('stop'))}">${waiting.stop}</a>
      </noscript>`
    }`
  return { again, words, parts: { here: query(looks), onward, live: true } }
}

function showWaiting(
  reader: Reader,
  { bill, attempt, help, now }: PayPage & { readonly kind: 'waiting' },
  asked: Asked,
): Html {
  const { waiting } = reader.texts
  const { again, words, parts } = watch(reader, asked)
  const phone = attempt?.accountNumber
  const body = html`<section>
      ${marks.waiting}
      <p class="calm">${waiting.doNotRepeat}</p>
      ${attempt && html`<p>${waiting.asked(methodName(reader, attempt.method), reader.money(attempt.payer))}</p>`}
      <ol>
        <li>${phone === undefined ? waiting.lookAnywhere : waiting.look(endingOf(phone))}</li>
        <li>${waiting.approve}</li>
        <li>${waiting.stay}</li>
      </ol>
      ${attempt && showTimeLeft(reader, secondsLeft(attempt.startedAt, now))} ${words}
      <a class="button" href="${again}">${waiting.lookAgain}</a>
    </section>
    <section>
      ${help && showHelp(reader, help)}
      <p>${waiting.mayClose}</p>
    </section>
    ${showBill(reader, bill, false)}`
  return page(reader, { title: waiting.title, body, ...parts })
}

/** A reason that we know is told in the reader's language, any other in the network's own words. */
function reasonOf({ texts }: Reader, { failureCode, message }: Attempt): string {
  const { reasons, unexplained } = texts.failed
  const known: Readonly<Record<string, string>> = reasons
  return known[failureCode ?? ''] ?? message ?? unexplained
}

function showFailed(
  reader: Reader,
  { bill, attempt, mayTryAgain }: PayPage & { readonly kind: 'failed' },
  { reference, looks }: Asked,
): Html {
  const { failed, form } = reader.texts
  const body = html`<section>
      ${marks.failed}
      <p class="alert" role="alert">${reasonOf(reader, attempt)}</p>
      <p>${failed.notCharged}</p>
      ${mayTryAgain && html`<a class="button" href="${reader.address()}">${failed.again}</a>`}
      ${giveUp(bill, form.giveUp(nameOf(bill)))}
    </section>
    ${showBill(reader, bill, false)}`
  return page(reader, { title: failed.title, body, here: { try: reference, looks } })
}

export const term = (name: string, value: Html | string | undefined): Html | undefined =>
  value === undefined || value === ''
    ? undefined
    : html`<dt>${name}</dt>
        <dd><bdi>${value}</bdi></dd>`

/** How a document was paid: the same figures as in the receipt that the API answers. */
export function showPaid(reader: Reader, bill: Bill, payment: Payment): Html {
  const { receipt, form } = reader.texts
  const { source } = bill
  const fees = feesOnTop(source.feeBearer, payment)
  return html`<dl>
    ${term(receipt.to, nameOf(bill))} ${term(receipt.from, short(nameForOthers(payment.counterpartyName), longestName))}
    ${term(receipt.when, source.paidAt && reader.time(source.paidAt, countryOf(payment.method)))}
    ${term(receipt.amount, reader.money(payment.payer))}
    ${term(receipt.fees, fees && form.feesIncluded(reader.money(fees)))}
    ${term(receipt.rate, payment.rate && reader.rate(source.total.currency, payment.rate, payment.payer.currency))}
    ${term(receipt.method, methodName(reader, payment.method))}
    ${term(receipt.reference, payment.providerTransactionId)}
  </dl>`
}

/** Somebody who just paid is taken back to the merchant; somebody who comes later finds the way there. */
function showResult(
  reader: Reader,
  { bill, payment, receipt }: PayPage & { readonly kind: 'paid' },
  { reference, all }: Asked,
): Html {
  const { paid } = reader.texts
  const url = bill.checkout?.successUrl
  const goes = url !== undefined && reference !== undefined
  const body = html`<section>
      ${marks.paid}
      <p class="calm" role="status">${paid.thanks(nameOf(bill))}${goes && ` ${paid.goingOn(nameOf(bill))}`}</p>
      ${url !== undefined && html`<a class="button" href="${url}" rel="noreferrer">${paid.goOn(nameOf(bill))}</a>`}
      <a class="quiet" href="${reader.address({}, `../receipt/${receipt.token}`)}">${paid.receipt}</a>
      ${showPaid(reader, bill, payment)}
    </section>
    ${showBill(reader, bill, all)}`
  // At once: a page that stays for some seconds is gone before its reader has read it.
  const onward: Onward | undefined = goes ? { seconds: 0, url, withoutScript: false } : undefined
  return page(reader, { title: paid.title, body, onward })
}

const showClosed = (
  reader: Reader,
  bill: Bill,
  { title, text }: { readonly title: string; readonly text: (merchant: string) => string },
): Html =>
  page(reader, {
    title,
    body: html`<section>
        <p>${text(nameOf(bill))}</p>
        ${giveUp(bill, reader.texts.closed.goBack(nameOf(bill)))}
      </section>
      ${showBill(reader, bill, false)}`,
  })

/** How a page was asked for: with the key of a try, after so many looks, with every line. */
export interface Asked {
  readonly reference: string | undefined
  readonly looks: Looks
  readonly all: boolean
}

export function showPayPage(reader: Reader, shown: PayPage, asked: Asked): Html {
  switch (shown.kind) {
    case 'unknown':
      return showNothing(reader, 'unknown')
    case 'canceled':
    case 'expired':
    case 'switchedOff':
    case 'unpayable':
      return showClosed(reader, shown.bill, reader.texts.closed[shown.kind])
    case 'payable':
      return showForm(reader, shown.bill, shown.form, asked.all)
    case 'waiting':
      return showWaiting(reader, shown, asked)
    case 'failed':
      return showFailed(reader, shown, asked)
    case 'paid':
      return showResult(reader, shown, asked)
  }
}

/** A page about no document in particular. */
export function showNothing(reader: Reader, why: 'unknown' | 'busy' | 'broken'): Html {
  const { closed } = reader.texts
  const { title, text } = closed[why]
  const again =
    why === 'unknown' ? undefined : html`<a class="button" href="${reader.address()}">${closed.openAgain}</a>`
  return page(reader, {
    title,
    body: html`<section>
      <p>${text}</p>
      ${again}
    </section>`,
  })
}
