import { drained } from './checks.ts'
import { writesOf } from './database.ts'
import { payAtRate, payInTurn, type Payment } from './load.ts'
import { type Cost, type Latency, median, percentile } from './report.ts'
import { type Merchant, seedPayables } from './seed.ts'
import { type Setting } from './setting.ts'
import { cpuMsOf } from './usage.ts'

/** More than any machine at hand can pay in a second. A reading that has paid them all ends early. */
const payablesPerSecond = 3000

export interface Reading {
  readonly payments: readonly Payment[]
  readonly perSecond: number
  /** From the last answer to a payer until the last collection was completed. */
  readonly drainMs: number
  readonly cost: Cost
}

/** Everything that is counted from the start to the end of a reading. */
async function tally({ database, postgresPid, server, simulator }: Setting) {
  const [writes, counts] = await Promise.all([writesOf(database.pool), server.counts()])
  const own = process.cpuUsage()
  const cpuMs = {
    server: cpuMsOf(server.pid),
    // Not a number where it cannot be known, and so is all that is made of it.
    postgres: postgresPid === undefined ? Number.NaN : cpuMsOf(postgresPid),
    simulator: cpuMsOf(simulator.pid),
    bench: (own.user + own.system) / 1000,
  }
  return { ...writes, ...counts, cpuMs }
}

type Tally = Awaited<ReturnType<typeof tally>>

function costOf(before: Tally, after: Tally, collections: number): Cost {
  const each = (from: number, to: number): number => (to - from) / collections
  const sql = Object.fromEntries(
    Object.entries(after.sql).map(([name, count]) => [name, each(before.sql[name] ?? 0, count)]),
  )
  return {
    commits: Number(after.commits - before.commits) / collections,
    walBytes: Number(after.walBytes - before.walBytes) / collections,
    sqlRoundTrips: Object.values(sql).reduce((sum, count) => sum + count, 0),
    sql,
    httpIn: each(before.httpIn, after.httpIn),
    httpOut: each(before.httpOut, after.httpOut),
    cpuMs: {
      server: each(before.cpuMs.server, after.cpuMs.server),
      postgres: each(before.cpuMs.postgres, after.cpuMs.postgres),
      simulator: each(before.cpuMs.simulator, after.cpuMs.simulator),
      bench: each(before.cpuMs.bench, after.cpuMs.bench),
    },
  }
}

/** Runs a load until its last collection is completed: the time until then is what it took. */
async function read(setting: Setting, load: () => Promise<Payment[]>): Promise<Reading> {
  const before = await tally(setting)
  const startedAt = performance.now()
  const payments = await load()
  const answeredAt = performance.now()
  await drained(setting.database.pool)
  const drainedAt = performance.now()
  const cost = costOf(before, await tally(setting), payments.length)
  return {
    payments,
    perSecond: (payments.length / (drainedAt - startedAt)) * 1000,
    drainMs: drainedAt - answeredAt,
    cost,
  }
}

export interface Payers {
  readonly merchants: readonly Merchant[]
  readonly seconds: number
}

/** As much as so many payers can pay. */
export async function readFullLoad(setting: Setting, { merchants, seconds }: Payers, payers: number): Promise<Reading> {
  const payables = await seedPayables(setting.database.pool, merchants, Math.ceil(seconds * payablesPerSecond))
  return read(setting, () => payInTurn({ address: setting.server.address, seconds }, payables, payers))
}

/** So many payments a second, however long each takes. */
export async function readSteadyLoad(
  setting: Setting,
  { merchants, seconds }: Payers,
  perSecond: number,
): Promise<Reading> {
  const payables = await seedPayables(setting.database.pool, merchants, Math.ceil(seconds * perSecond))
  return read(setting, () => payAtRate({ address: setting.server.address, seconds }, payables, perSecond))
}

export function latencyOf(readings: readonly Reading[]): Latency {
  const executeMs = readings.flatMap(({ payments }) => payments.map((payment) => payment.executeMs))
  return {
    perSecond: median(readings.map(({ perSecond }) => perSecond)),
    p50Ms: percentile(executeMs, 0.5),
    p99Ms: percentile(executeMs, 0.99),
  }
}
