import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  aDeposit,
  aMerchant,
  aPayer,
  aSimulator,
  call,
  initiate,
  lookUp,
  pause,
  untilStatus,
  anyText,
  textLike,
  soon,
} from '../../test/support.ts'

test('an accepted deposit is told as the network tells it, before and after the payer has decided', async () => {
  // Only the time of day stands still: the first status is told by it, the payer's timer runs.
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const simulator = await aSimulator({ payerDelayMs: 300 })
  const deposit = aDeposit({
    customerMessage: 'Invoice 42',
    clientReferenceId: 'INV-42',
    metadata: [{ orderId: '42' }, { email: 'a@b.c', isPII: true }],
  })
  const reply = await initiate(simulator, deposit)
  expect(reply.status).toBe(200)
  expect(reply.json).toEqual({
    depositId: deposit.depositId,
    status: 'ACCEPTED',
    nextStep: 'FINAL_STATUS',
    created: textLike(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  })
  const data = {
    depositId: deposit.depositId,
    amount: '1500.00',
    currency: 'RWF',
    country: 'RWA',
    payer: { type: 'MMO', accountDetails: { phoneNumber: '250783456789', provider: 'MTN_MOMO_RWA' } },
    customerMessage: 'Invoice 42',
    clientReferenceId: 'INV-42',
    created: anyText,
    metadata: { orderId: '42', email: 'a@b.c' },
  }
  expect(await lookUp(simulator, deposit.depositId)).toEqual({ status: 'FOUND', data: { ...data, status: 'ACCEPTED' } })
  vi.setSystemTime(Date.now() + 100)
  expect(await lookUp(simulator, deposit.depositId)).toEqual({
    status: 'FOUND',
    data: { ...data, status: 'PROCESSING' },
  })
  await untilStatus(simulator, deposit.depositId, 'COMPLETED')
  expect(await lookUp(simulator, deposit.depositId)).toEqual({
    status: 'FOUND',
    data: { ...data, status: 'COMPLETED', providerTransactionId: textLike(/^\d{8,}$/) },
  })
})

test('a payment in dollars keeps its cents', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  for (const [amount, looked, called] of [
    ['19.99', '19.99', '19.9900'],
    ['5.5', '5.50', '5.5000'],
    ['0.01', '0.01', '0.0100'],
    ['1000000', '1000000.00', '1000000.0000'],
  ]) {
    const deposit = aDeposit({ amount, currency: 'USD', payer: aPayer('231771234567', 'ORANGE_LBR') })
    expect((await initiate(simulator, deposit)).json).toMatchObject({ status: 'ACCEPTED' })
    await untilStatus(simulator, deposit.depositId, 'COMPLETED')
    expect(await lookUp(simulator, deposit.depositId)).toMatchObject({ data: { amount: looked, country: 'LBR' } })
    await soon(() => merchant.received.find(({ body }) => body['depositId'] === deposit.depositId)?.body).toMatchObject(
      { amount: called, currency: 'USD' },
    )
  }
})

test.each([
  ['MTN_MOMO_RWA', '250791234567', 'RWF'],
  ['AIRTEL_RWA', '250733456789', 'RWF'],
  ['ORANGE_RWA', '250723456789', 'RWF'],
  ['MTN_MOMO_LBR', '231886123456', 'USD'],
  ['MTN_MOMO_LBR', '231555123456', 'LRD'],
  ['ORANGE_LBR', '231761234567', 'LRD'],
  // The prefix suggests the other operator: numbers are ported, and only the operator knows its customers.
  ['MTN_MOMO_LBR', '231771234567', 'USD'],
])('%s collects from %s in %s', async (provider, phoneNumber, currency) => {
  const simulator = await aSimulator()
  const reply = await initiate(simulator, aDeposit({ currency, payer: aPayer(phoneNumber, provider) }))
  expect(reply.json).toMatchObject({ status: 'ACCEPTED' })
})

const outcomes = [
  ['019', 'PAYER_LIMIT_REACHED'],
  ['029', 'PAYER_NOT_FOUND'],
  ['039', 'PAYMENT_NOT_APPROVED'],
  ['049', 'INSUFFICIENT_BALANCE'],
  ['059', 'TRANSACTION_ALREADY_IN_PROCESS'],
  ['069', 'UNSPECIFIED_FAILURE'],
] as const

