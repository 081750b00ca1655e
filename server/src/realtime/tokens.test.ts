import { expect, test } from 'vitest'
import { aClock, noon } from '../../test/support/fakes.ts'
import { type MerchantId, type SessionId } from '../kernel/ids.ts'
import { createKeyring, type Keyring } from '../auth/index.ts'
import { createRealtimeTokens, realtimeTokenSeconds } from './tokens.ts'

const secret = 'the-current-secret-of-more-than-32-characters'
const former = 'the-former-secret-of-more-than-32-characters'
const key = {
  merchantId: '7' as MerchantId,
  sessionId: '55' as SessionId,
  kind: 'ORDER' as const,
  referenceId: '550E8400-e29b-41d4-a716-446655440000',
}
const claims = {
  sub: '7',
  role: 'authenticated',
  merchant_id: 7,
  session_id: 55,
  reference_id: key.referenceId,
  source_type: 'ORDER',
}

const keyring = (): Keyring => createKeyring([secret], aClock(noon))
const its = { audience: 'dollr-realtime', lifetimeSeconds: 300 }

test('a token says what it is for, and until when', async () => {
  const tokens = createRealtimeTokens(keyring())
  const expiresAt = new Date(noon.getTime() + realtimeTokenSeconds * 1000)
  expect(await tokens.verify(await tokens.sign(key))).toEqual({ ...key, expiresAt })
})

test('a token made by hand is good if everything in it is: the ones below fail for the right reason', async () => {
  expect(await createRealtimeTokens(keyring()).verify(await keyring().sign(claims, its))).toMatchObject(key)
})

test.each([
  { role: undefined },
  { role: 'anon' },
  { role: 'service_role' },
  { sub: undefined },
  { merchant_id: undefined },
  { merchant_id: '7' },
  { merchant_id: 0 },
  { session_id: 1.5 },
  { session_id: -55 },
  { reference_id: undefined },
  { reference_id: 5 },
  { source_type: 'SUBSCRIPTION' },
])('a token with %j is not good', async (difference) => {
  const token = await keyring().sign({ ...claims, ...difference } as Record<string, unknown>, its)
  expect(await createRealtimeTokens(keyring()).verify(token)).toBeUndefined()
})

test.each([
  ['another audience', { ...its, audience: 'dollr-api' }],
  ['an end that has come', { ...its, lifetimeSeconds: 0 }],
])('a token with %s is not good', async (_what, wrong) => {
  expect(await createRealtimeTokens(keyring()).verify(await keyring().sign(claims, wrong))).toBeUndefined()
})

test('a token outlives the secret it was signed with for as long as that is held', async () => {
  const clock = aClock(noon)
  const token = await createRealtimeTokens(createKeyring([former], clock)).sign(key)
  expect(await createRealtimeTokens(createKeyring([secret, former], clock)).verify(token)).toBeDefined()
  expect(await createRealtimeTokens(createKeyring([secret], clock)).verify(token)).toBeUndefined()
})
