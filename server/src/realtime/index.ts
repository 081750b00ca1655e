export { realtimeKeyRoutes } from './routes.ts'
export { createRealtime, type Realtime, type RealtimeSettings } from './realtime.ts'