test.each([
  { base: '250783456', provider: 'MTN_MOMO_RWA', currency: 'RWF' },
  { base: '231771234', provider: 'ORANGE_LBR', currency: 'USD' },
])('the last digits of the number decide at $provider', async ({ base, provider, currency }) => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const failing = outcomes.map(([suffix, failureCode]) => ({
    deposit: aDeposit({ currency, payer: aPayer(base + suffix, provider) }),
    failureReason: { failureCode, failureMessage: anyText },
  }))
  const stuck = aDeposit({ currency, payer: aPayer(`${base}129`, provider) })
  for (const deposit of [stuck, ...failing.map((each) => each.deposit)]) await initiate(simulator, deposit)
  await merchant.until(failing.length)
  for (const { deposit, failureReason } of failing) {
    const found = await lookUp(simulator, deposit.depositId)
    expect(found).toMatchObject({ data: { status: 'FAILED', failureReason } })
    expect(found).not.toHaveProperty('data.providerTransactionId')
    const callback = merchant.received.find(({ body }) => body['depositId'] === deposit.depositId)
    expect(callback?.body).toMatchObject({ status: 'FAILED', failureReason })
  }
  await pause(40)
  expect(await lookUp(simulator, stuck.depositId)).toMatchObject({ status: 'FOUND', data: { status: 'PROCESSING' } })
  expect(merchant.received).toHaveLength(failing.length)
})

test('receipts differ', async () => {
  const simulator = await aSimulator({ payerDelayMs: 0 })
  const deposits = Array.from({ length: 50 }, () => aDeposit())
  await Promise.all(deposits.map((deposit) => initiate(simulator, deposit)))
  const receipts = new Set<string>()
  for (const { depositId } of deposits) {
    await untilStatus(simulator, depositId, 'COMPLETED')
    receipts.add(/"providerTransactionId":"(\d+)"/.exec(JSON.stringify(await lookUp(simulator, depositId)))?.[1] ?? '')
  }
  expect(receipts.size).toBe(50)
})

test('an unknown id is NOT_FOUND with HTTP 200', async () => {
  const simulator = await aSimulator()
  const answer = await call(simulator, 'GET', `/v2/deposits/${randomUUID()}`)
  expect(answer).toMatchObject({ status: 200, json: { status: 'NOT_FOUND' } })
})

test('a repeated id is ignored, whatever else it says, and is not executed again', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const deposit = aDeposit()
  const first = await initiate(simulator, deposit)
  await merchant.until(1)
  for (const differences of [
    {},
    { amount: '999' },
    { currency: 'USD' },
    { depositId: deposit.depositId.toUpperCase() },
  ]) {
    const answer = await initiate(simulator, { ...deposit, ...differences })
    expect(answer).toMatchObject({ status: 200, json: { depositId: deposit.depositId, status: 'DUPLICATE_IGNORED' } })
  }
  expect(await lookUp(simulator, deposit.depositId.toUpperCase())).toMatchObject({ status: 'FOUND' })
  await pause(40)
  expect(first.json).toMatchObject({ status: 'ACCEPTED' })
  expect(merchant.received).toHaveLength(1)
  expect(simulator.deposits()).toEqual([
    {
      id: deposit.depositId,
      operation: 'DEPOSIT',
      phone: '250783456789',
      amount: '1500',
      currency: 'RWF',
      provider: 'MTN_MOMO_RWA',
      status: 'COMPLETED',
      initiations: 5,
      callbacksAcknowledged: 1,
      created: anyText,
    },
  ])
})

test('of a hundred equal requests at once one is accepted', async () => {
  const merchant = await aMerchant()
  // A listener that waits opens the gap in which two requests could stand side by side.
  const simulator = await aSimulator({ callbackUrl: merchant.url, onStep: () => pause(1) })
  const deposit = aDeposit()
  const replies = await Promise.all(Array.from({ length: 100 }, () => initiate(simulator, deposit)))
  const statuses = replies.map(({ json }) => /"status":"(\w+)"/.exec(JSON.stringify(json))?.[1])
  expect(statuses.filter((status) => status === 'ACCEPTED')).toHaveLength(1)
  expect(statuses.filter((status) => status === 'DUPLICATE_IGNORED')).toHaveLength(99)
  await merchant.until(1)
  await pause(40)
  expect(merchant.received).toHaveLength(1)
  expect(simulator.deposits()).toMatchObject([{ id: deposit.depositId, initiations: 100 }])
})

test('a rejected id is forgotten and may be used again', async () => {
  const simulator = await aSimulator()
  const deposit = aDeposit({ amount: '0' })
  expect((await initiate(simulator, deposit)).json).toMatchObject({ status: 'REJECTED' })
  expect(await lookUp(simulator, deposit.depositId)).toEqual({ status: 'NOT_FOUND' })
  expect(simulator.deposits()).toEqual([])
  expect((await initiate(simulator, { ...deposit, amount: '1' })).json).toMatchObject({ status: 'ACCEPTED' })
})

test('deposits are listed in the order they were accepted', async () => {
  const simulator = await aSimulator()
  const deposits = Array.from({ length: 20 }, () => aDeposit())
  for (const deposit of deposits) await initiate(simulator, deposit)
  expect(simulator.deposits().map(({ id }) => id)).toEqual(deposits.map(({ depositId }) => depositId))
})
