import { afterEach, describe, expect, test } from 'vitest'
import {
  type Answering,
  dollrAt,
  hangUp,
  inTurn,
  isTokenCall,
  type Received,
  type Reply,
  type ScriptedServer,
  startScriptedServer,
  testClock,
  tokenReply,
} from '../test/support/scripted-server.ts'
import { type DollrOptions, type Intent } from './client.ts'
import {
  AuthenticationError,
  ConflictError,
  DollrError,
  NotFoundError,
  PermissionError,
  UnknownOutcomeError,
  ValidationError,
  WaitTimeoutError,
} from './errors.ts'
import { type Execution } from './executions.ts'

const servers: ScriptedServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

const execution = (differences: Partial<Execution> = {}): Execution => ({
  reference_id: 'as asked',
  status: 'PROCESSING',
  payer_amount: 257.5,
  payer_currency: 'USD',
  payee_amount: 250,
  payee_currency: 'USD',
  operation_type: 'COLLECTION',
  provider_transaction_id: null,
  gateway_message: null,
  wallet_message: null,
  client_secret: null,
  requires_action: null,
  payment_intent_id: 5,
  retry: { same_reference: true, new_reference: false, not_before: null },
  ...differences,
})

const notThere: Reply = { status: 404, body: { detail: 'Execution not found' } }
const refusal = (field: string, type: string): Reply => ({
  status: 422,
  body: { detail: [{ loc: ['body', field], msg: 'no', type }] },
})

interface Script {
  readonly execute: Answering
  readonly status?: Answering
  readonly session?: Answering
}

async function world(
  { execute, status = () => notThere, session = () => ({ body: { id: 55 } }) }: Script,
  options: Partial<DollrOptions> = {},
) {
  const answer = (call: Received) => {
    if (isTokenCall(call)) return tokenReply()
    if (call.path.startsWith('/v1/sessions/')) return session(call)
    if (call.path.startsWith('/v1/status/')) return status(call)
    if (call.path === '/v1/payment-accounts/create') return { body: { id: 18 } }
    return execute(call)
  }
  const server = await startScriptedServer(answer)
  servers.push(server)
  const kept: Intent[] = []
  const clock = testClock()
  const onReference = (_: string, intent: Intent) => kept.push(intent)
  const dollr = dollrAt(server.url, { clock, onReference, ...options })
  const sent = () => server.received.filter(({ path }) => path.startsWith('/v1/executions/'))
  return { server, dollr, clock, kept, sent }
}

const asked = { source: { source_type: 'INVOICE', source_id: 101 }, account: 18, currency: 'USD' } as const
const stored = '550e8400-e29b-41d4-a716-446655440000'

const failure = async (work: Promise<unknown>): Promise<DollrError> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as DollrError,
  )

describe('a collection', () => {
  test('opens a session, keeps its reference, and only then is sent', async () => {
    const order: string[] = []
    const { server, dollr } = await world(
      { execute: () => ({ body: execution() }) },
      {
        onReference: async (reference, intent) => {
          order.push(`kept with ${server.received.filter(({ path }) => path.includes('executions')).length} sent`)
          await new Promise((resolve) => setTimeout(resolve, 20))
          expect(intent).toEqual({
            operation: 'COLLECTION',
            reference,
            session: 55,
            account: 18,
            description: 'a lesson',
          })
          order.push('done keeping')
        },
      },
    )
    await expect(dollr.collect({ ...asked, description: 'a lesson' })).resolves.toEqual(execution())
    expect(order).toEqual(['kept with 0 sent', 'done keeping'])
    expect(server.calls('POST /v1/sessions/checkout')[0]?.body).toEqual(asked.source)
    const reference: unknown = expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(server.calls('POST /v1/executions/collection').map(({ body }) => body)).toEqual([
      { session_id: '55', payment_account_id: '18', currency: 'USD', reference_id: reference },
    ])
  })

  test('is not sent when its reference cannot be kept', async () => {
    const { dollr, sent } = await world(
      { execute: () => ({ body: execution() }) },
      { onReference: () => Promise.reject(new Error('disk full')) },
    )
    await expect(dollr.collect(asked)).rejects.toThrow('disk full')
    expect(sent()).toEqual([])
  })

  test('makes the payer’s account when it is told how', async () => {
    const { server, dollr } = await world({ execute: () => ({ body: execution() }) })
    const account = { account_name: 'Wallet', provider: 'PAWAPAY', method: 'MTN_MOMO_LBR', party_id: 1 } as const
    await dollr.collect({ session: 7, currency: 'USD', account })
    expect(server.calls('POST /v1/payment-accounts/create')[0]?.query.get('operation_type')).toBe('COLLECTION')
    expect(server.calls('POST /v1/executions/collection')[0]?.body).toMatchObject({
      session_id: '7',
      payment_account_id: '18',
    })
  })
})

