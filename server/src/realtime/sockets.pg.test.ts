import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { anIntent, aPayable, claim, news, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, type TestClock } from '../../test/support/fakes.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { openLog } from '../platform/log.ts'
import { createKeyring } from '../auth/index.ts'
import { createFeed, type Feed } from './feed.ts'
import { defaultLimits, type Limits } from './model.ts'
import { createSockets, type Sockets, websocketPath } from './sockets.ts'
import { createRealtimeTokens, realtimeTokenSeconds, type RealtimeTokens } from './tokens.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 4, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const anonKey = 'everybody'
let clock: TestClock
let feed: Feed
let tokens: RealtimeTokens
let sockets: Sockets
let server: Server

async function start(limits: Partial<Limits> = {}, trustProxy = false): Promise<void> {
  clock = aClock()
  feed = createFeed(pool)
  tokens = createRealtimeTokens(createKeyring(['a-secret-of-more-than-thirty-two-characters'], clock))
  sockets = createSockets({
    clock,
    log: openLog('silent'),
    tokens,
    feed,
    anonKey,
    trustProxy,
    limits: { ...defaultLimits, ...limits },
  })
  server = createServer((_request, response) => response.end())
  sockets.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
}

beforeEach(() => start())
afterEach(async () => {
  await sockets.close()
  server.closeAllConnections()
  server.close()
})

/** Starts anew with other limits, for tests that come to one. */
async function limitTo(limits: Partial<Limits>, trustProxy = false): Promise<void> {
  await sockets.close()
  server.close()
  await start(limits, trustProxy)
}

interface Ended {
  readonly code: number
  readonly reason: string
}

interface Client {
  readonly socket: WebSocket
  /** Everything that came since the last look, once there is as much as asked for. */
  hear(count: number): Promise<unknown[]>
  say(...frame: readonly unknown[]): void
  readonly ended: Promise<Ended>
}

const address = (query: string): string =>
  `ws://127.0.0.1:${(server.address() as AddressInfo).port}${websocketPath}${query}`

async function connect(vsn = '2.0.0', options: ClientOptions = {}): Promise<Client> {
  const version = vsn === '' ? '' : `&vsn=${vsn}`
  const socket = new WebSocket(address(`?apikey=${anonKey}&log_level=info${version}`), options)
  const heard: unknown[] = []
  let wake = (): void => undefined
  socket.on('message', (text: Buffer) => {
    heard.push(JSON.parse(text.toString()))
    wake()
  })
  const ended = once(socket, 'close').then(([code, reason]: unknown[]) => ({
    code: Number(code),
    reason: String(reason),
  }))
  await once(socket, 'open')
  return {
    socket,
    ended,
    say: (...frame) => {
      socket.send(JSON.stringify(frame))
    },
    async hear(count) {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve))
      return heard.splice(0)
    },
  }
}

/** How the server answers somebody it does not let in. */
async function refusalOf(query: string, headers: Record<string, string> = {}): Promise<[number | undefined, unknown]> {
  const socket = new WebSocket(address(query), { headers })
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    NodeJS.ReadableStream & { statusCode?: number },
  ]
  let body = ''
  for await (const chunk of response) body += String(chunk)
  return [response.statusCode, JSON.parse(body)]
}

async function aSubject() {
  const intent = anIntent(await aPayable(pool))
  const { merchantId, sessionId, referenceId } = intent
  const channel = `payment-intent:${sessionId}:${referenceId}`
  const binding = {
    event: '*',
    schema: 'public',
    table: 'checkout_payment_intent_public_status',
    filter: `reference_id=eq.${referenceId}`,
  }
  const key = { merchantId, sessionId, referenceId, kind: 'INVOICE' as const }
  const token = await tokens.sign(key)
  const join = { config: { postgres_changes: [binding] }, access_token: token }
  return { intent, channel, topic: `realtime:${channel}`, binding, key, token, join }
}

const joined = (channel: string): unknown[] => [
  null,
  null,
  `realtime:${channel}`,
  'system',
  expect.objectContaining({ status: 'ok' }),
]
const answered = (joinRef: string | null, ref: string, topic: string, status: string, response: unknown = {}) => [
  joinRef,
  ref,
  topic,
  'phx_reply',
  { status, response },
]
const refusedWith = (joinRef: string | null, ref: string, topic: string, reason: RegExp) =>
  answered(joinRef, ref, topic, 'error', { reason: expect.stringMatching(reason) as unknown })

