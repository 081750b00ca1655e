import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { configFolder, readIfThere, writePrivately } from '../places.ts'

const secretBytes = 24

/**
 * What events are signed with on their way to a server on this machine: DOLLR_WEBHOOK_SECRET, or one that is made once for
 * each user and kept, so that it can stand in the settings of whatever listens.
 */
export async function listeningSecret(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const named = env['DOLLR_WEBHOOK_SECRET']?.trim()
  if (named !== undefined && named !== '') return named
  const file = join(configFolder(env), 'webhook-secret')
  const kept = (await readIfThere(file))?.trim()
  if (kept !== undefined && kept !== '') return kept
  const made = `whsec_${randomBytes(secretBytes).toString('base64')}`
  await writePrivately(file, `${made}\n`)
  return made
}
