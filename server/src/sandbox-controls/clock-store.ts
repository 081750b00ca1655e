import { type Queryable } from '../platform/db/pool.ts'
import { queryOne, queryRow, type Row } from '../platform/db/rows.ts'

interface ClockRow extends Row {
  clock_offset_ms: string
  clock_turn: number
}

/** How far the clock is ahead, and the how many-eth setting that is. */
export interface ClockSetting {
  readonly aheadMs: number
  readonly turn: number
}

const toSetting = (row: ClockRow): ClockSetting => ({ aheadMs: Number(row.clock_offset_ms), turn: row.clock_turn })

export async function getClock(db: Queryable): Promise<ClockSetting> {
  const row = await queryRow<ClockRow>(
    db,
    'sandbox-clock',
    'select clock_offset_ms, clock_turn from sandbox_settings',
    [],
  )
  return toSetting(row)
}

/** Answers undefined where it would be further ahead than it may. */
export async function advanceClock(db: Queryable, byMs: number, mostMs: number): Promise<ClockSetting | undefined> {
  const row = await queryOne<ClockRow>(
    db,
    'advance-sandbox-clock',
    `update sandbox_settings
     set clock_offset_ms = clock_offset_ms + $1, clock_turn = clock_turn + 1
     where clock_offset_ms + $1 <= $2
     returning clock_offset_ms, clock_turn`,
    [byMs, mostMs],
  )
  return row && toSetting(row)
}

export async function setClockBack(tx: Queryable): Promise<ClockSetting> {
  const row = await queryRow<ClockRow>(
    tx,
    'set-sandbox-clock-back',
    `update sandbox_settings
     set clock_offset_ms = 0, clock_turn = clock_turn + 1
     returning clock_offset_ms, clock_turn`,
    [],
  )
  return toSetting(row)
}
