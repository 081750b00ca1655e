import { Journal } from '../journal.ts'
import { Timers } from '../timers.ts'
import {
  type CallbackEventName,
  type DepositEvent,
  type DepositResult,
  type DepositTerms,
  readDepositEvent,
} from './events.ts'
import { outcomeFor } from './outcomes.ts'
import type { DepositRequest } from './validation.ts'

interface DepositRecord {
  readonly terms: DepositTerms
  /** Absent while in flight; once there, it stays. */
  result: DepositResult | undefined
  /** Whether a callback is still to be acknowledged: a final deposit owes one until it is acknowledged or given up. */
  owesCallback: boolean
  initiations: number
  callbacksAcknowledged: number
}

/** Changed by the book alone. */
export type Deposit = Readonly<DepositRecord>

/** The longest a deposit shows as ACCEPTED before the provider is said to have it: pawaPay's prompts take a few seconds. */
const maxHandoverMs = 1_000

export const statusOf = ({ terms, result }: Deposit): 'ACCEPTED' | 'PROCESSING' | 'COMPLETED' | 'FAILED' => {
  if (result !== undefined) return result.status
  // Read off the clock, which spares every deposit a second timer.
  const handoverMs = Math.min(maxHandoverMs, terms.payerDelayMs / 4)
  return Date.now() < terms.acceptedAtMs + handoverMs ? 'ACCEPTED' : 'PROCESSING'
}

/** Every deposit the network knows, and the pretend payers at work on them. */
export class DepositBook {
  readonly #deposits = new Map<string, DepositRecord>()
  readonly #journal: Journal
  readonly #payers = new Timers()
  readonly #payerDelayMs: number
  readonly #onFinal: (deposit: Deposit) => void
  #lastReceipt = 0

  constructor(options: { journalFile: string | undefined; payerDelayMs: number; onFinal: (deposit: Deposit) => void }) {
    this.#payerDelayMs = options.payerDelayMs
    this.#onFinal = options.onFinal
    this.#journal = new Journal(options.journalFile, (line) => {
      this.#apply(readDepositEvent(line))
    })
  }

  /** Takes up what the journal left unfinished: payers still deciding, callbacks still owed. */
  resume(): void {
    for (const deposit of this.#deposits.values()) {
      if (deposit.result === undefined) this.#awaitPayer(deposit)
      else if (deposit.owesCallback) this.#onFinal(deposit)
    }
  }

  find(depositId: string): Deposit | undefined {
    return this.#deposits.get(depositId.toLowerCase())
  }

  all(): Iterable<Deposit> {
    return this.#deposits.values()
  }

  accept(asked: DepositRequest, country: string): Deposit {
    const terms = { ...asked, country, acceptedAtMs: Date.now(), payerDelayMs: this.#payerDelayMs }
    const deposit = this.#record({ event: 'deposit.accepted', terms })
    this.#awaitPayer(deposit)
    return deposit
  }

  recordRepetition({ terms: { depositId } }: Deposit): void {
    this.#record({ event: 'deposit.repeated', depositId })
  }

  recordCallback(event: CallbackEventName, { terms: { depositId } }: Deposit): void {
    this.#record({ event, depositId })
  }

  close(): void {
    this.#payers.stop()
    this.#journal.close()
  }

  #awaitPayer(deposit: Deposit): void {
    const { acceptedAtMs, payerDelayMs, phoneNumber } = deposit.terms
    const outcome = outcomeFor(phoneNumber)
    if (outcome.kind === 'stuck') return
    this.#payers.after(Math.max(0, acceptedAtMs + payerDelayMs - Date.now()), () => {
      this.#finish(
        deposit,
        outcome.kind === 'completed'
          ? { status: 'COMPLETED', providerTransactionId: this.#nextReceipt() }
          : { status: 'FAILED', failureCode: outcome.failureCode },
      )
    })
  }

  #finish(deposit: Deposit, result: DepositResult): void {
    this.#record({ event: 'deposit.finished', depositId: deposit.terms.depositId, result })
    this.#onFinal(deposit)
  }

  /** Starts from the time of day, so that receipts stay unique from one run to the next without being looked up. */
  #nextReceipt(): string {
    this.#lastReceipt = Math.max(this.#lastReceipt + 1, Date.now())
    return String(this.#lastReceipt)
  }

  #record(event: DepositEvent): Deposit {
    this.#journal.append(event)
    return this.#apply(event)
  }

  #apply(event: DepositEvent): Deposit {
    if (event.event === 'deposit.accepted') return this.#add(event.terms)
    const deposit = this.#deposits.get(event.depositId)
    if (deposit === undefined) throw new Error(`Deposit ${event.depositId} was never accepted.`)
    switch (event.event) {
      case 'deposit.repeated':
        deposit.initiations += 1
        break
      case 'deposit.finished':
        deposit.result = event.result
        deposit.owesCallback = true
        break
      case 'callback.requested':
        deposit.owesCallback = true
        break
      case 'callback.acknowledged':
        deposit.callbacksAcknowledged += 1
        deposit.owesCallback = false
        break
      case 'callback.abandoned':
        deposit.owesCallback = false
        break
    }
    return deposit
  }

  #add(terms: DepositTerms): Deposit {
    const deposit = { terms, result: undefined, owesCallback: false, initiations: 1, callbacksAcknowledged: 0 }
    this.#deposits.set(terms.depositId, deposit)
    return deposit
  }
}
