import { type Answer, type CallOptions, type Connection, type Request, send } from './connection.ts'
import { type Clock, type Fetch, type Random, systemClock, systemFetch, systemRandom } from './environment.ts'
import { DollrError } from './errors.ts'
import {
  execute,
  type Execution,
  find,
  type OperationType,
  operationTypes,
  type Order,
  statusOf,
} from './executions.ts'
import {
  type CreatePaymentAccountPayload,
  type PaymentSourceStatusResponse,
  type WithDeviceVerifyPasscodePayload,
} from './generated/openapi.ts'
import { type OpenWebSocket, watchPayment } from './realtime.ts'
import { type Resources, resourcesOf } from './resources.ts'
import { type Earlier, pauseAfter, type Replacement, replacementOf, usualRetryWithinMs } from './retry.ts'
import { tokenSource } from './tokens.ts'
import { type WaitOptions, waitUntil } from './waiting.ts'

/** A payment as it is about to be made: what to keep beside its reference, so that it can be taken up again. */
export interface Intent {
  readonly operation: OperationType
  readonly reference: string
  /** The session it runs in. Given back together with the reference, the very same request is sent. */
  readonly session: number
  /** The reference of the failed attempt that this one takes the place of. */
  readonly after?: string
  /** The account that is charged or paid. */
  readonly account?: number
  /** What the caller said the payment is for. */
  readonly description?: string
}

export interface DollrOptions {
  /** Where the server is, as in `https://pay.example`; without `/v1`. */
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /**
   * Called before money is asked for, and awaited: keep the reference, and a crash from then on costs nothing. What it throws
   * stops the payment before anything is sent.
   */
  readonly onReference?: (reference: string, intent: Intent) => unknown
  /** How long one attempt of a call may take, in milliseconds: 30 seconds unless said otherwise. */
  readonly timeoutMs?: number
  /** How often a call is sent again when that is safe: 5 times unless said otherwise. */
  readonly retries?: number
  readonly fetch?: Fetch
  readonly clock?: Clock
  readonly random?: Random
}

export interface PaymentOptions extends CallOptions {
  /** Of a payment that was begun before: what is there under it is answered, and otherwise made under it. */
  readonly reference?: string | undefined
  /**
   * Makes a new attempt in place of this one, if it failed: how it stands is looked up first. However many ask for it, and
   * however often, it is made once, because its reference follows from the old one's: what is there under that already is
   * answered as it stands. So give the latest attempt, not the first. One that never reached the server is sent under the
   * reference it had. Not together with `reference`.
   *
   * Nothing is sent, and `PaymentStandsError` is thrown, when the old one was made after all or may still be; and
   * `RetryTooEarlyError` when the server says to wait longer than `retryWithinMs`.
   */
  readonly after?: Earlier | undefined
  /**
   * How long to wait, in milliseconds, when the server says that another attempt would fail before then: a minute unless
   * said otherwise.
   */
  readonly retryWithinMs?: number | undefined
  /** Handed on to `onReference`. */
  readonly description?: string | undefined
}

/** Whatever names a document: the answer of `checkouts.create`, or of `sessions.checkout`, does. */
export interface Source {
  /** The wire knows a third type that nothing supports. */
  readonly source_type: 'INVOICE' | 'ORDER' | 'SUBSCRIPTION'
  readonly source_id: number
}

type InSession = { readonly session: number }

/** The account by its id, or what it takes to make one. */
export type Account = number | CreatePaymentAccountPayload

export type Collect = PaymentOptions &
  ({ readonly source: Source } | InSession) & {
    /** Who is charged. */
    readonly account: Account
    /** What the payer pays in. */
    readonly currency: string
  }

interface Money {
  /** In major units, no finer than the currency: `12.5` is twelve and a half dollars. */
  readonly amount: number
  readonly currency: string
}

export type Payout = PaymentOptions &
  (Money | (InSession & Partial<Money>)) & {
    /** Who is paid. */
    readonly account: number
    /** The merchant's approval. Never kept, and never handed to `onReference`. */
    readonly passcode: WithDeviceVerifyPasscodePayload
  }

interface TransferTerms extends Money {
  readonly fromWallet: number
  readonly toCounterparty: number
}

