import { afterAll, describe, expect, test } from 'vitest'
import { apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { unknownId } from '../support/black-box/builders.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { api } = world
const db = world.database.pool
const other = await createMerchant(world.database.url, 'Other')
const otherApi = await signIn(world.url, other)

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown
const id = expect.any(Number) as unknown
const seeded = '2025-01-01T00:00:00Z'
const gone = (thing: string) => ({ status: 404, body: { detail: `${thing} not found` } })

const enumIssue = (field: string) => ({
  loc: ['query', field],
  msg: expect.stringMatching(/^invalid enum: expected one of /) as unknown,
  type: 'value_error.enum',
})
const missing = (field: string) => ({ loc: ['query', field], msg: 'field required', type: 'value_error.missing' })

async function aTier(name: string, rates: readonly (readonly [string, string | null, number])[]): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    `insert into fee_tiers (name, is_default, created_at, updated_at) values ($1, false, now(), now()) returning id`,
    [name],
  )
  const tier = Number(rows[0]?.id)
  for (const [operation, method, percentage] of rates) {
    await db.query(
      `insert into platform_fees (
         tier_id, operation_type, payment_method, percentage, fixed_minor, fixed_currency, fx_percentage,
         effective_from, created_at
       )
       values ($1, $2, $3, $4, 25, 'USD', 0.5, $5, $5)`,
      [tier, operation, method, percentage, seeded],
    )
  }
  return tier
}

describe('the gateway fee', () => {
  const ask = (payment_method: string, operation_type: string) =>
    api.get('/fees/gateway', { payment_method, operation_type })

  test('is one object whose percentage is a number, for the method that was asked for', async () => {
    expect(await ok(ask('ORANGE_MONEY_LBR', 'COLLECTION'))).toEqual({
      id,
      provider_id: 1,
      operation_type: 'COLLECTION',
      payment_method: 'ORANGE_MONEY_LBR',
      percentage: 2,
      created_at: seeded,
      updated_at: seeded,
      fixed_fee: null,
      fixed_fee_currency: null,
      effective_from: seeded,
      effective_to: null,
    })
  })

  test('has a flat part where the network has one', async () => {
    expect(await ok(ask('CREDIT_CARD', 'COLLECTION'))).toMatchObject({
      provider_id: 2,
      percentage: 2.9,
      fixed_fee: 0.3,
      fixed_fee_currency: 'USD',
    })
  })

  test('that nobody charges is not found', async () => {
    expect(await ask('WALLET', 'COLLECTION')).toMatchObject(gone('Fee'))
    expect(await ask('MTN_MOMO_LBR', 'TRANSFER')).toMatchObject(gone('Fee'))
  })

  test('is asked for with known words', async () => {
    const refused = (detail: readonly object[]) => ({ status: 422, body: { detail } })
    expect(await ask('MPESA', 'collection')).toMatchObject(
      refused([enumIssue('payment_method'), enumIssue('operation_type')]),
    )
    expect(await api.get('/fees/gateway')).toMatchObject(
      refused([missing('payment_method'), missing('operation_type')]),
    )
  })
})

describe('the platform fee', () => {
  const ask = (fee_tier_name: string, operation_type: string) =>
    api.get('/fees/platform', { fee_tier_name, operation_type })

  test('is one object whose percentages are strings', async () => {
    expect(await ok(ask('default', 'TRANSFER'))).toEqual({
      id,
      operation_type: 'TRANSFER',
      percentage: '0.5',
      fx_percentage: '1',
      effective_from: seeded,
      created_at: seeded,
      payment_method: null,
      fixed_fee: null,
      fixed_fee_currency: null,
      effective_to: null,
      tier: { id: 1, name: 'default', is_default: true, created_at: seeded, updated_at: seeded },
    })
  })

  test('says which method it is limited to, unless one is for all', async () => {
    await aTier('limited', [
      ['COLLECTION', 'AIRTEL_RWA', 1.25],
      ['PAYOUT', 'AIRTEL_RWA', 1.25],
      ['PAYOUT', null, 0],
    ])
    expect(await ok(ask('limited', 'COLLECTION'))).toMatchObject({
      payment_method: 'AIRTEL_RWA',
      percentage: '1.25',
      fixed_fee: 0.25,
      fixed_fee_currency: 'USD',
      tier: { name: 'limited', is_default: false },
    })
    expect(await ok(ask('limited', 'PAYOUT'))).toMatchObject({ payment_method: null, percentage: '0' })
    expect(await ask('limited', 'REFUND')).toMatchObject(gone('Fee tier'))
  })

  test.each(['', 'Default', 'default ', 'nothing', '%', "' or '1'='1"])(
    'of the tier "%s" is not found',
    async (name) => {
      expect(await ask(name, 'COLLECTION')).toMatchObject(gone('Fee tier'))
    },
  )

  test('is asked for with known words', async () => {
    expect(await ask('nothing', 'SALE')).toMatchObject({ status: 422, body: { detail: [enumIssue('operation_type')] } })
    expect(await api.get('/fees/platform')).toMatchObject({
      status: 422,
      body: { detail: [missing('operation_type'), missing('fee_tier_name')] },
    })
    expect(await ask('a\0', 'COLLECTION')).toMatchObject({ status: 422 })
  })
})

