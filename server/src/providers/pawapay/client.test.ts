import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ProviderReference } from '../../kernel/ids.ts'
import { money } from '../../kernel/money.ts'
import { createHttpClient } from '../../platform/http-client.ts'
import { openLog } from '../../platform/log.ts'
import { type CollectionOrder, type Provider } from '../provider.ts'
import { createPawapay } from './client.ts'

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')

const reference = '8917c345-4791-4285-a416-62f24b6982db' as ProviderReference
const order: CollectionOrder = {
  reference,
  method: 'MTN_MOMO_RWA',
  amount: money(1500n, 'RWF'),
  phone: '250783456789',
  note: 'INV-2025-00042',
}

interface Received {
  readonly request: string
  readonly authorization: string | undefined
  readonly body: string
}

/** A network that does what the test at hand says, and remembers what it was asked. */
let behave: (response: ServerResponse, request: IncomingMessage) => void
let received: Received[]
let pawapay: Provider
/** For what never answers: the other one waits longer than any machine is slow. */
let impatient: Provider
let close: () => Promise<void>

beforeEach(async () => {
  received = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      received.push({ request: `${method} ${url}`, authorization: headers.authorization, body })
      behave(response, request)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const clients = [createHttpClient({ timeoutMs: 30_000 }), createHttpClient({ timeoutMs: 200 })]
  const [patient, other] = clients.map((http) =>
    createPawapay({ baseUrl: `http://127.0.0.1:${port}`, apiToken: 'a-token', http, log: openLog('silent') }),
  )
  if (!patient || !other) throw new Error('two connectors')
  pawapay = patient
  impatient = other
  close = async () => {
    await Promise.all(clients.map((http) => http.close()))
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterEach(() => close())

const answering =
  (status: number, body: string): typeof behave =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }

test('an order is one POST with the token and the deposit', async () => {
  behave = answering(200, JSON.stringify({ depositId: reference, status: 'ACCEPTED' }))
  expect(await pawapay.submit(order)).toEqual({ kind: 'accepted' })
  expect(received).toHaveLength(1)
  expect(received[0]).toMatchObject({ request: 'POST /v2/deposits', authorization: 'Bearer a-token' })
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ depositId: reference, amount: '1500', currency: 'RWF' })
})

test('a look-up is one GET by our reference', async () => {
  behave = answering(200, JSON.stringify({ status: 'NOT_FOUND' }))
  expect(await pawapay.find(reference)).toEqual({ kind: 'not_found' })
  expect(received.map(({ request }) => request)).toEqual([`GET /v2/deposits/${reference}`])
})

test('a refusal with a code is a refusal', async () => {
  behave = answering(200, '{"status":"REJECTED","failureReason":{"failureCode":"INVALID_AMOUNT"}}')
  expect(await pawapay.submit(order)).toMatchObject({ kind: 'declined', code: 'INVALID_AMOUNT' })
})

const troubles: readonly (readonly [string, typeof behave])[] = [
  ['500 without a body', answering(500, '')],
  ['500 with a code', answering(500, '{"failureReason":{"failureCode":"UNKNOWN_ERROR"}}')],
  ['502 in HTML', answering(502, '<html>Bad Gateway</html>')],
  ['200 in HTML', answering(200, '<html>Welcome</html>')],
  ['200 without a body', answering(200, '')],
  ['a number', answering(200, '42')],
  ['null', answering(200, 'null')],
  ['a list, as the first version answered', answering(200, '[]')],
  ['a status that is no text', answering(200, '{"status":200}')],
  ['JSON that ends early', answering(200, '{"status":"ACCEPTED","depositId":"89')],
  ['a redirect', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ['a reset', (response) => void response.socket?.resetAndDestroy()],
  [
    'a connection closed in the middle of the answer',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"status":"COMPLETED"')
      setTimeout(() => response.socket?.destroy(), 5)
    },
  ],
]

const silences: typeof troubles = [
  ['no answer', () => undefined],
  [
    'an answer that never ends',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"status":"ACC')
    },
  ],
]

