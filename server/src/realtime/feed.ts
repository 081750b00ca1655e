import { isFinal } from '../kernel/enums.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Position, type StatusEvent, type Subject } from './model.ts'
import { findEventsAfter, findPositions } from './store.ts'

/** Tells whoever watches of every status an execution is given, soon after it was committed. */
export interface Feed {
  /** How far a subject has come. Whoever watches from here on misses nothing, however late it begins. */
  position(subject: Subject): Promise<Position>
  /** Watches until told to stop, or until nothing more can come. */
  watch(subject: Subject, from: Position, onEvent: (event: StatusEvent) => void): () => void
  /** Looks once for what is new to those who watch. Asks the database nothing while nobody does. */
  follow(): Promise<void>
}

/** How many subjects one statement looks up. */
const subjectsPerQuestion = 500

/**
 * Every subject is asked about from its own last event on. One mark for all would have gaps, or come late: events of
 * different executions are committed in any order.
 */
export function createFeed(db: Pool): Feed {
  interface Watch {
    readonly subject: Subject
    readonly onEvent: (event: StatusEvent) => void
    after: number
  }
  const watches = new Set<Watch>()
  const position = grouped<Subject, Position>((subjects) => findPositions(db, subjects), { most: 100, writers: 1 })

  const tell = (watch: Watch, event: StatusEvent): void => {
    if (!watches.has(watch) || event.sequence <= watch.after) return
    watch.after = event.sequence
    if (isFinal(event.status)) watches.delete(watch)
    watch.onEvent(event)
  }

  return {
    position,
    watch(subject, { after, isFinal: isOver }, onEvent) {
      const watch: Watch = { subject, onEvent, after }
      if (!isOver) watches.add(watch)
      return () => {
        watches.delete(watch)
      }
    },
    async follow() {
      const asked = [...watches]
      for (let first = 0; first < asked.length; first += subjectsPerQuestion) {
        const some = asked.slice(first, first + subjectsPerQuestion)
        for (const { index, event } of await findEventsAfter(db, some)) {
          const watch = some[index]
          if (watch) tell(watch, event)
        }
      }
    },
  }
}
