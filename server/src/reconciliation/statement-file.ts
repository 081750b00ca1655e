import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { type Currency } from '../kernel/currencies.ts'
import { type Money, parseMoney } from '../kernel/money.ts'
import { OperatorError } from '../kernel/problem.ts'
import { type StatementFile } from './model.ts'

/** One record of a statement, its cells by the field each holds. */
export type Row<Field extends string> = Partial<Record<Field, string>>

/** Reads a CSV file a record at a time. `columnsOf` names each column by its field; those that nobody needs by false. */
export async function* readRecords<Field extends string>(
  file: StatementFile,
  columnsOf: (header: readonly string[]) => (Field | false)[],
): AsyncGenerator<{ readonly row: Row<Field>; readonly line: number }> {
  const rows = parse({ bom: true, trim: true, skip_empty_lines: true, columns: columnsOf })
  Readable.from(file)
    .on('error', (error) => rows.destroy(error))
    .pipe(rows)
  let line = 1
  try {
    for await (const row of rows as AsyncIterable<Row<Field>>) {
      line += 1
      yield { row, line }
    }
  } catch (error) {
    if (error instanceof CsvError) throw new OperatorError(`The statement is no CSV file: ${error.message}.`)
    throw error
  }
}

export const unreadable = (line: number, what: string, value: string | undefined): OperatorError =>
  new OperatorError(`The statement cannot be read: its record ${line} has the ${what} "${value ?? ''}".`)

/** Without a sign: the kind says where the money went. */
export const readAmount = (text: string | undefined, currency: Currency): Money | undefined =>
  parseMoney((text ?? '').replace(/^[+-]/, ''), currency)

/** Providers' times are UTC, whether they say so or not. */
export function readTime(text: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  if (!match) return undefined
  const [, day = '', time = '', zone = 'Z'] = match
  const at = new Date(`${day}T${time}${zone}`)
  return Number.isNaN(at.getTime()) ? undefined : at
}
