import { type Command, InvalidArgumentError } from 'commander'
import { NetworkError } from '@dollr/sdk'
import { type Context, withServer } from './context.ts'
import { rest } from './events/feed.ts'
import { type Terminal } from './terminal.ts'

interface LoggedRequest {
  readonly id: string
  readonly at: string
  readonly method: string
  readonly path: string
  readonly query: string | null
  readonly status: number
  readonly duration_ms: number
  readonly reference_id: string | null
  readonly request_body: unknown
  readonly response_body: unknown
  readonly warnings: readonly { readonly code: string; readonly text: string }[]
}

interface LogPage {
  readonly requests: readonly LoggedRequest[]
  readonly next_after: string | null
  readonly has_more: boolean
}

interface LogOptions {
  readonly reference?: string
  readonly path?: string
  readonly status?: string
  readonly limit: number
  readonly follow?: boolean
  readonly bodies?: boolean
}

const pollMs = 1_000

function readLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > 100) throw new InvalidArgumentError('Say a number from 1 to 100.')
  return limit
}

const readPage = (
  { dollr }: Context,
  { reference, path, status, limit }: LogOptions,
  after?: string,
): Promise<LogPage> =>
  dollr.request('GET', '/v1/requests', {
    query: { reference_id: reference, path, status, limit, after },
  }) as Promise<LogPage>

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function requestText(terminal: Terminal, request: LoggedRequest, { bodies }: LogOptions): string {
  const { at, method, path, query, status, duration_ms: durationMs, reference_id: reference, warnings } = request
  const painted = terminal.paint(status < 300 ? 'green' : status < 500 ? 'yellow' : 'red', String(status))
  const address = query === null || query === '' ? path : `${path}?${query.replace(/^\?/, '')}`
  const line = [
    terminal.paint('dim', at),
    painted,
    method.padEnd(6),
    address,
    terminal.paint('dim', `${durationMs} ms`),
    reference,
  ]
  const more = [
    ...warnings.map(({ code, text }) => `    ${terminal.paint('yellow', code)}  ${text}`),
    ...(bodies && request.request_body != null ? [`    > ${textOf(request.request_body)}`] : []),
    ...(bodies && request.response_body != null ? [`    < ${textOf(request.response_body)}`] : []),
  ]
  return [line.filter((each) => each != null).join('  '), ...more].join('\n')
}

async function showLogs(context: Context, options: LogOptions): Promise<void> {
  const { terminal, settings, interrupted } = context
  const tell = (requests: readonly LoggedRequest[]): void => {
    for (const request of requests) terminal.answer(request, requestText(terminal, request, options))
  }
  // Without a position the newest come first: read from the bottom up, as a log is.
  const newest = (await readPage(context, options)).requests.toReversed()
  tell(newest)
  if (!options.follow) return
  let position = newest.at(-1)?.id
  let isLost = false
  while (!interrupted.aborted) {
    await rest(pollMs, interrupted)
    const page = await readPage(context, options, position).catch((error: unknown) => {
      if (error instanceof NetworkError) return undefined
      throw error
    })
    if (page === undefined && !isLost) terminal.progress(`${settings.baseUrl} does not answer. Waiting for it ...`)
    isLost = page === undefined
    const news = page?.requests ?? []
    // Without any position yet, what comes is the newest first.
    tell(position === undefined ? news.toReversed() : news)
    position = (position === undefined ? news.at(0)?.id : news.at(-1)?.id) ?? position
  }
}

export function addLogs(program: Command): void {
  program
    .command('logs')
    .helpGroup('To look into it:')
    .summary('the calls you made, with what was wrong with them')
    .description(
      "Shows the merchant's calls to the API, newest last, with passcodes, tokens and phone numbers left out.",
    )
    .option('--follow', 'and then every one that is made')
    .option('--reference <reference>', 'only those about this payment')
    .option('--path <path>', 'only those whose path begins like this')
    .option('--status <status>', 'only those that were answered with this status')
    .option('--limit <count>', 'how many of the past', readLimit, 20)
    .option('--bodies', 'with what was sent and answered')
    .addHelpText('after', '\nExamples:\n  $ dollr logs --follow\n  $ dollr logs --status 422 --bodies\n')
    .action((options: LogOptions, command: Command) => withServer(command, (context) => showLogs(context, options)))
}
