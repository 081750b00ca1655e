import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { type Pool } from '../server/dist/platform/db/pool.js'
import { runLong, settle } from './database.ts'

/**
 * What the database itself can do on this machine: the transaction that pgbench made the common measure ("TPC-B-like"), on
 * its tables, at a scale where branches are many enough not to be waited for.
 */
const scale = 50
const accounts = scale * 100_000
const tellers = scale * 10
/** Vacuumed between readings instead: a vacuum of millions of rows must not fall into a reading of something else. */
const storage = 'autovacuum_enabled = off'
/** Some systems keep it off the path. */
const pgbench = process.env['BENCH_PGBENCH'] ?? 'pgbench'

export async function prepareLimit(pool: Pool): Promise<void> {
  await runLong(
    pool,
    `create table pgbench_branches (bid int not null, bbalance int, filler char(88)) with (${storage});
     create table pgbench_tellers (tid int not null, bid int, tbalance int, filler char(84)) with (${storage});
     create table pgbench_accounts (aid int not null, bid int, abalance int, filler char(84)) with (${storage});
     create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))
       with (${storage});
     insert into pgbench_branches (bid, bbalance) select n, 0 from generate_series(1, ${scale}) n;
     insert into pgbench_tellers (tid, bid, tbalance) select n, (n - 1) / 10 + 1, 0 from generate_series(1, ${tellers}) n;
     insert into pgbench_accounts (aid, bid, abalance, filler)
     select n, (n - 1) / 100000 + 1, 0, '' from generate_series(1, ${accounts}) n;
     alter table pgbench_branches add primary key (bid);
     alter table pgbench_tellers add primary key (tid);
     alter table pgbench_accounts add primary key (aid);
     create function bench_transfer(account int, branch int, teller int, delta int) returns int
     language plpgsql as $$
     declare
       balance int;
     begin
       update pgbench_accounts set abalance = abalance + delta where aid = account;
       select abalance into balance from pgbench_accounts where aid = account;
       update pgbench_tellers set tbalance = tbalance + delta where tid = teller;
       update pgbench_branches set bbalance = bbalance + delta where bid = branch;
       insert into pgbench_history (tid, bid, aid, delta, mtime) values (teller, branch, account, delta, current_timestamp);
       return balance;
     end
     $$;`,
  )
  await settle(pool)
}

/** As one call per transaction: no time goes into conversation. Answers transactions per second, checked against the table. */
export async function measureLimit(pool: Pool, seconds: number, clients: number): Promise<number> {
  // As pgbench does before it begins.
  await runLong(pool, 'vacuum pgbench_branches, pgbench_tellers')
  const before = await countHistory(pool)
  const startedAt = performance.now()
  const deadline = startedAt + seconds * 1000
  let done = 0
  const client = async (): Promise<void> => {
    const connection = await pool.connect()
    // An interrupted run takes the connection away; the call under way tells.
    connection.on('error', () => undefined)
    while (performance.now() < deadline) {
      await connection.query({
        name: 'bench-transfer',
        text: 'select bench_transfer($1, $2, $3, $4)',
        values: [
          randomInt(1, accounts + 1),
          randomInt(1, scale + 1),
          randomInt(1, tellers + 1),
          randomInt(-5000, 5001),
        ],
      })
      done += 1
    }
    connection.release()
  }
  await Promise.all(Array.from({ length: clients }, client))
  const elapsedS = (performance.now() - startedAt) / 1000
  const committed = (await countHistory(pool)) - before
  if (committed !== done) throw new Error(`the limit: ${done} transactions acknowledged, ${committed} committed`)
  return done / elapsedS
}

async function countHistory(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('select count(*) from pgbench_history')
  return Number(rows[0]?.count)
}

/** The same by pgbench itself, statement by statement as it does. Undefined where it is not installed. */
export function measurePgbench(databaseUrl: string, seconds: number, clients: number): Promise<number | undefined> {
  const args = ['-n', '-c', String(clients), '-j', '2', '-T', String(seconds), '-M', 'prepared', '-s', String(scale)]
  return new Promise((resolve, reject) => {
    const child = spawn(pgbench, [...args, databaseUrl], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', () => {
      resolve(undefined)
    })
    child.once('close', () => {
      const tps = /^tps = ([\d.]+)/m.exec(said)?.[1]
      if (tps === undefined) reject(new Error(`pgbench did not measure anything:\n${said}`))
      else resolve(Number(tps))
    })
  })
}
