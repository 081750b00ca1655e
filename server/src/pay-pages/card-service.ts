import { type PartyId } from '../kernel/ids.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { type Execution, findByReference } from '../executions/index.ts'
import { findLink, type Link } from '../links/index.ts'
import { createPaymentAccount } from '../payment-accounts/index.ts'
import { type CardOption, listCardOptions, writeCardOption } from './card-options.ts'
import { readReference } from './model.ts'
import { type Bill, openLinked, type PayPage, type PayPagesContext } from './service.ts'

const cardMistakes = ['gone', 'price', 'card', 'refused'] as const
export type CardMistake = (typeof cardMistakes)[number]

/** What a page that was sent back is told in its address. */
export const readMistake = (sent: string): CardMistake | undefined => cardMistakes.find((each) => each === sent)

/** A document to be paid by card: how much, and under which key. */
export interface CardPage {
  readonly kind: 'card'
  readonly bill: Bill
  readonly options: readonly CardOption[]
  readonly chosen: CardOption | undefined
  readonly reference: string
  readonly mistake?: CardMistake
}

/** Everything else that the document's own page shows. */
export interface OtherPage {
  readonly kind: 'elsewhere'
  readonly page: PayPage
}

/** A choice as it was sent: every field may hold anything, or be missing. */
export interface SentCard {
  readonly option: string
  readonly reference: string
  readonly paymentMethod: string
}

type Chosen = { readonly option: CardOption } | { readonly mistake: CardMistake }

function readChoice(sent: string, options: readonly CardOption[]): Chosen {
  const option = options.find(({ currency }) => sent.startsWith(`CREDIT_CARD:${currency}:`))
  if (!option) return { mistake: 'gone' }
  return writeCardOption(option) === sent ? { option } : { mistake: 'price' }
}

async function openFor(
  context: PayPagesContext,
  link: Link,
  sent: Pick<SentCard, 'option' | 'reference'>,
): Promise<CardPage | OtherPage> {
  const reference = readReference(sent.reference)
  const page = await openLinked(context, link, { reference, waited: false })
  if (page.kind !== 'payable') return { kind: 'elsewhere', page }
  const options = await listCardOptions(context, page.bill)
  if (options.length === 0) return { kind: 'elsewhere', page }
  const chosen = sent.option === '' ? undefined : readChoice(sent.option, options)
  return {
    kind: 'card',
    bill: page.bill,
    options,
    chosen: chosen && 'option' in chosen ? chosen.option : undefined,
    reference: reference ?? context.mintReference(),
    ...(chosen && 'mistake' in chosen && { mistake: chosen.mistake }),
  }
}

/** What a document costs by card, once a currency is chosen in that one. */
export async function openCardPage(
  context: PayPagesContext,
  token: string,
  sent: Pick<SentCard, 'option' | 'reference'>,
): Promise<CardPage | OtherPage> {
  const link = await findLink(context, 'PAY', token)
  return link ? openFor(context, link, sent) : { kind: 'elsewhere', page: { kind: 'unknown' } }
}

export type CardAnswer =
  | CardPage
  | OtherPage
  /** The payment was tried under this key: the document's page tells how it stands. */
  | { readonly kind: 'tried'; readonly reference: string }
  /** The cardholder's bank wants to hear from them first. */
  | { readonly kind: 'challenge'; readonly url: string }

/** Account, session and collection, by the same services as every merchant's server. */
async function charge(
  context: PayPagesContext,
  { source, payer }: Bill,
  order: { readonly option: CardOption; readonly reference: string; readonly token: string; readonly name: string },
  returnUrl: string,
): Promise<Execution> {
  const merchantId = source.ownerId
  const partyId: PartyId = payer.id
  const account = await createPaymentAccount({ ...context, cards: context.cardCheckout?.network }, merchantId, {
    operation: 'COLLECTION',
    accountName: order.name,
    provider: 'STRIPE',
    method: 'CREDIT_CARD',
    partyId,
    countryCode: undefined,
    accountNumber: undefined,
    paymentMethodId: order.token,
  })
  const session = await context.sessions.openCheckout(merchantId, source.kind, source.id)
  return context.executeCollection(
    {
      merchantId,
      referenceId: order.reference,
      currency: order.option.currency,
      sessionId: session.id,
      paymentAccountId: account.id,
      returnUrl,
    },
    { sessionId: session.id, paymentAccountId: account.id },
  )
}

/**
 * Pays a document with the card behind a token, once however often the address is opened: its key was minted with the page,
 * the token pays once, and the document takes one payment at a time.
 */
export async function payByCard(
  context: PayPagesContext,
  token: string,
  sent: SentCard,
  returnUrl: (reference: string) => string,
): Promise<CardAnswer> {
  const link = await findLink(context, 'PAY', token)
  if (!link) return { kind: 'elsewhere', page: { kind: 'unknown' } }
  await context.admitTry(token)
  const page = await openFor(context, link, sent)
  if (page.kind === 'elsewhere') {
    const reference = readReference(sent.reference)
    const isTried = ['waiting', 'failed', 'paid'].includes(page.page.kind)
    return isTried && reference !== undefined ? { kind: 'tried', reference } : page
  }
  const { bill, chosen: option, reference } = page
  if (!option) return { ...page, mistake: page.mistake ?? 'gone' }
  const card = await context.cardCheckout?.network.describeCard(sent.paymentMethod)
  if (!card) return { ...page, mistake: 'card' }
  try {
    const order = { option, reference, token: card.token, name: card.billingName ?? bill.payer.fullname }
    const execution = await charge(context, bill, order, returnUrl(reference))
    const url = await challengeUrl(context, execution)
    return url === undefined ? { kind: 'tried', reference } : { kind: 'challenge', url }
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error
    const now = await openFor(context, link, sent)
    return now.kind === 'card' ? { ...now, mistake: 'refused' } : { kind: 'tried', reference }
  }
}

async function challengeUrl(
  { cardCheckout }: Pick<PayPagesContext, 'cardCheckout'>,
  { requiresAction, providerTransactionId: id }: Execution,
): Promise<string | undefined> {
  return requiresAction && id !== undefined ? (await cardCheckout?.network.challengeOf(id))?.redirectUrl : undefined
}

async function findTried(
  context: PayPagesContext,
  token: string,
  reference: string | undefined,
): Promise<Execution | undefined> {
  const link = await findLink(context, 'PAY', token)
  const execution = link && reference && (await findByReference(context.db, link.merchantId, reference))
  return execution && execution.sourceId === link.sourceId && execution.requiresAction ? execution : undefined
}

/** Where a cardholder who has not been at their bank yet goes on. */
export async function findChallenge(
  context: PayPagesContext,
  token: string,
  reference: string | undefined,
): Promise<string | undefined> {
  const execution = await findTried(context, token, reference)
  return execution && challengeUrl(context, execution)
}

/** A cardholder comes back: the network is asked at once, and what the browser brings along is not believed. */
export async function comeBack(context: PayPagesContext, token: string, reference: string | undefined): Promise<void> {
  const execution = await findTried(context, token, reference)
  if (execution) await context.lookAgain?.(execution)
}
