/** Time is a parameter: a simulation and the sandbox's virtual clock bring their own. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

export const addMs = (time: Date, ms: number): Date => new Date(time.getTime() + ms)

/** A clock that can be set ahead of the time of day. */
export interface AdvancedClock extends Clock {
  readonly aheadMs: number
  setAhead(ms: number): void
}

export function createAdvancedClock(base: Clock): AdvancedClock {
  let aheadMs = 0
  return {
    now: () => addMs(base.now(), aheadMs),
    get aheadMs() {
      return aheadMs
    },
    setAhead(ms) {
      aheadMs = ms
    },
  }
}
