export { sessionRoutes } from './routes.ts'
export { createSessions, type Refundable } from './service.ts'
export { expireSessions, findCheckoutSession } from './store.ts'
