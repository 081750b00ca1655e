import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCounterparty, aMerchant, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock } from '../../test/support/fakes.ts'
import { type MerchantId, type PartyId } from '../kernel/ids.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { createPaymentAccount, type PaymentAccountDraft } from './service.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 2, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

async function create(merchantId: MerchantId, its: Partial<PaymentAccountDraft>) {
  const draft: PaymentAccountDraft = {
    operation: 'COLLECTION',
    accountName: 'Musu Kollie',
    provider: 'PAWAPAY',
    method: 'MTN_MOMO_LBR',
    partyId: undefined,
    countryCode: undefined,
    accountNumber: undefined,
    paymentMethodId: undefined,
    ...its,
  }
  try {
    return await createPaymentAccount({ db: pool, clock: aClock() }, merchantId, draft)
  } catch (error) {
    if (error instanceof InvalidRequest) return error.message
    throw error
  }
}

async function aPayer(phone = '231770000001'): Promise<{ merchantId: MerchantId; partyId: PartyId }> {
  const merchantId = await aMerchant(pool)
  return { merchantId, partyId: (await aCounterparty(pool, merchantId, { phone })).partyId }
}

const numberOf = async (merchantId: MerchantId): Promise<unknown> =>
  (await sql(pool, 'select account_number from payment_accounts where merchant_id = $1', [merchantId]))[0]?.[
    'account_number'
  ]

test('the number to charge is the one given, or else the one of the party', async () => {
  const [given, own] = [await aPayer(), await aPayer()]
  await create(given.merchantId, { partyId: given.partyId, accountNumber: '231880000009' })
  await create(own.merchantId, { partyId: own.partyId })
  expect([await numberOf(given.merchantId), await numberOf(own.merchantId)]).toEqual(['231880000009', '231770000001'])
})

test('an account is active, and keeps the network whatever it was called by', async () => {
  const { merchantId, partyId } = await aPayer()
  expect(await create(merchantId, { partyId, provider: 'MTN_MOMO_LBR' })).toMatchObject({
    provider: 'PAWAPAY',
    method: 'MTN_MOMO_LBR',
    isActive: true,
    partyId,
  })
})

test('a number whose prefix suggests another operator is taken: the network decides', async () => {
  const { merchantId, partyId } = await aPayer('231770000001')
  expect(await create(merchantId, { partyId, method: 'MTN_MOMO_LBR' })).toMatchObject({ method: 'MTN_MOMO_LBR' })
})

test.each(['', '+231770000001', '0770000001', '12345', 'call me', '1234567890123456'])(
  'mobile money on %j is refused',
  async (accountNumber) => {
    const { merchantId, partyId } = await aPayer()
    expect(await create(merchantId, { partyId, accountNumber })).toBe('invalid phone')
  },
)

test('a party of another merchant, or none, is refused', async () => {
  const [mine, theirs] = [await aPayer(), await aPayer()]
  expect(await create(mine.merchantId, { partyId: theirs.partyId })).toBe('party not found')
  expect(await create(mine.merchantId, { partyId: undefined })).toBe('party not found')
})

test.each([
  { provider: 'STRIPE', method: 'MTN_MOMO_LBR' },
  { provider: 'ORANGE_MONEY_LBR', method: 'MTN_MOMO_LBR' },
  { provider: 'PAWAPAY', method: 'CREDIT_CARD' },
  { provider: 'PLATFORM', method: 'WALLET' },
] as const)('to collect by %o is refused', async (its) => {
  const { merchantId, partyId } = await aPayer()
  expect(await create(merchantId, { partyId, ...its })).toBe('invalid combination of method and provider')
})
