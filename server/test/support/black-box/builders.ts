import { randomUUID } from 'node:crypto'
import { type Answer, type Api, ok } from './api-client.ts'
import { pause } from './server-process.ts'

export const kinds = ['INVOICE', 'ORDER'] as const
export type Kind = (typeof kinds)[number]

/** How the operations of a kind of document call it. */
export const namesOf = (kind: Kind) =>
  kind === 'INVOICE'
    ? ({ path: '/invoices', noun: 'invoice', title: 'Invoice', prefix: 'INV' } as const)
    : ({ path: '/orders', noun: 'order', title: 'Order', prefix: 'ORD' } as const)

/** Well-formed, and no id the server will ever have made in a test. */
export const unknownId = 987_654_321

type Fields = Readonly<Record<string, unknown>>

const idOf = async (made: Promise<Answer>): Promise<number> => ((await ok(made)) as { id: number }).id

export const aParty = (api: Api, differences: Fields = {}): Promise<number> =>
  idOf(api.post('/parties/create', { fullname: 'Amara Kamara', phone: '231880000001', ...differences }))

export const aCounterparty = async (api: Api, partyId?: number): Promise<number> =>
  idOf(
    api.post('/counterparties/create', {
      relationship_type: 'CUSTOMER',
      party_id: partyId ?? (await aParty(api)),
    }),
  )

export interface DocumentOptions {
  readonly kind?: Kind
  readonly currency?: string
  readonly amount?: number
  readonly bearer?: 'PAYER' | 'PAYEE'
}

export interface Document {
  readonly kind: Kind
  readonly id: number
  readonly number: string
  readonly currency: string
}

/** A draft without lines. */
export async function aDraft(api: Api, options: DocumentOptions = {}): Promise<Document> {
  const { kind = 'INVOICE', currency = 'USD', bearer = 'PAYER' } = options
  const { path, noun } = namesOf(kind)
  const draft = {
    counterparty_id: await aCounterparty(api),
    currency,
    note: 'Consulting',
    fee_bearer: bearer,
    as_payment_link: false,
  }
  const made = (await ok(api.post(`${path}/create`, draft))) as Fields
  return { kind, id: made['id'] as number, number: made[`${noun}_number`] as string, currency }
}

export const anItem = (api: Api, { kind, id, currency }: Document, amount = 100, qty = 1): Promise<number> =>
  idOf(api.post(`${namesOf(kind).path}/${id}/items/add`, { name: 'Strategy session', currency, qty, amount }))

export const publish = (api: Api, { kind, id }: Document): Promise<Answer> =>
  api.put(`${namesOf(kind).path}/publish/${id}`)

export const cancel = (api: Api, { kind, id }: Document): Promise<Answer> =>
  api.delete(`${namesOf(kind).path}/cancel/${id}`)

/** A published document with one line. */
export async function aDocument(api: Api, options: DocumentOptions = {}): Promise<Document> {
  const draft = await aDraft(api, options)
  await anItem(api, draft, options.amount)
  await ok(publish(api, draft))
  return draft
}

export const aSession = (api: Api, { kind, id }: Document): Promise<number> =>
  idOf(api.post('/sessions/checkout', { source_id: id, source_type: kind }))

export interface AccountOptions {
  readonly phone?: string
  readonly method?: string
}

/** A wallet to collect from. The number decides what its owner does: `...039` declines, `...129` never answers. */
export async function anAccount(api: Api, options: AccountOptions = {}): Promise<number> {
  const { phone = '231880000001', method = 'MTN_MOMO_LBR' } = options
  const account = {
    account_name: 'Wallet',
    provider: 'PAWAPAY',
    method,
    party_id: await aParty(api),
    insensitive_account_number: phone,
  }
  return idOf(api.post('/payment-accounts/create', account, { operation_type: 'COLLECTION' }))
}

export interface Collection {
  readonly session_id: string
  readonly payment_account_id: string
  readonly currency: string
  readonly reference_id: string
}

export type PaymentOptions = DocumentOptions & AccountOptions & { readonly payIn?: string }

/** Another try at a document: a new session, a new account and a new key. */
export async function anAttempt(api: Api, document: Document, options: PaymentOptions = {}): Promise<Collection> {
  const [sessionId, accountId] = await Promise.all([aSession(api, document), anAccount(api, options)])
  return {
    session_id: String(sessionId),
    payment_account_id: String(accountId),
    currency: options.payIn ?? document.currency,
    reference_id: randomUUID(),
  }
}

export interface Payment {
  readonly document: Document
  readonly collection: Collection
}

