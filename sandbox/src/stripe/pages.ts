import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendText } from '../http.ts'
import { html, type Html, styleElement } from './html.ts'
import type { Network } from './network.ts'
import type { Locale, Texts } from './texts.ts'

/** One request by a browser. */
export interface Visit {
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

export const show = (
  { response, locale, texts }: Visit,
  { status = 200, title, body, formTarget }: PageContent,
): void => {
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

export const showProblem = (visit: Visit, status: number, words: string): void => {
  show(visit, { status, title: visit.texts.problems.title, body: html`<p class="alert">${words}</p>` })
}

/** After a form has been sent: the next page is asked for with GET. */
export const sendOn = ({ response }: Visit, url: string): void => {
  response.writeHead(303, { location: url, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' }).end()
}

export const withQuery = (url: string, more: Readonly<Record<string, string>>): string => {
  const target = new URL(url)
  for (const [name, value] of Object.entries(more)) target.searchParams.set(name, value)
  return target.href
}
