import { sandboxDefaults } from '@dollr/server/settings'
import { CommandFailed, exitCodes } from './exit.ts'

export interface Settings {
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Whether these are the ones that every sandbox has, and nobody's secret. */
  readonly areSandbox: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

const usualBaseUrl = 'http://127.0.0.1:8080'

const given = (env: Environment, name: string): string | undefined => {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}

function readBaseUrl(text: string): string {
  const isHttp = URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)
  if (!isHttp)
    throw new CommandFailed(`"${text}" is no address of a server. One looks like ${usualBaseUrl}.`, exitCodes.usage)
  return text.replace(/\/+$/, '')
}

/** Where the server is and who we are to it. A secret comes from the environment only: others can read a command line. */
export function readSettings(env: Environment, { baseUrl }: { readonly baseUrl?: string | undefined }): Settings {
  const clientId = given(env, 'DOLLR_CLIENT_ID')
  const clientSecret = given(env, 'DOLLR_CLIENT_SECRET')
  if ((clientId === undefined) !== (clientSecret === undefined)) {
    throw new CommandFailed('DOLLR_CLIENT_ID and DOLLR_CLIENT_SECRET are set together or not at all.', exitCodes.usage)
  }
  return {
    baseUrl: readBaseUrl(baseUrl ?? given(env, 'DOLLR_BASE_URL') ?? usualBaseUrl),
    clientId: clientId ?? sandboxDefaults.clientId,
    clientSecret: clientSecret ?? sandboxDefaults.clientSecret,
    areSandbox: clientId === undefined,
  }
}
