import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  aDeposit,
  aMerchant,
  aPayer,
  aSimulator,
  call,
  initiate,
  pause,
  untilStatus,
  anyText,
  soon,
} from '../../test/support.ts'

test('the callback has four decimals, flat metadata and no client reference', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const deposit = aDeposit({
    customerMessage: 'Invoice 42',
    clientReferenceId: 'INV-42',
    metadata: [{ orderId: '42' }, { email: 'a@b.c', isPII: true }],
  })
  await initiate(simulator, deposit)
  await merchant.until(1)
  expect(merchant.received[0]?.headers).toMatchObject({ 'content-type': 'application/json' })
  expect(merchant.received[0]?.body).toEqual({
    depositId: deposit.depositId,
    status: 'COMPLETED',
    amount: '1500.0000',
    currency: 'RWF',
    country: 'RWA',
    payer: { type: 'MMO', accountDetails: { phoneNumber: '250783456789', provider: 'MTN_MOMO_RWA' } },
    customerMessage: 'Invoice 42',
    created: anyText,
    providerTransactionId: anyText,
    metadata: { orderId: '42', email: 'a@b.c' },
  })
})

test('a callback answered with anything but 200 is still owed', async () => {
  const merchant = await aMerchant((attempt) => (attempt === 1 ? 204 : 200))
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  await initiate(simulator, aDeposit())
  await merchant.until(1)
  await pause(20)
  expect(simulator.deposits()).toMatchObject([{ status: 'COMPLETED', callbacksAcknowledged: 0 }])
  // Setting the URL spares the test the first wait of the schedule.
  simulator.setCallbackUrl(merchant.url)
  await soon(() => simulator.deposits()).toMatchObject([{ callbacksAcknowledged: 1 }])
  expect(merchant.received[1]?.body).toEqual(merchant.received[0]?.body)
})

test('callbacks wait for a URL, and move to a new one', async () => {
  const simulator = await aSimulator()
  const deposit = aDeposit()
  await initiate(simulator, deposit)
  await untilStatus(simulator, deposit.depositId, 'COMPLETED')
  const unwilling = await aMerchant(() => 500)
  simulator.setCallbackUrl(unwilling.url)
  await unwilling.until(1)
  const merchant = await aMerchant()
  await pause(20)
  const movedAtMs = performance.now()
  simulator.setCallbackUrl(merchant.url)
  await merchant.until(1)
  // Without waiting for the retry that was due after a second.
  expect(performance.now() - movedAtMs).toBeLessThan(700)
  expect(unwilling.received).toHaveLength(1)
  expect(() => {
    simulator.setCallbackUrl('ftp://example.com')
  }).toThrow()
})

test('a callback is delivered again on request of a test', async () => {
  const merchant = await aMerchant((attempt) => (attempt === 3 ? 500 : 200))
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const deposit = aDeposit()
  await initiate(simulator, deposit)
  await merchant.until(1)
  await simulator.deliverCallback(deposit.depositId, 3)
  expect(merchant.received).toHaveLength(4)
  expect(simulator.deposits()).toMatchObject([{ callbacksAcknowledged: 3 }])
  await simulator.deliverCallback(deposit.depositId)
  expect(merchant.received).toHaveLength(5)

  const stuck = aDeposit({ payer: aPayer('250783456129') })
  await initiate(simulator, stuck)
  await expect(simulator.deliverCallback(stuck.depositId)).rejects.toThrow('not final')
  await expect(simulator.deliverCallback(randomUUID())).rejects.toThrow('not known')
})

test('resend-callback needs a final status', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const deposit = aDeposit()
  const stuck = aDeposit({ payer: aPayer('250783456129') })
  await initiate(simulator, deposit)
  await initiate(simulator, stuck)
  await merchant.until(1)
  const resend = (id: string) => call(simulator, 'POST', `/v2/deposits/resend-callback/${id}`)
  expect(await resend(deposit.depositId)).toMatchObject({
    status: 200,
    json: { depositId: deposit.depositId, status: 'ACCEPTED' },
  })
  await merchant.until(2)
  expect(merchant.received.map(({ body }) => body['depositId'])).toEqual([deposit.depositId, deposit.depositId])
  const refusals = [
    [stuck.depositId, 'INVALID_STATE'],
    [randomUUID(), 'NOT_FOUND'],
  ] as const
  for (const [id, failureCode] of refusals)
    expect(await resend(id)).toMatchObject({
      status: 200,
      json: { status: 'REJECTED', failureReason: { failureCode } },
    })
})
