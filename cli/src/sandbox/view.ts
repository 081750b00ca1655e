import { columns } from '../terminal.ts'

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return '-'
  if (Array.isArray(value) && value.length === 0) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What the server answered, as people read it: lists as tables, anything else a line for each of its values. */
export function textOf(answer: unknown): string {
  if (Array.isArray(answer)) return tableOf(answer as readonly Readonly<Record<string, unknown>>[])
  if (typeof answer !== 'object' || answer === null) return 'Done.'
  const entries: [string, unknown][] = Object.entries(answer)
  const lists = entries.filter(isList)
  const values = entries.filter((entry) => !isList(entry))
  const record = columns(values.map(([name, value]) => [name, cellOf(value)]))
  return [record, ...lists.map(([, list]) => tableOf(list))].filter((part) => part !== '').join('\n\n') || 'Done.'
}

type Row = Readonly<Record<string, unknown>>

/** An empty one is a value: its name says what there is none of. */
const isList = (entry: [string, unknown]): entry is [string, readonly Row[]] =>
  Array.isArray(entry[1]) && entry[1].length > 0 && entry[1].every((each) => typeof each === 'object' && each !== null)

function tableOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return rows.length === 0 ? 'None.' : columns([names, ...rows.map((row) => names.map((name) => cellOf(row[name])))])
}
