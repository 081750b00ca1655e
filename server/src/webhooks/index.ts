export { createDispatcher, type Dispatcher } from './deliver.ts'
export { resealWebhookSecrets } from './reseal.ts'
export { webhookRoutes } from './routes.ts'
export { type EndpointRule } from './service.ts'
