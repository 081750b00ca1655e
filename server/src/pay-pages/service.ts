import { type Clock } from '../kernel/clock.ts'
import { currencies } from '../kernel/currencies.ts'
import {
  type MobileMoneyMethod,
  mobileMoneyMethods,
  type PaymentMethod,
  type ProviderName,
  type SourceKind,
} from '../kernel/enums.ts'
import { type MerchantId, type MintReference, type SessionId, type SourceId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { InvalidRequest, Problem } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { misfit } from '../providers/offers.ts'
import { type PromptHelp, type Provider } from '../providers/provider.ts'
import { type Checkout, findCheckoutOf } from '../checkouts/index.ts'
import {
  type Attempt,
  type Execution,
  type ExecuteCollection,
  findAttempt,
  findLatestAttempt,
  findStandingAttempt,
  PromptOpen,
} from '../executions/index.ts'
import { findTier, type Prices } from '../fees/index.ts'
import { findLink, isExpired, type Link, receiptLinkOf } from '../links/index.ts'
import { findMerchant, type Merchant } from '../merchants/index.ts'
import { type Party } from '../parties/index.ts'
import { createPaymentAccount } from '../payment-accounts/index.ts'
import { countryOf, guessCarrier, networkOf, routeMethod } from '../payment-methods/index.ts'
import { findPayment, type Payment } from '../receipts/index.ts'
import { describeSource, findSourceById, type Source, type SourceItem } from '../sources/index.ts'
import { type CardCheckout, listCardOptions } from './card-options.ts'
import { type Option, readOption, readPhone, readReference } from './model.ts'

export interface PayPagesContext {
  readonly db: Pool
  readonly clock: Clock
  readonly mintReference: MintReference
  readonly prices: Prices
  readonly providers: ReadonlyMap<ProviderName, Provider>
  readonly sessions: {
    openCheckout(merchantId: MerchantId, kind: SourceKind, sourceId: SourceId): Promise<{ readonly id: SessionId }>
  }
  readonly executeCollection: ExecuteCollection
  /** Counts the tries at one link and throws `RateLimited` past too many: nobody's phone is made to ring without end. */
  readonly admitTry: (token: string) => void | Promise<void>
  /** Undefined where nobody is paid by card. */
  readonly cardCheckout?: CardCheckout | undefined
  /** Asks the network at once what became of a payment. */
  readonly lookAgain?: (execution: Execution) => Promise<unknown>
}

/** A document as its payer sees it. */
export interface Bill {
  readonly merchant: Merchant
  readonly source: Source
  readonly items: readonly SourceItem[]
  readonly payer: Party
  /** Undefined for a document that no checkout made. */
  readonly checkout: Checkout | undefined
}

/** A form to pay with, and what was wrong with it the last time. */
export interface PayForm {
  readonly options: readonly Option[]
  /** How many of them, from the first, are in the country that the payer's number suggests. */
  readonly nearby: number
  readonly chosen: Option | undefined
  readonly phone: string
  /** The idempotency key of the payment this form makes, however often it is sent. */
  readonly reference: string
  /** Where a card is paid with, below the document's own address; undefined where none is taken. */
  readonly cardPath?: string | undefined
  /** When the link stops paying, if it does. */
  readonly until: Date | undefined
  readonly mistake?: Mistake
  /** Whose number the payer's looks like, where that was the mistake. */
  readonly guess?: MobileMoneyMethod | undefined
}

export type Mistake = 'option' | 'gone' | 'price' | 'phone' | 'operator' | 'waits' | 'refused' | 'again'

export type PayPage =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'canceled' | 'expired' | 'switchedOff' | 'unpayable'; readonly bill: Bill }
  | { readonly kind: 'payable'; readonly bill: Bill; readonly form: PayForm }
  | {
      readonly kind: 'waiting'
      readonly bill: Bill
      readonly attempt: Attempt | undefined
      readonly help: PromptHelp | undefined
      readonly now: Date
    }
  | { readonly kind: 'failed'; readonly bill: Bill; readonly attempt: Attempt; readonly mayTryAgain: boolean }
  | { readonly kind: 'paid'; readonly bill: Bill; readonly payment: Payment; readonly receipt: Link }

