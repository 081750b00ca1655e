import pg from 'pg'

export type Pool = pg.Pool

/** Anything that runs one statement. A function that takes `tx: Tx` runs inside somebody's transaction and never awaits the network. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>>
}

export interface PoolOptions {
  readonly connection: pg.PoolConfig
  readonly maxConnections: number
  readonly onIdleError: (error: Error) => void
}

/** Times are UTC on both sides; `bigint` and `numeric` stay text until a store reads them as ids or amounts. */
export function openPool({ connection, maxConnections, onIdleError }: PoolOptions): Pool {
  const pool = new pg.Pool({
    ...connection,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'dollr',
  })
  // A connection that breaks while nobody uses it is replaced by the pool; without a listener it would end the process.
  // While the pool closes that is how its last connections go.
  pool.on('error', (error) => {
    if (!pool.ending) onIdleError(error)
  })
  return pool
}

/**
 * A connection of one's own, to be released. Should it break meanwhile, the next query says so; without a listener the
 * break itself would end the process.
 */
export async function takeClient(pool: Pool): Promise<pg.PoolClient> {
  const client = await pool.connect()
  if (client.listenerCount('error') === 0) client.on('error', () => undefined)
  return client
}

/** Runs `work` in one transaction: committed when it returns, undone when it throws. */
export async function withTx<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await takeClient(pool)
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    await client.query('rollback').then(
      () => {
        client.release()
      },
      // The connection itself is gone: PostgreSQL rolls back by itself, the pool drops the client.
      (broken: unknown) => {
        client.release(broken instanceof Error ? broken : true)
      },
    )
    throw error
  }
}

/**
 * For the start of a transaction that reads whole tables: the pool's limits are made for what serves a request. A
 * `snapshot` sees one moment from its first statement to its last.
 */
export async function allowTime(tx: Queryable, view: 'each statement' | 'snapshot' = 'each statement'): Promise<void> {
  if (view === 'snapshot') await tx.query({ text: 'set transaction isolation level repeatable read read only' })
  await tx.query({ text: 'set local statement_timeout = 0' })
  await tx.query({ text: 'set local idle_in_transaction_session_timeout = 0' })
}

/** True for an error that PostgreSQL itself answered: the statement had no effect. A broken connection is not one. */
export const isStatementError = (error: unknown): error is pg.DatabaseError => error instanceof pg.DatabaseError

/** The name of the constraint that refused a statement, if one did. */
export const brokenConstraint = (error: unknown): string | undefined =>
  isStatementError(error) ? error.constraint : undefined

/** True when PostgreSQL ended this statement so that another could go on. */
export const isDeadlock = (error: unknown): boolean => isStatementError(error) && error.code === '40P01'
