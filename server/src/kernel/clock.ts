/** Time is a parameter: a simulation and the sandbox's virtual clock bring their own. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

export const addMs = (time: Date, ms: number): Date => new Date(time.getTime() + ms)
