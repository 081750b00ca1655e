import { addMs, type Clock } from '../kernel/clock.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Logger } from '../platform/log.ts'
import { type CheckDependencies, checkExecution, type Execution } from '../executions/index.ts'
import { type ReceivedCallback, receiveCallbacks } from './store.ts'

export interface Callbacks {
  /** Stores a callback; when this returns it is safe to acknowledge. What it claims is then looked up, beside the caller. */
  receive(callback: ReceivedCallback): Promise<void>
  /** Waits until the look-ups under way are done. */
  readonly settled: () => Promise<void>
}

/** Should this process die after it acknowledged, another asks no later than this. */
const takeOverMs = 10_000

/** Look-ups under way at once; what comes on top waits its turn. */
const mostLookUps = 64

/** Look-ups that wait their turn; beyond that they wait for a worker, who finds them due. */
const mostWaiting = 5_000

export function createCallbacks(db: Pool, clock: Clock, log: Logger, checks: CheckDependencies): Callbacks {
  const underWay = new Map<string, Promise<void>>()
  const toldAgain = new Set<string>()
  const waiting = new Map<string, Execution>()

  const store = grouped<ReceivedCallback, undefined>(
    async (callbacks) => {
      const now = clock.now()
      const open = await receiveCallbacks(db, callbacks, now, addMs(now, takeOverMs))
      open.forEach(lookUp)
      return callbacks.map(() => undefined)
    },
    { most: 50, writers: 1 },
  )

  const lookUp = (execution: Execution): void => {
    const { id } = execution
    if (underWay.has(id)) {
      // What it is answered may be older than this callback: it asks once more.
      toldAgain.add(id)
      return
    }
    if (underWay.size >= mostLookUps) {
      if (waiting.size < mostWaiting) waiting.set(id, execution)
      return
    }
    const asked = checkExecution(checks, execution)
      .catch((error: unknown) => {
        log.error({ executionId: id, err: error }, 'look-up after a callback failed: the worker will ask')
      })
      .finally(() => {
        underWay.delete(id)
        if (toldAgain.delete(id)) lookUp(execution)
        const [next] = waiting.values()
        if (next && waiting.delete(next.id)) lookUp(next)
      })
    underWay.set(id, asked)
  }

  return {
    async receive(callback) {
      await store(callback)
    },
    async settled() {
      // What waits is due, and another process asks.
      waiting.clear()
      await Promise.all(underWay.values())
    },
  }
}
