import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './errors.ts'
import type { RunAs } from './run-as.ts'

/** Only names the socket: nothing listens on a network. */
export const port = 5432

export const socketName = `.s.PGSQL.${port}`

/** macOS takes 103 bytes, Linux 107; one limit keeps the choice the same everywhere. */
const socketPathLimit = 103

/** In the data folder where the path is short enough, else in a temporary folder named after the data folder. */
export function socketDirectoryOf(dataDir: string): string {
  const name = `dollr-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`
  const candidates = [join(dataDir, 'postgres-socket'), join(tmpdir(), name)]
  return candidates.find(fits) ?? join('/tmp', name)
}

function fits(directory: string): boolean {
  return Buffer.byteLength(join(directory, socketName)) <= socketPathLimit
}

/** Whoever reaches the socket is the superuser, and in /tmp anyone could have made the folder first. */
export async function prepareSocketDirectory(directory: string, runAs: RunAs): Promise<void> {
  await mkdir(directory, { mode: 0o700 }).catch(() => undefined)
  const found = await lstat(directory)
  const owners = [process.getuid?.(), runAs.account?.uid]
  if (!found.isDirectory() || !owners.includes(found.uid)) {
    throw new EmbeddedPostgresError(
      `${directory}, the folder for PostgreSQL's socket, is not a folder of this account. Remove it, ` +
        'or set DOLLR_DATA_DIR to a folder with a shorter path.',
    )
  }
  await chmod(directory, 0o700)
}
