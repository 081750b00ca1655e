import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMerchant, news, someExecutions, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon } from '../../test/support/fakes.ts'
import { type Answer, UsageError } from './command.ts'
import { parseCommand } from './commands.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const run = (...args: string[]): Promise<Answer> =>
  parseCommand(args).run({ db: database.pool, clock: aClock(noon), readSecret: async () => '654321' })

test('a merchant is created, given a key, and listed with it but without its secret', async () => {
  const merchant = await run('merchants', 'create', '--name', 'Kollie Market', '--type', 'ORGANIZATION', '--verified')
  expect(merchant).toMatchObject({ name: 'Kollie Market', type: 'ORGANIZATION', verified: true, email: null })
  const id = String((merchant as Record<string, unknown>)['id'])
  const issued = await run('keys', 'issue', '--merchant', id)
  expect(issued).toMatchObject({
    merchant_id: Number(id),
    client_secret: expect.stringMatching(/^dollr_secret_/) as unknown,
  })
  const listed = await run('keys', 'list', '--merchant', id)
  expect(listed).toEqual([
    {
      client_id: (issued as Record<string, unknown>)['client_id'],
      merchant_id: Number(id),
      created_at: noon.toISOString(),
      rotated_at: null,
      revoked_at: null,
    },
  ])
  expect(await run('merchants', 'list')).toContainEqual(merchant)
})

test('a merchant that is not verified gets no key', async () => {
  const unverified = await aMerchant(database.pool, { verified: false })
  await expect(run('keys', 'issue', '--merchant', unverified)).rejects.toThrow('is not verified')
})

test('rotating changes the secret and keeps the key, revoking ends it for good', async () => {
  const id = await aMerchant(database.pool)
  const issued = (await run('keys', 'issue', '--merchant', id)) as Record<string, unknown>
  const clientId = String(issued['client_id'])
  const rotated = (await run('keys', 'rotate', '--client-id', clientId)) as Record<string, unknown>
  expect(rotated['client_id']).toBe(clientId)
  expect(rotated['client_secret']).not.toBe(issued['client_secret'])
  expect(await run('keys', 'revoke', '--client-id', clientId)).toMatchObject({ revoked_at: noon.toISOString() })
  await expect(run('keys', 'rotate', '--client-id', clientId)).rejects.toThrow('No key in force')
})

test('what names nothing is said to name nothing', async () => {
  await expect(run('keys', 'issue', '--merchant', '999999')).rejects.toThrow('No merchant has the id 999999')
  await expect(run('keys', 'revoke', '--client-id', 'nobody')).rejects.toThrow('No key in force')
})

test.each([
  ['merchants', 'create', '--type', 'ORGANIZATION'],
  ['merchants', 'create', '--name', ' ', '--type', 'ORGANIZATION'],
  ['merchants', 'create', '--name', 'X', '--type', 'BANK'],
  ['merchants', 'create', '--name', 'X', '--type', 'ORGANIZATION', '--phone', '+231770000000'],
  ['keys', 'issue'],
  ['keys', 'issue', '--merchant', 'me'],
  ['keys', 'list', '--merchant', '0'],
])('%s %s %s %s %s %s %s is refused before anything is written', async (...args) => {
  await expect(run(...args)).rejects.toThrow(UsageError)
})

test('wallets show what the ledger says', async () => {
  const [first, second] = await someExecutions(database.pool, 2)
  if (!first || !second) throw new Error('two executions')
  await tell(database.pool, [news(first, 'COMPLETED'), news(second, 'COMPLETED')])
  expect(await run('wallets', 'list', '--merchant', first.merchantId)).toEqual([
    {
      id: expect.any(Number) as number,
      merchant_id: Number(first.merchantId),
      currency: 'USD',
      status: 'ACTIVE',
      balance: '500.00',
      available: '500.00',
      held: '0.00',
    },
  ])
})
