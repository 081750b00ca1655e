import {
  type ExecutionStatus,
  type OperationType,
  type PaymentMethod,
  type ProviderName,
  type sessionStatuses,
  type SourceStatus,
  type WalletStatus,
} from '../kernel/enums.ts'
import { type Currency } from '../kernel/currencies.ts'
import { type Brand, type MerchantId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { type Money } from '../kernel/money.ts'
import { type SourceNumber } from '../sources/index.ts'

/** The number of an event: written `evt_4711`. */
export type EventId = Brand<string, 'EventId'>

/** Every event there is. The names are stable, and those after the dot say what its subject has become. */
export const eventTypes = [
  'payment.created',
  'payment.processing',
  'payment.requires_action',
  'payment.completed',
  'payment.failed',
  'payout.created',
  'payout.processing',
  'payout.requires_action',
  'payout.completed',
  'payout.failed',
  'transfer.created',
  'transfer.processing',
  'transfer.requires_action',
  'transfer.completed',
  'transfer.failed',
  'refund.created',
  'refund.processing',
  'refund.requires_action',
  'refund.completed',
  'refund.failed',
  'source.created',
  'source.published',
  'source.processing',
  'source.reopened',
  'source.paid',
  'source.canceled',
  'session.created',
  'session.processing',
  'session.completed',
  'session.failed',
  'session.expired',
  'wallet.status_changed',
  'webhook_endpoint.disabled',
] as const
export type EventType = (typeof eventTypes)[number]

/** What events are about: an object of one of these kinds has events of its own, numbered from 1. */
export const executionSubjects = ['payment', 'payout', 'transfer', 'refund'] as const
export type ExecutionSubject = (typeof executionSubjects)[number]
export type EventSubject = ExecutionSubject | 'source' | 'session' | 'wallet' | 'webhook_endpoint'

export interface AboutExecution {
  readonly object: ExecutionSubject
  readonly referenceId: string
  readonly sessionId: SessionId
  readonly operation: OperationType
  readonly status: ExecutionStatus
  readonly requiresAction: boolean
  readonly payer: Money
  readonly payee: Money
  readonly platformFee: Money
  readonly gatewayFee: Money
  /** Undefined without a conversion. */
  readonly fxFee: Money | undefined
  readonly provider: ProviderName
  readonly method: PaymentMethod
  readonly providerTransactionId: string | undefined
  readonly gatewayMessage: string | undefined
  readonly walletMessage: string | undefined
  readonly failureCode: string | undefined
}

export interface AboutSource {
  readonly object: 'source'
  readonly status: SourceStatus
  readonly total: Money
}

export const sessionTypes = ['CHECKOUT', 'PAYOUT', 'TRANSFER', 'REFUND'] as const
export type SessionType = (typeof sessionTypes)[number]

export interface AboutSession {
  readonly object: 'session'
  readonly type: SessionType
  readonly status: (typeof sessionStatuses)[number]
  readonly expiresAt: Date
}

export interface AboutWallet {
  readonly object: 'wallet'
  readonly status: WalletStatus
  readonly currency: Currency
}

export interface AboutEndpoint {
  readonly object: 'webhook_endpoint'
  readonly status: 'ENABLED' | 'DISABLED'
  readonly url: string
  readonly disabledReason: string | undefined
}

/** How something stood when it had just become so. Never changes. */
export interface Event {
  readonly merchantId: MerchantId
  readonly id: EventId
  readonly type: EventType
  readonly version: number
  readonly subject: EventSubject
  readonly subjectId: string
  /** 1, 2, 3 and so on for each subject. */
  readonly sequence: number
  /** The document it belongs to: events of one document are told in their order, as are those of one subject without. */
  readonly source: { readonly id: SourceId; readonly number: SourceNumber } | undefined
  readonly at: Date
  readonly about: AboutExecution | AboutSource | AboutSession | AboutWallet | AboutEndpoint
}

/** What events of documents are about. */
export function sourceOf({ source, type }: Event): NonNullable<Event['source']> {
  invariant(source, `${type} belongs to a document`)
  return source
}

export const writeEventId = (id: EventId): string => `evt_${id}`

const eventIdText = /^evt_([1-9]\d{0,14})$/

/** Undefined for what can be no event of ours, which callers treat like an event that does not exist. */
export const readEventId = (text: string): EventId | undefined => eventIdText.exec(text)?.[1] as EventId | undefined
