export { statementProviders } from './model.ts'
export { findDifferences, reconcile } from './service.ts'
