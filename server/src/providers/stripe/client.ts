import Stripe from 'stripe'
import { addMs, type Clock } from '../../kernel/clock.ts'
import { type Currency } from '../../kernel/currencies.ts'
import { type OperationType, type PaymentMethod } from '../../kernel/enums.ts'
import { type ProviderReference } from '../../kernel/ids.ts'
import { Problem } from '../../kernel/problem.ts'
import { type Logger } from '../../platform/log.ts'
import {
  type Card,
  type CardNetwork,
  type CardOrder,
  type Challenge,
  type Finding,
  type Known,
  type Outcome,
  type RefundOrder,
} from '../provider.ts'
import { readEvent } from './callbacks.ts'
import {
  type Closable,
  declined,
  fromIntent,
  fromRefund,
  isRefusal,
  offerIn,
  referenceKey,
  toIntent,
  toRefund,
} from './translate.ts'

export interface StripeOptions {
  readonly baseUrl: string
  readonly secretKey: string
  /** Any of them may have signed an event. */
  readonly webhookSecrets: readonly string[]
  /** For a whole request, answer included. */
  readonly timeoutMs: number
  readonly fetch: typeof globalThis.fetch
  readonly log: Logger
  readonly clock: Clock
  /** Webhooks are signed by the time of day, also where the clock of a sandbox is ahead of it. */
  readonly signingClock: Clock
}

/** A cardholder who has not come back by then has left: as long as a payer of mobile money has. */
const challengeMs = 15 * 60_000

/** An intent is made before it is paid: found in between, it must not be taken from whoever is paying it. */
const trialMs = 60_000

/** Around the time in which a payment is asked for, clocks that differ included. */
const searchFromMs = -5 * 60_000
const searchUntilMs = 60 * 60_000

/** More than anybody charges in that time; should it be too few, the answer is that we do not know. */
const mostSearched = 10_000

/** Secrets that clients poll for are asked for once; what drops out is asked for again. */
const mostRemembered = 5_000

const unknown = (reason: string): Extract<Outcome, { kind: 'unknown' }> => ({ kind: 'unknown', reason })

/** Their words may hold what a payer wrote: only codes are repeated. */
const reasonOf = (error: unknown): string =>
  error instanceof Stripe.errors.StripeError
    ? `${error.type}, HTTP ${error.statusCode ?? 'none'}, code ${error.code ?? 'none'}`
    : error instanceof Error
      ? error.name
      : 'no error that is one'

const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing'

const isReplay = ({ lastResponse: { headers } }: Stripe.Response<unknown>): boolean =>
  headers['idempotent-replayed'] === 'true'

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000)

function connect({ baseUrl, secretKey, timeoutMs, fetch }: StripeOptions): Stripe {
  const { hostname, port, protocol } = new URL(baseUrl)
  const scheme = protocol === 'http:' ? 'http' : 'https'
  return new Stripe(secretKey, {
    host: hostname,
    port: port === '' ? (scheme === 'http' ? 80 : 443) : Number(port),
    protocol: scheme,
    timeout: timeoutMs,
    // When a question is asked again is decided where it is recorded that it was asked.
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(fetch),
  })
}

/** What payers have to do, as far as it was told lately: in memory alone. */
function createChallenges() {
  const remembered = new Map<string, Challenge>()
  return {
    get: (id: string): Challenge | undefined => remembered.get(id),
    keep({ id, status, client_secret: clientSecret, next_action: next }: Stripe.PaymentIntent): Challenge | undefined {
      remembered.delete(id)
      if (status !== 'requires_action' || clientSecret === null) return undefined
      const challenge = { clientSecret, redirectUrl: next?.redirect_to_url?.url ?? undefined }
      remembered.set(id, challenge)
      const [oldest] = remembered.keys()
      if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest)
      return challenge
    },
  }
}

type Challenges = ReturnType<typeof createChallenges>

