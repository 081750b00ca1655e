import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  aDeposit,
  aMerchant,
  anyText,
  aPaidDeposit,
  aPayout,
  aRefund,
  aSimulator,
  call,
  initiate,
  lookUp,
  type Path,
  pause,
  soon,
  untilStatus,
} from '../../test/support.ts'
import type { PawapaySimulator, PaymentFault } from '../index.ts'

interface Kind {
  readonly path: Path
  readonly idName: string
  readonly party: string
  /** A request that is accepted; what it takes before is done. */
  readonly make: (simulator: PawapaySimulator, more?: Record<string, unknown>) => Promise<Record<string, unknown>>
  readonly list: (simulator: PawapaySimulator) => ReturnType<PawapaySimulator['deposits']>
}

/** What holds for one holds for all: they differ in their words. */
const kinds: readonly Kind[] = [
  {
    path: 'deposits',
    idName: 'depositId',
    party: 'payer',
    make: async (_simulator, more) => aDeposit(more),
    list: (simulator) => simulator.deposits(),
  },
  {
    path: 'payouts',
    idName: 'payoutId',
    party: 'recipient',
    make: async (_simulator, more) => aPayout(more),
    list: (simulator) => simulator.payouts(),
  },
  {
    path: 'refunds',
    idName: 'refundId',
    party: 'recipient',
    make: async (simulator, more) => aRefund((await aPaidDeposit(simulator)).depositId, more),
    list: (simulator) => simulator.refunds(),
  },
]

/** A request of a kind, its id, and the callbacks about it: a refund's deposit has one of its own. */
const begin = async ({ idName, make }: Kind, simulator: PawapaySimulator, more?: Record<string, unknown>) => {
  const body = await make(simulator, more)
  const id = String(body[idName])
  const calledBack = (merchant: Awaited<ReturnType<typeof aMerchant>>) =>
    merchant.received.filter((each) => each.body[idName] === id)
  return { body, id, calledBack }
}

test.each(kinds)('$path are told as the network tells them', async (kind) => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  const { body, id, calledBack } = await begin(kind, simulator, {
    clientReferenceId: 'C-42',
    metadata: [{ orderId: '42' }, { email: 'a@b.c', isPII: true }],
  })
  expect((await initiate(simulator, body)).json).toEqual({
    [kind.idName]: id,
    status: 'ACCEPTED',
    created: anyText,
    ...(kind.path === 'deposits' && { nextStep: 'FINAL_STATUS' }),
  })
  await untilStatus(simulator, id, 'COMPLETED')
  await soon(() => calledBack(merchant)).toHaveLength(1)
  const told = {
    [kind.idName]: id,
    status: 'COMPLETED',
    currency: 'RWF',
    country: 'RWA',
    [kind.party]: { type: 'MMO', accountDetails: { phoneNumber: '250783456789', provider: 'MTN_MOMO_RWA' } },
    created: anyText,
    providerTransactionId: anyText,
    metadata: { orderId: '42', email: 'a@b.c' },
  }
  expect(await lookUp(simulator, id, kind.path)).toEqual({
    status: 'FOUND',
    data: { ...told, amount: '1500.00', clientReferenceId: 'C-42' },
  })
  expect(calledBack(merchant)[0]?.body).toEqual({ ...told, amount: '1500.0000' })
})

const stored: readonly (readonly [PaymentFault, boolean])[] = [
  ['lost-request', false],
  ['lost-reply', true],
  ['error-before-accept', false],
  ['error-after-accept', true],
  ['garbage', true],
  ['closed', false],
]

test.each(kinds.flatMap((kind) => stored.map(([fault, isStored]) => ({ ...kind, fault, isStored }))))(
  'a fault in $path: $fault',
  async ({ fault, isStored, ...kind }) => {
    const merchant = await aMerchant()
    const simulator = await aSimulator({ callbackUrl: merchant.url })
    const { body, id, calledBack } = await begin(kind, simulator)
    simulator.next(fault)
    const answer = initiate(simulator, body)
    if (fault === 'lost-request' || fault === 'lost-reply') await expect(answer).rejects.toThrow()
    else if (fault === 'garbage') expect(await answer).toMatchObject({ status: 200, json: undefined })
    else if (fault === 'closed') expect((await answer).text).toContain('PROVIDER_TEMPORARILY_UNAVAILABLE')
    else expect((await answer).text).toContain('UNKNOWN_ERROR')
    expect(await lookUp(simulator, id, kind.path)).toMatchObject({ status: isStored ? 'FOUND' : 'NOT_FOUND' })

    const again = await initiate(simulator, body)
    expect(again.json).toMatchObject({ status: isStored ? 'DUPLICATE_IGNORED' : 'ACCEPTED' })
    await untilStatus(simulator, id, 'COMPLETED')
    await soon(() => calledBack(merchant)).toHaveLength(1)
    await pause(20)
    expect(calledBack(merchant)).toHaveLength(1)
    expect(kind.list(simulator)).toMatchObject([{ id, initiations: isStored ? 2 : 1, callbacksAcknowledged: 1 }])
  },
)

