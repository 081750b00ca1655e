export { callbackRoutes } from './routes.ts'
export { type Callbacks, createCallbacks } from './service.ts'