describe('the tier of a merchant', () => {
  const ask = (owner_id: number | string, owner_type = 'ORGANIZATION', as = api) =>
    as.get('/fees/merchant-tier', { owner_id, owner_type })

  test('is the default one, until it is put on another', async () => {
    const answer = (await ok(ask(other.id, 'ORGANIZATION', otherApi))) as Record<string, unknown>
    expect(answer).toEqual({
      id: 0,
      owner_type: 'ORGANIZATION',
      owner_id: other.id,
      assigned_at: time,
      assigned_by: null,
      tier: { id: 1, name: 'default', is_default: true, created_at: seeded, updated_at: seeded },
    })
    const tier = await aTier('friends', [])
    await db.query(
      `insert into merchant_fee_tiers (merchant_id, tier_id, assigned_at, assigned_by) values ($1, $2, $3, 'operator')`,
      [other.id, tier, '2026-02-03T04:05:06Z'],
    )
    const assigned = (await ok(ask(other.id, 'ORGANIZATION', otherApi))) as { id: number }
    expect(assigned).toMatchObject({
      assigned_at: '2026-02-03T04:05:06Z',
      assigned_by: 'operator',
      tier: { id: tier, name: 'friends', is_default: false },
    })
    expect(assigned.id).toBeGreaterThan(0)
    expect(await ok(ask(sandboxMerchant))).toMatchObject({ id: 0, tier: { name: 'default' } })
  })

  test("is one's own and nobody else's", async () => {
    for (const foreign of [other.id, unknownId, 0, -1, 2 ** 53 + 2]) {
      expect(await ask(foreign), String(foreign)).toMatchObject(gone('Merchant'))
    }
    for (const type of ['USER', 'MICRO_ORGANIZATION']) {
      expect(await ask(sandboxMerchant, type)).toMatchObject(gone('Merchant'))
    }
    expect(await ask(sandboxMerchant, 'ORGANIZATION', otherApi)).toMatchObject(gone('Merchant'))
  })

  test('is asked for with a number and a known word', async () => {
    expect(await ask('x', 'COMPANY')).toMatchObject({
      status: 422,
      body: {
        detail: expect.arrayContaining([
          { loc: ['query', 'owner_id'], msg: 'value is not a valid integer', type: 'type_error.integer' },
          enumIssue('owner_type'),
        ]) as unknown,
      },
    })
  })
})

test('tiers are a bare list, newest first, a page at a time, the same for every merchant', async () => {
  const [older, newer] = [await aTier('older', []), await aTier('newer', [])]
  const listed = (await ok(api.get('/fees/tiers'))) as { id: number }[]
  expect(listed.slice(0, 2)).toEqual([
    { id: newer, name: 'newer', is_default: false, created_at: time, updated_at: time },
    { id: older, name: 'older', is_default: false, created_at: time, updated_at: time },
  ])
  expect(listed.at(-1)).toMatchObject({ id: 1, name: 'default', is_default: true })
  expect(await ok(otherApi.get('/fees/tiers'))).toEqual(listed)
  const first = await api.get('/fees/tiers', { limit: 1 })
  const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1]
  const second = await fetch(next ?? '', { headers: { authorization: `Bearer ${api.token ?? ''}` } })
  expect([first.body, await second.json()]).toEqual([listed.slice(0, 1), listed.slice(1, 2)])
  expect(await api.get('/fees/tiers', { cursor: 'x' })).toMatchObject({ status: 422 })
})

describe('what a merchant is', () => {
  const ask = (merchant_id: number | string, merchant_type = 'ORGANIZATION', as = api) =>
    as.get('/merchants/merchant-info', { merchant_id, merchant_type })

  test('is told to itself', async () => {
    expect(await ok(ask(sandboxMerchant))).toEqual({
      id: sandboxMerchant,
      name: 'Sandbox Merchant',
      type: 'ORGANIZATION',
      email: 'sandbox@example.com',
      phone: '231770000000',
    })
    expect(await ok(ask(other.id, 'ORGANIZATION', otherApi))).toEqual({
      id: other.id,
      name: 'Other',
      type: 'ORGANIZATION',
      email: null,
      phone: null,
    })
  })

  test('is told to nobody else, nor under another type', async () => {
    for (const foreign of [other.id, unknownId, 0, -1, 2 ** 53 + 2]) {
      expect(await ask(foreign), String(foreign)).toMatchObject(gone('Merchant'))
    }
    expect(await ask(sandboxMerchant, 'MICRO_ORGANIZATION')).toMatchObject(gone('Merchant'))
    expect(await ask(sandboxMerchant, 'ORGANIZATION', otherApi)).toMatchObject(gone('Merchant'))
  })

  test('is asked for with a number and one of two types', async () => {
    expect(await ask('1.5', 'USER')).toMatchObject({
      status: 422,
      body: {
        detail: expect.arrayContaining([
          { loc: ['query', 'merchant_id'], msg: 'value is not a valid integer', type: 'type_error.integer' },
          enumIssue('merchant_type'),
        ]) as unknown,
      },
    })
  })
})

test.each(['/fees/gateway', '/fees/platform', '/fees/merchant-tier', '/fees/tiers', '/merchants/merchant-info'])(
  '%s needs a token',
  async (path) => {
    expect(await apiClient(world.url).get(path)).toMatchObject({ status: 401, body: { detail: 'Not authenticated' } })
    expect(await apiClient(world.url, 'garbage').get(path)).toMatchObject({ status: 401 })
  },
)
