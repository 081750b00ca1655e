import { addMs, type Clock } from '../kernel/clock.ts'
import { allowTime, type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type Difference, type ReadLine, type Report, type StatementFile, type StatementProvider } from './model.ts'
import { readPawapayStatement } from './pawapay-statement.ts'
import { readStripeStatement } from './stripe-statement.ts'
import {
  deleteReports,
  insertReports,
  listDifferences,
  listReportedDays,
  lockReports,
  type NumberedLine,
  saveLines,
} from './store.ts'

const importers: Readonly<Record<StatementProvider, (file: StatementFile) => AsyncIterable<ReadLine>>> = {
  PAWAPAY: readPawapayStatement,
  STRIPE: readStripeStatement,
}

const linesPerWrite = 1_000
/** As many as somebody reads; the tables hold all. */
const differencesShown = 500
const dayMs = 86_400_000

export interface Reconciliation {
  readonly reports: readonly Report[]
  /** Lines that are no payment of ours, by what they are called. */
  readonly ignored: ReadonlyMap<string, number>
}

/** What one day's reports found, as it stands. */
export const findDifferences = (db: Pool, provider: StatementProvider, day: string): Promise<Difference[]> =>
  listDifferences(db, { provider, days: [day] }, differencesShown)

/**
 * Stores a statement and reports on every day it speaks of: all of it or, when a line cannot be read, nothing. The same
 * statement again changes nothing.
 */
export const reconcile = (
  { db, clock }: { readonly db: Pool; readonly clock: Clock },
  provider: StatementProvider,
  file: StatementFile,
): Promise<Reconciliation> =>
  withTx(db, async (tx) => {
    await allowTime(tx)
    await lockReports(tx)
    const { days: touched, ignored } = await storeStatement(tx, importers[provider](file))
    // A line may answer for an execution that we count to the day before or after.
    const around = touched.flatMap((day) => [-dayMs, dayMs].map((ms) => dayOf(addMs(new Date(day), ms))))
    const days = [...new Set([...touched, ...(await listReportedDays(tx, { provider, days: around }))])]
    await deleteReports(tx, { provider, days })
    const reports = await insertReports(tx, { provider, days }, clock.now())
    return { reports, ignored }
  })

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

async function storeStatement(
  tx: Queryable,
  lines: AsyncIterable<ReadLine>,
): Promise<{ readonly days: readonly string[]; readonly ignored: ReadonlyMap<string, number> }> {
  const days = new Set<string>()
  const ignored = new Map<string, number>()
  const occurrences = new Map<string, number>()
  let batch: NumberedLine[] = []
  for await (const line of lines) {
    if ('ignored' in line) {
      ignored.set(line.ignored, (ignored.get(line.ignored) ?? 0) + 1)
      continue
    }
    const key = `${line.kind} ${line.reference}`
    const occurrence = (occurrences.get(key) ?? 0) + 1
    occurrences.set(key, occurrence)
    days.add(dayOf(line.at))
    batch.push({ ...line, occurrence })
    if (batch.length === linesPerWrite) {
      await saveLines(tx, batch)
      batch = []
    }
  }
  if (batch.length > 0) await saveLines(tx, batch)
  return { days: [...days], ignored }
}
