import { addMs } from '../../src/kernel/clock.ts'
import { type FinalStatus, isFinal, type OperationType } from '../../src/kernel/enums.ts'
import { type ProviderReference } from '../../src/kernel/ids.ts'
import { type Money } from '../../src/kernel/money.ts'
import {
  type Finding,
  type Outcome,
  type PaymentOrder,
  type Provider,
  type ReadCallback,
} from '../../src/providers/provider.ts'
import { type Chance } from '../fuzz/chance.ts'
import { type TestClock } from '../support/fakes.ts'
import { inWords, type Scheduler } from './scheduler.ts'

/** How often what goes wrong, of a thousand calls or payments. */
export interface NetworkFaults {
  readonly lostRequest: number
  /** The caller gives up and the request arrives all the same, a little later. */
  readonly lateRequest: number
  readonly lostReply: number
  readonly failsAfterEffect: number
  readonly refuses: number
  readonly declines: number
  readonly losesCallback: number
  readonly repeatsCallback: number
  /** A final answer that contradicts the one before it. */
  readonly contradicts: number
}

export const noFaults: NetworkFaults = {
  lostRequest: 0,
  lateRequest: 0,
  lostReply: 0,
  failsAfterEffect: 0,
  refuses: 0,
  declines: 0,
  losesCallback: 0,
  repeatsCallback: 0,
  contradicts: 0,
}

export const badDay: NetworkFaults = {
  lostRequest: 60,
  lateRequest: 30,
  lostReply: 80,
  failsAfterEffect: 40,
  refuses: 50,
  declines: 250,
  losesCallback: 200,
  repeatsCallback: 300,
  contradicts: 150,
}

/** A payment as the provider has it. */
export interface Payment {
  readonly operation: OperationType
  readonly reference: ProviderReference
  readonly amount: Money
  readonly refunds: ProviderReference | undefined
  status: 'PROCESSING' | FinalStatus
  /** It once gave a final answer that was not true. */
  contradicted: boolean
}

/** The provider: a ledger of its own, which knows nothing of ours. */
export interface Bank {
  readonly payments: ReadonlyMap<ProviderReference, Payment>
  /** What it should never have been asked. */
  readonly complaints: readonly string[]
  submit(order: PaymentOrder): Outcome
  find(reference: ProviderReference): Finding
}

/** How often something happens, of a thousand. */
const happens = (chance: Chance, of1000: number): boolean => of1000 > 0 && chance.below(1_000) < of1000

const declined = (code: string): Outcome => ({ kind: 'declined', code, message: `Declined: ${code}.` })

const answerOf = ({ amount, reference }: Payment, status: Payment['status']): Outcome => {
  switch (status) {
    case 'PROCESSING':
      return { kind: 'accepted' }
    case 'COMPLETED':
      return { kind: 'completed', amount, transactionId: `MP-${reference.slice(0, 8)}` }
    case 'FAILED':
      return declined('PAYMENT_NOT_APPROVED')
  }
}

const finalStatusOf = ({ status }: Payment): FinalStatus => {
  if (!isFinal(status)) throw new Error('nothing to tell yet')
  return status
}

/** It names a payment, and is asked after. */
const unsigned = (payment: Payment): ReadCallback => ({
  reference: payment.reference,
  trust: 'hint',
  tells: finalStatusOf(payment),
  verification: 'unsigned',
  signature: undefined,
  claim: undefined,
})

/** Its word is taken. */
const signed = (payment: Payment): ReadCallback => ({
  reference: payment.reference,
  trust: 'believed',
  tells: finalStatusOf(payment),
  verification: 'valid',
  signature: Buffer.from(payment.reference),
  claim: { operation: payment.operation, outcome: answerOf(payment, payment.status) },
})

interface BankOptions {
  readonly chance: Chance
  readonly scheduler: Scheduler
  readonly faults: () => NetworkFaults
  /** Lets the network tell us how a payment ended. */
  readonly callBack: (said: ReadCallback) => void
}

