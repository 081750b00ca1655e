import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  aMerchant,
  anyText,
  aPayer,
  aPayout,
  aSimulator,
  balanceOf,
  call,
  initiate,
  lookUp,
  pause,
  soon,
  untilStatus,
} from '../../test/support.ts'
import type { PawapaySimulator } from '../index.ts'

const failures = [
  ['089', 'RECIPIENT_NOT_FOUND'],
  ['099', 'WALLET_LIMIT_REACHED'],
  ['109', 'RECIPIENT_LIMIT_REACHED'],
  ['119', 'UNSPECIFIED_FAILURE'],
] as const

test('the last digits of the recipient decide, by the payout column', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const failing = failures.map(([suffix, failureCode]) => ({
    payout: aPayout({ recipient: aPayer(`250783456${suffix}`) }),
    failureReason: { failureCode, failureMessage: anyText },
  }))
  const stuck = aPayout({ recipient: aPayer('250783456129') })
  // A payer with this number would have too little money; a recipient does not mind.
  const paid = aPayout({ recipient: aPayer('250783456049') })
  for (const payout of [stuck, paid, ...failing.map((each) => each.payout)]) await initiate(simulator, payout)
  await merchant.until(failing.length + 1)
  for (const { payout, failureReason } of failing) {
    expect(await lookUp(simulator, payout.payoutId, 'payouts')).toMatchObject({
      data: { status: 'FAILED', failureReason },
    })
    const callback = merchant.received.find(({ body }) => body['payoutId'] === payout.payoutId)
    expect(callback?.body).toMatchObject({ status: 'FAILED', failureReason })
  }
  expect(await lookUp(simulator, paid.payoutId, 'payouts')).toMatchObject({ data: { status: 'COMPLETED' } })
  await pause(30)
  expect(await lookUp(simulator, stuck.payoutId, 'payouts')).toMatchObject({ data: { status: 'PROCESSING' } })
  expect(merchant.received).toHaveLength(failing.length + 1)
})

test('the message for the recipient is told back', async () => {
  const simulator = await aSimulator()
  const payout = aPayout({ customerMessage: 'Salary June' })
  await initiate(simulator, payout)
  expect(await lookUp(simulator, payout.payoutId, 'payouts')).toMatchObject({
    data: { customerMessage: 'Salary June' },
  })
})

const toMtn = { provider: 'MTN_MOMO_RWA', operation: 'PAYOUT' } as const
const failEnqueued = (simulator: PawapaySimulator, id: string) =>
  call(simulator, 'POST', `/v2/payouts/fail-enqueued/${id}`)

test('a delayed provider gets its payouts when it recovers', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  simulator.setProviderStatus({ ...toMtn, status: 'DELAYED' })
  const payout = aPayout()
  expect((await initiate(simulator, payout)).json).toMatchObject({ status: 'ACCEPTED' })
  // Other operations and other providers go on.
  const elsewhere = aPayout({ recipient: aPayer('250733456789', 'AIRTEL_RWA') })
  await initiate(simulator, elsewhere)
  await untilStatus(simulator, elsewhere.payoutId, 'COMPLETED')
  await pause(20)
  expect(await lookUp(simulator, payout.payoutId, 'payouts')).toMatchObject({ data: { status: 'ENQUEUED' } })
  expect((await initiate(simulator, payout)).json).toMatchObject({ status: 'DUPLICATE_IGNORED' })

  // A provider that closes after the delay has recovered nothing.
  simulator.setProviderStatus({ ...toMtn, status: 'CLOSED' })
  await pause(20)
  expect(simulator.payouts()).toMatchObject([{ status: 'ENQUEUED' }, { status: 'COMPLETED' }])
  simulator.setProviderStatus({ ...toMtn, status: 'OPERATIONAL' })
  await untilStatus(simulator, payout.payoutId, 'COMPLETED')
  await merchant.until(2)
})

test('a closed provider refuses payouts', async () => {
  const simulator = await aSimulator()
  simulator.setProviderStatus({ ...toMtn, status: 'CLOSED' })
  expect(await initiate(simulator, aPayout())).toMatchObject({
    status: 200,
    json: { status: 'REJECTED', failureReason: { failureCode: 'PROVIDER_TEMPORARILY_UNAVAILABLE' } },
  })
  expect(simulator.payouts()).toEqual([])
})

test('an enqueued payout that is cancelled fails soon after, gives back what it reserved and is told', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const before = await balanceOf(simulator, 'RWF')
  simulator.setProviderStatus({ ...toMtn, status: 'DELAYED' })
  const payout = aPayout()
  await initiate(simulator, payout)
  const accepted = { status: 200, json: { payoutId: payout.payoutId, status: 'ACCEPTED' } }
  expect(await failEnqueued(simulator, payout.payoutId)).toMatchObject(accepted)
  await merchant.until(1)
  expect(merchant.received[0]?.body).toMatchObject({
    payoutId: payout.payoutId,
    status: 'FAILED',
    failureReason: { failureCode: 'MANUALLY_CANCELLED' },
  })
  expect(await balanceOf(simulator, 'RWF')).toBe(before)
  expect((await failEnqueued(simulator, payout.payoutId)).text).toContain('INVALID_STATE')
  simulator.setProviderStatus({ ...toMtn, status: 'OPERATIONAL' })
  await pause(30)
  expect(merchant.received).toHaveLength(1)
})

