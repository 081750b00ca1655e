import { type Clock } from '../kernel/clock.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type PriceList, type Quote, quote, type QuoteRequest } from './model.ts'
import { loadPriceList } from './store.ts'

export interface Prices {
  /** Quotes with the prices of this moment. Undefined when the two currencies have no rate. */
  quote(request: QuoteRequest): Promise<Quote | undefined>
}

/** A price an operator changes is in force on every node within this time. */
const rememberedMs = 2_000

/** Fees and rates as the database has them, read at most every two seconds however many payments ask. */
export function createPrices(db: Pool, clock: Clock): Prices {
  let reading: Promise<PriceList> | undefined
  let until = 0
  const current = (): Promise<PriceList> => {
    const now = clock.now()
    if (!reading || now.getTime() >= until) {
      until = now.getTime() + rememberedMs
      reading = loadPriceList(db, now)
      reading.catch(() => {
        // Whoever awaits it hears of the failure; the next one asks anew.
        until = 0
      })
    }
    return reading
  }
  return { quote: async (request) => quote(request, await current(), clock.now()) }
}