/** The charges: what is asked for, found and closed is always a payment intent. */
function createCharges(stripe: Stripe, challenges: Challenges, clock: Clock) {
  /**
   * A payment intent that was not paid can be paid with another card by whoever has its secret. Only closed does it count as
   * declined; what cannot be closed has changed meanwhile, and is judged anew.
   */
  const close = async (
    id: string,
    because: Extract<Outcome, { kind: 'declined' }>,
    reason?: 'abandoned',
  ): Promise<Outcome> => {
    try {
      const closed = await stripe.paymentIntents.cancel(id, reason && { cancellation_reason: reason })
      challenges.keep(closed)
      return closed.status === 'canceled' ? because : unknown(`payment intent ${closed.status} after its cancellation`)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return unknown(reasonOf(error))
      const now = await stripe.paymentIntents.retrieve(id).catch((failure: unknown) => reasonOf(failure))
      if (typeof now === 'string') return unknown(now)
      const standing = fromIntent(now)
      return standing.kind === 'closable' ? unknown('an unpaid payment intent that cannot be canceled') : standing
    }
  }

  const settle = async (intent: Stripe.PaymentIntent): Promise<Outcome> => {
    challenges.keep(intent)
    const standing: Outcome | Closable = fromIntent(intent)
    return standing.kind === 'closable' ? close(intent.id, standing.because) : standing
  }

  const search = async (reference: ProviderReference, since: Date): Promise<Stripe.PaymentIntent | undefined> => {
    const from = seconds(addMs(since, searchFromMs))
    const created = { gte: from, lte: seconds(addMs(since, searchUntilMs)) }
    let searched = 0
    for await (const intent of stripe.paymentIntents.list({ created, limit: 100 })) {
      if (intent.metadata[referenceKey] === reference) return intent
      // Newest first.
      if (intent.created < from) return undefined
      searched += 1
      if (searched === mostSearched) throw new Error('too many payment intents to search')
    }
    return undefined
  }

  return {
    async submit(order: CardOrder): Promise<Outcome> {
      try {
        const made = await stripe.paymentIntents.create(toIntent(order), {
          idempotencyKey: `dollr-collection-${order.reference}`,
        })
        // What is replayed is how it stood when it was first answered.
        return await settle(isReplay(made) ? await stripe.paymentIntents.retrieve(made.id) : made)
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeError) || !isRefusal(error)) return unknown(reasonOf(error))
        const id = error.payment_intent?.id
        if (id !== undefined) return close(id, declined(error, id))
        // A card that was declined leaves an intent behind; which one will be found.
        return error.statusCode === 402 ? unknown(reasonOf(error)) : declined(error)
      }
    },

    async find(reference: ProviderReference, { since, transactionId }: Known): Promise<Finding> {
      const intent =
        transactionId === undefined
          ? await search(reference, since)
          : await stripe.paymentIntents.retrieve(transactionId)
      if (!intent) return { kind: 'not_found' }
      if (intent.metadata[referenceKey] !== reference) return unknown('the answer is about another payment')
      if (intent.status === 'requires_action' && clock.now() >= addMs(since, challengeMs)) {
        return close(intent.id, declined({ code: 'abandoned' }, intent.id), 'abandoned')
      }
      const standing = fromIntent(intent)
      const isBeingTried = standing.kind === 'closable' && standing.isUntried && clock.now() < addMs(since, trialMs)
      return isBeingTried ? unknown('a payment intent that is being made') : settle(intent)
    },
  }
}

