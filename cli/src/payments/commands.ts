import { type Command } from 'commander'
import { type Execution, NotFoundError } from '@dollr/sdk'
import { type Context, withServer } from '../context.ts'
import { CommandFailed, exitCodes } from '../exit.ts'
import { columns, paintStatus } from '../terminal.ts'
import { readAmount, readCurrency, readPayer, readPhone, readSeconds } from './amount.ts'
import { charge, type Collection, writeInvoice } from './collect.ts'
import { writeMoney } from './money.ts'
import { payOut, type PayoutOrder, readPasscode } from './payout.ts'
import { answerWith, followUp, tellReference, type WaitingOptions, watch } from './watch.ts'

const usualWaitSeconds = 1200

const withWaiting = (command: Command): Command =>
  command
    .option('--no-wait', 'answer as soon as the payment is under way')
    .option('--timeout <seconds>', 'how long to wait for its end', readSeconds, usualWaitSeconds)

function addCollect(program: Command): void {
  withWaiting(
    program
      .command('collect')
      .helpGroup('To try it:')
      .summary('charge a phone or a card, and watch it happen')
      .description(
        'Writes an invoice over the amount, charges it to a phone or a card and tells every change until it is over. The ' +
          'reference is printed before the payer is asked. Ctrl-C stops the watching, not the payment.',
      )
      .argument('<amount>', 'in major units, such as 25 or 25.50', readAmount)
      .requiredOption('--from <phone|card>', 'who pays: a phone with country code, or a card as pm_...', readPayer)
      .option('--currency <currency>', 'of the amount, and what the payer pays in', readCurrency, 'USD')
      .option('--name <name>', "the payer's name", 'Test Customer')
      .option('--note <text>', 'what is paid for', 'Paid from the command line'),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ dollr collect 25 --from 231881234567
  $ dollr collect 25.50 --from 231770000049 --note 'Lesson'     the payer has too little money
  $ dollr collect 10 --from pm_card_visa
  $ dollr collect 25 --from 231881234567 --json | jq .status
`,
    )
    .action((amount: number, options: Collection & WaitingOptions & { readonly note: string }, command: Command) =>
      withServer(
        command,
        async (context) => {
          const payable = await writeInvoice(context, options, { amount, note: options.note })
          await followUp(context, await charge(context, options, payable), options)
        },
        tellReference(command),
      ),
    )
}

function addPayout(program: Command): void {
  withWaiting(
    program
      .command('payout')
      .helpGroup('To try it:')
      .summary('pay a phone out of your wallet, and watch it happen')
      .description(
        'Pays a phone out of the wallet in the currency, and tells every change until it is over. The passcode comes from ' +
          "DOLLR_PASSCODE and DOLLR_PASSCODE_PHONE; with the sandbox's credentials it is the sandbox's.",
      )
      .argument('<amount>', 'in major units, such as 40 or 40.50', readAmount)
      .requiredOption('--to <phone>', 'who is paid: a phone with country code', readPhone)
      .option('--currency <currency>', 'which wallet pays', readCurrency, 'USD')
      .option('--name <name>', "the recipient's name", 'Test Supplier'),
  )
    .addHelpText('after', '\nExamples:\n  $ dollr payout 40 --to 231881234567\n')
    .action((amount: number, options: Omit<PayoutOrder, 'amount'> & WaitingOptions, command: Command) =>
      withServer(
        command,
        async (context) => {
          const passcode = readPasscode(process.env, context.settings.areSandbox)
          await followUp(context, await payOut(context, { ...options, amount }, passcode), options)
        },
        tellReference(command),
      ),
    )
}

type Timeline = Awaited<ReturnType<Context['dollr']['executions']['timeline']>>

async function readTimeline({ dollr }: Context, reference: string): Promise<Timeline> {
  try {
    return await dollr.executions.timeline({ reference_id: reference })
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    throw new CommandFailed(
      `No payment has the reference ${reference}: it never reached the server, and may be made anew.`,
      exitCodes.failed,
    )
  }
}

function tellTimeline({ terminal }: Context, { status, operation_type: operation, money, lines }: Timeline): string {
  const where = `${writeMoney(money.amount, money.currency)}, ${money.holder}`
  const happened = columns(lines.map(({ at, what, detail }) => [`  ${at}`, what, detail ?? '']))
  return `${operation}  ${paintStatus(terminal, status)}  ${where}\n${happened}`
}

function addStatus(program: Command): void {
  program
    .command('status')
    .helpGroup('To look into it:')
    .summary('what became of a payment, and who has its money')
    .description('Tells everything that happened to a payment, of any kind, and who has its money now.')
    .argument('<reference>', 'the reference_id of the payment')
    .option('--wait', 'tell every change until it is over')
    .option('--timeout <seconds>', 'how long to wait for its end', readSeconds, usualWaitSeconds)
    .addHelpText('after', '\nExamples:\n  $ dollr status 5f0c6a3e-8a3b-4d7e-9d52-0f9f3b6c1a11 --wait\n')
    .action((reference: string, options: WaitingOptions, command: Command) =>
      withServer(command, async (context) => {
        const before = await readTimeline(context, reference)
        const isOver = before.status === 'COMPLETED' || before.status === 'FAILED'
        if (options.wait && !isOver) {
          const payment: Pick<Execution, 'reference_id' | 'operation_type'> = {
            reference_id: reference,
            operation_type: before.operation_type,
          }
          answerWith(context, await watch(context, payment, options))
          return
        }
        context.terminal.answer(before, tellTimeline(context, before))
        if (before.status === 'FAILED' && options.wait) process.exitCode = exitCodes.failed
      }),
    )
}

export function addPayments(program: Command): void {
  addCollect(program)
  addPayout(program)
  addStatus(program)
}
