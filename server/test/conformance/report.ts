import { applicableTo, type CaseClass, caseClasses, type Seen } from './cases.ts'
import { type ContractOperation } from './contract.ts'
import { described } from './described.ts'
import { deviations, refusesAll } from './deviations.ts'
import { differences, extensions, pairs } from './differences.ts'
import { fieldOfParameter, shapeOfSchema } from './shape.ts'

/** What is known of how this server keeps the contract, as a page. Depends on what was seen, and on no clock. */

type SeenCases = ReadonlyMap<string, ReadonlySet<CaseClass>>

function byOperation(seen: readonly Seen[]): SeenCases {
  const found = new Map<string, Set<CaseClass>>()
  for (const each of seen) found.set(each.operation, (found.get(each.operation) ?? new Set()).add(each.case))
  return found
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

const servedPairs = pairs.filter(([, found]) => found)

/** What an operation is known to be unable to show is told among the deviations, and not missed. */
const missingCases = (operation: ContractOperation, seen: SeenCases): readonly CaseClass[] =>
  applicableTo(operation).filter(
    (each) =>
      seen.get(operation.id)?.has(each) !== true && !(each === 'success' && Object.hasOwn(refusesAll, operation.id)),
  )

const isExplained = ({ id }: ContractOperation): boolean =>
  (differences.get(id) ?? []).every((line) => Object.hasOwn(deviations, line))

function cell(operation: ContractOperation, each: CaseClass, seen: SeenCases): string {
  if (seen.get(operation.id)?.has(each) === true) return '✓'
  return applicableTo(operation).includes(each) ? '✗' : ''
}

const cases = (seen: SeenCases): string =>
  table(
    ['operation', 'call', ...caseClasses],
    servedPairs.map(([operation]) => [
      `\`${operation.id}\``,
      `\`${operation.method} ${operation.path}\``,
      ...caseClasses.map((each) => cell(operation, each, seen)),
    ]),
  )

/** With the operations that a difference touches: a model may be shared. */
const explained = (): string =>
  table(
    ['what differs', 'in', 'why'],
    [
      ...Object.entries(deviations).map(([line, reason]) => [
        `\`${line}\``,
        servedPairs
          .filter(([{ id }]) => differences.get(id)?.includes(line))
          .map(([{ id }]) => `\`${id}\``)
          .join(', '),
        reason,
      ]),
      ...Object.entries(refusesAll).map(([id, reason]) => ['never succeeds', `\`${id}\``, reason]),
    ],
  )

function additions(): readonly string[] {
  const fields = described.flatMap(({ id, parameters, body, answers }) => [
    ...parameters
      .map(fieldOfParameter)
      .filter(({ shape }) => shape.extension)
      .map(({ name }) => `\`${id}\` takes \`${name}\``),
    ...(body ? (shapeOfSchema(body).fields ?? []) : [])
      .filter(({ shape }) => shape.extension)
      .map(({ name }) => `\`${id}\` takes \`${name}\` in its body`),
    ...(answers['200'] ? (shapeOfSchema(answers['200']).fields ?? []) : [])
      .filter(({ shape }) => shape.extension)
      .map(({ name }) => `\`${id}\` answers \`${name}\``),
  ])
  return [...extensions.map(({ id, method, path }) => `\`${id}\`: \`${method} ${path}\``), ...fields]
}

const list = (lines: readonly string[], none: string): string =>
  lines.length === 0 ? none : lines.map((line) => `- ${line}`).join('\n')

export function writeReport(recorded: readonly Seen[]): string {
  const seen = byOperation(recorded)
  const proven = servedPairs.filter(([each]) => isExplained(each) && missingCases(each, seen).length === 0)
  const open = servedPairs
    .map(([each]) => ({ id: each.id, missing: missingCases(each, seen) }))
    .filter(({ missing }) => missing.length > 0)
  const absent = pairs.filter(([, found]) => !found).map(([{ id, method, path }]) => `\`${id}\`: \`${method} ${path}\``)
  return [
    '# Conformance',
    `**${proven.length} of ${pairs.length} operations** of the contract are served, described as the contract describes ` +
      'them but for the deviations below, and have been seen to answer rightly in every case that can apply to them.',
    'Written by `npm run conformance` from what the scenarios asked and were answered: every answer they get is held ' +
      'against the contract and against `server/openapi.json` as it arrives. `npm run check` fails when this page is ' +
      'out of date.',
    '## Cases',
    '✓ seen, ✗ possible and not seen, empty where it cannot be.',
    cases(seen),
    list(
      open.map(({ id, missing }) => `\`${id}\` has not been seen with: ${missing.join(', ')}`),
      '',
    ),
    '## Deviations',
    'Where the description of this server and the contract part on purpose. An unexplained difference fails the tests.',
    explained(),
    '## Extensions',
    'What this server has and the contract has not.',
    list(additions(), 'None.'),
    '## Not served',
    list(absent, 'None.'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}
