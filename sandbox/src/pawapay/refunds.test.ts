import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  aDeposit,
  aMerchant,
  aPaidDeposit,
  aPayer,
  aRefund,
  aSimulator,
  balanceOf,
  call,
  initiate,
  lookUp,
  soon,
  untilStatus,
} from '../../test/support.ts'
import type { PawapaySimulator } from '../index.ts'

const inDollars = { amount: '20', currency: 'USD', payer: aPayer('231886123456', 'MTN_MOMO_LBR') }

/** The code of a refusal, or the status of what was not refused. */
const answerTo = async (simulator: PawapaySimulator, refund: unknown): Promise<string | undefined> => {
  const { status, text } = await initiate(simulator, refund)
  expect(status).toBe(200)
  return /"failureCode":"(\w+)"/.exec(text)?.[1] ?? /"status":"(\w+)"/.exec(text)?.[1]
}

test('without an amount all of it goes back, to whoever paid', async () => {
  const simulator = await aSimulator()
  const { depositId } = await aPaidDeposit(simulator, inDollars)
  const refund = aRefund(depositId)
  expect(await answerTo(simulator, refund)).toBe('ACCEPTED')
  expect(simulator.refunds()).toMatchObject([
    { id: refund.refundId, operation: 'REFUND', depositId, amount: '20', currency: 'USD', phone: '231886123456' },
  ])
  expect(await lookUp(simulator, refund.refundId, 'refunds')).toMatchObject({
    data: {
      amount: '20.00',
      country: 'LBR',
      recipient: { type: 'MMO', accountDetails: { phoneNumber: '231886123456', provider: 'MTN_MOMO_LBR' } },
    },
  })
})

test('parts go back one at a time until nothing is left', async () => {
  const simulator = await aSimulator({ payerDelayMs: 60_000 })
  const { depositId } = await aPaidDeposit(simulator, inDollars)
  const part = (amount: string) => aRefund(depositId, { amount, currency: 'USD' })
  const refund = async (body: ReturnType<typeof aRefund>) => {
    expect(await answerTo(simulator, body)).toBe('ACCEPTED')
    expect(await answerTo(simulator, part('1'))).toBe('REFUND_IN_PROGRESS')
    simulator.settle(body.refundId)
  }
  expect(await answerTo(simulator, part('20.01'))).toBe('AMOUNT_TOO_LARGE')
  await refund(part('5.5'))
  expect(await answerTo(simulator, part('14.51'))).toBe('AMOUNT_TOO_LARGE')
  await refund(part('14.49'))
  await refund(aRefund(depositId))
  expect(simulator.refunds().map(({ amount }) => amount)).toEqual(['5.5', '14.49', '0.01'])
  expect(await answerTo(simulator, aRefund(depositId))).toBe('DEPOSIT_ALREADY_REFUNDED')
  expect(await answerTo(simulator, part('0.01'))).toBe('DEPOSIT_ALREADY_REFUNDED')
})

test('a refund under way stands in the way of others, but not of its own repetition', async () => {
  const simulator = await aSimulator({ payerDelayMs: 60_000 })
  const { depositId } = await aPaidDeposit(simulator)
  const refund = aRefund(depositId)
  expect(await answerTo(simulator, refund)).toBe('ACCEPTED')
  expect(await answerTo(simulator, refund)).toBe('DUPLICATE_IGNORED')
  expect(await answerTo(simulator, aRefund(depositId))).toBe('REFUND_IN_PROGRESS')
  expect(await answerTo(simulator, aRefund((await aPaidDeposit(simulator)).depositId))).toBe('ACCEPTED')
})

test('only a completed deposit is given back', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const stuck = aDeposit({ payer: aPayer('250783456129') })
  const failed = aDeposit({ payer: aPayer('250783456039') })
  await initiate(simulator, stuck)
  await initiate(simulator, failed)
  await untilStatus(simulator, failed.depositId, 'FAILED')
  expect(await answerTo(simulator, aRefund(stuck.depositId))).toBe('INVALID_STATE')
  expect(await answerTo(simulator, aRefund(failed.depositId))).toBe('INVALID_STATE')
  expect(await answerTo(simulator, aRefund(randomUUID()))).toBe('NOT_FOUND')
  expect(simulator.refunds()).toEqual([])
})

