export { checkDue, type CheckDependencies, checkNow, checksPerSweep } from './check.ts'
export { createExecuteCollection } from './execute-collection.ts'
export { createRecordOutcome } from './record-outcome.ts'
export { executionRoutes } from './routes.ts'
