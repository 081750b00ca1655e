import { type Pool } from '../platform/db/pool.ts'
import { findHorizon, type Horizon, isUndecided } from '../platform/db/writers-store.ts'
import { settleEvents } from './store.ts'

export interface EventHorizon {
  /** Lets everybody read what can no longer be preceded. */
  round(): Promise<boolean>
}

/**
 * Moves the point up to which events may be read, behind those who write them and never in their way. An id is drawn before
 * its transaction commits, and a later one may commit first: so it notes the last id drawn and who was writing then, and lets
 * everybody read up to that id once all of these are gone. What it remembers between rounds is its own affair: any number of
 * processes do this.
 */
export function createEventHorizon(db: Pool): EventHorizon {
  let horizon: Horizon | undefined
  let settled: string | undefined
  return {
    async round() {
      horizon ??= await findHorizon(db, 'events')
      if (horizon.upTo !== settled) {
        if (await isUndecided(db, 'events', horizon)) return false
        await settleEvents(db, horizon.upTo)
        settled = horizon.upTo
      }
      horizon = undefined
      return false
    },
  }
}
