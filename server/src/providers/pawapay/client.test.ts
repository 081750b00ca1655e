import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FinalStatus } from '../../kernel/enums.ts'
import { type ProviderReference } from '../../kernel/ids.ts'
import { money } from '../../kernel/money.ts'
import { createHttpClient } from '../../platform/http-client.ts'
import { openLog } from '../../platform/log.ts'
import { type DirectOrder, type PaymentOrder, type RefundOrder } from '../provider.ts'
import { systemClock } from '../../kernel/clock.ts'
import { createPawapay, type Pawapay, type PawapayOptions } from './client.ts'

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')

const reference = '8917c345-4791-4285-a416-62f24b6982db' as ProviderReference
const order: DirectOrder = {
  operation: 'COLLECTION',
  reference,
  method: 'MTN_MOMO_RWA',
  amount: money(1500n, 'RWF'),
  phone: '250783456789',
  note: 'INV-2025-00042',
}
const payout: DirectOrder = { ...order, operation: 'PAYOUT' }
const refundReference = '2f1b0c6e-5a5c-4a4a-9d0e-6f5b1c2d3e4f' as ProviderReference
const refund: RefundOrder = {
  operation: 'REFUND',
  reference: refundReference,
  refunds: reference,
  method: 'MTN_MOMO_RWA',
  amount: money(500n, 'RWF'),
  note: 'INV-2025-00042',
}

interface Received {
  readonly request: string
  readonly authorization: string | undefined
  readonly body: string
}

const settings: Omit<PawapayOptions, 'baseUrl' | 'http'> = {
  apiToken: 'a-token',
  log: openLog('silent'),
  clock: systemClock,
  callbacks: { signatures: 'optional', maxAgeMs: 60_000, url: undefined, trustHost: true },
  signing: undefined,
}

/** A network that does what the test at hand says, and remembers what it was asked. */
let behave: (response: ServerResponse, request: IncomingMessage) => void
let received: Received[]
let pawapay: Pawapay
/** For what never answers: the other one waits longer than any machine is slow. */
let impatient: Pawapay
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
    createPawapay({ ...settings, baseUrl: `http://127.0.0.1:${port}`, http }),
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

test.each<[PaymentOrder, string, Record<string, unknown>]>([
  [payout, 'POST /v2/payouts', { payoutId: reference, amount: '1500', currency: 'RWF' }],
  [refund, 'POST /v2/refunds', { refundId: refundReference, depositId: reference, amount: '500', currency: 'RWF' }],
])('money out is one POST too: $operation', async (sent, request, body) => {
  behave = answering(200, JSON.stringify({ status: 'ACCEPTED' }))
  expect(await pawapay.submit(sent)).toEqual({ kind: 'accepted' })
  expect(received.map((each) => each.request)).toEqual([request])
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject(body)
})

test.each([
  ['PAYOUT', 'payoutId', 'payouts'],
  ['REFUND', 'refundId', 'refunds'],
] as const)('a %s is asked after where it was sent to', async (operation, id, path) => {
  behave = answering(
    200,
    JSON.stringify({ status: 'FOUND', data: { [id]: reference.toUpperCase(), status: 'ENQUEUED' } }),
  )
  expect(await pawapay.find(operation, reference)).toEqual({ kind: 'accepted' })
  expect(received.map(({ request }) => request)).toEqual([`GET /v2/${path}/${reference}`])
})

test.each([{ depositId: refundReference }, { payoutId: refundReference }, {}])(
  'an answer about %j is not believed when another payment was asked after',
  async (ids) => {
    behave = answering(200, JSON.stringify({ status: 'FOUND', data: { ...ids, status: 'FAILED' } }))
    expect(await pawapay.find('PAYOUT', reference)).toMatchObject({ kind: 'unknown' })
  },
)

test('what never leaves us is not asked after', async () => {
  expect(await pawapay.find('TRANSFER', reference)).toMatchObject({ kind: 'unknown' })
  expect(received).toEqual([])
})

// The refund under way may be this very one, when the answer to an earlier request with its id was lost.
const standing = ['REFUND_IN_PROGRESS', 'DEPOSIT_ALREADY_REFUNDED', 'AMOUNT_TOO_LARGE', 'PAWAPAY_WALLET_OUT_OF_FUNDS']
const rejection = (failureCode: string) => JSON.stringify({ status: 'REJECTED', failureReason: { failureCode } })
const answeringEach =
  (toOrder: string, status: number, toLookUp: string): typeof behave =>
  (response, request) => {
    if (request.method === 'POST') answering(200, toOrder)(response, request)
    else answering(status, toLookUp)(response, request)
  }

