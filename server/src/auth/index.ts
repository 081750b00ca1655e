export { createKeyring, type Keyring } from './keyring.ts'
export { merchantOf, requireToken, tokenRoutes } from './routes.ts'
export { type Caller, createAuthentication } from './service.ts'
