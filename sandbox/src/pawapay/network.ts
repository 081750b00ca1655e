import type { CallbackWorker } from '../callback-worker.ts'
import type { SandboxClock } from '../clock.ts'
import type { Dial, DialFault } from '../dial.ts'
import type { PaymentKey } from './events.ts'
import { Refusal } from './failures.ts'
import { operationTypes } from './operations.ts'
import type { Payment, PaymentBook } from './payments.ts'
import type { Signatures } from './signatures.ts'

/** What may go wrong with the next request for a deposit, a payout or a refund; each happens to one request only. */
export const paymentFaults = [
  /** The connection drops before anything is stored. */
  'lost-request',
  /** Accepted and stored, then the connection drops. */
  'lost-reply',
  /** Accepted and stored, never answered. */
  'hang',
  /** Accepted and stored, then 500 UNKNOWN_ERROR. */
  'error-after-accept',
  /** 500 UNKNOWN_ERROR, nothing stored. */
  'error-before-accept',
  /** Accepted and stored, then 200 with a body that is not JSON. */
  'garbage',
  /** Rejected: the provider takes no payments at the moment. */
  'closed',
] as const

export type PaymentFault = (typeof paymentFaults)[number]

/** What the dial can do to a request for a payment, and what to a callback. */
export const orderFaults: readonly DialFault[] = ['closed', 'lost-reply', 'error-after-effect', 'slow-reply']
export const callbackFaults: readonly DialFault[] = ['duplicate-callback', 'lost-callback']

export interface SimulatorStep extends PaymentKey {
  readonly name:
    | `${'deposit' | 'payout' | 'refund'}.${'received' | 'accepted' | 'replied'}`
    | 'lookup.received'
    | 'lookup.replied'
    | 'callback.sending'
    | 'callback.acknowledged'
}

/** Undefined when nobody listens, which keeps the usual path free of needless waiting. */
export type Announce = ((name: SimulatorStep['name'], key: PaymentKey) => Promise<void>) | undefined

/** The pretend network as its HTTP interface sees it. */
export interface Network {
  readonly apiToken: string
  readonly book: PaymentBook
  readonly callbacks: CallbackWorker<Payment>
  /** First in, first out: one for each request for a payment. */
  readonly faults: PaymentFault[]
  /** What happens by chance, beside what is queued. */
  readonly dial: Dial
  readonly clock: SandboxClock
  readonly signatures: Signatures
  readonly announce: Announce
}

/** Tests name a payment by its id alone: two operations do not share one by chance. */
const getPayment = ({ book }: Network, id: string): Payment => {
  const payment = operationTypes.map((operation) => book.find(operation, id)).find((found) => found !== undefined)
  if (payment === undefined) throw new Refusal(404, 'NOT_FOUND', `Payment ${id} is not known.`)
  return payment
}

/** Delivers the callback of a final payment the given number of times, one after the other, whatever the answers. */
export const deliverCallback = async (network: Network, id: string, times: number): Promise<void> => {
  const payment = getPayment(network, id)
  if (payment.result === undefined) throw new Refusal(409, 'INVALID_STATE', `Payment ${id} is not final.`)
  if (network.callbacks.url === undefined) throw new Refusal(409, 'INVALID_STATE', 'No callback URL is set.')
  for (let delivery = 0; delivery < times; delivery += 1) await network.callbacks.deliverOnce(payment)
}

/** Ends a payment that is under way: COMPLETED, or FAILED for the reason given. */
export const settle = (network: Network, id: string, failureCode: string | undefined): void => {
  const payment = getPayment(network, id)
  if (payment.result !== undefined) throw new Refusal(409, 'INVALID_STATE', `Payment ${id} is final.`)
  network.book.settle(payment, failureCode)
}

/** The payer puts the phone away. Only a deposit has a payer who could. */
export const ignore = (network: Network, id: string): void => {
  const payment = getPayment(network, id)
  if (payment.result !== undefined) throw new Refusal(409, 'INVALID_STATE', `Payment ${id} is final.`)
  network.book.ignore(payment)
}

/** The callback of a payment that has become final: once, unless the dial says otherwise. */
export const callBack = ({ dial, callbacks, book }: Network, payment: Payment): void => {
  const { operation, provider } = payment.terms
  const hit = dial.strike(callbackFaults, `${operation} callback`, provider)
  if (hit?.fault === 'lost-callback') {
    book.recordCallback('callback.abandoned', payment)
    return
  }
  callbacks.deliver(payment)
  if (hit?.fault === 'duplicate-callback') void callbacks.deliverOnce(payment)
}

/** As on its first day, but for where callbacks go and what they are signed with. */
export const reset = ({ book, callbacks, dial, faults, signatures, clock }: Network): void => {
  callbacks.forget()
  book.clear()
  dial.set(0, [])
  faults.length = 0
  signatures.faults.length = 0
  clock.set(0)
}
