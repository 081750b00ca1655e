import type { SandboxClock } from '../clock.ts'
import { Journal } from '../journal.ts'
import { Timers } from '../timers.ts'
import {
  type CallbackEventName,
  type NetworkEvent,
  type PaymentEvent,
  type PaymentKey,
  type PaymentResult,
  type PaymentTerms,
  readEvent,
} from './events.ts'
import {
  isMoneyOut,
  type OperationType,
  operationTypes,
  type ProviderStatus,
  type ProviderSwitch,
} from './operations.ts'
import { outcomeFor } from './outcomes.ts'
import type { Order } from './requests.ts'
import { type WalletBalance, Wallets } from './wallets.ts'

interface PaymentRecord {
  readonly terms: PaymentTerms
  /** When it went on to the provider. Absent while it is enqueued. */
  startedAtMs: number | undefined
  /** When the merchant asked for it to be dropped from the queue. It is, soon after. */
  cancelledAtMs: number | undefined
  /** Whether the payer has put the phone away: the prompt runs out. */
  isIgnored: boolean
  /** Absent while in flight; once there, it stays. */
  result: PaymentResult | undefined
  /** Whether a callback is still to be acknowledged: a final payment owes one until it is acknowledged or given up. */
  owesCallback: boolean
  initiations: number
  callbacksAcknowledged: number
}

/** A deposit, a payout or a refund. Changed by the book alone. */
export type Payment = Readonly<PaymentRecord>

/** The longest a payment shows as ACCEPTED before the provider is said to have it: pawaPay's prompts take a few seconds. */
const maxHandoverMs = 1_000

export type PaymentStatus = 'ACCEPTED' | 'ENQUEUED' | 'PROCESSING' | 'COMPLETED' | 'FAILED'

/** How long a prompt that nobody answers stays on the phone. */
const promptMs = 15 * 60_000

const statusOf = ({ terms, startedAtMs, result }: Payment, now: number): PaymentStatus => {
  if (result !== undefined) return result.status
  if (startedAtMs === undefined) return 'ENQUEUED'
  // Read off the clock, which spares every payment a second timer.
  const handoverMs = Math.min(maxHandoverMs, terms.delayMs / 4)
  return now < startedAtMs + handoverMs ? 'ACCEPTED' : 'PROCESSING'
}

export const keyOf = ({ terms: { operation, id } }: Payment): PaymentKey => ({ operation, id })

const switchKey = ({ provider, operation }: Pick<ProviderSwitch, 'provider' | 'operation'>) =>
  `${provider}/${operation}`

/** All that the network knows: its payments, what is in the account's wallets, which providers are up. */
export class PaymentBook {
  readonly wallets = new Wallets()
  readonly #payments: Record<OperationType, Map<string, PaymentRecord>>
  readonly #refunds = new Map<string, PaymentRecord[]>()
  readonly #statuses = new Map<string, ProviderStatus>()
  readonly #journal: Journal
  readonly #timers: Timers
  readonly #clock: SandboxClock
  readonly #delayMs: number
  readonly #onFinal: (payment: Payment) => void
  #lastReceipt = 0

