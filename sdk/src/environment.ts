/** What the SDK needs of the world besides `fetch`; a test brings its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Rejects with the reason of the signal once that is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const stop = () => {
        clearTimeout(timer)
        // Whatever the caller aborted with is what they want to catch.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, milliseconds)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

/** From 0 up to, and without, 1. */
export type Random = () => number

export const systemRandom: Random = () => Math.random()

export type Fetch = typeof globalThis.fetch

// Called as it stands: a browser's own refuses to run as a member of another object.
export const systemFetch: Fetch = (input, init) => globalThis.fetch(input, init)
