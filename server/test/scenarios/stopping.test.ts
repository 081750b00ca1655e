import { type SimulatorStep } from '@dollr/sandbox'
import { afterAll, afterEach, expect, test } from 'vitest'
import { ok } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, makeChecksDue } from '../support/black-box/books.ts'
import { aPayment, collect, settled } from '../support/black-box/builders.ts'
import { pause } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

let atStep: ((name: SimulatorStep['name']) => Promise<void>) | undefined
const world = await createWorld({ onStep: ({ name }) => atStep?.(name) })
afterAll(world.close)

const { api, database, network } = world

const clean = { code: 0, signal: null }
/** Longer than any request under way here takes, shorter than what supervisors wait before they kill. */
const patienceMs = 9_000

const stop = (signal: 'SIGTERM' | 'SIGINT'): Promise<unknown> =>
  Promise.race([world.server().end(signal), pause(patienceMs).then(() => 'still running')])

/** Asks the server to stop the next time the conversation comes to this point, which then takes its time. */
function stopAt(point: SimulatorStep['name'], signal: 'SIGTERM' | 'SIGINT') {
  let stopping: Promise<unknown> = Promise.resolve('never came to this point')
  const reached = new Promise<void>((resolve) => {
    atStep = async (name) => {
      if (name !== point) return
      atStep = undefined
      stopping = stop(signal)
      resolve()
      await pause(700)
    }
  })
  return async () => {
    await reached
    return stopping
  }
}

afterEach(async () => {
  await world.restart()
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a server asked to stop (%s) first answers who is waiting',
  async (signal) => {
    const { collection } = await aPayment(api)
    const stopped = stopAt('deposit.received', signal)
    const answered = collect(api, collection)
    expect(await answered).toMatchObject({ status: 200, body: { status: 'PROCESSING' } })
    expect(await stopped()).toEqual(clean)
    await expect(api.get('/parties/list')).rejects.toThrow('fetch failed')
    expect(world.server().output()).not.toMatch(/not cleanly|error/i)

    await world.restart()
    const ended = await settled(api, collection, () => makeChecksDue(database.pool))
    expect(ended).toMatchObject({ status: 'COMPLETED' })
    await expectProviderToAgree(database.pool, network.deposits())
    await expectBooksToBalance(database.pool)
  },
)

test('a server asked to stop does not wait for connections that nobody uses', async () => {
  await Promise.all(Array.from({ length: 10 }, () => ok(api.get('/parties/list'))))
  expect(await stop('SIGTERM')).toEqual(clean)
})

test('a server asked twice to stop stops once, and well', async () => {
  const { collection } = await aPayment(api)
  const stopped = stopAt('deposit.received', 'SIGINT')
  const answered = collect(api, collection)
  void pause(200).then(() => stop('SIGINT'))
  expect(await answered).toMatchObject({ status: 200 })
  expect(await stopped()).toEqual(clean)
})

test('a server asked to stop finishes the look-up that a callback began', async () => {
  const { collection } = await aPayment(api)
  const stopped = stopAt('lookup.received', 'SIGTERM')
  await ok(collect(api, collection))
  expect(await stopped()).toEqual(clean)
  const { rows } = await database.pool.query('select status from executions where reference_id = $1', [
    collection.reference_id,
  ])
  expect(rows).toEqual([{ status: 'COMPLETED' }])
  await expectBooksToBalance(database.pool)
})
