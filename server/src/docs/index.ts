export { docsRoutes } from './routes.ts'
export { type Credentials } from './try-it.ts'
export { texts } from './texts/index.ts'
