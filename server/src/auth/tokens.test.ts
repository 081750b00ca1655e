import { createHmac } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { aClock, noon, type TestClock } from '../../test/support/fakes.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { createTokens, tokenMinutes } from './tokens.ts'

const secret = 'the-current-secret-of-more-than-32-characters'
const former = 'the-former-secret-of-more-than-32-characters'
const stranger = 'a-secret-that-was-never-ours-of-32-characters'

const holder = { clientId: 'dollr_abc', merchantId: '7' as MerchantId, merchantType: 'ORGANIZATION' as const }
const hourMs = 3_600_000

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>

const issuedAt = Math.floor(noon.getTime() / 1000)
const claims = { sub: 'dollr_abc', merchant_id: 7, aud: 'dollr-api', jti: 'x', iat: issuedAt, exp: issuedAt + 3600 }

/** A token put together by hand, signed with HMAC-SHA-256 or not at all. */
function forge(header: Record<string, unknown>, payload: Record<string, unknown>, key?: string): string {
  const signed = `${encode(header)}.${encode(payload)}`
  return `${signed}.${key === undefined ? '' : createHmac('sha256', key).update(signed).digest('base64url')}`
}

test('a token says who holds it, for an hour', async () => {
  const tokens = createTokens([secret], aClock(noon))
  const token = await tokens.sign(holder)
  expect(decode(token.split('.')[0])).toMatchObject({ alg: 'HS256', typ: 'JWT' })
  expect(decode(token.split('.')[1])).toMatchObject({
    sub: 'dollr_abc',
    merchant_id: 7,
    merchant_type: 'ORGANIZATION',
    iat: issuedAt,
    exp: issuedAt + tokenMinutes * 60,
  })
  expect(await tokens.verify(token)).toEqual({
    clientId: 'dollr_abc',
    merchantId: '7',
    expiresAt: new Date(noon.getTime() + hourMs),
  })
})

test('no two tokens are the same', async () => {
  const tokens = createTokens([secret], aClock(noon))
  expect(await tokens.sign(holder)).not.toBe(await tokens.sign(holder))
})

async function verifiedAfter(ms: number, seenBefore: boolean): Promise<boolean> {
  const clock: TestClock = aClock(noon)
  const tokens = createTokens([secret], clock)
  const token = await tokens.sign(holder)
  if (seenBefore) await tokens.verify(token)
  clock.advance(ms)
  return (await tokens.verify(token)) !== undefined
}

test.each([
  [hourMs - 1000, true],
  [hourMs, false],
  [hourMs + 1, false],
  [24 * hourMs, false],
])('after %d ms a token is good: %s, whether it was seen before or not', async (ms, good) => {
  expect(await verifiedAfter(ms, false)).toBe(good)
  expect(await verifiedAfter(ms, true)).toBe(good)
})

test.each<[string, (token: string) => string]>([
  ['nothing', () => ''],
  ['no token', () => 'x'],
  ['two parts', (token) => token.split('.').slice(0, 2).join('.')],
  ['no signature', (token) => `${token.split('.').slice(0, 2).join('.')}.`],
  ['four parts', (token) => `${token}.x`],
  ['a changed signature', (token) => token.replace(/.{4}$/, (end) => (end === 'AAAA' ? 'BBBB' : 'AAAA'))],
  [
    'a changed claim',
    (token) => {
      const [header, payload, signature] = token.split('.')
      return [header, encode({ ...decode(payload), merchant_id: 8 }), signature].join('.')
    },
  ],
  ['no algorithm', () => forge({ alg: 'none', typ: 'JWT' }, claims)],
  ['no algorithm in capitals', () => forge({ alg: 'NONE' }, claims)],
  ['another secret', () => forge({ alg: 'HS256' }, claims, stranger)],
  ['another secret under our key id', (token) => forge(decode(token.split('.')[0]), claims, stranger)],
  ['an unknown key id', () => forge({ alg: 'HS256', kid: 'ffffffff' }, claims, secret)],
  ['an empty secret', () => forge({ alg: 'HS256' }, claims, '')],
  ['another audience', () => forge({ alg: 'HS256' }, { ...claims, aud: 'realtime' }, secret)],
  ['no audience', () => forge({ alg: 'HS256' }, { ...claims, aud: undefined }, secret)],
  ['no end', () => forge({ alg: 'HS256' }, { ...claims, exp: undefined }, secret)],
  ['no subject', () => forge({ alg: 'HS256' }, { ...claims, sub: undefined }, secret)],
  ['no id', () => forge({ alg: 'HS256' }, { ...claims, jti: undefined }, secret)],
  ['an end in the past', () => forge({ alg: 'HS256' }, { ...claims, exp: issuedAt - 1 }, secret)],
  ['a beginning in the future', () => forge({ alg: 'HS256' }, { ...claims, nbf: issuedAt + 3600 }, secret)],
  ['an extension nobody understands', () => forge({ alg: 'HS256', crit: ['x'], x: 1 }, claims, secret)],
])('a token with %s is not good', async (_what, forged) => {
  const tokens = createTokens([secret], aClock(noon))
  const token = await tokens.sign(holder)
  expect(await tokens.verify(forged(token))).toBeUndefined()
  expect(await tokens.verify(token)).toBeDefined()
})

test('a forgery made by hand would pass with the right secret: the tests above fail for the right reason', async () => {
  expect(await createTokens([secret], aClock(noon)).verify(forge({ alg: 'HS256' }, claims, secret))).toBeDefined()
})

test('another HMAC with the right secret is not good', async () => {
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS512' })
    .sign(new TextEncoder().encode(secret.padEnd(64, '.')))
  expect(await createTokens([secret.padEnd(64, '.')], aClock(noon)).verify(token)).toBeUndefined()
})

test('after a rotation old tokens are good and new ones are signed with the new secret', async () => {
  const clock = aClock(noon)
  const before = await createTokens([former], clock).sign(holder)
  const rotated = createTokens([secret, former], clock)
  const after = await rotated.sign(holder)
  expect(await rotated.verify(before)).toBeDefined()
  expect(await rotated.verify(after)).toBeDefined()
  expect(await createTokens([secret], clock).verify(after)).toBeDefined()
  expect(await createTokens([former], clock).verify(after)).toBeUndefined()
})

test('once the former secret is gone, so are its tokens', async () => {
  const clock = aClock(noon)
  const before = await createTokens([former], clock).sign(holder)
  expect(await createTokens([secret], clock).verify(before)).toBeUndefined()
})
