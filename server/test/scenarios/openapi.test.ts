import { randomUUID } from 'node:crypto'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, apiClient, ok } from '../support/black-box/api-client.ts'
import {
  aCounterparty,
  aDocument,
  aDraft,
  anAttempt,
  anItem,
  aParty,
  collect,
  kinds,
  namesOf,
  settled,
  unknownId,
} from '../support/black-box/builders.ts'
import { sandboxCredentials } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const world = await createWorld({ payerDelayMs: 5 })
afterAll(world.close)

interface Operation {
  readonly operationId: string
  readonly security?: unknown
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>
}
interface OpenApi {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Readonly<Record<'schemas' | 'headers', Readonly<Record<string, object>>>>
}

const { api } = world
const anonymous = apiClient(world.url)
const document = (await ok(anonymous.send({ method: 'GET', path: '/openapi.json' }))) as OpenApi

/** Every operation of the contract that this server has, where clients look for it. */
const contract = `
  client_obtain_token                  post   /jwt/client/obtain/token
  create_party                         post   /parties/create
  list_parties                         get    /parties/list
  retrieve_parties                     get    /parties/retrieve/{id}
  create_counterparty                  post   /counterparties/create
  list_counterparties                  get    /counterparties/list
  retrieve_counterparties              get    /counterparties/retrieve/{id}
  update_counterparty                  put    /counterparties/update/{id}
  create_KIND                          post   /KINDs/create
  list_KIND                            get    /KINDs/list
  retrieve_KIND_by_id                  get    /KINDs/retrieve/{id}
  retrieve_KIND_by_number              get    /KINDs/retrieve/number/{KIND_number}
  update_KIND                          put    /KINDs/update/{id}
  add_KIND_item                        post   /KINDs/{KIND_id}/items/add
  update_KIND_item                     put    /KINDs/{KIND_id}/items/{id}/update
  remove_KIND_item                     delete /KINDs/{KIND_id}/items/{id}/remove
  publish_KIND                         put    /KINDs/publish/{id}
  cancel_KIND                          delete /KINDs/cancel/{id}
  retrieve_KIND_receipt_by_id          get    /KINDs/receipt/{id}
  retrieve_KIND_receipt_by_number      get    /KINDs/receipt/number/{KIND_number}
  create_checkout_session              post   /sessions/checkout
  collect                              post   /executions/collection
  get_collection_status                get    /status/collection/{reference_id}
  get_payment_source_status            get    /status/source
  create_payment_account               post   /payment-accounts/create
  predict_amount_and_fee               get    /predictions/amount-and-fees
  predict_mmo_provider_info            get    /predictions/mmo-provider-info
  predict_payment_source_amount_and_fee get   /predictions/payment-source/amount-and-fees
  get_gateway_fees                     get    /fees/gateway
  get_platform_fees                    get    /fees/platform
  get_merchant_fee_tier                get    /fees/merchant-tier
  list_fee_tier                        get    /fees/tiers
  get_merchant_info                    get    /merchants/merchant-info
`
  .trim()
  .split('\n')
  .flatMap((line) =>
    line.includes('KIND') ? ['invoice', 'order'].map((kind) => line.replaceAll('KIND', kind)) : [line],
  )
  .map((line) => line.trim().split(/ +/).join(' '))

const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
)
const operations = new Map(listed.map((each) => [each.operation.operationId, each]))

describe('the description of the API', () => {
  test('is OpenAPI 3.1 and names the server it describes', () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d+$/) as unknown,
      info: { version: 'v1' },
    })
    expect(document).toHaveProperty('servers')
  })

  test('lists every operation of the contract by its id, each once', () => {
    const ids = listed.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const found = listed.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`)
    expect(found).toEqual(expect.arrayContaining(contract.map((line) => line.replace(' /', ' /v1/'))))
  })

  test('says which operations need a token: all but the one that gives it', () => {
    const open = listed.filter(({ operation }) => JSON.stringify(operation.security) === '[]')
    expect(open.map(({ operation }) => operation.operationId)).toEqual(['client_obtain_token'])
    expect(document).toMatchObject({
      security: [{ HTTPBearer: [] }],
      components: { securitySchemes: { HTTPBearer: { type: 'http', scheme: 'bearer' } } },
    })
  })

  test.each(listed.map((each) => [each.operation.operationId, each] as const))(
    '%s declares what is in its path, and its answers',
    (_, { path, operation }) => {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = operation.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
      expect(declared ?? []).toEqual(inPath)
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', '401', '429']))
    },
  )

  test('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference)
    const known = Object.entries(document.components).flatMap(([kind, named]) =>
      Object.keys(named).map((name) => `#/components/${kind}/${name}`),
    )
    expect(references.length).toBeGreaterThan(0)
    expect(known).toEqual(expect.arrayContaining(references))
  })
})

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  validateFormats: false,
  schemas: [{ ...document, $id: 'api' }],
})

