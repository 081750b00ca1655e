import { createHash } from 'node:crypto'
import { type ExecutionStatus, type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import {
  type ExecutionId,
  type MerchantId,
  type PartyId,
  type PasscodeId,
  type PaymentAccountId,
  type ProviderReference,
  type SessionId,
  type SourceId,
  type WalletId,
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
  readonly sessionId: SessionId
  readonly sourceId: SourceId | undefined
  readonly provider: ProviderName
  readonly method: PaymentMethod
  /** Our id for this attempt at the provider, minted before it was asked. */
  readonly providerReference: ProviderReference
  /** Refunds: our id for the collection that is given back. */
  readonly refundsReference: ProviderReference | undefined
  /** Refunds: the provider's own id of that collection. */
  readonly refundsTransaction: string | undefined
  /** What the network knows the account by: a wallet's phone number, or a card's token. */
  readonly accountNumber: string | undefined
  /** Cards: where the payer's browser comes back to from a challenge. */
  readonly returnUrl: string | undefined
  readonly note: string
  readonly payer: Money
  readonly payee: Money
  /** Whether it waits for its payer to do something at the provider's. */
  readonly requiresAction: boolean
  readonly providerTransactionId: string | undefined
  readonly gatewayMessage: string | undefined
  readonly walletMessage: string | undefined
  /** Before this time another try would meet the same refusal. */
  readonly retryNotBefore: Date | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The form of a caller's idempotency key, in any case. */
export const referenceForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The intent of an execution: everything decided before the provider is asked. */
export interface Intent {
  readonly operation: OperationType
  readonly merchantId: MerchantId
  readonly referenceId: string
  readonly fingerprint: string
  readonly sessionId: SessionId
  readonly sourceId?: SourceId
  readonly paymentAccountId: PaymentAccountId | undefined
  /** The collection it gives back. */
  readonly refunds?:
    | { readonly id: ExecutionId; readonly reference: ProviderReference; readonly transactionId: string | undefined }
    | undefined
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

export interface CollectionIntent extends Intent {
  readonly operation: 'COLLECTION'
  readonly sourceId: SourceId
  readonly paymentAccountId: PaymentAccountId
  readonly returnUrl?: string | undefined
}

/** Money out of a wallet. */
export interface DisbursementIntent extends Intent {
  readonly operation: 'PAYOUT' | 'TRANSFER' | 'REFUND'
  readonly walletId: WalletId
  /** The contact whose wallet on this platform it enters: then it is final at once. */
  readonly recipientPartyId: PartyId | undefined
  readonly approval: { readonly passcodeId: PasscodeId; readonly device: Readonly<Record<string, string>> } | undefined
}

/** The execution that an intent became. */
export const executionOf = (
  intent: Intent & { readonly returnUrl?: string | undefined },
  id: ExecutionId,
  status: ExecutionStatus,
  walletMessage: string | undefined,
  now: Date,
): Execution => ({
  id,
  merchantId: intent.merchantId,
  referenceId: intent.referenceId,
  operation: intent.operation,
  status,
  sessionId: intent.sessionId,
  sourceId: intent.sourceId,
  provider: intent.provider,
  method: intent.method,
  providerReference: intent.providerReference,
  refundsReference: intent.refunds?.reference,
  refundsTransaction: intent.refunds?.transactionId,
  accountNumber: intent.accountNumber,
  returnUrl: intent.returnUrl,
  note: intent.note,
  payer: intent.payer,
  payee: intent.payee,
  requiresAction: false,
  providerTransactionId: undefined,
  gatewayMessage: undefined,
  walletMessage,
  retryNotBefore: undefined,
  createdAt: now,
  updatedAt: now,
})

/** What the provider is asked to move: out of the payer's hands, or into the receiver's. */
export const askedAmount = ({ operation, payer, payee }: Pick<Execution, 'operation' | 'payer' | 'payee'>): Money =>
  operation === 'COLLECTION' ? payer : payee

/**
 * What a client may safely do after an answer, or after none. The same request under the same reference never moves money
 * twice. A new reference is another payment: safe only once this one has failed.
 */
export const retryOf = ({ status, retryNotBefore }: Pick<Execution, 'status' | 'retryNotBefore'>) => ({
  sameReference: true,
  newReference: status === 'FAILED',
  notBefore: status === 'FAILED' ? retryNotBefore : undefined,
})

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
    case 'requires_action':
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

/** An order that went out is answered or given up by then, whatever its provider's timeout: before the next check. */
export const longestOrderMs = 14_000

/** While a payment that its provider does not know is younger than this, the same question is asked again. */
export const resubmitWithinMs = 15 * 60_000

/** A provider that does not know a payment this old never will: what was last asked for has arrived long since, or never will. */
export const closeAfterMs = resubmitWithinMs + 60_000
