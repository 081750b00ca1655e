import { expect, test } from 'vitest'
import {
  aDeposit,
  aPaidDeposit,
  aPayer,
  aPayout,
  aRefund,
  aSimulator,
  balanceOf,
  call,
  initiate,
  untilStatus,
} from '../../test/support.ts'

const outOfFunds = {
  status: 200,
  json: { status: 'REJECTED', failureReason: { failureCode: 'PAWAPAY_WALLET_OUT_OF_FUNDS' } },
}
const rwanda = { country: 'RWA', currency: 'RWF' }

test('there is a wallet for each country and currency, with enough in it to begin with', async () => {
  const simulator = await aSimulator()
  expect((await call(simulator, 'GET', '/v2/wallet-balances')).json).toEqual({
    balances: [
      { country: 'LBR', currency: 'USD', balance: '100000000.00', provider: '' },
      { country: 'LBR', currency: 'LRD', balance: '20000000000.00', provider: '' },
      { ...rwanda, balance: '100000000000.00', provider: '' },
    ],
  })
  expect((await call(simulator, 'GET', '/v2/wallet-balances?country=RWA')).json).toEqual({
    balances: [{ ...rwanda, balance: '100000000000.00', provider: '' }],
  })
  expect((await call(simulator, 'GET', '/v2/wallet-balances?country=KEN')).json).toEqual({ balances: [] })
  expect(await call(simulator, 'GET', '/v2/wallet-balances?country=Rwanda')).toMatchObject({ status: 400 })
  expect((await initiate(simulator, aPayout({ amount: '1000000000' }))).json).toMatchObject({ status: 'ACCEPTED' })
})

test('a payout is reserved when it is accepted, gone when it is completed, and back when it has failed', async () => {
  const simulator = await aSimulator({ payerDelayMs: 60_000 })
  simulator.setWalletBalance({ ...rwanda, balance: '4000' })
  const [good, bad] = [aPayout(), aPayout()]
  await initiate(simulator, good)
  await initiate(simulator, bad)
  expect(await balanceOf(simulator, 'RWF')).toBe('1000.00')
  expect(await initiate(simulator, aPayout({ amount: '1001' }))).toMatchObject(outOfFunds)
  simulator.settle(good.payoutId)
  expect(await balanceOf(simulator, 'RWF')).toBe('1000.00')
  simulator.settle(bad.payoutId, 'RECIPIENT_NOT_FOUND')
  expect(await balanceOf(simulator, 'RWF')).toBe('2500.00')
  expect(simulator.payouts()).toHaveLength(2)
})

test('what is enqueued stays reserved, and a repetition reserves nothing', async () => {
  const simulator = await aSimulator()
  simulator.setWalletBalance({ ...rwanda, balance: '1500' })
  simulator.setProviderStatus({ provider: 'MTN_MOMO_RWA', operation: 'PAYOUT', status: 'DELAYED' })
  const payout = aPayout()
  expect((await initiate(simulator, payout)).json).toMatchObject({ status: 'ACCEPTED' })
  expect(await balanceOf(simulator, 'RWF')).toBe('0.00')
  expect((await initiate(simulator, payout)).json).toMatchObject({ status: 'DUPLICATE_IGNORED' })
  expect(await initiate(simulator, aPayout({ amount: '1' }))).toMatchObject(outOfFunds)
  await call(simulator, 'POST', `/v2/payouts/fail-enqueued/${payout.payoutId}`)
  await untilStatus(simulator, payout.payoutId, 'FAILED')
  expect(await balanceOf(simulator, 'RWF')).toBe('1500.00')
})

test('a deposit comes in when it is completed, and a refund is paid from it', async () => {
  const simulator = await aSimulator()
  simulator.setWalletBalance({ ...rwanda, balance: '0' })
  const failed = aDeposit({ payer: aPayer('250783456039') })
  await initiate(simulator, failed)
  await untilStatus(simulator, failed.depositId, 'FAILED')
  expect(await balanceOf(simulator, 'RWF')).toBe('0.00')
  const { depositId } = await aPaidDeposit(simulator)
  expect(await balanceOf(simulator, 'RWF')).toBe('1500.00')
  simulator.setWalletBalance({ ...rwanda, balance: '1499' })
  expect(await initiate(simulator, aRefund(depositId))).toMatchObject(outOfFunds)
  const part = aRefund(depositId, { amount: '1499', currency: 'RWF' })
  expect((await initiate(simulator, part)).json).toMatchObject({ status: 'ACCEPTED' })
  await untilStatus(simulator, part.refundId, 'COMPLETED')
  expect(await balanceOf(simulator, 'RWF')).toBe('0.00')
})

test('the wallets of two currencies of a country are two', async () => {
  const simulator = await aSimulator()
  const recipient = aPayer('231886123456', 'MTN_MOMO_LBR')
  simulator.setWalletBalance({ country: 'LBR', currency: 'USD', balance: '19.99' })
  expect(await initiate(simulator, aPayout({ amount: '20', currency: 'USD', recipient }))).toMatchObject(outOfFunds)
  for (const [amount, currency] of [
    ['19.99', 'USD'],
    ['20', 'LRD'],
  ])
    expect((await initiate(simulator, aPayout({ amount, currency, recipient }))).json).toMatchObject({
      status: 'ACCEPTED',
    })
  expect(await balanceOf(simulator, 'USD')).toBe('0.00')
})

test('a wallet that is not there, or a balance that is none, is refused', async () => {
  const simulator = await aSimulator()
  for (const wallet of [
    { country: 'RWA', currency: 'USD', balance: '1' },
    { ...rwanda, balance: '-1' },
    { ...rwanda, balance: '1.005' },
  ])
    expect(() => {
      simulator.setWalletBalance(wallet)
    }).toThrow()
  expect(await balanceOf(simulator, 'RWF')).toBe('100000000000.00')
})
