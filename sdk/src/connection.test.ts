import { afterEach, describe, expect, test } from 'vitest'
import {
  type Answering,
  dollrAt,
  hangUp,
  inTurn,
  isTokenCall,
  type ScriptedServer,
  silence,
  startScriptedServer,
  testClock,
  tokenReply,
} from '../test/support/scripted-server.ts'
import { type DollrOptions } from './client.ts'
import {
  AuthenticationError,
  ConflictError,
  type DollrError,
  NetworkError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
  UnknownOutcomeError,
  ValidationError,
} from './errors.ts'

const servers: ScriptedServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

/** A client of a server that gives out tokens and answers everything else as told. */
async function clientOf(
  answering: Answering,
  options: Partial<DollrOptions> = {},
  tokens: Answering = () => tokenReply(),
) {
  const server = await startScriptedServer((call) => (isTokenCall(call) ? tokens(call) : answering(call)))
  servers.push(server)
  const clock = testClock()
  return { server, clock, dollr: dollrAt(server.url, { clock, ...options }) }
}

const failure = async (work: Promise<unknown>): Promise<DollrError> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as DollrError,
  )

const party = { fullname: 'Test Customer', phone: '231881234567' }
const tokenCalls = (server: ScriptedServer) => server.calls('POST /v1/jwt/client/obtain/token')