export async function readBill({ db }: Pick<PayPagesContext, 'db'>, { merchantId, sourceId }: Link): Promise<Bill> {
  const source = await findSourceById(db, merchantId, sourceId)
  invariant(source, 'a link leads to a document')
  const [{ items, counterparty }, merchant, checkout] = await Promise.all([
    describeSource(db, merchantId, source),
    findMerchant(db, merchantId),
    findCheckoutOf(db, merchantId, sourceId),
  ])
  invariant(merchant && counterparty, 'a document has its merchant and its payer')
  return { merchant, source, items, payer: counterparty.party, checkout }
}

/** Every way in which the document can be paid now: what is offered, can be priced and fits, the document's currency first. */
async function listOptions({ db, prices, providers }: PayPagesContext, { source }: Bill): Promise<Option[]> {
  const tierId = await findTier(db, source.ownerId)
  const own = source.total.currency
  const candidates = mobileMoneyMethods.flatMap((method) =>
    [own, ...currencies.filter((currency) => currency !== own)].map((currency) => ({ method, currency })),
  )
  const options = candidates.map(async ({ method, currency }): Promise<Option | undefined> => {
    const provider = routeMethod(method, method, 'COLLECTION')
    const offer = provider && providers.get(provider)?.offer(method, 'COLLECTION', currency)
    if (!offer) return undefined
    const terms = { base: source.total, target: currency, bearer: source.feeBearer, provider, method, tierId }
    const quote = await prices.quote({ ...terms, operation: 'COLLECTION' })
    if (!quote || quote.payee.minor < 0n) return undefined
    const issue = misfit(quote.payer, offer, { currency: 'currency', amount: 'payment_account_id' })
    return issue ? undefined : { method, provider, country: countryOf(method), currency, quote }
  })
  return (await Promise.all(options)).filter((option) => option !== undefined)
}

/** The operator that the payer's number suggests comes first, then its country; a single option needs no choosing. */
function arrange(
  options: readonly Option[],
  phone: string | undefined,
): Pick<PayForm, 'options' | 'nearby' | 'chosen'> {
  const guessed = phone === undefined ? undefined : guessCarrier(phone)
  const rank = ({ method, country }: Option): number =>
    method === guessed?.method ? 0 : country === guessed?.country ? 1 : 2
  const arranged = [...options].sort((a, b) => rank(a) - rank(b))
  const [first] = arranged
  return {
    options: arranged,
    nearby: arranged.filter((option) => rank(option) < 2).length,
    chosen: first && (arranged.length === 1 || rank(first) === 0) ? first : undefined,
  }
}

/** What a document that nobody pays right now shows: a form, or why there is none. */
async function offerToPay(context: PayPagesContext, link: Link, bill: Bill): Promise<PayPage> {
  if (!bill.merchant.paymentLinksAllowed) return { kind: 'switchedOff', bill }
  if (isExpired(link, context.clock.now())) return { kind: 'expired', bill }
  const [options, cardOptions] = await Promise.all([listOptions(context, bill), listCardOptions(context, bill)])
  if (options.length === 0 && cardOptions.length === 0) return { kind: 'unpayable', bill }
  const cardPath = cardOptions.length > 0 ? `${link.token}/card` : undefined
  const { phone } = bill.payer
  const arranged = arrange(options, phone)
  const reference = context.mintReference()
  const form = { ...arranged, phone: phone ?? '', reference, cardPath, until: link.expiresAt }
  return { kind: 'payable', bill, form }
}

/** How a payer brings up the question for the PIN. Only a help: while a network has not told, there is none. */
function findHelp({ providers }: PayPagesContext, { method, payer }: Attempt): PromptHelp | undefined {
  try {
    return providers.get(networkOf(method))?.offer(method, 'COLLECTION', payer.currency)?.promptHelp
  } catch (error) {
    if (error instanceof Problem && error.kind === 'unavailable') return undefined
    throw error
  }
}

const wait = (context: PayPagesContext, bill: Bill, attempt: Attempt | undefined): PayPage => ({
  kind: 'waiting',
  bill,
  attempt,
  help: attempt && findHelp(context, attempt),
  now: context.clock.now(),
})

/** How somebody comes to a page: with the key of a try, or after having waited on it. */
export interface Visit {
  readonly reference: string | undefined
  readonly waited: boolean
}

