import { afterAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { anAttempt, aDocument } from '../../server/test/support/black-box/builders.ts'
import { sandboxAnonKey } from '../../server/test/support/black-box/realtime-client.ts'
import { createWorld } from '../../server/test/support/black-box/world.ts'
import { type Clock, NetworkError } from '../src/index.ts'
import { type PaymentState, watchPayment } from '../src/realtime.ts'
import { sandboxMerchantAt } from './support/sandbox.ts'

const world = await createWorld({ payerDelayMs: 1_000 })
afterAll(world.close)
const dollr = sandboxMerchantAt(world.url())

const openWebSocket = (url: string) => new WebSocket(url)

/** A payment that is not made yet, and what a page needs to watch it. */
async function aWatchedPayment() {
  const document = await aDocument(world.api)
  const body = await anAttempt(world.api, document)
  const [session, source_type] = [Number(body.session_id), document.kind]
  const { access_token: token } = await dollr.realtimeKeys.collection({
    session_id: session,
    source_type,
    reference_id: body.reference_id,
  })
  const watch = {
    url: world.url(),
    anonKey: sandboxAnonKey,
    token,
    session,
    reference: body.reference_id,
    openWebSocket,
  }
  return { body, watch, realtime: { ...watch, source_type, source_id: document.id } }
}

describe('a payment that is watched', () => {
  test('is told from one state to the next, up to the last', async () => {
    const { body, watch } = await aWatchedPayment()
    const states: PaymentState[] = []
    const watching = (async () => {
      for await (const state of watchPayment(watch)) states.push(state)
    })()
    await dollr.executions.collection(body)
    await watching
    expect(states.at(-1)).toMatchObject({
      status: 'COMPLETED',
      reference_id: body.reference_id,
      requires_action: false,
    })
  })

  test('with another payment’s token is refused', async () => {
    const [one, other] = [await aWatchedPayment(), await aWatchedPayment()]
    const states = watchPayment({ ...one.watch, token: other.watch.token })
    await expect(states.next()).rejects.toThrow(new NetworkError('the realtime connection was refused'))
  })

  test('where nobody listens, or with no key, is a failed connection', async () => {
    const { watch } = await aWatchedPayment()
    await expect(watchPayment({ ...watch, url: 'http://127.0.0.1:1' }).next()).rejects.toBeInstanceOf(NetworkError)
    await expect(watchPayment({ ...watch, anonKey: 'none' }).next()).rejects.toBeInstanceOf(NetworkError)
  })

  test('is let go by whoever gives up', async () => {
    const { watch } = await aWatchedPayment()
    const given = new AbortController()
    const next = watchPayment({ ...watch, signal: given.signal }).next()
    setTimeout(() => {
      given.abort(new RangeError('enough'))
    }, 100)
    await expect(next).rejects.toThrow(new RangeError('enough'))
  })
})

describe('waiting', () => {
  /** Sleeps until it is woken, however short the pause was to be. */
  const sleeper: Clock = {
    now: () => Date.now(),
    sleep: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error)
        })
      }),
  }

  test('asks when a change is pushed, and by itself hears the end', async () => {
    const { body, realtime } = await aWatchedPayment()
    await dollr.executions.collection(body)
    const sleepy = sandboxMerchantAt(world.url(), { clock: sleeper })
    const final = await sleepy.waitFor(body.reference_id, { realtime })
    expect(final.status).toBe('COMPLETED')
  })

  test('goes on asking when nothing is pushed', async () => {
    const { body, realtime } = await aWatchedPayment()
    await dollr.executions.collection(body)
    const deaf = { ...realtime, url: 'http://127.0.0.1:1' }
    expect((await dollr.waitFor(body.reference_id, { realtime: deaf })).status).toBe('COMPLETED')
  })
})
