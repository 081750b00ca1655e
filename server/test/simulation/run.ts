import { anyErrand, prepareCollection, pursue } from './clients.ts'
import { chanceOf } from '../fuzz/chance.ts'
import { restart } from './database.ts'
import { findBroken, findDisagreement } from './invariants.ts'
import { type Fate, type Step } from './scheduler.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

/** How one run ended: its trace, and what was wrong, if anything was. */
export interface Result {
  readonly hash: string
  readonly steps: number
  readonly lines: readonly string[]
  readonly broken: readonly string[]
}

export type RunOptions = Omit<WorldOptions, 'chance' | 'processes'> & { readonly seed: number }

/** Payments asked for in one run, and how many of them at once. */
const errands = 10
const mostAtOnce = 6

/** A run that takes longer goes round in a circle. */
const mostSteps = 5_000

/** How often a step takes as long as it may. */
const stallRate = 0.04

/** How often a process dies of a step it takes. */
const deathRate = 0.015

/** How often it is possible that the database restarts now. */
const restartRate = 0.03

const jumps = [100, 1_000, 5_000, 20_000, 120_000, 600_000] as const

/** Looks at the books whenever they can be read: not while a transaction is open. */
export async function lookAtBooks(world: World): Promise<string[]> {
  return world.database.holder === undefined ? findBroken(world.db, world.bank, world.told) : []
}

/** As `lookAtBooks`, whenever something was written since. Looking changes nothing. */
function createObserver(world: World): () => Promise<string[]> {
  let seen: unknown
  return async () => {
    if (world.database.holder !== undefined) return []
    const { rows } = await world.db.query<{ written: string }>(lastWritten)
    const [now] = rows
    if (now?.written === seen) return []
    seen = now?.written
    return lookAtBooks(world)
  }
}

const lastWritten = { name: 'simulation-written', text: 'select pg_snapshot_xmax(pg_current_snapshot()) as written' }

/** Something that could happen now, and how likely it is beside the others. */
interface Option {
  readonly weight: number
  readonly happen: () => Promise<void> | void
}

interface Load {
  left: number
  active: number
}

function startErrand(world: World, load: Load): void {
  load.left -= 1
  load.active += 1
  world.begin(() =>
    anyErrand(world).finally(() => {
      load.active -= 1
    }),
  )
}

function fateOf(world: World, step: Step): Fate {
  const isMortal = world.processes.some(({ name }) => name === step.owner)
  if (!isMortal || !world.chance.is(deathRate)) return 'lives'
  return world.chance.pick(['dies before', 'dies after'])
}

/** Most go on at once, some only when nobody waits any longer. */
async function takeStep(world: World, step: Step): Promise<void> {
  const mayStall = step.by !== undefined && step.by > world.clock.now()
  if (mayStall && world.chance.is(stallRate)) world.scheduler.stall(step)
  else await world.step(step, fateOf(world, step))
}

function optionsOf(world: World, load: Load): Option[] {
  const { chance, clock, scheduler } = world
  const options: Option[] = scheduler.ready().map((step) => ({
    weight: 4,
    happen: () => takeStep(world, step),
  }))
  for (const process of world.processes) {
    if (!process.isWorking)
      options.push({
        weight: 1,
        happen: () => {
          world.work(process)
        },
      })
  }
  if (chance.is(restartRate))
    options.push({
      weight: 4,
      happen: async () => {
        scheduler.trace.note('the database restarts')
        await restart(world.database)
      },
    })
  const reach = scheduler.reach(chance.pick(jumps))
  if (reach > 0)
    options.push({
      weight: 2,
      happen: () => {
        clock.advance(reach)
      },
    })
  if (load.left > 0 && load.active < mostAtOnce)
    options.push({
      weight: 4,
      happen: () => {
        startErrand(world, load)
      },
    })
  return options
}

function choose(world: World, options: readonly Option[]): Option {
  let at = world.chance.below(options.reduce((sum, { weight }) => sum + weight, 0))
  for (const option of options) {
    at -= option.weight
    if (at < 0) return option
  }
  throw new Error('nothing could happen')
}

/** Carries out all that waits, one after the other as it came. */
export async function drain(world: World): Promise<void> {
  for (let steps = 0; steps < mostSteps; steps += 1) {
    await world.scheduler.quiet()
    const [step] = world.scheduler.ready()
    if (step) {
      await world.step(step)
      continue
    }
    // What is slow is done when nobody waits any longer.
    const reach = world.scheduler.reach(60_000)
    if (!world.scheduler.hasStalled() || reach === 0) return
    world.clock.advance(reach)
  }
  throw new Error('a run that does not end')
}

/** One paid document for each merchant: something to give back from the start. */
export async function payOneEach(world: World): Promise<void> {
  for (const merchant of world.merchants) {
    world.begin(async () => {
      const errand = await prepareCollection(world, merchant)
      return errand && pursue(world, errand)
    })
  }
  await drain(world)
}

/** More rounds than any payment takes to be closed. */
const mostRounds = 12

/** Lets everything come to its end in good weather: an hour at a time, which is the longest pause between two checks. */
export async function settle(world: World): Promise<string[]> {
  world.weather('calm')
  await drain(world)
  for (let round = 0; round < mostRounds; round += 1) {
    world.clock.advance(60 * 60_000)
    const [process] = world.processes
    if (process && !process.isWorking) world.work(process)
    await drain(world)
  }
  const failures = world.failures.map((error) => String(error instanceof Error ? error.stack : error))
  const hung = world.waiting() > 0 ? [`${world.waiting()} calls were never answered`] : []
  return [
    ...(await lookAtBooks(world)),
    ...(await findDisagreement(world.db, world.bank, world.contradictions)),
    ...hung,
    ...failures,
  ]
}

export async function simulate({ seed, ...options }: RunOptions): Promise<Result> {
  const chance = chanceOf(seed)
  const world = await createWorld({ ...options, chance, processes: 2 })
  await payOneEach(world)
  world.weather('bad')
  const load: Load = { left: errands, active: 0 }
  const observe = createObserver(world)
  const broken: string[] = []
  let steps = 0
  while ((load.left > 0 || load.active > 0) && steps < mostSteps && broken.length === 0) {
    await choose(world, optionsOf(world, load)).happen()
    await world.scheduler.quiet()
    steps += 1
    broken.push(...(await observe()))
  }
  if (broken.length === 0) {
    broken.push(...(await settle(world)))
    if (load.left + load.active > 0) broken.push(`${load.active} errands never ended`)
  }
  const { trace } = world.scheduler
  return { hash: trace.hash(), steps, lines: trace.lines, broken }
}