/** What an answer breaks of what the description says of it, and any field it has that the description lacks. */
function breachesOf(operationId: string, { status, body }: Answer): unknown[] {
  const found = operations.get(operationId)
  if (!found) throw new Error(`no operation ${operationId}`)
  const steps = [
    'paths',
    found.path,
    found.method,
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
  ]
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
  const validate = ajv.getSchema(`api#/${pointer}`)
  if (!validate) throw new Error(`${operationId} does not describe its ${status}`)
  const isAsDescribed: unknown = validate(body)
  return isAsDescribed === true ? [] : (validate.errors ?? [])
}

test('every answer is as the description says', async () => {
  const answers: (readonly [string, Answer])[] = []
  const take = async (operationId: string, answer: Promise<Answer>) => {
    answers.push([operationId, await answer])
    return answer
  }
  const quote = { target_currency: 'LRD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }
  await take('client_obtain_token', anonymous.post('/jwt/client/obtain/token', sandboxCredentials))
  const partyId = await aParty(api)
  const counterpartyId = await aCounterparty(api, partyId)
  await take('create_party', api.post('/parties/create', { fullname: 'A', phone: '231880000001', email: null }))
  await take('list_parties', api.get('/parties/list'))
  await take('retrieve_parties', api.get(`/parties/retrieve/${partyId}`))
  await take('create_counterparty', api.post('/counterparties/create', { relationship_type: 'SELF' }))
  await take('list_counterparties', api.get('/counterparties/list'))
  await take('retrieve_counterparties', api.get(`/counterparties/retrieve/${counterpartyId}`))
  await take('update_counterparty', api.put(`/counterparties/update/${counterpartyId}`, { relationship_type: 'OTHER' }))
  await take(
    'predict_mmo_provider_info',
    api.get('/predictions/mmo-provider-info', { phone: '231880000001', operation_type: 'COLLECTION' }),
  )
  await take(
    'predict_amount_and_fee',
    api.get('/predictions/amount-and-fees', {
      ...quote,
      base_amount: 1,
      base_currency: 'USD',
      operation_type: 'COLLECTION',
      fee_bearer: 'PAYER',
    }),
  )
  const fee = { payment_method: 'CREDIT_CARD', operation_type: 'COLLECTION' }
  await take('get_gateway_fees', api.get('/fees/gateway', fee))
  await take('get_gateway_fees', api.get('/fees/gateway', { ...fee, operation_type: 'TRANSFER' }))
  await take('get_platform_fees', api.get('/fees/platform', { ...fee, fee_tier_name: 'default' }))
  const own = { owner_type: 'ORGANIZATION', owner_id: sandboxMerchant }
  await take('get_merchant_fee_tier', api.get('/fees/merchant-tier', own))
  await take('list_fee_tier', api.get('/fees/tiers'))
  const merchant = { merchant_type: 'ORGANIZATION', merchant_id: sandboxMerchant }
  await take('get_merchant_info', api.get('/merchants/merchant-info', merchant))
  for (const kind of kinds) {
    const { path, noun } = namesOf(kind)
    const draft = await aDraft(api, { kind })
    const [kept, removed] = [await anItem(api, draft), await anItem(api, draft)]
    const body = {
      counterparty_id: counterpartyId,
      currency: 'RWF',
      note: 'n',
      fee_bearer: 'PAYEE',
      as_payment_link: true,
      due_date: '2030-01-01',
    }
    const item = { name: 'Tea', currency: 'USD', qty: 1, amount: 1.5 }
    await take(`create_${noun}`, api.post(`${path}/create`, body))
    await take(`update_${noun}`, api.put(`${path}/update/${draft.id}`, { note: 'new' }))
    await take(`add_${noun}_item`, api.post(`${path}/${draft.id}/items/add`, item))
    await take(`update_${noun}_item`, api.put(`${path}/${draft.id}/items/${kept}/update`, { qty: 2 }))
    await take(`remove_${noun}_item`, api.delete(`${path}/${draft.id}/items/${removed}/remove`))
    await take(`publish_${noun}`, api.put(`${path}/publish/${draft.id}`))
    const source = { source_type: kind, source_id: draft.id }
    await take(
      'predict_payment_source_amount_and_fee',
      api.get('/predictions/payment-source/amount-and-fees', { ...source, ...quote }),
    )
    await take('create_checkout_session', api.post('/sessions/checkout', source))
    await take(
      'create_payment_account',
      api.post(
        '/payment-accounts/create',
        { account_name: 'A', provider: 'MTN_MOMO_LBR', method: 'MTN_MOMO_LBR', party_id: partyId },
        { operation_type: 'COLLECTION' },
      ),
    )
    const collection = await anAttempt(api, draft, { payIn: 'LRD' })
    await take('collect', collect(api, collection))
    await settled(api, collection)
    await take('get_collection_status', api.get(`/status/collection/${collection.reference_id}`))
    await take('get_payment_source_status', api.get('/status/source', source))
    await take(`list_${noun}`, api.get(`${path}/list`))
    await take(`retrieve_${noun}_by_id`, api.get(`${path}/retrieve/${draft.id}`))
    await take(`retrieve_${noun}_by_number`, api.get(`${path}/retrieve/number/${draft.number}`))
    await take(`retrieve_${noun}_receipt_by_id`, api.get(`${path}/receipt/${draft.id}`))
    await take(`retrieve_${noun}_receipt_by_number`, api.get(`${path}/receipt/number/${draft.number}`))
    await take(`cancel_${noun}`, api.delete(`${path}/cancel/${(await aDocument(api, { kind })).id}`))
    // And what is refused.
    await take(`retrieve_${noun}_by_id`, api.get(`${path}/retrieve/${unknownId}`))
    await take(`create_${noun}`, api.post(`${path}/create`, { note: 5 }))
    await take(`create_${noun}`, anonymous.post(`${path}/create`, {}))
  }
  await take('get_collection_status', api.get(`/status/collection/${randomUUID()}`))
  await take('client_obtain_token', anonymous.post('/jwt/client/obtain/token', { client_id: 'x', client_secret: 'y' }))

  expect(answers.filter(([, { status }]) => status >= 500)).toEqual([])
  expect(new Set(answers.map(([operationId]) => operationId))).toEqual(new Set(operations.keys()))
  expect(
    answers
      .map(([operationId, answer]) => ({
        operationId,
        status: answer.status,
        breaches: breachesOf(operationId, answer),
      }))
      .filter(({ breaches }) => breaches.length > 0),
  ).toEqual([])
})

test('examples of the quick start are taken as they are written in its documentation', async () => {
  const party = { fullname: 'Amara Kamara', phone: '231771234567', email: 'amara@example.com', country_code: 'LR' }
  const { id: partyId } = (await ok(api.post('/parties/create', party))) as { id: number }
  const counterparty = { relationship_type: 'CUSTOMER', party_id: partyId }
  const { id: counterpartyId } = (await ok(api.post('/counterparties/create', counterparty))) as { id: number }
  const bearer = { fee_bearer: 'PAYER', as_payment_link: true }
  const invoice = { counterparty_id: counterpartyId, currency: 'USD', note: 'Consulting services', ...bearer }
  const { id: invoiceId } = (await ok(api.post('/invoices/create', invoice))) as { id: number }
  const item = '{"name":"Strategy Session","currency":"USD","qty":1,"amount":250.00}'
  await ok(api.send({ method: 'POST', path: `/v1/invoices/${invoiceId}/items/add`, bytes: item }))
  await ok(api.put(`/invoices/publish/${invoiceId}`))
  const session = { source_id: invoiceId, source_type: 'INVOICE' }
  const { id: sessionId } = (await ok(api.post('/sessions/checkout', session))) as { id: number }
  const account = {
    account_name: 'Amara MTN Wallet',
    provider: 'MTN_MOMO_LBR',
    method: 'MTN_MOMO_LBR',
    party_id: partyId,
    country_code: 'LR',
    insensitive_account_number: '231771234567',
  }
  const { id: accountId } = (await ok(
    api.post('/payment-accounts/create', account, { operation_type: 'COLLECTION' }),
  )) as { id: number }
  const collection = {
    session_id: String(sessionId),
    payment_account_id: String(accountId),
    currency: 'USD',
    reference_id: '550e8400-e29b-41d4-a716-446655440000',
  }
  await ok(collect(api, collection))
  expect(await settled(api, collection)).toMatchObject({ status: 'COMPLETED', payer_amount: 257.5 })
  const quote =
    '?base_amount=250&base_currency=USD&target_currency=USD&payment_method=MTN_MOMO_LBR&operation_type=COLLECTION' +
    '&provider=PAWAPAY&fee_bearer=PAYER'
  expect(await ok(api.get(`/predictions/amount-and-fees${quote}`))).toMatchObject({ payer_amount: '257.50' })
})
