import { isMoneyOut, type OperationType } from './operations.ts'

/** What becomes of a payment, told by the last three digits of the number, as with pawaPay's own test numbers. */
export type PretendOutcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly failureCode: string }
  | { readonly kind: 'stuck' }
  /** The payer waits for whoever runs the sandbox to say what they do. */
  | { readonly kind: 'asked' }

const payerFailureBySuffix = new Map([
  ['019', 'PAYER_LIMIT_REACHED'],
  ['029', 'PAYER_NOT_FOUND'],
  ['039', 'PAYMENT_NOT_APPROVED'],
  ['049', 'INSUFFICIENT_BALANCE'],
  ['059', 'TRANSACTION_ALREADY_IN_PROCESS'],
  ['069', 'UNSPECIFIED_FAILURE'],
])

/** Other digits than those of payers, so that a number can pay and then not be refunded. */
const recipientFailureBySuffix = new Map([
  ['089', 'RECIPIENT_NOT_FOUND'],
  ['099', 'WALLET_LIMIT_REACHED'],
  ['109', 'RECIPIENT_LIMIT_REACHED'],
  ['119', 'UNSPECIFIED_FAILURE'],
])

/** The payer is asked and decides nothing by themselves: for trying out approvals by hand. */
const askedSuffix = '139'

/** In flight for ever and never called back: for trying out reconciliation. */
const stuckSuffix = '129'

export const outcomeFor = (operation: OperationType, phoneNumber: string): PretendOutcome => {
  const suffix = phoneNumber.slice(-3)
  if (suffix === stuckSuffix) return { kind: 'stuck' }
  if (suffix === askedSuffix && !isMoneyOut(operation)) return { kind: 'asked' }
  const failureCode = (isMoneyOut(operation) ? recipientFailureBySuffix : payerFailureBySuffix).get(suffix)
  return failureCode === undefined ? { kind: 'completed' } : { kind: 'failed', failureCode }
}

const messageByFailureCode = new Map([
  ['PAYER_LIMIT_REACHED', 'The customer has reached a limit of their mobile money account.'],
  ['PAYER_NOT_FOUND', 'The phone number does not belong to a mobile money customer of this provider.'],
  ['PAYMENT_NOT_APPROVED', 'The customer did not approve the payment in time or declined it.'],
  ['INSUFFICIENT_BALANCE', 'The customer does not have enough funds to complete this payment.'],
  ['TRANSACTION_ALREADY_IN_PROCESS', 'The customer already has a payment that awaits their approval.'],
  ['RECIPIENT_NOT_FOUND', 'The phone number does not belong to a mobile money customer of this provider.'],
  ['RECIPIENT_LIMIT_REACHED', 'The recipient has reached a limit of their mobile money account.'],
  ['WALLET_LIMIT_REACHED', 'The customer has reached a limit of their wallet.'],
  ['MANUALLY_CANCELLED', 'The payment was cancelled while it was enqueued.'],
  ['UNSPECIFIED_FAILURE', 'The provider did not say why the payment failed.'],
])

export const failureMessageFor = (failureCode: string): string => messageByFailureCode.get(failureCode) ?? failureCode

/** A way to see an outcome: the end of the number that brings it about. */
export interface Scenario {
  readonly name: string
  readonly suffix: string
  readonly status: 'COMPLETED' | 'FAILED' | 'PROCESSING'
  readonly failureCode?: string
  readonly description: string
}

const nameOf = (failureCode: string): string => failureCode.toLowerCase().replaceAll('_', '-')

const failures = (bySuffix: ReadonlyMap<string, string>): Scenario[] =>
  Array.from(bySuffix, ([suffix, failureCode]) => ({
    name: nameOf(failureCode),
    suffix,
    status: 'FAILED',
    failureCode,
    description: failureMessageFor(failureCode),
  }))

const success = (description: string): Scenario => ({
  name: 'success',
  suffix: '001',
  status: 'COMPLETED',
  description,
})

const stuck: Scenario = {
  name: 'never-final',
  suffix: stuckSuffix,
  status: 'PROCESSING',
  description: 'Nothing more is heard of it, and no callback ever comes.',
}

const asked: Scenario = {
  name: 'waits-for-you',
  suffix: askedSuffix,
  status: 'PROCESSING',
  description: 'The payer waits for you to approve, decline or ignore; the question runs out after 15 minutes.',
}

/** All that numbers are good for: told from the same words that decide. */
export const scenariosOf = (operation: OperationType): readonly Scenario[] =>
  isMoneyOut(operation)
    ? [success('The recipient gets the money.'), ...failures(recipientFailureBySuffix), stuck]
    : [success('The payer approves.'), ...failures(payerFailureBySuffix), asked, stuck]
