export { type ApiKey, hashSecret, type Merchant, secretMatches } from './model.ts'
export { merchantRoutes } from './routes.ts'
export * from './service.ts'
export { claimServerSetting, findKeyOwner, findMerchant, type KeyOwner } from './store.ts'
