import { expect, onTestFinished, test, vi } from 'vitest'
import {
  aDeposit,
  aMerchant,
  aPayer,
  aPayout,
  apiToken,
  aRefund,
  aSimulator,
  call,
  initiate,
  lookUp,
  pause,
  soon,
} from '../../test/support.ts'
import type { SimulatorStep } from './network.ts'

test.each(['lost-request', 'lost-reply'] as const)('%s drops the connection', async (fault) => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const deposit = aDeposit()
  simulator.next(fault)
  await expect(initiate(simulator, deposit)).rejects.toThrow()
  const stored = fault === 'lost-reply'
  expect(await lookUp(simulator, deposit.depositId)).toMatchObject({ status: stored ? 'FOUND' : 'NOT_FOUND' })
  const again = await initiate(simulator, deposit)
  expect(again.json).toMatchObject({ status: stored ? 'DUPLICATE_IGNORED' : 'ACCEPTED' })
  await merchant.until(1)
  expect(simulator.deposits()).toMatchObject([{ initiations: stored ? 2 : 1 }])
})

test('hang stores the deposit and answers nothing until the client gives up', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const deposit = aDeposit()
  simulator.next('hang')
  const client = new AbortController()
  let answered = false
  const request = fetch(`${simulator.url}/v2/deposits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}` },
    body: JSON.stringify(deposit),
    signal: client.signal,
  }).finally(() => {
    answered = true
  })
  await merchant.until(1)
  await pause(20)
  expect(answered).toBe(false)
  client.abort()
  await expect(request).rejects.toThrow('abort')
  expect((await initiate(simulator, deposit)).json).toMatchObject({ status: 'DUPLICATE_IGNORED' })
})

test.each([
  ['error-after-accept', 'FOUND'],
  ['error-before-accept', 'NOT_FOUND'],
] as const)('%s is 500 UNKNOWN_ERROR and the deposit is %s', async (fault, status) => {
  const simulator = await aSimulator()
  const deposit = aDeposit()
  simulator.next(fault)
  const answer = await initiate(simulator, deposit)
  expect(answer).toMatchObject({ status: 500, json: { failureReason: { failureCode: 'UNKNOWN_ERROR' } } })
  expect(await lookUp(simulator, deposit.depositId)).toMatchObject({ status })
})

test('garbage is 200 with a body that is not JSON, for an accepted deposit', async () => {
  const simulator = await aSimulator()
  const deposit = aDeposit()
  simulator.next('garbage')
  const answer = await initiate(simulator, deposit)
  expect(answer.status).toBe(200)
  expect(() => {
    JSON.parse(answer.text)
  }).toThrow()
  expect(await lookUp(simulator, deposit.depositId)).toMatchObject({ status: 'FOUND' })
})

test('closed rejects a new deposit and leaves a known one alone', async () => {
  const simulator = await aSimulator()
  const deposit = aDeposit()
  simulator.next('closed')
  expect(await initiate(simulator, deposit)).toMatchObject({
    status: 200,
    json: { status: 'REJECTED', failureReason: { failureCode: 'PROVIDER_TEMPORARILY_UNAVAILABLE' } },
  })
  expect((await initiate(simulator, deposit)).json).toMatchObject({ status: 'ACCEPTED' })
  simulator.next('closed')
  expect((await initiate(simulator, deposit)).json).toMatchObject({ status: 'DUPLICATE_IGNORED' })
})

test('faults queue up, one for each request', async () => {
  const simulator = await aSimulator()
  simulator.next('error-before-accept')
  simulator.next('closed')
  expect(await initiate(simulator, aDeposit())).toMatchObject({ status: 500 })
  expect((await initiate(simulator, aDeposit())).json).toMatchObject({ status: 'REJECTED' })
  expect((await initiate(simulator, aDeposit())).json).toMatchObject({ status: 'ACCEPTED' })
})

test('the steps of a conversation are announced in order and awaited', async () => {
  const merchant = await aMerchant()
  const steps: string[] = []
  const simulator = await aSimulator({
    callbackUrl: merchant.url,
    payerDelayMs: 50,
    onStep: async ({ name }) => {
      await pause(2)
      steps.push(name)
    },
  })
  const deposit = aDeposit()
  await initiate(simulator, deposit)
  await lookUp(simulator, deposit.depositId)
  await soon(() => steps).toContain('callback.acknowledged')
  expect(steps).toEqual([
    'deposit.received',
    'deposit.accepted',
    'deposit.replied',
    'lookup.received',
    'lookup.replied',
    'callback.sending',
    'callback.acknowledged',
  ])
})

test('a callback can overtake the reply', async () => {
  const order: string[] = []
  const merchant = await aMerchant(() => {
    order.push('callback')
    return 200
  })
  const simulator = await aSimulator({
    callbackUrl: merchant.url,
    payerDelayMs: 0,
    onStep: ({ name }) => (name === 'deposit.accepted' ? merchant.until(1) : undefined),
  })
  const reply = await initiate(simulator, aDeposit())
  order.push('reply')
  expect(reply.json).toMatchObject({ status: 'ACCEPTED' })
  expect(order).toEqual(['callback', 'reply'])
})

