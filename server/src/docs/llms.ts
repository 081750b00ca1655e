import { type Guide } from './guides.ts'
import { type Group } from './operation.ts'
import { writeOperation } from './reference.ts'

/** What programs that read for people are told first, in the form of llmstxt.org. */

const about =
  'Dollr is a payment platform that a business runs itself: mobile money and cards in, payouts, transfers and refunds out, booked on a double-entry ledger. It serves the Dollr Open API v1.'

const rules = [
  'Make a `reference_id` (UUID version 4) and keep it before each execution. Send it again after a lost reply: money moves once.',
  'Only `COMPLETED` and `FAILED` are final. `PENDING` and `PROCESSING` are normal for minutes. An unanswered call is no failure.',
  'A payer who comes back to `success_url` proves nothing: a document is paid when its status is `PAID`.',
  'Amounts are numbers in major units (19.99), in predictions decimal strings. `expires_in` of API tokens is in minutes.',
]

export const writeLlms = (base: string, guides: readonly Guide[], groups: readonly Group[]): string =>
  `${[
    '# Dollr',
    `> ${about}`,
    rules.map((rule) => `- ${rule}`).join('\n'),
    '## Guides',
    guides.map(({ name, title, summary }) => `- [${title}](${base}/docs/guides/${name}.md): ${summary}`).join('\n'),
    '## Reference',
    [
      `- [OpenAPI description](${base}/openapi.json): every operation and model`,
      `- [Everything in one file](${base}/llms-full.txt): all guides and all operations`,
      ...groups.flatMap(({ operations }) =>
        operations.map(
          ({ id, summary, method, path }) => `- [${summary}](${base}/docs/reference/${id}.md): ${method} ${path}`,
        ),
      ),
    ].join('\n'),
  ].join('\n\n')}\n`

export const writeLlmsFull = (guides: readonly Guide[], groups: readonly Group[]): string =>
  [
    `# Dollr\n\n> ${about}\n`,
    ...guides.map(({ markdown }) => markdown),
    ...groups.flatMap(({ operations }) => operations.map(writeOperation)),
  ].join('\n---\n\n')
