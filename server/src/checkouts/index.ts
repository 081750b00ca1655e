export { type Checkout } from './model.ts'
export { checkoutRoutes } from './routes.ts'
export { findCheckoutOf } from './store.ts'
