import { createHash } from 'node:crypto'
import { Html, html } from '../platform/http/html.ts'
import { script, scriptHash } from './try-it.ts'

/**
 * All the style there is, in the page itself: one answer is the whole page. System fonts, no images, light or dark as the
 * reader's system is. What is too wide for a phone scrolls within itself.
 */
const style = [
  ':root{color-scheme:light dark;--text:#1b1b1b;--soft:#555;--back:#fff;--code:#f2f2ef;--line:#d5d5d0;--link:#0a4f8a}',
  '@media(prefers-color-scheme:dark){:root{--text:#e8e8e4;--soft:#b0b0aa;--back:#161615;--code:#242422;--line:#444440;--link:#8cc4f5}}',
  '*{box-sizing:border-box}',
  'body{margin:0;font:1rem/1.6 system-ui,sans-serif;color:var(--text);background:var(--back);overflow-wrap:anywhere}',
  'header,main,footer{max-width:46rem;margin:0 auto;padding:0 16px}',
  'header{border-bottom:1px solid var(--line)}nav{display:flex;flex-wrap:wrap;gap:0 1.25rem}',
  'nav a,footer a{display:inline-block;min-height:2.75rem;padding:.6rem 0}',
  'a{color:var(--link)}nav a[aria-current]{color:inherit;font-weight:700;text-decoration:none}',
  'h1{font-size:1.7rem;line-height:1.2;margin:1.5rem 0 1rem}h2{font-size:1.25rem;margin:2.25rem 0 .75rem}h3{font-size:1.05rem;margin:1.5rem 0 .5rem}',
  'p,ul,ol{margin:0 0 1rem}ul,ol{padding-left:1.4rem}li{margin:.2rem 0}',
  'code,pre,textarea{font:.9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}code{background:var(--code);padding:.1em .3em;border-radius:.25rem}',
  'pre{background:var(--code);padding:.75rem 12px;border-radius:.5rem;overflow-x:auto;overflow-wrap:normal;margin:0 0 1rem}pre code{padding:0;background:none;white-space:pre}',
  '.wide{overflow-x:auto;margin:0 0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);overflow-wrap:normal;min-width:4.5rem}td:last-child{min-width:11rem}',
  'small,.soft{color:var(--soft);font-size:.9rem}',
  'label{display:block;font-weight:700}input,select,textarea{width:100%;min-height:2.75rem;font-size:1rem;padding:.4rem .6rem;color:inherit;background:var(--back);border:1px solid #767676;border-radius:.4rem}',
  'input,select{font-family:inherit}button{min-height:2.75rem;padding:.6rem 1.5rem;font:inherit;font-weight:700;color:#fff;background:#0a5c3b;border:0;border-radius:.4rem;cursor:pointer}',
  ':focus-visible{outline:3px solid var(--link);outline-offset:2px}[hidden]{display:none}',
  'footer{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1.25rem;border-top:1px solid var(--line);margin-top:2.5rem}',
].join('')

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

const policyOf = (...additions: readonly string[]): string =>
  [
    `default-src 'none'`,
    `style-src '${hashOf(style)}'`,
    // For the empty icon, which spares a request for one.
    `img-src data:`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
    ...additions,
  ].join('; ')

/** Nothing is loaded, nothing runs, nothing is sent. */
export const readingPolicy = policyOf(`form-action 'none'`)
/** Of a page with a form: its one script may run, and ask us. */
export const tryingPolicy = policyOf(`form-action 'none'`, `script-src '${scriptHash}'`, `connect-src 'self'`)

export interface PageParts {
  readonly title: string
  readonly body: Html
  /** From this page to the root of the server: addresses are relative, so that it also works below a path of a proxy. */
  readonly root: string
  readonly section: 'guides' | 'reference'
  readonly footer?: Html
  readonly tries?: boolean
}

/** In one piece: a space more or less, and the hash in the content security policy would no longer be its own. */
const styleElement = new Html(`<style>${style}</style>`)
const scriptElement = new Html(`<script>${script}</script>`)

const current = new Html(' aria-current="true"')

export const page = ({ title, body, root, section, footer, tries = false }: PageParts): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>${title} - Dollr</title>
        <link rel="icon" href="data:," />
        ${styleElement}
      </head>
      <body>
        <header>
          <nav aria-label="Documentation">
            <a href="${root}docs" ${section === 'guides' && current}>Guides</a>
            <a href="${root}docs/reference" ${section === 'reference' && current}>Reference</a>
            <a href="${root}openapi.json">OpenAPI</a>
            <a href="${root}llms.txt">llms.txt</a>
          </nav>
        </header>
        <main>${body}</main>
        ${footer !== undefined && html`<footer>${footer}</footer>`} ${tries && scriptElement}
      </body>
    </html> `
