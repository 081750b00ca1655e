import { Html, html } from '../platform/http/html.ts'
import { type Query, type Reader } from './reader.ts'
import { script } from './script.ts'
import { style } from './style.ts'
import { catalogues, languages } from './texts/index.ts'

/** Where a page sends its reader by itself. */
export interface Onward {
  /**
   * At once, or after long enough to read the page and to stop it: a page that goes away under its reader is a time limit
   * (WCAG 2.2.1).
   */
  readonly seconds: number
  readonly url: string
  /** Only a browser without scripts: with one, the page watches and stands still. */
  readonly withoutScript: boolean
}

export interface PageParts {
  readonly title: string
  readonly body: Html
  /** The query under which the same page is found, for its other languages. */
  readonly here?: Query
  readonly onward?: Onward | undefined
  /** Whether the page watches how a payment stands. */
  readonly live?: boolean
}

/** In one piece: a space more or less, and the hash in the content security policy would no longer be its own. */
const styleElement = new Html(`<style>${style}</style>`)
const scriptElement = new Html(`<script>${script}</script>`)

function showRefresh({ seconds, url, withoutScript }: Onward): Html {
  const refresh = html`<meta http-equiv="refresh" content="${seconds};url=${url}" />`
  return withoutScript ? html`<noscript>${refresh}</noscript>` : refresh
}

/** Each in its own words, so that whoever cannot read this page finds theirs. */
const showLanguages = (reader: Reader, here: Query): Html =>
  html`<nav class="languages" aria-label="${reader.texts.languages}">
    ${languages.map((language) =>
      language === reader.language
        ? html`<span aria-current="true">${catalogues[language].name}</span>`
        : html`<a href="${reader.address({ ...here, lang: language })}" lang="${language}" hreflang="${language}"
            >${catalogues[language].name}</a
          >`,
    )}
  </nav>`

/** A whole page. Addresses in it are relative to it, so that it also works below a path of somebody's proxy. */
export function page(reader: Reader, { title, body, here = {}, onward, live = false }: PageParts): Html {
  return html`<!doctype html>
    <html lang="${reader.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        ${onward && showRefresh(onward)}
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${styleElement}
      </head>
      <body>
        ${showLanguages(reader, here)}
        <main>
          <h1><bdi>${title}</bdi></h1>
          ${body}
        </main>
        ${live && scriptElement}
      </body>
    </html> `
}
