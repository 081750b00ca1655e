export { createPawapay } from './client.ts'
