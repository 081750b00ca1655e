import { type Clock } from '../kernel/clock.ts'
import { currencies, type Currency, isCurrency } from '../kernel/currencies.ts'
import {
  type FeeBearer,
  type OperationType,
  type PaymentMethod,
  type ProviderInput,
  type SourceKind,
} from '../kernel/enums.ts'
import { type MerchantId, type SourceId } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'
import { InvalidRequest, NotFound } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { readAmount } from '../platform/http/amounts.ts'
import { type Card, type CardNetwork, type Provider } from '../providers/provider.ts'
import { findTier, type Prices, type Quote } from '../fees/index.ts'
import { type Carrier, carrierOf, guessCarrier, InvalidCombination, routeMethod } from '../payment-methods/index.ts'
import { lookUpCard } from '../payment-accounts/index.ts'
import { findSource } from '../sources/index.ts'

export interface PredictionsContext {
  readonly db: Pool
  readonly prices: Prices
  /** A network that is asked whose number a phone is; undefined where the numbering plan is to decide. */
  readonly predictor: Pick<Provider, 'predictMethod'> | undefined
  readonly clock: Clock
  /** Undefined where no card network is connected. */
  readonly cards?: CardNetwork | undefined
}

interface Routing {
  readonly method: PaymentMethod
  readonly provider: ProviderInput
  readonly operation: OperationType
}

const noRate = () =>
  new InvalidRequest({
    field: 'target_currency',
    rule: 'currency',
    message: 'no exchange rate for this currency pair',
  })

async function quoteAmount(
  { db, prices }: PredictionsContext,
  merchantId: MerchantId,
  { method, provider: named, operation }: Routing,
  amounts: { readonly base: Money; readonly target: string; readonly bearer: FeeBearer; readonly field: string },
): Promise<Quote> {
  const provider = routeMethod(named, method, operation)
  if (!provider) throw new InvalidCombination()
  const { base, target, bearer } = amounts
  if (!isCurrency(target)) throw noRate()
  const tierId = await findTier(db, merchantId)
  const quote = await prices.quote({ base, target, operation, bearer, provider, method, tierId })
  if (!quote) throw noRate()
  if (quote.payee.minor < 0n) {
    throw new InvalidRequest({ field: amounts.field, rule: 'number.not_ge', message: 'amount is less than its fees' })
  }
  return quote
}

/** What an amount would cost. A preview: the execution counts again with the prices of its own moment. */
export async function predictAmount(
  context: PredictionsContext,
  merchantId: MerchantId,
  routing: Routing,
  amounts: {
    readonly base: number
    readonly baseCurrency: string
    readonly target: string
    readonly bearer: FeeBearer
  },
): Promise<Quote> {
  if (!isCurrency(amounts.baseCurrency)) {
    throw new InvalidRequest({ field: 'base_currency', rule: 'currency', message: 'unsupported currency' })
  }
  const base = readAmount(amounts.base, amounts.baseCurrency, 'base_amount')
  return quoteAmount(context, merchantId, routing, { ...amounts, base, field: 'base_amount' })
}

/** What paying a published document would cost: its amount, its currency and its fee bearer are its own. */
export async function predictSource(
  context: PredictionsContext,
  merchantId: MerchantId,
  routing: Omit<Routing, 'operation'>,
  of: { readonly kind: SourceKind; readonly id: SourceId | undefined; readonly target: string },
): Promise<Quote> {
  const source = of.id && (await findSource(context.db, { merchantId, kind: of.kind, id: of.id }))
  if (!source) throw new NotFound('Source')
  if (source.status === 'IDLE' || source.status === 'CANCELED') {
    throw new InvalidRequest({ field: 'source_id', rule: 'state', message: 'source is not published' })
  }
  const amounts = { base: source.total, target: of.target, bearer: source.feeBearer, field: 'source_id' }
  return quoteAmount(context, merchantId, { ...routing, operation: 'COLLECTION' }, amounts)
}

/**
 * Whose number a phone is: a guess that the caller may override. The network knows of numbers that were ported; where it is
 * not asked, or does not say, the numbering plan decides.
 */
export async function predictCarrier({ predictor }: PredictionsContext, number: string): Promise<Carrier> {
  const method = await predictor?.predictMethod(number)
  const carrier = (method && carrierOf(method)) ?? guessCarrier(number)
  if (!carrier) {
    throw new InvalidRequest({
      field: 'phone',
      rule: 'phone',
      message: 'no mobile money provider for this phone: invalid phone',
    })
  }
  return carrier
}

export interface PredictedCard extends Card {
  readonly currencies: readonly Currency[]
}

/** Which card a network's token stands for, remembered for the account that is going to bind it. */
export async function predictCard(
  context: PredictionsContext,
  merchantId: MerchantId,
  {
    provider,
    operation,
    token,
  }: {
    readonly provider: ProviderInput
    readonly operation: OperationType
    readonly token: string
  },
): Promise<PredictedCard> {
  const { cards } = context
  if (!cards || routeMethod(provider, 'CREDIT_CARD', operation) !== cards.name) throw new InvalidCombination()
  const card = await lookUpCard(context, merchantId, token)
  return { ...card, currencies: currencies.filter((currency) => cards.offer('CREDIT_CARD', operation, currency)) }
}
