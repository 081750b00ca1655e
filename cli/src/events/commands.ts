import { type Command, InvalidArgumentError } from 'commander'
import { type DollrEvent } from '@dollr/sdk'
import { type Context, Interrupted, withServer } from '../context.ts'
import { CommandFailed, exitCodes } from '../exit.ts'
import { followFeed, isAfter, isEventId, newestPosition, readAll, readEvent, readNewest } from './feed.ts'
import { isWanted, readFilter } from './filter.ts'
import { forward, isTaken, readReceiver } from './forward.ts'
import { type Place, placeIn } from './place.ts'
import { listeningSecret } from './secret.ts'
import { deliveryFacts, deliveryLine, eventLine } from './view.ts'

function readEventId(text: string): string {
  if (!isEventId(text)) throw new InvalidArgumentError('Name an event by its id, such as evt_4711.')
  return text
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Say a number from 1 to 99999.')
  return Number(text)
}

/** Where to go on: after what was told before, unless this server never got that far or the reader wants only what is new. */
async function beginning(context: Context, place: Place, fromNow: boolean | undefined): Promise<string | undefined> {
  const [kept, newest] = await Promise.all([place.read(), newestPosition(context)])
  if (fromNow || kept === undefined) return newest
  return newest === undefined || isAfter(kept, newest) ? newest : kept
}

interface ListenOptions {
  readonly forwardTo: string
  readonly events?: readonly string[]
  readonly fromNow?: boolean
}

async function listen(context: Context, { forwardTo, events, fromNow }: ListenOptions): Promise<void> {
  const { terminal, settings, interrupted } = context
  const secret = await listeningSecret(process.env)
  const place = placeIn(process.env, settings, forwardTo)
  const after = await beginning(context, place, fromNow)
  terminal.progress(`Events go to ${terminal.paint('bold', forwardTo)}, from ${after ?? 'the first one'} on.`)
  terminal.progress(`They are signed with ${terminal.paint('bold', secret)}: your server verifies them with it.`)
  terminal.progress('Ctrl-C stops; the next start goes on where this one stops.\n')
  const onLost = () => {
    terminal.progress(`${settings.baseUrl} does not answer. Waiting for it ...`)
  }
  for await (const event of followFeed(context, { after, onLost })) {
    if (isWanted(event.type, events)) {
      const delivery = await forward(event, forwardTo, secret, interrupted)
      // What was cut short is sent again at the next start.
      if (delivery === undefined) return
      terminal.answer(deliveryFacts(delivery), deliveryLine(terminal, delivery))
      if (!isTaken(delivery)) {
        terminal.progress(`  Not taken. To send it again: dollr events replay ${event.id} --forward-to ${forwardTo}`)
      }
    }
    await place.write(event.id)
  }
}

export function addListen(program: Command): void {
  program
    .command('listen')
    .helpGroup('To build against it:')
    .summary('bring events to a server on this machine, signed as webhooks are')
    .description(
      'Follows the events of the merchant and posts each to an address, signed as a webhook, in their order. No tunnel is ' +
        'needed. What it signs with is kept for you (DOLLR_WEBHOOK_SECRET names another), and so is how far it got.',
    )
    .requiredOption('--forward-to <address>', 'where to post them: an address, or a port of this machine', readReceiver)
    .option('--events <types>', 'only these, such as payment.completed,payout.*', readFilter)
    .option('--from-now', 'leave out what happened since it last ran')
    .addHelpText(
      'after',
      `
Examples:
  $ dollr listen --forward-to http://localhost:3000/webhooks
  $ dollr listen --forward-to 3000/webhooks --events payment.completed,payment.failed
`,
    )
    .action((options: ListenOptions, command: Command) => withServer(command, (context) => listen(context, options)))
}

interface ListOptions {
  readonly after?: string
  readonly events?: readonly string[]
  readonly limit: number
  readonly follow?: boolean
}

async function list(context: Context, { after, events, limit, follow }: ListOptions): Promise<void> {
  const { terminal, settings } = context
  const tell = (event: DollrEvent): void => {
    if (isWanted(event.type, events)) terminal.answer(event, eventLine(terminal, event))
  }
  const past =
    after === undefined ? await readNewest(context, limit) : await firstOf(readAll(context, { after }), limit)
  past.forEach(tell)
  if (!follow) return
  const onLost = () => {
    terminal.progress(`${settings.baseUrl} does not answer. Waiting for it ...`)
  }
  for await (const event of followFeed(context, { after: past.at(-1)?.id ?? after, onLost })) tell(event)
}

async function firstOf(events: AsyncIterable<DollrEvent>, count: number): Promise<readonly DollrEvent[]> {
  const first: DollrEvent[] = []
  for await (const event of events) if (first.push(event) === count) break
  return first
}

interface ReplayOptions {
  readonly forwardTo: string
  readonly after?: string
  readonly until?: string
  readonly events?: readonly string[]
}

async function* chosen(
  context: Context,
  id: string | undefined,
  { after, until }: ReplayOptions,
): AsyncGenerator<DollrEvent> {
  if ((id === undefined) === (after === undefined)) {
    throw new CommandFailed('Name one event, or a range that begins with --after.', exitCodes.usage)
  }
  if (id === undefined) yield* readAll(context, { after, until })
  else yield await readEvent(context, id)
}

async function replay(context: Context, id: string | undefined, options: ReplayOptions): Promise<void> {
  const { terminal, interrupted } = context
  const secret = await listeningSecret(process.env)
  let refused = 0
  for await (const event of chosen(context, id, options)) {
    if (!isWanted(event.type, options.events)) continue
    const delivery = await forward(event, options.forwardTo, secret, interrupted)
    if (delivery === undefined) throw new Interrupted()
    terminal.answer(deliveryFacts(delivery), deliveryLine(terminal, delivery))
    if (!isTaken(delivery)) refused += 1
  }
  if (refused > 0) throw new CommandFailed(`${refused} not taken by ${options.forwardTo}.`)
}

export function addEvents(program: Command): void {
  const events = program
    .command('events')
    .helpGroup('To build against it:')
    .summary('what happened: list it, follow it, send it again')
    .description('Every change of state there was, in order. With --json one event a line.')
  events
    .command('list')
    .description('Lists the newest events, or those after one.')
    .option('--after <event>', 'from this one on, oldest first', readEventId)
    .option('--events <types>', 'only these, such as payment.completed,payout.*', readFilter)
    .option('--limit <count>', 'how many of the past at most', readCount, 20)
    .option('--follow', 'and then every one that happens')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dollr events list\n  $ dollr events list --after evt_4711 --events source.* --json\n',
    )
    .action((options: ListOptions, command: Command) => withServer(command, (context) => list(context, options)))
  events
    .command('replay')
    .description('Sends one event, or a range of them, to an address again, signed as "dollr listen" signs.')
    .argument('[event]', 'its id, such as evt_4711', readEventId)
    .requiredOption('--forward-to <address>', 'where to post them: an address, or a port of this machine', readReceiver)
    .option('--after <event>', 'instead of one: all after this one', readEventId)
    .option('--until <event>', 'and up to this one, itself included', readEventId)
    .option('--events <types>', 'of these only, such as payment.completed,payout.*', readFilter)
    .addHelpText(
      'after',
      '\nExamples:\n  $ dollr events replay evt_4711 --forward-to 3000/webhooks\n' +
        '  $ dollr events replay --after evt_4700 --until evt_4711 --forward-to 3000/webhooks\n',
    )
    .action((id: string | undefined, options: ReplayOptions, command: Command) =>
      withServer(command, (context) => replay(context, id, options)),
    )
}
