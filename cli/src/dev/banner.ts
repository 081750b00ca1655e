// Of the types alone, so that no command but the one that starts the server loads it.
import type { RunningServer } from '#server'
import { sandboxDefaults, sandboxPhone } from '#server/settings'

type Facts = Pick<RunningServer, 'config' | 'url'>

const baseOf = ({ config, url = '' }: Facts): string => config.publicUrl ?? url

/** The same for programs: what somebody who starts a sandbox from a script needs to know. */
export const factsOf = (server: Facts) => ({
  mode: server.config.mode,
  base_url: baseOf(server),
  ...(server.config.mode === 'sandbox' && {
    client_id: server.config.sandboxCredentials.clientId,
    client_secret: server.config.sandboxCredentials.clientSecret,
    passcode: sandboxDefaults.passcode,
    passcode_phone: sandboxPhone,
    realtime_key: server.config.realtime.anonKey,
  }),
})

/** What whoever started a server wants to know first. */
export function bannerOf(server: Facts): string {
  const { config } = server
  const base = baseOf(server)
  if (config.mode === 'live') return `\n  Dollr serves ${base} (live)\n\n`
  const { clientId, clientSecret } = config.sandboxCredentials
  const kept =
    config.databaseUrl === undefined
      ? `What it knows is kept in ${config.dataDir}.`
      : 'What it knows is kept in the database of DATABASE_URL.'
  return `
  Dollr serves ${base} (sandbox: no real money moves)

  client_id      ${clientId}
  client_secret  ${clientSecret}
  passcode       ${sandboxDefaults.passcode}, on the phone ${sandboxPhone}
  realtime key   ${config.realtime.anonKey}

  Try it:
  curl -s ${base}/v1/jwt/client/obtain/token -H 'Content-Type: application/json' -d '${JSON.stringify({ client_id: clientId, client_secret: clientSecret })}'

  Ctrl-C stops it. ${kept}

`
}