test.each(kinds)('of fifty equal requests for $path at once one is accepted', async (kind) => {
  const simulator = await aSimulator({ onStep: () => pause(1) })
  const { body, id } = await begin(kind, simulator)
  const replies = await Promise.all(Array.from({ length: 50 }, () => initiate(simulator, body)))
  const accepted = replies.filter(({ text }) => text.includes('"ACCEPTED"'))
  const ignored = replies.filter(({ text }) => text.includes('"DUPLICATE_IGNORED"'))
  expect([accepted.length, ignored.length]).toEqual([1, 49])
  expect(kind.list(simulator)).toMatchObject([{ id, initiations: 50 }])
})

test.each(kinds)('$path have ids of their own: that of another operation is not found', async (kind) => {
  const simulator = await aSimulator()
  const { body, id } = await begin(kind, simulator)
  await initiate(simulator, body)
  for (const { path } of kinds)
    expect(await lookUp(simulator, id, path)).toMatchObject({ status: path === kind.path ? 'FOUND' : 'NOT_FOUND' })
  expect(await lookUp(simulator, id.toUpperCase(), kind.path)).toMatchObject({ status: 'FOUND' })
})

test.each(kinds)('the callbacks of $path are sent again on request, once final', async (kind) => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url, payerDelayMs: 60_000 })
  const { body, id, calledBack } = await begin(kind, simulator)
  await initiate(simulator, body)
  const resend = (which: string) => call(simulator, 'POST', `/v2/${kind.path}/resend-callback/${which}`)
  const refusal = (failureCode: string) => ({
    status: 200,
    json: { status: 'REJECTED', failureReason: { failureCode } },
  })
  expect(await resend(id)).toMatchObject(refusal('INVALID_STATE'))
  expect(await resend(randomUUID())).toMatchObject(refusal('NOT_FOUND'))
  simulator.settle(id)
  await soon(() => calledBack(merchant)).toHaveLength(1)
  expect(await resend(id)).toMatchObject({ status: 200, json: { [kind.idName]: id, status: 'ACCEPTED' } })
  await soon(() => calledBack(merchant)).toHaveLength(2)
  await simulator.deliverCallback(id, 2)
  expect(calledBack(merchant)).toHaveLength(4)
})

test.each(kinds)('the steps of $path are announced with the operation and the id', async (kind) => {
  const merchant = await aMerchant()
  const steps: unknown[] = []
  const simulator = await aSimulator({
    callbackUrl: merchant.url,
    payerDelayMs: 60_000,
    onStep: async ({ name, operation, id }) => {
      await pause(1)
      steps.push([name, operation, id])
    },
  })
  const { body, id } = await begin(kind, simulator)
  // A refund's deposit has steps too.
  const own = () => steps.filter((step) => Array.isArray(step) && step[2] === id)
  await initiate(simulator, body)
  await lookUp(simulator, id, kind.path)
  await soon(own).toHaveLength(5)
  simulator.settle(id)
  await soon(own).toHaveLength(7)
  const noun = kind.path.slice(0, -1)
  const names = [`${noun}.received`, `${noun}.accepted`, `${noun}.replied`, 'lookup.received', 'lookup.replied']
  expect(own()).toEqual(
    [...names, 'callback.sending', 'callback.acknowledged'].map((name) => [name, noun.toUpperCase(), id]),
  )
})

test('a test ends a payment as it likes, once, and before its time', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url, payerDelayMs: 300 })
  const [good, bad] = [aPayout(), aPayout()]
  await initiate(simulator, good)
  await initiate(simulator, bad)
  simulator.settle(bad.payoutId, 'UNSPECIFIED_FAILURE')
  expect(() => {
    simulator.settle(bad.payoutId)
  }).toThrow('is final')
  await merchant.until(2)
  await pause(20)
  expect(merchant.received.map(({ body }) => [body['payoutId'], body['status']])).toEqual([
    [bad.payoutId, 'FAILED'],
    [good.payoutId, 'COMPLETED'],
  ])
})
