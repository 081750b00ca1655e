import { type Clock } from '../../kernel/clock.ts'
import { grouped } from '../db/grouped.ts'
import { type Pool } from '../db/pool.ts'
import { forgetLeases, type Lease, type LeaseRequest, takeLeases } from './store.ts'

/** How a caller stands after a call of its was counted or turned away. */
export interface Allowance {
  readonly admitted: boolean
  /** Calls that remain in this window, as far as this node knows: exact while it is the only one. */
  readonly remaining: number
  /** Whole seconds until the next window. */
  readonly secondsLeft: number
}

export interface RateLimiter {
  /** What the limit is called in the headers that speak of it. */
  readonly name: string
  readonly callsPerMinute: number
  admit(key: string): Promise<Allowance>
}

export interface RateLimiterOptions {
  readonly db: Pool
  readonly clock: Clock
  readonly name: string
  readonly callsPerMinute: number
  /** How a key is written down, where it should not be stored as it is. */
  readonly disguise?: (key: string) => string
}

export const windowSeconds = 60
const windowMs = windowSeconds * 1000

/** Callers remembered at once. One forgotten too early takes another lease: never more calls, only more round trips. */
const remembered = 10_000

const minuteOf = (time: Date): number => Math.floor(time.getTime() / windowMs)

/** What is left of a lease. */
interface Holding {
  readonly minute: number
  left: number
  readonly beyond: number
}

/** As `takeLeases` judges the row: a clock that jumped back does not keep what was written by its former self. */
const goesOn = (holding: Holding, minute: number): boolean => holding.minute === minute || holding.minute === minute + 1

/**
 * Lets each key call so often in a whole minute of the clock, over all nodes on one database. A node takes calls in
 * leases and counts those by itself, so that most calls cost nothing. When nothing is left to lease, nothing will be
 * before the next minute: further calls are turned away without asking.
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { db, clock, name, callsPerMinute, disguise = (key: string) => key } = options
  const holdings = new Map<string, Holding>()
  const asking = new Map<string, Promise<void>>()
  const takeLease = grouped<LeaseRequest, Lease>((requests) => takeLeases(db, callsPerMinute, requests), {
    most: 100,
    writers: 2,
  })

  const keep = (key: string, { minute, calls, beyond }: Lease): void => {
    // In the order of their leases, so that the first is the one to forget.
    holdings.delete(key)
    const [oldest] = holdings.keys()
    if (holdings.size >= remembered && oldest !== undefined) holdings.delete(oldest)
    holdings.set(key, { minute, left: calls, beyond })
  }

  /** Callers of one key who find nothing left share one lease. */
  const lease = (key: string, minute: number): Promise<void> => {
    const underway = asking.get(key)
    if (underway) return underway
    const asked = takeLease({ key: `${name}:${disguise(key)}`, minute })
      .then((taken) => {
        keep(key, taken)
      })
      .finally(() => {
        asking.delete(key)
      })
    asking.set(key, asked)
    return asked
  }

  return {
    name,
    callsPerMinute,
    async admit(key) {
      // Every turn follows a lease, and a minute has no more leases than calls: one of them admits or the last one refuses.
      for (;;) {
        const now = clock.now()
        const minute = minuteOf(now)
        const holding = holdings.get(key)
        if (holding && goesOn(holding, minute) && holding.left + holding.beyond === 0)
          return { admitted: false, remaining: 0, secondsLeft: secondsUntilAfter(holding.minute, now) }
        if (holding && goesOn(holding, minute) && holding.left > 0) {
          holding.left -= 1
          const remaining = holding.left + holding.beyond
          return { admitted: true, remaining, secondsLeft: secondsUntilAfter(holding.minute, now) }
        }
        await lease(key, minute)
      }
    },
  }
}

const secondsUntilAfter = (minute: number, now: Date): number =>
  Math.max(1, Math.ceil(((minute + 1) * windowMs - now.getTime()) / 1000))

const staleAfterMinutes = 60
const forgottenPerRound = 5_000

/** Removes what nobody has used for an hour. True when there is more of it than one round takes. */
export async function forgetStaleRates(db: Pool, clock: Clock): Promise<boolean> {
  const forgotten = await forgetLeases(db, minuteOf(clock.now()) - staleAfterMinutes, forgottenPerRound)
  return forgotten === forgottenPerRound
}
