import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** The data folder of an `npm start` of its own. */
export interface DataFolder {
  readonly path: string
  /** A look into the database that runs below it. */
  readonly inspect: <Value>(look: (pool: pg.Pool) => Promise<Value>) => Promise<Value>
  /** The process id of the PostgreSQL that runs below it, if one does. */
  readonly postgresPid: () => Promise<number | undefined>
  readonly remove: () => Promise<void>
}

export async function createDataFolder(): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), 'dollr-start-'))
  const lockFile = async (): Promise<string[] | undefined> =>
    readFile(join(path, 'postgres/postmaster.pid'), 'utf8').then(
      (text) => text.split('\n'),
      () => undefined,
    )
  const postgresPid = async () => Number((await lockFile())?.[0]) || undefined
  return {
    path,
    postgresPid,
    async inspect(look) {
      const [, , , port, host] = (await lockFile()) ?? []
      const pool = new pg.Pool({ host, port: Number(port), user: 'dollr', database: 'dollr', max: 2 })
      pool.on('error', () => undefined)
      return look(pool).finally(() => pool.end())
    },
    async remove() {
      const pid = await postgresPid()
      if (pid !== undefined) process.kill(pid, 'SIGQUIT')
      await rm(path, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}
