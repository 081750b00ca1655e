import { type KeyObject } from 'node:crypto'
import { addMs, type Clock } from '../../kernel/clock.ts'

/** The key itself; that the provider has none of this name; or that the provider could not be asked. */
export type FoundKey = KeyObject | 'unknown' | 'unavailable'
export type FindKey = (id: string) => Promise<FoundKey>

/** A key that the provider has withdrawn counts no longer than this. */
const freshMs = 60 * 60_000

/** Strangers may name any key they like: the provider is not asked more often than this on their account. */
const pauseMs = 10_000

/**
 * The provider's public keys, read when they are first needed and again for a name that is not among them: that is how a new
 * key announces itself. `read` answers undefined when the provider could not be asked.
 */
export function createKeyring(clock: Clock, read: () => Promise<ReadonlyMap<string, KeyObject> | undefined>): FindKey {
  let keys: ReadonlyMap<string, KeyObject> | undefined
  let staleAt = new Date(0)
  let failedUntil = new Date(0)
  let missedUntil = new Date(0)
  let reading: Promise<boolean> | undefined

  const readAnew = async (): Promise<boolean> => {
    const found = await read()
    if (!found) {
      failedUntil = addMs(clock.now(), pauseMs)
      return false
    }
    keys = found
    staleAt = addMs(clock.now(), freshMs)
    return true
  }
  /** Who comes while they are read waits for the same answer. */
  const refresh = (): Promise<boolean> => {
    if (reading) return reading
    if (clock.now() < failedUntil) return Promise.resolve(false)
    reading = readAnew().finally(() => {
      reading = undefined
    })
    return reading
  }

  return async (id) => {
    // Keys that could not be read anew stay good: the provider's being away takes none of them back.
    if (clock.now() >= staleAt || reading) await refresh()
    const known = keys?.get(id)
    if (known) return known
    if (!keys) return 'unavailable'
    if (clock.now() < missedUntil) return 'unknown'
    missedUntil = addMs(clock.now(), pauseMs)
    if (!(await refresh())) return 'unavailable'
    return keys.get(id) ?? 'unknown'
  }
}
