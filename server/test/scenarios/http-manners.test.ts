import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { apiClient, type Call, ok } from '../support/black-box/api-client.ts'
import {
  aCounterparty,
  aDocument,
  aDraft,
  anItem,
  aParty,
  kinds,
  namesOf,
  unknownId,
} from '../support/black-box/builders.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { api } = world
const anonymous = apiClient(world.url)

const notFound = { status: 404, body: { detail: 'Not Found' } }

describe('a path that is no operation', () => {
  test.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/parties',
    '/v1/parties/list/all',
    '/v1/invoices/1/items',
    '/v1/Parties/list',
    '/v1//parties/list',
    '/parties/list',
    '/v2/nothing',
    '/v1/parties/%zz',
    '/v1/parties/list%2F',
    '/v1/../v1/nothing',
    '/favicon.ico',
  ])('%s is Not Found, with a token or without', async (path) => {
    expect(await api.send({ method: 'GET', path })).toMatchObject(notFound)
    expect(await anonymous.send({ method: 'GET', path })).toMatchObject(notFound)
  })
})

test.each(['/v1/parties/list/', '/v1/orders/list/', '/health/', '/openapi.json/'])(
  'a slash at the end changes nothing: %s',
  async (path) => {
    expect(await api.send({ method: 'GET', path })).toMatchObject({ status: 200 })
  },
)

describe('an id in a path that is no number names nothing', () => {
  const ids = [
    'x',
    '0',
    '-1',
    '1.5',
    '1e3',
    '0x1',
    ' 1',
    '١',
    '99999999999999999999',
    '9007199254740993',
    "1'--",
    'null',
  ]
  const reads: readonly [string, string][] = [
    ['/parties/retrieve/ID', 'Party'],
    ['/counterparties/retrieve/ID', 'Counterparty'],
    ...kinds.flatMap((kind): [string, string][] => {
      const { path, title } = namesOf(kind)
      return [
        [`${path}/retrieve/ID`, title],
        [`${path}/receipt/ID`, title],
        [`${path}/retrieve/number/ID`, title],
        [`${path}/receipt/number/ID`, title],
      ]
    }),
    ['/status/collection/ID', 'Execution'],
  ]
  test.each(reads)('GET %s', async (path, thing) => {
    for (const id of [...ids, String(unknownId)]) {
      const answer = await api.get(path.replace('ID', encodeURIComponent(id)))
      expect(answer, id).toMatchObject({ status: 404, body: { detail: `${thing} not found` } })
    }
  })

  test('nor does any in a path that changes something', async () => {
    const item = { name: 'Tea', currency: 'USD', qty: 1, amount: 1 }
    const draft = await aDraft(api)
    for (const id of ids.map(encodeURIComponent)) {
      const gone = (thing: string) => ({ status: 404, body: { detail: `${thing} not found` } })
      expect(await api.put(`/counterparties/update/${id}`, {})).toMatchObject(gone('Counterparty'))
      expect(await api.put(`/invoices/update/${id}`, {})).toMatchObject(gone('Invoice'))
      expect(await api.put(`/invoices/publish/${id}`)).toMatchObject(gone('Invoice'))
      expect(await api.delete(`/invoices/cancel/${id}`)).toMatchObject(gone('Invoice'))
      expect(await api.post(`/invoices/${id}/items/add`, item)).toMatchObject(gone('Invoice'))
      expect(await api.put(`/invoices/${draft.id}/items/${id}/update`, {})).toMatchObject(gone('Invoice item'))
      expect(await api.delete(`/invoices/${draft.id}/items/${id}/remove`)).toMatchObject(gone('Invoice item'))
    }
  })
})