/** A client with one channel open. */
async function aListener() {
  const subject = await aSubject()
  const client = await connect()
  client.say('6', '6', subject.topic, 'phx_join', subject.join)
  await client.hear(2)
  return { ...subject, client }
}

describe('a conversation', () => {
  test('in the second version, frame by frame', async () => {
    const { intent, channel, topic, binding, join } = await aSubject()
    const client = await connect()
    client.say(null, '1', 'phoenix', 'heartbeat', {})
    expect(await client.hear(1)).toEqual([[null, '1', 'phoenix', 'phx_reply', { status: 'ok', response: {} }]])

    client.say('6', '6', topic, 'phx_join', join)
    expect(await client.hear(2)).toEqual([
      answered('6', '6', topic, 'ok', { postgres_changes: [{ id: 1, ...binding }] }),
      [
        null,
        null,
        topic,
        'system',
        { extension: 'postgres_changes', status: 'ok', message: 'Subscribed to PostgreSQL', channel },
      ],
    ])

    const executionId = await claim(pool, intent)
    await tell(pool, [news({ merchantId: intent.merchantId, executionId }, 'COMPLETED')])
    await feed.follow()
    const change = (type: string, status: string): unknown => [
      null,
      null,
      topic,
      'postgres_changes',
      {
        ids: [1],
        data: expect.objectContaining({
          type,
          record: expect.objectContaining({ id: Number(executionId), status }) as unknown,
        }) as unknown,
      },
    ]
    expect(await client.hear(2)).toEqual([change('INSERT', 'PENDING'), change('UPDATE', 'COMPLETED')])

    client.say('6', '7', topic, 'phx_leave', {})
    expect(await client.hear(2)).toEqual([answered('6', '7', topic, 'ok'), ['6', '6', topic, 'phx_close', {}]])
    client.socket.close()
    await client.ended
  })

  test('in the first version, and without a version', async () => {
    for (const vsn of ['1.0.0', '']) {
      const { topic, binding, join } = await aSubject()
      const client = await connect(vsn)
      client.socket.send(JSON.stringify({ topic, event: 'phx_join', payload: join, ref: '6', join_ref: '6' }))
      expect((await client.hear(2))[0]).toEqual({
        topic,
        event: 'phx_reply',
        payload: { status: 'ok', response: { postgres_changes: [{ id: 1, ...binding }] } },
        ref: '6',
        join_ref: '6',
      })
      client.socket.close()
    }
  })

  test('may be about nothing: such a channel is opened and says nothing', async () => {
    const { topic, token } = await aSubject()
    const client = await connect()
    client.say('6', '6', topic, 'phx_join', { config: {}, access_token: token })
    client.say(null, '7', 'phoenix', 'heartbeat', {})
    expect(await client.hear(2)).toEqual([
      answered(null, '7', 'phoenix', 'ok'),
      answered('6', '6', topic, 'ok', { postgres_changes: [] }),
    ])
  })
})

test('whoever joins twice has one channel: the first is closed under its own ref', async () => {
  const { client, intent, topic, join } = await aListener()
  client.say('9', '9', topic, 'phx_join', join)
  const [closed, reply] = await client.hear(3)
  expect(closed).toEqual(['6', '6', topic, 'phx_close', {}])
  expect(reply).toMatchObject(['9', '9', topic, 'phx_reply', { status: 'ok' }])
  // A leave of the first comes too late to end the second.
  client.say('6', '10', topic, 'phx_leave', {})
  expect(await client.hear(1)).toEqual([answered('6', '10', topic, 'ok')])
  await claim(pool, intent)
  await feed.follow()
  expect(await client.hear(1)).toMatchObject([[null, null, topic, 'postgres_changes', { ids: [1] }]])
})

