import { type SimulatorStep } from '@dollr/sandbox'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiClient, ok } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, makeChecksDue, walletOf } from '../support/black-box/books.ts'
import {
  aPayment,
  collect,
  type Execution,
  executionOf,
  type Payment,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { pause, startServer } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

/** Set by a test that acts at one point of the conversation between server and network. */
let atStep: ((name: SimulatorStep['name']) => Promise<void>) | undefined
const world = await createWorld({ onStep: ({ name }) => atStep?.(name) })
afterAll(world.close)
afterEach(() => {
  atStep = undefined
})

const { api, database, network } = world

let counter = 100
let phone = ''
let walletBefore = 0
beforeEach(async () => {
  phone = `231880${(counter += 1)}000`
  walletBefore = await walletOf(database.pool, sandboxMerchant, 'USD')
})

const nudge = () => makeChecksDue(database.pool)
/** The database processes that wait for a lock. */
async function waiting(): Promise<readonly number[]> {
  const { rows } = await database.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  )
  return rows.map(({ pid }) => pid)
}
const send = ({ collection }: Payment) => collect(api, collection).catch(() => 'no answer' as const)

/** Kills the server the next time the conversation comes to this point, and answers when it is dead. */
function killAt(point: SimulatorStep['name']): Promise<void> {
  return new Promise((killed) => {
    atStep = async (name) => {
      if (name !== point) return
      atStep = undefined
      await world.server().end('SIGKILL')
      killed()
    }
  })
}

/** What a client does that does not know what became of its request: it sends the same again, and polls. */
async function expectToEndRight({ document, collection }: Payment): Promise<void> {
  const again = (await ok(collect(api, collection))) as Execution
  expect(['PENDING', 'PROCESSING', 'COMPLETED']).toContain(again.status)
  const execution = await settled(api, collection, nudge)
  expect(execution).toMatchObject({ status: 'COMPLETED', payment_intent_id: again.payment_intent_id })
  expect(await sourceStatus(api, document)).toBe('PAID')
  expect(network.deposits().filter((deposit) => deposit.phone === phone)).toMatchObject([{ status: 'COMPLETED' }])
  const { rowCount } = await database.pool.query('select from executions where reference_id = $1', [
    collection.reference_id,
  ])
  expect(rowCount).toBe(1)
  expect((await walletOf(database.pool, sandboxMerchant, 'USD')) - walletBefore).toBe(100_00)
  await expectProviderToAgree(database.pool, network.deposits())
  await expectBooksToBalance(database.pool)
}

describe('a server killed while', () => {
  test.each<readonly [string, SimulatorStep['name'], 'arrives' | 'is lost']>([
    ['its question to the network is on its way, and is lost', 'deposit.received', 'is lost'],
    ['its question to the network is on its way, and arrives', 'deposit.received', 'arrives'],
    ['the network has stored the payment and not answered', 'deposit.accepted', 'arrives'],
    ['the network’s answer has just been sent', 'deposit.replied', 'arrives'],
    ['the network is about to call back', 'callback.sending', 'arrives'],
    ['its acknowledgement has just reached the network', 'callback.acknowledged', 'arrives'],
    ['it asks after the payment', 'lookup.received', 'arrives'],
    ['it hears what became of the payment', 'lookup.replied', 'arrives'],
  ])('%s: the payment ends as if nothing had happened, once', async (_, point, question) => {
    const payment = await aPayment(api, { phone })
    const killed = killAt(point)
    if (question === 'is lost') network.next('lost-request')
    const answered = send(payment)
    await killed
    await answered
    await world.restart()
    await expectToEndRight(payment)
  })

  test.each([2, 10])('a request is %i ms old: it landed whole or not at all', async (age) => {
    const payment = await aPayment(api, { phone })
    const answered = send(payment)
    await pause(age)
    await world.server().end('SIGKILL')
    await answered
    await world.restart()
    await expectToEndRight(payment)
  })

  test('its intent waits to be written: the payment is made once, whether or not that commits', async () => {
    const payment = await aPayment(api, { phone })
    const client = await database.pool.connect()
    await client.query('begin')
    await client.query('select from sources where id = $1 for update', [payment.document.id])
    const answered = send(payment)
    await expect.poll(waiting, { interval: 10, timeout: 10_000 }).toHaveLength(1)
    await world.server().end('SIGKILL')
    expect(await answered).toBe('no answer')
    await client.query('rollback')
    client.release()
    await world.restart()
    await expectToEndRight(payment)
  })
})

test('killed at one step after another, each time it was just up again, the payment is still made once', async () => {
  const payment = await aPayment(api, { phone })
  network.next('lost-request')
  for (const point of ['deposit.received', 'lookup.received', 'deposit.accepted'] as const) {
    const killed = killAt(point)
    const sent = send(payment)
    const isKilled = () => Promise.race([killed.then(() => true), pause(30).then(() => false)])
    while (!(await isKilled())) await nudge()
    await sent
    // Or the next server would begin with the check, before this test is ready for it.
    await database.pool.query(
      `update executions set next_check_at = now() + interval '1 hour' where next_check_at is not null`,
    )
    await world.restart()
  }
  await expectToEndRight(payment)
})

test('another server on the same database takes over what a killed one left', async () => {
  const other = await startServer(world.env)
  const payment = await aPayment(api, { phone })
  const killed = killAt('deposit.accepted')
  const answered = send(payment)
  network.setCallbackUrl(`${other.url}/callbacks/pawapay`)
  await killed
  expect(await answered).toBe('no answer')
  const second = apiClient(() => other.url, api.token)
  expect(await ok(collect(second, payment.collection))).toMatchObject({ reference_id: payment.collection.reference_id })
  expect(await settled(second, payment.collection, nudge)).toMatchObject({ status: 'COMPLETED' })
  const listed = await ok(second.get('/invoices/list'))
  await other.end('SIGTERM')
  await world.restart()
  expect(await ok(api.get('/invoices/list'))).toEqual(listed)
  await expectToEndRight(payment)
})

test('a database connection that breaks in the middle of a request costs that request and nothing else', async () => {
  const payment = await aPayment(api, { phone })
  const client = await database.pool.connect()
  await client.query('begin')
  await client.query('select from sources where id = $1 for update', [payment.document.id])
  const answered = collect(api, payment.collection)
  await expect.poll(waiting, { interval: 10, timeout: 10_000 }).toHaveLength(1)
  for (const pid of await waiting()) await database.pool.query('select pg_terminate_backend($1)', [pid])
  const answer = await answered
  expect(answer).toMatchObject({ status: 503, body: { detail: 'Service Unavailable' } })
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
  await client.query('rollback')
  client.release()
  expect(await executionOf(api, payment.collection)).toMatchObject({ status: 404 })
  await expectToEndRight(payment)
})
