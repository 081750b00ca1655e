export { type Quote } from './model.ts'
export { createPrices, type Prices } from './service.ts'
export { findTier } from './store.ts'