/** All that has to be there before a payer is charged. */
export async function aPayment(api: Api, options: PaymentOptions = {}): Promise<Payment> {
  const document = await aDocument(api, options)
  return { document, collection: await anAttempt(api, document, options) }
}

export interface CardOptions {
  /** One of the card network's own test tokens. */
  readonly token?: string
  readonly name?: string
}

/** A card to collect from, looked up before. */
export async function aCardAccount(
  api: Api,
  { token = 'pm_card_visa', name = 'Card' }: CardOptions = {},
): Promise<number> {
  const query = { payment_method_id: token, operation_type: 'COLLECTION' }
  const { payment_method_id } = (await ok(api.get('/predictions/card-provider-info', query))) as Record<string, string>
  const account = {
    account_name: name,
    provider: 'STRIPE',
    method: 'CREDIT_CARD',
    party_id: await aParty(api),
    payment_method_id,
  }
  return idOf(api.post('/payment-accounts/create', account, { operation_type: 'COLLECTION' }))
}

/** All that has to be there before a card is charged. */
export async function aCardPayment(
  api: Api,
  options: DocumentOptions & CardOptions & { readonly payIn?: string } = {},
): Promise<Payment> {
  const document = await aDocument(api, options)
  const [sessionId, accountId] = [await aSession(api, document), await aCardAccount(api, options)]
  const collection = {
    session_id: String(sessionId),
    payment_account_id: String(accountId),
    currency: options.payIn ?? document.currency,
    reference_id: randomUUID(),
  }
  return { document, collection }
}

export interface Execution {
  readonly reference_id: string
  readonly status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED'
  readonly payer_amount: number
  readonly payer_currency: string
  readonly payee_amount: number
  readonly payee_currency: string
  readonly provider_transaction_id: string | null
  readonly gateway_message: string | null
  readonly wallet_message: string | null
  readonly client_secret: string | null
  readonly requires_action: boolean | null
  readonly payment_intent_id: number
}

export const collect = (api: Api, collection: Collection): Promise<Answer> =>
  api.post('/executions/collection', collection)

export const executionOf = (api: Api, { reference_id: key }: Pick<Collection, 'reference_id'>): Promise<Answer> =>
  api.get(`/status/collection/${key}`)

const settleLimitMs = 20_000

/** Polls an execution as a client would until it is final. `nudge` may move time along between two polls. */
export async function settled(
  api: Api,
  collection: Pick<Collection, 'reference_id'>,
  nudge: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Execution> {
  const deadline = Date.now() + settleLimitMs
  for (;;) {
    await nudge()
    const execution = (await ok(executionOf(api, collection))) as Execution
    if (execution.status === 'COMPLETED' || execution.status === 'FAILED') return execution
    if (Date.now() > deadline) throw new Error(`never final: ${JSON.stringify(execution)}`)
    await pause(15)
  }
}

/** Pays a document and waits for the end of it. */
export async function pay(
  api: Api,
  options: PaymentOptions = {},
): Promise<Payment & { readonly execution: Execution }> {
  const payment = await aPayment(api, options)
  await ok(collect(api, payment.collection))
  return { ...payment, execution: await settled(api, payment.collection) }
}

export async function sourceStatus(api: Api, { kind, id }: Document): Promise<string> {
  const answer = await ok(api.get('/status/source', { source_type: kind, source_id: id }))
  return (answer as { status: string }).status
}

export interface Checkout {
  readonly id: number
  readonly mode: string
  readonly source_type: Kind
  readonly source_id: number
  readonly source_number: string
  readonly source_status: string
  readonly counterparty_id: number
  readonly party_id: number
  readonly currency: string
  readonly total_amount: number
  readonly url: string
  readonly hosted_path_or_token: string | null
}

/** The least a checkout needs. */
export const aCheckoutBody = (differences: Fields = {}): Fields => ({
  mode: 'HOSTED',
  source_kind: 'INVOICE',
  party_phone: '231880000001',
  currency: 'USD',
  items: [{ name: 'Consulting', currency: 'USD', amount: 250 }],
  ...differences,
})

export const aCheckout = async (api: Api, differences: Fields = {}): Promise<Checkout> =>
  (await ok(api.post('/checkouts/create', aCheckoutBody(differences)))) as Checkout

/** The document that a checkout made, as the other builders know documents. */
export const documentOf = (checkout: Checkout): Document => ({
  kind: checkout.source_type,
  id: checkout.source_id,
  number: checkout.source_number,
  currency: checkout.currency,
})
