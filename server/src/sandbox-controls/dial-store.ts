import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, queryRow, type Row } from '../platform/db/rows.ts'
import { type Dial, type DialledFault, type Fault, type FaultName } from './model.ts'

interface FaultRow extends Row {
  position: number
  fault: FaultName
  next: number | null
  rate: number | null
  path: string | null
  method: string | null
  delay_ms: number | null
  injected: number
}

const toFault = (row: FaultRow): DialledFault => ({
  position: row.position,
  fault: row.fault,
  next: row.next ?? undefined,
  rate: row.rate ?? undefined,
  path: row.path ?? undefined,
  method: row.method ?? undefined,
  delayMs: row.delay_ms ?? undefined,
  injected: row.injected,
})

interface DialRow extends Row {
  seed: string
  dial: number
  recording: string | null
  replaying: string | null
  faults: FaultRow[] | null
}

const toDial = (row: DialRow): Dial => ({
  id: row.dial,
  seed: Number(row.seed),
  recording: row.recording === null ? undefined : Number(row.recording),
  replaying: row.replaying === null ? undefined : Number(row.replaying),
  faults: (row.faults ?? []).map(toFault),
})

export async function getDial(db: Queryable): Promise<Dial> {
  const row = await queryRow<DialRow>(
    db,
    'sandbox-dial',
    `select seed, dial, recording, replaying,
            (select jsonb_agg(to_jsonb(f) order by f.position) from sandbox_faults f) as faults
     from sandbox_settings`,
    [],
  )
  return toDial(row)
}

export interface DialSetting {
  readonly seed: number
  readonly faults: readonly Fault[]
  readonly recording: number | undefined
  readonly replaying: number | undefined
}

/** Begins anew: no call is counted yet, and nothing has happened. Inside a transaction. */
export async function setDial(tx: Queryable, { seed, faults, recording, replaying }: DialSetting): Promise<void> {
  await query(
    tx,
    'set-sandbox-dial',
    'update sandbox_settings set seed = $1, recording = $2, replaying = $3, dial = dial + 1',
    [seed, recording, replaying],
  )
  await query(tx, 'forget-sandbox-calls', 'delete from sandbox_calls', [])
  await query(tx, 'forget-sandbox-faults', 'delete from sandbox_faults', [])
  await query(
    tx,
    'insert-sandbox-faults',
    `insert into sandbox_faults (position, fault, next, rate, path, method, delay_ms)
     select position, fault, next, rate, path, method, delay_ms
     from jsonb_to_recordset($1::jsonb) as f(
       position integer, fault text, next integer, rate double precision, path text, method text, delay_ms integer
     )`,
    [
      JSON.stringify(
        faults.map(({ delayMs, ...fault }, position) => ({ position, ...fault, delay_ms: delayMs ?? null })),
      ),
    ],
  )
}

/** Answers undefined where the dial has been set anew meanwhile. */
export async function countCall(db: Queryable, dialId: number, operation: string): Promise<number | undefined> {
  const row = await queryOne<{ calls: number }>(
    db,
    'count-sandbox-call',
    `insert into sandbox_calls as c (operation, calls)
     select $2, 1
     from sandbox_settings
     where dial = $1
     on conflict (operation) do update set calls = c.calls + 1
     returning calls`,
    [dialId, operation],
  )
  return row?.calls
}

/** False once a fault has happened as often as it may. */
export async function claimFault(db: Queryable, position: number): Promise<boolean> {
  const row = await queryOne(
    db,
    'claim-sandbox-fault',
    `update sandbox_faults
     set injected = injected + 1
     where position = $1 and (next is null or injected < next)
     returning position`,
    [position],
  )
  return row !== undefined
}
