import { createHash } from 'node:crypto'
import { addMs } from '../../src/kernel/clock.ts'
import { type TestClock } from '../support/fakes.ts'

/** Where something waits until the simulation lets it go on: a statement, a call, an answer on its way. */
export interface Step {
  /** The process that dies with it, or whoever else does it. */
  readonly owner: string
  readonly label: string
  /** Nobody waits longer than this. */
  readonly by?: Date
  readonly isBlocked?: () => boolean
  /** What the rest of the world sees of it. The function it answers tells whoever waits. */
  readonly effect: () => Promise<() => void>
}

/** Whether whoever does a step dies of it, before or after its effect. */
export type Fate = 'lives' | 'dies before' | 'dies after'

export interface Scheduler {
  readonly trace: Trace
  park(step: Step): void
  /** What could go on now, in an order that depends on nothing but the seed; what is overdue alone. Call it when it is quiet. */
  ready(): readonly Step[]
  /** Carries a step out. Its owner's death is the caller's to see to. */
  run(step: Step, fate?: Fate): Promise<void>
  /** Leaves a step where it is until nobody waits any longer: a slow disk, a busy machine. */
  stall(step: Step): void
  /** Whether anything waits that is slow. */
  hasStalled(): boolean
  /** Takes away all that waits for this owner, and answers it. */
  takeAway(owner: string): readonly Step[]
  /** Counts work that is done outside: nothing is quiet until it is back. */
  outside(change: 1 | -1): void
  /** Returns once nothing moves by itself any more. */
  quiet(): Promise<void>
  /** How far the clock may go so that nobody waits too long. */
  reach(ms: number): number
}

/** Everything that happened, in order: two runs are the same when these are. */
export interface Trace {
  readonly lines: readonly string[]
  note(line: string): void
  hash(): string
}

function createTrace(clock: TestClock): Trace {
  const lines: string[] = []
  return {
    lines,
    note: (line) => lines.push(`${clock.now().toISOString().slice(5, 23)} ${line}`),
    hash: () => createHash('sha256').update(lines.join('\n')).digest('hex'),
  }
}

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A hashing that has not come back in this many turns of the event loop never will. */
const mostTurns = 1_000_000

/** Runs one thing at a time: what could happen at once waits here, and the seed says what comes next. */
export function createScheduler(clock: TestClock): Scheduler {
  const parked: Step[] = []
  const stalled = new WeakSet<Step>()
  const trace = createTrace(clock)
  let outside = 0
  const take = (step: Step): void => {
    parked.splice(parked.indexOf(step), 1)
  }
  return {
    trace,
    park: (step) => parked.push(step),
    ready() {
      const free = parked.filter((step) => !step.isBlocked?.())
      const now = clock.now()
      const overdue = free.filter(({ by }) => by && by <= now)
      const candidates = overdue.length > 0 ? overdue : free.filter((step) => !stalled.has(step))
      // The order in which rows come back is PostgreSQL's affair and must decide nothing here.
      const keyed = candidates.map((step) => ({ step, key: `${step.owner} ${step.label}` }))
      return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ step }) => step)
    },
    async run(step, fate = 'lives') {
      take(step)
      trace.note(`${step.owner} ${fate === 'lives' ? '' : `${fate} `}${step.label}`)
      if (fate === 'dies before') return
      const tell = await step.effect()
      if (fate === 'lives') tell()
    },
    stall(step) {
      stalled.add(step)
      trace.note(`${step.owner} is slow: ${step.label}`)
    },
    hasStalled: () => parked.some((step) => stalled.has(step)),
    takeAway(owner) {
      const gone = parked.filter((step) => step.owner === owner)
      gone.forEach(take)
      return gone
    },
    outside(change) {
      outside += change
    },
    async quiet() {
      await turnOfTheLoop()
      for (let turn = 0; outside > 0; turn += 1) {
        if (turn > mostTurns) throw new Error('something outside the simulation never came back')
        await turnOfTheLoop()
      }
    },
    reach(ms) {
      // What waits for a transaction to end has no say: that ends first.
      const deadlines = parked.flatMap(({ by, isBlocked }) =>
        by && !isBlocked?.() ? [by.getTime() - clock.now().getTime()] : [],
      )
      return Math.max(0, Math.min(ms, ...deadlines))
    },
  }
}

/** How long a statement may take: PostgreSQL ends it then. */
export const statementBy = (clock: TestClock): Date => addMs(clock.now(), 30_000)

/** Anything, as text. */
export const inWords = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