test.each(silences)('%s leaves an order and a look-up unknown when the time is up', async (_silence, silence) => {
  behave = silence
  expect(await impatient.submit(order)).toEqual({ kind: 'unknown', reason: expect.any(String) as unknown })
  expect(await impatient.find(reference)).toEqual({ kind: 'unknown', reason: expect.any(String) as unknown })
})

test.each(troubles)('%s leaves an order unknown, asked once', async (_trouble, trouble) => {
  behave = trouble
  expect(await pawapay.submit(order)).toEqual({ kind: 'unknown', reason: expect.any(String) as unknown })
  expect(received).toHaveLength(1)
})

test.each(troubles)('%s leaves a look-up unknown', async (_trouble, trouble) => {
  behave = trouble
  expect(await pawapay.find(reference)).toEqual({ kind: 'unknown', reason: expect.any(String) as unknown })
})

test('a look-up that is not answered with 200 is unknown, whatever it says', async () => {
  behave = answering(404, '{"status":"NOT_FOUND"}')
  expect(await pawapay.find(reference)).toMatchObject({ kind: 'unknown' })
  behave = answering(
    500,
    '{"status":"FOUND","data":{"depositId":"x","status":"FAILED","failureReason":{"failureCode":"X"}}}',
  )
  expect(await pawapay.find(reference)).toMatchObject({ kind: 'unknown' })
})

test('nobody listening leaves an order unknown', async () => {
  const http = createHttpClient({ timeoutMs: 30_000 })
  const nobody = createPawapay({ baseUrl: 'http://127.0.0.1:1', apiToken: 't', http, log: openLog('silent') })
  expect(await nobody.submit(order)).toMatchObject({ kind: 'unknown' })
  expect(await nobody.find(reference)).toMatchObject({ kind: 'unknown' })
  await http.close()
})

test('a method without a code of theirs is never sent', async () => {
  expect(await pawapay.submit({ ...order, method: 'CREDIT_CARD' })).toMatchObject({ kind: 'unknown' })
  expect(received).toEqual([])
})

test('the token is never in the reason of a failure', async () => {
  behave = (response) => void response.socket?.resetAndDestroy()
  expect(JSON.stringify(await pawapay.submit(order))).not.toContain('a-token')
})

test('a callback is read for the deposit it speaks of, in lower case, and for nothing else', () => {
  expect(pawapay.readCallback(fixture('callback-failed.json'))).toBe(reference)
})

test.each(['', 'not JSON', '[]', 'null', '{}', '{"depositId":42}', '{"depositId":"x"}', '{"payoutId":"8917c345"}'])(
  'a callback of %j speaks of nothing',
  (body) => {
    expect(pawapay.readCallback(body)).toBeUndefined()
  },
)

test('nothing is offered before the configuration was read', async () => {
  expect(pawapay.offer('MTN_MOMO_RWA', 'COLLECTION', 'RWF')).toBeUndefined()
  behave = answering(200, fixture('active-conf.json'))
  await pawapay.refresh()
  expect(received.map(({ request }) => request)).toEqual(['GET /v2/active-conf'])
  expect(pawapay.offer('MTN_MOMO_RWA', 'COLLECTION', 'RWF')).toMatchObject({ decimals: 0 })
})

test('the last good configuration is kept when the next cannot be read', async () => {
  behave = answering(200, fixture('active-conf-older.json'))
  await pawapay.refresh()
  for (const trouble of [answering(500, '{}'), answering(200, '{"countries":5}'), answering(200, 'x')]) {
    behave = trouble
    await pawapay.refresh()
    expect(pawapay.offer('MTN_MOMO_RWA', 'COLLECTION', 'RWF')).toMatchObject({ decimals: 0 })
  }
})

test('a configuration that closes an operator closes it here', async () => {
  behave = answering(200, fixture('active-conf.json'))
  await pawapay.refresh()
  behave = answering(200, fixture('active-conf.json').replaceAll('OPERATIONAL', 'CLOSED'))
  await pawapay.refresh()
  expect(pawapay.offer('MTN_MOMO_RWA', 'COLLECTION', 'RWF')).toBeUndefined()
})
