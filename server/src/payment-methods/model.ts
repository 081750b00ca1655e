import { type Currency } from '../kernel/currencies.ts'
import { type OperationType, type PaymentMethod, type ProviderInput, type ProviderName } from '../kernel/enums.ts'

interface MethodRules {
  readonly provider: ProviderName
  readonly country: string | undefined
  readonly operations: readonly OperationType[]
}

const mobileMoney = (country: string): MethodRules => ({
  provider: 'PAWAPAY',
  country,
  operations: ['COLLECTION', 'PAYOUT', 'REFUND'],
})

/** Which network carries which method, and for what. Currencies and limits are the network's to say, when it is asked. */
const methods: Record<PaymentMethod, MethodRules> = {
  MTN_MOMO_LBR: mobileMoney('LR'),
  ORANGE_MONEY_LBR: mobileMoney('LR'),
  AIRTEL_RWA: mobileMoney('RW'),
  MTN_MOMO_RWA: mobileMoney('RW'),
  ORANGE_MONEY_RWA: mobileMoney('RW'),
  CREDIT_CARD: { provider: 'STRIPE', country: undefined, operations: ['COLLECTION', 'REFUND'] },
  WALLET: { provider: 'PLATFORM', country: undefined, operations: ['PAYOUT', 'TRANSFER', 'REFUND'] },
}

/** The one network that carries a method. */
export const networkOf = (method: PaymentMethod): ProviderName => methods[method].provider

/** Undefined for a method of no country in particular. */
export const countryOf = (method: PaymentMethod): string | undefined => methods[method].country

/**
 * The network for a method, when the caller's provider can route it: callers write the network, or a mobile-money method's
 * own name, which must then be the method itself.
 */
export function routeMethod(
  provider: ProviderInput,
  method: PaymentMethod,
  operation: OperationType,
): ProviderName | undefined {
  const rules = methods[method]
  const named = provider === rules.provider || (provider === method && rules.provider === 'PAWAPAY')
  return named && rules.operations.includes(operation) ? rules.provider : undefined
}

export interface Carrier {
  readonly method: PaymentMethod
  readonly name: string
  readonly country: string
  readonly currencies: readonly Currency[]
}

const lonestar: Carrier = { method: 'MTN_MOMO_LBR', name: 'MTN', country: 'LR', currencies: ['USD', 'LRD'] }
const orangeLiberia: Carrier = { method: 'ORANGE_MONEY_LBR', name: 'Orange', country: 'LR', currencies: ['USD', 'LRD'] }
const mtnRwanda: Carrier = { method: 'MTN_MOMO_RWA', name: 'MTN', country: 'RW', currencies: ['RWF'] }
const airtelRwanda: Carrier = { method: 'AIRTEL_RWA', name: 'Airtel', country: 'RW', currencies: ['RWF'] }

const prefixes: readonly (readonly [string, Carrier])[] = [
  ['23188', lonestar],
  ['231555', lonestar],
  ['23177', orangeLiberia],
  ['231760', orangeLiberia],
  ['231761', orangeLiberia],
  ['25078', mtnRwanda],
  ['25079', mtnRwanda],
  ['25072', airtelRwanda],
  ['25073', airtelRwanda],
]

const carriers: readonly Carrier[] = [
  lonestar,
  orangeLiberia,
  mtnRwanda,
  airtelRwanda,
  { method: 'ORANGE_MONEY_RWA', name: 'Orange', country: 'RW', currencies: ['RWF'] },
]

/** The operator behind a method; undefined for cards and platform wallets. */
export const carrierOf = (method: PaymentMethod): Carrier | undefined =>
  carriers.find((carrier) => carrier.method === method)

/** The operator a number was first given to: a guess that the caller may override, because numbers are ported. */
export const guessCarrier = (phone: string): Carrier | undefined =>
  prefixes.find(([prefix]) => phone.startsWith(prefix))?.[1]
