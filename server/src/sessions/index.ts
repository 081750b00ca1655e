export { sessionRoutes } from './routes.ts'
export { createSessions } from './service.ts'
export { expireSessions } from './store.ts'
