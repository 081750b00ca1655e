import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMerchant, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock } from '../../test/support/fakes.ts'
import { type MerchantId, type PartyId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { pageOf } from '../platform/http/paging.ts'
import { PartyNeeded, PartyUnknown } from './problems.ts'
import * as service from './service.ts'

let database: TestDatabase
let pool: Pool
let context: service.PartiesContext

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 8, onIdleError: () => undefined })
  context = { db: pool, clock: aClock() }
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const aParty = (merchantId: MerchantId, fullname = 'Musu Kollie') =>
  service.createParty(context, merchantId, {
    fullname,
    phone: '231770000001',
    email: undefined,
    countryCode: undefined,
  })

const selfOf = (merchantId: MerchantId) =>
  service.createCounterparty(context, merchantId, { relationshipType: 'SELF', partyId: null })

test('a merchant stands for itself as one party, however many ask at once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const merchantId = await aMerchant(pool, { name: 'Kollie Market' })
    const made = await Promise.all(Array.from({ length: 20 }, () => selfOf(merchantId)))
    expect(new Set(made.map(({ party }) => party.id)).size).toBe(1)
    expect(new Set(made.map(({ id }) => id)).size).toBe(20)
    expect(made[0]?.party.fullname).toBe('Kollie Market')
    const rows = await sql(pool, 'select id from parties where merchant_id = $1', [merchantId])
    expect(rows).toHaveLength(1)
  }
})

test('each merchant stands for itself', async () => {
  const [mine, theirs] = [await selfOf(await aMerchant(pool)), await selfOf(await aMerchant(pool))]
  expect(mine.party.id).not.toBe(theirs.party.id)
})

test('any other counterparty is somebody', async () => {
  const merchantId = await aMerchant(pool)
  const create = service.createCounterparty(context, merchantId, { relationshipType: 'CUSTOMER', partyId: null })
  await expect(create).rejects.toThrow(PartyNeeded)
})

test('a party of another merchant is unknown, in every place that names one', async () => {
  const [mine, theirs] = [await aMerchant(pool), await aMerchant(pool)]
  const foreign = await aParty(theirs)
  await expect(service.getParty(context, mine, foreign.id)).rejects.toThrow(NotFound)
  const draft = { relationshipType: 'CUSTOMER', partyId: foreign.id } as const
  await expect(service.createCounterparty(context, mine, draft)).rejects.toThrow(PartyUnknown)
  const own = await service.createCounterparty(context, mine, { ...draft, partyId: (await aParty(mine)).id })
  await expect(
    service.updateCounterparty(context, mine, own.id, { relationshipType: null, partyId: foreign.id }),
  ).rejects.toThrow(PartyUnknown)
  await expect(service.getCounterparty(context, theirs, own.id)).rejects.toThrow(NotFound)
  const change = { relationshipType: 'SUPPLIER', partyId: null } as const
  await expect(service.updateCounterparty(context, theirs, own.id, change)).rejects.toThrow(NotFound)
  expect((await service.getCounterparty(context, mine, own.id)).relationshipType).toBe('CUSTOMER')
})

test('an id that can be none of ours names nothing', async () => {
  const merchantId = await aMerchant(pool)
  await expect(service.getParty(context, merchantId, undefined)).rejects.toThrow('Party not found')
  await expect(service.getCounterparty(context, merchantId, undefined)).rejects.toThrow('Counterparty not found')
  const draft = { relationshipType: 'CUSTOMER', partyId: undefined } as const
  await expect(service.createCounterparty(context, merchantId, draft)).rejects.toThrow(PartyUnknown)
  await expect(service.getParty(context, merchantId, '999999999999999' as PartyId)).rejects.toThrow(NotFound)
})

test('an update changes what it names and keeps the rest', async () => {
  const merchantId = await aMerchant(pool)
  const [first, second] = [await aParty(merchantId, 'First'), await aParty(merchantId, 'Second')]
  const { id } = await service.createCounterparty(context, merchantId, {
    relationshipType: 'CUSTOMER',
    partyId: first.id,
  })
  const moved = await service.updateCounterparty(context, merchantId, id, {
    relationshipType: null,
    partyId: second.id,
  })
  expect([moved.relationshipType, moved.party.fullname]).toEqual(['CUSTOMER', 'Second'])
  const changed = await service.updateCounterparty(context, merchantId, id, {
    relationshipType: 'SUPPLIER',
    partyId: null,
  })
  expect([changed.relationshipType, changed.party.fullname]).toEqual(['SUPPLIER', 'Second'])
})

test('names are searched for as they are written: no wildcards, whatever the case', async () => {
  const merchantId = await aMerchant(pool)
  for (const name of ['100% Rice', '100 Bags', 'under_score', 'ÉLODIE']) await aParty(merchantId, name)
  const search = async (fullname: string): Promise<string[]> =>
    (await service.listParties(context, merchantId, { fullname }, pageOf({}))).map((party) => party.fullname)
  expect(await search('100%')).toEqual(['100% Rice'])
  expect(await search('100')).toEqual(['100 Bags', '100% Rice'])
  expect(await search('r_s')).toEqual(['under_score'])
  expect(await search('RICE')).toEqual(['100% Rice'])
  expect(await search('élodie')).toEqual(['ÉLODIE'])
  expect(await search("'; drop table parties; --")).toEqual([])
})
