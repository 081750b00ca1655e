export { type Quote, type QuoteRequest } from './model.ts'
export { createPrices, type Prices } from './service.ts'
export { findTier } from './store.ts'
