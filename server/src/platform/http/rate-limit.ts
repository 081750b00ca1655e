import { type Clock } from '../../kernel/clock.ts'
import { RateLimited } from './problems.ts'

const windowMs = 60_000

/** Lets each key call so often a minute; throws `RateLimited` past that. Windows are whole minutes of the clock. */
export function rateLimiter(clock: Clock, callsPerMinute: number): (key: string) => void {
  let window = 0
  let calls = new Map<string, number>()
  return (key) => {
    const now = clock.now().getTime()
    const current = Math.floor(now / windowMs)
    if (current !== window) {
      window = current
      calls = new Map()
    }
    const count = (calls.get(key) ?? 0) + 1
    if (count > callsPerMinute) throw new RateLimited(Math.max(1, Math.ceil(((current + 1) * windowMs - now) / 1000)))
    calls.set(key, count)
  }
}
