import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, type TestClock } from '../../test/support/fakes.ts'
import { createMerchant, type IssuedKey, issueKey, revokeKey, rotateKey } from '../merchants/index.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { Unauthenticated } from '../platform/http/problems.ts'
import { createAuthentication } from './service.ts'

const secrets = ['a-secret-of-more-than-thirty-two-characters'] as const

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

interface Client {
  readonly clock: TestClock
  readonly key: IssuedKey
  readonly authentication: ReturnType<typeof createAuthentication>
}

async function aClient(): Promise<Client> {
  const clock = aClock()
  const context = { db: pool, clock }
  const merchant = await createMerchant(context, {
    name: 'Kollie Market',
    type: 'ORGANIZATION',
    email: undefined,
    phone: undefined,
    verified: true,
  })
  const key = await issueKey(context, merchant.id)
  return { clock, key, authentication: createAuthentication({ db: pool, clock, jwtSecrets: secrets }) }
}

test('the right credentials give a token that speaks for the merchant', async () => {
  const { authentication, key } = await aClient()
  const token = await authentication.obtainToken(key)
  expect(await authentication.authenticate(`Bearer ${token}`)).toEqual({
    id: key.merchantId,
    type: 'ORGANIZATION',
    verified: true,
  })
  expect(await authentication.authenticate(`bearer  ${token}`)).toMatchObject({ id: key.merchantId })
})

test('wrong credentials give none, and do not tell which part was wrong', async () => {
  const { authentication, key } = await aClient()
  const wrong = [
    { ...key, clientSecret: `${key.clientSecret}x` },
    { ...key, clientSecret: '' },
    { ...key, clientId: 'nobody' },
    { clientId: '', clientSecret: '' },
    { clientId: key.clientSecret, clientSecret: key.clientId },
    { ...key, clientId: key.clientId.toUpperCase() },
  ]
  for (const credentials of wrong) {
    await expect(authentication.obtainToken(credentials)).rejects.toThrow(
      new Unauthenticated('Could not validate credentials'),
    )
  }
})

test('a secret is stored nowhere', async () => {
  const { key } = await aClient()
  const [row] = await sql<{ found: boolean }>(
    pool,
    `select exists (select 1 from api_keys k where k::text like '%' || $1 || '%') as found`,
    [key.clientSecret],
  )
  expect(row?.found).toBe(false)
})

test.each([
  [undefined, 'Not authenticated'],
  ['', 'Not authenticated'],
  ['Bearer', 'Could not validate credentials'],
  ['Bearer ', 'Could not validate credentials'],
  ['Bearer x', 'Could not validate credentials'],
  ['Basic YTpi', 'Could not validate credentials'],
  ['Token x.y.z', 'Could not validate credentials'],
])('a header of %j is %s', async (header, message) => {
  const { authentication } = await aClient()
  await expect(authentication.authenticate(header)).rejects.toThrow(new Unauthenticated(message))
})

test('a token without its scheme is not taken', async () => {
  const { authentication, key } = await aClient()
  const token = await authentication.obtainToken(key)
  await expect(authentication.authenticate(token)).rejects.toThrow(Unauthenticated)
  await expect(authentication.authenticate(`Bearer ${token} ${token}`)).rejects.toThrow(Unauthenticated)
})

test('a token ends after an hour', async () => {
  const { authentication, clock, key } = await aClient()
  const header = `Bearer ${await authentication.obtainToken(key)}`
  clock.advance(3_599_000)
  expect(await authentication.authenticate(header)).toBeDefined()
  clock.advance(1_000)
  await expect(authentication.authenticate(header)).rejects.toThrow(Unauthenticated)
})

test('a revoked key obtains nothing, and its tokens end within five seconds', async () => {
  const { authentication, clock, key } = await aClient()
  const header = `Bearer ${await authentication.obtainToken(key)}`
  await authentication.authenticate(header)
  await revokeKey({ db: pool, clock }, key.clientId)
  await expect(authentication.obtainToken(key)).rejects.toThrow(Unauthenticated)
  clock.advance(5_000)
  await expect(authentication.authenticate(header)).rejects.toThrow(Unauthenticated)
})

test('a rotated key takes the new secret only, and its tokens live on', async () => {
  const { authentication, clock, key } = await aClient()
  const header = `Bearer ${await authentication.obtainToken(key)}`
  const rotated = await rotateKey({ db: pool, clock }, key.clientId)
  await expect(authentication.obtainToken(key)).rejects.toThrow(Unauthenticated)
  expect(await authentication.obtainToken(rotated)).toBeDefined()
  clock.advance(10_000)
  expect(await authentication.authenticate(header)).toMatchObject({ id: key.merchantId })
})

test('a token signed elsewhere is not taken', async () => {
  const { key, clock } = await aClient()
  const elsewhere = createAuthentication({
    db: pool,
    clock,
    jwtSecrets: ['another-secret-of-more-than-thirty-two-characters'],
  })
  const here = createAuthentication({ db: pool, clock, jwtSecrets: secrets })
  const token = await elsewhere.obtainToken(key)
  await expect(here.authenticate(`Bearer ${token}`)).rejects.toThrow(Unauthenticated)
})
