import { rm } from 'node:fs/promises'
import { argv, exit, stderr, stdout } from 'node:process'
import { startEmbeddedPostgres } from '../server/dist/platform/db/embedded/index.js'

/** A program: the PostgreSQL that `npm start` brings, in a folder that goes with it. What makes commits durable is said aloud. */
const dataDir = argv[2] ?? ''
const starting = startEmbeddedPostgres({
  dataDir,
  settings: { max_connections: '200', fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  onCrash: (reason) => {
    stderr.write(`${reason}\n`)
    exit(1)
  },
})

/** Also when told to before it is there: what has begun to start must not stay behind. */
const stop = async (): Promise<void> => {
  await starting.then((postgres) => postgres.stop())
  await rm(dataDir, { recursive: true, force: true })
  exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())

const { host, port, user, database } = (await starting).connection
stdout.write(`PostgreSQL at postgresql:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}\n`)
