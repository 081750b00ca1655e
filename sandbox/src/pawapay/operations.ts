export const operationTypes = ['DEPOSIT', 'PAYOUT', 'REFUND'] as const
export type OperationType = (typeof operationTypes)[number]

/** Money out: paid from the account's own wallet, and patient with a slow provider. */
export type MoneyOut = Exclude<OperationType, 'DEPOSIT'>

export const isMoneyOut = (operation: OperationType): operation is MoneyOut => operation !== 'DEPOSIT'

/** All that sets the three operations apart on the wire. */
interface OperationWords {
  readonly noun: 'deposit' | 'payout' | 'refund'
  /** Names the id everywhere, and so tells what a callback is about. */
  readonly idName: 'depositId' | 'payoutId' | 'refundId'
  /** The person at the other end, as the status and the callback name them. */
  readonly party: 'payer' | 'recipient'
  /** Below /v2. */
  readonly path: 'deposits' | 'payouts' | 'refunds'
}

export const wordsOf: Readonly<Record<OperationType, OperationWords>> = {
  DEPOSIT: { noun: 'deposit', idName: 'depositId', party: 'payer', path: 'deposits' },
  PAYOUT: { noun: 'payout', idName: 'payoutId', party: 'recipient', path: 'payouts' },
  REFUND: { noun: 'refund', idName: 'refundId', party: 'recipient', path: 'refunds' },
}

/** OPERATIONAL is open; DELAYED takes money out, which then waits, and no deposits; CLOSED takes nothing. */
export const providerStatuses = ['OPERATIONAL', 'DELAYED', 'CLOSED'] as const
export type ProviderStatus = (typeof providerStatuses)[number]

/** A switch of the pretend network: one operation at one provider. */
export interface ProviderSwitch {
  readonly provider: string
  readonly operation: OperationType
  readonly status: ProviderStatus
}