describe('an id in a body that names nothing is a 422 on its field', () => {
  const document = { currency: 'USD', note: 'n', fee_bearer: 'PAYER', as_payment_link: true }
  const account = { account_name: 'A', provider: 'PAWAPAY', method: 'MTN_MOMO_LBR' }
  const execution = { session_id: 'ID', payment_account_id: 'ID', currency: 'USD', reference_id: randomUUID() }
  const notFoundIn = (field: string, msg: string, type = 'value_error.not_found') => ({
    status: 422,
    body: { detail: [{ loc: ['body', field], msg, type }] },
  })

  test.each([0, -1, unknownId, 2 ** 53 + 2, 1e300])('%s', async (id) => {
    expect(await api.post('/counterparties/create', { relationship_type: 'CUSTOMER', party_id: id })).toMatchObject(
      notFoundIn('party_id', 'party not found'),
    )
    const counterpartyId = await aCounterparty(api)
    expect(await api.put(`/counterparties/update/${counterpartyId}`, { party_id: id })).toMatchObject(
      notFoundIn('party_id', 'party not found'),
    )
    for (const path of ['/invoices/create', '/orders/create']) {
      expect(await api.post(path, { ...document, counterparty_id: id })).toMatchObject(
        notFoundIn('counterparty_id', 'counterparty not found'),
      )
    }
    for (const source_type of kinds) {
      expect(await api.post('/sessions/checkout', { source_id: id, source_type })).toMatchObject(
        notFoundIn('source_id', 'source not found'),
      )
    }
    expect(
      await api.post('/payment-accounts/create', { ...account, party_id: id }, { operation_type: 'COLLECTION' }),
    ).toMatchObject(notFoundIn('party_id', 'party not found'))
  })

  test.each(['0', '-1', 'x', '', '1.5', String(unknownId), '9007199254740993', '1e300', ' 1', "1' or '1'='1"])(
    'in an execution: %s',
    async (id) => {
      const body = { ...execution, session_id: id, payment_account_id: id }
      const { status, body: answered } = await api.post('/executions/collection', body)
      expect(status).toBe(422)
      expect((answered as { detail: unknown[] }).detail).toEqual(
        expect.arrayContaining([
          { loc: ['body', 'session_id'], msg: 'session not found', type: 'value_error.session' },
        ]),
      )
      expect(await api.get(`/status/collection/${execution.reference_id}`)).toMatchObject({ status: 404 })
    },
  )
})

test('a whole number with a point is a whole number', async () => {
  const partyId = await aParty(api)
  const bytes = `{"relationship_type":"CUSTOMER","party_id":${partyId}.0}`
  const call = { method: 'POST', path: '/v1/counterparties/create', bytes } as const
  expect(await ok(api.send(call))).toMatchObject({ party_id: partyId })
})

describe('an id in a query that names nothing is a 404', () => {
  const routing = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }
  test.each(['0', '-1', String(unknownId), '9007199254740993', '99999999999999999999999'])('%s', async (id) => {
    const gone = { status: 404, body: { detail: 'Source not found' } }
    for (const source_type of kinds) {
      const source = { source_type, source_id: id }
      expect(await api.get('/status/source', source)).toMatchObject(gone)
      expect(await api.get('/predictions/payment-source/amount-and-fees', { ...source, ...routing })).toMatchObject(
        gone,
      )
    }
  })
})

describe('the order in which a request is judged', () => {
  const item = { name: 'Tea', currency: 'USD', qty: 1, amount: 1 }
  test('fields, then what the path names, then what the body names and how things stand', async () => {
    const published = await aDocument(api)
    const add = (id: number, body: object) => api.post(`/invoices/${id}/items/add`, body)
    expect(await add(unknownId, { ...item, amount: 0 })).toMatchObject({ status: 422 })
    expect(await add(unknownId, { ...item, currency: 'LRD' })).toMatchObject({ status: 404 })
    expect(await add(published.id, { ...item, qty: 0 })).toMatchObject({
      body: { detail: [{ loc: ['body', 'qty'] }] },
    })
    expect(await api.put(`/counterparties/update/${unknownId}`, { party_id: unknownId })).toMatchObject({ status: 404 })
    expect(await api.put(`/counterparties/update/${unknownId}`, { party_id: 'x' })).toMatchObject({ status: 422 })
    expect(await api.put(`/invoices/${unknownId}/items/1/update`, { amount: 'x' })).toMatchObject({ status: 422 })
  })
})

