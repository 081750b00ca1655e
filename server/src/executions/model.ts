import { createHash } from 'node:crypto'
import { type ExecutionStatus, type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import {
  type ExecutionId,
  type MerchantId,
  type PaymentAccountId,
  type ProviderReference,
  type SessionId,
  type SourceId,
} from '../kernel/ids.ts'
import { type Money, type Ratio } from '../kernel/money.ts'
import { type Outcome } from '../providers/provider.ts'

/** One attempt to move funds. */
export interface Execution {
  readonly id: ExecutionId
  readonly merchantId: MerchantId
  /** The caller's idempotency key, in lower case. */
  readonly referenceId: string
  readonly operation: OperationType
  readonly status: ExecutionStatus
  readonly provider: ProviderName
  readonly method: PaymentMethod
  /** Our id for this attempt at the provider, minted before it was asked. */
  readonly providerReference: ProviderReference
  readonly accountNumber: string | undefined
  readonly note: string
  readonly payer: Money
  readonly payee: Money
  readonly providerTransactionId: string | undefined
  readonly gatewayMessage: string | undefined
  readonly walletMessage: string | undefined
  readonly createdAt: Date
}

/** The intent of a collection: everything decided before the provider is asked. */
export interface CollectionIntent {
  readonly merchantId: MerchantId
  readonly referenceId: string
  readonly fingerprint: string
  readonly sessionId: SessionId
  readonly sourceId: SourceId
  readonly paymentAccountId: PaymentAccountId
  readonly provider: ProviderName
  readonly method: PaymentMethod
  readonly providerReference: ProviderReference
  readonly accountNumber: string | undefined
  readonly note: string
  readonly payer: Money
  readonly payee: Money
  readonly platformFee: Money
  readonly gatewayFee: Money
  readonly fxFee: Money | undefined
  readonly rate: Ratio | undefined
  /** Why we refuse it ourselves; the execution is then born FAILED and nobody is asked. */
  readonly walletMessage: string | undefined
  readonly nextCheckAt: Date
}

/** Which statuses may lead to which. Final statuses never change. */
export const mayBecome = {
  PENDING: [],
  PROCESSING: ['PENDING'],
  COMPLETED: ['PENDING', 'PROCESSING'],
  FAILED: ['PENDING', 'PROCESSING'],
} as const satisfies Record<ExecutionStatus, readonly ExecutionStatus[]>

/** The status an outcome stands for, or undefined when it tells nothing. */
export function statusOf(outcome: Outcome): ExecutionStatus | undefined {
  switch (outcome.kind) {
    case 'accepted':
      return 'PROCESSING'
    case 'completed':
      return 'COMPLETED'
    case 'declined':
      return 'FAILED'
    case 'unknown':
      return undefined
  }
}

/**
 * What makes two requests the same request: SHA-256 over the operation and its fields, in hex. Only the fields that say
 * what should happen count.
 */
export const fingerprintOf = (operation: OperationType, fields: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([operation, ...fields]))
    .digest('hex')

/** Providers call back within seconds as a rule; the first question is for the rest. */
export const firstCheckMs = 15_000

/** A provider that does not know a payment this old never will: before, the same question is asked again. */
export const resubmitWithinMs = 15 * 60_000
