import { type AdvancedClock } from '../kernel/clock.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { advanceClock, type ClockSetting, getClock } from './clock-store.ts'
import { everySimulator, type Simulators } from './simulators.ts'

/** Further than any test needs, and near enough for every calendar here. */
const mostAheadMs = 50 * 365 * 24 * 60 * 60_000

/** The clock of the installation. It goes on by itself, and is only ever set ahead. */
export interface SandboxTime {
  /** Follows what was set in another process. */
  follow(): Promise<void>
  /** Answers once all that keeps time here does so by the new time. */
  advance(seconds: number): Promise<void>
  apply(setting: ClockSetting): Promise<void>
}

export function createSandboxTime(db: Pool, clock: AdvancedClock, simulators: Simulators): SandboxTime {
  let turn = 0
  /** What was read before a setting and arrives after it is old. */
  const set = (setting: ClockSetting): void => {
    if (setting.turn < turn) return
    turn = setting.turn
    clock.setAhead(setting.aheadMs)
  }
  const apply = async (setting: ClockSetting): Promise<void> => {
    set(setting)
    const body = { offsetMs: setting.aheadMs }
    await Promise.all(everySimulator(simulators).map((simulator) => simulator.post('clock', body)))
  }
  return {
    apply,
    follow: async () => {
      set(await getClock(db))
    },
    async advance(seconds) {
      const setting = await advanceClock(db, seconds * 1000, mostAheadMs)
      if (!setting) {
        const message = 'the clock is at most 50 years ahead'
        throw new InvalidRequest({ field: 'seconds', rule: 'number.not_le', message })
      }
      await apply(setting)
    },
  }
}
