import pg from 'pg'

/** PostgreSQL's own words for "not now": connection trouble (08), shutting down or starting up (57P), out of connections (53). */
const unavailableClasses = /^(08|57P|53)/
const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'])

/** True when the database could not be reached or would not serve: trying again later can help, the request was not at fault. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return unavailableClasses.test(error.code ?? '')
  if (!(error instanceof Error)) return false
  const code = (error as NodeJS.ErrnoException).code
  return (
    (code !== undefined && networkCodes.has(code)) ||
    /^(Connection terminated|timeout exceeded when trying to connect|Client was closed)/.test(error.message)
  )
}
