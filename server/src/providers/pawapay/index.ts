export { createPawapay, type Pawapay } from './client.ts'
export { readSigningKey } from './request-signer.ts'
