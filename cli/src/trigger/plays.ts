import { type Execution, WaitTimeoutError } from '@dollr/sdk'
import { type Context } from '../context.ts'
import { isCard } from '../payments/amount.ts'
import { charge, writeInvoice } from '../payments/collect.ts'
import { payOut, readPasscode } from '../payments/payout.ts'
import { type Scenario } from '../sandbox/calls.ts'

/** Something that can be made to happen, by name. */
export interface Play {
  readonly name: string
  /** How it ends, in the status of the payment. */
  readonly outcome: string
  readonly description: string
  readonly run: (context: Context, stage: Stage) => Promise<Execution>
}

export interface Stage {
  /** Undefined takes one that the operator carries. */
  readonly currency: string | undefined
  /** How long to wait for an end that may never come. */
  readonly timeoutSeconds: number
}

/** Small enough for every wallet, large enough for every operator. */
const amount = 25

const payer = '231881234567'
const refuser = '231881234039'

async function currencyFor({ dollr }: Context, number: string, operation: 'COLLECTION' | 'PAYOUT'): Promise<string> {
  if (isCard(number)) return 'USD'
  const { currencies } = await dollr.predictions.mmoProviderInfo({ phone: number, operation_type: operation })
  // What the sandbox has most of, where the operator takes it.
  return currencies.includes('USD') ? 'USD' : (currencies[0] ?? 'USD')
}

/** As it stands at its end, or when nobody waits any longer: some payers never answer. */
async function settled(
  { dollr, interrupted }: Context,
  execution: Execution,
  { timeoutSeconds }: Stage,
): Promise<Execution> {
  try {
    return await dollr.waitFor(execution, { withinMs: timeoutSeconds * 1000, signal: interrupted })
  } catch (error) {
    if (error instanceof WaitTimeoutError) return error.last as Execution
    throw error
  }
}

async function collectFrom(context: Context, stage: Stage, number: string): Promise<Execution> {
  const currency = stage.currency ?? (await currencyFor(context, number, 'COLLECTION'))
  const collection = { from: number, currency, name: 'Triggered Customer' }
  const payable = await writeInvoice(context, collection, { amount, note: 'Triggered from the command line' })
  return settled(context, await charge(context, collection, payable), stage)
}

async function payTo(context: Context, stage: Stage, number: string): Promise<Execution> {
  const currency = stage.currency ?? (await currencyFor(context, number, 'PAYOUT'))
  const passcode = readPasscode(process.env, context.settings.areSandbox)
  const order = { to: number, amount, currency, name: 'Triggered Supplier' }
  return settled(context, await payOut(context, order, passcode), stage)
}

async function refundOf(context: Context, stage: Stage, number: string): Promise<Execution> {
  const paid = await collectFrom(context, stage, number)
  if (paid.status !== 'COMPLETED' || paid.payment_intent_id == null) return paid
  const refund = await context.dollr.refund({ paymentIntent: paid.payment_intent_id, amount: paid.payer_amount })
  return settled(context, refund, stage)
}

/** What anybody wants to see happen once. The rest is in the list of the sandbox. */
const usualPlays: readonly Play[] = [
  {
    name: 'paid-checkout',
    outcome: 'COMPLETED',
    description: 'An invoice is paid.',
    run: (context, stage) => collectFrom(context, stage, payer),
  },
  {
    name: 'failed-payment',
    outcome: 'FAILED',
    description: 'The payer of an invoice declines, and it is payable again.',
    run: (context, stage) => collectFrom(context, stage, refuser),
  },
  {
    name: 'payout',
    outcome: 'COMPLETED',
    description: 'A payout arrives.',
    run: (context, stage) => payTo(context, stage, payer),
  },
  {
    name: 'refund',
    outcome: 'COMPLETED',
    description: 'A payment is made, and given back.',
    run: (context, stage) => refundOf(context, stage, payer),
  },
]

/** Payments by phone are called as the sandbox calls them; what else there is says so in its name. */
function nameOf({ name, operation, provider }: Scenario): string {
  if (operation !== 'COLLECTION') return `${operation.toLowerCase()}-${name}`
  return provider === 'STRIPE' ? `card-${name}` : name
}

const playOf = (scenario: Scenario): Play => ({
  name: nameOf(scenario),
  outcome: scenario.outcome,
  description: scenario.description,
  run: (context, stage) => {
    const { operation, number } = scenario
    if (operation === 'PAYOUT') return payTo(context, stage, number)
    return operation === 'REFUND' ? refundOf(context, stage, number) : collectFrom(context, stage, number)
  },
})

/** All there is: the usual, and every scenario of this sandbox, by the first method that has it or by the one that is named. */
export function playsFrom(scenarios: readonly Scenario[], method: string | undefined): readonly Play[] {
  const chosen = scenarios.filter((each) => method === undefined || each.method === method)
  const plays = new Map(chosen.toReversed().map((scenario) => [nameOf(scenario), playOf(scenario)]))
  return [...usualPlays, ...[...plays.values()].toReversed()]
}
