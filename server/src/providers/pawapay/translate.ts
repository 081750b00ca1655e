import { type Currency, decimalsOf, isCurrency } from '../../kernel/currencies.ts'
import { type MobileMoneyMethod, type OperationType, type PaymentMethod } from '../../kernel/enums.ts'
import { decimalPlaces, formatMoney, parseMoney } from '../../kernel/money.ts'
import { type CollectionOrder, type Finding, type Offer, type Outcome } from '../provider.ts'
import { type ActiveConfiguration, type Deposit, type OperationConfiguration } from './wire.ts'

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

const operationNames: Partial<Record<OperationType, string>> = {
  COLLECTION: 'DEPOSIT',
  PAYOUT: 'PAYOUT',
  REFUND: 'REFUND',
}

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

export const toDepositRequest = (order: CollectionOrder) => ({
  depositId: order.reference,
  amount: minimalDecimal(formatMoney(order.amount)),
  currency: order.amount.currency,
  payer: {
    type: 'MMO',
    accountDetails: { phoneNumber: order.phone, provider: providerCode(order.method) },
  },
  customerMessage: customerMessage(order.note),
})

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
}

export const declined = (code: string): Outcome => ({
  kind: 'declined',
  code,
  message: plainWords[code] ?? `The operator refused the payment (${code}).`,
})

/** Codes that say they do not know: to be asked after, whatever the HTTP status around them. */
const undecided = new Set(['UNKNOWN_ERROR'])

/** An answer to an initiation. Most rejections come with HTTP 200, so the status word decides, not the code. */
export function fromInitiation(
  httpStatus: number,
  answer: {
    readonly status?: string | undefined
    readonly failureReason?: { readonly failureCode: string } | undefined
  },
): Outcome {
  const code = answer.failureReason?.failureCode
  if (httpStatus === 200 && (answer.status === 'ACCEPTED' || answer.status === 'DUPLICATE_IGNORED'))
    return { kind: 'accepted' }
  // A failing server may have done anything, whatever its body says.
  const refused = httpStatus < 500 && (answer.status === 'REJECTED' || httpStatus >= 400)
  if (refused && code !== undefined && !undecided.has(code)) return declined(code)
  return { kind: 'unknown', reason: `HTTP ${httpStatus}, status ${answer.status ?? 'none'}, code ${code ?? 'none'}` }
}

function fromDeposit(deposit: Deposit): Outcome {
  switch (deposit.status) {
    case 'ACCEPTED':
    case 'SUBMITTED':
    case 'PROCESSING':
    case 'ENQUEUED':
    case 'IN_RECONCILIATION':
      return { kind: 'accepted' }
    case 'COMPLETED': {
      const { amount, currency, providerTransactionId: transactionId } = deposit
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
      const code = deposit.failureReason?.failureCode ?? 'UNSPECIFIED_FAILURE'
      return undecided.has(code) ? { kind: 'unknown', reason: code } : declined(code)
    }
    default:
      return { kind: 'unknown', reason: `status ${deposit.status}` }
  }
}

export function fromLookup(answer: { readonly status: string; readonly data?: Deposit | undefined }): Finding {
  if (answer.status === 'NOT_FOUND') return { kind: 'not_found' }
  if (answer.status === 'FOUND' && answer.data) return fromDeposit(answer.data)
  return { kind: 'unknown', reason: `look-up status ${answer.status}` }
}

const decimalsByWord: Record<string, number> = { NONE: 0, TWO_PLACES: 2 }

const limitOf = (text: string | undefined, currency: Currency) =>
  text === undefined || decimalPlaces(text) > decimalsOf(currency) ? undefined : parseMoney(text, currency)

function toOffer(configured: OperationConfiguration, operation: OperationType, currency: Currency): Offer | undefined {
  const decimals = decimalsByWord[configured.decimalsInAmount ?? 'NONE']
  const status = configured.status ?? 'OPERATIONAL'
  // A closed operator rejects everything, a delayed one deposits alone. A word we do not know is no promise.
  const open = status === 'OPERATIONAL' || (status === 'DELAYED' && operation !== 'COLLECTION')
  if (decimals === undefined || !open) return undefined
  return {
    decimals,
    minimum: limitOf(configured.minAmount ?? configured.minTransactionLimit, currency),
    maximum: limitOf(configured.maxAmount ?? configured.maxTransactionLimit, currency),
  }
}

/** What the account's active configuration offers for one of our methods, or undefined when it offers nothing. */
export function findOffer(
  configuration: ActiveConfiguration,
  method: PaymentMethod,
  operation: OperationType,
  currency: Currency,
): Offer | undefined {
  const code = providerCode(method)
  const wanted = operationNames[operation]
  const operations = configuration.countries
    .flatMap(({ providers }) => providers)
    .find(({ provider }) => provider === code)
    ?.currencies.find((each) => each.currency === currency)?.operationTypes
  const configured = Array.isArray(operations)
    ? operations.find(({ operationType }) => operationType === wanted)
    : wanted && operations?.[wanted]
  return configured ? toOffer(configured, operation, currency) : undefined
}
