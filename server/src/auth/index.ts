export { merchantOf, requireToken, tokenRoutes } from './routes.ts'
export { type Authentication, type Caller, createAuthentication } from './service.ts'
