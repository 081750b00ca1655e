import { type Currency, decimalsOf, isCurrency } from '../../kernel/currencies.ts'
import {
  type MobileMoneyMethod,
  mobileMoneyMethods,
  type OperationType,
  type PaymentMethod,
} from '../../kernel/enums.ts'
import { decimalPlaces, formatMoney, parseMoney } from '../../kernel/money.ts'
import {
  type Cancellation,
  type DirectOrder,
  type Finding,
  type Offer,
  type Outcome,
  type PromptHelp,
  type RefundOrder,
  type ReportedStatus,
} from '../provider.ts'
import { type ActiveConfiguration, type OperationConfiguration, type Payment, PromptInstructions } from './wire.ts'

/** Our methods in pawaPay's codes. Which of them an account really has is for its active configuration to say. */
const providerCodes: Record<MobileMoneyMethod, string> = {
  MTN_MOMO_LBR: 'MTN_MOMO_LBR',
  ORANGE_MONEY_LBR: 'ORANGE_LBR',
  AIRTEL_RWA: 'AIRTEL_RWA',
  MTN_MOMO_RWA: 'MTN_MOMO_RWA',
  ORANGE_MONEY_RWA: 'ORANGE_RWA',
}

const isMobileMoney = (method: PaymentMethod): method is MobileMoneyMethod => Object.hasOwn(providerCodes, method)

export const providerCode = (method: PaymentMethod): string | undefined =>
  isMobileMoney(method) ? providerCodes[method] : undefined

/** The method that one of their codes stands for, when it is one of ours. */
export const methodOf = (code: string): MobileMoneyMethod | undefined =>
  mobileMoneyMethods.find((method) => providerCodes[method] === code)

/** Our operations in pawaPay's words, with the path each is reached at. A transfer is none of them: it never leaves us. */
const theirOperations = {
  COLLECTION: { name: 'DEPOSIT', path: '/v2/deposits' },
  PAYOUT: { name: 'PAYOUT', path: '/v2/payouts' },
  REFUND: { name: 'REFUND', path: '/v2/refunds' },
} as const
type CarriedOperation = keyof typeof theirOperations

export const isCarried = (operation: OperationType): operation is CarriedOperation =>
  Object.hasOwn(theirOperations, operation)

export const pathOf = (operation: CarriedOperation): string => theirOperations[operation].path

/** Where money is asked for or sent: what an account that wants signatures wants signed. */
export const isInitiationPath = (path: string): boolean =>
  Object.values(theirOperations).some((operation) => operation.path === path)

/** The minimal decimal form, the only one their pattern takes: `5.5`, never `5.50`; `100`, never `100.00`. */
export const minimalDecimal = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

/** Their statement text: 4 to 22 letters, digits and spaces. */
export function customerMessage(note: string): string {
  const plain = note
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^A-Za-z0-9 ]+/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim()
    .slice(0, 22)
    .trim()
  return plain.length >= 4 ? plain : 'Payment'
}

const account = (phone: string, method: PaymentMethod) => ({
  type: 'MMO',
  accountDetails: { phoneNumber: phone, provider: providerCode(method) },
})

export function toRequest(order: DirectOrder | RefundOrder) {
  const { reference, method, note } = order
  const amount = { amount: minimalDecimal(formatMoney(order.amount)), currency: order.amount.currency }
  switch (order.operation) {
    case 'COLLECTION':
      return {
        depositId: reference,
        ...amount,
        payer: account(order.phone, method),
        customerMessage: customerMessage(note),
      }
    case 'PAYOUT':
      return {
        payoutId: reference,
        ...amount,
        recipient: account(order.phone, method),
        customerMessage: customerMessage(note),
      }
    // The amount is always said: without one they would give back all that is left. Whom it goes to they know themselves.
    case 'REFUND':
      return { refundId: reference, depositId: order.refunds, ...amount }
  }
}

/** Their codes in words for merchants and payers; their own messages are written for developers. */
const plainWords: Record<string, string> = {
  PAYMENT_NOT_APPROVED: 'The payer did not approve the payment.',
  INSUFFICIENT_BALANCE: 'The payer has too little money in this wallet.',
  PAYMENT_IN_PROGRESS: 'The payer has another payment waiting. Try again in about ten minutes.',
  TRANSACTION_ALREADY_IN_PROCESS: 'The payer has another payment waiting. Try again in about ten minutes.',
  PAYER_NOT_FOUND: 'This number has no wallet with this operator.',
  PAYER_LIMIT_REACHED: 'The payer has reached a limit of this wallet.',
  WALLET_LIMIT_REACHED: 'A limit of this wallet is reached.',
  INVALID_PHONE_NUMBER: 'This is no number of this operator.',
  AMOUNT_OUT_OF_BOUNDS: 'The operator does not take this amount.',
  PROVIDER_TEMPORARILY_UNAVAILABLE: 'The operator is not available now. Try again later.',
  NOT_RECEIVED: 'The operator never received the payment.',
  RECIPIENT_NOT_FOUND: 'This number has no wallet with this operator.',
  RECIPIENT_LIMIT_REACHED: 'The recipient has reached a limit of this wallet.',
  PAWAPAY_WALLET_OUT_OF_FUNDS: 'The platform has too little money with the operator. Try again later.',
  PAYOUTS_NOT_ALLOWED: 'Payouts to this operator are not enabled.',
  REFUNDS_NOT_ALLOWED: 'Refunds through this operator are not enabled.',
  MANUALLY_CANCELLED: 'The payment was cancelled before it reached the operator.',
  REFUND_IN_PROGRESS: 'Another refund of this payment is under way. Try again when it is done.',
  DEPOSIT_ALREADY_REFUNDED: 'This payment has been given back already.',
  AMOUNT_TOO_LARGE: 'This is more than is left of the payment to give back.',
  UNSPECIFIED_FAILURE: 'The operator did not carry out the payment and gave no reason.',
}

