import { join } from 'node:path'
import { type Settings } from '../settings.ts'
import { readIfThere, stateFolder, writePrivately } from '../places.ts'

type Positions = Readonly<Record<string, string>>

/** Remembers, for each server, merchant and receiver, up to which event it was told. */
export interface Place {
  readonly read: () => Promise<string | undefined>
  readonly write: (position: string) => Promise<void>
}

export function placeIn(
  env: Readonly<Record<string, string | undefined>>,
  { baseUrl, clientId }: Pick<Settings, 'baseUrl' | 'clientId'>,
  forwardTo: string,
): Place {
  const file = join(stateFolder(env), 'listen.json')
  const key = [baseUrl, clientId, forwardTo].join(' ')
  const readAll = async (): Promise<Positions> => JSON.parse((await readIfThere(file)) ?? '{}') as Positions
  return {
    read: async () => (await readAll())[key],
    write: async (position) =>
      writePrivately(file, `${JSON.stringify({ ...(await readAll()), [key]: position }, null, 2)}\n`),
  }
}