export function createBank({ chance, scheduler, faults, callBack }: BankOptions): Bank {
  const payments = new Map<ProviderReference, Payment>()
  const orders = new Map<ProviderReference, string>()
  const refused = new Set<ProviderReference>()
  const complaints: string[] = []

  const tell = (payment: Payment): void => {
    if (happens(chance, faults().losesCallback)) return
    const said = chance.is(0.5) ? signed(payment) : unsigned(payment)
    callBack(said)
    if (happens(chance, faults().repeatsCallback)) callBack(said)
  }

  const decide = (payment: Payment): void => {
    scheduler.park({
      owner: 'provider',
      label: `decides ${payment.reference}`,
      effect: async () => {
        payment.status = happens(chance, faults().declines) ? 'FAILED' : 'COMPLETED'
        scheduler.trace.note(`  ${payment.status}`)
        tell(payment)
        return () => undefined
      },
    })
  }

  /** What it cannot give back: more than was paid, or what was never paid. */
  const refusal = (order: PaymentOrder): string | undefined => {
    if (order.operation !== 'REFUND') return undefined
    const original = payments.get(order.refunds)
    if (original?.status !== 'COMPLETED') return 'INVALID_STATE'
    const others = [...payments.values()].filter(
      ({ refunds, status }) => refunds === order.refunds && status !== 'FAILED',
    )
    const back = others.reduce((sum, { amount }) => sum + amount.minor, order.amount.minor)
    if (back <= original.amount.minor) return undefined
    // Who was told two things may rightly believe that there is more to give back.
    if (![original, ...others].some(({ contradicted }) => contradicted))
      complaints.push(`asked to give back ${back} of ${original.amount.minor} for ${order.refunds}`)
    return 'AMOUNT_TOO_LARGE'
  }

  return {
    payments,
    complaints,
    submit(order) {
      const { operation, reference, amount } = order
      const before = orders.get(reference)
      if (before !== undefined && before !== inWords(order)) complaints.push(`asked for two things as ${reference}`)
      orders.set(reference, inWords(order))
      if (payments.has(reference)) return { kind: 'accepted' }
      const cannot = refusal(order)
      if (cannot !== undefined) return declined(cannot)
      // The same order meets the same refusal.
      if (refused.has(reference) || (before === undefined && happens(chance, faults().refuses))) {
        refused.add(reference)
        return declined('RECIPIENT_NOT_FOUND')
      }
      const refunds = order.operation === 'REFUND' ? order.refunds : undefined
      const payment: Payment = { operation, reference, amount, refunds, status: 'PROCESSING', contradicted: false }
      payments.set(reference, payment)
      decide(payment)
      return { kind: 'accepted' }
    },
    find(reference) {
      const payment = payments.get(reference)
      if (!payment) return { kind: 'not_found' }
      if (payment.status === 'PROCESSING' || !happens(chance, faults().contradicts)) {
        return answerOf(payment, payment.status)
      }
      payment.contradicted = true
      scheduler.trace.note(`  contradicts itself about ${reference}`)
      // So that somebody asks again and hears the other answer.
      tell(payment)
      return answerOf(payment, payment.status === 'COMPLETED' ? 'FAILED' : 'COMPLETED')
    },
  }
}

/** Each way of a call takes at most this long; then its caller gives up. */
const timeoutMs = 5_000

/** What arrives after its caller gave up arrives soon. */
const lateMs = 3_000

interface ConnectionOptions {
  /** The process at this end. */
  readonly owner: string
  readonly chance: Chance
  readonly clock: TestClock
  readonly scheduler: Scheduler
  readonly bank: Bank
  readonly faults: () => NetworkFaults
}

const silence = (reason: string) => ({ kind: 'unknown', reason }) as const

/** The provider as one process reaches it: through a network that loses, delays and repeats. */
export function connect({ owner, chance, clock, scheduler, bank, faults }: ConnectionOptions): Provider {
  const by = (ms: number) => addMs(clock.now(), ms)
  const call = <Answer extends Finding>(label: string, arrive: () => Answer) =>
    new Promise<Answer | Extract<Outcome, { kind: 'unknown' }>>((resolve) => {
      const reply = (answer: Answer | Extract<Outcome, { kind: 'unknown' }>): void => {
        scheduler.park({
          owner,
          label: `hears of ${label}: ${answer.kind}`,
          by: by(timeoutMs),
          effect: async () => () => {
            resolve(answer)
          },
        })
      }
      const send = async (): Promise<() => void> => {
        const { lostRequest, lateRequest, lostReply, failsAfterEffect } = faults()
        const lost = (reason: string) => {
          scheduler.trace.note(`  ${reason}`)
          return () => {
            reply(silence(reason))
          }
        }
        if (happens(chance, lostRequest)) return lost('the request is lost')
        if (happens(chance, lateRequest)) {
          scheduler.park({
            owner: 'network',
            label: `delivers late ${label}`,
            by: by(lateMs),
            effect: async () => {
              scheduler.trace.note(`  ${arrive().kind}`)
              return () => undefined
            },
          })
          return lost('the request is late')
        }
        const answer = arrive()
        scheduler.trace.note(`  ${answer.kind}`)
        if (happens(chance, lostReply)) return lost('the reply is lost')
        if (happens(chance, failsAfterEffect)) return lost('HTTP 500')
        return () => {
          reply(answer)
        }
      }
      scheduler.park({ owner, label, by: by(timeoutMs), effect: send })
    })

  return {
    name: 'PAWAPAY',
    submit: (order) => call(`submits ${order.reference}`, () => bank.submit(order)),
    find: (_operation, reference) => call(`looks up ${reference}`, () => bank.find(reference)),
    neverReceived: () => ({ kind: 'declined', code: 'NOT_RECEIVED', message: 'Never received.' }),
    readCallback: () => Promise.reject(new Error('here callbacks come as read')),
    cancelEnqueued: async () => 'refused',
    predictMethod: async () => undefined,
    statusOf: () => 'OPERATIONAL',
    offer: () => ({ decimals: 2, minimum: undefined, maximum: undefined }),
    refresh: async () => true,
  }
}
