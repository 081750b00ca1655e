import { createHash } from 'node:crypto'
import pg from 'pg'
import { type Pool, type Queryable } from '../../src/platform/db/pool.ts'
import { type Chance } from '../fuzz/chance.ts'
import { sql } from '../support/builders.ts'
import { type TestClock } from '../support/fakes.ts'
import { inWords, type Scheduler, statementBy } from './scheduler.ts'

/** A real database behind one real connection: statements of all processes are carried out one after the other. */
export interface SimulatedDatabase {
  readonly client: pg.Client
  /** The transaction that is open; while it is, nothing but its own statements goes on. */
  holder: Connection | undefined
  /** How many runs it has seen, and how often it was restarted under them. */
  runs: number
  restarts: number
}

/** What a new installation begins with, and no run changes. */
const kept = [
  'schema_migrations',
  'server_settings',
  'providers',
  'fee_tiers',
  'platform_fees',
  'gateway_fees',
  'exchange_rates',
]

/** So many runs leave so many dead rows that looking gets slow. */
const runsUntilVacuum = 100

/**
 * As it was after its migrations, ids from 1 included. History is refused to everybody but a role that may skip triggers;
 * truncating would need less and take ten times as long.
 */
export async function emptyDatabase({ client, runs }: SimulatedDatabase): Promise<void> {
  const tables = await sql<{ name: string }>(
    client,
    `select format('%I.%I', schemaname, tablename) as name
     from pg_tables
     where schemaname = 'public' and tablename <> all ($1)
     order by 1`,
    [kept],
  )
  const names = tables.map(({ name }) => name)
  await client.query(`
    begin;
    set local session_replication_role = replica;
    ${names.map((name) => `delete from ${name};`).join('\n')}
    select setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) from pg_sequences where schemaname = 'public';
    commit;
  `)
  if (runs % runsUntilVacuum === 0) await client.query(`vacuum ${names.join(', ')}`)
}

export async function openDatabase(url: string): Promise<SimulatedDatabase> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return { client, holder: undefined, runs: 0, restarts: 0 }
}

/** What PostgreSQL was told or answered, short enough for a line of a trace. */
const digest = (value: unknown): string => createHash('sha256').update(inWords(value)).digest('hex').slice(0, 8)

/** How often a connection breaks under a statement, of which nobody then knows whether it was carried out. */
export interface DatabaseFaults {
  readonly chance: Chance
  readonly breaks: number
}

/** As the driver words it. */
const broken = () => new Error('Connection terminated unexpectedly')

/** A connection that is held for a transaction, and the start of the server that it belongs to. */
interface Connection {
  readonly owner: string
  readonly restarts: number
}

interface PoolOptions {
  readonly owner: string
  readonly clock: TestClock
  readonly scheduler: Scheduler
  readonly database: SimulatedDatabase
  readonly faults: DatabaseFaults
  /** Called when a statement begins to wait, and when it goes on. */
  readonly onWait?: (waits: boolean) => void
}

/** The pool of one process: every statement waits for its turn, and may be the last thing its process does. */
export function simulatedPool({ owner, clock, scheduler, database, faults, onWait }: PoolOptions): Pool {
  const carryOut = async (holder: Connection | undefined, config: pg.QueryConfig): Promise<() => pg.QueryResult> => {
    const breaks = holder === undefined && faults.chance.is(faults.breaks)
    if (breaks && faults.chance.is(0.5)) throw broken()
    const result = await database.client.query(config)
    if (breaks) throw broken()
    scheduler.trace.note(`  ${result.rowCount ?? 0} rows ${digest(result.rows.map(inWords).sort())}`)
    return () => result
  }
  const statement = (holder: Connection | undefined, asked: string | pg.QueryConfig) =>
    new Promise<pg.QueryResult>((resolve, reject) => {
      const sentTo = holder?.restarts ?? database.restarts
      const config = typeof asked === 'string' ? { text: asked } : asked
      const { name, text, values } = config
      onWait?.(true)
      scheduler.park({
        owner,
        label: `sql ${name ?? text} ${digest(values ?? [])}`,
        by: statementBy(clock),
        isBlocked: () => database.holder !== undefined && database.holder !== holder,
        effect: async () => {
          const isCut = sentTo !== database.restarts
          if (text === 'begin' && !isCut) database.holder = holder
          const answer = await (isCut ? Promise.reject(broken()) : carryOut(holder, config)).catch((error: unknown) => {
            scheduler.trace.note(`  ${String(error)}`)
            return error instanceof Error ? error : new Error(String(error))
          })
          if (database.holder === holder && (text === 'commit' || text === 'rollback')) database.holder = undefined
          return () => {
            onWait?.(false)
            if (answer instanceof Error) reject(answer)
            else resolve(answer())
          }
        },
      })
    })
  const connect = async () => {
    const holder: Connection = { owner, restarts: database.restarts }
    return {
      query: (config: string | pg.QueryConfig) => statement(holder, config),
      release: () => undefined,
      listenerCount: () => 1,
    }
  }
  // All that the services use of a pool.
  return { query: (config: pg.QueryConfig) => statement(undefined, config), connect } as unknown as Pool
}

/** Every connection breaks, and with it the transaction that is open. What waits was asked of a server that is gone. */
export async function restart(database: SimulatedDatabase): Promise<void> {
  if (database.holder) await database.client.query('rollback')
  database.holder = undefined
  database.restarts += 1
}

/** What PostgreSQL does when the process at the other end of a connection is gone. */
export async function rollBackFor(database: SimulatedDatabase, owner: string): Promise<void> {
  const { holder } = database
  if (holder?.owner !== owner) return
  await database.client.query('rollback')
  database.holder = undefined
}

/** The definition of a function as the database has it. */
export async function definitionOf(db: Queryable, name: string): Promise<string> {
  const [row] = await sql<{ definition: string }>(
    db,
    'select pg_get_functiondef(oid) as definition from pg_proc where proname = $1',
    [name],
  )
  if (!row) throw new Error(`no function ${name}`)
  return row.definition
}
