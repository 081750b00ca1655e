import { currencies, type Currency } from '../kernel/currencies.ts'
import { type Pool } from '../platform/db/pool.ts'
import { misfit } from '../providers/offers.ts'
import { type CardNetwork } from '../providers/provider.ts'
import { findTier, type Prices, type Quote } from '../fees/index.ts'
import { type Merchant } from '../merchants/index.ts'
import { type Source } from '../sources/index.ts'

/** The network that carries cards, and the form in which payers enter theirs: never one of ours. */
export interface CardCheckout {
  readonly network: CardNetwork
  readonly form:
    /** A page of the simulator's, which sends the payer back with a card's token. */
    | { readonly kind: 'simulator'; readonly url: string }
    /** Stripe's own fields, in a page of ours. */
    | { readonly kind: 'elements'; readonly publishableKey: string }
}

/** What paying a document by card costs in a currency. */
export interface CardOption {
  readonly currency: Currency
  readonly quote: Quote
}

/** With the price the payer was shown, as for every other way to pay. */
export const writeCardOption = ({ currency, quote }: CardOption): string =>
  `CREDIT_CARD:${currency}:${quote.payer.minor}`

interface CardPrices {
  readonly db: Pool
  readonly prices: Prices
  readonly cardCheckout?: CardCheckout | undefined
}

/** Every currency in which the document can be paid by card, its own first. */
export async function listCardOptions(
  { db, prices, cardCheckout }: CardPrices,
  { merchant, source }: { readonly merchant: Merchant; readonly source: Source },
): Promise<CardOption[]> {
  if (!cardCheckout || !merchant.cardsAllowed) return []
  const tierId = await findTier(db, source.ownerId)
  const own = source.total.currency
  const options = [own, ...currencies.filter((currency) => currency !== own)].map(
    async (currency): Promise<CardOption | undefined> => {
      const offer = cardCheckout.network.offer('CREDIT_CARD', 'COLLECTION', currency)
      const terms = { base: source.total, target: currency, bearer: source.feeBearer, tierId }
      const routed = { provider: 'STRIPE', method: 'CREDIT_CARD', operation: 'COLLECTION' } as const
      const quote = offer && (await prices.quote({ ...terms, ...routed }))
      if (!quote || quote.payee.minor < 0n) return undefined
      return misfit(quote.payer, offer, { currency: 'currency', amount: 'amount' }) ? undefined : { currency, quote }
    },
  )
  return (await Promise.all(options)).filter((option) => option !== undefined)
}
