import { afterAll, describe, expect, test } from 'vitest'
import { document as committed } from '../conformance/described.ts'
import { apiClient, ok } from '../support/black-box/api-client.ts'
import { collect, settled } from '../support/black-box/builders.ts'
import { createWorld } from '../support/black-box/world.ts'

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
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const { api } = world
const anonymous = apiClient(world.url)
const document = (await ok(anonymous.send({ method: 'GET', path: '/openapi.json' }))) as OpenApi

const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
)

describe('the description of the API', () => {
  test('is OpenAPI 3.1 and names the server it describes', () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d+$/) as unknown,
      info: { version: 'v1' },
    })
    expect(document).toHaveProperty('servers')
  })

  test('is the one in the repository, which is held against the contract', () => {
    expect(document.paths).toEqual(committed.paths)
    expect(document.components.schemas).toEqual(committed.components.schemas)
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
