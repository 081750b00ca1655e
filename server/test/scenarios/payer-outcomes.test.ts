import { afterAll, expect, test } from 'vitest'
import { ok } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, makeChecksDue, walletOf } from '../support/black-box/books.ts'
import {
  anAttempt,
  aPayment,
  cancel,
  collect,
  executionOf,
  kinds,
  pay,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { api, database, network } = world

/** The networks the pretend payers are with, and the numbers they have but for the last three digits. */
const networks = [
  { method: 'MTN_MOMO_LBR', currency: 'LRD', start: '231880456' },
  { method: 'ORANGE_MONEY_LBR', currency: 'USD', start: '231770456' },
  { method: 'MTN_MOMO_RWA', currency: 'RWF', start: '250783456' },
  { method: 'AIRTEL_RWA', currency: 'RWF', start: '250733456' },
]

const refusals = [
  { ending: '019', because: /limit/i },
  { ending: '029', because: /no wallet|not .*(found|known)/i },
  { ending: '039', because: /not approve/i },
  { ending: '049', because: /too little|insufficient/i },
  { ending: '059', because: /another payment/i },
  { ending: '069', because: /\w/ },
]

const failing = networks.flatMap((each, index) =>
  refusals.map((refusal) => ({ ...each, ...refusal, kind: kinds[index % kinds.length] ?? 'INVOICE' })),
)

test.each(failing)(
  'a payer with $method whose number ends in $ending is charged nothing, and may try again',
  async ({ method, currency, start, ending, because, kind }) => {
    const before = await walletOf(database.pool, sandboxMerchant, currency)
    const payer = { method, phone: start + ending }
    const { document, collection, execution } = await pay(api, { kind, currency, ...payer })
    expect(execution).toMatchObject({
      status: 'FAILED',
      gateway_message: expect.stringMatching(because) as unknown,
      wallet_message: null,
      provider_transaction_id: null,
    })
    expect(await sourceStatus(api, document)).toBe('ACTIVE')
    expect(await walletOf(database.pool, sandboxMerchant, currency)).toBe(before)

    const retry = await anAttempt(api, document, { method, phone: `${start}789` })
    await ok(collect(api, retry))
    expect(await settled(api, retry)).toMatchObject({ status: 'COMPLETED', gateway_message: null })
    expect(await sourceStatus(api, document)).toBe('PAID')
    expect(await ok(executionOf(api, collection))).toEqual(execution)
    expect((await walletOf(database.pool, sandboxMerchant, currency)) - before).toBe(currency === 'RWF' ? 100 : 100_00)
  },
)

test.each(networks)('a payer with $method who never answers is waited for', async ({ method, currency, start }) => {
  const before = await walletOf(database.pool, sandboxMerchant, currency)
  const { document, collection } = await aPayment(api, { currency, method, phone: `${start}129` })
  await ok(collect(api, collection))
  const checksOf = async () => {
    const { rows } = await database.pool.query<{ check_count: number }>(
      'select check_count from executions where reference_id = $1',
      [collection.reference_id],
    )
    return rows[0]?.check_count ?? 0
  }
  // Asked after three times, it is what it was.
  for (let checks = 1; checks <= 3; checks += 1) {
    await makeChecksDue(database.pool)
    await expect.poll(checksOf, { interval: 20, timeout: 10_000 }).toBeGreaterThanOrEqual(checks)
  }
  await expect
    .poll(() => ok(executionOf(api, collection)), { interval: 20, timeout: 10_000 })
    .toMatchObject({ status: 'PROCESSING', gateway_message: null, provider_transaction_id: null })
  expect(await sourceStatus(api, document)).toBe('PROCESSING')
  expect(await cancel(api, document)).toMatchObject({ status: 422 })
  expect(await walletOf(database.pool, sandboxMerchant, currency)).toBe(before)
  expect(network.deposits().find(({ phone }) => phone === `${start}129`)).toMatchObject({ initiations: 1 })
})

test('one who declines again and again can still pay in the end', async () => {
  const { document } = await aPayment(api)
  for (const ending of ['039', '049', '039']) {
    const attempt = await anAttempt(api, document, { phone: `231880999${ending}` })
    await ok(collect(api, attempt))
    expect(await settled(api, attempt)).toMatchObject({ status: 'FAILED' })
  }
  const last = await anAttempt(api, document)
  await ok(collect(api, last))
  expect(await settled(api, last)).toMatchObject({ status: 'COMPLETED' })
  expect(await sourceStatus(api, document)).toBe('PAID')
})

test('a document whose payment failed can be canceled', async () => {
  const { document } = await pay(api, { phone: '231880888039' })
  expect(await ok(cancel(api, document))).toMatchObject({ status: 'CANCELED' })
})

test('afterwards the books balance, and nobody was charged for what failed', async () => {
  await expectProviderToAgree(database.pool, network.deposits())
  await expectBooksToBalance(database.pool)
})
