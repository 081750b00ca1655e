import { type Command } from 'commander'
import { sandboxDefaults, sandboxPhone } from '@dollr/server/settings'
import { AuthenticationError, NetworkError } from '@dollr/sdk'
import { type Context, withServer } from './context.ts'
import { columns } from './terminal.ts'

const howToIssue = `In live mode keys are issued by whoever runs the server, and their secrets are shown once:
  dollr admin merchants list
  dollr admin keys issue --merchant ID
Then set DOLLR_CLIENT_ID and DOLLR_CLIENT_SECRET.`

/** Whether the server takes these credentials: undefined when none answers. */
async function areTaken({ dollr }: Context): Promise<boolean | undefined> {
  try {
    await dollr.wallets.list()
    return true
  } catch (error) {
    if (error instanceof AuthenticationError) return false
    if (error instanceof NetworkError) return undefined
    throw error
  }
}

const verdicts = new Map<boolean | undefined, string>([
  [true, 'takes them'],
  [false, 'does not know them'],
  [undefined, 'does not answer: start it with "dollr dev"'],
])

async function showKeys(context: Context): Promise<void> {
  const { settings, terminal } = context
  const taken = await areTaken(context)
  // What came from the environment is the caller's own, and no secret of theirs is printed.
  const facts = settings.areSandbox
    ? {
        base_url: settings.baseUrl,
        client_id: settings.clientId,
        client_secret: settings.clientSecret,
        passcode: sandboxDefaults.passcode,
        passcode_phone: sandboxPhone,
      }
    : { base_url: settings.baseUrl, client_id: settings.clientId, client_secret: '(of DOLLR_CLIENT_SECRET)' }
  const verdict = `The server ${verdicts.get(taken) ?? ''}.`
  const lines = [columns(Object.entries(facts)), '', verdict, ...(taken === false ? ['', howToIssue] : [])]
  terminal.answer({ ...facts, accepted: taken ?? null }, lines.join('\n'))
}

export function addKeys(program: Command): void {
  program
    .command('keys')
    .helpGroup('To try it:')
    .summary('the credentials in use, and whether the server takes them')
    .description(
      "Shows the credentials in use: the sandbox's, unless DOLLR_CLIENT_ID and DOLLR_CLIENT_SECRET name others. Says where " +
        'live keys come from when the server does not know them.',
    )
    .addHelpText('after', '\nExamples:\n  $ dollr keys\n  $ dollr keys --json | jq -r .client_id\n')
    .action((_: unknown, command: Command) => withServer(command, showKeys))
}
