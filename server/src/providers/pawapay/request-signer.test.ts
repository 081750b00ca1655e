import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { aClock } from '../../../test/support/fakes.ts'
import { createRequestSigner, readSigningKey } from './request-signer.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const body = '{"depositId":"8917c345-4791-4285-a416-62f24b6982db"}'

test.each([
  ['der', 'der'],
  ['raw', 'ieee-p1363'],
] as const)('a request is signed as RFC 9421 has it, its signature encoded as %s', (encoding, dsaEncoding) => {
  const sign = createRequestSigner({ key: readSigningKey(pem), keyId: 'our "key"', encoding }, aClock())
  const { signature = '', ...headers } = sign({
    method: 'POST',
    url: 'https://api.sandbox.pawapay.io/v2/deposits',
    contentType: 'application/json',
    body,
  })
  const digest = `sha-512=:${createHash('sha512').update(body).digest('base64')}:`
  const parameters =
    '("@method" "@authority" "@path" "signature-date" "content-digest" "content-type")' +
    ';alg="ecdsa-p256-sha256";keyid="our \\"key\\"";created=1748779200;expires=1748779260'
  expect(headers).toEqual({
    'content-type': 'application/json',
    'content-digest': digest,
    'signature-date': '2025-06-01T12:00:00.000Z',
    'signature-input': `sig-pp=${parameters}`,
  })
  const base = [
    '"@method": POST',
    '"@authority": api.sandbox.pawapay.io',
    '"@path": /v2/deposits',
    '"signature-date": 2025-06-01T12:00:00.000Z',
    `"content-digest": ${digest}`,
    '"content-type": application/json',
    `"@signature-params": ${parameters}`,
  ].join('\n')
  const bytes = Buffer.from(/^sig-pp=:(.+):$/.exec(signature)?.[1] ?? '', 'base64')
  expect(bytes.length === 64).toBe(encoding === 'raw')
  expect(verify('sha256', Buffer.from(base), { key: publicKey, dsaEncoding }, bytes)).toBe(true)
})

test('a key of any other kind is refused in words for an operator, and never repeated', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  expect(() => readSigningKey(p384.toString())).toThrow('must hold a key on the curve P-256')
  expect(() => readSigningKey('secret text')).toThrow(/^PAWAPAY_SIGNING_KEY_FILE holds no private key/)
  expect(() => readSigningKey(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toThrow('no private key')
})