test.each(standing)('%s is a refusal once they say that they do not have the order', async (code) => {
  behave = answeringEach(rejection(code), 200, '{"status":"NOT_FOUND"}')
  expect(await pawapay.submit(refund)).toMatchObject({ kind: 'declined', code })
  expect(received.map(({ request }) => request)).toEqual(['POST /v2/refunds', `GET /v2/refunds/${refundReference}`])
})

test.each(standing)('%s is no refusal of an order that they have', async (code) => {
  const theirs = { refundId: refundReference, status: 'PROCESSING' }
  behave = answeringEach(rejection(code), 200, JSON.stringify({ status: 'FOUND', data: theirs }))
  expect(await pawapay.submit(refund)).toEqual({ kind: 'accepted' })
})

test.each(standing)('%s is no refusal while they do not say whether they have the order', async (code) => {
  behave = answeringEach(rejection(code), 500, '')
  expect(await pawapay.submit(refund)).toMatchObject({ kind: 'unknown' })
})

test.each([
  ['PAYOUT', 'payouts'],
  ['REFUND', 'refunds'],
] as const)('a %s that waits can be cancelled', async (operation, path) => {
  behave = answering(200, '{"status":"ACCEPTED"}')
  expect(await pawapay.cancelEnqueued(operation, reference)).toBe('accepted')
  expect(received.map(({ request }) => request)).toEqual([`POST /v2/${path}/fail-enqueued/${reference}`])
})

test.each([
  ['not waiting any more', 200, rejection('INVALID_STATE'), 'refused'],
  ['not known', 200, rejection('NOT_FOUND'), 'refused'],
  ['not ours to cancel', 403, '{"failureReason":{"failureCode":"AUTHORISATION_ERROR"}}', 'refused'],
  ['their own failure', 500, rejection('UNKNOWN_ERROR'), 'unknown'],
  ['a status of another conversation', 200, '{"status":"DUPLICATE_IGNORED"}', 'unknown'],
  ['nothing that can be read', 200, '<html>', 'unknown'],
] as const)('a payout that is cancelled: %s', async (_what, status, body, answer) => {
  behave = answering(status, body)
  expect(await pawapay.cancelEnqueued('PAYOUT', reference)).toBe(answer)
})

test('whether a payment was cancelled is unknown when the connection breaks', async () => {
  behave = (response) => void response.socket?.resetAndDestroy()
  expect(await pawapay.cancelEnqueued('REFUND', reference)).toBe('unknown')
})

test('the operator of a number is asked for by the number', async () => {
  behave = answering(200, '{"country":"LBR","provider":"ORANGE_LBR","phoneNumber":"231771234567"}')
  expect(await pawapay.predictMethod('231771234567')).toBe('ORANGE_MONEY_LBR')
  expect(received[0]).toMatchObject({ request: 'POST /v2/predict-provider', body: '{"phoneNumber":"231771234567"}' })
})

test.each([
  ['an operator that is none of ours', 200, '{"country":"KEN","provider":"MPESA_KEN"}'],
  ['a number that they do not know', 400, '{"failureReason":{"failureCode":"INVALID_PARAMETER"}}'],
  ['their own failure', 500, '{"provider":"ORANGE_LBR"}'],
  ['nothing that can be read', 200, 'x'],
] as const)('no operator is predicted for %s', async (_what, status, body) => {
  behave = answering(status, body)
  expect(await pawapay.predictMethod('231771234567')).toBeUndefined()
})

test('no operator is predicted when nobody answers', async () => {
  behave = () => undefined
  expect(await impatient.predictMethod('231771234567')).toBeUndefined()
})

test('a look-up is one GET by our reference', async () => {
  behave = answering(200, JSON.stringify({ status: 'NOT_FOUND' }))
  expect(await pawapay.find('COLLECTION', reference)).toEqual({ kind: 'not_found' })
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
  expect(await impatient.find('COLLECTION', reference)).toEqual({
    kind: 'unknown',
    reason: expect.any(String) as unknown,
  })
})

