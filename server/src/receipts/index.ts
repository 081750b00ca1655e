export { receiptRoutes } from './routes.ts'
export { findPayment, type Payment } from './store.ts'