describe('publish, cancel and remove ignore whatever body comes', () => {
  const bodies: readonly (readonly [string, Partial<Call>])[] = [
    ['none, announced as JSON', { headers: { 'content-type': 'application/json' } }],
    ['{}', { json: {} }],
    ['[]', { json: [] }],
    ['null', { bytes: 'null', headers: { 'content-type': 'application/json' } }],
    ['garbage', { bytes: '{"', headers: { 'content-type': 'application/json' } }],
    ['bytes of no type', { bytes: new Uint8Array([0, 255, 1]) }],
    ['a form', { bytes: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['another content type', { bytes: 'x', headers: { 'content-type': 'image/png; charset=x' } }],
  ]
  test.each(bodies)('%s', async (_, body) => {
    for (const kind of kinds) {
      const { path } = namesOf(kind)
      const draft = await aDraft(api, { kind })
      await anItem(api, draft)
      const removable = await anItem(api, draft)
      const removal = { method: 'DELETE', path: `/v1${path}/${draft.id}/items/${removable}/remove`, ...body } as const
      expect(await ok(api.send(removal))).toEqual({})
      const publication = { method: 'PUT', path: `/v1${path}/publish/${draft.id}`, ...body } as const
      expect(await ok(api.send(publication))).toMatchObject({ status: 'ACTIVE', total_amount: 100 })
      const cancellation = { method: 'DELETE', path: `/v1${path}/cancel/${draft.id}`, ...body } as const
      expect(await ok(api.send(cancellation))).toMatchObject({ status: 'CANCELED' })
    }
  })
})

describe('a body that is out of all proportion', () => {
  const create = (bytes: string) =>
    api.send({ method: 'POST', path: '/v1/parties/create', bytes, headers: { 'content-type': 'application/json' } })

  test('is refused for its size, with a text for a detail', async () => {
    const party = { fullname: 'x'.repeat(1024 * 1024), phone: '231880000001' }
    const { status, body } = await create(JSON.stringify(party))
    expect(status).toBe(413)
    expect(body).toEqual({ detail: expect.stringMatching(/\w/) as unknown })
  })

  test.each(['fullname', 'invented'])('is refused or ignored when it is nested without end, in %s', async (field) => {
    const deep = '['.repeat(60_000) + ']'.repeat(60_000)
    const answer = await create(`{"fullname":"A","phone":"231880000001","${field}":${deep}}`)
    expect(answer.status).toBe(field === 'fullname' ? 422 : 200)
  })

  test('may be as large as a document with many words', async () => {
    const fullname = 'x'.repeat(100_000)
    expect(await ok(api.post('/parties/create', { fullname, phone: '231880000001' }))).toMatchObject({ fullname })
  })
})

describe('browsers', () => {
  test('may call from any page', async () => {
    const origin = 'https://playground.example'
    const preflight = await anonymous.send({
      method: 'OPTIONS',
      path: '/v1/invoices/create',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect(preflight.status).toBeLessThan(300)
    expect(preflight.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/playground\.example)$/)
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization')
    for (const client of [api, anonymous]) {
      const answer = await client.send({ method: 'GET', path: '/v1/invoices/list', headers: { origin } })
      expect(answer.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/playground\.example)$/)
    }
  })

  test.each(['PUT', 'DELETE', 'GET'])('may %s from any page', async (method) => {
    const preflight = await anonymous.send({
      method: 'OPTIONS',
      path: '/v1/invoices/publish/1',
      headers: { origin: 'https://playground.example', 'access-control-request-method': method },
    })
    expect(preflight.headers.get('access-control-allow-methods')).toContain(method)
  })
})

test('every answer is JSON in UTF-8 and carries the id of its request', async () => {
  const calls: readonly Call[] = [
    { method: 'GET', path: '/v1/parties/list' },
    { method: 'GET', path: '/v1/nothing' },
    { method: 'PUT', path: '/v1/parties/list' },
    { method: 'POST', path: '/v1/parties/create', json: {} },
    { method: 'GET', path: '/v2/parties/list' },
  ]
  for (const call of calls) {
    const { headers } = await api.send(call)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('x-request-id')).toMatch(/./)
  }
})

test.each([
  ['an address', { path: `/v1/parties/list?fullname=${'x'.repeat(20_000)}` }],
  ['a header', { path: '/v1/parties/list', headers: { 'x-long': 'x'.repeat(20_000) } }],
])('%s that is too long to be read is refused like anything else', async (_, call) => {
  expect(await api.send({ method: 'GET', ...call })).toMatchObject({
    status: 431,
    body: { detail: 'Request Header Fields Too Large' },
  })
})

test('bytes that are no HTTP are answered, and do not disturb anybody', async () => {
  const { hostname, port } = new URL(world.url())
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end('NO HTTP\r\n\r\n'))
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('close', () => {
      resolve(text)
    })
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toMatch(/\r\n\r\n\{"detail":"Bad Request"\}$/)
  expect(await ok(anonymous.send({ method: 'GET', path: '/health' }))).toEqual({ status: 'ok' })
})
