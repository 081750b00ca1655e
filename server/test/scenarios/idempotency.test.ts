import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Answer, apiClient, ok } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, walletOf } from '../support/black-box/books.ts'
import {
  aDocument,
  anAccount,
  anAttempt,
  aPayment,
  aSession,
  cancel,
  type Collection,
  collect,
  type Execution,
  executionOf,
  pay,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { startServer } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

/** Set by a test that wants the network to wait at one point of the conversation. */
let hold: ((step: string, depositId: string) => Promise<void>) | undefined
const world = await createWorld({ onStep: ({ name, id }) => hold?.(name, id) })
afterAll(world.close)
afterEach(() => {
  hold = undefined
})

const { api, database, network } = world
// A sandbox keeps the secret of its tokens in its database, so that both servers know them.
const second = await startServer(world.env, 'serve')
const secondApi = apiClient(() => second.url, api.token)
afterAll(() => second.end())

/** Spreads requests over the two servers of one database. */
const oneOfTwo = (index: number) => (index % 2 === 0 ? api : secondApi)

const many = 50
const times = <Value>(count: number, make: (index: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

const reused = {
  status: 422,
  body: {
    detail: [{ loc: ['body', 'reference_id'], msg: 'reference_id already exists', type: 'value_error.duplicate' }],
  },
}

/** A number of its own tells the deposits of one test from those of the others. */
let counter = 100
const aNumber = (): string => `231880${(counter += 1)}000`
const depositsFrom = (phone: string) => network.deposits().filter((deposit) => deposit.phone === phone)

async function rowsOf({ reference_id: key }: Collection): Promise<number> {
  const { rowCount } = await database.pool.query('select from executions where reference_id = $1', [key])
  return rowCount ?? 0
}

async function expectPaidOnce(collection: Collection, phone: string): Promise<void> {
  expect(await settled(api, collection)).toMatchObject({ status: 'COMPLETED' })
  expect(depositsFrom(phone)).toMatchObject([{ status: 'COMPLETED', initiations: 1 }])
  expect(await rowsOf(collection)).toBe(1)
  await expectProviderToAgree(database.pool, network.deposits())
  await expectBooksToBalance(database.pool)
}

describe('the same request again', () => {
  test('answers the payment as it stands, and does nothing', async () => {
    const phone = aNumber()
    const { collection } = await aPayment(api, { phone })
    const walletBefore = await walletOf(database.pool, sandboxMerchant, 'USD')
    const first = (await ok(collect(api, collection))) as Execution
    expect(await ok(collect(api, collection))).toMatchObject({ payment_intent_id: first.payment_intent_id })
    await expectPaidOnce(collection, phone)
    const replay = await ok(collect(api, collection))
    expect(replay).toEqual(await ok(executionOf(api, collection)))
    expect(replay).toMatchObject({ status: 'COMPLETED', payment_intent_id: first.payment_intent_id })
    expect((await walletOf(database.pool, sandboxMerchant, 'USD')) - walletBefore).toBe(100_00)
    expect(depositsFrom(phone)).toMatchObject([{ initiations: 1 }])
  })

  test('is the same however it is written', async () => {
    const { collection } = await pay(api)
    const { session_id, payment_account_id, currency, reference_id } = collection
    const written = `{ "unknown": 1, "reference_id":"${reference_id.toUpperCase()}",\n"currency":"${currency}",
      "payment_account_id" : "${payment_account_id}", "session_id":"\\u003${session_id.slice(0, 1)}${session_id.slice(1)}" }`
    const call = { method: 'POST', path: '/v1/executions/collection', bytes: written } as const
    expect(await ok(api.send(call))).toMatchObject({ status: 'COMPLETED' })
  })

  test('compares keys without regard to capitals', async () => {
    const { collection, execution } = await pay(api)
    for (const key of [collection.reference_id.toUpperCase(), collection.reference_id]) {
      const replay = (await ok(collect(api, { ...collection, reference_id: key }))) as Execution
      expect(replay.payment_intent_id).toBe(execution.payment_intent_id)
      expect(replay.reference_id.toLowerCase()).toBe(collection.reference_id)
      expect(await ok(executionOf(api, { reference_id: key }))).toMatchObject({ status: 'COMPLETED' })
    }
  })

  test('of a payment that failed answers the failure, and charges nobody', async () => {
    const phone = '231880222039'
    const { collection, execution } = await pay(api, { phone })
    expect(execution.status).toBe('FAILED')
    expect(await ok(collect(api, collection))).toEqual(execution)
    expect(depositsFrom(phone)).toMatchObject([{ status: 'FAILED', initiations: 1 }])
  })

  test('is answered even when its session and its document are long closed', async () => {
    const phone = '231880333039'
    const { document, collection, execution } = await pay(api, { phone })
    await ok(cancel(api, document))
    await database.pool.query(`update sessions set expires_at = now() - interval '1 day' where id = $1`, [
      collection.session_id,
    ])
    await database.pool.query('update payment_accounts set is_active = false where id = $1', [
      collection.payment_account_id,
    ])
    expect(await ok(collect(api, collection))).toEqual(execution)
  })
})

describe('the same key for anything else', () => {
  test('is refused, and the payment it stands for goes on untouched', async () => {
    const phone = aNumber()
    const { document, collection } = await aPayment(api, { phone, payIn: 'USD' })
    const [otherSession, otherAccount] = [await aSession(api, document), await anAccount(api)]
    await ok(collect(api, collection))
    for (const difference of [
      { session_id: String(otherSession) },
      { session_id: 'nonsense' },
      { payment_account_id: String(otherAccount) },
      { payment_account_id: '987654321' },
      { currency: 'LRD' },
      { currency: 'EUR' },
      { session_id: String(otherSession), reference_id: collection.reference_id.toUpperCase() },
    ]) {
      expect(await collect(api, { ...collection, ...difference }), JSON.stringify(difference)).toMatchObject(reused)
    }
    await expectPaidOnce(collection, phone)
    expect(await collect(api, { ...collection, currency: 'LRD' })).toMatchObject(reused)
    expect(await ok(executionOf(api, collection))).toMatchObject({ payer_currency: 'USD' })
  })

  test('is refused for another document too, which stays as it was', async () => {
    const { collection } = await pay(api)
    const other = await aPayment(api)
    expect(await collect(api, { ...other.collection, reference_id: collection.reference_id })).toMatchObject(reused)
    expect(await sourceStatus(api, other.document)).toBe('ACTIVE')
    await ok(collect(api, other.collection))
    expect(await settled(api, other.collection)).toMatchObject({ status: 'COMPLETED' })
  })
})

describe('a key', () => {
  test('is not used up by a request that was refused', async () => {
    const phone = aNumber()
    const { collection } = await aPayment(api, { phone })
    const mistakes: readonly Partial<Record<keyof Collection, unknown>>[] = [
      { session_id: '987654321' },
      { session_id: 5 },
      { payment_account_id: '987654321' },
      { payment_account_id: null },
      { currency: 'RWF' },
      { currency: 'usd' },
    ]
    for (const mistake of mistakes) {
      const answer = await api.post('/executions/collection', { ...collection, ...mistake })
      expect(answer.status, JSON.stringify(mistake)).toBe(422)
      expect(await executionOf(api, collection)).toMatchObject({ status: 404 })
    }
    expect(await apiClient(world.url).post('/executions/collection', collection)).toMatchObject({ status: 401 })
    expect(await rowsOf(collection)).toBe(0)
    await ok(collect(api, collection))
    await expectPaidOnce(collection, phone)
  })

  test('that never landed is unknown', async () => {
    const gone = { status: 404, body: { detail: 'Execution not found' } }
    for (const key of [randomUUID(), 'x', '550e8400e29b41d4a716446655440000', '987654321']) {
      expect(await executionOf(api, { reference_id: key })).toMatchObject(gone)
    }
  })
})

describe(`${many} requests at the same time, to two servers`, () => {
  test('that are the same make one payment, and all hear of it', async () => {
    const phone = aNumber()
    const { collection } = await aPayment(api, { phone })
    const answers = await times(many, (index) => collect(oneOfTwo(index), collection))
    const executions = (await Promise.all(answers.map(ok))) as Execution[]
    expect(new Set(executions.map(({ payment_intent_id }) => payment_intent_id)).size).toBe(1)
    await expectPaidOnce(collection, phone)
  })

  const expectOneWinner = async (attempts: readonly Collection[], answers: readonly Answer[], phone: string) => {
    const [winner, ...more] = attempts.filter((_, index) => answers[index]?.status === 200)
    if (!winner) throw new Error(`nobody won: ${JSON.stringify(answers[0]?.body)}`)
    expect(more).toEqual([])
    const refusals = answers.filter(({ status }) => status !== 200)
    const said = refusals.map(({ body }) => (body as { detail: { msg: string }[] }).detail[0]?.msg)
    expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([422]))
    await expectPaidOnce(winner, phone)
    const losers = attempts.filter(({ reference_id: key }) => key !== winner.reference_id)
    const rows = await Promise.all(losers.map(rowsOf))
    expect(rows.every((count) => count === 0)).toBe(true)
    return new Set(said)
  }

  test('with keys of their own on one session make one payment', async () => {
    const phone = aNumber()
    const { document, collection } = await aPayment(api, { phone })
    const attempts = Array.from({ length: many }, () => ({ ...collection, reference_id: randomUUID() }))
    const answers = await Promise.all(attempts.map((attempt, index) => collect(oneOfTwo(index), attempt)))
    expect(await expectOneWinner(attempts, answers, phone)).toEqual(new Set(['session not active']))
    expect(await sourceStatus(api, document)).toBe('PAID')
  })

  test('with keys and sessions of their own on one document make one payment', async () => {
    const phone = aNumber()
    const document = await aDocument(api)
    const account = String(await anAccount(api, { phone }))
    const attempts = await times(many, async () => ({
      session_id: String(await aSession(api, document)),
      payment_account_id: account,
      currency: 'USD',
      reference_id: randomUUID(),
    }))
    const answers = await Promise.all(attempts.map((attempt, index) => collect(oneOfTwo(index), attempt)))
    expect(await expectOneWinner(attempts, answers, phone)).toEqual(new Set(['source is not ACTIVE']))
    expect(await sourceStatus(api, document)).toBe('PAID')
  })

  test('with one key on documents of their own make one payment', async () => {
    const key = randomUUID()
    const payments = await times(10, () => aPayment(api))
    const attempts = payments.map(({ collection }) => ({ ...collection, reference_id: key }))
    const answers = await Promise.all(attempts.map((attempt, index) => collect(oneOfTwo(index), attempt)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 422)])
    expect(answers.filter(({ status }) => status === 422)).toEqual(
      answers.filter(({ status }) => status === 422).map(() => expect.objectContaining(reused) as unknown),
    )
    expect(await settled(api, { reference_id: key })).toMatchObject({ status: 'COMPLETED' })
    const statuses = await Promise.all(payments.map(({ document }) => sourceStatus(api, document)))
    expect(statuses.sort()).toEqual([...Array.from({ length: 9 }, () => 'ACTIVE'), 'PAID'])
    await expectBooksToBalance(database.pool)
  })

  test('for documents of their own are all paid, once each', async () => {
    const walletBefore = await walletOf(database.pool, sandboxMerchant, 'LRD')
    const depositsBefore = network.deposits().length
    const payments = await times(many, () => aPayment(api, { currency: 'LRD', amount: 10 }))
    const answers = await Promise.all(payments.map(({ collection }, index) => collect(oneOfTwo(index), collection)))
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    const executions = await Promise.all(payments.map(({ collection }) => settled(api, collection)))
    expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['COMPLETED']))
    expect((await walletOf(database.pool, sandboxMerchant, 'LRD')) - walletBefore).toBe(many * 10_00)
    expect(network.deposits().length - depositsBefore).toBe(many)
    await expectProviderToAgree(database.pool, network.deposits())
    await expectBooksToBalance(database.pool)
  })
})