describe('after an answer that never came', () => {
  test('the payment is looked up before anything is sent again', async () => {
    const landed = execution({ status: 'COMPLETED' })
    const { dollr, sent } = await world({ execute: () => hangUp, status: () => ({ body: landed }) })
    await expect(dollr.collect(asked)).resolves.toEqual(landed)
    expect(sent()).toHaveLength(1)
  })

  test('the very same body goes out again when nobody knows the payment', async () => {
    const { dollr, sent, kept } = await world({
      execute: inTurn(hangUp, { status: 500 }, { status: 503, headers: { 'retry-after': '1' } }, { body: execution() }),
    })
    await expect(dollr.collect(asked)).resolves.toEqual(execution())
    expect(sent()).toHaveLength(4)
    expect(new Set(sent().map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(kept).toHaveLength(1)
  })

  test('a refusal counts only if the payment is not there', async () => {
    const landed = execution({ status: 'COMPLETED' })
    const script = { execute: inTurn(hangUp, refusal('session_id', 'value_error.session')) }
    const one = await world({ ...script, status: inTurn(notThere, { body: landed }) })
    await expect(one.dollr.collect(asked)).resolves.toEqual(landed)

    const other = await world({ execute: inTurn(hangUp, refusal('session_id', 'value_error.session')) })
    expect(await failure(other.dollr.collect(asked))).toBeInstanceOf(ConflictError)
  })

  test('what nobody can tell is said to be unknown, with the reference to ask by', async () => {
    const { dollr, kept, sent } = await world({ execute: () => hangUp, status: () => hangUp }, { retries: 3 })
    const error = await failure(dollr.collect(asked))
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error).toMatchObject({ code: 'unknown_outcome', reference: kept[0]?.reference })
    expect(sent()).toHaveLength(4)
  })

  test('credentials that are withdrawn do not make it certain that nothing was done', async () => {
    const withdrawn: Reply = { status: 401, body: { detail: 'Could not validate credentials' } }
    const { dollr } = await world({ execute: inTurn(hangUp, withdrawn), status: () => withdrawn })
    const error = await failure(dollr.collect(asked))
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error.cause).toBeInstanceOf(AuthenticationError)
  })

  test('a caller who gives up learns that it is unknown, and the reference', async () => {
    const given = new AbortController()
    const { dollr, kept } = await world({
      execute: () => {
        given.abort(new RangeError('enough'))
        return hangUp
      },
    })
    const error = await failure(dollr.collect({ ...asked, signal: given.signal }))
    expect(error).toBeInstanceOf(UnknownOutcomeError)
    expect(error).toMatchObject({ reference: kept[0]?.reference, cause: new RangeError('enough') })
  })

  test('the raw operation is as careful', async () => {
    const { dollr, sent } = await world({ execute: inTurn(hangUp, { body: execution() }) })
    const body = { session_id: '55', payment_account_id: '18', currency: 'USD', reference_id: stored }
    await expect(dollr.executions.collection(body)).resolves.toEqual(execution())
    expect(sent().map((call) => call.body)).toEqual([body, body])
  })
})

