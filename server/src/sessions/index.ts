export { sessionRoutes } from './routes.ts'
export { createSessions } from './service.ts'
export { expireSessions, findCheckoutSession } from './store.ts'
