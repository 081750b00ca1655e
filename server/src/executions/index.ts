export { cancelEnqueued } from './cancel-enqueued.ts'
export { checkDue, type CheckDependencies, checkExecution, checksPerSweep } from './check.ts'
export { createDisburse } from './disburse.ts'
export { findRefundable } from './disbursement-store.ts'
export { createExecuteCollection, type ExecuteCollection } from './execute-collection.ts'
export { createExecutePayout } from './execute-payout.ts'
export { createExecuteRefund } from './execute-refund.ts'
export { createExecuteTransfer } from './execute-transfer.ts'
export { type Execution, referenceForm } from './model.ts'
export { decisions, insertDecision, listQuarantined, type Quarantined } from './question-store.ts'
export { PromptOpen } from './problems.ts'
export { createRecordOutcome } from './record-outcome.ts'
export { executionRoutes, type Executions } from './routes.ts'
export {
  findByReference,
  type Attempt,
  executionColumns,
  type ExecutionRow,
  findAttempt,
  findInFlight,
  findLatestAttempt,
  findStandingAttempt,
  listExecutions,
  toExecution,
} from './store.ts'
