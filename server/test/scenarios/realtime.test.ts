import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Answer, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import {
  aDocument,
  anAttempt,
  aPayment,
  collect,
  type Execution,
  kinds,
  type Payment,
  settled,
  unknownId,
} from '../support/black-box/builders.ts'
import {
  aRealtimeKey,
  listen,
  type Listener,
  type Listening,
  refused,
  subscribed,
  until,
} from '../support/black-box/realtime-client.ts'
import { createMerchant, pause, sandboxCredentials, startServer } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const secret = 'a secret of over thirty-two characters'
/** Callbacks wait for this: a payer whom tests may keep waiting. */
let payerMayPay = Promise.resolve()
const world = await createWorld({
  env: { DOLLR_JWT_SECRET: secret },
  payerDelayMs: 300,
  onStep: ({ name }) => (name === 'callback.sending' ? payerMayPay : undefined),
})
afterAll(world.close)

const { api, database } = world
const open: Listener[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()))
})

const listening = async (payment: Payment, its: Partial<Listening> = {}): Promise<Listening> => ({
  url: world.url(),
  collection: payment.collection,
  token: (await aRealtimeKey(api, payment.collection, payment.document.kind)).access_token,
  ...its,
})

async function follow(payment: Payment, its: Partial<Listening> = {}): Promise<Listener> {
  const listener = await subscribed(await listening(payment, its))
  open.push(listener)
  return listener
}

const statusesOf = ({ changes }: Listener): unknown[] => changes.map((change) => change.new.status)
const isFinal = (listener: Listener) => (): boolean =>
  ['COMPLETED', 'FAILED'].includes(String(statusesOf(listener).at(-1)))

const awaitEnd = (listener: Listener): Promise<void> => until(isFinal(listener), () => statusesOf(listener))

describe('a payment followed before it is executed', () => {
  test.each(['1.0.0', '2.0.0'].flatMap((vsn) => kinds.map((kind) => [vsn, kind] as const)))(
    'tells every status within a second of its commit (vsn %s, %s)',
    async (vsn, kind) => {
      const payment = await aPayment(api, { kind })
      const { document, collection } = payment
      const listener = await follow(payment, { vsn })
      const execution = (await ok(collect(api, collection))) as Execution
      await awaitEnd(listener)

      expect(statusesOf(listener)).toEqual(['PENDING', 'PROCESSING', 'COMPLETED'])
      const [first, ...others] = listener.changes
      const row = {
        id: execution.payment_intent_id,
        session_id: Number(collection.session_id),
        reference_id: collection.reference_id,
        source_type: kind,
        source_id: document.id,
        requires_action: false,
        gateway_message: null,
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown,
      }
      const common = { schema: 'public', table: 'checkout_payment_intent_public_status', errors: null }
      expect(first).toMatchObject({ ...common, eventType: 'INSERT', new: { ...row, status: 'PENDING' }, old: {} })
      for (const change of others) {
        expect(change).toMatchObject({ ...common, eventType: 'UPDATE', new: row, old: { id: row.id } })
      }
      for (const { receivedAt, commit_timestamp: at } of listener.changes) {
        expect(receivedAt - Date.parse(at)).toBeLessThan(1_000)
      }
      await expectBooksToBalance(database.pool)
    },
  )

  test('tells why it failed', async () => {
    const payment = await aPayment(api, { phone: '231880000039' })
    const listener = await follow(payment)
    await ok(collect(api, payment.collection))
    await awaitEnd(listener)
    expect(listener.changes.at(-1)?.new).toMatchObject({
      status: 'FAILED',
      gateway_message: 'The payer did not approve the payment.',
    })
  })

  test('is told by a server that did not execute it', async () => {
    const other = await startServer(world.env)
    const payment = await aPayment(api)
    const [here, there] = await Promise.all([follow(payment), follow(payment, { url: other.url })])
    await ok(collect(api, payment.collection))
    await Promise.all([awaitEnd(here), awaitEnd(there)])
    expect(statusesOf(there)).toEqual(['PENDING', 'PROCESSING', 'COMPLETED'])
    expect(statusesOf(here)).toEqual(statusesOf(there))
    for (const { receivedAt, commit_timestamp: at } of there.changes) {
      expect(receivedAt - Date.parse(at)).toBeLessThan(1_000)
    }
    await there.close()
    await other.end('SIGTERM')
  })

  test('may be followed by many, each on its own', async () => {
    const payments = await Promise.all(Array.from({ length: 8 }, () => aPayment(api)))
    const listeners = await Promise.all(payments.map((payment) => follow(payment)))
    await Promise.all(payments.map(({ collection }) => collect(api, collection).then(ok)))
    await Promise.all(listeners.map(awaitEnd))
    listeners.forEach((listener, index) => {
      expect(statusesOf(listener)).toEqual(['PENDING', 'PROCESSING', 'COMPLETED'])
      const references = listener.changes.map((change) => change.new.reference_id)
      expect(new Set(references)).toEqual(new Set([payments[index]?.collection.reference_id]))
    })
  })

  test('may spell its key in capitals, and is told in capitals', async () => {
    const { document, collection } = await aPayment(api)
    const loud = { ...collection, reference_id: collection.reference_id.toUpperCase() }
    const listener = await follow({ document, collection: loud })
    await ok(collect(api, collection))
    await awaitEnd(listener)
    expect(listener.changes.at(-1)?.new).toMatchObject({ reference_id: loud.reference_id })
  })
})