export type Transfer = PaymentOptions & (TransferTerms | (InSession & Partial<TransferTerms>))

interface RefundTerms {
  /** The collection to give back, by its `payment_intent_id`. */
  readonly paymentIntent: number
  /** In the currency the payer paid, in major units. All of it, or part. */
  readonly amount: number
  readonly reason?: string
}

export type Refund = PaymentOptions & (RefundTerms | (InSession & Partial<RefundTerms>))

/** Where changes of a collection are pushed, so that `waitFor` asks the moment there is something to hear. */
export interface Realtime extends Source {
  /** The session the payment runs in. */
  readonly session: number
  readonly anonKey: string
  /** Of the realtime service: the server itself, unless said otherwise. */
  readonly url?: string
  /** What Node.js has of its own from 22 on. */
  readonly openWebSocket?: OpenWebSocket
}

/** What `waitFor` takes: a payment as answered, or a reference and what kind of payment it is. */
export type Waitable = string | Pick<Execution, 'reference_id' | 'operation_type'>

const isFinal = ({ status }: Execution): boolean => status === 'COMPLETED' || status === 'FAILED'

const isSettled = ({ status }: PaymentSourceStatusResponse): boolean => status === 'PAID' || status === 'CANCELED'

/** How long a session that we date ourselves is good for. */
const sessionLifetimeMs = 60 * 60_000

const usualTimeoutMs = 30_000
const usualRetries = 5

function readBaseUrl(given: string): string {
  const url = new URL(given)
  if (url.username !== '' || url.password !== '') throw new TypeError('baseUrl holds no credentials')
  return (url.origin + url.pathname).replace(/\/+$/, '')
}

function connect(options: DollrOptions): Connection {
  const { clock = systemClock, fetch = systemFetch, random = systemRandom } = options
  const { timeoutMs = usualTimeoutMs, retries = usualRetries, clientId, clientSecret } = options
  const wire = { baseUrl: readBaseUrl(options.baseUrl), fetch, timeoutMs }
  return { ...wire, clock, random, retries, tokens: tokenSource(wire, { clientId, clientSecret }, clock) }
}

const isExecution = ({ method, path }: Request): boolean => method === 'POST' && path.startsWith('/v1/executions/')

/** The raw operations that move money are as careful as the methods made of them. */
function sendCarefully(connection: Connection) {
  return async (request: Request, options?: CallOptions): Promise<Answer> => {
    const operation = operationTypes.find((type) => request.path === `/v1/executions/${type.toLowerCase()}`)
    if (!isExecution(request) || operation === undefined) return send(connection, request, options)
    const body = await execute(connection, { operation, body: request.body as Order['body'] }, options)
    return { status: 200, headers: new Headers(), body }
  }
}

// The table says what there is; a class cannot be told so but from outside.
const Operations = function (this: object, operations: Resources) {
  Object.assign(this, operations)
} as unknown as new (operations: Resources) => Resources

interface Prepared {
  readonly session: number
  readonly account?: number
  /** What is sent besides the session and the reference. */
  readonly body?: Readonly<Record<string, unknown>>
}

/**
 * A merchant's server, talking to a Dollr server.
 *
 * Every operation of the API is a method, named after its path: `dollr.parties.create(...)`,
 * `dollr.invoices.retrieve({ id })`. `collect`, `payout`, `transfer` and `refund` do what it takes to move money once.
 */
export class Dollr extends Operations {
  readonly #connection: Connection
  readonly #onReference: DollrOptions['onReference']

  constructor(options: DollrOptions) {
    const connection = connect(options)
    super(resourcesOf(sendCarefully(connection)))
    this.#connection = connection
    this.#onReference = options.onReference
  }

