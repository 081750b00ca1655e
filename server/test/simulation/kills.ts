import { chanceOf } from '../fuzz/chance.ts'
import { type Errand, prepareCollection, preparePayout, prepareRefund, prepareTransfer, pursue } from './clients.ts'
import { type SimulatedDatabase } from './database.ts'
import { drain, lookAtBooks, payOneEach, settle } from './run.ts'
import { type Fate } from './scheduler.ts'
import { createWorld, type World } from './world.ts'

/** What is carried out while its process dies. */
export const stories = {
  collection: prepareCollection,
  payout: preparePayout,
  transfer: prepareTransfer,
  refund: prepareRefund,
} as const

export type Story = keyof typeof stories

/** Where a process died, and what was wrong after another took over. */
export interface Death {
  readonly step: string
  readonly fate: Fate
  /** Whether anybody asked again, or the worker alone found what was left. */
  readonly askedAgain: boolean
  readonly broken: readonly string[]
}

/** More steps than any of them takes. */
const mostSteps = 200

async function aWorld(database: SimulatedDatabase, story: Story): Promise<World> {
  const world = await createWorld({ database, chance: chanceOf(1), processes: 1 })
  if (story !== 'refund') return world
  await payOneEach(world)
  return world
}

/** Carries steps out one after the other, and lets the process die of one of them. Undefined when there is no such step. */
async function dieAt(world: World, at: number, fate: Fate): Promise<string | undefined> {
  let own = 0
  for (let steps = 0; steps < mostSteps; steps += 1) {
    await world.scheduler.quiet()
    const [step] = world.scheduler.ready()
    if (!step) return undefined
    const isOwn = world.processes.some(({ name }) => name === step.owner)
    if (isOwn && own === at) {
      await world.step(step, fate)
      return step.label
    }
    if (isOwn) own += 1
    await world.step(step)
  }
  throw new Error('a story that does not end')
}

async function dieOnce(
  database: SimulatedDatabase,
  story: Story,
  death: { readonly at: number; readonly fate: Fate; readonly askedAgain: boolean },
): Promise<Death | undefined> {
  const world = await aWorld(database, story)
  const [merchant] = world.merchants
  if (!merchant) throw new Error('no merchant')
  let errand: Errand | undefined
  world.begin(async () => {
    errand = await stories[story](world, merchant)
    // Asked once: whoever asks again does it on the next process.
    return errand && world.ask(errand.ask)
  })
  const step = await dieAt(world, death.at, death.fate)
  if (step === undefined) return undefined
  await world.scheduler.quiet()
  const broken = await lookAtBooks(world)
  if (death.askedAgain && errand) {
    const again = errand
    world.begin(() => pursue(world, again))
    await drain(world)
    broken.push(...(await lookAtBooks(world)))
  }
  return { step, fate: death.fate, askedAgain: death.askedAgain, broken: [...broken, ...(await settle(world))] }
}

/** Lets a process die before and after each of its steps in turn, with and without a client who asks again. */
export async function dieEverywhere(database: SimulatedDatabase, story: Story): Promise<Death[]> {
  const deaths: Death[] = []
  for (const fate of ['dies before', 'dies after'] as const) {
    for (const askedAgain of [true, false]) {
      for (let at = 0; at < mostSteps; at += 1) {
        const death = await dieOnce(database, story, { at, fate, askedAgain })
        if (!death) break
        deaths.push(death)
      }
    }
  }
  return deaths
}
