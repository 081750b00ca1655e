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
  PaymentStandsError,
  PermissionError,
  RetryTooEarlyError,
  UnknownOutcomeError,
  ValidationError,
  WaitTimeoutError,
} from './errors.ts'
import { type Execution } from './executions.ts'
import { referenceAfter } from './retry.ts'

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

  test('the same is not sent again when the answer forbids it', async () => {
    const forbidding: Reply = { status: 500, body: { detail: 'broken', retry: { same_reference: false } } }
    const lost = await world({ execute: () => forbidding })
    expect(await failure(lost.dollr.collect(asked))).toBeInstanceOf(UnknownOutcomeError)
    expect(lost.sent()).toHaveLength(1)

    const landed = execution({ status: 'COMPLETED' })
    const found = await world({ execute: () => forbidding, status: () => ({ body: landed }) })
    await expect(found.dollr.collect(asked)).resolves.toEqual(landed)

    const allowing: Reply = { status: 500, body: { detail: 'broken', retry: { same_reference: true } } }
    const again = await world({ execute: inTurn(allowing, { body: execution() }) })
    await again.dollr.collect(asked)
    expect(again.sent()).toHaveLength(2)
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

describe('a new attempt in place of an earlier one', () => {
  const earlier = { reference_id: stored, operation_type: 'COLLECTION' } as const
  const again = { ...asked, after: earlier }
  const failedOnce = execution({
    reference_id: stored,
    status: 'FAILED',
    retry: { same_reference: true, new_reference: true, not_before: null },
  })
  const inSeconds = (seconds: number) => new Date(Date.parse('2030-01-01T00:00:00Z') + seconds * 1000).toISOString()
  const notBefore = (seconds: number): Execution => ({
    ...failedOnce,
    retry: { ...failedOnce.retry, not_before: inSeconds(seconds) },
  })
  /** The earlier attempt as given; of any other, nobody knows. */
  const standing =
    (state: unknown): Answering =>
    ({ path }) =>
      path.endsWith(stored) ? { body: state } : notThere
  const referencesOf = (calls: readonly Received[]) =>
    calls.map(({ body }) => (body as { reference_id: string }).reference_id)

  test('that failed is made under a new reference, which is kept first', async () => {
    const next = await referenceAfter(stored)
    const { server, dollr, sent, kept } = await world({
      execute: () => ({ body: execution() }),
      status: standing(failedOnce),
    })
    await expect(dollr.collect(again)).resolves.toEqual(execution())
    expect(server.calls(`GET /v1/status/collection/${stored}`)).toHaveLength(1)
    expect(referencesOf(sent())).toEqual([next])
    expect(kept).toEqual([{ operation: 'COLLECTION', reference: next, session: 55, account: 18, after: stored }])
  })

  test('is not sent when its reference cannot be kept', async () => {
    const { dollr, sent } = await world(
      { execute: () => ({ body: execution() }), status: standing(failedOnce) },
      { onReference: () => Promise.reject(new Error('disk full')) },
    )
    await expect(dollr.collect(again)).rejects.toThrow('disk full')
    expect(sent()).toEqual([])
  })

  test.each(['PENDING', 'PROCESSING', 'COMPLETED'] as const)('that is %s is not made', async (status) => {
    const now = execution({ reference_id: stored, status })
    const { server, dollr, sent, kept } = await world({ execute: () => hangUp, status: standing(now) })
    // It had failed, the caller says: how it stands now is what counts.
    const error = await failure(dollr.collect({ ...again, after: failedOnce }))
    expect(error).toBeInstanceOf(PaymentStandsError)
    expect(error).toMatchObject({ code: 'payment_stands', execution: now })
    expect([sent(), kept, server.calls('POST /v1/sessions/checkout')]).toEqual([[], [], []])
  })

  test('that failed and is not to be replaced is not made', async () => {
    const now = { ...failedOnce, retry: { ...failedOnce.retry, new_reference: false } }
    const { dollr, sent } = await world({ execute: () => hangUp, status: standing(now) })
    expect(await failure(dollr.collect(again))).toBeInstanceOf(PaymentStandsError)
    expect(sent()).toEqual([])
  })

  test('goes by its status where the server does not say what is safe', async () => {
    const { retry: _, ...bare } = failedOnce
    const one = await world({ execute: () => ({ body: execution() }), status: standing(bare) })
    await one.dollr.collect(again)
    expect(referencesOf(one.sent())).toEqual([await referenceAfter(stored)])

    const other = await world({ execute: () => hangUp, status: standing({ ...bare, status: 'PROCESSING' }) })
    expect(await failure(other.dollr.collect(again))).toBeInstanceOf(PaymentStandsError)
  })

  test('that never reached the server is sent under the reference it had', async () => {
    const { dollr, sent, kept } = await world({ execute: () => ({ body: execution() }) })
    await dollr.collect(again)
    expect(referencesOf(sent())).toEqual([stored])
    expect(kept).toEqual([{ operation: 'COLLECTION', reference: stored, session: 55, account: 18 }])
  })

  test('that reaches the server after all, while we make ready, is the one that is answered', async () => {
    const landed = execution({ reference_id: stored })
    const { dollr } = await world({
      execute: () => refusal('reference_id', 'value_error.duplicate'),
      status: inTurn(notThere, notThere, { body: landed }),
    })
    await expect(dollr.collect(again)).resolves.toEqual(landed)
  })

  test('of which nobody can say how it stands is not made', async () => {
    const { dollr, sent, kept } = await world({ execute: () => hangUp, status: () => ({ status: 500 }) })
    expect(await failure(dollr.collect(again))).toMatchObject({ code: 'server', status: 500 })
    expect([sent(), kept]).toEqual([[], []])
  })

  test('waits until it makes sense, if that is soon', async () => {
    const { dollr, sent, clock } = await world({
      execute: () => ({ body: execution() }),
      status: standing(notBefore(60)),
    })
    await dollr.collect(again)
    expect(clock.slept).toEqual([60_000])
    expect(sent()).toHaveLength(1)

    clock.advance(60_000)
    await dollr.collect(again)
    expect(clock.slept).toEqual([60_000])
  })

  test('says when it makes sense, if that is not soon', async () => {
    const { dollr, sent, kept, clock } = await world({
      execute: () => ({ body: execution() }),
      status: standing(notBefore(61)),
    })
    const error = await failure(dollr.collect(again))
    expect(error).toBeInstanceOf(RetryTooEarlyError)
    expect(error).toMatchObject({
      code: 'retry_too_early',
      notBefore: new Date(inSeconds(61)),
      execution: notBefore(61),
    })
    expect([sent(), kept, clock.slept]).toEqual([[], [], []])

    await dollr.collect({ ...again, retryWithinMs: 61_000 })
    expect([sent().length, clock.slept]).toEqual([1, [61_000]])
  })

  test('can be given up while it waits', async () => {
    const given = new AbortController()
    const sleep = async (_: number, signal?: AbortSignal) => {
      given.abort(new RangeError('enough'))
      signal?.throwIfAborted()
    }
    const { dollr, sent } = await world(
      { execute: () => ({ body: execution() }), status: standing(notBefore(5)) },
      { clock: { ...testClock(), sleep } },
    )
    await expect(dollr.collect({ ...again, signal: given.signal })).rejects.toThrow('enough')
    expect(sent()).toEqual([])
  })

  test('is made once, whoever asks for it and whenever', async () => {
    const next = await referenceAfter(stored)
    const made = execution({ reference_id: next, status: 'COMPLETED' })
    const there = await world({
      execute: () => hangUp,
      status: ({ path }) => ({ body: path.endsWith(next) ? made : failedOnce }),
    })
    // The one who comes later finds it, and has no use for the pause.
    await expect(there.dollr.collect(again)).resolves.toEqual(made)
    expect([there.sent(), there.kept, there.clock.slept]).toEqual([[], [], []])

    // The one who comes at the same time is refused by the server, and finds it then.
    let asked = 0
    const race = await world({
      execute: () => refusal('reference_id', 'value_error.duplicate'),
      status: ({ path }) => (path.endsWith(stored) ? { body: failedOnce } : asked++ === 0 ? notThere : { body: made }),
    })
    await expect(race.dollr.collect(again)).resolves.toEqual(made)
  })

  test('is refused when another payment is under way in its place', async () => {
    const { dollr, sent } = await world({
      execute: () => refusal('session_id', 'value_error.state'),
      status: standing(failedOnce),
    })
    expect(await failure(dollr.collect(again))).toBeInstanceOf(ConflictError)
    expect(sent()).toHaveLength(1)
  })

  test('is of the same kind, and has no reference of its own', async () => {
    const { server, dollr } = await world({ execute: () => hangUp })
    const mistaken = { ...earlier, operation_type: 'PAYOUT' } as const
    await expect(dollr.collect({ ...asked, after: mistaken })).rejects.toThrow(/is a PAYOUT, not a COLLECTION/)
    await expect(dollr.collect({ ...again, reference: stored })).rejects.toThrow(TypeError)
    expect(server.received).toEqual([])
  })

  test('is asked for in the same way for every kind of payment', async () => {
    const { server, dollr, sent } = await world({
      execute: () => ({ body: execution() }),
      status: standing(failedOnce),
    })
    const passcode = {
      token: { phone: '231770000000', code: '123456' },
      device: { name: 'a', type: 'SERVER', platform: 'NODE', user_agent: 'node', client_ip: '203.0.113.10' },
    }
    const of = (operation_type: Execution['operation_type']) => ({ after: { ...earlier, operation_type } })
    await dollr.payout({ account: 18, amount: 5, currency: 'USD', passcode, ...of('PAYOUT') })
    await dollr.transfer({ fromWallet: 1, toCounterparty: 2, amount: 5, currency: 'USD', ...of('TRANSFER') })
    await dollr.refund({ session: 7, ...of('REFUND') })
    const next = await referenceAfter(stored)
    expect(referencesOf(sent())).toEqual([next, next, next])
    for (const kind of ['payout', 'transfer', 'refund'])
      expect(server.calls(`GET /v1/status/${kind}/${stored}`)).toHaveLength(1)
  })

  test('has a reference that follows from the earlier one, in the form that the API takes', async () => {
    const next = await referenceAfter(stored)
    expect(next).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await referenceAfter(stored.toUpperCase())).toBe(next)
    expect(new Set([stored, next, await referenceAfter(next)]).size).toBe(3)
    // Another version of this package must come to the same: two of them may try again after one failure.
    expect(next).toBe('18d06ad7-2ca7-4118-aca2-93194e966665')
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

  test('outlasts a server that is away, however long its calls try by themselves', async () => {
    const away = Array.from({ length: 12 }, (): Reply => ({ status: 502, body: {} }))
    const status = inTurn({ body: execution() }, ...away, { body: execution({ status: 'COMPLETED' }) })
    const { dollr, clock } = await world({ execute: () => hangUp, status }, { retries: 2 })
    const seen: string[] = []
    const final = await dollr.waitFor(stored, { onChange: (state) => seen.push(state.status) })
    expect(final.status).toBe('COMPLETED')
    expect(seen).toEqual(['PROCESSING', 'COMPLETED'])
    // Three calls an asking, and a pause after each of them that grows as ever.
    expect(clock.slept.filter((_, nth) => nth % 3 === 0)).toEqual([500, 750, 1125, 1687.5, 2531.25])
  })

  test('asks no sooner than a server says that is asked too often', async () => {
    const busy: Reply = { status: 429, headers: { 'retry-after': '40' }, body: { detail: 'Too many' } }
    const status = inTurn(busy, { body: execution({ status: 'COMPLETED' }) })
    const { dollr, clock } = await world({ execute: () => hangUp, status }, { retries: 0 })
    expect((await dollr.waitFor(stored)).status).toBe('COMPLETED')
    expect(clock.slept).toEqual([40_000])
  })

  test('ends when time is up with what it met last, and what it knew', async () => {
    const { dollr } = await world({ execute: () => hangUp, status: () => hangUp }, { retries: 0 })
    const error = await failure(dollr.waitFor(stored, { withinMs: 30_000 }))
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(error).toMatchObject({ last: undefined, cause: { code: 'network' } })
    expect(error.message).toBe(`payment ${stored} is not known to be over after 30 s`)
  })

  test('ends at once with an answer that waiting does not change', async () => {
    const { dollr, clock } = await world({ execute: () => hangUp, status: () => ({ status: 403, body: {} }) })
    expect(await failure(dollr.waitFor(stored))).toBeInstanceOf(PermissionError)
    expect(clock.slept).toEqual([])
  })

  test('for what never reached the server is no waiting at all', async () => {
    const { dollr } = await world({ execute: () => hangUp })
    expect(await failure(dollr.waitFor(stored))).toBeInstanceOf(NotFoundError)
    await expect(dollr.find(stored)).resolves.toBeUndefined()
  })
})
