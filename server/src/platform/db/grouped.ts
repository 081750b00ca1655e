import { isDeadlock, isStatementError } from './pool.ts'

export interface GroupOptions {
  /** How many items one call may carry. */
  readonly most: number
  /** How many calls may be under way at once. */
  readonly writers: number
}

/** Deadlocks are rare by design; more of them than this in a row are a fault that should show. */
const mostTries = 3

/**
 * Lets concurrent callers share one round trip and one commit. While `run` is under way the next items gather, and the next
 * writer takes what waits: there is no timer, so a caller who comes alone waits for nobody.
 *
 * `run` answers one result per item, in order. What PostgreSQL gave up to break a deadlock is run again: it had no effect, and
 * those it stood in the way of have gone ahead. When PostgreSQL refuses the whole statement the items are run one by one,
 * so that only the broken one fails. When the connection breaks instead, the outcome is not known and every item fails
 * with that error.
 */
export function grouped<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  { most, writers }: GroupOptions,
): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly item: Item
    readonly resolve: (result: Result) => void
    readonly reject: (error: unknown) => void
  }
  const waiting: Waiting[] = []
  let active = 0

  const runGroup = async (group: readonly Waiting[], triesLeft = mostTries): Promise<void> => {
    try {
      const results = await run(group.map(({ item }) => item))
      group.forEach((each, index) => {
        if (index < results.length) each.resolve(results[index] as Result)
        else each.reject(new Error(`a grouped call answered ${results.length} of ${group.length} items`))
      })
    } catch (error) {
      if (isDeadlock(error) && triesLeft > 1) await runGroup(group, triesLeft - 1)
      else if (group.length > 1 && isStatementError(error)) for (const each of group) await runGroup([each])
      else for (const each of group) each.reject(error)
    }
  }

  const write = async (): Promise<void> => {
    active += 1
    while (waiting.length > 0) await runGroup(waiting.splice(0, most))
    active -= 1
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      // The next microtask, so that callers of one turn of the event loop travel together from the start.
      if (active < writers) queueMicrotask(() => active < writers && waiting.length > 0 && void write())
    })
}
