import pg from 'pg'

/** PostgreSQL's own words for "not now": connection trouble (08), shutting down or starting up (57P), out of connections (53). */
const unavailableClasses = /^(08|57P|53)/
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
])

/** True when the database could not be reached or would not serve: trying again later can help, the request was not at fault. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return unavailableClasses.test(error.code ?? '')
  if (!(error instanceof Error)) return false
  const code = (error as NodeJS.ErrnoException).code
  return (
    (code !== undefined && networkCodes.has(code)) ||
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed)/.test(
      error.message,
    )
  )
}

/** True when PostgreSQL answered and let us in nowhere: a wrong user or password (28), a database that is not there (3D). */
export const isDatabaseRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^(28|3D)/.test(error.code ?? '')
