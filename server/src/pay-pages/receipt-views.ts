import { type Html, html } from '../platform/http/html.ts'
import { countryOf } from '../payment-methods/index.ts'
import { type Verdict } from '../receipts/index.ts'
import { page } from './page.ts'
import { qrInPage } from './qr.ts'
import { type Query, type Reader } from './reader.ts'
import { type Proof, type Receipt } from './receipt-service.ts'
import { documentName, short, showBill, showPaid, term } from './views.ts'

/** Wide enough for a phone to read off another phone. */
const qrPixels = 264

/** What is below a receipt: its code, and the papers it can be printed on. */
function showProof(reader: Reader, token: string, { code, groups, url }: Proof): Html {
  const { proof } = reader.texts
  const link = (path: string, text: string, query: Query = {}): Html =>
    html`<a class="quiet" href="${reader.address(query, path)}">${text}</a>`
  return html`<section>
    <h2>${proof.title}</h2>
    ${qrInPage(url, proof.check, qrPixels)}
    <p class="code">${groups.join(' ')}</p>
    <p class="hint">${proof.explanation}</p>
    ${link(`../verify/${code}`, proof.check)} ${link(`../receipt/${token}.pdf`, proof.a4)}
    ${link(`../receipt/${token}.pdf`, proof.roll, { size: '80mm' })}
  </section>`
}

/** A receipt, what proves it, and where it is opened. */
export interface OpenedReceipt {
  readonly token: string
  readonly receipt: Receipt
  readonly proof: Proof
}

export function showReceipt(reader: Reader, { token, receipt, proof }: OpenedReceipt, all: boolean): Html {
  const { bill, payment } = receipt
  return page(reader, {
    title: reader.texts.receipt.title(documentName(reader, bill.source.number)),
    body: html`<section>${showPaid(reader, bill, payment)}</section>
      ${showBill(reader, bill, all)}${showProof(reader, token, proof)}`,
    here: all ? { lines: 'all' } : {},
  })
}

/** A code, and whether it came as an address, which a QR code holds, instead of being typed into the form. */
export interface Sent {
  readonly code: string
  readonly scanned: boolean
}

/** More than any code, however many spaces somebody puts into it. */
const longestTyped = 1_000

/** What was typed comes back to be mended, in a field that holds all of a code. */
function showForm(reader: Reader, typed: string): Html {
  const { verify } = reader.texts
  return html`<form method="get" action="?">
    ${reader.chosen !== undefined && html`<input type="hidden" name="lang" value="${reader.chosen}" />`}
    <label class="label" for="code">${verify.code}</label>
    <p class="hint" id="hint">${verify.explanation}</p>
    <textarea
      id="code"
      name="code"
      rows="6"
      maxlength="${longestTyped}"
      required
      autocomplete="off"
      autocapitalize="characters"
      spellcheck="false"
      aria-describedby="hint"
    >
${typed}</textarea>
    <button>${verify.button}</button>
  </form>`
}

const longestShown = 200

function showState(reader: Reader, { state, standing, left }: Verdict & { readonly kind: 'genuine' }): Html {
  const { receipt, verify } = reader.texts
  const { merchantName, number, method, paid, paidAt, providerTransactionId, givenBack, underWay } = state
  const stands =
    standing === 'partlyRefunded'
      ? verify.partlyRefunded(reader.money(givenBack), reader.money(left))
      : verify[standing]
  return html`<section>
    <p class="calm" role="status">${verify.genuine.text}</p>
    <dl>
      ${term(receipt.to, short(merchantName, longestShown))} ${term(receipt.document, documentName(reader, number))}
      ${term(receipt.amount, reader.money(paid))} ${term(receipt.when, reader.time(paidAt, countryOf(method)))}
      ${term(receipt.reference, providerTransactionId)} ${term(verify.standing, stands)}
    </dl>
    ${underWay.minor > 0n && html`<p>${verify.underWay(reader.money(underWay))}</p>`}
    <p>${verify.compare}</p>
  </section>`
}

const showRefusal = (text: string): Html => html`<section><p class="alert" role="alert">${text}</p></section>`

/** What a code is worth, in words that need no explanation; the form again for the next one. */
export function showVerdict(reader: Reader, verdict: Verdict, { code, scanned }: Sent): Html {
  const { verify } = reader.texts
  const typed = code.slice(0, longestTyped)
  const here: Query = scanned ? {} : { code: typed }
  if (verdict.kind === 'genuine') {
    const form = reader.address({}, scanned ? '../verify' : '')
    const body = html`${showState(reader, verdict)}<a class="quiet" href="${form}">${verify.another}</a>`
    return page(reader, { title: verify.genuine.title, body, here })
  }
  const { title, text } = verify[verdict.kind]
  const again = showForm(reader, verdict.kind === 'mistyped' ? typed : '')
  return page(reader, { title, body: html`${showRefusal(text)}${again}`, here })
}

export function showVerifyForm(reader: Reader): Html {
  const { verify } = reader.texts
  return page(reader, { title: verify.title, body: showForm(reader, '') })
}
