import { randomUUID } from 'node:crypto'
import { type Api, type Call, ok } from './api-client.ts'
import {
  aCounterparty,
  aDocument,
  aDraft,
  anItem,
  aParty,
  aPayment,
  aSession,
  type Document,
  type Kind,
  namesOf,
  pay,
} from './builders.ts'
import { pause, sandboxCredentials } from './server-process.ts'
import { readToken } from './tokens.ts'

/** Everything a request needs, in the places where it goes. */
export interface GoodRequest {
  readonly path?: Readonly<Record<string, string | number>>
  readonly query?: NonNullable<Call['query']>
  readonly body?: Readonly<Record<string, unknown>>
}

/** Makes what the request is about, and answers the request itself: one that has not been sent and will succeed. */
type Build = (api: Api) => GoodRequest | Promise<GoodRequest>

const routing = { payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }
const later = '2090-01-01T00:00:00Z'
const source = ({ kind, id }: Document) => ({ source_type: kind, source_id: id })

/** Whom a token speaks for, as the token itself says. */
function merchantOf({ token }: Api): { readonly id: number; readonly type: string } {
  const { payload } = readToken(token)
  return { id: Number(payload['merchant_id']), type: String(payload['merchant_type']) }
}

const money = { amount: 1.25, currency: 'USD' }

async function anIdOf(made: ReturnType<Api['post']>, field = 'id'): Promise<number> {
  return ((await ok(made)) as Record<string, number>)[field] ?? 0
}

/** The port of a service that was given up long ago. */
const nobodyListens = 'http://127.0.0.1:9/hook'

/** A merchant has few: the older ones make room. */
async function anEndpointDraft(api: Api) {
  const others = (await ok(api.get('/webhook-endpoints/list'))) as { id: number }[]
  for (const { id } of others.slice(9)) await ok(api.delete(`/webhook-endpoints/delete/${id}`))
  return { url: nobodyListens, events: ['payment.completed', 'payout.*'], description: 'Shop' }
}

const anEndpoint = async (api: Api): Promise<number> =>
  anIdOf(api.post('/webhook-endpoints/create', await anEndpointDraft(api)))

/** One that everybody may read, which takes a moment. */
async function anEvent(api: Api): Promise<string> {
  await aDocument(api)
  for (;;) {
    const { events } = (await ok(api.get('/events', { limit: 1 }))) as { events: { id: string }[] }
    if (events[0]) return events[0].id
    await pause(20)
  }
}

/** A wallet to pay out to. */
async function aPayoutAccount(api: Api): Promise<number> {
  const account = {
    account_name: 'Beneficiary',
    provider: 'PAWAPAY',
    method: 'MTN_MOMO_LBR',
    party_id: await aParty(api),
    insensitive_account_number: '231880000001',
  }
  return anIdOf(api.post('/payment-accounts/create', account, { operation_type: 'PAYOUT' }))
}

/** A merchant's first payment opens its wallet; a payout session tells which wallet that is. */
async function aPayoutSession(api: Api): Promise<{ id: number; wallet_id: number; payout_account_id: number }> {
  await pay(api, { amount: 100 })
  const request = { payout_account_id: await aPayoutAccount(api), ...money }
  return (await ok(api.post('/sessions/payout', request))) as Awaited<ReturnType<typeof aPayoutSession>>
}

async function transferSession(api: Api): Promise<Readonly<Record<string, unknown>>> {
  const { wallet_id } = await aPayoutSession(api)
  return { from_wallet_id: wallet_id, to_counterparty_id: await aCounterparty(api), ...money, expires_at: later }
}

async function refundSession(api: Api): Promise<Readonly<Record<string, unknown>>> {
  const { execution } = await pay(api)
  return {
    original_payment_intent_id: execution.payment_intent_id,
    amount: 1.25,
    expires_at: later,
    reason: 'Returned goods',
  }
}

async function sessionAndKey(api: Api, path: string, request: Readonly<Record<string, unknown>>) {
  return { session_id: String(await anIdOf(api.post(path, request))), reference_id: randomUUID() }
}

async function statusOf(api: Api, path: string, made: Promise<GoodRequest> | GoodRequest): Promise<GoodRequest> {
  const { body } = await made
  await ok(api.post(path, body))
  return { path: { reference_id: String(body?.['reference_id']) } }
}

const transfer = async (api: Api): Promise<GoodRequest> => ({
  body: await sessionAndKey(api, '/sessions/transfer', await transferSession(api)),
})

const refund = async (api: Api): Promise<GoodRequest> => ({
  body: await sessionAndKey(api, '/sessions/refund', await refundSession(api)),
})

/** Of every merchant here that pays out: the sandbox's own has it, and others are given the same. */
const approval = { phone: '231770000000', code: '123456' }
const device = {
  name: 'Payout server',
  type: 'SERVER',
  platform: 'NODE',
  user_agent: 'node',
  client_ip: '203.0.113.10',
}