/** The try that a reader comes to hear of: their own by its key, else, where they waited for somebody's, the last one. */
async function findTold({ db }: PayPagesContext, { merchantId, sourceId }: Link, { reference, waited }: Visit) {
  if (reference !== undefined) return findAttempt(db, merchantId, sourceId, reference)
  return waited ? findLatestAttempt(db, merchantId, sourceId) : undefined
}

/** What was tried has an end, or none yet. An ACTIVE document may have been paid since it was read. */
async function tellAttempt(context: PayPagesContext, link: Link, bill: Bill, visit: Visit): Promise<PayPage> {
  const attempt = await findTold(context, link, visit)
  if (!attempt) return offerToPay(context, link, bill)
  if (attempt.status !== 'FAILED') return wait(context, bill, attempt)
  const mayTryAgain = bill.merchant.paymentLinksAllowed && !isExpired(link, context.clock.now())
  return { kind: 'failed', bill, attempt, mayTryAgain }
}

async function showPayment(context: PayPagesContext, bill: Bill): Promise<PayPage> {
  const { source } = bill
  const [payment, receipt] = await Promise.all([
    findPayment(context.db, source.ownerId, source.id),
    receiptLinkOf(context, source),
  ])
  invariant(payment, 'a PAID document has its payment')
  return { kind: 'paid', bill, payment, receipt }
}

export async function openLinked(context: PayPagesContext, link: Link, visit: Visit): Promise<PayPage> {
  const bill = await readBill(context, link)
  switch (bill.source.status) {
    case 'IDLE':
      return { kind: 'unknown' }
    case 'CANCELED':
      return { kind: 'canceled', bill }
    case 'PAID':
      return showPayment(context, bill)
    case 'PROCESSING':
      return wait(context, bill, await findStandingAttempt(context.db, link.merchantId, link.sourceId))
    case 'ACTIVE':
      return tellAttempt(context, link, bill, visit)
  }
}

const firstVisit: Visit = { reference: undefined, waited: false }

/** What the pay page of a token shows now; with the key of a try, also how that one went. */
export async function openPayPage(
  context: PayPagesContext,
  token: string,
  visit: Partial<Visit> = {},
): Promise<PayPage> {
  const link = await findLink(context, 'PAY', token)
  return link ? openLinked(context, link, { ...firstVisit, ...visit }) : { kind: 'unknown' }
}

/** What a page that waits asks again and again: two look-ups, and a word. `changed` is worth a look at the whole page. */
export async function askWhetherWaiting(
  context: PayPagesContext,
  token: string,
  reference: string | undefined,
): Promise<'waiting' | 'changed' | 'unknown'> {
  const link = await findLink(context, 'PAY', token)
  const source = link && (await findSourceById(context.db, link.merchantId, link.sourceId))
  if (!link || !source) return 'unknown'
  if (source.status === 'PROCESSING') return 'waiting'
  const tried =
    source.status === 'ACTIVE' && reference !== undefined
      ? await findAttempt(context.db, link.merchantId, link.sourceId, reference)
      : undefined
  return tried && tried.status !== 'FAILED' ? 'waiting' : 'changed'
}

/** A form as it was sent: every field may hold anything, or be missing. */
export interface SentForm {
  readonly option: string
  readonly phone: string
  readonly reference: string
  /** The number whose operator the payer has been asked about: sent once more, it is meant so. */
  readonly sure: string
}

export type PayAnswer =
  /** Something was tried under this key, or somebody else's try is under way: the page tells. */
  | { readonly kind: 'tried'; readonly reference: string | undefined }
  | { readonly kind: 'shown'; readonly page: PayPage }

interface Order {
  readonly option: Option
  readonly phone: string
  readonly reference: string
}

const guessOperator = (phone: string): MobileMoneyMethod | undefined => {
  const guessed: PaymentMethod | undefined = guessCarrier(phone)?.method
  return mobileMoneyMethods.find((method) => method === guessed)
}

