import { type Command } from 'commander'
import { type DollrEvent, type Execution } from '@dollr/sdk'
import { type Context, withServer } from '../context.ts'
import { newestPosition, readAll, rest } from '../events/feed.ts'
import { eventLine } from '../events/view.ts'
import { CommandFailed, exitCodes } from '../exit.ts'
import { readCurrency, readSeconds } from '../payments/amount.ts'
import { summaryOf, tellReference } from '../payments/watch.ts'
import { readScenarios } from '../sandbox/calls.ts'
import { columns, paintStatus } from '../terminal.ts'
import { playsFrom } from './plays.ts'

interface TriggerOptions {
  readonly currency?: string
  readonly method?: string
  readonly timeout: number
}

const usualWaitSeconds = 30

/** How long an event takes to be readable at most, with room for a slow machine. */
const eventsWithinMs = 5_000
const lookAgainMs = 250

const isFinal = ({ status }: Execution): boolean => status === 'COMPLETED' || status === 'FAILED'

const isEndOf = (event: DollrEvent, { reference_id: reference }: Execution): boolean =>
  'reference_id' in event.data && event.data.reference_id === reference && /\.(completed|failed)$/.test(event.type)

/** What happened since a position, once the end of a payment is among it. */
async function eventsSince(
  context: Context,
  after: string | undefined,
  execution: Execution,
): Promise<readonly DollrEvent[]> {
  const deadline = performance.now() + eventsWithinMs
  const isOver = isFinal(execution)
  for (;;) {
    const events: DollrEvent[] = []
    for await (const event of readAll(context, { after })) events.push(event)
    if (!isOver || events.some((event) => isEndOf(event, execution)) || performance.now() > deadline) return events
    await rest(lookAgainMs, context.interrupted)
  }
}

async function trigger(
  context: Context,
  name: string | undefined,
  { currency, method, timeout }: TriggerOptions,
): Promise<void> {
  const { terminal } = context
  const plays = playsFrom(await readScenarios(context), method)
  if (name === undefined) {
    const shown = plays.map(({ name, outcome, description }) => ({ name, outcome, description }))
    const rows = shown.map((play) => [play.name, paintStatus(terminal, play.outcome), play.description])
    terminal.answer(shown, columns(rows))
    return
  }
  const play = plays.find((each) => each.name === name)
  if (!play) throw new CommandFailed(`There is no scenario "${name}". "dollr trigger" lists them.`, exitCodes.usage)
  const before = await newestPosition(context)
  const execution = await play.run(context, { currency, timeoutSeconds: timeout })
  const events = await eventsSince(context, before, execution)
  if (!isFinal(execution))
    terminal.progress(`A payer who waits is told what to do: dollr sandbox approve ${execution.reference_id}`)
  const lines = [summaryOf(execution), ...events.map((event) => eventLine(terminal, event))]
  terminal.answer({ scenario: name, execution, events }, lines.join('\n'))
}

export function addTrigger(program: Command): void {
  program
    .command('trigger')
    .helpGroup('To build against it:')
    .summary('make something happen: a paid checkout, a failed payment, a payout, a refund ...')
    .description(
      'Plays a scenario through, and shows the events that came of it. Without a name it lists all there are.',
    )
    .argument('[scenario]', 'its name')
    .option('--method <method>', 'how it is paid, such as ORANGE_MONEY_LBR: else by the first that has it')
    .option('--currency <currency>', 'of the payment: one that the operator carries', readCurrency)
    .option('--timeout <seconds>', 'how long to wait for its end', readSeconds, usualWaitSeconds)
    .addHelpText(
      'after',
      '\nExamples:\n  $ dollr trigger\n  $ dollr trigger paid-checkout\n' +
        '  $ dollr trigger insufficient-balance --method ORANGE_MONEY_LBR\n',
    )
    .action((name: string | undefined, options: TriggerOptions, command: Command) =>
      withServer(command, (context) => trigger(context, name, options), tellReference(command)),
    )
}