  constructor(options: {
    journalFile: string | undefined
    delayMs: number
    clock: SandboxClock
    onFinal: (payment: Payment) => void
  }) {
    this.#clock = options.clock
    this.#timers = new Timers(options.clock)
    this.#payments = { DEPOSIT: new Map(), PAYOUT: new Map(), REFUND: new Map() }
    this.#delayMs = options.delayMs
    this.#onFinal = options.onFinal
    this.#journal = new Journal(options.journalFile, (line) => {
      this.#apply(readEvent(line))
    })
  }

  /** Takes up what the journal left unfinished: people still deciding, callbacks still owed. */
  resume(): void {
    for (const operation of operationTypes)
      for (const payment of this.#payments[operation].values()) {
        if (payment.result === undefined) this.#awaitOutcome(payment)
        else if (payment.owesCallback) this.#onFinal(payment)
      }
  }

  find(operation: OperationType, id: string): Payment | undefined {
    return this.#payments[operation].get(id.toLowerCase())
  }

  all(operation: OperationType): Iterable<Payment> {
    return this.#payments[operation].values()
  }

  refundsOf(depositId: string): readonly Payment[] {
    return this.#refunds.get(depositId) ?? []
  }

  statusOf(place: Pick<ProviderSwitch, 'provider' | 'operation'>): ProviderStatus {
    return this.#statuses.get(switchKey(place)) ?? 'OPERATIONAL'
  }

  accept(order: Order): Payment {
    const acceptedAtMs = this.#clock.now()
    const isEnqueued = this.statusOf(order) === 'DELAYED'
    const terms = { ...order, acceptedAtMs, delayMs: this.#delayMs, isEnqueued }
    this.#record({ event: 'payment.accepted', terms })
    const payment = this.#get(order)
    this.#awaitOutcome(payment)
    return payment
  }

  recordRepetition(payment: Payment): void {
    this.#record({ event: 'payment.repeated', ...keyOf(payment) })
  }

  /** What was on its way when everything was forgotten may still be acknowledged. */
  recordCallback(event: CallbackEventName, payment: Payment): void {
    if (this.find(payment.terms.operation, payment.terms.id) !== payment) return
    this.#record({ event, ...keyOf(payment) })
  }

  /** Drops an enqueued payment, after the time that anything takes here. Asked again, it changes nothing. */
  cancel(payment: Payment): void {
    if (payment.cancelledAtMs !== undefined) return
    this.#record({ event: 'payment.cancelled', ...keyOf(payment), atMs: this.#clock.now() })
    this.#awaitOutcome(payment)
  }

  /** The payer will not answer, whatever the number would have made of it: the prompt runs out in its own time. */
  ignore(payment: Payment): void {
    this.#record({ event: 'payment.ignored', ...keyOf(payment) })
    this.#awaitOutcome(payment)
  }

  /** Ends a payment now, whatever the number would have made of it. */
  settle(payment: Payment, failureCode: string | undefined): void {
    this.#finish(payment, failureCode)
  }

  /** A provider that recovers gets what waited for it. */
  switchProvider(change: ProviderSwitch): void {
    const waiting = this.#waitingFor(change)
    this.#record({ event: 'provider.switched', ...change, atMs: this.#clock.now() })
    if (change.status === 'OPERATIONAL') for (const payment of waiting) this.#awaitOutcome(payment)
  }

  setBalance(wallet: WalletBalance): void {
    this.#record({ event: 'wallet.set', ...wallet })
  }

  /** As new: nothing was ever paid, nobody is owed a callback, every provider is up. */
  clear(): void {
    this.#timers.clear()
    this.#journal.clear()
    for (const operation of operationTypes) this.#payments[operation].clear()
    this.#refunds.clear()
    this.#statuses.clear()
    this.wallets.clear()
  }

  statusNow(payment: Payment): PaymentStatus {
    return statusOf(payment, this.#clock.now())
  }

  close(): void {
    this.#timers.stop()
    this.#journal.close()
  }

  #waitingFor({ provider, operation }: ProviderSwitch): PaymentRecord[] {
    return Array.from(this.#payments[operation].values()).filter(
      ({ terms, startedAtMs, cancelledAtMs, result }) =>
        terms.provider === provider && startedAtMs === undefined && cancelledAtMs === undefined && result === undefined,
    )
  }

  #awaitOutcome(payment: Payment): void {
    const { terms, startedAtMs, cancelledAtMs, isIgnored } = payment
    const outcome = outcomeFor(terms.operation, terms.phoneNumber)
    if (cancelledAtMs !== undefined) this.#finishAt(payment, cancelledAtMs + terms.delayMs, 'MANUALLY_CANCELLED')
    else if (startedAtMs === undefined || outcome.kind === 'stuck') return
    else if (isIgnored || outcome.kind === 'asked')
      this.#finishAt(payment, startedAtMs + promptMs, 'PAYMENT_NOT_APPROVED')
    else
      this.#finishAt(payment, startedAtMs + terms.delayMs, outcome.kind === 'failed' ? outcome.failureCode : undefined)
  }

  #finishAt(payment: Payment, atMs: number, failureCode: string | undefined): void {
    const { isIgnored } = payment
    this.#timers.after(Math.max(0, atMs - this.#clock.now()), () => {
      if (payment.isIgnored === isIgnored) this.#finish(payment, failureCode)
    })
  }

  #finish(payment: Payment, failureCode: string | undefined): void {
    // A test may have been faster.
    if (payment.result !== undefined) return
    const result: PaymentResult =
      failureCode === undefined
        ? { status: 'COMPLETED', providerTransactionId: this.#nextReceipt() }
        : { status: 'FAILED', failureCode }
    this.#record({ event: 'payment.finished', ...keyOf(payment), result })
    this.#onFinal(payment)
  }

  /** Starts from the time of day, so that receipts stay unique from one run to the next without being looked up. */
  #nextReceipt(): string {
    this.#lastReceipt = Math.max(this.#lastReceipt + 1, this.#clock.now())
    return String(this.#lastReceipt)
  }

  #record(event: PaymentEvent | NetworkEvent): void {
    this.#journal.append(event)
    this.#apply(event)
  }

  #apply(event: PaymentEvent | NetworkEvent): void {
    switch (event.event) {
      case 'payment.accepted':
        this.#add(event.terms)
        break
      case 'payment.repeated':
        this.#get(event).initiations += 1
        break
      case 'payment.cancelled':
        this.#get(event).cancelledAtMs = event.atMs
        break
      case 'payment.ignored':
        this.#get(event).isIgnored = true
        break
      case 'payment.finished':
        this.#conclude(this.#get(event), event.result)
        break
      case 'callback.requested':
        this.#get(event).owesCallback = true
        break
      case 'callback.acknowledged':
        this.#get(event).callbacksAcknowledged += 1
        this.#get(event).owesCallback = false
        break
      case 'callback.abandoned':
        this.#get(event).owesCallback = false
        break
      case 'provider.switched':
        this.#statuses.set(switchKey(event), event.status)
        if (event.status === 'OPERATIONAL')
          for (const payment of this.#waitingFor(event)) payment.startedAtMs = event.atMs
        break
      case 'wallet.set':
        this.wallets.set(event)
        break
    }
  }

  #get({ operation, id }: PaymentKey): PaymentRecord {
    const payment = this.#payments[operation].get(id)
    if (payment === undefined) throw new Error(`${operation} ${id} was never accepted.`)
    return payment
  }

  /** What goes out is reserved at once. */
  #add(terms: PaymentTerms): void {
    const payment: PaymentRecord = {
      terms,
      startedAtMs: terms.isEnqueued ? undefined : terms.acceptedAtMs,
      cancelledAtMs: undefined,
      isIgnored: false,
      result: undefined,
      owesCallback: false,
      initiations: 1,
      callbacksAcknowledged: 0,
    }
    this.#payments[terms.operation].set(terms.id, payment)
    if (terms.depositId !== undefined) this.#refunds.set(terms.depositId, [...this.refundsOf(terms.depositId), payment])
    if (isMoneyOut(terms.operation)) this.wallets.take(terms)
  }

  /** A deposit comes in when it is completed; what was reserved comes back when it has failed. */
  #conclude(payment: PaymentRecord, result: PaymentResult): void {
    payment.result = result
    payment.owesCallback = true
    const comesIn = isMoneyOut(payment.terms.operation) ? 'FAILED' : 'COMPLETED'
    if (result.status === comesIn) this.wallets.add(payment.terms)
  }
}