const payout = async (api: Api): Promise<GoodRequest> => {
  const { id, payout_account_id } = await aPayoutSession(api)
  return {
    body: {
      session_id: String(id),
      payout_account_id: String(payout_account_id),
      reference_id: randomUUID(),
      passcode: { token: approval, device },
    },
  }
}

/** A document that may be paid through a link, and can be paid. */
async function aLinkedDocument(api: Api): Promise<{ readonly number: string }> {
  const draft = {
    counterparty_id: await aCounterparty(api),
    currency: 'USD',
    note: 'Consulting',
    fee_bearer: 'PAYER',
    as_payment_link: true,
  }
  const made = (await ok(api.post('/invoices/create', draft))) as { id: number; invoice_number: string }
  const { id, invoice_number } = made
  await anItem(api, { kind: 'INVOICE', id, number: invoice_number, currency: 'USD' })
  await ok(api.put(`/invoices/publish/${id}`))
  return { number: invoice_number }
}

function documentRequests(kind: Kind): Readonly<Record<string, Build>> {
  const { noun } = namesOf(kind)
  const of = (name: string, { id }: Document) => ({ path: { [name]: id } })
  const numberOf = ({ number }: Document) => ({ path: { [`${noun}_number`]: number } })
  const draft = (api: Api) => aDraft(api, { kind })
  const withItem = async (api: Api) => {
    const document = await draft(api)
    return { document, itemId: await anItem(api, document) }
  }
  const item = { name: 'Tea', currency: 'USD', qty: 2, amount: 1.25 }
  return {
    [`create_${noun}`]: async (api) => ({
      body: {
        counterparty_id: await aCounterparty(api),
        currency: 'USD',
        note: 'Consulting',
        fee_bearer: 'PAYER',
        as_payment_link: true,
        reference_id: 'order 7',
        due_date: '2030-01-01',
      },
    }),
    [`list_${noun}`]: () => ({ query: { currency: 'USD', status: 'IDLE' } }),
    [`retrieve_${noun}_by_id`]: async (api) => of('id', await draft(api)),
    [`retrieve_${noun}_by_number`]: async (api) => numberOf(await draft(api)),
    [`update_${noun}`]: async (api) => ({
      ...of('id', await draft(api)),
      body: { reference_id: 'order 8', note: 'Advice', fee_bearer: 'PAYEE', due_date: '2031-01-01' },
    }),
    [`add_${noun}_item`]: async (api) => ({ ...of(`${noun}_id`, await draft(api)), body: item }),
    [`update_${noun}_item`]: async (api) => {
      const { document, itemId } = await withItem(api)
      return { path: { [`${noun}_id`]: document.id, id: itemId }, body: { name: 'Coffee', qty: 3, amount: 2.5 } }
    },
    [`remove_${noun}_item`]: async (api) => {
      const { document, itemId } = await withItem(api)
      return { path: { [`${noun}_id`]: document.id, id: itemId } }
    },
    [`publish_${noun}`]: async (api) => of('id', (await withItem(api)).document),
    [`cancel_${noun}`]: async (api) => of('id', await aDocument(api, { kind })),
    [`retrieve_${noun}_receipt_by_id`]: async (api) => of('id', (await pay(api, { kind })).document),
    [`retrieve_${noun}_receipt_by_number`]: async (api) => numberOf((await pay(api, { kind })).document),
  }
}

