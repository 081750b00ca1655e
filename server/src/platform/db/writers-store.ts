import { type Queryable } from './pool.ts'
import { query, queryRow } from './rows.ts'

/** What was being written to a table at a moment: every id up to `upTo` is committed or never will be once these are gone. */
export interface Horizon {
  readonly upTo: string
  readonly writers: readonly string[]
}

/** A table whose ids are drawn from a sequence of its own. */
export type NumberedTable = 'ledger_entries' | 'events'

/**
 * In this order: whoever drew an id up to `upTo` held the table's lock when drawing it, since PostgreSQL locks what a
 * statement writes before it runs it, and keeps the lock until its end. Those that have not ended are seen by the second
 * statement.
 */
export async function findHorizon(db: Queryable, table: NumberedTable): Promise<Horizon> {
  const drawn = await queryRow<{ up_to: string }>(
    db,
    'last-id-drawn',
    `select coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass), 0) as up_to`,
    [table],
  )
  return { upTo: drawn.up_to, writers: await listWriters(db, table) }
}

/**
 * Transactions that may be writing to a table, all of which hold this lock; what cleans it or reads it does not. Not by
 * snapshot: one that has drawn an id may not have its number yet.
 */
async function listWriters(db: Queryable, table: NumberedTable): Promise<string[]> {
  const rows = await query<{ virtualtransaction: string }>(
    db,
    'list-writers',
    `select distinct virtualtransaction
     from pg_locks
     where locktype = 'relation'
       and database = (select oid from pg_database where datname = current_database())
       and relation = $1::regclass
       and mode = 'RowExclusiveLock'
       and granted`,
    [table],
  )
  return rows.map((row) => row.virtualtransaction)
}

/** Whether one of these was still writing to the table a moment ago. */
export async function isUndecided(db: Queryable, table: NumberedTable, { writers }: Horizon): Promise<boolean> {
  if (writers.length === 0) return false
  const present = new Set(await listWriters(db, table))
  return writers.some((writer) => present.has(writer))
}
