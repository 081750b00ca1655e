import { type Command } from 'commander'
import {
  AuthenticationError,
  Dollr,
  DollrError,
  type Intent,
  NetworkError,
  UnknownOutcomeError,
  ValidationError,
  WaitTimeoutError,
} from '@dollr/sdk'
import { CommandFailed, exitCodes } from './exit.ts'
import { readSettings, type Settings } from './settings.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** What a command that talks to a server is given. */
export interface Context {
  readonly terminal: Terminal
  readonly settings: Settings
  readonly dollr: Dollr
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
}

interface GlobalOptions {
  readonly json?: boolean
  readonly baseUrl?: string
}

/** Somebody waits at a terminal: what goes on for longer is said to them, and not tried for minutes. */
const retries = 3

/** Lets a command talk to a server, and turns what can come of that into one line and an exit code. */
export async function withServer(
  command: Command,
  work: (context: Context) => Promise<void>,
  onReference?: (reference: string, intent: Intent) => void,
): Promise<void> {
  const { json = false, baseUrl } = command.optsWithGlobals<GlobalOptions>()
  const settings = readSettings(process.env, { baseUrl })
  const interruption = new AbortController()
  const interrupt = () => {
    interruption.abort(new Interrupted())
  }
  // The second Ctrl-C ends us as it would anybody.
  process.once('SIGINT', interrupt)
  try {
    const dollr = new Dollr({ ...settings, retries, ...(onReference && { onReference }) })
    await work({ terminal: openTerminal(json), settings, dollr, interrupted: interruption.signal })
  } catch (error) {
    throw failureOf(error, settings)
  } finally {
    process.removeListener('SIGINT', interrupt)
  }
}

/** What a command that was interrupted ends with, unless it has something better to say. */
export class Interrupted extends Error {}

/** The same error as a line to read and an exit code; what nobody foresaw stays what it is. */
export function failureOf(error: unknown, { baseUrl, areSandbox }: Settings): unknown {
  if (error instanceof Interrupted) return new CommandFailed('Interrupted.', exitCodes.unknown)
  if (!(error instanceof DollrError)) return error
  if (error instanceof WaitTimeoutError) return new CommandFailed(`${error.message}.`, exitCodes.unknown)
  if (error instanceof UnknownOutcomeError) return new CommandFailed(unknownText(error), exitCodes.unknown)
  if (error instanceof NetworkError) {
    return new CommandFailed(
      `No Dollr answers at ${baseUrl}. Start one with "dollr dev", or name another with --base-url or DOLLR_BASE_URL.`,
      exitCodes.unreachable,
    )
  }
  if (error instanceof AuthenticationError) {
    return new CommandFailed(
      areSandbox
        ? `${baseUrl} does not know the sandbox's credentials. Set DOLLR_CLIENT_ID and DOLLR_CLIENT_SECRET.`
        : `${baseUrl} does not know these credentials. Look at DOLLR_CLIENT_ID and DOLLR_CLIENT_SECRET.`,
    )
  }
  if (error instanceof ValidationError) return new CommandFailed(`Refused: ${fieldsOf(error)}.`)
  return new CommandFailed(`${error.message}.`)
}

const fieldsOf = ({ fields }: ValidationError): string =>
  fields.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')

const unknownText = ({ reference, operation }: UnknownOutcomeError): string =>
  reference === undefined
    ? `No answer came to ${operation ?? 'a call'}: whether it was done is not known.`
    : `No answer came: whether the payment was made is not known. Ask before you pay again: dollr status ${reference}`
