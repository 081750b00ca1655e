import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Api, ok, signIn } from '../support/black-box/api-client.ts'
import { aParty, aPayment, collect, settled } from '../support/black-box/builders.ts'
import { controlsOf } from '../support/black-box/sandbox.ts'
import { sandboxCredentials, startServer } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld({ payerDelayMs: 5 })
afterAll(world.close)

const { api, network } = world
const controls = controlsOf(api)
afterEach(() => controls.clearFaults())

const amara = { fullname: 'Amara Kamara', phone: '231880000001' }
const countParties = async (): Promise<number> => ((await ok(api.get('/parties/list'))) as unknown[]).length

/** Past the client of these tests, which takes no 500 for an answer. */
const createParty = (merchant: Api = api, address = world.url()): Promise<Response> =>
  fetch(`${address}/v1/parties/create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${merchant.token ?? ''}` },
    body: JSON.stringify(amara),
  })

/** What became of a call as its caller saw it. */
const seen = async (): Promise<number | 'lost'> => {
  try {
    return (await createParty()).status
  } catch {
    return 'lost'
  }
}

async function seenTimes(times: number): Promise<(number | 'lost')[]> {
  const results: (number | 'lost')[] = []
  for (let call = 0; call < times; call += 1) results.push(await seen())
  return results
}

describe('a fault of the API', () => {
  test('lost_reply cuts the connection after the operation has been carried out, as often as was asked', async () => {
    const before = await countParties()
    await controls.setFaults([{ fault: 'lost_reply', next: 2, path: '/v1/parties/' }])
    expect(await seenTimes(3)).toEqual(['lost', 'lost', 200])
    await controls.clearFaults()
    expect(await countParties()).toBe(before + 3)
  })

  test('error_after_effect answers 500 for what has been carried out', async () => {
    const before = await countParties()
    await controls.setFaults([{ fault: 'error_after_effect', next: 1, path: '/v1/parties/create' }])
    const answer = await createParty()
    expect([answer.status, await answer.json()]).toEqual([500, { detail: 'Internal Server Error' }])
    expect(await countParties()).toBe(before + 1)
  })

  test('slow holds the answer back', async () => {
    await controls.setFaults([{ fault: 'slow', next: 1, delay_ms: 400 }])
    const begun = performance.now()
    await aParty(api)
    expect(performance.now() - begun).toBeGreaterThanOrEqual(395)
  })

  test('leaves other paths, the controls and the token alone', async () => {
    await controls.setFaults([{ fault: 'error_after_effect', path: '/v1/executions/' }])
    await aParty(api)
    await controls.setFaults([{ fault: 'lost_reply' }])
    await signIn(world.url, sandboxCredentials)
    expect(await controls.get('/faults')).toMatchObject({ faults: [{ fault: 'lost_reply', injected: 0 }] })
  })

  test('comes at its rate, and for a seed always at the same calls', async () => {
    const faults = [
      { fault: 'lost_reply', rate: 0.3 },
      { fault: 'error_after_effect', rate: 0.3 },
    ]
    await controls.setFaults(faults, 42)
    const first = await seenTimes(30)
    await controls.setFaults(faults, 42)
    expect(await seenTimes(30)).toEqual(first)
    await controls.setFaults(faults, 43)
    expect(await seenTimes(30)).not.toEqual(first)
    for (const result of ['lost', 500, 200]) expect(first).toContain(result)
  })

  test('happens as often as was asked over all processes on one database', async () => {
    const other = await startServer(world.env, 'serve')
    const there = await signIn(() => other.url, sandboxCredentials)
    await controls.setFaults([{ fault: 'error_after_effect', next: 3, path: '/v1/parties/create' }])
    // The other process hears of it within a quarter of a second.
    const statuses = []
    for (let round = 0; round < 40 && statuses.filter((status) => status === 500).length < 3; round += 1)
      statuses.push((await (round % 2 === 0 ? createParty(there, other.url) : createParty())).status)
    statuses.push((await createParty()).status, (await createParty(there, other.url)).status)
    expect(statuses.filter((status) => status === 500)).toHaveLength(3)
    await other.end()
  })

  test('a payment whose reply is lost is made once, however often it is asked for', async () => {
    const { collection } = await aPayment(api)
    await controls.setFaults([{ fault: 'lost_reply', next: 2, path: '/v1/executions/' }])
    for (let attempt = 0; attempt < 2; attempt += 1) await expect(collect(api, collection)).rejects.toThrow()
    await ok(collect(api, collection))
    expect(await settled(api, collection)).toMatchObject({ status: 'COMPLETED' })
    expect(network.deposits().filter(({ initiations }) => initiations !== 1)).toEqual([])
    expect(network.deposits()).toHaveLength(1)
  })

  test('is refused where it would never do anything', async () => {
    const refused = async (fault: object) => (await controls.send('PUT', '/faults', { faults: [fault] })).body
    expect(await refused({ fault: 'fire' })).toMatchObject({ detail: [{ loc: ['body', 'faults', 0, 'fault'] }] })
    expect(await refused({ fault: 'lost_reply', rate: 0 })).toMatchObject({
      detail: [{ loc: ['body', 'faults', 0, 'rate'] }],
    })
    expect(await refused({ fault: 'lost_reply', delay_ms: 3, method: 'MTN_MOMO_LBR' })).toMatchObject({
      detail: [{ loc: ['body', 'faults', 0, 'method'] }, { loc: ['body', 'faults', 0, 'delay_ms'] }],
    })
  })
})

describe('a recording', () => {
  const faults = [
    { fault: 'lost_reply', rate: 0.25 },
    { fault: 'error_after_effect', rate: 0.25 },
    { fault: 'slow', rate: 0.2, delay_ms: 5 },
    { fault: 'lost_reply', next: 2 },
  ]

  test('of a run that went wrong makes it go wrong again in the same way', async () => {
    const { seed } = await controls.post('/recordings', { faults })
    const first = await seenTimes(25)
    const { calls, state } = await controls.get(`/recordings/${String(seed)}`)
    expect(state).toBe('RECORDING')
    expect(calls).toHaveLength(25)
    expect((calls as { status: number }[]).map(({ status }) => status)).toEqual(first.map(() => 200))
    // Something else in between, as on any day.
    await controls.clearFaults()
    await seenTimes(3)

    expect(await controls.post(`/recordings/${String(seed)}/replay`)).toMatchObject({ state: 'REPLAYING' })
    const again = []
    for (const _ of first) {
      again.push(await seen())
      // Calls of other operations do not move the faults.
      await api.get('/parties/list').catch(() => undefined)
    }
    expect(again).toEqual(first)
    expect(first.filter((result) => result !== 200).length).toBeGreaterThan(2)
    expect(await controls.get(`/recordings/${String(seed)}`)).toMatchObject({ calls })
  })

  test('tells which payment each call was about', async () => {
    const { seed } = await controls.post('/recordings', { seed: 7, faults: [] })
    const { collection } = await aPayment(api)
    await ok(collect(api, collection))
    const { calls } = await controls.get(`/recordings/${String(seed)}`)
    expect(calls).toContainEqual({
      call: 'POST /v1/executions/collection',
      nth: 1,
      at: expect.any(String) as unknown,
      reference_id: collection.reference_id,
      status: 200,
      fault: null,
    })
  })

  test('that was never made is unknown', async () => {
    for (const seed of ['123456', 'x', '99999999999999999999']) {
      expect(await controls.send('GET', `/recordings/${seed}`)).toMatchObject({ status: 404 })
      expect(await controls.send('POST', `/recordings/${seed}/replay`)).toMatchObject({ status: 404 })
    }
  })
})