test('whoever comes late is told what comes after, and nothing of what was', async () => {
  const payment = await aPayment(api)
  let pay = (): void => undefined
  payerMayPay = new Promise((resolve) => (pay = resolve))
  await ok(collect(api, payment.collection))
  const listener = await follow(payment)
  pay()
  await awaitEnd(listener)
  expect(statusesOf(listener)).toEqual(['COMPLETED'])
  const after = await follow(payment)
  await pause(600)
  expect(after.changes).toEqual([])
})

test.each([
  ['INSERT', ['PENDING']],
  ['UPDATE', ['PROCESSING', 'COMPLETED']],
] as const)('whoever asks for %s alone is told %j', async (event, statuses) => {
  const payment = await aPayment(api)
  const [some, all] = await Promise.all([follow(payment, { event }), follow(payment)])
  await ok(collect(api, payment.collection))
  await awaitEnd(all)
  await until(
    () => some.changes.length === statuses.length,
    () => statusesOf(some),
  )
  expect(statusesOf(some)).toEqual(statuses)
})

test('a key that was used with another session tells the holder of the first nothing', async () => {
  const document = await aDocument(api)
  const [mine, theirs] = await Promise.all([anAttempt(api, document), anAttempt(api, document)])
  const listener = await follow({ document, collection: mine })
  await ok(collect(api, { ...theirs, reference_id: mine.reference_id }))
  await settled(api, mine)
  await pause(500)
  expect(listener.changes).toEqual([])
})

