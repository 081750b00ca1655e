import { setTimeout as sleep } from 'node:timers/promises'
import type { DataDirectory } from './data-directory.ts'
import { reclaim, type Owned } from './ownership.ts'
import { shutDown, stateOf } from './postmaster.ts'

/** The loss of the connection is noticed before the end of the process that caused it. */
const causeDelayMs = 100

/** Watches over the database for as long as we own it. */
export class OwnedPostgres {
  readonly #place: DataDirectory
  readonly #owned: Owned
  readonly #onCrash: (reason: string) => void
  #isLost = false
  #stopping: Promise<void> | undefined

  constructor(place: DataDirectory, owned: Owned, onCrash: (reason: string) => void = () => undefined) {
    this.#place = place
    this.#owned = owned
    this.#onCrash = onCrash
    owned.client.once('end', this.#lose)
    owned.launched?.process.once('exit', this.#lose)
    process.once('exit', this.#shutDownOnExit)
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    process.off('exit', this.#shutDownOnExit)
    const { client, pid, launched } = this.#owned
    // Whoever has taken the database over since it was lost needs it running.
    const hold = this.#isLost ? await reclaim(this.#place) : { client, pid }
    if (hold === undefined) return
    try {
      await shutDown(hold.pid, this.#place, launched)
    } finally {
      await hold.client.end().catch(() => undefined)
    }
  }

  readonly #lose = () => {
    if (this.#isLost || this.#stopping !== undefined) return
    this.#isLost = true
    process.off('exit', this.#shutDownOnExit)
    void this.#reportLoss()
  }

  async #reportLoss(): Promise<void> {
    await sleep(causeDelayMs)
    if (this.#stopping !== undefined) return
    const isAlive = (await stateOf(this.#owned.pid, this.#place.database)) === 'ours'
    this.#onCrash(
      isAlive
        ? 'PostgreSQL closed the connection that holds the database.'
        : `PostgreSQL (process ${this.#owned.pid}) is gone. See ${this.#place.log}.`,
    )
  }

  /** A process that ends without `stop()`, though not by a signal, still tells its PostgreSQL to shut down. */
  readonly #shutDownOnExit = () => {
    try {
      process.kill(this.#owned.pid, 'SIGINT')
    } catch {
      // It is gone already.
    }
  }
}
