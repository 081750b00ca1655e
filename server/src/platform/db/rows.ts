import { type Currency, isCurrency } from '../../kernel/currencies.ts'
import { invariant } from '../../kernel/invariant.ts'
import { type Money, money, type Ratio, ratio } from '../../kernel/money.ts'
import { type Queryable } from './pool.ts'

/** Columns as node-postgres hands them over: `bigint` and `numeric` as text, times as Date. */
export type Row = Record<string, unknown>

/** Some rows of a list, newest first: at most so many, and only those with an id below `before`. */
export interface Page {
  readonly before: string
  readonly most: number
}

/** Runs one prepared statement. The name is what PostgreSQL remembers its plan by: one name, one text. */
export async function query<R extends Row>(
  db: Queryable,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<R[]> {
  const { rows } = await db.query<R>({ name, text, values: [...values] })
  return rows
}

/** Like `query`, for a statement that answers one row or none. */
export async function queryOne<R extends Row>(
  db: Queryable,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<R | undefined> {
  const rows = await query<R>(db, name, text, values)
  invariant(rows.length <= 1, `${name} answers one row`)
  return rows[0]
}

/** Like `query`, for a statement that always answers exactly one row. */
export async function queryRow<R extends Row>(
  db: Queryable,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<R> {
  const row = await queryOne<R>(db, name, text, values)
  invariant(row, `${name} answers a row`)
  return row
}

/** A currency column. The schema and the edge let none in that is not known here. */
export function readCurrency(code: string): Currency {
  invariant(isCurrency(code), `known currency, not ${code}`)
  return code
}

/** The columns of an exact rate, which are null together. */
export const readRatio = (numerator: string | null, denominator: string | null): Ratio | undefined =>
  numerator !== null && denominator !== null ? ratio(BigInt(numerator), BigInt(denominator)) : undefined

export const readMoney = (minor: string, currency: string): Money => money(BigInt(minor), readCurrency(currency))

/**
 * As PostgreSQL reads JSON: half a character, which JSON can spell and UTF-8 cannot, is replaced as it is in a plain
 * parameter.
 */
function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'string' && /\p{Surrogate}/u.test(value) ? Buffer.from(value).toString() : value
}

/** Elements of a set-based call: numbered, so that each verdict finds its way back. */
export const numbered = (elements: readonly object[]): string =>
  JSON.stringify(
    elements.map((element, ord) => ({ ord, ...element })),
    (_key, value: unknown) => toJson(value),
  )

/** Puts the verdicts of a set-based call in the order of its elements. */
export function inOrder<R extends { ord: number }>(rows: readonly R[], count: number): R[] {
  const ordered = new Array<R>(count)
  for (const row of rows) ordered[row.ord] = row
  invariant(rows.length === count && !ordered.includes(undefined as never), 'one verdict per element')
  return ordered
}