/** By operation of the contract. One that this server has and that is not here fails the scenarios of all operations. */
export const goodRequests: Readonly<Record<string, Build>> = {
  client_obtain_token: () => ({ body: { ...sandboxCredentials } }),
  create_party: () => ({
    body: { fullname: 'Amara Kamara', phone: '231771234567', email: 'amara@example.com', country_code: 'LR' },
  }),
  list_parties: () => ({ query: { fullname: 'amara' } }),
  retrieve_parties: async (api) => ({ path: { id: await aParty(api) } }),
  create_counterparty: async (api) => ({ body: { relationship_type: 'CUSTOMER', party_id: await aParty(api) } }),
  list_counterparties: () => ({ query: { fullname: 'amara', relationship_type: 'CUSTOMER' } }),
  retrieve_counterparties: async (api) => ({ path: { id: await aCounterparty(api) } }),
  update_counterparty: async (api) => ({
    path: { id: await aCounterparty(api) },
    body: { relationship_type: 'SUPPLIER', party_id: await aParty(api) },
  }),
  ...documentRequests('INVOICE'),
  ...documentRequests('ORDER'),
  create_checkout_source: async (api) => ({
    body: {
      mode: 'HOSTED',
      source_kind: 'INVOICE',
      party_phone: '231771234567',
      currency: 'USD',
      items: [{ name: 'Consulting', currency: 'USD', amount: 250 }],
      party_name: 'Amara Kamara',
      party_email: 'amara@example.com',
      party_relationship: 'CUSTOMER',
      reference_id: 'order 9',
      note: 'Thank you',
      due_date: '2030-01-01',
      success_url: 'https://shop.example/paid',
      cancel_url: 'https://shop.example/basket',
      expires_at: later,
      counterparty_id: await aCounterparty(api),
    },
  }),
  get_payment_link: async (api) => ({
    query: { source_type: 'INVOICE', source_number: (await aLinkedDocument(api)).number },
  }),
  get_receipt_link: async (api) => ({
    query: { source_type: 'INVOICE', source_number: (await pay(api)).document.number },
  }),
  create_checkout_session: async (api) => ({ body: source(await aDocument(api)) }),
  create_payout_session: async (api) => {
    const { payout_account_id } = await aPayoutSession(api)
    return { body: { payout_account_id, ...money } }
  },
  create_transfer_session: async (api) => ({ body: await transferSession(api) }),
  create_refund_session: async (api) => ({ body: await refundSession(api) }),
  collect: async (api) => ({ body: { ...(await aPayment(api)).collection } }),
  payout,
  transfer,
  refund,
  get_collection_status: async (api) => ({ path: { reference_id: (await pay(api)).collection.reference_id } }),
  get_payout_status: (api) => statusOf(api, '/executions/payout', payout(api)),
  get_transfer_status: (api) => statusOf(api, '/executions/transfer', transfer(api)),
  get_refund_status: (api) => statusOf(api, '/executions/refund', refund(api)),
  get_execution_timeline: async (api) => ({ path: { reference_id: (await pay(api)).collection.reference_id } }),
  get_providers_availability: () => ({}),
  get_payment_source_status: async (api) => ({ query: source(await aDocument(api)) }),
  create_payment_account: async (api) => ({
    query: { operation_type: 'COLLECTION' },
    body: {
      account_name: 'Amara MTN Wallet',
      provider: 'MTN_MOMO_LBR',
      method: 'MTN_MOMO_LBR',
      party_id: await aParty(api),
      country_code: 'LR',
      insensitive_account_number: '231771234567',
    },
  }),
  predict_amount_and_fee: (api) => ({
    query: {
      base_amount: 250,
      base_currency: 'USD',
      target_currency: 'LRD',
      ...routing,
      operation_type: 'COLLECTION',
      fee_bearer: 'PAYER',
      owner_type: merchantOf(api).type,
      owner_id: merchantOf(api).id,
    },
  }),
  predict_mmo_provider_info: () => ({ query: { phone: '231880000001', operation_type: 'COLLECTION' } }),
  predict_card_provider_info: () => ({ query: { payment_method_id: 'pm_card_visa', operation_type: 'COLLECTION' } }),
  predict_payment_source_amount_and_fee: async (api) => ({
    query: { target_currency: 'USD', ...routing, ...source(await aDocument(api)) },
  }),
  get_gateway_fees: () => ({ query: { payment_method: 'MTN_MOMO_LBR', operation_type: 'COLLECTION' } }),
  get_platform_fees: () => ({ query: { operation_type: 'COLLECTION', fee_tier_name: 'default' } }),
  get_merchant_fee_tier: (api) => ({ query: { owner_type: merchantOf(api).type, owner_id: merchantOf(api).id } }),
  list_fee_tier: () => ({}),
  get_merchant_info: (api) => ({ query: { merchant_id: merchantOf(api).id, merchant_type: merchantOf(api).type } }),
  create_webhook_endpoint: async (api) => ({ body: await anEndpointDraft(api) }),
  list_webhook_endpoints: () => ({ query: { limit: 10 } }),
  retrieve_webhook_endpoint: async (api) => ({ path: { id: await anEndpoint(api) } }),
  update_webhook_endpoint: async (api) => ({
    path: { id: await anEndpoint(api) },
    body: { url: nobodyListens, events: ['*'], description: 'Shop', status: 'DISABLED' },
  }),
  delete_webhook_endpoint: async (api) => ({ path: { id: await anEndpoint(api) } }),
  rotate_webhook_secret: async (api) => ({ path: { id: await anEndpoint(api) }, body: { overlap_hours: 1 } }),
  test_webhook_endpoint: async (api) => ({ path: { id: await anEndpoint(api) } }),
  list_webhook_deliveries: async (api) => ({
    path: { id: await anEndpoint(api) },
    query: { event_id: await anEvent(api), status: 'PENDING', limit: 10 },
  }),
  redeliver_webhooks: async (api) => ({
    path: { id: await anEndpoint(api) },
    body: { event_id: await anEvent(api) },
  }),
  get_collection_realtime_key: async (api) => ({
    body: { session_id: await aSession(api, await aDocument(api)), source_type: 'INVOICE', reference_id: randomUUID() },
  }),
}

/** The call that sends a request of an operation of the contract. */
export const callOf = (
  { method, path }: { readonly method: Call['method']; readonly path: string },
  request: GoodRequest,
): Call => ({
  method,
  path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(request.path?.[name] ?? ''))),
  ...(request.query && { query: request.query }),
  ...(request.body && { json: request.body }),
})