test('an amount is one of the currency of the deposit', async () => {
  const simulator = await aSimulator()
  const { depositId } = await aPaidDeposit(simulator, inDollars)
  expect(await answerTo(simulator, aRefund(depositId, { amount: '5', currency: 'LRD' }))).toBe('INVALID_CURRENCY')
  expect(await answerTo(simulator, aRefund(depositId, { currency: 'LRD' }))).toBe('INVALID_CURRENCY')
  expect(await answerTo(simulator, aRefund(depositId, { amount: '5.50', currency: 'USD' }))).toBe('INVALID_AMOUNT')
  expect(await answerTo(simulator, aRefund(depositId, { amount: '5.555', currency: 'USD' }))).toBe('INVALID_AMOUNT')
  expect(await answerTo(simulator, aRefund(depositId, { amount: '0', currency: 'USD' }))).toBe('AMOUNT_OUT_OF_BOUNDS')
  expect(await answerTo(simulator, aRefund(depositId.toUpperCase(), { currency: 'USD' }))).toBe('ACCEPTED')
})

test.each([
  ['089', 'RECIPIENT_NOT_FOUND'],
  ['099', 'WALLET_LIMIT_REACHED'],
  ['109', 'RECIPIENT_LIMIT_REACHED'],
  ['119', 'UNSPECIFIED_FAILURE'],
])(
  'a payer ending in %s pays and cannot be refunded: %s; what failed can be tried again',
  async (suffix, failureCode) => {
    const merchant = await aMerchant()
    const simulator = await aSimulator({ callbackUrl: merchant.url })
    const deposit = aDeposit({ payer: aPayer(`250783456${suffix}`) })
    await initiate(simulator, deposit)
    await untilStatus(simulator, deposit.depositId, 'COMPLETED')
    const before = await balanceOf(simulator, 'RWF')
    const refund = aRefund(deposit.depositId)
    expect(await answerTo(simulator, refund)).toBe('ACCEPTED')
    await untilStatus(simulator, refund.refundId, 'FAILED')
    await soon(() => merchant.received.find(({ body }) => body['refundId'] === refund.refundId)?.body).toMatchObject({
      failureReason: { failureCode },
    })
    expect(await balanceOf(simulator, 'RWF')).toBe(before)
    expect(await answerTo(simulator, aRefund(deposit.depositId))).toBe('ACCEPTED')
  },
)

test('refunds wait for a delayed provider, can be cancelled there, and are refused by a closed one', async () => {
  const simulator = await aSimulator()
  const toMtn = { provider: 'MTN_MOMO_RWA', operation: 'REFUND' } as const
  const { depositId } = await aPaidDeposit(simulator)
  simulator.setProviderStatus({ ...toMtn, status: 'DELAYED' })
  const [first, second] = [aRefund(depositId), aRefund(depositId)]
  expect(await answerTo(simulator, first)).toBe('ACCEPTED')
  expect(await lookUp(simulator, first.refundId, 'refunds')).toMatchObject({ data: { status: 'ENQUEUED' } })
  expect(await answerTo(simulator, second)).toBe('REFUND_IN_PROGRESS')
  const cancelled = await call(simulator, 'POST', `/v2/refunds/fail-enqueued/${first.refundId}`)
  expect(cancelled).toMatchObject({ status: 200, json: { refundId: first.refundId, status: 'ACCEPTED' } })
  await untilStatus(simulator, first.refundId, 'FAILED')
  expect(await answerTo(simulator, second)).toBe('ACCEPTED')
  simulator.setProviderStatus({ ...toMtn, status: 'OPERATIONAL' })
  await untilStatus(simulator, second.refundId, 'COMPLETED')

  const another = await aPaidDeposit(simulator)
  simulator.setProviderStatus({ ...toMtn, status: 'CLOSED' })
  expect(await answerTo(simulator, aRefund(another.depositId))).toBe('PROVIDER_TEMPORARILY_UNAVAILABLE')
})
