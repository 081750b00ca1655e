import { createDatabase, type Database, describeDatabase } from './database.ts'
import { type Program, sendCallbacksTo, startPostgres, startServer, startSimulator } from './processes.ts'

/** Everything that takes part in a run, each in a process of its own. */
export interface Setting {
  readonly database: Database
  /** Undefined for a database of somebody else's, perhaps on another machine. */
  readonly postgresPid: number | undefined
  readonly server: Program
  readonly simulator: Program
}

export type CleanUp = () => Promise<void>

/**
 * Starts PostgreSQL (or takes the server of BENCH_DATABASE_URL, with a role that may create databases), the simulator and
 * the server. What is opened is handed to `opened` at once, so that a start cut short leaves nothing behind.
 */
export async function openSetting(opened: (cleanUp: CleanUp) => void): Promise<Setting> {
  const started = async (starting: Promise<Program>): Promise<Program> => {
    // Before it has started: to be stopped all the same, if the run is interrupted now.
    opened(() =>
      starting.then(
        (program) => program.stop(),
        () => undefined,
      ),
    )
    return starting
  }
  const given = process.env['BENCH_DATABASE_URL']
  const database = await createDatabase(given ?? (await started(startPostgres())).address)
  opened(() => database.drop())
  const simulator = await started(startSimulator())
  const server = await started(startServer(database.url, simulator))
  await sendCallbacksTo(server, simulator)
  const { pid } = await describeDatabase(database.pool)
  return { database, postgresPid: given === undefined ? pid : undefined, server, simulator }
}
