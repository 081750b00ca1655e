import type { SandboxClock } from '../clock.ts'
import { isRecord } from '../http.ts'
import { Journal } from '../journal.ts'
import { findCardById, type TestCard } from './cards.ts'
import { mintFingerprint, mintId } from './ids.ts'
import type { Charge, Kinds, Prefix, Refund, StripeEvent, StripeObject } from './objects.ts'

/** An event and how far its webhook got. */
export interface EventRecord {
  readonly event: StripeEvent
  /** Whether its webhook is still to be acknowledged. */
  owesWebhook: boolean
  acknowledgements: number
}

/** What a POST with an idempotency key was answered, to be answered again. */
export interface StoredResult {
  readonly key: string
  readonly fingerprint: string
  readonly path: string
  readonly requestId: string
  readonly status: number
  readonly body: string
  readonly atMs: number
}

/** Everything that one request changes, written in one line: all of it happened, or nothing. */
interface Commit {
  readonly put: readonly StripeObject[]
  /** Which test card stands behind a new PaymentMethod. No card number is kept anywhere. */
  readonly cards: Readonly<Record<string, string>>
  readonly events: readonly StripeEvent[]
  readonly result?: StoredResult | undefined
}

/** What happens to an event's webhook. */
interface WebhookNote {
  readonly webhook: 'acknowledged' | 'abandoned'
  readonly id: string
}

/** At least this long, Stripe keeps the result of a request with an idempotency key. */
const resultsKeptMs = 24 * 60 * 60_000

export const prefixes = ['pm', 'pi', 'ch', 're', 'txn', 'du'] as const satisfies readonly Prefix[]

