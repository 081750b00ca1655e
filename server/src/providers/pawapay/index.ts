export { createPawapay } from './client.ts'
export { readSigningKey } from './request-signer.ts'