test('a cancelled payout is not set free by a provider that recovers, nor cancelled twice', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url, payerDelayMs: 400 })
  simulator.setProviderStatus({ ...toMtn, status: 'DELAYED' })
  const payout = aPayout()
  await initiate(simulator, payout)
  expect((await failEnqueued(simulator, payout.payoutId)).text).toContain('ACCEPTED')
  expect((await failEnqueued(simulator, payout.payoutId)).text).toContain('ACCEPTED')
  expect(simulator.payouts()).toMatchObject([{ status: 'ENQUEUED' }])
  simulator.setProviderStatus({ ...toMtn, status: 'OPERATIONAL' })
  await untilStatus(simulator, payout.payoutId, 'FAILED')
  await pause(50)
  expect(merchant.received.map(({ body }) => body['status'])).toEqual(['FAILED'])
})

test('only what is enqueued can be cancelled', async () => {
  const simulator = await aSimulator({ payerDelayMs: 60_000 })
  const payout = aPayout()
  await initiate(simulator, payout)
  for (const [id, failureCode] of [
    [payout.payoutId, 'INVALID_STATE'],
    [randomUUID(), 'NOT_FOUND'],
  ] as const)
    expect(await failEnqueued(simulator, id)).toMatchObject({
      status: 200,
      json: { payoutId: id, status: 'REJECTED', failureReason: { failureCode } },
    })
})

const bulk = (simulator: PawapaySimulator, body: unknown) => call(simulator, 'POST', '/v2/payouts/bulk', body)

test('a bulk is answered element by element, each on its own', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const [good, tooMuch] = [aPayout(), aPayout({ amount: '1000000001' })]
  const answer = await bulk(simulator, [good, tooMuch, good])
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual([
    { payoutId: good.payoutId, status: 'ACCEPTED', created: anyText },
    {
      payoutId: tooMuch.payoutId,
      status: 'REJECTED',
      failureReason: { failureCode: 'AMOUNT_OUT_OF_BOUNDS', failureMessage: anyText },
    },
    { payoutId: good.payoutId, status: 'DUPLICATE_IGNORED', created: anyText },
  ])
  await merchant.until(1)
  expect(simulator.payouts()).toMatchObject([{ id: good.payoutId, initiations: 2 }])
})

test('a bulk spends what there is, in its order', async () => {
  const simulator = await aSimulator()
  simulator.setWalletBalance({ country: 'RWA', currency: 'RWF', balance: '2500' })
  const answer = await bulk(simulator, [aPayout(), aPayout(), aPayout({ amount: '1000' })])
  expect(answer.json).toMatchObject([
    { status: 'ACCEPTED' },
    { status: 'REJECTED', failureReason: { failureCode: 'PAWAPAY_WALLET_OUT_OF_FUNDS' } },
    { status: 'ACCEPTED' },
  ])
})

test.each([
  ['INVALID_INPUT', aPayout()],
  ['INVALID_INPUT', []],
  ['INVALID_INPUT', '[{'],
  ['INVALID_INPUT', [aPayout(), 'text']],
  ['MISSING_PARAMETER', [aPayout(), aPayout({ amount: undefined })]],
  ['UNSUPPORTED_PARAMETER', [aPayout(), aPayout({ payer: aPayer() })]],
])('one mistake refuses a whole bulk: %s', async (failureCode, body) => {
  const simulator = await aSimulator()
  expect(await bulk(simulator, body)).toMatchObject({ status: 400, json: { failureReason: { failureCode } } })
  expect(simulator.payouts()).toEqual([])
})

test('a mistake in a bulk is said with its place', async () => {
  const simulator = await aSimulator()
  const { text } = await bulk(simulator, [aPayout(), aPayout({ amount: 5 })])
  expect(text).toContain("Element 1: Parameter 'amount'")
})

test('a fault meets a bulk as a whole', async () => {
  const simulator = await aSimulator()
  const payouts = [aPayout(), aPayout()]
  simulator.next('lost-reply')
  await expect(bulk(simulator, payouts)).rejects.toThrow()
  expect((await bulk(simulator, payouts)).json).toMatchObject([
    { status: 'DUPLICATE_IGNORED' },
    { status: 'DUPLICATE_IGNORED' },
  ])
  await soon(() => simulator.payouts()).toMatchObject([{ status: 'COMPLETED' }, { status: 'COMPLETED' }])
})