/** All that Stripe knows of the account. */
export class Book {
  readonly #objects: { readonly [Each in Prefix]: Map<string, Kinds[Each]> } = {
    pm: new Map(),
    pi: new Map(),
    ch: new Map(),
    re: new Map(),
    txn: new Map(),
    du: new Map(),
  }
  readonly #cards = new Map<string, TestCard>()
  readonly #fingerprints = new Map<string, string>()
  readonly #refunds = new Map<string, Set<string>>()
  readonly #charged = new Set<string>()
  readonly #events = new Map<string, EventRecord>()
  readonly #results = new Map<string, StoredResult>()
  readonly #journal: Journal

  readonly #clock: SandboxClock

  constructor(journalFile: string | undefined, clock: SandboxClock) {
    this.#clock = clock
    this.#journal = new Journal(journalFile, (line) => {
      this.#apply(readLine(line))
    })
  }

  now(): number {
    return this.#clock.now()
  }

  find<Each extends Prefix>(prefix: Each, id: string): Kinds[Each] | undefined {
    return this.#objects[prefix].get(id)
  }

  /** Oldest first. */
  all<Each extends Prefix>(prefix: Each): Iterable<Kinds[Each]> {
    return this.#objects[prefix].values()
  }

  cardOf(paymentMethodId: string): TestCard {
    const card = this.#cards.get(paymentMethodId)
    if (card === undefined) throw new Error(`${paymentMethodId} has no card.`)
    return card
  }

  /** The same for every PaymentMethod that stands for one card. */
  fingerprintOf(card: TestCard): string {
    const known = this.#fingerprints.get(card.number)
    if (known !== undefined) return known
    const fingerprint = mintFingerprint()
    this.#fingerprints.set(card.number, fingerprint)
    return fingerprint
  }

  /** Whether a charge to it succeeded: without a customer to belong to, it is used up. */
  isUsedUp(paymentMethodId: string): boolean {
    return this.#charged.has(paymentMethodId)
  }

  refundsOf(charge: Charge): readonly Refund[] {
    return Array.from(this.#refunds.get(charge.id) ?? [], (id) => this.#objects.re.get(id)).filter(
      (refund) => refund !== undefined,
    )
  }

  findEvent(id: string): EventRecord | undefined {
    return this.#events.get(id)
  }

  events(): Iterable<EventRecord> {
    return this.#events.values()
  }

  findResult(key: string): StoredResult | undefined {
    const result = this.#results.get(key)
    return result === undefined || this.now() - result.atMs > resultsKeptMs ? undefined : result
  }

  /** Writes down what a request changed and what it was answered. Returns the events that are news. */
  commit(draft: Draft, result?: StoredResult): readonly EventRecord[] {
    const commit = { ...draft.changes, result }
    if (commit.put.length > 0 || commit.events.length > 0 || result !== undefined) this.#record(commit)
    return commit.events.map(({ id }) => this.#getEvent(id))
  }

  /** What was on its way when everything was forgotten may still be acknowledged. */
  recordWebhook(webhook: WebhookNote['webhook'], { event: { id } }: EventRecord): void {
    if (!this.#events.has(id)) return
    this.#record({ webhook, id })
  }

  /** As new: nothing was ever paid. Cards keep their fingerprints. */
  clear(): void {
    this.#journal.clear()
    const kept = [
      ...Object.values(this.#objects),
      this.#cards,
      this.#refunds,
      this.#charged,
      this.#events,
      this.#results,
    ]
    for (const each of kept) each.clear()
  }

  close(): void {
    this.#journal.close()
  }

  #record(line: Commit | WebhookNote): void {
    this.#journal.append(line)
    this.#apply(line)
  }

  #apply(line: Commit | WebhookNote): void {
    if ('webhook' in line) {
      const record = this.#getEvent(line.id)
      record.owesWebhook = false
      if (line.webhook === 'acknowledged') record.acknowledgements += 1
      return
    }
    for (const object of line.put) this.#put(object)
    for (const [id, cardId] of Object.entries(line.cards)) this.#cards.set(id, getCard(cardId))
    for (const event of line.events) this.#events.set(event.id, { event, owesWebhook: true, acknowledgements: 0 })
    if (line.result) this.#results.set(line.result.key, line.result)
  }

  #put(object: StripeObject): void {
    switch (object.object) {
      case 'payment_method':
        this.#objects.pm.set(object.id, object)
        break
      case 'payment_intent':
        this.#objects.pi.set(object.id, object)
        break
      case 'charge':
        this.#objects.ch.set(object.id, object)
        if (object.status === 'succeeded') this.#charged.add(object.payment_method)
        break
      case 'refund':
        this.#objects.re.set(object.id, object)
        this.#refunds.set(object.charge, (this.#refunds.get(object.charge) ?? new Set<string>()).add(object.id))
        break
      case 'balance_transaction':
        this.#objects.txn.set(object.id, object)
        break
      case 'dispute':
        this.#objects.du.set(object.id, object)
        break
    }
  }

  #getEvent(id: string): EventRecord {
    const record = this.#events.get(id)
    if (record === undefined) throw new Error(`Event ${id} never happened.`)
    return record
  }
}

const getCard = (id: string): TestCard => {
  const card = findCardById(id)
  if (card === undefined) throw new Error(`${id} is not a test card.`)
  return card
}

const objectNames = ['payment_method', 'payment_intent', 'charge', 'refund', 'balance_transaction', 'dispute']

const isObject = (value: unknown): value is StripeObject =>
  isRecord(value) && typeof value['id'] === 'string' && objectNames.some((name) => name === value['object'])

const isEvent = (value: unknown): value is StripeEvent =>
  isRecord(value) && typeof value['id'] === 'string' && value['object'] === 'event'

const isResult = (value: unknown): value is StoredResult =>
  isRecord(value) &&
  ['key', 'fingerprint', 'path', 'requestId', 'body'].every((name) => typeof value[name] === 'string') &&
  typeof value['status'] === 'number' &&
  typeof value['atMs'] === 'number'

