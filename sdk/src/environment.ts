/** What the SDK needs of the world besides `fetch`; a test brings its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Rejects with the reason of the signal once that is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    signal?.throwIfAborted()
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      signal?.addEventListener('abort', end)
    })
    signal?.throwIfAborted()
  },
}

/** From 0 up to, and without, 1. */
export type Random = () => number

export const systemRandom: Random = () => Math.random()

export type Fetch = typeof globalThis.fetch

// Called as it stands: a browser's own refuses to run as a member of another object.
export const systemFetch: Fetch = (input, init) => globalThis.fetch(input, init)