/** How long a payer's other payment blocks the next, where a refusal says that it does. */
const blockedForMs: Record<string, number> = {
  PAYMENT_IN_PROGRESS: 10 * 60_000,
  TRANSACTION_ALREADY_IN_PROCESS: 10 * 60_000,
}

export const declined = (code: string): Outcome => ({
  kind: 'declined',
  code,
  ...(blockedForMs[code] !== undefined && { retryAfterMs: blockedForMs[code] }),
  message: plainWords[code] ?? `The operator refused the payment (${code}).`,
})

/** Codes that say they do not know: to be asked after, whatever the HTTP status around them. */
const undecided = new Set(['UNKNOWN_ERROR'])

interface InitiationAnswer {
  readonly status?: string | undefined
  readonly failureReason?: { readonly failureCode: string } | undefined
}

/** Theirs now, at once, once the operator recovers, or since an earlier request under the same id. */
const taken = new Set<string | undefined>(['ACCEPTED', 'ENQUEUED', 'DUPLICATE_IGNORED'])

/**
 * Refusals that the order itself may be the cause of, had an earlier request with the same id arrived: it would be the refund
 * under way, or hold the money that is missing. They say that an id that is known is ignored, not that they look for it
 * before all else.
 */
const ownDoing = new Set([
  'REFUND_IN_PROGRESS',
  'DEPOSIT_ALREADY_REFUNDED',
  'AMOUNT_TOO_LARGE',
  'INVALID_STATE',
  'PAWAPAY_WALLET_OUT_OF_FUNDS',
])

/** Whether a refusal holds only once it is known that the order is not theirs already. */
export const mayBeOwnDoing = (outcome: Outcome): boolean => outcome.kind === 'declined' && ownDoing.has(outcome.code)

/** An answer to an initiation. Most rejections come with HTTP 200, so the status word decides, not the code. */
export function fromInitiation(httpStatus: number, answer: InitiationAnswer): Outcome {
  const code = answer.failureReason?.failureCode
  if (httpStatus === 200 && taken.has(answer.status)) return { kind: 'accepted' }
  // A failing server may have done anything, whatever its body says.
  const refused = httpStatus < 500 && (answer.status === 'REJECTED' || httpStatus >= 400)
  if (refused && code !== undefined && !undecided.has(code)) return declined(code)
  return { kind: 'unknown', reason: `HTTP ${httpStatus}, status ${answer.status ?? 'none'}, code ${code ?? 'none'}` }
}

export function fromPayment(payment: Payment): Outcome {
  switch (payment.status) {
    case 'ACCEPTED':
    case 'SUBMITTED':
    case 'PROCESSING':
    case 'ENQUEUED':
    case 'IN_RECONCILIATION':
      return { kind: 'accepted' }
    case 'COMPLETED': {
      const { amount, currency, providerTransactionId: transactionId } = payment
      const paid =
        amount !== undefined && isCurrency(currency) ? parseMoney(minimalDecimal(amount), currency) : undefined
      // What was paid must be known to the last minor unit before it is credited.
      return paid
        ? { kind: 'completed', amount: paid, transactionId }
        : {
            kind: 'unknown',
            reason: `completed with an amount that cannot be read: ${amount ?? 'none'} ${currency ?? ''}`,
          }
    }
    case 'FAILED': {
      const code = payment.failureReason?.failureCode ?? 'UNSPECIFIED_FAILURE'
      return undecided.has(code) ? { kind: 'unknown', reason: code } : declined(code)
    }
    default:
      return { kind: 'unknown', reason: `status ${payment.status}` }
  }
}

export function fromLookup(answer: { readonly status: string; readonly data?: Payment | undefined }): Finding {
  if (answer.status === 'NOT_FOUND') return { kind: 'not_found' }
  if (answer.status === 'FOUND' && answer.data) return fromPayment(answer.data)
  return { kind: 'unknown', reason: `look-up status ${answer.status}` }
}

/** The payment an answer or a callback speaks of. The rarer names first: a refund may also name the deposit it gives back. */
export const idOf = ({
  refundId,
  payoutId,
  depositId,
}: Pick<Payment, 'refundId' | 'payoutId' | 'depositId'>): string | undefined =>
  (refundId ?? payoutId ?? depositId)?.toLowerCase()

