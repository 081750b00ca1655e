export { paymentAccountRoutes } from './routes.ts'