test('whoever leaves while joining is not joined', async () => {
  const { topic, join, intent } = await aSubject()
  const client = await connect()
  client.say('6', '6', topic, 'phx_join', join)
  client.say('6', '7', topic, 'phx_leave', {})
  expect(await client.hear(2)).toEqual([answered('6', '7', topic, 'ok'), ['6', '6', topic, 'phx_close', {}]])
  await claim(pool, intent)
  await feed.follow()
  client.say(null, '8', 'phoenix', 'heartbeat', {})
  expect(await client.hear(1)).toEqual([answered(null, '8', 'phoenix', 'ok')])
})

test('whoever leaves is told nothing any more, nor is anybody who hung up', async () => {
  const [left, gone] = [await aListener(), await aListener()]
  left.client.say('6', '7', left.topic, 'phx_leave', {})
  await left.client.hear(2)
  gone.client.socket.close()
  await gone.client.ended
  await claim(pool, left.intent)
  await claim(pool, gone.intent)
  await feed.follow()
  left.client.say(null, '8', 'phoenix', 'heartbeat', {})
  expect(await left.client.hear(1)).toHaveLength(1)
})

test('what the server does not do is answered with an error where an answer is waited for', async () => {
  const { client, topic } = await aListener()
  client.say('6', '7', topic, 'broadcast', { type: 'broadcast', event: 'x', payload: {} })
  client.say('6', null, topic, 'broadcast', {})
  client.socket.send(Buffer.from([3, 0, 0, 0]))
  client.say('6', '8', topic, 'presence', {})
  expect(await client.hear(2)).toEqual(['7', '8'].map((ref) => refusedWith('6', ref, topic, /takes no messages/)))
})

test.each([
  ['no JSON', '{', 1007],
  ['no frame', '{"topic":"x"}', 1007],
  ['a frame of the other version', '{"topic":"x","event":"y","payload":{},"ref":"1"}', 1007],
  ['a frame larger than any', JSON.stringify([null, '1', 'x'.repeat(70_000), 'e', {}]), 1009],
])('%s ends the connection', async (_what, text, code) => {
  const client = await connect()
  client.socket.send(text)
  expect(await client.ended).toMatchObject({ code })
})

describe('a token', () => {
  test.each([
    ['missing', undefined],
    ['null', null],
    ['the anonymous key', anonKey],
    ['nothing like one', 'x'],
  ])('that is %s opens nothing', async (_what, token) => {
    const { topic, join } = await aSubject()
    const client = await connect()
    client.say('6', '6', topic, 'phx_join', { ...join, access_token: token })
    expect(await client.hear(1)).toEqual([refusedWith('6', '6', topic, /^InvalidJWTToken: /)])
  })

  test('opens until it ends, which closes the channel and says so', async () => {
    const { client, channel, topic, intent } = await aListener()
    clock.advance(realtimeTokenSeconds * 1000 - 1)
    client.say(null, '7', 'phoenix', 'heartbeat', {})
    await client.hear(1)
    sockets.sweep()
    clock.advance(1_001)
    client.say(null, '8', 'phoenix', 'heartbeat', {})
    expect(await client.hear(1)).toEqual([answered(null, '8', 'phoenix', 'ok')])
    // Not yet swept, and silent all the same.
    await claim(pool, intent)
    await feed.follow()
    sockets.sweep()
    expect(await client.hear(2)).toEqual([
      [
        null,
        null,
        topic,
        'system',
        { extension: 'system', status: 'error', message: 'Token has expired 1 seconds ago', channel },
      ],
      ['6', '6', topic, 'phx_close', {}],
    ])
  })

  test('that replaces another of the same payment keeps the channel open', async () => {
    const { client, key, topic, intent } = await aListener()
    clock.advance(realtimeTokenSeconds * 1000 - 1_000)
    const next = await tokens.sign(key)
    client.say('6', '7', topic, 'access_token', { access_token: next })
    await beat(client)
    // It is read beside the conversation: by the time a few others have been, it has.
    for (let n = 0; n < 20; n += 1) await tokens.verify(next)
    clock.advance(2_000)
    sockets.sweep()
    await claim(pool, intent)
    await feed.follow()
    expect(await client.hear(1)).toMatchObject([[null, null, topic, 'postgres_changes', {}]])
  })

  test.each([
    ['null', null],
    ['the anonymous key', anonKey],
    ['a publishable key', 'sb_publishable_x'],
    ['no text', 5],
    ['missing', undefined],
  ])('that is %s takes nothing away', async (_what, token) => {
    const { client, topic, intent } = await aListener()
    client.say('6', '7', topic, 'access_token', { access_token: token })
    await beat(client)
    await claim(pool, intent)
    await feed.follow()
    expect(await client.hear(1)).toMatchObject([[null, null, topic, 'postgres_changes', {}]])
  })

  test('that is forged, or for another payment, closes the channel it is shown on', async () => {
    const [forged, foreign] = [await aListener(), await aListener()]
    const elsewhere = createRealtimeTokens(createKeyring(['another-secret-of-more-than-32-characters'], clock))
    forged.client.say('6', '7', forged.topic, 'access_token', { access_token: await elsewhere.sign(forged.key) })
    foreign.client.say('6', '7', foreign.topic, 'access_token', { access_token: forged.token })
    for (const [{ client, topic }, message] of [
      [forged, /^InvalidJWTToken/],
      [foreign, /^Unauthorized/],
    ] as const) {
      expect(await client.hear(2)).toEqual([
        [null, null, topic, 'system', expect.objectContaining({ message: expect.stringMatching(message) as unknown })],
        ['6', '6', topic, 'phx_close', {}],
      ])
    }
  })
})

