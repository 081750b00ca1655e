import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  aDeposit,
  aFolder,
  aMerchant,
  anyText,
  aPaidDeposit,
  aPayer,
  aRefund,
  aSimulator,
  balanceOf,
  call,
  initiate,
  lookUp,
  pause,
  soon,
  untilStatus,
} from '../test/support.ts'
import { SandboxClock } from './clock.ts'
import type { PawapaySimulator } from './index.ts'
import { isRecord } from './http.ts'
import { Timers } from './timers.ts'

const minute = 60_000
const control = (simulator: { url: string }, name: string, body: unknown = {}) =>
  call(simulator, 'POST', `/_sandbox/${name}`, body)

const statusOf = (simulator: PawapaySimulator, wanted: string): string | undefined =>
  simulator.deposits().find(({ id }) => id === wanted)?.status

const aWaitingDeposit = async (simulator: PawapaySimulator) => {
  const deposit = aDeposit({ payer: aPayer('250780000139') })
  await initiate(simulator, deposit)
  return deposit.depositId
}

test('timers whose time is jumped over run one after the other, in the order they were due', async () => {
  const clock = new SandboxClock()
  const timers = new Timers(clock)
  onTestFinished(() => {
    timers.stop()
  })
  const ran: string[] = []
  timers.after(60 * minute, () => ran.push('an hour'))
  timers.after(30 * minute, () => ran.push('half an hour'))
  timers.after(120 * minute, () => ran.push('two hours'))
  timers.after(90 * 24 * 60 * minute, () => ran.push('three months'))
  clock.set(61 * minute)
  await soon(() => ran).toEqual(['half an hour', 'an hour'])
  await pause(20)
  expect(ran).toHaveLength(2)
  clock.set(91 * 24 * 60 * minute)
  await soon(() => ran).toEqual(['half an hour', 'an hour', 'two hours', 'three months'])
})

test('a payer who waits to be told pays when told to', async () => {
  const simulator = await aSimulator()
  const id = await aWaitingDeposit(simulator)
  await pause(50)
  expect(statusOf(simulator, id)).toBe('PROCESSING')
  await control(simulator, 'settle', { id })
  expect(statusOf(simulator, id)).toBe('COMPLETED')
})

test('a prompt that nobody answers runs out by the clock', async () => {
  const simulator = await aSimulator()
  const id = await aWaitingDeposit(simulator)
  await control(simulator, 'clock', { offsetMs: 14 * minute })
  await pause(30)
  expect(statusOf(simulator, id)).toBe('PROCESSING')
  await control(simulator, 'clock', { offsetMs: 16 * minute })
  await untilStatus(simulator, id, 'FAILED')
  expect(await lookUp(simulator, id)).toMatchObject({
    data: { failureReason: { failureCode: 'PAYMENT_NOT_APPROVED' } },
  })
})

test('a payer who ignores the prompt does not pay, whatever the number promises, not even after a restart', async () => {
  const journalFile = join(aFolder(), 'journal')
  const before = await aSimulator({ journalFile, payerDelayMs: 60 })
  const deposit = aDeposit()
  await initiate(before, deposit)
  expect((await control(before, 'ignore', { id: deposit.depositId })).status).toBe(200)
  await pause(100)
  expect(statusOf(before, deposit.depositId)).toBe('PROCESSING')
  await before.close()
  const after = await aSimulator({ journalFile, payerDelayMs: 60 })
  await pause(100)
  expect(statusOf(after, deposit.depositId)).toBe('PROCESSING')
  await control(after, 'clock', { offsetMs: 16 * minute })
  await untilStatus(after, deposit.depositId, 'FAILED')
})

test('what numbers are said to do is what they do', async () => {
  const simulator = await aSimulator()
  const { json } = await call(simulator, 'GET', '/_sandbox/scenarios')
  const scenarios = (isRecord(json) ? json['scenarios'] : []) as Record<string, string>[]
  expect(scenarios.length).toBeGreaterThan(80)
  for (const { operation, provider, phoneNumber, status, failureCode } of scenarios) {
    if (operation === 'PAYOUT' || provider !== 'MTN_MOMO_RWA') continue
    const deposit = aDeposit({ payer: aPayer(phoneNumber, provider) })
    if (operation === 'REFUND') await aPaidDeposit(simulator, deposit)
    const asked = operation === 'REFUND' ? aRefund(deposit.depositId) : deposit
    await initiate(simulator, asked)
    const [id, path] =
      'refundId' in asked ? [String(asked.refundId), 'refunds' as const] : [deposit.depositId, 'deposits' as const]
    if (status === 'PROCESSING') await pause(20)
    await expect
      .poll(() => lookUp(simulator, id, path), { interval: 2, timeout: 3_000 })
      .toMatchObject({ data: { status, ...(failureCode !== undefined && { failureReason: { failureCode } }) } })
  }
})

