// Of the types alone, so that no command but the one that starts the server loads it.
import type { RunningServer } from '@dollr/server'
import { sandboxDefaults, sandboxPhone } from '@dollr/server/settings'

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

const usualBaseUrl = 'http://127.0.0.1:8080'

/** What to type next. Elsewhere than at its usual place a sandbox has to be named. */
function nextSteps(program: string, base: string): string {
  const where = base === usualBaseUrl ? '' : `DOLLR_BASE_URL=${base} `
  return `
  Then, in another terminal:
  ${where}${program} listen --forward-to http://localhost:3000/webhooks   # brings events to your server, signed
  ${where}${program} trigger paid-checkout                                # and makes some happen
`
}

/** What whoever started a server wants to know first; and what else there is, where its commands have a name. */
export function bannerOf(server: Facts, program?: string): string {
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
  guides         ${base}/docs

  Try it:
  curl -s ${base}/v1/jwt/client/obtain/token -H 'Content-Type: application/json' -d '${JSON.stringify({ client_id: clientId, client_secret: clientSecret })}'
${program === undefined ? '' : nextSteps(program, base)}
  Ctrl-C stops it. ${kept}

`
}