describe('tokens', () => {
  test('are asked for once, however many calls wait for the first one', async () => {
    const { server, dollr } = await clientOf(() => ({ body: [] }))
    await Promise.all(Array.from({ length: 20 }, () => dollr.parties.list()))
    expect(tokenCalls(server)).toHaveLength(1)
    expect(tokenCalls(server)[0]?.body).toEqual({ client_id: 'client', client_secret: 'very-secret' })
    expect(new Set(server.calls('GET /v1/parties/list').map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer token-1']),
    )
  })

  test('live for minutes, not seconds, and are renewed five minutes early', async () => {
    const { server, clock, dollr } = await clientOf(() => ({ body: [] }))
    await dollr.parties.list()
    clock.advance(54 * 60_000)
    await dollr.parties.list()
    expect(tokenCalls(server)).toHaveLength(1)
    clock.advance(60_000)
    await dollr.parties.list()
    expect(tokenCalls(server)).toHaveLength(2)
  })

  test('that live shorter than the margin are still used more than once', async () => {
    const { server, clock, dollr } = await clientOf(
      () => ({ body: [] }),
      {},
      () => tokenReply('short', 4),
    )
    await dollr.parties.list()
    clock.advance(60_000)
    await dollr.parties.list()
    expect(tokenCalls(server)).toHaveLength(1)
  })

  test('that are refused are replaced, once', async () => {
    let given = 0
    const { server, dollr } = await clientOf(
      ({ headers }) => (headers.authorization === 'Bearer token-2' ? { body: [] } : { status: 401 }),
      {},
      () => tokenReply(`token-${(given += 1)}`),
    )
    await expect(dollr.parties.list()).resolves.toEqual([])
    expect(tokenCalls(server)).toHaveLength(2)
  })

  test('that are refused again are an authentication error, not a loop', async () => {
    const { server, dollr } = await clientOf(() => ({
      status: 401,
      body: { detail: 'Could not validate credentials' },
    }))
    expect(await failure(dollr.parties.create(party))).toBeInstanceOf(AuthenticationError)
    expect(server.calls('POST /v1/parties/create')).toHaveLength(2)
  })

  test('refused for wrong credentials fail at once and name no secret', async () => {
    const { server, dollr } = await clientOf(
      () => ({ body: [] }),
      {},
      () => ({ status: 401, body: { detail: 'Could not validate credentials' } }),
    )
    const error = await failure(dollr.parties.list())
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(JSON.stringify([error.message, error.stack, error])).not.toContain('very-secret')
    expect(tokenCalls(server)).toHaveLength(1)
  })

  test('that cannot be had for a moment are asked for again: nothing was begun', async () => {
    const { server, dollr } = await clientOf(
      () => ({ body: { id: 1 } }),
      {},
      inTurn(hangUp, { status: 503 }, { status: 429, headers: { 'retry-after': '7' } }, tokenReply()),
    )
    await expect(dollr.parties.create(party)).resolves.toEqual({ id: 1 })
    expect(server.calls('POST /v1/parties/create')).toHaveLength(1)
  })
})

describe('what is sent again', () => {
  test('reads, after whatever went wrong', async () => {
    const { server, clock, dollr } = await clientOf(
      inTurn(hangUp, { status: 500 }, { status: 502, body: '<html>' }, { body: '[{"id"' }, { body: [{ id: 1 }] }),
    )
    await expect(dollr.parties.list()).resolves.toEqual([{ id: 1 }])
    expect(server.calls('GET /v1/parties/list')).toHaveLength(5)
    expect(clock.slept).toEqual([187.5, 375, 750, 1500])
  })

  test('until it has been sent as often as allowed, and then the last error is thrown', async () => {
    const { server, dollr } = await clientOf(() => ({ status: 500, body: { detail: 'Internal Server Error' } }), {
      retries: 2,
    })
    expect(await failure(dollr.parties.list())).toBeInstanceOf(ServerError)
    expect(server.calls('GET /v1/parties/list')).toHaveLength(3)
  })

  test('sessions and wallets, because one too many is forgotten unused', async () => {
    const { server, dollr } = await clientOf(inTurn(hangUp, { body: { id: 1 } }, hangUp, { body: { id: 2 } }))
    await dollr.sessions.checkout({ source_id: 1, source_type: 'INVOICE' })
    const account = { operation_type: 'COLLECTION', account_name: 'Wallet', provider: 'PAWAPAY', party_id: 1 } as const
    await dollr.paymentAccounts.create({ ...account, method: 'MTN_MOMO_LBR' })
    expect(server.received.filter((call) => !isTokenCall(call))).toHaveLength(4)
  })

  test.each([
    ['a line, which would make an invoice dearer', 'POST', '/v1/invoices/1/items/add', {}],
    ['a document', 'POST', '/v1/invoices/create', {}],
    ['a checkout', 'POST', '/v1/checkouts/create', {}],
    ['a party', 'POST', '/v1/parties/create', {}],
    ['what publishes', 'PUT', '/v1/invoices/publish/1', undefined],
    ['what cancels', 'DELETE', '/v1/invoices/cancel/1', undefined],
    [
      'the account of a card, whose token is good for one',
      'POST',
      '/v1/payment-accounts/create',
      { method: 'CREDIT_CARD' },
    ],
  ] as const)('but not %s', async (_, method, path, body) => {
    for (const lost of [hangUp, { status: 500 }, { status: 200, body: '{"id":' }] as const) {
      const { server, dollr } = await clientOf(() => lost)
      const error = await failure(dollr.request(method, path, { body }))
      expect(error).toBeInstanceOf(UnknownOutcomeError)
      expect(error.cause).toBeInstanceOf(lost === hangUp ? NetworkError : ServerError)
      expect(server.calls(`${method} ${path}`)).toHaveLength(1)
    }
  })

  test('anything the server has not begun, when it says when to come back', async () => {
    const { server, clock, dollr } = await clientOf(
      inTurn(
        { status: 429, headers: { 'retry-after': '7' } },
        { status: 429, headers: { ratelimit: '"merchant";r=0;t=12' } },
        { status: 429, headers: { 'retry-after': new Date(Date.parse('2030-01-01T00:00:49Z')).toUTCString() } },
        { body: { id: 1 } },
      ),
    )
    await expect(dollr.parties.create(party)).resolves.toEqual({ id: 1 })
    expect(server.calls('POST /v1/parties/create')).toHaveLength(4)
    expect(clock.slept).toEqual([7_000, 12_000, 30_000])
  })

  test('but not hours later', async () => {
    const { clock, dollr } = await clientOf(() => ({
      status: 429,
      headers: { 'retry-after': '3600' },
      body: { detail: 'Too many requests' },
    }))
    const error = await failure(dollr.parties.list())
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ retryAfterSeconds: 3600, status: 429 })
    expect(clock.slept).toEqual([])
  })
})

