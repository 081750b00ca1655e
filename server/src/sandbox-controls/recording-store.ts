import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, type Row } from '../platform/db/rows.ts'
import { type ApiFault, type CountedCall, type Fault } from './model.ts'

export interface Recording {
  readonly seed: number
  readonly faults: readonly Fault[]
  readonly startedAt: Date
}

/** Under a seed there is one run: the last. */
export async function insertRecording(tx: Queryable, { seed, faults, startedAt }: Recording): Promise<void> {
  await query(tx, 'delete-sandbox-recording', 'delete from sandbox_recordings where seed = $1', [seed])
  await query(
    tx,
    'insert-sandbox-recording',
    'insert into sandbox_recordings (seed, faults, started_at) values ($1, $2::jsonb, $3)',
    [seed, JSON.stringify(faults), startedAt],
  )
}

export async function findRecording(db: Queryable, seed: number): Promise<Recording | undefined> {
  const row = await queryOne<{ faults: Fault[]; started_at: Date }>(
    db,
    'find-sandbox-recording',
    'select faults, started_at from sandbox_recordings where seed = $1',
    [seed],
  )
  return row && { seed, faults: row.faults, startedAt: row.started_at }
}

export interface RecordedCall {
  readonly operation: string
  readonly nth: number
  readonly at: Date
  readonly referenceId: string | undefined
  readonly fault: ApiFault | undefined
  readonly delayMs: number | undefined
  /** What the operation answered, which is not what its caller was told. */
  readonly status: number
}

/** A recording that has been begun anew meanwhile, or forgotten, takes no more calls of the former. */
export async function insertRecordedCall(db: Queryable, seed: number, call: RecordedCall): Promise<void> {
  await query(
    db,
    'insert-sandbox-recorded-call',
    `insert into sandbox_recorded_calls (seed, operation, nth, at, reference_id, fault, delay_ms, status)
     select seed, $2, $3, $4, $5, $6, $7, $8
     from sandbox_recordings
     where seed = $1
     on conflict do nothing`,
    [seed, call.operation, call.nth, call.at, call.referenceId, call.fault, call.delayMs, call.status],
  )
}

interface RecordedCallRow extends Row {
  operation: string
  nth: number
  at: Date
  reference_id: string | null
  fault: ApiFault | null
  delay_ms: number | null
  status: number
}

const callColumns = 'operation, nth, at, reference_id, fault, delay_ms, status'

const toCall = (row: RecordedCallRow): RecordedCall => ({
  operation: row.operation,
  nth: row.nth,
  at: row.at,
  referenceId: row.reference_id ?? undefined,
  fault: row.fault ?? undefined,
  delayMs: row.delay_ms ?? undefined,
  status: row.status,
})

/** More than anybody reads. */
const mostCalls = 10_000

export async function listRecordedCalls(db: Queryable, seed: number): Promise<RecordedCall[]> {
  const rows = await query<RecordedCallRow>(
    db,
    'list-sandbox-recorded-calls',
    `select ${callColumns}
     from sandbox_recorded_calls
     where seed = $1
     order by id
     limit $2`,
    [seed, mostCalls],
  )
  return rows.map(toCall)
}

export async function findRecordedCall(
  db: Queryable,
  seed: number,
  { operation, nth }: Pick<CountedCall, 'operation' | 'nth'>,
): Promise<RecordedCall | undefined> {
  const row = await queryOne<RecordedCallRow>(
    db,
    'find-sandbox-recorded-call',
    `select ${callColumns}
     from sandbox_recorded_calls
     where seed = $1 and operation = $2 and nth = $3`,
    [seed, operation, nth],
  )
  return row && toCall(row)
}

export async function forgetRecordings(tx: Queryable): Promise<void> {
  await query(tx, 'forget-sandbox-recordings', 'delete from sandbox_recordings', [])
}
