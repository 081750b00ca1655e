import { type Command } from 'commander'
import { type Execution, WaitTimeoutError } from '@dollr/sdk'
import { type Context, Interrupted } from '../context.ts'
import { CommandFailed, exitCodes } from '../exit.ts'
import { openTerminal, paintStatus } from '../terminal.ts'
import { writeMoney } from './money.ts'

/** Whose absence would let a crash between asking and hearing lose the payment: so it is printed first. */
export function tellReference(command: Command): (reference: string) => void {
  const { json = false } = command.optsWithGlobals<{ readonly json?: boolean }>()
  const terminal = openTerminal(json)
  return (reference) => {
    terminal.progress(`Reference ${terminal.paint('bold', reference)}`)
  }
}

export interface WaitingOptions {
  /** False for `--no-wait`. */
  readonly wait?: boolean
  readonly timeout: number
}

const left = (reference: string, why: string): CommandFailed =>
  new CommandFailed(
    `${why} The payment goes on without us; do not pay again. To go on waiting: dollr status ${reference} --wait`,
    exitCodes.unknown,
  )

/** Tells every change of a payment until it is over. Ctrl-C ends the watching, not the payment. */
export async function watch(
  { dollr, terminal, interrupted }: Context,
  payment: Pick<Execution, 'reference_id' | 'operation_type'>,
  { timeout }: Pick<WaitingOptions, 'timeout'>,
): Promise<Execution> {
  const startedAt = performance.now()
  const onChange = ({ status, requires_action: requiresAction }: Execution): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
    const hint = requiresAction === true ? '  the cardholder has to approve at the bank' : ''
    terminal.progress(`${terminal.paint('dim', `${seconds} s`)}  ${paintStatus(terminal, status)}${hint}`)
  }
  try {
    return await dollr.waitFor(payment, { withinMs: timeout * 1000, signal: interrupted, onChange })
  } catch (error) {
    if (error instanceof Interrupted) throw left(payment.reference_id, 'Stopped waiting.')
    if (error instanceof WaitTimeoutError) throw left(payment.reference_id, `Not over after ${timeout} s.`)
    throw error
  }
}

/** What people are told of how a payment stands. */
export function summaryOf(execution: Execution): string {
  const paid = writeMoney(execution.payer_amount, execution.payer_currency)
  const received = writeMoney(execution.payee_amount, execution.payee_currency)
  switch (execution.status) {
    case 'COMPLETED':
      return `Completed: ${paid} paid, ${received} received.`
    case 'FAILED':
      return `Failed: ${execution.gateway_message ?? execution.wallet_message ?? 'nobody said why'}`
    case 'PENDING':
    case 'PROCESSING':
      return `Under way: ${paid} to pay, ${received} to receive. To wait for its end: dollr status ${execution.reference_id} --wait`
  }
}

/** Answers with a payment. A failed one is what was asked for, and yet no success. */
export function answerWith({ terminal }: Pick<Context, 'terminal'>, execution: Execution): void {
  terminal.answer(execution, summaryOf(execution))
  if (execution.status === 'FAILED') process.exitCode = exitCodes.failed
}

/** Follows a payment that was just asked for, as far as its caller wants to. */
export async function followUp(context: Context, execution: Execution, options: WaitingOptions): Promise<void> {
  answerWith(context, options.wait ? await watch(context, execution, options) : execution)
}
