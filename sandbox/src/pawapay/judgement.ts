import { decimalPlacesOf, isAtLeast, isMinimalDecimal, isWithin, subtractAmounts } from './amounts.ts'
import { type Country, findProvider } from './configuration.ts'
import { failure, type FailureReason } from './failures.ts'
import { isMoneyOut, type ProviderStatus } from './operations.ts'
import type { PaymentBook } from './payments.ts'
import type { DirectRequest, Order, PaymentRequest, RefundRequest } from './requests.ts'

/** Refused is answered with HTTP 200 and REJECTED: a well-formed request that the network will not execute. */
export type Verdict =
  { readonly kind: 'executable'; readonly order: Order } | { readonly kind: 'refused'; readonly reason: FailureReason }

/** A request as the order it comes to, before anybody asks whether it can be executed. */
type Resolved = (Verdict & { readonly kind: 'refused' }) | { readonly kind: 'resolved'; readonly order: Order }

const refused = (failureCode: string, failureMessage: string) =>
  ({ kind: 'refused', reason: failure(failureCode, failureMessage) }) as const

export const isMobileNumber = (country: Country, phoneNumber: string): boolean =>
  phoneNumber.startsWith(country.prefix) && country.mobileNumber.test(phoneNumber.slice(country.prefix.length))

const resolveDirect = (asked: DirectRequest): Resolved => {
  const found = findProvider(asked.provider)
  if (found === undefined) return refused('INVALID_PROVIDER', `Provider '${asked.provider}' is not known.`)
  return { kind: 'resolved', order: { ...asked, country: found.country.country } }
}

/** What no refund has given back yet, or is about to. */
const remainderOf = (book: PaymentBook, depositId: string, amount: string): string =>
  book
    .refundsOf(depositId)
    .filter(({ result }) => result?.status !== 'FAILED')
    .reduce((left, { terms }) => subtractAmounts(left, terms.amount), amount)

const resolveRefund = (book: PaymentBook, asked: RefundRequest): Resolved => {
  const deposit = book.find('DEPOSIT', asked.depositId)
  if (deposit === undefined) return refused('NOT_FOUND', `Deposit ${asked.depositId} is not known.`)
  if (deposit.result?.status !== 'COMPLETED')
    return refused('INVALID_STATE', 'Only a completed deposit can be refunded.')
  if (book.refundsOf(asked.depositId).some(({ result }) => result === undefined))
    return refused('REFUND_IN_PROGRESS', 'Another refund of this deposit is in progress.')
  const { amount, currency, country, phoneNumber, provider } = deposit.terms
  const remainder = remainderOf(book, asked.depositId, amount)
  if (remainder === '0') return refused('DEPOSIT_ALREADY_REFUNDED', 'The deposit has been refunded in full.')
  if ((asked.currency ?? currency) !== currency)
    return refused('INVALID_CURRENCY', `The deposit was made in ${currency}, not in ${asked.currency ?? ''}.`)
  return {
    kind: 'resolved',
    order: {
      ...asked,
      amount: asked.amount ?? remainder,
      currency,
      country,
      phoneNumber,
      provider,
      customerMessage: undefined,
    },
  }
}

/** Whether the provider takes such an amount from, or to, such a number. */
const misfit = ({ provider, currency, phoneNumber, amount }: Order): FailureReason | undefined => {
  const found = findProvider(provider)
  const terms = found?.provider.currencies.find((each) => each.currency === currency)
  if (found === undefined || terms === undefined)
    return failure('INVALID_CURRENCY', `Currency '${currency}' is not supported by ${provider}.`)
  if (!isMobileNumber(found.country, phoneNumber))
    return failure(
      'INVALID_PHONE_NUMBER',
      `The phone number is not a mobile number of ${found.country.displayName.en}.`,
    )
  const places = terms.decimalsInAmount === 'NONE' ? 0 : 2
  if (!isMinimalDecimal(amount) || decimalPlacesOf(amount) > places)
    return failure(
      'INVALID_AMOUNT',
      `The amount must be in minimal decimal form with at most ${places} decimal places.`,
    )
  if (!isWithin(amount, terms))
    return failure('AMOUNT_OUT_OF_BOUNDS', `The amount must be from ${terms.minAmount} to ${terms.maxAmount}.`)
  return undefined
}

/** More than is left of the deposit, or than the account has. Asked last: only an amount that is one can be compared. */
const shortage = (book: PaymentBook, order: Order): FailureReason | undefined => {
  const deposit = order.depositId === undefined ? undefined : book.find('DEPOSIT', order.depositId)
  if (deposit && !isAtLeast(remainderOf(book, deposit.terms.id, deposit.terms.amount), order.amount))
    return failure('AMOUNT_TOO_LARGE', 'The amount is larger than what is left of the deposit.')
  if (isMoneyOut(order.operation) && !book.wallets.covers(order))
    return failure('PAWAPAY_WALLET_OUT_OF_FUNDS', `The ${order.currency} wallet does not have enough funds.`)
  return undefined
}

const isOpen = ({ operation }: Order, status: ProviderStatus): boolean =>
  status === 'OPERATIONAL' || (status === 'DELAYED' && isMoneyOut(operation))

/** Whether the network executes a request, and as which order. */
export const judge = (book: PaymentBook, asked: PaymentRequest, { closed }: { closed: boolean }): Verdict => {
  const resolved = asked.operation === 'REFUND' ? resolveRefund(book, asked) : resolveDirect(asked)
  if (resolved.kind === 'refused') return resolved
  const { order } = resolved
  const wrong = misfit(order)
  if (wrong) return { kind: 'refused', reason: wrong }
  if (closed || !isOpen(order, book.statusOf(order)))
    return refused(
      'PROVIDER_TEMPORARILY_UNAVAILABLE',
      `${order.provider} is currently not taking payments. Please try again later.`,
    )
  const reason = shortage(book, order)
  return reason ? { kind: 'refused', reason } : { kind: 'executable', order }
}
