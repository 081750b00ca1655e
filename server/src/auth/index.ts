export { merchantOf, requireToken, tokenRoutes } from './routes.ts'
export { type Caller, createAuthentication } from './service.ts'
