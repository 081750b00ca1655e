export { createPawapay, type PawapayOptions } from './client.ts'