test('the numbers of a provider are ascribed to it', async () => {
  const simulator = await aSimulator()
  const { json } = await call(simulator, 'GET', '/_sandbox/scenarios')
  const scenarios = (isRecord(json) ? json['scenarios'] : []) as Record<string, string>[]
  for (const { provider, phoneNumber } of scenarios) {
    // Nobody's numbers are ever predicted to be Orange's in Rwanda, which has no such network.
    if (provider === 'ORANGE_RWA') continue
    const predicted = await call(simulator, 'POST', '/v2/predict-provider', { phoneNumber })
    expect(predicted.json).toMatchObject({ provider, phoneNumber })
  }
})

test('what the dial does to orders it does at its rate, to its provider, and for a seed always to the same ones', async () => {
  const simulator = await aSimulator()
  const run = async () => {
    const answers = []
    for (let order = 0; order < 20; order += 1)
      answers.push((await initiate(simulator, aDeposit()).catch(() => undefined))?.status ?? 'lost')
    return answers
  }
  const faults = [
    { fault: 'lost-reply', rate: 0.3, provider: 'MTN_MOMO_RWA' },
    { fault: 'error-after-effect', rate: 0.4 },
    { fault: 'lost-reply', provider: 'AIRTEL_RWA' },
  ]
  await control(simulator, 'dial', { seed: 3, faults })
  const first = await run()
  expect(new Set(first)).toEqual(new Set(['lost', 200, 500]))
  await control(simulator, 'dial', { seed: 3, faults })
  expect(await run()).toEqual(first)
  expect(simulator.deposits()).toHaveLength(40)
  const { json } = await call(simulator, 'GET', '/_sandbox/dial')
  const lost = first.filter((answer) => answer === 'lost').length
  expect(json).toEqual({ injected: [lost, first.filter((answer) => answer === 500).length, 0] })
})

test('an operator is closed as often as was asked, and then open', async () => {
  const simulator = await aSimulator()
  await control(simulator, 'dial', { seed: 1, faults: [{ fault: 'closed', next: 1 }] })
  expect((await initiate(simulator, aDeposit())).json).toMatchObject({ status: 'REJECTED' })
  expect((await initiate(simulator, aDeposit())).json).toMatchObject({ status: 'ACCEPTED' })
})

test('callbacks are lost, or come twice', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  await control(simulator, 'dial', {
    seed: 1,
    faults: [
      { fault: 'lost-callback', next: 1 },
      { fault: 'duplicate-callback', next: 1 },
    ],
  })
  const first = await aPaidDeposit(simulator)
  const second = await aPaidDeposit(simulator)
  await merchant.until(2)
  await pause(30)
  expect(merchant.received.map(({ body }) => body['depositId'])).toEqual([second.depositId, second.depositId])
  expect(first.depositId).toEqual(anyText)
})

test('a reset forgets everything, in the journal too', async () => {
  const journalFile = join(aFolder(), 'journal')
  const simulator = await aSimulator({ journalFile })
  const before = await balanceOf(simulator, 'RWF')
  await aPaidDeposit(simulator)
  await aWaitingDeposit(simulator)
  expect(await balanceOf(simulator, 'RWF')).not.toEqual(before)
  await control(simulator, 'clock', { offsetMs: minute })
  await control(simulator, 'reset')
  expect(simulator.deposits()).toEqual([])
  expect(await balanceOf(simulator, 'RWF')).toEqual(before)
  expect(readFileSync(journalFile, 'utf8')).toBe('')
  await aPaidDeposit(simulator)
  expect(Date.parse(simulator.deposits()[0]?.created ?? '')).toBeLessThanOrEqual(Date.now())
})

test.each([
  ['clock', { offsetMs: -1 }],
  ['clock', { offsetMs: 'tomorrow' }],
  ['dial', { seed: 1, faults: [{ fault: 'fire' }] }],
  ['dial', { seed: 1, faults: [{ fault: 'closed', rate: 2 }] }],
  ['dial', { seed: 1 }],
  ['ignore', {}],
])('%s refuses %j', async (name, body) => {
  expect((await control(await aSimulator(), name, body)).status).toBe(400)
})