/** A heartbeat there and back: whatever was said before it has been heard. */
async function beat(client: Client): Promise<void> {
  client.say(null, '99', 'phoenix', 'heartbeat', {})
  await client.hear(1)
}

describe('a connection', () => {
  test.each([
    ['', 401, 'invalid apikey'],
    ['?vsn=2.0.0', 401, 'invalid apikey'],
    ['?apikey=somebody&vsn=2.0.0', 401, 'invalid apikey'],
    [`?apikey=${anonKey}x&vsn=2.0.0`, 401, 'invalid apikey'],
    [`?apikey=${anonKey}&vsn=3.0.0`, 400, 'vsn must be one of 1.0.0, 2.0.0'],
  ])('with %j is refused', async (query, status, error) => {
    expect(await refusalOf(query)).toEqual([status, { error }])
  })

  test('too many is refused, until another ends', async () => {
    await limitTo({ connections: 2 })
    const [one] = [await connect(), await connect()]
    expect(await refusalOf(`?apikey=${anonKey}`)).toEqual([429, { error: 'too many connections' }])
    one.socket.close()
    await one.ended
    await connect()
  })

  test('too many from one address is refused; an address behind a proxy is what the proxy says, if it is believed', async () => {
    const from = (forwarded: string) => ({ headers: { 'x-forwarded-for': forwarded } })
    const refused = [429, { error: 'too many connections from this address' }]
    await limitTo({ connectionsPerAddress: 1 })
    await connect('2.0.0', from('203.0.113.1'))
    expect(await refusalOf(`?apikey=${anonKey}`, from('203.0.113.2').headers)).toEqual(refused)
    await limitTo({ connectionsPerAddress: 1 }, true)
    await connect('2.0.0', from('203.0.113.1, 10.0.0.1'))
    await connect('2.0.0', from('203.0.113.2'))
    expect(await refusalOf(`?apikey=${anonKey}`, from('203.0.113.1').headers)).toEqual(refused)
  })

  test('that falls silent ends after a minute; one that keeps its heartbeat stays', async () => {
    const [silent, alive] = [await connect(), await connect()]
    clock.advance(30_000)
    await beat(alive)
    clock.advance(30_001)
    sockets.sweep()
    expect(await silent.ended).toEqual({ code: 1008, reason: 'no heartbeat' })
    await beat(alive)
  })

  test('that does not read what it is sent is dropped', async () => {
    await limitTo({ bufferedBytes: 256 * 1024, messagesPerSecond: 100_000 })
    const client = await connect()
    client.socket.pause()
    const long = 'x'.repeat(60_000)
    for (let n = 0; n < 1_000; n += 1) client.say(null, '1', long, 'echo', {})
    await new Promise((resolve) => setTimeout(resolve, 500))
    client.socket.resume()
    expect(await client.ended).toMatchObject({ code: 1006 })
  })

  test('that joins too often ends', async () => {
    await limitTo({ joinsPerSecond: 3 })
    const { topic } = await aSubject()
    const client = await connect()
    for (let n = 0; n < 4; n += 1) client.say(`${n}`, `${n}`, `${topic}${n}`, 'phx_join', {})
    const { code, reason } = await client.ended
    expect([code, reason]).toEqual([1008, 'too many joins per second'])
    expect(await client.hear(1)).toContainEqual(refusedWith('3', '3', `${topic}3`, /^ClientJoinRateLimitReached: /))
  })

  test('that says too much ends, and its channels are told', async () => {
    await limitTo({ messagesPerSecond: 5 })
    const { client, topic } = await aListener()
    for (let n = 0; n < 5; n += 1) client.say(null, '1', 'phoenix', 'heartbeat', {})
    expect(await client.ended).toEqual({ code: 1008, reason: 'too many messages per second' })
    const heard = await client.hear(6)
    expect(heard.slice(-2)).toEqual([
      [null, null, topic, 'system', expect.objectContaining({ message: 'Too many messages per second' })],
      ['6', '6', topic, 'phx_close', {}],
    ])
  })

  test('may say as much again in the next second', async () => {
    await limitTo({ messagesPerSecond: 2 })
    const client = await connect()
    for (let second = 0; second < 3; second += 1) {
      await beat(client)
      await beat(client)
      clock.advance(1_000)
    }
  })

  test.each([{ channelsPerConnection: 1 }, { channels: 1 }])('has as many channels as %j allows', async (limits) => {
    await limitTo(limits)
    const { client, topic } = await aListener()
    const other = await aSubject()
    const tooMany = refusedWith('7', '7', other.topic, /^ChannelRateLimitReached: /)
    client.say('7', '7', other.topic, 'phx_join', other.join)
    expect(await client.hear(1)).toEqual([tooMany])
    client.say('6', '8', topic, 'phx_leave', {})
    await client.hear(2)
    client.say('9', '9', other.topic, 'phx_join', other.join)
    expect((await client.hear(2))[1]).toEqual(joined(other.channel))
  })

  test('that is refused a channel has room for another', async () => {
    await limitTo({ channels: 1 })
    const { channel, topic, join } = await aSubject()
    const client = await connect()
    client.say('6', '6', topic, 'phx_join', { ...join, access_token: 'x' })
    await client.hear(1)
    client.say('7', '7', topic, 'phx_join', join)
    expect((await client.hear(2))[1]).toEqual(joined(channel))
  })
})

