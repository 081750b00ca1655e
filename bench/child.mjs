import { createRequire } from 'node:module'
import { subscribe } from 'node:diagnostics_channel'

/**
 * Preloaded into the programs that a run starts: ends them with the run, whichever way that ends, and counts what they do.
 * Plain JavaScript, so that a measured process carries no compiler.
 */
const counts = { httpIn: 0, httpOut: 0, sql: /** @type {Record<string, number>} */ ({}) }

subscribe('http.server.request.start', () => {
  counts.httpIn += 1
})
subscribe('undici:request:create', () => {
  counts.httpOut += 1
})

/** @param {unknown} query */
const nameOf = (query) =>
  typeof query === 'string'
    ? query.slice(0, 40)
    : String(/** @type {{ name?: unknown } | null} */ (query)?.name ?? 'unnamed')

function countStatements() {
  // The driver as the server finds it. Every call of it is one round trip.
  const pg = createRequire(new URL('../server/package.json', import.meta.url))('pg')
  const { query } = pg.Client.prototype
  /** @this {unknown} @param {unknown[]} args */
  pg.Client.prototype.query = function (...args) {
    const name = nameOf(args[0])
    counts.sql[name] = (counts.sql[name] ?? 0) + 1
    return query.apply(this, args)
  }
}

if (process.env['BENCH_COUNT_SQL'] === 'yes') countStatements()
process.on('message', () => process.send?.(counts))
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
