import type { CallbackWorker } from '../callback-worker.ts'
import type { Deposit, DepositBook } from './deposits.ts'
import { Refusal } from './failures.ts'

/** What may go wrong with the next deposit request; each happens to one request only. */
export const depositFaults = [
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

export type DepositFault = (typeof depositFaults)[number]

export interface SimulatorStep {
  name:
    | 'deposit.received'
    | 'deposit.accepted'
    | 'deposit.replied'
    | 'lookup.received'
    | 'lookup.replied'
    | 'callback.sending'
    | 'callback.acknowledged'
  depositId: string
}

/** Undefined when nobody listens, which keeps the usual path free of needless waiting. */
export type Announce = ((name: SimulatorStep['name'], depositId: string) => Promise<void>) | undefined

/** The pretend network as its HTTP interface sees it. */
export interface Network {
  readonly apiToken: string
  readonly book: DepositBook
  readonly callbacks: CallbackWorker<Deposit>
  /** First in, first out: one for each deposit request. */
  readonly faults: DepositFault[]
  readonly announce: Announce
}

/** Delivers the callback of a final deposit the given number of times, one after the other, whatever the answers. */
export const deliverCallback = async (
  { book, callbacks }: Network,
  depositId: string,
  times: number,
): Promise<void> => {
  const deposit = book.find(depositId)
  if (deposit === undefined) throw new Refusal(404, 'NOT_FOUND', `Deposit ${depositId} is not known.`)
  if (deposit.result === undefined) throw new Refusal(409, 'INVALID_STATE', `Deposit ${depositId} is not final.`)
  if (callbacks.url === undefined) throw new Refusal(409, 'INVALID_STATE', 'No callback URL is set.')
  for (let delivery = 0; delivery < times; delivery += 1) await callbacks.deliverOnce(deposit)
}
