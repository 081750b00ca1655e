import { type CallOptions, type Connection } from './connection.ts'
import { WaitTimeoutError } from './errors.ts'

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
}

/** Asks until what is waited for is there. */
export async function waitUntil<T extends { readonly status: string }>(
  { clock, random }: Pick<Connection, 'clock' | 'random'>,
  { what, ask, isOver }: Watched<T>,
  { until = isOver, withinMs = usualWaitMs, signal, onChange }: WaitOptions<T>,
): Promise<T> {
  const deadline = clock.now() + withinMs
  let last: T | undefined
  for (let asked = 0; ; asked += 1) {
    const state = await ask()
    if (state.status !== last?.status) onChange?.(state)
    last = state
    // What is over does not change any more, whatever is waited for.
    if (until(state) || isOver(state)) return state
    const left = deadline - clock.now()
    if (left <= 0) throw new WaitTimeoutError(`${what} is ${state.status} after ${Math.round(withinMs / 1000)} s`, last)
    await clock.sleep(Math.min(pauseMs(asked, random), left), signal)
  }
}
