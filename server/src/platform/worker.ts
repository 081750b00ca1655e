import { type Logger } from './log.ts'

/** A round of background work, run again and again until stopped. */
export interface Worker {
  /** Lets the round under way finish and starts no other. */
  stop(): Promise<void>
}

export interface WorkerOptions {
  readonly name: string
  readonly log: Logger
  /** How long to rest after a round that found little. */
  readonly pauseMs: number
  /** Does one round; true when there is more waiting than one round takes. */
  readonly round: () => Promise<boolean>
}

/** Runs rounds one after another. A round that fails is logged and tried again after the pause. */
export function startWorker({ name, log, pauseMs, round }: WorkerOptions): Worker {
  let stopped = false
  let wake = (): void => undefined
  const pause = () =>
    new Promise<void>((resolve) => {
      if (stopped) {
        resolve()
        return
      }
      const timer = setTimeout(resolve, pauseMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const work = async (): Promise<void> => {
    while (!stopped) {
      const more = await round().catch((error: unknown) => {
        log.error({ worker: name, err: error }, 'background round failed')
        return false
      })
      if (!more) await pause()
    }
  }
  const running = work()
  return {
    async stop() {
      stopped = true
      wake()
      await running
    },
  }
}
