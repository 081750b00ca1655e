import { type Field, type Group, type Operation } from './operation.ts'

/** The reference as Markdown: what is read by programs as it is, and shown to people as a page. */

/** A bar within a cell would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

const fieldTable = (fields: readonly Field[], needed: string): string =>
  table(
    ['field', 'type', needed, 'meaning'],
    fields.map(({ name, type, required, meaning }) => [`\`${name}\``, type, required ? 'yes' : 'no', meaning]),
  )

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``

/** In single quotes for a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

function curlOf({ method, path, needsToken, parameters, example, body }: Operation): string {
  const query = parameters
    .filter(({ place, required }) => place === 'query' && required)
    .map(({ name, choices }) => `${name}=${choices[0] ?? '...'}`)
    .join('&')
  return [
    `curl -X ${method} "$BASE${path}${query === '' ? '' : `?${query}`}"`,
    ...(needsToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(body.length > 0 ? [`-H 'Content-Type: application/json'`] : []),
    ...(example === undefined ? [] : [`-d ${quoted(JSON.stringify(example))}`]),
  ].join(' \\\n  ')
}

export function writeOperation(operation: Operation): string {
  const { id, method, path, summary, description, parameters, body, example, answer, refusals, needsToken } = operation
  const parts = [
    `# ${summary}`,
    `\`${method} ${path}\``,
    description,
    `Operation \`${id}\`. ${needsToken ? 'Needs a bearer token.' : 'Needs no token.'}`,
    parameters.length > 0 &&
      `## Parameters\n\n${table(
        ['name', 'in', 'type', 'required', 'meaning'],
        parameters.map(({ name, place, type, required, meaning }) => [
          `\`${name}\``,
          place,
          type,
          required ? 'yes' : 'no',
          meaning,
        ]),
      )}`,
    body.length > 0 && `## Body\n\n${fieldTable(body, 'required')}`,
    `## Example\n\n${fenced('bash', curlOf(operation))}`,
    example !== undefined && fenced('json', JSON.stringify(example, undefined, 2)),
    answer.length > 0 && `## Answer\n\nAlways status 200.\n\n${fieldTable(answer, 'always there')}`,
    `## Refusals\n\n${table(
      ['status', 'meaning'],
      refusals.map(({ status, meaning }) => [status, meaning]),
    )}\n\nWhat to do about each: [errors](../guides/errors.md).`,
  ]
  return `${parts.filter((part) => part !== false && part !== '').join('\n\n')}\n`
}

/** Every operation in one line, each leading to its page: `pages` is where those are, seen from where this is shown. */
export const writeIndex = (groups: readonly Group[], pages: string): string =>
  groups
    .map(({ name, about, operations }) =>
      [
        `## ${name}`,
        about,
        operations
          .map(({ id, method, path, summary }) => `- [${summary}](${pages}${id}.md): \`${method} ${path}\``)
          .join('\n'),
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    )
    .join('\n\n')
