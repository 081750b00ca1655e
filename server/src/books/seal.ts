import { type Pool, withTx } from '../platform/db/pool.ts'
import { findHorizon, type Horizon, isUndecided } from '../platform/db/writers-store.ts'
import { sealAfter } from './model.ts'
import { claimSealing, findLastSeal, insertSeals, listEntries } from './store.ts'

/** As many as are read, hashed and written within some tens of milliseconds. */
const entriesPerRound = 500

export interface Sealer {
  /** Seals what can no longer be preceded; true when there is more of that than one round takes. */
  round(): Promise<boolean>
}

/**
 * Seals entries in the order of their ids, behind those who write them and never in their way. An id is drawn before its
 * transaction commits, and a later one may commit first: so it notes the last id drawn and who was writing then, and seals
 * up to that id once all of these are gone. What it remembers between rounds is its own affair: any number of processes
 * do this, and whoever holds the lock continues after the last seal.
 */
export function createSealer(db: Pool, most = entriesPerRound): Sealer {
  let horizon: Horizon | undefined
  return {
    async round() {
      horizon ??= await findHorizon(db, 'ledger_entries')
      if (await isUndecided(db, 'ledger_entries', horizon)) return false
      const sealed = await sealUpTo(db, horizon.upTo, most)
      if (sealed < most) horizon = undefined
      return sealed === most
    },
  }
}

/** Answers how many it sealed: none while another process does. */
const sealUpTo = (db: Pool, upTo: string, most: number): Promise<number> =>
  withTx(db, async (tx) => {
    if (!(await claimSealing(tx))) return 0
    const last = await findLastSeal(tx)
    const entries = await listEntries(tx, { after: last?.entryId ?? '0', upTo, most })
    if (entries.length > 0) await insertSeals(tx, sealAfter(last, entries))
    return entries.length
  })
