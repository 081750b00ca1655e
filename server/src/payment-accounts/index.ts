export { type PaymentAccount } from './model.ts'
export { paymentAccountRoutes } from './routes.ts'
export { createPaymentAccount } from './service.ts'
export { findPaymentAccount } from './store.ts'
