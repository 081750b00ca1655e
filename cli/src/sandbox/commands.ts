import { createInterface } from 'node:readline/promises'
import { stderr, stdin } from 'node:process'
import { Argument, type Command, InvalidArgumentError } from 'commander'
import { type Context, withServer } from '../context.ts'
import { CommandFailed, exitCodes } from '../exit.ts'
import { control } from './calls.ts'
import { readDuration } from './duration.ts'
import { textOf } from './view.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

interface Call {
  readonly method: Method
  readonly path: string
  readonly body?: unknown
}

/** Makes one call of the controls, and shows what it answered. */
const show = (command: Command, { method, path, body }: Call): Promise<void> =>
  withServer(command, async (context) => {
    const answer = await control(context, method, path, body)
    context.terminal.answer(answer, textOf(answer))
  })

function readSeed(text: string): number {
  const seed = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(seed))
    throw new InvalidArgumentError('A seed is a whole number.')
  return seed
}

function readRate(text: string): number {
  const rate = /^(0?\.\d{1,6}|1(\.0*)?)$/.test(text) ? Number(text) : 0
  if (rate === 0) throw new InvalidArgumentError('Say a share such as 0.2, at most 1.')
  return rate
}

function readTimes(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Say a whole number above zero.')
  return Number(text)
}

function addPayers(sandbox: Command): void {
  sandbox
    .command('payments')
    .description('Lists the payments whose payer is being asked.')
    .action((_: unknown, command: Command) => show(command, { method: 'GET', path: '/payments' }))
  const actions = {
    approve: 'Lets the payer of a waiting payment approve it.',
    decline: 'Lets the payer of a waiting payment decline it.',
    ignore: 'Lets the payer of a waiting payment never answer.',
  }
  for (const [action, description] of Object.entries(actions)) {
    sandbox
      .command(action)
      .description(description)
      .argument('<reference>', 'the reference_id of the payment')
      .action((reference: string, _: unknown, command: Command) =>
        show(command, { method: 'POST', path: `/payments/${encodeURIComponent(reference)}/${action}` }),
      )
  }
}

function addClock(sandbox: Command): void {
  const clock = sandbox
    .command('clock')
    .description('Shows what time it is in the sandbox.')
    .action((_: unknown, command: Command) => show(command, { method: 'GET', path: '/clock' }))
  clock
    .command('advance')
    .description('Moves the clock on: sessions expire, what is due is done.')
    .argument('<time>', 'such as 90s, 30m, 2h or 3d', readDuration)
    .action((seconds: number, _: unknown, command: Command) =>
      show(command, { method: 'POST', path: '/clock/advance', body: { seconds } }),
    )
}

const faultNames = [
  'lost_reply',
  'error_after_effect',
  'slow',
  'duplicate_callback',
  'lost_callback',
  'operator_closed',
]

interface FaultOptions {
  readonly seed?: number
  readonly next?: number
  readonly rate?: number
  readonly path?: string
  readonly method?: string
  readonly delay?: number
}

function addFaults(sandbox: Command): void {
  const faults = sandbox
    .command('faults')
    .description('Shows what goes wrong on purpose.')
    .action((_: unknown, command: Command) => show(command, { method: 'GET', path: '/faults' }))
  faults
    .command('set')
    .description('Lets one thing go wrong on purpose, in place of what was set before.')
    .addArgument(new Argument('<fault>', 'what goes wrong').choices(faultNames))
    .option('--next <times>', 'how often at most', readTimes)
    .option('--rate <share>', 'how likely each time', readRate)
    .option('--path <path>', 'only for calls whose path begins like this')
    .option('--method <method>', 'only for payments by this method')
    .option('--delay <milliseconds>', 'how slow', readTimes)
    .option('--seed <seed>', 'what chance is drawn from', readSeed)
    .addHelpText(
      'after',
      '\nExamples:\n  $ dollr sandbox faults set lost_reply --next 1 --path /v1/executions/\n' +
        '  $ dollr sandbox faults set operator_closed --method MTN_MOMO_LBR\n',
    )
    .action((fault: string, { seed, delay, ...rest }: FaultOptions, command: Command) =>
      show(command, {
        method: 'PUT',
        path: '/faults',
        body: {
          ...(seed !== undefined && { seed }),
          faults: [{ fault, ...rest, ...(delay !== undefined && { delay_ms: delay }) }],
        },
      }),
    )
  faults
    .command('clear')
    .description('Lets nothing go wrong on purpose any more.')
    .action((_: unknown, command: Command) => show(command, { method: 'DELETE', path: '/faults' }))
}

function addRecordings(sandbox: Command): void {
  sandbox
    .command('record')
    .description('Begins to note which calls are made and what goes wrong, under a seed.')
    .option('--seed <seed>', 'a seed of your own', readSeed)
    .action((options: { readonly seed?: number }, command: Command) =>
      show(command, { method: 'POST', path: '/recordings', body: options }),
    )
  sandbox
    .command('recording')
    .description('Shows what was noted under a seed.')
    .argument('<seed>', 'as "record" answered it', readSeed)
    .action((seed: number, _: unknown, command: Command) =>
      show(command, { method: 'GET', path: `/recordings/${seed}` }),
    )
  sandbox
    .command('replay')
    .description('Lets the same go wrong with the same calls again.')
    .argument('<seed>', 'as "record" answered it', readSeed)
    .action((seed: number, _: unknown, command: Command) =>
      show(command, { method: 'POST', path: `/recordings/${seed}/replay` }),
    )
}

/** Asks whoever sits there. Nobody there is a no. */
async function confirm(question: string): Promise<boolean> {
  if (!stdin.isTTY) return false
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}

async function reset(context: Context, isSure: boolean): Promise<void> {
  const { settings, terminal } = context
  if (!isSure && !(await confirm(`Forget everything the sandbox at ${settings.baseUrl} knows?`))) {
    throw new CommandFailed('Nothing was done. --yes answers the question beforehand.', exitCodes.usage)
  }
  const answer = await control(context, 'POST', '/reset')
  terminal.answer(answer, 'The sandbox is as new.')
}

export function addSandbox(program: Command): void {
  const sandbox = program
    .command('sandbox')
    .helpGroup('To build against it:')
    .summary('steer the sandbox: payers, clock, faults, recordings, reset')
    .description('Brings about what an integration must be prepared for. Only a sandbox has these controls.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dollr sandbox clock advance 30m\n  $ dollr sandbox faults set lost_reply --next 1\n  $ dollr sandbox reset --yes\n',
    )
  sandbox
    .command('scenarios')
    .description('Lists the numbers and cards that play a part, and what becomes of them.')
    .action((_: unknown, command: Command) => show(command, { method: 'GET', path: '/scenarios' }))
  addPayers(sandbox)
  addClock(sandbox)
  addFaults(sandbox)
  addRecordings(sandbox)
  sandbox
    .command('reset')
    .description("Begins anew: the merchant's data is gone, wallets and credentials are as on the first day.")
    .option('--yes', 'do not ask first')
    .action((options: { readonly yes?: boolean }, command: Command) =>
      withServer(command, (context) => reset(context, options.yes === true)),
    )
}
