/** Timers that can all be stopped at once, so that a closed simulator leaves nothing behind. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>()
  #stopped = false

  after(delayMs: number, action: () => void): NodeJS.Timeout | undefined {
    if (this.#stopped) return undefined
    const timer = setTimeout(() => {
      this.#pending.delete(timer)
      action()
    }, delayMs)
    this.#pending.add(timer)
    return timer
  }

  cancel(timer: NodeJS.Timeout | undefined): void {
    if (timer === undefined) return
    clearTimeout(timer)
    this.#pending.delete(timer)
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#pending) clearTimeout(timer)
    this.#pending.clear()
  }
}
