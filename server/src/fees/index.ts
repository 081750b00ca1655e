export { type Quote, walletWorth } from './model.ts'
export { createPrices, type Prices } from './service.ts'
export { findTier } from './store.ts'
export * as prices from './operator-store.ts'