describe('a refusal', () => {
  test('of the first attempt is what it says: nothing was done, nothing is asked', async () => {
    const { server, dollr, sent } = await world({ execute: () => refusal('currency', 'value_error.currency') })
    expect(await failure(dollr.collect(asked))).toBeInstanceOf(ValidationError)
    expect(sent()).toHaveLength(1)
    expect(server.received.filter(({ path }) => path.startsWith('/v1/status/'))).toEqual([])
  })

  test('for now is waited out, and sent under the same reference', async () => {
    const { dollr, sent, clock } = await world({
      execute: inTurn({ status: 429, headers: { 'retry-after': '9' } }, { body: execution() }),
    })
    await dollr.collect(asked)
    expect(new Set(sent().map(({ body }) => (body as { reference_id: string }).reference_id)).size).toBe(1)
    expect(clock.slept).toEqual([9_000])
  })

  test('of a passcode is an error that does not repeat it', async () => {
    const { dollr, sent, kept } = await world({
      execute: () => ({ status: 403, body: { detail: 'Invalid passcode' } }),
    })
    const passcode = {
      token: { phone: '231770000000', code: '987654' },
      device: { name: 'a', type: 'SERVER', platform: 'NODE', user_agent: 'node', client_ip: '203.0.113.10' },
    }
    const error = await failure(dollr.payout({ account: 18, amount: 40, currency: 'USD', passcode }))
    expect(error).toBeInstanceOf(PermissionError)
    expect(JSON.stringify([error, error.message, error.stack, kept])).not.toContain('987654')
    expect(sent()).toHaveLength(1)
  })
})