/** The refunds of a charge: one that is asked for twice under one key is made once. */
function createRefunds(stripe: Stripe) {
  const find = async (reference: ProviderReference, known: Omit<Known, 'since'>): Promise<Finding> => {
    const { transactionId, refundsTransaction: intent } = known
    if (transactionId !== undefined) {
      const refund = await stripe.refunds.retrieve(transactionId)
      return refund.metadata?.[referenceKey] === reference
        ? fromRefund(refund)
        : unknown('the answer is about another refund')
    }
    if (intent === undefined) return unknown('no payment intent to look below')
    for await (const refund of stripe.refunds.list({ payment_intent: intent, limit: 100 })) {
      if (refund.metadata?.[referenceKey] === reference) return fromRefund(refund)
    }
    return { kind: 'not_found' }
  }

  return {
    find,
    async submit(order: RefundOrder): Promise<Outcome> {
      const { reference, refundsTransaction: intent } = order
      if (intent === undefined) return unknown('no payment intent to give back')
      try {
        const made = await stripe.refunds.create(toRefund(order, intent), {
          idempotencyKey: `dollr-refund-${reference}`,
        })
        return fromRefund(isReplay(made) ? await stripe.refunds.retrieve(made.id) : made)
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeError) || !isRefusal(error)) return unknown(reasonOf(error))
        // The refund that is in the way may be this very one, asked for before.
        const found = await find(reference, { transactionId: undefined, refundsTransaction: intent }).catch(
          (failure: unknown) => unknown(reasonOf(failure)),
        )
        return found.kind === 'not_found' ? declined(error) : found
      }
    },
  }
}

const tokenForm = /^pm_[A-Za-z0-9_]{1,250}$/

async function describe(stripe: Stripe, token: string): Promise<Card | undefined> {
  if (!tokenForm.test(token)) return undefined
  const { id, card, billing_details: billing } = await stripe.paymentMethods.retrieve(token)
  return (
    card && {
      token: id,
      brand: card.brand.toLowerCase(),
      country: card.country ?? 'ZZ',
      lastDigits: card.last4,
      billingName: billing.name?.trim() === '' ? undefined : (billing.name ?? undefined),
    }
  )
}

/** The connector for Stripe: the same code, and the same library, for Stripe itself and for our simulator. */
export function createStripe(options: StripeOptions): CardNetwork {
  const { log, clock, signingClock, webhookSecrets } = options
  const stripe = connect(options)
  const challenges = createChallenges()
  const charges = createCharges(stripe, challenges, clock)
  const refunds = createRefunds(stripe)
  const carries = (method: PaymentMethod, operation: OperationType): operation is 'COLLECTION' | 'REFUND' =>
    method === 'CREDIT_CARD' && (operation === 'COLLECTION' || operation === 'REFUND')

  return {
    name: 'STRIPE',

    async submit(order) {
      if (order.operation === 'REFUND') return refunds.submit(order)
      return 'card' in order ? charges.submit(order) : unknown('no card to charge')
    },

    async find(operation, reference, known) {
      if (!carries('CREDIT_CARD', operation)) return unknown(`no name for ${operation}`)
      try {
        return await (operation === 'REFUND' ? refunds : charges).find(reference, known)
      } catch (error) {
        return unknown(reasonOf(error))
      }
    },

    neverReceived: () => declined({ code: 'not_received' }),

    readCallback: async (request) => readEvent(request, webhookSecrets, signingClock.now()),

    // A refund that waits here waits for our balance or for the bank: Stripe takes none of those back.
    cancelEnqueued: async () => 'refused',

    predictMethod: async () => undefined,

    offer: (method, operation, currency: Currency) =>
      carries(method, operation) ? offerIn(currency, operation) : undefined,

    // Stripe tells nothing of the kind through its interface.
    statusOf: (method, operation) => (carries(method, operation) ? 'OPERATIONAL' : 'ABSENT'),

    refresh: async () => true,

    async describeCard(token) {
      try {
        return await describe(stripe, token)
      } catch (error) {
        if (isMissing(error)) return undefined
        log.warn({ provider: 'STRIPE', reason: reasonOf(error) }, 'card not looked up')
        throw new Problem('unavailable', 'Service Unavailable')
      }
    },

    async challengeOf(id) {
      const remembered = challenges.get(id)
      if (remembered) return remembered
      try {
        return challenges.keep(await stripe.paymentIntents.retrieve(id))
      } catch (error) {
        log.warn({ provider: 'STRIPE', reason: reasonOf(error) }, 'challenge not looked up')
        return undefined
      }
    },
  }
}