test('whoever lost the server finds it again, and is told the rest', async () => {
  const payment = await aPayment(api)
  const server = await startServer(world.env)
  const listener = await follow(payment, { url: server.url })
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null })
  await until(
    () => listener.states.some((state) => state.startsWith('CHANNEL_ERROR')),
    () => listener.states,
  )
  const again = await startServer({ ...world.env, PORT: new URL(server.url).port })
  await until(
    () => listener.states.at(-1) === 'SUBSCRIBED',
    () => listener.states,
  )
  await ok(collect(api, payment.collection))
  await awaitEnd(listener)
  expect(statusesOf(listener)).toEqual(['PENDING', 'PROCESSING', 'COMPLETED'])
  await listener.close()
  await again.end('SIGTERM')
})

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
/** Signs claims with a secret, under no key id: with the server's own secret such a token is good. */
function signed(claims: Record<string, unknown>, key: string): string {
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`
}

describe('a subscription is refused', () => {
  const another = randomUUID()
  const unauthorized = /^CHANNEL_ERROR: .*Unauthorized/
  test.each<[string, (payment: Payment) => Partial<Listening>, RegExp]>([
    [
      'to another session',
      ({ collection }) => ({ channel: `payment-intent:1:${collection.reference_id}` }),
      unauthorized,
    ],
    [
      'to another key',
      ({ collection }) => ({ channel: `payment-intent:${collection.session_id}:${another}` }),
      unauthorized,
    ],
    ['to a channel of another kind', () => ({ channel: 'everything' }), unauthorized],
    ['with the filter of another key', () => ({ filter: `reference_id=eq.${another}` }), unauthorized],
    [
      'with a filter on another column',
      ({ collection }) => ({ filter: `session_id=eq.${collection.session_id}` }),
      unauthorized,
    ],
    [
      'with a filter that takes many',
      ({ collection }) => ({ filter: `reference_id=in.(${collection.reference_id},${another})` }),
      unauthorized,
    ],
    ['with no filter', () => ({ filter: '' }), unauthorized],
    ['to another table', () => ({ table: 'executions' }), unauthorized],
    ['to what is removed', () => ({ event: 'DELETE' }), unauthorized],
    ['with no token', () => ({ token: 'sandbox-anon-key' }), /InvalidJWTToken/],
    ['with the token of the API', () => ({ token: api.token ?? '' }), /InvalidJWTToken/],
  ])('%s', async (_what, differently, message) => {
    const payment = await aPayment(api)
    expect(await refused(await listening(payment, differently(payment)))).toMatch(message)
  })

  test('with a token that is forged, changed or over', async () => {
    const payment = await aPayment(api)
    const its = await listening(payment)
    const claims = claimsOf(its.token)
    const [head = '', , signature = ''] = its.token.split('.')
    const now = Math.floor(Date.now() / 1000)
    const bad = [
      signed(claims, 'another secret of over thirty-two characters'),
      `${head}.${encode({ ...claims, merchant_id: 2 })}.${signature}`,
      signed({ ...claims, iat: now - 600, exp: now - 300 }, secret),
      signed({ ...claims, aud: 'dollr-api' }, secret),
      signed({ ...claims, role: 'service_role' }, secret),
    ]
    for (const token of bad) expect(await refused({ ...its, token })).toMatch(/CHANNEL_ERROR: .*InvalidJWTToken/)
    // All else being equal: what is wrong above is what is refused.
    open.push(await subscribed({ ...its, token: signed(claims, secret) }))
  })

  test('with a wrong apikey, and the client goes on asking', async () => {
    const payment = await aPayment(api)
    const listener = listen(await listening(payment, { anonKey: 'some-other-key' }))
    await until(
      () => listener.states.length > 0,
      () => listener.states,
    )
    expect(listener.states).not.toContain('SUBSCRIBED')
    await listener.close()
  })

  test('after its token has ended, which ends the channel; a new token before that keeps it', async () => {
    const payment = await aPayment(api)
    const its = await listening(payment)
    const now = Math.floor(Date.now() / 1000)
    const short = (id: string) => signed({ ...claimsOf(its.token), jti: id, exp: now + 3 }, secret)
    const [ending, kept] = await Promise.all(['one', 'two'].map((id) => subscribed({ ...its, token: short(id) })))
    if (!ending || !kept) throw new Error('nobody listens')
    open.push(ending, kept)
    await kept.setAuth(its.token)
    await until(
      () => ending.states.includes('CLOSED'),
      () => ending.states,
    )
    expect(ending.systemMessages.at(-1)).toMatch(/^Token has expired \d+ seconds ago$/)
    await ok(collect(api, payment.collection))
    await awaitEnd(kept)
    expect(kept.states).toEqual(['SUBSCRIBED'])
    expect(ending.changes).toEqual([])
  })

  test('from the moment its token is replaced by that of another payment', async () => {
    const [payment, other] = await Promise.all([aPayment(api), aPayment(api)])
    const listener = await follow(payment)
    await listener.setAuth((await listening(other)).token)
    await until(
      () => listener.states.includes('CLOSED'),
      () => listener.states,
    )
    expect(listener.systemMessages.at(-1)).toMatch(/^Unauthorized/)
  })
})

describe('an upgrade', () => {
  /** What the server answers to the bytes of a request. */
  async function answerTo(request: string): Promise<string> {
    const { hostname, port } = new URL(world.url())
    const socket = connect(Number(port), hostname).setEncoding('utf8')
    const closed = once(socket, 'close')
    let heard = ''
    socket.on('data', (text: string) => (heard += text))
    socket.write(request)
    await until(
      () => heard.includes('\r\n\r\n'),
      () => heard,
    )
    socket.end()
    await closed
    return heard
  }

  test('that is none of a websocket does not keep a call from its answer', async () => {
    const body = JSON.stringify(sandboxCredentials)
    const heard = await answerTo(
      'POST /v1/jwt/client/obtain/token HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n' +
        `Content-Length: ${body.length}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n${body}`,
    )
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"access_token"/)
  })

  test('to a websocket where there is none is no operation', async () => {
    const heard = await answerTo(
      'GET /realtime/v2/websocket?apikey=x HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    expect(heard).toMatch(/^HTTP\/1\.1 404 [^]*\{"detail":"Not Found"\}$/)
  })
})

describe('a realtime key', () => {
  const ask = (its: Record<string, unknown>): Promise<Answer> => api.post('/realtime-keys/collection', its)
  const refusal = (field: string, msg: string, type: string) => ({
    status: 422,
    body: { detail: [{ loc: ['body', field], msg, type }] },
  })
  const sessionNotFound = refusal('session_id', 'session not found', 'value_error.session')

  test('lives for 300 seconds and names one payment, executed or not', async () => {
    const { collection } = await aPayment(api)
    const body = {
      session_id: Number(collection.session_id),
      source_type: 'INVOICE',
      reference_id: collection.reference_id,
    }
    for (const execute of [false, true]) {
      if (execute) await ok(collect(api, collection))
      const key = (await ok(ask(body))) as { access_token: string; expires_in: number }
      expect(key).toEqual({ access_token: expect.any(String) as unknown, expires_in: 300 })
      const claims = claimsOf(key.access_token)
      expect(claims).toMatchObject({
        role: 'authenticated',
        merchant_id: 1,
        session_id: Number(collection.session_id),
        reference_id: collection.reference_id,
        source_type: 'INVOICE',
      })
      expect(Number(claims['exp']) - Number(claims['iat'])).toBe(300)
    }
  })

  test('is no bearer token', async () => {
    const { collection } = await aPayment(api)
    const { access_token: token } = await aRealtimeKey(api, collection)
    expect(await apiClient(world.url, token).get('/parties/list')).toMatchObject({ status: 401 })
  })

  test('is refused for what does not fit', async () => {
    const { document, collection } = await aPayment(api)
    const stranger = await signIn(world.url, await createMerchant(database.url, 'Stranger'))
    const good = { session_id: Number(collection.session_id), source_type: document.kind, reference_id: randomUUID() }
    expect(await ask(good)).toMatchObject({ status: 200 })
    expect(await ask({ ...good, session_id: unknownId })).toMatchObject(sessionNotFound)
    expect(await ask({ ...good, session_id: 0 })).toMatchObject(sessionNotFound)
    expect(await ask({ ...good, session_id: -1 })).toMatchObject(sessionNotFound)
    expect(await ask({ ...good, session_id: 1e20 })).toMatchObject(sessionNotFound)
    expect(await stranger.post('/realtime-keys/collection', good)).toMatchObject(sessionNotFound)
    expect(await ask({ ...good, source_type: 'ORDER' })).toMatchObject(
      refusal('source_type', 'source type does not match the session', 'value_error.mismatch'),
    )
    expect(await ask({ ...good, source_type: 'SUBSCRIPTION' })).toMatchObject(
      refusal('source_type', 'invalid enum: SUBSCRIPTION is not supported', 'value_error.enum'),
    )
    expect(await ask({ ...good, session_id: collection.session_id })).toMatchObject(
      refusal('session_id', 'value is not a valid integer', 'type_error.integer'),
    )
    for (const reference_id of ['', 'x', randomUUID().replaceAll('-', ''), '550e8400-e29b-11d4-a716-446655440000']) {
      expect(await ask({ ...good, reference_id })).toMatchObject(
        refusal('reference_id', 'invalid uuid', 'value_error.uuid'),
      )
    }
    expect(await apiClient(world.url).post('/realtime-keys/collection', good)).toMatchObject({ status: 401 })
    expect(await ask({})).toMatchObject({
      status: 422,
      body: { detail: ['session_id', 'source_type', 'reference_id'].map((field) => ({ loc: ['body', field] })) },
    })
  })
})
