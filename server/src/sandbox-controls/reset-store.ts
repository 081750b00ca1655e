import { type Queryable } from '../platform/db/pool.ts'
import { query } from '../platform/db/rows.ts'

/** See `reset_sandbox` for what is kept. A live database refuses. */
export async function forgetEverything(tx: Queryable): Promise<void> {
  await query(tx, 'reset-sandbox', 'select reset_sandbox()', [])
}
