import { type Clock } from '../../src/kernel/clock.ts'
import { type OperationType, type PaymentMethod } from '../../src/kernel/enums.ts'
import { type ProviderReference } from '../../src/kernel/ids.ts'
import {
  type Cancellation,
  type Finding,
  type MoneyOut,
  type Offer,
  type Outcome,
  type PaymentOrder,
  type Provider,
  type ReportedStatus,
} from '../../src/providers/provider.ts'

/** When tests begin, unless they say otherwise. */
export const noon = new Date('2025-06-01T12:00:00Z')

export interface TestClock extends Clock {
  advance(ms: number): void
}

/** A clock that moves when it is told to. */
export function aClock(start: Date = noon): TestClock {
  let time = start.getTime()
  return {
    now: () => new Date(time),
    advance(ms) {
      time += ms
    },
  }
}

export const accepted: Outcome = { kind: 'accepted' }
export const silence: Outcome = { kind: 'unknown', reason: 'no answer' }
export const refused: Outcome = {
  kind: 'declined',
  code: 'PAYMENT_NOT_APPROVED',
  message: 'The payer did not approve.',
}
export const paid: Outcome = { kind: 'completed', amount: undefined, transactionId: 'MP-1' }
export const neverHeard: Finding = { kind: 'not_found' }

interface Script {
  readonly submit?: (order: PaymentOrder) => Outcome | Promise<Outcome>
  readonly find?: (reference: ProviderReference, operation: OperationType) => Finding | Promise<Finding>
  readonly cancelEnqueued?: (reference: ProviderReference, operation: MoneyOut) => Cancellation
  readonly predictMethod?: (phone: string) => PaymentMethod | undefined
  readonly offer?: Offer | undefined
  readonly status?: ReportedStatus
}

export interface TestProvider extends Provider {
  /** Everything it was asked to collect, send or give back, in order. */
  readonly orders: readonly PaymentOrder[]
  /** Every payment it was asked about, in order. */
  readonly lookUps: readonly ProviderReference[]
  /** Changes what it does from now on. */
  will(script: Script): void
}

/** A mobile-money network that takes every order, never queues one and completes it at the first question, unless told otherwise. */
export function aProvider(first: Script = {}): TestProvider {
  const orders: PaymentOrder[] = []
  const lookUps: ProviderReference[] = []
  let script: Required<Script> = {
    submit: () => accepted,
    find: () => paid,
    cancelEnqueued: () => 'refused',
    predictMethod: () => undefined,
    offer: { decimals: 2, minimum: undefined, maximum: undefined },
    status: 'OPERATIONAL',
    ...first,
  }
  return {
    name: 'PAWAPAY',
    orders,
    lookUps,
    will(next) {
      script = { ...script, ...next }
    },
    async submit(order) {
      orders.push(order)
      return script.submit(order)
    },
    async find(operation, reference) {
      lookUps.push(reference)
      return script.find(reference, operation)
    },
    neverReceived: () => ({ kind: 'declined', code: 'NOT_RECEIVED', message: 'Never received.' }),
    readCallback: async () => ({
      reference: undefined,
      trust: 'hint',
      tells: undefined,
      verification: 'unsigned',
      signature: undefined,
      claim: undefined,
    }),
    cancelEnqueued: async (operation, reference) => script.cancelEnqueued(reference, operation),
    predictMethod: async (phone) => script.predictMethod(phone),
    offer: () => script.offer,
    statusOf: () => script.status,
    refresh: async () => true,
  }
}
