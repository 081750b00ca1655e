import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { type DatabaseAbout } from './database.ts'
import { type Memory } from './usage.ts'

/** What one collection costs, on average. */
export interface Cost {
  /** Transactions that wrote. */
  readonly commits: number
  readonly walBytes: number
  readonly sqlRoundTrips: number
  /** Statements by name. */
  readonly sql: Readonly<Record<string, number>>
  /** Calls the server answered: the merchant's and the provider's. */
  readonly httpIn: number
  /** Calls the server made. */
  readonly httpOut: number
  /** Processor time by program. */
  readonly cpuMs: Readonly<Record<'server' | 'postgres' | 'simulator' | 'bench', number>>
}

export interface Latency {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Where a list is given, one figure per reading; the limit is read once more, at the end. */
export interface Figures {
  readonly spread: readonly number[]
  readonly oneMerchant: readonly number[]
  readonly limit: readonly number[]
  /** Empty where pgbench is not installed. */
  readonly pgbench: readonly number[]
  readonly statusReads: number
  readonly fullLoad: Latency
  readonly halfLoad: Latency
  /** How long the last collections of each reading took from answer to completion. */
  readonly drainMs: readonly number[]
  readonly costs: readonly Cost[]
  readonly memory: {
    readonly server: Memory | undefined
    readonly simulator: Memory | undefined
    readonly postgresMb: number | undefined
  }
  /** How many collections were compared with the committed rows. */
  readonly checked: number
  readonly postgres: DatabaseAbout
  readonly seconds: number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

interface Aim {
  readonly name: string
  readonly value: number | undefined
  readonly unit: string
  readonly bound: number
  readonly is: 'at least' | 'at most'
}

/** Each reading against its neighbours in time, so that a machine that grew slower half-way spoils no ratio. */
function ratiosOf({ spread, oneMerchant, limit }: Figures): { ofLimit: number; ofSpread: number } {
  const ofLimit = spread.map((perSecond, round) => (2 * perSecond) / ((limit[round] ?? 0) + (limit[round + 1] ?? 0)))
  const ofSpread = oneMerchant.map((perSecond, round) => perSecond / (spread[round] ?? 0))
  return { ofLimit: median(ofLimit), ofSpread: median(ofSpread) }
}

const aimsOf = (figures: Figures): Aim[] => {
  const { ofLimit, ofSpread } = ratiosOf(figures)
  return [
    { name: 'collections / limit', value: ofLimit, unit: '', bound: 0.3, is: 'at least' },
    { name: 'one merchant / spread', value: ofSpread, unit: '', bound: 0.8, is: 'at least' },
    { name: 'execute p99 at half load', value: figures.halfLoad.p99Ms, unit: ' ms', bound: 25, is: 'at most' },
    { name: 'server memory, peak', value: figures.memory.server?.peakMb, unit: ' MB', bound: 180, is: 'at most' },
  ]
}

const isMet = ({ value, bound, is }: Aim): boolean | undefined =>
  value === undefined ? undefined : is === 'at least' ? value >= bound : value <= bound

const round = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const written = (value: number | undefined, unit = ''): string =>
  value === undefined || Number.isNaN(value) ? 'unknown' : round(value) + unit

type Line = readonly [name: string, value: string, note?: string]

/** The median, and the lowest where there was more than one. */
const rate = (name: string, readings: readonly number[]): Line => [
  name,
  round(median(readings)),
  readings.length > 1 ? `lowest ${round(Math.min(...readings))} of ${readings.map(round).join(', ')}` : '',
]

/** The medians of figures that go by name, as far as they matter. */
function medians(readings: readonly Readonly<Record<string, number>>[], digits: number): string {
  return Object.keys(Object.assign({}, ...readings) as Record<string, number>)
    .map((name) => ({ name, value: median(readings.map((reading) => reading[name] ?? 0)) }))
    .filter(({ value }) => value >= 10 ** -digits)
    .sort((a, b) => b.value - a.value)
    .map(({ name, value }) => `${name} ${value.toFixed(digits)}`)
    .join(', ')
}

function sections(figures: Figures): [title: string, lines: Line[]][] {
  const { costs, memory, fullLoad, halfLoad } = figures
  const of = (read: (cost: Cost) => number): string => written(median(costs.map(read)))
  return [
    [
      'Per second',
      [
        rate('collections, spread', figures.spread),
        rate('collections, one merchant', figures.oneMerchant),
        ['status reads', round(figures.statusReads)],
        rate('limit (TPC-B-like, one call)', figures.limit),
        figures.pgbench.length > 0
          ? rate('pgbench (TPC-B-like)', figures.pgbench)
          : ['pgbench (TPC-B-like)', 'not installed'],
      ],
    ],
    [
      'Answer time of an execution, ms',
      [
        ['half load, p50', round(halfLoad.p50Ms), `at ${round(halfLoad.perSecond)} a second`],
        ['half load, p99', round(halfLoad.p99Ms)],
        ['full load, p50', round(fullLoad.p50Ms), `at ${round(fullLoad.perSecond)} a second`],
        ['full load, p99', round(fullLoad.p99Ms)],
        ['from last answer to completion', round(Math.max(...figures.drainMs)), 'longest'],
      ],
    ],
    [
      'Per collection',
      [
        ['commits', of(({ commits }) => commits)],
        ['log written (WAL), bytes', of(({ walBytes }) => walBytes)],
        [
          'SQL round trips',
          of(({ sqlRoundTrips }) => sqlRoundTrips),
          medians(
            costs.map(({ sql }) => sql),
            2,
          ),
        ],
        ['HTTP calls answered', of(({ httpIn }) => httpIn)],
        ['HTTP calls made', of(({ httpOut }) => httpOut)],
        [
          'processor time, ms',
          of(({ cpuMs }) => Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0)),
          medians(
            costs.map(({ cpuMs }) => cpuMs),
            2,
          ),
        ],
      ],
    ],
    [
      'Resident memory, MB',
      [
        ['server, peak', written(memory.server?.peakMb), `at the end ${written(memory.server?.currentMb)}`],
        ['simulator, peak', written(memory.simulator?.peakMb)],
        ['PostgreSQL, at the end', written(memory.postgresMb)],
      ],
    ],
  ]
}

const pad = ([name, value, note = '']: Line): string => `  ${name.padEnd(31)}${value.padStart(9)}  ${note}`.trimEnd()

export function formatReport(figures: Figures): string {
  const { postgres } = figures
  const aims = aimsOf(figures).map((aim): string => {
    const met = isMet(aim)
    const verdict = met === undefined ? '' : met ? 'met' : 'missed'
    return pad([aim.name, written(aim.value, aim.unit), `aim: ${aim.is} ${aim.bound}${aim.unit}  ${verdict}`])
  })
  return [
    `Node ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown processor'}, ` +
      `PostgreSQL ${postgres.version} (${postgres.isDurable ? 'durable' : 'NOT durable: the figures say little'})`,
    ...sections(figures).flatMap(([title, lines]) => ['', title, ...lines.map(pad)]),
    '',
    'Ratios and aims',
    ...aims,
    '',
    `${figures.checked} collections acknowledged, and as many committed: executions, entries, documents and balances agree.`,
    '',
  ].join('\n')
}

export function writeJson(path: string, figures: Figures): void {
  const aims = aimsOf(figures).map((aim) => ({ ...aim, met: isMet(aim) }))
  const machine = { node: process.version, processors: availableParallelism(), model: cpus()[0]?.model }
  writeFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), machine, ...figures, aims }, null, 2)}\n`)
}