test('no reply is announced that was not sent, and a throwing listener stops nothing', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
  onTestFinished(() => {
    warn.mockRestore()
  })
  const merchant = await aMerchant()
  const steps: string[] = []
  const simulator = await aSimulator({
    callbackUrl: merchant.url,
    onStep: async ({ name }: SimulatorStep) => {
      steps.push(name)
      throw new Error(`listener failed at ${name}`)
    },
  })
  simulator.next('lost-reply')
  await expect(initiate(simulator, aDeposit())).rejects.toThrow()
  await merchant.until(1)
  await soon(() =>
    warn.mock.calls.map(([warning]) => (warning instanceof Error ? warning.message : warning)),
  ).toContain('listener failed at callback.acknowledged')
  expect(steps).not.toContain('deposit.replied')
})

test('a client that goes away while its request is worked on changes nothing', async () => {
  const merchant = await aMerchant()
  const client = new AbortController()
  const simulator = await aSimulator({
    callbackUrl: merchant.url,
    onStep: async ({ name }) => {
      if (name !== 'deposit.received') return
      client.abort()
      await pause(20)
    },
  })
  const request = fetch(`${simulator.url}/v2/deposits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}` },
    body: JSON.stringify(aDeposit()),
    signal: client.signal,
  })
  await expect(request).rejects.toThrow('abort')
  await merchant.until(1)
  expect(simulator.deposits()).toMatchObject([{ status: 'COMPLETED' }])
})

test('another process can steer the sandbox', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator()
  const steer = (path: string, body: unknown) => call(simulator, 'POST', `/_sandbox/${path}`, body)
  expect(await steer('next', { fault: 'closed' })).toMatchObject({ status: 200, json: { queued: ['closed'] } })
  expect((await initiate(simulator, aDeposit())).json).toMatchObject({ status: 'REJECTED' })
  expect(await steer('callback-url', { url: merchant.url })).toMatchObject({ status: 200 })
  const deposit = aDeposit()
  await initiate(simulator, deposit)
  await merchant.until(1)
  const { depositId: id } = deposit
  expect(await steer('deliver-callback', { id, times: 2 })).toMatchObject({ status: 200 })
  expect(merchant.received).toHaveLength(3)
  const list = await call(simulator, 'GET', '/_sandbox/deposits')
  expect(list.json).toEqual(simulator.deposits())
  expect(list.json).toMatchObject([{ id, callbacksAcknowledged: 3 }])

  const payout = aPayout({ recipient: aPayer('250783456129') })
  await initiate(simulator, payout)
  const refund = aRefund(id)
  await initiate(simulator, refund)
  expect((await call(simulator, 'GET', '/_sandbox/payouts')).json).toMatchObject([{ id: payout.payoutId }])
  expect((await call(simulator, 'GET', '/_sandbox/refunds')).json).toMatchObject([
    { id: refund.refundId, depositId: id },
  ])
  expect(await steer('settle', { id: payout.payoutId, failureCode: 'RECIPIENT_NOT_FOUND' })).toMatchObject({
    status: 200,
  })
  expect(simulator.payouts()).toMatchObject([{ status: 'FAILED' }])
  const delayed = { provider: 'MTN_MOMO_RWA', operation: 'PAYOUT', status: 'DELAYED' }
  expect(await steer('provider-status', delayed)).toMatchObject({ status: 200, json: delayed })
  const poor = { country: 'RWA', currency: 'RWF', balance: '10' }
  expect(await steer('wallet-balance', poor)).toMatchObject({ status: 200, json: poor })

  const mistakes = [
    ['next', { fault: 'fire' }],
    ['next', {}],
    ['callback-url', { url: 'ftp://example.com' }],
    ['callback-url', { url: 'http://' }],
    ['deliver-callback', { id, times: 0 }],
    ['settle', { id: 5 }],
    ['settle', { id, failureCode: 5 }],
    ['provider-status', { ...delayed, provider: 'MTN_MOMO_XXX' }],
    ['provider-status', { ...delayed, operation: 'REMITTANCE' }],
    ['provider-status', { ...delayed, status: 'TIRED' }],
    ['wallet-balance', { ...poor, currency: 'USD' }],
    ['wallet-balance', { ...poor, balance: '-1' }],
    ['wallet-balance', { ...poor, balance: '1.50' }],
    ['wallet-balance', { ...poor, balance: 10 }],
    ['deliver-callback', { times: 1 }],
  ] as const
  for (const [path, body] of mistakes) expect(await steer(path, body)).toMatchObject({ status: 400 })
  expect(await steer('deliver-callback', { id: aDeposit().depositId })).toMatchObject({ status: 404 })
  expect(await steer('settle', { id: aDeposit().depositId })).toMatchObject({ status: 404 })
  expect(await steer('settle', { id: payout.payoutId })).toMatchObject({ status: 409 })
  expect(await steer('elsewhere', {})).toMatchObject({ status: 404 })
})

test('close is at once, with a request hanging and a callback unanswered', async () => {
  const merchant = await aMerchant(() => 'nothing')
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  await initiate(simulator, aDeposit())
  simulator.next('hang')
  const hanging = initiate(simulator, aDeposit())
  const failed = expect(hanging).rejects.toThrow()
  await merchant.until(2)
  const started = Date.now()
  await simulator.close()
  await failed
  expect(Date.now() - started).toBeLessThan(500)
  await expect(lookUp(simulator, aDeposit().depositId)).rejects.toThrow()
})
