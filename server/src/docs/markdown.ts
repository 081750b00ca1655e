import { Marked, type Tokens } from 'marked'
import { Html, html } from '../platform/http/html.ts'

export interface Heading {
  readonly id: string
  readonly text: string
}

/** As the repository's pages number their headings, so that a link holds in both places. */
const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** A guide names another as a file beside it. Here it is a page beside it. */
const pageOf = (href: string): string => href.replace(/^((?:\.\.\/)*[\w/-]+)\.md(?=#|$)/, '$1')

const plain = (markup: string): string =>
  markup
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

/** A line too long for a phone is scrolled to: with a finger, and with keys, for which it must be reached and named. */
const showCode = ({ text, lang }: Tokens.Code, number: number): Html => {
  const language = lang?.split(' ', 1)[0] ?? ''
  const name = language === '' ? `Example ${number}` : `Example ${number}: ${language}`
  return html`<pre tabindex="0" role="region" aria-label="${name}"><code>${text}</code></pre>`
}

/** Markdown of our own as markup. Markup within it is shown, never obeyed. */
export function showMarkdown(markdown: string): { readonly body: Html; readonly headings: readonly Heading[] } {
  const headings: Heading[] = []
  let tables = 0
  let examples = 0
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const text = this.parser.parseInline(tokens)
        const id = slugOf(plain(text))
        if (depth === 2) headings.push({ id, text: plain(text) })
        const inner = new Html(text)
        if (depth === 1) return html`<h1>${inner}</h1>`.text
        return depth === 2 ? html`<h2 id="${id}">${inner}</h2>`.text : html`<h3 id="${id}">${inner}</h3>`.text
      },
      code: (token) => showCode(token, (examples += 1)).text,
      html: ({ text }) => html`${text}`.text,
      link({ href, tokens }) {
        return html`<a href="${pageOf(href)}">${new Html(this.parser.parseInline(tokens))}</a>`.text
      },
      table(token) {
        const cells = (row: readonly Tokens.TableCell[], name: 'th' | 'td'): string =>
          row.map((cell) => `<${name}>${this.parser.parseInline(cell.tokens)}</${name}>`).join('')
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')
        tables += 1
        return html`<div class="wide" tabindex="0" role="region" aria-label="Table ${tables}">
          <table>
            <thead>
              <tr>
                ${new Html(cells(token.header, 'th'))}
              </tr>
            </thead>
            <tbody>
              ${new Html(rows)}
            </tbody>
          </table>
        </div>`.text
      },
    },
  })
  const text = marked.parse(markdown, { async: false })
  return { body: new Html(text), headings }
}
