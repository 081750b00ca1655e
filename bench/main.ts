import { parseArgs } from 'node:util'
import { type Pool } from '../server/dist/platform/db/pool.js'
import { findMismatches } from './checks.ts'
import { describeDatabase, settle } from './database.ts'
import { measureLimit, measurePgbench, prepareLimit } from './limit.ts'
import { type Payment, readStatuses } from './load.ts'
import { latencyOf, readFullLoad, type Reading, readSteadyLoad } from './readings.ts'
import { type Figures, formatReport, writeJson } from './report.ts'
import { type Merchant, seedMerchants } from './seed.ts'
import { type CleanUp, openSetting, type Setting } from './setting.ts'
import { memoryOf, sharedMemoryMbOf } from './usage.ts'

/** Payers at once, and clients of the limit: the two are compared. */
const clients = 32
const spreadOver = 50
const rounds = 2
/** Long enough for the server to have compiled what it runs most. */
const warmUpSeconds = 5

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

const sayRate = (what: string, perSecond: number | undefined): void => {
  say(`  ${what.padEnd(26)}${perSecond === undefined ? 'not installed' : `${perSecond.toFixed(0)} a second`}`)
}

interface Terms {
  readonly setting: Setting
  readonly merchants: readonly Merchant[]
  readonly oneMerchant: readonly Merchant[]
  readonly seconds: number
}

async function warmUp({ setting, merchants, oneMerchant }: Terms): Promise<Reading> {
  const everyone = [...merchants, ...oneMerchant]
  const reading = await readFullLoad(setting, { merchants: everyone, seconds: warmUpSeconds }, clients)
  await measureLimit(setting.database.pool, warmUpSeconds, clients)
  await settle(setting.database.pool)
  return reading
}

/** By turns, because a machine shared with others may be slower now than it was a minute ago. */
async function readInTurns({ setting, merchants, oneMerchant, seconds }: Terms) {
  const { pool, url } = setting.database
  const limit: number[] = []
  const pgbench: number[] = []
  const spread: Reading[] = []
  const one: Reading[] = []
  const readLimit = async (): Promise<void> => {
    limit.push(await measureLimit(pool, seconds, clients))
    sayRate('limit', limit.at(-1))
  }
  for (let round = 1; round <= rounds; round += 1) {
    say(`Round ${round} of ${rounds} ...`)
    await readLimit()
    const tps = await measurePgbench(url, seconds, clients)
    sayRate('pgbench', tps)
    if (tps !== undefined) pgbench.push(tps)
    spread.push(await readFullLoad(setting, { merchants, seconds }, clients))
    sayRate('collections, spread', spread.at(-1)?.perSecond)
    one.push(await readFullLoad(setting, { merchants: oneMerchant, seconds }, clients))
    sayRate('collections, one merchant', one.at(-1)?.perSecond)
  }
  await readLimit()
  return { limit, pgbench, spread, one }
}

const memoryUsed = ({ server, simulator, postgresPid }: Setting): Figures['memory'] => ({
  server: memoryOf(server.pid),
  simulator: memoryOf(simulator.pid),
  postgresMb: postgresPid === undefined ? undefined : sharedMemoryMbOf(postgresPid),
})

async function requireAgreement(pool: Pool, payments: readonly Payment[]): Promise<void> {
  const mismatches = await findMismatches(pool, payments)
  if (mismatches.length > 0) throw new Error(`Acknowledged and committed differ.\n${mismatches.join('\n')}`)
}

async function measure(setting: Setting, seconds: number): Promise<Figures> {
  const { pool } = setting.database
  const { address } = setting.server
  say('Filling the database ...')
  await prepareLimit(pool)
  const merchants = await seedMerchants(pool, address, spreadOver)
  const oneMerchant = await seedMerchants(pool, address, 1)
  const terms = { setting, merchants, oneMerchant, seconds }

  say('Warming up ...')
  const first = await warmUp(terms)
  const { limit, pgbench, spread, one } = await readInTurns(terms)
  const fullLoad = latencyOf(spread)
  const halfRate = fullLoad.perSecond / 2
  say('Half load ...')
  const half = await readSteadyLoad(setting, { merchants, seconds }, halfRate)
  say('Status reads ...')
  const payments = [first, ...spread, ...one, half].flatMap((reading) => reading.payments)
  const statusReads = await readStatuses({ address, seconds }, payments, clients)
  const memory = memoryUsed(setting)
  say('Comparing with the committed rows ...')
  await requireAgreement(pool, payments)
  return {
    spread: spread.map(({ perSecond }) => perSecond),
    oneMerchant: one.map(({ perSecond }) => perSecond),
    limit,
    pgbench,
    statusReads,
    fullLoad,
    halfLoad: { ...latencyOf([half]), perSecond: halfRate },
    drainMs: [...spread, ...one, half].map(({ drainMs }) => drainMs),
    costs: spread.map(({ cost }) => cost),
    memory,
    checked: payments.length,
    postgres: await describeDatabase(pool),
    seconds,
  }
}

function readOptions(): { seconds: number; json: string | undefined } {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '8' }, json: { type: 'string' } },
  })
  const seconds = Number(values.seconds)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600)
    throw new Error('--seconds takes a whole number from 1 to 600.')
  return { seconds, json: values.json }
}

async function run(opened: (cleanUp: CleanUp) => void): Promise<void> {
  const { seconds, json } = readOptions()
  const figures = await measure(await openSetting(opened), seconds)
  process.stdout.write(`\n${formatReport(figures)}`)
  if (json !== undefined) writeJson(json, figures)
}

const cleanUps: CleanUp[] = []
let cleaning: Promise<void> | undefined

/** In reverse, and once, whoever asks. */
function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    for (let step = cleanUps.pop(); step; step = cleanUps.pop()) {
      await step().catch((error: unknown) => {
        say(`Cleaning up: ${String(error)}`)
      })
    }
  })()
  return cleaning
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    say('Stopping ...')
    void cleanUp().then(() => process.exit(130))
  })
}

const failure = await run((step) => cleanUps.push(step)).then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
)
// When it is interrupted, everything fails at once, which says nothing.
if (failure !== undefined && !cleaning) say(failure)
await cleanUp()
process.exit(failure === undefined ? 0 : 1)
