export {
  formatNumber,
  type NewItem,
  noun,
  parseNumber,
  type Source,
  type SourceItem,
  type SourceNumber,
} from './model.ts'
export { CounterpartyUnknown, ReceiptNotAvailable, requireKind } from './problems.ts'
export { documentRoutes, sourceStatusRoutes } from './routes.ts'
export { createPublished, describeSource, getSource, getSourceByNumber, type SourceDetail, totalOf } from './service.ts'
export { findSource, findSourceById, findSourceByNumber, hasItemAt, lockSource } from './store.ts'