/** A line of the journal: of our own writing, so that what an object holds is not read again field by field. */
const readLine = (line: unknown): Commit | WebhookNote => {
  if (!isRecord(line)) throw new Error('A line is an object.')
  const { webhook, id, put, cards, events, result } = line
  if ((webhook === 'acknowledged' || webhook === 'abandoned') && typeof id === 'string') return { webhook, id }
  if (!Array.isArray(put) || !put.every(isObject)) throw new Error('put is not a list of objects.')
  if (!Array.isArray(events) || !events.every(isEvent)) throw new Error('events is not a list of events.')
  if (!isRecord(cards)) throw new Error('cards is not an object.')
  if (result !== undefined && !isResult(result)) throw new Error('result is not a result.')
  return { put, events, cards: cards as Record<string, string>, result }
}

/** Who asked for a change: nobody, when Stripe itself acts. */
export interface Occasion {
  readonly requestId: string | null
  readonly idempotencyKey: string | null
  /** As the request names it: what it may contain has changed over time. */
  readonly apiVersion: string
  /** The next confirmation stays in processing for a while. */
  readonly bankIsSlow: boolean
}

/** The API version that the account's webhooks are in: that of the SDK the connector is written for. */
export const apiVersion = '2026-10-28.endive'

export const noOccasion: Occasion = { requestId: null, idempotencyKey: null, apiVersion, bankIsSlow: false }

/** The book as it will be once a request has been answered: what it changes is seen here only, until it is committed. */
export class Draft {
  readonly occasion: Occasion
  /** In seconds, as everywhere at Stripe. */
  readonly now: number
  readonly #book: Book
  readonly #put = new Map<string, StripeObject>()
  readonly #cards = new Map<string, TestCard>()
  readonly #events: StripeEvent[] = []

  constructor(book: Book, occasion: Occasion = noOccasion) {
    this.#book = book
    this.now = Math.floor(book.now() / 1000)
    this.occasion = occasion
  }

  get changes(): Omit<Commit, 'result'> {
    return {
      put: [...this.#put.values()],
      cards: Object.fromEntries(Array.from(this.#cards, ([id, card]) => [id, card.id])),
      events: this.#events,
    }
  }

  find<Each extends Prefix>(prefix: Each, id: string): Kinds[Each] | undefined {
    // An id's prefix says what it belongs to, so what is found under it is of that kind.
    if (!id.startsWith(`${prefix}_`)) return undefined
    return (this.#put.get(id) as Kinds[Each] | undefined) ?? this.#book.find(prefix, id)
  }

  get<Each extends Prefix>(prefix: Each, id: string): Kinds[Each] {
    const object = this.find(prefix, id)
    if (object === undefined) throw new Error(`${id} is not known.`)
    return object
  }

  cardOf(paymentMethodId: string): TestCard {
    return this.#cards.get(paymentMethodId) ?? this.#book.cardOf(paymentMethodId)
  }

  fingerprintOf(card: TestCard): string {
    return this.#book.fingerprintOf(card)
  }

  isUsedUp(paymentMethodId: string): boolean {
    return this.#book.isUsedUp(paymentMethodId)
  }

  all<Each extends Prefix>(prefix: Each): Iterable<Kinds[Each]> {
    return this.#book.all(prefix)
  }

  refundsOf(charge: Charge): readonly Refund[] {
    return this.#book.refundsOf(charge)
  }

  put<Object extends StripeObject>(object: Object): Object {
    this.#put.set(object.id, object)
    return object
  }

  putCard(paymentMethodId: string, card: TestCard): void {
    this.#cards.set(paymentMethodId, card)
  }

  /** The object as it is now: what happens to it later is later's news. */
  announce(type: string, object: StripeObject, previous?: Readonly<Record<string, unknown>>): void {
    const { requestId, idempotencyKey } = this.occasion
    this.#events.push({
      id: mintId('evt'),
      object: 'event',
      api_version: apiVersion,
      created: this.now,
      data: { object, ...(previous && { previous_attributes: previous }) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: requestId, idempotency_key: idempotencyKey },
      type,
    })
  }
}