describe('a client that never got its answer', () => {
  test.each(['deposit.received', 'deposit.accepted'])(
    'and sends the same again (its connection broke at %s) pays once',
    async (point) => {
      const phone = aNumber()
      const { collection } = await aPayment(api, { phone })
      const client = new AbortController()
      let resume = (): void => undefined
      const reached = new Promise<void>((reach) => {
        hold = async (step) => {
          if (step !== point) return
          hold = undefined
          reach()
          await new Promise<void>((resolve) => (resume = resolve))
        }
      })
      const lost = api
        .send({ method: 'POST', path: '/v1/executions/collection', json: collection, signal: client.signal })
        .catch(() => 'lost')
      await reached
      client.abort()
      expect(await lost).toBe('lost')
      const again = (await ok(collect(api, collection))) as Execution
      expect(['PENDING', 'PROCESSING', 'COMPLETED']).toContain(again.status)
      resume()
      await expectPaidOnce(collection, phone)
      expect(await ok(collect(api, collection))).toMatchObject({ payment_intent_id: again.payment_intent_id })
    },
  )
})

test('an attempt after a failed one needs a new session and a new key, and then succeeds', async () => {
  const { document, collection } = await pay(api, { phone: '231880444039' })
  expect(await sourceStatus(api, document)).toBe('ACTIVE')
  const sameSession = { ...collection, reference_id: randomUUID() }
  expect(await collect(api, sameSession)).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'session_id'], msg: 'session not active', type: 'value_error.session' }] },
  })
  const retry = await anAttempt(api, document)
  expect(await collect(api, { ...retry, reference_id: collection.reference_id })).toMatchObject(reused)
  await ok(collect(api, retry))
  expect(await settled(api, retry)).toMatchObject({ status: 'COMPLETED' })
  expect(await ok(executionOf(api, collection))).toMatchObject({ status: 'FAILED' })
  await expectBooksToBalance(database.pool)
})

test('a document that is paid and canceled at the same time, on two servers, is one or the other', async () => {
  for (let round = 0; round < 8; round += 1) {
    const { document, collection } = await aPayment(api)
    const [paid, canceled] = await Promise.all([
      collect(oneOfTwo(round), collection),
      cancel(oneOfTwo(round + 1), document),
    ])
    expect([paid.status, canceled.status].sort()).toEqual([200, 422])
    if (paid.status === 200) await settled(api, collection)
    expect(await sourceStatus(api, document)).toBe(paid.status === 200 ? 'PAID' : 'CANCELED')
  }
  await expectBooksToBalance(database.pool)
})
