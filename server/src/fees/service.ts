import { type Clock } from '../kernel/clock.ts'
import { type OperationType, type PaymentMethod } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Page } from '../platform/db/rows.ts'
import { findMerchant } from '../merchants/index.ts'
import { networkOf } from '../payment-methods/index.ts'
import {
  choose,
  chooseForAll,
  type FeeTier,
  type GatewayFee,
  type PlatformFee,
  type PriceList,
  type Quote,
  quote,
  type QuoteRequest,
  type TierAssignment,
} from './model.ts'
import * as store from './store.ts'

export interface FeesContext {
  readonly db: Pool
  readonly clock: Clock
}

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
      reading = store.loadPriceList(db, now)
      reading.catch(() => {
        // Whoever awaits it hears of the failure; the next one asks anew.
        until = 0
      })
    }
    return reading
  }
  return { quote: async (request) => quote(request, await current(), clock.now()) }
}

/** What the method's own network charges now. */
export async function getGatewayFee(
  { db, clock }: FeesContext,
  method: PaymentMethod,
  operation: OperationType,
): Promise<GatewayFee> {
  const fees = await store.listGatewayFees(db, networkOf(method), operation)
  const fee = choose(fees, operation, method, clock.now())
  if (!fee) throw new NotFound('Fee')
  return fee
}

/** What a tier itself charges now. An operation that it leaves to the default tier is none of its own. */
export async function getPlatformFee(
  { db, clock }: FeesContext,
  tierName: string,
  operation: OperationType,
): Promise<PlatformFee> {
  const fee = chooseForAll(await store.listPlatformFees(db, tierName, operation), operation, clock.now())
  if (!fee) throw new NotFound('Fee tier')
  return fee
}

/** Nobody put a merchant on the default tier: it has been there since it began. */
export type TierStanding = Omit<TierAssignment, 'id' | 'tier'> & {
  readonly id: string | undefined
  readonly tier: FeeTier | undefined
}

/** The tier a merchant is on. */
export async function getMerchantTier({ db }: FeesContext, merchantId: MerchantId): Promise<TierStanding> {
  const assignment = await store.findAssignment(db, merchantId)
  if (assignment) return assignment
  const [merchant, tier] = await Promise.all([findMerchant(db, merchantId), store.findDefaultTier(db)])
  if (!merchant) throw new NotFound('Merchant')
  return { id: undefined, tier, assignedAt: merchant.createdAt, assignedBy: undefined }
}

export const listTiers = ({ db }: FeesContext, page: Page): Promise<FeeTier[]> => store.listTiers(db, page)
