import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aMerchant, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { secretMatches } from './model.ts'
import { KeyUnknown, MerchantNotVerified, MerchantUnknown } from './problems.ts'
import * as service from './service.ts'
import { claimServerSetting, findKeyOwner } from './store.ts'

let database: TestDatabase
let pool: Pool
let context: service.MerchantsContext

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 8, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(() => {
  context = { db: pool, clock: aClock() }
})

const sandbox = { clientId: 'sandbox', clientSecret: 'sandbox-secret', phone: '231770000000' }

/** Who was given what a new merchant needs. */
const equipped: string[] = []
const equip = async (_tx: unknown, merchant: { readonly id: string }): Promise<void> => {
  equipped.push(merchant.id)
}

test('processes that start together on a new database make one sandbox merchant with one key', async () => {
  await Promise.all(Array.from({ length: 8 }, () => service.ensureSandboxMerchant(context, sandbox, equip)))
  const merchants = await service.listMerchants(context)
  expect(merchants).toMatchObject([{ name: 'Sandbox Merchant', verifiedAt: noon }])
  expect(equipped).toEqual([merchants[0]?.id])
  expect(await service.listKeys(context, undefined)).toMatchObject([
    { clientId: 'sandbox', merchantId: merchants[0]?.id },
  ])
})

test('a changed secret takes the place of the old one, changed credentials add a key to the same merchant', async () => {
  await service.ensureSandboxMerchant(context, sandbox, equip)
  const owner = await findKeyOwner(pool, 'sandbox')
  await service.ensureSandboxMerchant(context, { ...sandbox, clientSecret: 'another-secret' }, equip)
  const changed = await findKeyOwner(pool, 'sandbox')
  expect(changed?.merchantId).toBe(owner?.merchantId)
  expect(changed && secretMatches('another-secret', changed.secretHash)).toBe(true)
  expect(changed && secretMatches('sandbox-secret', changed.secretHash)).toBe(false)
  await service.ensureSandboxMerchant(context, { ...sandbox, clientId: 'mine', clientSecret: 'my-secret' }, equip)
  expect((await findKeyOwner(pool, 'mine'))?.merchantId).toBe(owner?.merchantId)
})

test('what the first process settles is what every other one is told', async () => {
  const proposals = Array.from({ length: 8 }, (_, index) => `proposal ${index}`)
  const told = await Promise.all(proposals.map((proposal) => claimServerSetting(pool, 'test', proposal, noon)))
  expect(new Set(told).size).toBe(1)
  expect(await claimServerSetting(pool, 'test', 'too late', noon)).toBe(told[0])
  expect(await claimServerSetting(pool, 'other', 'free', noon)).toBe('free')
})

test('a merchant is verified once, and the first time is kept', async () => {
  const id = await aMerchant(pool, { verified: false })
  await expect(service.issueKey(context, id)).rejects.toThrow(MerchantNotVerified)
  expect((await service.verifyMerchant(context, id)).verifiedAt).toEqual(noon)
  const later = { db: pool, clock: aClock(addMs(noon, 60_000)) }
  expect((await service.verifyMerchant(later, id)).verifiedAt).toEqual(noon)
  expect((await service.issueKey(context, id)).merchantId).toBe(id)
})

test('what names nobody is said to name nobody', async () => {
  const nobody = '999999999' as MerchantId
  await expect(service.verifyMerchant(context, nobody)).rejects.toThrow(MerchantUnknown)
  await expect(service.issueKey(context, nobody)).rejects.toThrow(MerchantUnknown)
  await expect(service.rotateKey(context, 'nobody')).rejects.toThrow(KeyUnknown)
  await expect(service.revokeKey(context, 'nobody')).rejects.toThrow(KeyUnknown)
})

test('keys are random, kept as hashes only, and listed for one merchant or for all', async () => {
  const [mine, theirs] = [await aMerchant(pool), await aMerchant(pool)]
  const issued = await Promise.all([1, 2, 3].map(() => service.issueKey(context, mine)))
  await service.issueKey(context, theirs)
  expect(new Set(issued.flatMap(({ clientId, clientSecret }) => [clientId, clientSecret])).size).toBe(6)
  for (const { clientId, clientSecret } of issued) {
    const owner = await findKeyOwner(pool, clientId)
    expect(owner && secretMatches(clientSecret, owner.secretHash)).toBe(true)
  }
  const ids = (await service.listKeys(context, mine)).map(({ clientId }) => clientId)
  expect(ids.toSorted()).toEqual(issued.map(({ clientId }) => clientId).toSorted())
  const all = await sql(pool, 'select count(*)::integer as count from api_keys')
  expect(all).toEqual([{ count: (await service.listKeys(context, undefined)).length }])
})

test('a key revoked twice keeps the first time, and is found no more', async () => {
  const { clientId } = await service.issueKey(context, await aMerchant(pool))
  expect((await service.revokeKey(context, clientId)).revokedAt).toEqual(noon)
  const later = { db: pool, clock: aClock(addMs(noon, 60_000)) }
  expect((await service.revokeKey(later, clientId)).revokedAt).toEqual(noon)
  expect(await findKeyOwner(pool, clientId)).toBeUndefined()
})
