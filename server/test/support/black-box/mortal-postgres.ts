import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/db/embedded/index.ts'

/** A durable PostgreSQL that can be killed and comes back to the same place. */
export interface MortalPostgres {
  readonly url: string
  /** `kill -9` for its postmaster, then a start that recovers what was committed. */
  readonly kill: () => Promise<void>
  readonly remove: () => Promise<void>
}

export async function startMortalPostgres(): Promise<MortalPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dollr-mortal-'))
  const start = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ dataDir, settings: { max_connections: '200' }, onCrash: () => undefined })
  let postgres = await start()
  const { host, port, user, database } = postgres.connection
  return {
    url: `postgresql:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`,
    async kill() {
      const [pid] = (await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
      // Its hold on the folder ends with its last process; until then nobody may start another.
      for (let tries = 0; ; tries += 1) {
        await postgres.stop().catch(() => undefined)
        try {
          postgres = await start()
          return
        } catch (error) {
          if (tries === 100) throw error
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
      }
    },
    async remove() {
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}