/** The operation that the same id is of. */
export const operationOf = ({ refundId, payoutId }: Partial<Payment>): CarriedOperation =>
  refundId !== undefined ? 'REFUND' : payoutId !== undefined ? 'PAYOUT' : 'COLLECTION'

/** An answer to the request to drop what is enqueued. */
export function fromCancellation(httpStatus: number, answer: InitiationAnswer): Cancellation {
  if (httpStatus === 200 && answer.status === 'ACCEPTED') return 'accepted'
  return fromInitiation(httpStatus, answer).kind === 'declined' ? 'refused' : 'unknown'
}

const decimalsByWord: Record<string, number> = { NONE: 0, TWO_PLACES: 2 }

/** More than any operator's menu is deep, and few enough for a small page. */
const mostSteps = 8
const longestStep = 160

const limitOf = (text: string | undefined, currency: Currency) =>
  text === undefined || decimalPlaces(text) > decimalsOf(currency) ? undefined : parseMoney(text, currency)

/** `tel*182*7*1%23`, with or without a colon, is dialled as `*182*7*1#`. */
const dialCodeOf = (link: string | undefined): string | undefined =>
  /^tel:?([*#\d]{2,40})$/.exec(link?.replaceAll(/%23/g, '#').replaceAll(/%2a/gi, '*') ?? '')?.[1]

/** Where the operator asks for the PIN only when it is dialled, or asks again then. */
function toPromptHelp(configured: OperationConfiguration): PromptHelp | undefined {
  const { pinPrompt, pinPromptRevivable: revivable, pinPromptInstructions: instructions } = configured
  if ((revivable !== true && pinPrompt !== 'MANUAL') || !PromptInstructions.Check(instructions)) return undefined
  const ussd = instructions.channels.find(({ type }) => type === 'USSD')
  const dialCode = dialCodeOf(ussd?.quickLink)
  if (!ussd || dialCode === undefined) return undefined
  const steps = Object.entries(ussd.instructions ?? {}).map(([language, each]) => [
    language,
    each.slice(0, mostSteps).map(({ text }) => text.slice(0, longestStep)),
  ])
  return { dialCode, steps: Object.fromEntries(steps) as PromptHelp['steps'] }
}

function toOffer(configured: OperationConfiguration, operation: OperationType, currency: Currency): Offer | undefined {
  const decimals = decimalsByWord[configured.decimalsInAmount ?? 'NONE']
  const status = configured.status ?? 'OPERATIONAL'
  // A closed operator rejects everything, a delayed one deposits alone. A word we do not know is no promise.
  const open = status === 'OPERATIONAL' || (status === 'DELAYED' && operation !== 'COLLECTION')
  if (decimals === undefined || !open) return undefined
  const promptHelp = operation === 'COLLECTION' ? toPromptHelp(configured) : undefined
  return {
    decimals,
    minimum: limitOf(configured.minAmount ?? configured.minTransactionLimit, currency),
    maximum: limitOf(configured.maxAmount ?? configured.maxTransactionLimit, currency),
    ...(promptHelp && { promptHelp }),
  }
}

/** What is configured for one of our methods and operations, by currency. */
function configured(
  configuration: ActiveConfiguration,
  method: PaymentMethod,
  operation: OperationType,
): readonly { readonly currency: string; readonly terms: OperationConfiguration }[] {
  const code = providerCode(method)
  if (!isCarried(operation)) return []
  const wanted = theirOperations[operation].name
  const currencies =
    configuration.countries.flatMap(({ providers }) => providers).find(({ provider }) => provider === code)
      ?.currencies ?? []
  return currencies.flatMap(({ currency, operationTypes: operations }) => {
    const terms = Array.isArray(operations)
      ? operations.find(({ operationType }) => operationType === wanted)
      : operations[wanted]
    return terms ? [{ currency, terms }] : []
  })
}

/** What the account's active configuration offers for one of our methods, or undefined when it offers nothing. */
export function findOffer(
  configuration: ActiveConfiguration,
  method: PaymentMethod,
  operation: OperationType,
  currency: Currency,
): Offer | undefined {
  const found = configured(configuration, method, operation).find((each) => each.currency === currency)
  return found && toOffer(found.terms, operation, currency)
}

const statusWords: Record<string, ReportedStatus> = { OPERATIONAL: 'OPERATIONAL', DELAYED: 'DELAYED', CLOSED: 'CLOSED' }

/** The best that a method's currencies stand at: one that works makes it worth offering. */
export function findStatus(
  configuration: ActiveConfiguration,
  method: PaymentMethod,
  operation: OperationType,
): ReportedStatus {
  const told = configured(configuration, method, operation).map(
    ({ terms }) => statusWords[terms.status ?? 'OPERATIONAL'] ?? 'ABSENT',
  )
  return (['OPERATIONAL', 'DELAYED', 'CLOSED'] as const).find((status) => told.includes(status)) ?? 'ABSENT'
}
