import type { SandboxClock } from './clock.ts'

/** What waits for a time of the sandbox's clock. */
export interface Waiting {
  readonly dueAtMs: number
  readonly action: () => void
  timer: NodeJS.Timeout | undefined
}

/** Longer waits are begun anew in between: the timers of Node.js know no more. */
const longestWaitMs = 2 ** 31 - 1

/** Timers that can all be stopped at once, so that a closed simulator leaves nothing behind, and that follow a clock. */
export class Timers {
  readonly #clock: SandboxClock
  readonly #pending = new Set<Waiting>()
  #stopped = false

  constructor(clock: SandboxClock) {
    this.#clock = clock
    clock.onSet(() => {
      this.#rearm()
    })
  }

  after(delayMs: number, action: () => void): Waiting | undefined {
    if (this.#stopped) return undefined
    const waiting: Waiting = { dueAtMs: this.#clock.now() + delayMs, action, timer: undefined }
    this.#pending.add(waiting)
    this.#arm(waiting)
    return waiting
  }

  cancel(waiting: Waiting | undefined): void {
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    this.#pending.delete(waiting)
  }

  /** Forgets what is waited for; new waits may begin. */
  clear(): void {
    for (const waiting of [...this.#pending]) this.cancel(waiting)
  }

  stop(): void {
    this.#stopped = true
    this.clear()
  }

  /** In the order in which they are due: those whose time was jumped over come one after the other. */
  #rearm(): void {
    for (const waiting of [...this.#pending].sort((a, b) => a.dueAtMs - b.dueAtMs)) {
      clearTimeout(waiting.timer)
      this.#arm(waiting)
    }
  }

  #arm(waiting: Waiting): void {
    const leftMs = Math.max(0, waiting.dueAtMs - this.#clock.now())
    waiting.timer = setTimeout(
      () => {
        if (leftMs > longestWaitMs) {
          this.#arm(waiting)
          return
        }
        this.#pending.delete(waiting)
        waiting.action()
      },
      Math.min(leftMs, longestWaitMs),
    )
  }
}
