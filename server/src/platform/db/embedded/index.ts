import { openDataDirectory, removeLeftovers, superuser, type DataDirectory } from './data-directory.ts'
import { AlreadyOwned, EmbeddedPostgresError } from './errors.ts'
import { OwnedPostgres } from './owned-postgres.ts'
import { createDatabase, database, findRunning, hasDatabase, takeOwnership } from './ownership.ts'
import { port } from './socket-directory.ts'

export { EmbeddedPostgresError }

export interface EmbeddedPostgres {
  /** For pg's Pool: the host is a folder, the Unix socket's. */
  readonly connection: { host: string; port: number; user: string; database: string }
  /** Fast shutdown: waits for the server to be down and the files safe. */
  stop(): Promise<void>
}

/**
 * Owns the database under `${dataDir}/postgres`: initialises it once, starts it, and refuses when another live process
 * owns it.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string
  /** PostgreSQL or the hold on it was lost without `stop()`. Called once; the process can only end and start again. */
  onCrash?: (reason: string) => void
  settings?: Record<string, string>
}): Promise<EmbeddedPostgres> {
  const place = await openDataDirectory(options.dataDir)
  const owned = await takeOwnership(place, options.settings ?? {})
  const postgres = new OwnedPostgres(place, owned, options.onCrash)
  const stop = () => postgres.stop()
  try {
    await createDatabase(owned.client)
    await removeLeftovers(place, owned.launched?.copyInUse)
  } catch (error) {
    await stop()
    throw error
  }
  return { connection: connectionAt(owned.socketDirectory), stop }
}

/**
 * For tools that run beside a server or without one: uses the running database when there is one (`stop()` then only
 * lets go), else starts it and stops it again.
 */
export async function openEmbeddedPostgres(options: { dataDir: string }): Promise<EmbeddedPostgres> {
  const place = await openDataDirectory(options.dataDir)
  return (await visit(place)) ?? (await startUnlessRaced(place))
}

async function startUnlessRaced(place: DataDirectory): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres({ dataDir: place.dataDir })
  } catch (error) {
    const visited = error instanceof AlreadyOwned ? await visit(place) : undefined
    if (visited === undefined) throw error
    return visited
  }
}

async function visit(place: DataDirectory): Promise<EmbeddedPostgres | undefined> {
  const running = await findRunning(place)
  if (running === undefined) return undefined
  // Without it, its owner died or is at work between making the cluster and the database.
  const isComplete = await hasDatabase(running.client).finally(() => running.client.end())
  if (!isComplete) return undefined
  return { connection: connectionAt(running.socketDirectory), stop: () => Promise.resolve() }
}

function connectionAt(socketDirectory: string): EmbeddedPostgres['connection'] {
  return { host: socketDirectory, port, user: superuser, database }
}
