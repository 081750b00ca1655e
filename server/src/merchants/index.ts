export { type ApiKey, hashSecret, type Merchant, secretMatches } from './model.ts'
export * from './service.ts'
export { claimServerSecret, findKeyOwner, type KeyOwner } from './store.ts'
