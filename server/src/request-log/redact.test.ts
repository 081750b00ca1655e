import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MerchantId } from '../kernel/ids.ts'
import { type Call } from '../platform/http/calls.ts'
import { shorten, toKeep } from './model.ts'
import { redact, redactPath, redactQuery } from './redact.ts'

const bearer = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4'
const signing = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const payLink = 'aVeryLongTokenThatNobodyGuesses_0123456789'

/** What opens something, each where it stands in what is sent and answered here. */
const secrets: readonly (readonly [secret: string, where: object])[] = [
  ['sandbox-secret', { client_secret: 'sandbox-secret' }],
  ['sandbox-secret', { clientSecret: ['sandbox-secret'] }],
  [bearer, { access_token: bearer, expires_in: 300 }],
  [bearer, { note: `Bearer ${bearer}` }],
  ['opaque-token', { access_token: 'opaque-token' }],
  ['opaque-token', { note: 'Bearer opaque-token' }],
  ['918273', { passcode: { token: { code: '918273', phone: '231770000000' }, device: { name: 'Server' } } }],
  ['918273', { passcode: '918273' }],
  ['918273', { passcode: { code: '918273' } }],
  ['918273', { passcode: [['918273']] }],
  ['918273', { passcode: { code: 918273 } }],
  ['pm_card_visa', { insensitive_account_number: 'pm_card_visa' }],
  ['pm_1NVChw2eZvKYlo2CHxiM5E2E', { gateway_message: 'No such method: pm_1NVChw2eZvKYlo2CHxiM5E2E.' }],
  [
    'pi_3MtwBwLkdIwHu7ix_secret_YrKJUKribcBjcG8HVhfZluoGH',
    {
      other: 'pi_3MtwBwLkdIwHu7ix_secret_YrKJUKribcBjcG8HVhfZluoGH',
    },
  ],
  [signing, { secret: signing }],
  [signing, { text: `the secret is ${signing}.` }],
  ['sk_test_4eC39HqLyjWDarjtT1zdp7dc', { text: 'sk_test_4eC39HqLyjWDarjtT1zdp7dc' }],
  ['231770000000', { phone: '231770000000' }],
  ['231770000000', { party_phone: '231770000000' }],
  ['231770000000', { insensitive_account_number: '231770000000' }],
  ['231770000000', { phone_number: 231770000000 }],
  [payLink, { url: `https://pay.example/pay/${payLink}` }],
]

const aName = fc.constantFrom('data', 'items', 'note', 'payload', 'token', 'secret', 'x')

/** The same inside objects and lists, with company. */
const hidden = (value: unknown): fc.Arbitrary<unknown> =>
  fc
    .array(fc.record({ name: aName, list: fc.boolean(), beside: fc.jsonValue({ maxDepth: 1 }) }), { maxLength: 6 })
    .map((layers) =>
      layers.reduce<unknown>(
        (inner, { name, list, beside }) => (list ? [beside, inner] : { beside, [name]: inner }),
        value,
      ),
    )

const kept = (its: Partial<Call>): string =>
  JSON.stringify(
    toKeep({
      merchantId: '7' as MerchantId,
      at: new Date(0),
      call: shorten({
        requestId: 'a-1',
        method: 'POST',
        path: '/v1/x',
        query: {},
        body: undefined,
        bodyBytes: 0,
        status: 200,
        durationMs: 1,
        answer: undefined,
        warnings: [],
        ...its,
      }),
    }),
  )

describe.each(secrets)('%s', (secret, where) => {
  test(`is kept nowhere of ${JSON.stringify(where).slice(0, 60)}`, () => {
    fc.assert(
      fc.property(hidden(where), (value) => {
        expect(kept({ body: value })).not.toContain(secret)
        expect(kept({ answer: JSON.stringify(value) })).not.toContain(secret)
        expect(kept({ query: where })).not.toContain(secret)
      }),
      { numRuns: 30 },
    )
  })
})

test('what tells one call from another is kept', () => {
  const body = {
    session_id: '55',
    currency: 'USD',
    reference_id: '0b7e2c1e-7c39-4f0e-8f0a-5a1d1c6a2f11',
    note: 'desk_assignment and risk_management of 2026',
    passcode: { device: { platform: 'NODE', client_ip: '203.0.113.10' } },
    amount: 12.5,
    items: [{ name: 'Tea', qty: 2 }, null, true],
  }
  expect(redact(body)).toEqual(body)
  expect(redact({ phone: '231770000012', account_number: '250783456789' })).toEqual({
    phone: '231…12',
    account_number: '250…89',
  })
})

test('parameters and paths are redacted as bodies are', () => {
  expect(redactQuery({ phone: '231770000012', limit: 5, id: ['1', '2'] })).toBe(
    'phone=231%E2%80%A612&limit=5&id=1&id=2',
  )
  expect(redactQuery({})).toBeUndefined()
  expect(redactPath(`/v1/invoices/retrieve/${bearer}`)).toBe('/v1/invoices/retrieve/[redacted]')
  expect(redactPath('/v1/invoices/retrieve/4111111111111111')).toBe('/v1/invoices/retrieve/[redacted]')
  expect(redactPath('/v1/invoices/retrieve/378282246310005')).toBe('/v1/invoices/retrieve/[redacted]')
  expect(redactPath('/v1/invoices/retrieve/123456789012345')).toBe('/v1/invoices/retrieve/123456789012345')
})

test('a body nested without end ends', () => {
  let body: unknown = 'x'
  for (let depth = 0; depth < 5_000; depth += 1) body = [body]
  expect(kept({ body })).toContain('[redacted]')
})

test('a long body is kept as its beginning, a very long one as its length', () => {
  const long = JSON.parse(kept({ body: { note: 'é'.repeat(10_000) } })) as { requestBody: string }
  const text = JSON.parse(long.requestBody) as string
  expect(text).toMatch(/^\{"note":"é+…$/)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8 * 1024 + 3)
  expect(kept({ body: {}, bodyBytes: 200_000 })).toContain('200000 bytes')
  expect(kept({ answer: JSON.stringify('x'.repeat(100_000)) })).toContain('100002 bytes')
})

test('what was answered in no JSON is kept as the text it was', () => {
  expect(kept({ answer: '<html>' })).toContain('<html>')
  expect(JSON.parse(kept({ answer: '' }))).not.toHaveProperty('responseBody')
})
