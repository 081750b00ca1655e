import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Folders of this user's, as the XDG base directory specification has them. A relative path counts as none. */
const placeOf = (env: Environment, variable: string, usual: string): string => {
  const named = env[variable]
  return join(named?.startsWith('/') === true ? named : join(homedir(), usual), 'dollr')
}

export const configFolder = (env: Environment): string => placeOf(env, 'XDG_CONFIG_HOME', '.config')
export const stateFolder = (env: Environment): string => placeOf(env, 'XDG_STATE_HOME', '.local/state')

export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes a file that nobody else may read, all of it or nothing. */
export async function writePrivately(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, file)
}
