export { createStripe, type StripeConnector } from './client.ts'