describe('a payment taken up again by its reference', () => {
  test('is answered as it stands when it is there', async () => {
    const landed = execution({ status: 'COMPLETED' })
    const { server, dollr, sent, kept } = await world({ execute: () => hangUp, status: () => ({ body: landed }) })
    await expect(dollr.collect({ ...asked, reference: stored })).resolves.toEqual(landed)
    expect([sent(), kept, server.calls('POST /v1/sessions/checkout')]).toEqual([[], [], []])
  })

  test('is made under the same reference when it is not', async () => {
    const { dollr, sent, kept } = await world({ execute: () => ({ body: execution() }) })
    await dollr.collect({ ...asked, reference: stored })
    expect(sent().map(({ body }) => body)).toMatchObject([{ reference_id: stored }])
    expect(kept).toMatchObject([{ reference: stored, session: 55 }])
  })

  test('is sent as it was when its session was kept: the server knows whether it is the same', async () => {
    const { server, dollr, sent } = await world({ execute: () => ({ body: execution() }) })
    await dollr.collect({ session: 55, account: 18, currency: 'USD', reference: stored })
    expect(sent()).toHaveLength(1)
    expect(server.calls(`GET /v1/status/collection/${stored}`)).toEqual([])
  })

  test('is found when it arrives late, in the session of the process that died', async () => {
    const landed = execution()
    const { dollr } = await world({
      execute: () => refusal('reference_id', 'value_error.duplicate'),
      status: inTurn(notThere, { body: landed }),
    })
    await expect(dollr.collect({ ...asked, reference: stored })).resolves.toEqual(landed)
  })

  test('is found when it arrives while we make ready to send it again, and stands in our own way', async () => {
    const landed = execution()
    const { dollr, sent } = await world({
      execute: () => hangUp,
      session: () => refusal('source_id', 'value_error.state'),
      status: inTurn(notThere, { body: landed }),
    })
    await expect(dollr.collect({ ...asked, reference: stored })).resolves.toEqual(landed)
    expect(sent()).toEqual([])

    const later = await world({
      execute: () => refusal('session_id', 'value_error.state'),
      status: inTurn(notThere, { body: landed }),
    })
    await expect(later.dollr.collect({ ...asked, reference: stored })).resolves.toEqual(landed)
  })

  test('in a kept session is judged by the server alone, even after a lost answer', async () => {
    const { dollr, sent } = await world({
      execute: inTurn(hangUp, refusal('reference_id', 'value_error.duplicate')),
      status: () => ({ body: execution({ status: 'COMPLETED' }) }),
    })
    const error = await failure(dollr.collect({ session: 55, account: 18, currency: 'USD', reference: stored }))
    expect(error).toBeInstanceOf(ConflictError)
    expect(sent()).toHaveLength(2)
  })

  test('is not confused with another one under the same reference', async () => {
    const { dollr, sent } = await world({
      execute: () => refusal('reference_id', 'value_error.duplicate'),
      status: () => ({ body: execution({ payer_currency: 'LRD' }) }),
    })
    await expect(dollr.collect({ ...asked, reference: stored })).rejects.toThrow(/another payment's/)
    expect(sent()).toEqual([])
    const inSession = dollr.collect({ session: 55, account: 18, currency: 'USD', reference: stored })
    expect(await failure(inSession)).toBeInstanceOf(ConflictError)
    await expect(dollr.refund({ paymentIntent: 5, amount: 3, reference: stored })).rejects.toThrow(/another payment's/)
  })
})

describe('money out', () => {
  test('of every kind opens its session and is sent in it', async () => {
    const { server, dollr, sent } = await world({ execute: () => ({ body: execution({ status: 'COMPLETED' }) }) })
    const passcode = {
      token: { phone: '231770000000', code: '123456' },
      device: { name: 'a', type: 'SERVER', platform: 'NODE', user_agent: 'node', client_ip: '203.0.113.10' },
    }
    await dollr.payout({ account: 18, amount: 40, currency: 'USD', passcode })
    await dollr.transfer({ fromWallet: 1, toCounterparty: 2, amount: 5, currency: 'USD' })
    await dollr.refund({ paymentIntent: 5, amount: 100, reason: 'fell out' })
    const reference: unknown = expect.any(String)
    expect(sent().map(({ path, body }) => [path, body])).toEqual([
      ['/v1/executions/payout', { session_id: '55', payout_account_id: '18', passcode, reference_id: reference }],
      ['/v1/executions/transfer', { session_id: '55', reference_id: reference }],
      ['/v1/executions/refund', { session_id: '55', reference_id: reference }],
    ])
    const expires_at = '2030-01-01T01:00:00.000Z'
    const sessions = server.received.filter(({ path }) => path.startsWith('/v1/sessions/'))
    expect(sessions.map(({ body }) => body)).toEqual([
      { payout_account_id: 18, amount: 40, currency: 'USD' },
      { from_wallet_id: 1, to_counterparty_id: 2, amount: 5, currency: 'USD', expires_at },
      { original_payment_intent_id: 5, amount: 100, expires_at, reason: 'fell out' },
    ])
  })
})

describe('waiting', () => {
  const states = (...statuses: [Execution['status'], ...Execution['status'][]]): Answering => {
    const [first, ...rest] = statuses.map((status): Reply => ({ body: execution({ status }) }))
    return inTurn(first ?? notThere, ...rest)
  }

  test('asks at growing intervals until the end, and tells of every change once', async () => {
    const { dollr, clock } = await world({
      execute: () => hangUp,
      status: states('PENDING', 'PENDING', 'PROCESSING', 'PROCESSING', 'COMPLETED'),
    })
    const seen: string[] = []
    const final = await dollr.waitFor(stored, { onChange: ({ status }) => seen.push(status) })
    expect(final.status).toBe('COMPLETED')
    expect(seen).toEqual(['PENDING', 'PROCESSING', 'COMPLETED'])
    expect(clock.slept).toEqual([500, 750, 1125, 1687.5])
  })

  test('ends when the caller has seen enough', async () => {
    const { dollr } = await world({ execute: () => hangUp, status: states('PENDING', 'PROCESSING', 'COMPLETED') })
    const until = ({ status }: Execution) => status === 'PROCESSING'
    expect((await dollr.waitFor(stored, { until })).status).toBe('PROCESSING')
  })

  test('ends with the last state when time is up', async () => {
    const { dollr, clock } = await world({ execute: () => hangUp, status: states('PROCESSING') })
    const start = clock.now()
    const error = await failure(dollr.waitFor(stored, { withinMs: 30_000 }))
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(error).toMatchObject({ last: { status: 'PROCESSING' } })
    expect(clock.now() - start).toBe(30_000)
  })

  test('asks for the kind of payment it is given', async () => {
    const { server, dollr } = await world({ execute: () => hangUp, status: states('COMPLETED') })
    await dollr.waitFor(execution({ operation_type: 'PAYOUT', reference_id: stored }))
    expect(server.calls(`GET /v1/status/payout/${stored}`)).toHaveLength(1)
  })

  test('for what never reached the server is no waiting at all', async () => {
    const { dollr } = await world({ execute: () => hangUp })
    expect(await failure(dollr.waitFor(stored))).toBeInstanceOf(NotFoundError)
    await expect(dollr.find(stored)).resolves.toBeUndefined()
  })
})
