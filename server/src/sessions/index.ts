export { sessionRoutes } from './routes.ts'
export { createSessions, endDueSessions } from './service.ts'
export { expireSessions, findCheckoutSession } from './store.ts'
