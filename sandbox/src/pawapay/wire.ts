import { withDecimalPlaces } from './amounts.ts'
import type { PaymentKey } from './events.ts'
import { failure, type FailureReason } from './failures.ts'
import { type OperationType, wordsOf } from './operations.ts'
import { failureMessageFor } from './outcomes.ts'
import { keyOf, type Payment, type PaymentStatus } from './payments.ts'

/** ISO 8601 to the second, as in pawaPay's examples. */
export const toTimestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

const told = (payment: Payment, status: PaymentStatus, amountPlaces: number) => {
  const { terms, result } = payment
  const { idName, party } = wordsOf[terms.operation]
  return {
    [idName]: terms.id,
    status,
    amount: withDecimalPlaces(terms.amount, amountPlaces),
    currency: terms.currency,
    country: terms.country,
    [party]: { type: 'MMO', accountDetails: { phoneNumber: terms.phoneNumber, provider: terms.provider } },
    customerMessage: terms.customerMessage,
    created: toTimestamp(terms.acceptedAtMs),
    ...(result?.status === 'COMPLETED' && { providerTransactionId: result.providerTransactionId }),
    ...(result?.status === 'FAILED' && {
      failureReason: failure(result.failureCode, failureMessageFor(result.failureCode)),
    }),
    metadata: terms.metadata,
  }
}

type ReplyStatus = 'ACCEPTED' | 'DUPLICATE_IGNORED' | 'REJECTED'

/** The answer to any request about one payment: with the id under its own name, and what more there is to say. */
const replyOf = <More extends object>({ operation, id }: PaymentKey, status: ReplyStatus, more: More) => ({
  [wordsOf[operation].idName]: id,
  status,
  ...more,
})

/** Only a payer may have a next step to take. */
export const initiationReply = (payment: Payment, status: 'ACCEPTED' | 'DUPLICATE_IGNORED') =>
  replyOf(keyOf(payment), status, {
    ...(payment.terms.operation === 'DEPOSIT' && { nextStep: 'FINAL_STATUS' }),
    created: toTimestamp(payment.terms.acceptedAtMs),
  })

export const acceptance = (key: PaymentKey) => replyOf(key, 'ACCEPTED', {})

export const rejection = (key: PaymentKey, failureReason: FailureReason) => replyOf(key, 'REJECTED', { failureReason })

/** Amounts are told with two decimals whatever was sent. */
export const lookupAnswer = (payment: Payment, status: PaymentStatus) => ({
  status: 'FOUND',
  data: { ...told(payment, status, 2), clientReferenceId: payment.terms.clientReferenceId },
})

/** As the look-up, but with four decimals and without the merchant's own reference: so the real network is reported to do. */
export const callbackBody = (payment: Payment, status: PaymentStatus) => told(payment, status, 4)

/** One line of what the sandbox shows of itself; no part of pawaPay's interface. */
export interface PaymentView {
  readonly id: string
  readonly operation: OperationType
  /** Of the payer or the recipient. */
  readonly phone: string
  /** As sent, or as it came to for a refund of all that was left. */
  readonly amount: string
  readonly currency: string
  readonly provider: string
  readonly status: PaymentStatus
  /** The deposit that a refund gives back. */
  readonly depositId?: string
  /** How often this payment was asked for and the request arrived whole; all but the first were ignored as duplicates. */
  readonly initiations: number
  readonly callbacksAcknowledged: number
  readonly created: string
}

export const paymentView = (payment: Payment, status: PaymentStatus): PaymentView => {
  const { terms, initiations, callbacksAcknowledged } = payment
  return {
    id: terms.id,
    operation: terms.operation,
    phone: terms.phoneNumber,
    amount: terms.amount,
    currency: terms.currency,
    provider: terms.provider,
    status,
    ...(terms.depositId !== undefined && { depositId: terms.depositId }),
    initiations,
    callbacksAcknowledged,
    created: toTimestamp(terms.acceptedAtMs),
  }
}