test('a server that stops says goodbye to everybody, waits for nobody long, and takes nobody any more', async () => {
  const [polite, deaf] = [await connect(), await connect()]
  deaf.socket.pause()
  const begun = performance.now()
  const closing = sockets.close()
  expect(await polite.ended).toEqual({ code: 1001, reason: 'the server is stopping' })
  expect(await refusalOf(`?apikey=${anonKey}`)).toEqual([503, { error: 'the server is stopping' }])
  await closing
  expect(performance.now() - begun).toBeLessThan(3_000)
  deaf.socket.terminate()
})

test('a database out of reach is told as an error that may be tried again', async () => {
  const unreachable = openPool({
    connection: { connectionString: database.url },
    maxConnections: 1,
    onIdleError: () => undefined,
  })
  await unreachable.end()
  await sockets.close()
  const { topic, join } = await aSubject()
  sockets = createSockets({
    clock,
    log: openLog('silent'),
    tokens,
    feed: createFeed(unreachable),
    anonKey,
    trustProxy: false,
    limits: defaultLimits,
  })
  server.removeAllListeners('upgrade')
  sockets.attach(server)
  const client = await connect()
  client.say('6', '6', topic, 'phx_join', join)
  expect(await client.hear(1)).toEqual([refusedWith('6', '6', topic, /^UnknownErrorOnChannel: /)])
})

test('a key nobody has executed and none of ours can be followed as well as any other', async () => {
  const { key } = await aSubject()
  const referenceId = randomUUID()
  const topic = `realtime:payment-intent:${key.sessionId}:${referenceId}`
  const client = await connect()
  client.say('6', '6', topic, 'phx_join', { access_token: await tokens.sign({ ...key, referenceId }) })
  expect(await client.hear(1)).toEqual([answered('6', '6', topic, 'ok', { postgres_changes: [] })])
})
