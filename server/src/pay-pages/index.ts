export { type CardCheckout } from './card-options.ts'
export { payPageRoutes } from './routes.ts'
export { receiptPageRoutes } from './receipt-routes.ts'
