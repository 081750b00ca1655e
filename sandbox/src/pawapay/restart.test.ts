import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  aDeposit,
  aPaidDeposit,
  aPayout,
  aRefund,
  balanceOf,
  call,
  aFolder,
  aMerchant,
  aPayer,
  aSimulator,
  initiate,
  lookUp,
  pause,
  untilStatus,
  soon,
} from '../../test/support.ts'
import type { PawapaySimulator } from '../index.ts'

const aJournal = () => join(aFolder(), 'network', 'journal.jsonl')

test('after a restart everything is known as before', async () => {
  const merchant = await aMerchant()
  const journalFile = aJournal()
  const before = await aSimulator({ journalFile, callbackUrl: merchant.url })
  const completed = aDeposit({
    customerMessage: 'Invoice 42',
    clientReferenceId: 'INV-42',
    metadata: [{ orderId: '42' }],
  })
  const failed = aDeposit({ payer: aPayer('250783456039') })
  await initiate(before, completed)
  await initiate(before, failed)
  await initiate(before, completed)
  await soon(() => before.deposits().every(({ callbacksAcknowledged }) => callbacksAcknowledged === 1)).toBe(true)
  const known = [before.deposits(), await lookUp(before, completed.depositId), await lookUp(before, failed.depositId)]
  await before.close()

  const after = await aSimulator({ journalFile, callbackUrl: merchant.url })
  expect([after.deposits(), await lookUp(after, completed.depositId), await lookUp(after, failed.depositId)]).toEqual(
    known,
  )
  expect((await initiate(after, completed)).json).toMatchObject({ status: 'DUPLICATE_IGNORED' })
  await pause(50)
  expect(merchant.received).toHaveLength(2)
})

test('payers go on deciding and unacknowledged callbacks go on being sent', async () => {
  const journalFile = aJournal()
  const unwilling = await aMerchant(() => 500)
  const before = await aSimulator({ journalFile, callbackUrl: unwilling.url })
  const unacknowledged = aDeposit()
  await initiate(before, unacknowledged)
  await unwilling.until(1)
  await before.close()

  const between = await aSimulator({ journalFile, payerDelayMs: 150 })
  const undecided = aDeposit()
  const stuck = aDeposit({ payer: aPayer('250783456129') })
  await initiate(between, undecided)
  await initiate(between, stuck)
  await between.close()

  const merchant = await aMerchant()
  const after = await aSimulator({ journalFile, callbackUrl: merchant.url, payerDelayMs: 60_000 })
  await untilStatus(after, undecided.depositId, 'COMPLETED')
  await merchant.until(2)
  expect(merchant.received.map(({ body }) => body['depositId']).sort()).toEqual(
    [unacknowledged.depositId, undecided.depositId].sort(),
  )
  expect(await lookUp(after, stuck.depositId)).toMatchObject({ data: { status: 'PROCESSING' } })
})

test('payouts, refunds, wallets and switches are known as before', async () => {
  const merchant = await aMerchant()
  const journalFile = aJournal()
  const before = await aSimulator({ journalFile, callbackUrl: merchant.url })
  before.setWalletBalance({ country: 'RWA', currency: 'RWF', balance: '10000' })
  before.setProviderStatus({ provider: 'MTN_MOMO_RWA', operation: 'REFUND', status: 'DELAYED' })
  before.setProviderStatus({ provider: 'AIRTEL_RWA', operation: 'PAYOUT', status: 'CLOSED' })
  const { depositId } = await aPaidDeposit(before)
  const [paid, failed] = [aPayout(), aPayout({ recipient: aPayer('250783456089') })]
  const refund = aRefund(depositId, { amount: '500', currency: 'RWF' })
  for (const body of [paid, failed, refund]) await initiate(before, body)
  await merchant.until(3)
  const everything = async (simulator: PawapaySimulator) => [
    simulator.payouts(),
    simulator.refunds(),
    await lookUp(simulator, paid.payoutId, 'payouts'),
    await lookUp(simulator, failed.payoutId, 'payouts'),
    await lookUp(simulator, refund.refundId, 'refunds'),
    await balanceOf(simulator, 'RWF'),
    (await call(simulator, 'GET', '/v2/availability')).json,
  ]
  await soon(() => before.payouts().every(({ callbacksAcknowledged }) => callbacksAcknowledged === 1)).toBe(true)
  const known = await everything(before)
  await before.close()

  const after = await aSimulator({ journalFile, callbackUrl: merchant.url })
  expect(await everything(after)).toEqual(known)
  expect(await balanceOf(after, 'RWF')).toBe('9500.00')
  expect((await initiate(after, refund)).json).toMatchObject({ status: 'DUPLICATE_IGNORED' })
  expect((await initiate(after, aRefund(depositId))).text).toContain('REFUND_IN_PROGRESS')
  after.setProviderStatus({ provider: 'MTN_MOMO_RWA', operation: 'REFUND', status: 'OPERATIONAL' })
  await untilStatus(after, refund.refundId, 'COMPLETED')
  expect((await initiate(after, aRefund(depositId, { amount: '1001', currency: 'RWF' }))).text).toContain(
    'AMOUNT_TOO_LARGE',
  )
})

