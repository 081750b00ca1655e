import { type ExecutionStatus } from '../kernel/enums.ts'
import { type Money } from '../kernel/money.ts'
import { type Execution } from './model.ts'

/** What can have happened to an execution. The words are stable; details are for people. */
export const happenings = [
  'recorded',
  'approved',
  'asked',
  'accepted',
  'callback',
  'looked_up',
  'completed',
  'failed',
  'booked',
  'cancel_asked',
  'quarantined',
  'decided',
] as const

export interface TimelineLine {
  readonly at: Date
  readonly what: (typeof happenings)[number]
  readonly detail: string | null
}

/** What an execution's row alone does not say of where its money is. */
export interface OpenEnds {
  readonly nextCheckAt: Date | undefined
  /** The first doubtful outcome that nobody decided on. */
  readonly doubt: { readonly told: ExecutionStatus; readonly amount: Money | undefined; readonly at: Date } | undefined
}

export const holders = ['payer', 'merchant wallet', 'held', 'provider', 'recipient', 'unknown'] as const

/** Who has the money of an execution now, as far as can be known. */
export interface Whereabouts {
  readonly holder: (typeof holders)[number]
  readonly amount: Money
  readonly since: Date
}

function ofCollection(execution: Execution, { doubt }: OpenEnds): Whereabouts {
  const { status, payer, payee, createdAt, updatedAt } = execution
  // By its own word the provider has taken it, and our books have not credited it.
  if (doubt?.told === 'COMPLETED') return { holder: 'provider', amount: doubt.amount ?? payer, since: doubt.at }
  switch (status) {
    case 'COMPLETED':
      return { holder: 'merchant wallet', amount: payee, since: updatedAt }
    case 'FAILED':
      return { holder: 'payer', amount: payer, since: createdAt }
    // Whether the payer has approved meanwhile, only the final answer tells.
    case 'PENDING':
    case 'PROCESSING':
      return { holder: 'unknown', amount: payer, since: createdAt }
  }
}

function ofDisbursement({ operation, status, payer, payee, createdAt, updatedAt }: Execution): Whereabouts {
  switch (status) {
    case 'COMPLETED':
      return { holder: operation === 'REFUND' ? 'payer' : 'recipient', amount: payee, since: updatedAt }
    case 'FAILED':
      return { holder: 'merchant wallet', amount: payer, since: updatedAt }
    case 'PENDING':
    case 'PROCESSING':
      return { holder: 'held', amount: payer, since: createdAt }
  }
}

/** Two final answers about one payment leave open which of them is true, until a person decides. */
export function whereaboutsOf(execution: Execution, openEnds: OpenEnds): Whereabouts {
  const { doubt } = openEnds
  const contradicted = doubt && (execution.operation !== 'COLLECTION' || doubt.told === 'FAILED')
  const whereabouts =
    execution.operation === 'COLLECTION' ? ofCollection(execution, openEnds) : ofDisbursement(execution)
  return contradicted ? { ...whereabouts, holder: 'unknown', since: doubt.at } : whereabouts
}
