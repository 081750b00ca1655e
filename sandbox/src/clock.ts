/** Time as a simulator has it: as far ahead of ours as it was told, for all that takes time, and never for signatures. */
export class SandboxClock {
  #offsetMs = 0
  readonly #followers: (() => void)[] = []

  get offsetMs(): number {
    return this.#offsetMs
  }

  now(): number {
    return Date.now() + this.#offsetMs
  }

  /** Whoever waits for a time is told that it may have come. */
  set(offsetMs: number): void {
    this.#offsetMs = offsetMs
    for (const follow of this.#followers) follow()
  }

  onSet(follow: () => void): void {
    this.#followers.push(follow)
  }
}