test.each(troubles)('%s leaves an order unknown, asked once', async (_trouble, trouble) => {
  behave = trouble
  expect(await pawapay.submit(order)).toEqual({ kind: 'unknown', reason: expect.any(String) as unknown })
  expect(received).toHaveLength(1)
})

test.each(troubles)('%s leaves a look-up unknown', async (_trouble, trouble) => {
  behave = trouble
  expect(await pawapay.find('COLLECTION', reference)).toEqual({
    kind: 'unknown',
    reason: expect.any(String) as unknown,
  })
})

test('a look-up that is not answered with 200 is unknown, whatever it says', async () => {
  behave = answering(404, '{"status":"NOT_FOUND"}')
  expect(await pawapay.find('COLLECTION', reference)).toMatchObject({ kind: 'unknown' })
  behave = answering(
    500,
    '{"status":"FOUND","data":{"depositId":"x","status":"FAILED","failureReason":{"failureCode":"X"}}}',
  )
  expect(await pawapay.find('COLLECTION', reference)).toMatchObject({ kind: 'unknown' })
})

test('nobody listening leaves an order unknown', async () => {
  const http = createHttpClient({ timeoutMs: 30_000 })
  const nobody = createPawapay({ ...settings, baseUrl: 'http://127.0.0.1:1', http })
  expect(await nobody.submit(order)).toMatchObject({ kind: 'unknown' })
  expect(await nobody.find('COLLECTION', reference)).toMatchObject({ kind: 'unknown' })
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

const readUnsigned = (body: string) =>
  pawapay.readCallback({
    method: 'POST',
    authority: '127.0.0.1',
    path: '/callbacks/pawapay',
    headers: {},
    body: Buffer.from(body),
  })
const aHint = (spokenOf: ProviderReference | undefined, tells?: FinalStatus) => ({
  reference: spokenOf,
  trust: 'hint',
  tells: spokenOf && tells,
  verification: 'unsigned',
  signature: undefined,
  claim: undefined,
})

test.each([
  ['callback-failed.json', reference, 'FAILED'],
  ['callback-payout.json', reference, 'COMPLETED'],
  // It names the deposit too.
  ['callback-refund.json', refundReference, 'COMPLETED'],
] as const)(
  '%s is read for the payment it speaks of, in lower case, and how that ended',
  async (name, spokenOf, tells) => {
    expect(await readUnsigned(fixture(name))).toEqual(aHint(spokenOf, tells))
  },
)

test.each([
  '',
  'not JSON',
  '[]',
  'null',
  '{}',
  '{"depositId":42}',
  '{"depositId":"x"}',
  '{"payoutId":"8917c345"}',
  '{"refundId":[]}',
])('a callback of %j speaks of nothing', async (body) => {
  expect(await readUnsigned(body)).toEqual(aHint(undefined))
})

test.each([
  ['{"depositId":"8917c345-4791-4285-a416-62f24b6982db","status":"COMPLETED"}', 'COMPLETED'],
  ['{"depositId":"8917c345-4791-4285-a416-62f24b6982db","status":"FAILED"}', 'FAILED'],
  ['{"depositId":"8917c345-4791-4285-a416-62f24b6982db","status":"PROCESSING"}', undefined],
  ['{"depositId":"8917c345-4791-4285-a416-62f24b6982db","status":["COMPLETED"]}', undefined],
  ['{"depositId":"8917c345-4791-4285-a416-62f24b6982db"}', undefined],
  ['COMPLETED', undefined],
])('a callback %s tells the final status %s', async (body, tells) => {
  expect(await readUnsigned(body)).toMatchObject({ tells })
})

test('what is offered is not known before the configuration was read', async () => {
  expect(() => pawapay.offer('MTN_MOMO_RWA', 'COLLECTION', 'RWF')).toThrow('Service Unavailable')
  behave = answering(200, fixture('active-conf.json'))
  expect(await pawapay.refresh()).toBe(true)
  expect(received.map(({ request }) => request)).toEqual(['GET /v2/active-conf'])
  expect(pawapay.offer('MTN_MOMO_RWA', 'COLLECTION', 'RWF')).toMatchObject({ decimals: 0 })
})

test('the last good configuration is kept when the next cannot be read', async () => {
  behave = answering(200, fixture('active-conf-older.json'))
  await pawapay.refresh()
  for (const trouble of [answering(500, '{}'), answering(200, '{"countries":5}'), answering(200, 'x')]) {
    behave = trouble
    expect(await pawapay.refresh()).toBe(false)
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