  /** Calls what the typed methods do not know yet. Returns the body; the path is given in full, as in `/v1/parties/list`. */
  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { query, body, ...options }: CallOptions & Pick<Request, 'query' | 'body'> = {},
  ): Promise<unknown> {
    const request = { method, path, operation: `${method} ${path}`, query, body }
    return (await sendCarefully(this.#connection)(request, options)).body
  }

  /**
   * Charges a payer for a document, once. Answers as soon as the server has taken it: see `waitFor` for the end of it. A
   * payment that failed is an answer, not an error.
   *
   * @throws UnknownOutcomeError when nobody answered: call again with its `reference`.
   * @throws ConflictError when the document is paid, or being paid, already.
   */
  collect(input: Collect): Promise<Execution> {
    const { currency, account } = input
    const prepare = async (): Promise<Prepared> => {
      const accountId = await this.#accountOf(account, input)
      const session = 'session' in input ? input.session : (await this.#openCheckout(input.source, input)).id
      return { session, account: accountId, body: { payment_account_id: String(accountId), currency } }
    }
    return this.#pay('COLLECTION', input, prepare, (found) => found.payer_currency === currency)
  }

  /**
   * Pays a beneficiary out of the wallet in this currency, once. Too little money there is an answer with `FAILED` and a
   * `wallet_message`, not an error.
   *
   * @throws PermissionError for a wrong passcode: nothing was done.
   * @throws UnknownOutcomeError when nobody answered: call again with its `reference`.
   */
  payout(input: Payout): Promise<Execution> {
    const { account, passcode } = input
    const prepare = async (): Promise<Prepared> => {
      const session =
        'session' in input
          ? input.session
          : (
              await this.sessions.payout(
                { payout_account_id: account, amount: input.amount, currency: input.currency },
                callOptions(input),
              )
            ).id
      return { session, account, body: { payout_account_id: String(account), passcode } }
    }
    return this.#pay('PAYOUT', input, prepare, isOf(input))
  }

  /** Moves money to a counterparty's wallet on the same server, once. The answer is final. */
  transfer(input: Transfer): Promise<Execution> {
    const prepare = async (): Promise<Prepared> => {
      if ('session' in input) return { session: input.session }
      const terms = {
        from_wallet_id: input.fromWallet,
        to_counterparty_id: input.toCounterparty,
        amount: input.amount,
        currency: input.currency,
        expires_at: this.#inAnHour(),
      }
      return { session: (await this.sessions.transfer(terms, callOptions(input))).id }
    }
    return this.#pay('TRANSFER', input, prepare, isOf(input))
  }

  /** Gives a collection back, all of it or part of it, once. */
  refund(input: Refund): Promise<Execution> {
    const prepare = async (): Promise<Prepared> => {
      if ('session' in input) return { session: input.session }
      const terms = {
        original_payment_intent_id: input.paymentIntent,
        amount: input.amount,
        expires_at: this.#inAnHour(),
        ...(input.reason !== undefined && { reason: input.reason }),
      }
      return { session: (await this.sessions.refund(terms, callOptions(input))).id }
    }
    return this.#pay('REFUND', input, prepare, isOf(input))
  }

  /**
   * Asks how a payment stands until it is `COMPLETED` or `FAILED`, or `until` says so. A reference alone is taken for a
   * collection's. With `realtime`, it asks when a change is pushed and does not depend on that. A server that is away for
   * a while is waited for as well.
   *
   * @throws WaitTimeoutError when it takes longer than `withinMs`. The payment goes on: wait again.
   */
  waitFor(
    payment: Waitable,
    { realtime, ...options }: WaitOptions<Execution> & { readonly realtime?: Realtime } = {},
  ): Promise<Execution> {
    const { reference_id: reference, operation_type: operation } =
      typeof payment === 'string' ? ({ reference_id: payment, operation_type: 'COLLECTION' } as const) : payment
    const ask = () => statusOf(this.#connection, operation, reference, callOptions(options))
    const hints = realtime && ((signal: AbortSignal) => this.#changes(reference, realtime, signal))
    return waitUntil(this.#connection, { what: `payment ${reference}`, ask, isOver: isFinal, hints }, options)
  }

  /** Asks how a document stands until it is `PAID` or `CANCELED`: what a shop waits for whose customers pay on a hosted page. */
  waitForSource(
    { source_type, source_id }: Source,
    options: WaitOptions<PaymentSourceStatusResponse> = {},
  ): Promise<PaymentSourceStatusResponse> {
    const ask = (): Promise<PaymentSourceStatusResponse> =>
      this.status.source({ source_type, source_id }, callOptions(options))
    const what = `${source_type.toLowerCase()} ${source_id}`
    return waitUntil(this.#connection, { what, ask, isOver: isSettled }, options)
  }

  /** How a payment stands, or undefined when it never reached the server. */
  find(
    reference: string,
    operation: OperationType = 'COLLECTION',
    options?: CallOptions,
  ): Promise<Execution | undefined> {
    return find(this.#connection, operation, reference, options)
  }

  async *#changes(
    reference: string,
    { session, source_type, anonKey, url, openWebSocket }: Realtime,
    signal: AbortSignal,
  ) {
    const asked = { session_id: session, source_type, reference_id: reference }
    const { access_token: token } = await this.realtimeKeys.collection(asked, { signal })
    yield* watchPayment({
      url: url ?? this.#connection.baseUrl,
      anonKey,
      token,
      session,
      reference,
      signal,
      openWebSocket,
    })
  }

  #inAnHour(): string {
    return new Date(this.#connection.clock.now() + sessionLifetimeMs).toISOString()
  }

  async #accountOf(account: Account, input: CallOptions): Promise<number> {
    if (typeof account === 'number') return account
    return (await this.paymentAccounts.create({ operation_type: 'COLLECTION', ...account }, callOptions(input))).id
  }

  #openCheckout({ source_type, source_id }: Source, input: CallOptions) {
    return this.sessions.checkout({ source_type, source_id }, callOptions(input))
  }

  async #referenceOf(operation: OperationType, input: PaymentOptions): Promise<Replacement> {
    const { reference, after } = input
    if (after === undefined) return { reference: reference ?? crypto.randomUUID(), failed: undefined }
    if (reference !== undefined) throw new TypeError('with after, the reference follows from the earlier one')
    return replacementOf(this.#connection, operation, after, callOptions(input))
  }

  async #pay(
    operation: OperationType,
    input: PaymentOptions & { readonly session?: number },
    prepare: () => Promise<Prepared>,
    isMeant: (execution: Execution) => boolean,
  ): Promise<Execution> {
    const { after, description, retryWithinMs = usualRetryWithinMs } = input
    const options = callOptions(input)
    const { reference, failed } = await this.#referenceOf(operation, input)
    const mayBeThere = input.reference !== undefined || after !== undefined
    // Taken up without its session, the payment may be there under another one: the server would call ours a reuse.
    const isReworded = mayBeThere && (input.session === undefined || after !== undefined)
    const known = async (): Promise<Execution | undefined> => {
      const found = isReworded ? await find(this.#connection, operation, reference, options) : undefined
      if (found && !isMeant(found)) throw new DollrError(`reference ${reference} is another payment's`)
      return found
    }
    const prepareOrFind = async (): Promise<Prepared | { readonly found: Execution }> => {
      try {
        return await prepare()
      } catch (error) {
        // What the process before us sent may have arrived since we looked: then it is what stands in our way.
        const found = error instanceof DollrError ? await known() : undefined
        if (found) return { found }
        throw error
      }
    }
    const before = await known()
    if (before) return before
    if (failed) await pauseAfter(this.#connection, failed, retryWithinMs, input.signal)
    const prepared = await prepareOrFind()
    if ('found' in prepared) return prepared.found
    const { session, account, body } = prepared
    const intent = {
      operation,
      reference,
      session,
      ...(failed && { after: failed.reference_id }),
      ...(account !== undefined && { account }),
      ...(description !== undefined && { description }),
    }
    await this.#onReference?.(reference, intent)
    const order = { operation, body: { session_id: String(session), ...body, reference_id: reference }, mayBeThere }
    return execute(this.#connection, isReworded ? { ...order, isMeant } : order, options)
  }
}

const callOptions = ({ signal, timeoutMs }: CallOptions): CallOptions => ({ signal, timeoutMs })

/** Whether a payment is over the amount that is meant, on the side of it that fees are not added to. */
const isOf =
  ({ amount, currency }: Partial<Money>) =>
  ({ payer_amount, payee_amount, payer_currency, payee_currency }: Execution): boolean =>
    (amount === undefined || amount === payer_amount || amount === payee_amount) &&
    (currency === undefined || currency === payer_currency || currency === payee_currency)
