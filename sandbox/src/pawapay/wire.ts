import { withDecimalPlaces } from './amounts.ts'
import { type Deposit, statusOf } from './deposits.ts'
import { failure, type FailureReason } from './failures.ts'
import { failureMessageFor } from './outcomes.ts'

/** ISO 8601 to the second, as in pawaPay's examples. */
export const toTimestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

const common = (deposit: Deposit) => {
  const { terms, result } = deposit
  return {
    currency: terms.currency,
    country: terms.country,
    payer: { type: 'MMO', accountDetails: { phoneNumber: terms.phoneNumber, provider: terms.provider } },
    customerMessage: terms.customerMessage,
    created: toTimestamp(terms.acceptedAtMs),
    ...(result?.status === 'COMPLETED' && { providerTransactionId: result.providerTransactionId }),
    ...(result?.status === 'FAILED' && {
      failureReason: failure(result.failureCode, failureMessageFor(result.failureCode)),
    }),
    metadata: terms.metadata,
  }
}

export const depositReply = (deposit: Deposit, status: 'ACCEPTED' | 'DUPLICATE_IGNORED') => ({
  depositId: deposit.terms.depositId,
  status,
  nextStep: 'FINAL_STATUS',
  created: toTimestamp(deposit.terms.acceptedAtMs),
})

export const rejection = (depositId: string, failureReason: FailureReason) => ({
  depositId,
  status: 'REJECTED',
  failureReason,
})

/** Amounts are told with two decimals whatever was sent. */
export const depositLookup = (deposit: Deposit) => ({
  status: 'FOUND',
  data: {
    depositId: deposit.terms.depositId,
    status: statusOf(deposit),
    amount: withDecimalPlaces(deposit.terms.amount, 2),
    clientReferenceId: deposit.terms.clientReferenceId,
    ...common(deposit),
  },
})

/** As the look-up, but with four decimals and without the merchant's own reference: so the real network is reported to do. */
export const depositCallback = (deposit: Deposit) => ({
  depositId: deposit.terms.depositId,
  status: statusOf(deposit),
  amount: withDecimalPlaces(deposit.terms.amount, 4),
  ...common(deposit),
})

/** One line of what the sandbox shows of itself; no part of pawaPay's interface. */
export interface DepositView {
  readonly id: string
  readonly phone: string
  /** As sent. */
  readonly amount: string
  readonly currency: string
  readonly provider: string
  readonly status: 'ACCEPTED' | 'PROCESSING' | 'COMPLETED' | 'FAILED'
  /** How often this deposit was asked for and the request arrived whole; all but the first were ignored as duplicates. */
  readonly initiations: number
  readonly callbacksAcknowledged: number
  readonly created: string
}

export const depositView = (deposit: Deposit): DepositView => ({
  id: deposit.terms.depositId,
  phone: deposit.terms.phoneNumber,
  amount: deposit.terms.amount,
  currency: deposit.terms.currency,
  provider: deposit.terms.provider,
  status: statusOf(deposit),
  initiations: deposit.initiations,
  callbacksAcknowledged: deposit.callbacksAcknowledged,
  created: toTimestamp(deposit.terms.acceptedAtMs),
})
