import { type CallOptions, type Connection } from './connection.ts'
import { type Clock } from './environment.ts'
import { type DollrError, mayPass, RateLimitError, WaitTimeoutError } from './errors.ts'

export interface WaitOptions<T> extends CallOptions {
  /** What is waited for. The end of it all, unless said otherwise. */
  readonly until?: ((state: T) => boolean) | undefined
  /** How long to wait, in milliseconds: twenty minutes unless said otherwise, longer than any payment takes. */
  readonly withinMs?: number | undefined
  /** Called with every state that differs in its status from the one before. */
  readonly onChange?: ((state: T) => void) | undefined
}

const firstPauseMs = 500
const longestPauseMs = 10_000
const usualWaitMs = 20 * 60_000

/** Payers answer within seconds or not for minutes: the pauses grow, each a little off, so that many do not ask at once. */
const pauseMs = (asked: number, random: () => number): number =>
  Math.min(firstPauseMs * 1.5 ** asked, longestPauseMs) * (0.8 + 0.4 * random())

export interface Watched<T> {
  readonly what: string
  readonly ask: () => Promise<T>
  readonly isOver: (state: T) => boolean
  /** Says, whenever something may have changed, that now is a good time to ask. Ends when the signal says so. */
  readonly hints?: ((signal: AbortSignal) => AsyncIterable<unknown>) | undefined
}

/** Lets a pause be cut short. */
interface Alarm {
  readonly pause: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>
  readonly ring: () => void
}

function alarmOn(clock: Clock): Alarm {
  let bell = new AbortController()
  return {
    async pause(milliseconds, signal) {
      const either = signal === undefined ? bell.signal : AbortSignal.any([bell.signal, signal])
      await clock.sleep(milliseconds, either).catch((reason: unknown) => {
        if (!bell.signal.aborted || signal?.aborted === true) throw reason
      })
      bell = new AbortController()
    },
    ring: () => {
      bell.abort()
    },
  }
}

/** Rings for every hint. Without them, or when they end, we ask when we would have asked anyway. */
async function listen(hints: AsyncIterable<unknown>, ring: () => void): Promise<void> {
  try {
    for await (const _ of hints) ring()
  } catch {
    // Hints are a convenience: the answers come from asking.
  }
}

/** What an asking came to: how things stand, or trouble on the way there that says nothing about them. */
type Asked<T> = { readonly state: T } | { readonly trouble: DollrError }

const askOnce = <T>(ask: () => Promise<T>): Promise<Asked<T>> =>
  ask().then(
    (state) => ({ state }),
    (error: unknown) => {
      if (mayPass(error)) return { trouble: error }
      throw error
    },
  )

/** When a server that is asked too often wants to be asked again. */
const notBeforeMs = (asked: Asked<unknown>): number =>
  'trouble' in asked && asked.trouble instanceof RateLimitError ? (asked.trouble.retryAfterSeconds ?? 0) * 1000 : 0

/** Asks until what is waited for is there. A server that cannot be reached for a while is waited for, too. */
export async function waitUntil<T extends { readonly status: string }>(
  { clock, random }: Pick<Connection, 'clock' | 'random'>,
  { what, ask, isOver, hints }: Watched<T>,
  { until = isOver, withinMs = usualWaitMs, signal, onChange }: WaitOptions<T>,
): Promise<T> {
  const deadline = clock.now() + withinMs
  const alarm = alarmOn(clock)
  const over = new AbortController()
  if (hints) void listen(hints(over.signal), alarm.ring)
  let last: T | undefined
  try {
    for (let times = 0; ; times += 1) {
      const asked = await askOnce(ask)
      if ('state' in asked) {
        const { state } = asked
        if (state.status !== last?.status) onChange?.(state)
        last = state
        // What is over does not change any more, whatever is waited for.
        if (until(state) || isOver(state)) return state
      }
      const left = deadline - clock.now()
      if (left <= 0) {
        const stands = last === undefined ? 'not known to be over' : last.status
        const cause = 'trouble' in asked ? asked.trouble : undefined
        throw new WaitTimeoutError(`${what} is ${stands} after ${Math.round(withinMs / 1000)} s`, last, { cause })
      }
      await alarm.pause(Math.min(Math.max(pauseMs(times, random), notBeforeMs(asked)), left), signal)
    }
  } finally {
    over.abort()
  }
}