describe('errors', () => {
  test('name every field, where it is and what is wrong with it', async () => {
    const { dollr } = await clientOf(() => ({
      status: 422,
      headers: { 'x-request-id': 'req-7' },
      body: {
        detail: [
          { loc: ['body', 'items', 0, 'amount'], msg: 'less than minimum 0.01', type: 'value_error.number.not_ge' },
          { loc: ['body'], msg: 'invalid JSON', type: 'value_error.jsondecode' },
        ],
      },
    }))
    const error = await failure(dollr.parties.create(party))
    expect(error).toBeInstanceOf(ValidationError)
    expect(error).not.toBeInstanceOf(ConflictError)
    expect(error).toMatchObject({
      code: 'validation',
      name: 'ValidationError',
      status: 422,
      operation: 'POST /v1/parties/create',
      requestId: 'req-7',
      message: 'POST /v1/parties/create: items.0.amount: less than minimum 0.01; invalid JSON',
      fields: [
        { in: 'body', path: 'items.0.amount', message: 'less than minimum 0.01', type: 'value_error.number.not_ge' },
        { in: 'body', path: '', message: 'invalid JSON', type: 'value_error.jsondecode' },
      ],
    })
  })

  test.each([
    [403, PermissionError],
    [404, NotFoundError],
    [405, ServerError],
    [301, ServerError],
  ])('%i is told from others by its class', async (status, kind) => {
    const { server, dollr } = await clientOf(() => ({
      status,
      headers: { location: 'http://127.0.0.1:1/elsewhere' },
      body: { detail: 'No' },
    }))
    expect(await failure(dollr.parties.create(party))).toBeInstanceOf(kind)
    expect(server.calls('POST /v1/parties/create')).toHaveLength(1)
  })

  test('of state are conflicts', async () => {
    const { dollr } = await clientOf(() => ({
      status: 422,
      body: { detail: [{ loc: ['body', 'source_id'], msg: 'source is not ACTIVE', type: 'value_error.state' }] },
    }))
    const error = await failure(dollr.sessions.checkout({ source_id: 1, source_type: 'ORDER' }))
    expect(error).toBeInstanceOf(ConflictError)
  })

  test('say that nobody is there, and why', async () => {
    const { server, dollr } = await clientOf(() => ({ body: [] }), { retries: 0 })
    await server.close()
    servers.pop()
    const error = await failure(dollr.parties.list())
    expect(error).toBeInstanceOf(NetworkError)
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('of time come when an attempt took too long', async () => {
    const { dollr } = await clientOf(() => silence, { retries: 0, timeoutMs: 50 })
    const error = await failure(dollr.parties.list())
    expect(error).toBeInstanceOf(NetworkError)
    expect(error.cause).toMatchObject({ name: 'TimeoutError' })
  })

  test('are the caller’s own when they gave up themselves', async () => {
    const { dollr } = await clientOf(() => silence)
    const given = new AbortController()
    const work = dollr.parties.list({}, { signal: given.signal })
    given.abort(new RangeError('enough'))
    await expect(work).rejects.toThrow(new RangeError('enough'))
  })
})

test('an address that holds credentials is refused, and one with a path is not', async () => {
  expect(() => dollrAt('https://me:pass@pay.example')).toThrow(TypeError)
  const { server, dollr } = await clientOf(() => ({ body: [] }))
  await dollrAt(`${server.url}/pay/`, {})
    .parties.list()
    .catch(() => undefined)
  expect(server.received.map(({ path }) => path)).toContain('/pay/v1/jwt/client/obtain/token')
  await expect(dollr.parties.list()).resolves.toEqual([])
})
