export { createStripe } from './client.ts'