/** What a sent form asks for, or what keeps it from being carried out. */
function readOrder(sent: SentForm, options: readonly Option[]): Order | Mistake {
  const chosen = readOption(sent.option)
  if (!chosen) return 'option'
  const option = options.find(({ method, currency }) => method === chosen.method && currency === chosen.currency)
  if (!option) return 'gone'
  if (option.quote.payer.minor !== chosen.shownMinor) return 'price'
  const phone = readPhone(sent.phone, option.country)
  if (phone === undefined) return 'phone'
  // Numbers are ported: another operator than the number suggests is asked about once, and then believed.
  const guess = guessOperator(phone)
  if (guess !== undefined && guess !== option.method && sent.sure !== sent.phone) return 'operator'
  const reference = readReference(sent.reference)
  return reference === undefined ? 'again' : { option, phone, reference }
}

/** Account, session and collection: the steps every merchant's server takes, by the same services. */
async function charge(context: PayPagesContext, { source, payer }: Bill, order: Order): Promise<void> {
  const { option, phone, reference } = order
  const merchantId = source.ownerId
  const account = await createPaymentAccount(context, merchantId, {
    operation: 'COLLECTION',
    accountName: payer.fullname,
    provider: option.provider,
    method: option.method,
    partyId: payer.id,
    countryCode: option.country,
    accountNumber: phone,
  })
  const session = await context.sessions.openCheckout(merchantId, source.kind, source.id)
  const request = { merchantId, referenceId: reference, currency: option.currency }
  await context.executeCollection(
    { ...request, sessionId: session.id, paymentAccountId: account.id },
    { sessionId: session.id, paymentAccountId: account.id },
  )
}

/** The form again as it was sent, with what was wrong. Its key stays: it stands for no payment yet, unless it is unusable. */
function mend(page: PayPage & { readonly kind: 'payable' }, sent: SentForm, mistake: Mistake): PayPage {
  const chosen = readOption(sent.option)
  const option = page.form.options.find(
    ({ method, currency }) => method === chosen?.method && currency === chosen.currency,
  )
  const reference = mistake === 'again' || mistake === 'refused' ? undefined : readReference(sent.reference)
  const phone = readPhone(sent.phone, option?.country)
  return {
    ...page,
    form: {
      ...page.form,
      chosen: option ?? page.form.chosen,
      phone: sent.phone.slice(0, 40),
      reference: reference ?? page.form.reference,
      mistake,
      guess: mistake === 'operator' && phone !== undefined ? guessOperator(phone) : undefined,
    },
  }
}

/**
 * Pays a document as its form says, once however often that form is sent: the key in it was minted with it, and the document
 * takes one payment at a time. Whoever comes second, with the same form or from another tab, is shown what the first began.
 */
export async function pay(context: PayPagesContext, token: string, sent: SentForm): Promise<PayAnswer> {
  const link = await findLink(context, 'PAY', token)
  if (!link) return { kind: 'shown', page: { kind: 'unknown' } }
  await context.admitTry(token)
  const reference = readReference(sent.reference)
  const page = await openLinked(context, link, { reference, waited: false })
  if (page.kind === 'waiting' || page.kind === 'failed' || page.kind === 'paid') return { kind: 'tried', reference }
  if (page.kind !== 'payable') return { kind: 'shown', page }
  const order = readOrder(sent, page.form.options)
  if (typeof order === 'string') return { kind: 'shown', page: mend(page, sent, order) }
  try {
    await charge(context, page.bill, order)
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error
    const now = await openLinked(context, link, { reference: order.reference, waited: false })
    if (now.kind !== 'payable') return { kind: 'tried', reference }
    return { kind: 'shown', page: mend(now, sent, error instanceof PromptOpen ? 'waits' : 'refused') }
  }
  return { kind: 'tried', reference }
}

/** Whether a payment link leads to something that is or was to be paid: what is worth a QR code. */
export async function isWorthShowing({ db, clock }: Pick<PayPagesContext, 'db' | 'clock'>, token: string) {
  const link = await findLink({ db }, 'PAY', token)
  if (!link) return false
  const [source, merchant] = await Promise.all([
    findSourceById(db, link.merchantId, link.sourceId),
    findMerchant(db, link.merchantId),
  ])
  if (source?.status === 'PAID' || source?.status === 'PROCESSING') return true
  return source?.status === 'ACTIVE' && merchant?.paymentLinksAllowed === true && !isExpired(link, clock.now())
}
