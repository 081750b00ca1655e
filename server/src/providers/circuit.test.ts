import { expect, test } from 'vitest'
import { accepted, aClock, aProvider, noon, refused, silence, type TestProvider } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { mintReference } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'
import { Unavailable } from '../kernel/problem.ts'
import { createAvailability } from './availability.ts'
import { createCircuits } from './circuit.ts'
import { type DirectOrder, type Outcome } from './provider.ts'

const settings = { unknowns: 3, withinMs: 60_000, openMs: 30_000 }

function aCircuit(its: Partial<typeof settings> = {}) {
  const clock = aClock()
  const network: TestProvider = aProvider({ submit: () => silence })
  const circuits = createCircuits(clock, { ...settings, ...its })
  const watched = circuits.watch(network)
  const order = (operation: DirectOrder['operation']) =>
    watched.submit({
      operation,
      reference: mintReference(),
      method: 'MTN_MOMO_LBR',
      amount: money(100n, 'USD'),
      note: 'Tea',
      phone: '231880000001',
    })
  const orders = async (outcomes: readonly Outcome[], operation: DirectOrder['operation'] = 'COLLECTION') => {
    for (const outcome of outcomes) {
      network.will({ submit: () => outcome })
      await order(operation)
    }
  }
  const admit = (): number => {
    try {
      circuits.admit('PAWAPAY', 'COLLECTION')
      return 0
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      return error.retryAfterSeconds
    }
  }
  return { clock, network, circuits, orders, admit }
}

test('a circuit opens after so many orders in a row without an answer, and says when to come back', async () => {
  const { clock, orders, admit } = aCircuit()
  await orders([silence, silence])
  expect(admit()).toBe(0)
  await orders([silence])
  expect(admit()).toBe(30)
  clock.advance(29_001)
  expect(admit()).toBe(1)
})

test.each([accepted, refused])('a clear answer, %o, begins the count anew', async (answer) => {
  const { orders, admit } = aCircuit()
  await orders([silence, silence, answer, silence, silence])
  expect(admit()).toBe(0)
})

test('what is far apart is not in a row', async () => {
  const { clock, orders, admit } = aCircuit()
  await orders([silence, silence])
  clock.advance(60_000)
  await orders([silence])
  expect(admit()).toBe(0)
})

test('after a while one order is tried: its answer closes the circuit, its silence opens it again', async () => {
  const { clock, orders, admit, circuits } = aCircuit()
  await orders([silence, silence, silence])
  clock.advance(30_000)
  expect([admit(), admit()]).toEqual([0, 30])
  expect(circuits.read('PAWAPAY', 'COLLECTION')).toEqual({ state: 'half-open', since: noon })
  await orders([silence])
  expect(admit()).toBe(30)
  expect(circuits.read('PAWAPAY', 'COLLECTION')).toEqual({ state: 'open', since: noon })
  clock.advance(30_000)
  expect(admit()).toBe(0)
  await orders([accepted])
  expect([admit(), admit()]).toEqual([0, 0])
  expect(circuits.read('PAWAPAY', 'COLLECTION')).toEqual({ state: 'closed', since: undefined })
})

test('a try whose answer is never seen keeps nobody out for ever', async () => {
  const { clock, orders, admit } = aCircuit()
  await orders([silence, silence, silence])
  clock.advance(30_000)
  expect(admit()).toBe(0)
  clock.advance(30_000)
  expect(admit()).toBe(0)
})

test('what was under way when it opened neither opens it longer nor is lost', async () => {
  const { clock, orders, admit } = aCircuit()
  await orders([silence, silence, silence])
  clock.advance(20_000)
  await orders([silence])
  expect(admit()).toBe(10)
  await orders([accepted])
  expect(admit()).toBe(0)
})

test('operations have circuits of their own', async () => {
  const { orders, admit } = aCircuit()
  await orders([silence, silence, silence], 'PAYOUT')
  expect(admit()).toBe(0)
})

test('a circuit that is switched off never opens', async () => {
  const { orders, admit } = aCircuit({ unknowns: 0 })
  await orders(Array.from({ length: 50 }, () => silence))
  expect(admit()).toBe(0)
})

function anAvailability(its: ReturnType<typeof aCircuit>) {
  const read = createAvailability(its.clock, new Map([['PAWAPAY', its.network]]), its.circuits)
  return (operation: string) => read().find((each) => each.method === 'MTN_MOMO_LBR' && each.operation === operation)
}

test('availability is what the provider says, since it was first seen to say so', () => {
  const its = aCircuit()
  const read = anAvailability(its)
  expect(read('PAYOUT')).toMatchObject({ status: 'OPERATIONAL', since: noon, reason: undefined })
  its.clock.advance(5_000)
  expect(read('PAYOUT')).toMatchObject({ since: noon })
  for (const [told, status] of [
    ['DELAYED', 'DELAYED'],
    ['CLOSED', 'CLOSED'],
    ['ABSENT', 'CLOSED'],
    ['NOT_READ', 'CLOSED'],
  ] as const) {
    its.clock.advance(1_000)
    its.network.will({ status: told })
    expect(read('PAYOUT')).toMatchObject({ status, since: its.clock.now(), reason: expect.any(String) as unknown })
  }
})

test('a circuit shows, for its operation, unless the provider says worse itself', async () => {
  const its = aCircuit()
  const read = anAvailability(its)
  its.clock.advance(1_000)
  await its.orders([silence, silence, silence])
  expect(read('COLLECTION')).toMatchObject({ status: 'CLOSED', since: addMs(noon, 1_000) })
  expect(read('PAYOUT')).toMatchObject({ status: 'OPERATIONAL' })
  its.clock.advance(30_000)
  expect(its.admit()).toBe(0)
  expect(read('COLLECTION')).toMatchObject({ status: 'DELAYED', since: addMs(noon, 1_000) })
  its.network.will({ status: 'CLOSED' })
  expect(read('COLLECTION')).toMatchObject({ status: 'CLOSED', reason: 'The network reports that it is closed.' })
})