test('a cancellation and a recovery are seen through by the next run', async () => {
  const journalFile = aJournal()
  const toMtn = { provider: 'MTN_MOMO_RWA', operation: 'PAYOUT' } as const
  const before = await aSimulator({ journalFile, payerDelayMs: 150 })
  before.setProviderStatus({ ...toMtn, status: 'DELAYED' })
  const [cancelled, freed] = [aPayout(), aPayout()]
  await initiate(before, cancelled)
  await initiate(before, freed)
  await call(before, 'POST', `/v2/payouts/fail-enqueued/${cancelled.payoutId}`)
  before.setProviderStatus({ ...toMtn, status: 'OPERATIONAL' })
  await before.close()

  const merchant = await aMerchant()
  const after = await aSimulator({ journalFile, callbackUrl: merchant.url })
  await untilStatus(after, cancelled.payoutId, 'FAILED')
  await untilStatus(after, freed.payoutId, 'COMPLETED')
  await merchant.until(2)
})

test('a deposit is written down before it is answered for', async () => {
  const journalFile = aJournal()
  const simulator = await aSimulator({ journalFile })
  const deposit = aDeposit()
  await initiate(simulator, deposit)
  expect(readFileSync(journalFile, 'utf8')).toContain(`"id":"${deposit.depositId}"`)
})

test('a line torn by the end of the process is as if it had never been begun', async () => {
  const journalFile = aJournal()
  const before = await aSimulator({ journalFile })
  const kept = aDeposit()
  const torn = aDeposit()
  await initiate(before, kept)
  await untilStatus(before, kept.depositId, 'COMPLETED')
  await before.close()
  appendFileSync(
    journalFile,
    `{"event":"payment.accepted","terms":{"operation":"DEPOSIT","id":"${torn.depositId}","amou`,
  )

  const after = await aSimulator({ journalFile })
  expect(await lookUp(after, torn.depositId)).toEqual({ status: 'NOT_FOUND' })
  expect((await initiate(after, torn)).json).toMatchObject({ status: 'ACCEPTED' })
  await after.close()
  const last = await aSimulator({ journalFile })
  expect(last.deposits().map(({ id }) => id)).toEqual([kept.depositId, torn.depositId])
})

test('a journal that is not one stops the start', async () => {
  const journalFile = join(aFolder(), 'journal')
  const lines = [
    '{"event":"payment.vanished"}',
    '{}',
    'hello',
    '{"event":"payment.finished","operation":"DEPOSIT","id":"x","result":{"status":"FAILED","failureCode":"X"}}',
    '{"event":"payment.repeated","operation":"REMITTANCE","id":"x"}',
    '{"event":"provider.switched","provider":"MTN_MOMO_RWA","operation":"PAYOUT","status":"TIRED","atMs":0}',
  ]
  for (const line of lines) {
    writeFileSync(journalFile, `${line}\n`)
    await expect(aSimulator({ journalFile })).rejects.toThrow(`${journalFile}:1`)
  }
})
