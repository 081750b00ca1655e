import { html, type Html } from '../platform/http/html.ts'
import { type Guide } from './guides.ts'
import { showMarkdown } from './markdown.ts'
import { type Group, type Operation } from './operation.ts'
import { page } from './page.ts'
import { writeIndex, writeOperation } from './reference.ts'
import { type Credentials, showTryIt } from './try-it.ts'

export const showContents = (guides: readonly Guide[]): Html =>
  page({
    title: 'Documentation',
    root: '',
    section: 'guides',
    body: html`<h1>Documentation</h1>
      <p>
        Begin with the <a href="docs/guides/quick-start">quick start</a>: from an empty folder to a paid checkout in
        five minutes. The examples are run by the tests of this server.
      </p>
      ${guides.map(
        ({ name, title, summary }) =>
          html`<h2><a href="docs/guides/${name}">${title}</a></h2>
            ${showMarkdown(summary).body}`,
      )}
      <h2><a href="docs/reference">Reference</a></h2>
      <p>Every operation: what it takes, what it answers, and an example.</p>`,
  })

/** Short guides need no list of what is in them. */
const worthListing = 4

export function showGuide(guides: readonly Guide[], guide: Guide): Html {
  const start = guide.markdown.indexOf('\n## ')
  const introduction = showMarkdown(guide.markdown.slice(0, start))
  const { body, headings } = showMarkdown(guide.markdown.slice(start))
  const at = guides.indexOf(guide)
  const [before, after] = [guides[at - 1], guides[at + 1]]
  return page({
    title: guide.title,
    root: '../../',
    section: 'guides',
    body: html`${introduction.body}
    ${
      headings.length >= worthListing &&
      html`<nav aria-label="On this page">${headings.map(({ id, text }) => html`<a href="#${id}">${text}</a>`)}</nav>`
    }
    ${body}`,
    footer: html`${before && html`<a href="${before.name}">&larr; ${before.title}</a>`}
      <a href="${guide.name}.md">As Markdown</a>
      ${after && html`<a href="${after.name}">${after.title} &rarr;</a>`}`,
  })
}

const aboutReference =
  'Every call but the first needs a bearer token. Bodies and answers are JSON, a success is always status 200, and what is ' +
  'refused says where and why: see [errors](guides/errors.md).'

export const showReference = (groups: readonly Group[]): Html =>
  page({
    title: 'Reference',
    root: '../',
    section: 'reference',
    body: showMarkdown(`# Reference\n\n${aboutReference}\n\n${writeIndex(groups, 'reference/')}`).body,
  })

export const showOperation = (operation: Operation, credentials: Credentials | undefined): Html =>
  page({
    title: operation.summary,
    root: '../../',
    section: 'reference',
    body: html`${showMarkdown(writeOperation(operation)).body}${credentials && showTryIt(operation, credentials)}`,
    footer: html`<a href="../reference">All operations</a> <a href="${operation.id}.md">As Markdown</a>`,
    tries: credentials !== undefined,
  })

export const showMissing = (root: string): Html =>
  page({
    title: 'Not found',
    root,
    section: 'guides',
    body: html`<h1>Not found</h1>
      <p>
        There is no such page. See <a href="${root}docs">all guides</a>, or the
        <a href="${root}docs/reference">reference</a>.
      </p>`,
  })
