import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { aDeposit, aMerchant, aSimulator, apiToken, call, initiate, textLike } from '../../test/support.ts'
import { isRecord } from '../http.ts'
import type { SignatureEncoding } from '../index.ts'

const publishedKeys = async (simulator: { url: string }): Promise<Record<string, unknown>[]> => {
  const { json } = await call(simulator, 'GET', '/v2/public-key/http')
  return Array.isArray(json) ? json.filter(isRecord) : []
}

test('callbacks are signed only where the account is set up so, as its configuration says', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url })
  await initiate(simulator, aDeposit())
  await merchant.until(1)
  expect(merchant.received[0]?.headers).not.toHaveProperty('signature')
  const signing = await aSimulator({ signatures: { signedCallbacks: true, signedRequestsOnly: [] } })
  const configured = async (each: { url: string }) => (await call(each, 'GET', '/v2/active-conf')).json
  expect(await configured(simulator)).toMatchObject({
    signatureConfiguration: { signedRequestsOnly: false, signedCallbacks: false },
  })
  expect(await configured(signing)).toMatchObject({
    signatureConfiguration: { signedRequestsOnly: true, signedCallbacks: true },
  })
})

test.each<SignatureEncoding>(['der', 'raw'])('a callback is signed with the published key, in %s', async (encoding) => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({
    callbackUrl: merchant.url,
    signatures: { signedCallbacks: true, encoding },
  })
  await initiate(simulator, aDeposit())
  await merchant.until(1)
  const [key] = await publishedKeys(simulator)
  const { headers = {}, body } = merchant.received[0] ?? {}
  const text = JSON.stringify(body)
  const digest = `sha-512=:${createHash('sha512').update(text).digest('base64')}:`
  const input = String(headers['signature-input'])
  expect(headers['content-digest']).toBe(digest)
  expect(input).toContain(`alg="ecdsa-p256-sha256";keyid="${String(key?.['id'])}";created=`)
  const base = [
    '"@method": POST',
    `"@authority": ${headers.host ?? ''}`,
    '"@path": /callbacks/pawapay',
    `"signature-date": ${String(headers['signature-date'])}`,
    `"content-digest": ${digest}`,
    '"content-type": application/json',
    `"content-length": ${text.length}`,
    `"@signature-params": ${input.replace('sig-pp=', '')}`,
  ].join('\n')
  const bytes = Buffer.from(/^sig-pp=:(.+):$/.exec(String(headers['signature']))?.[1] ?? '', 'base64')
  const publicKey = createPublicKey(String(key?.['key']))
  const dsaEncoding = encoding === 'raw' ? 'ieee-p1363' : 'der'
  expect(verify('sha256', Buffer.from(base), { key: publicKey, dsaEncoding }, bytes)).toBe(true)
})

test('after a rotation the new key signs, and both are published', async () => {
  const merchant = await aMerchant()
  const simulator = await aSimulator({ callbackUrl: merchant.url, signatures: { signedCallbacks: true } })
  const { json } = await call(simulator, 'POST', '/_sandbox/rotate-key')
  const id = isRecord(json) ? json['id'] : undefined
  const keys = await publishedKeys(simulator)
  expect(keys).toHaveLength(2)
  expect(keys[1]).toEqual({ id, key: textLike(/^-----BEGIN PUBLIC KEY-----/) })
  await initiate(simulator, aDeposit())
  await merchant.until(1)
  expect(merchant.received[0]?.headers['signature-input']).toContain(`keyid="${String(id)}"`)
})

test('faults and the encoding can be asked for from outside, by name', async () => {
  const simulator = await aSimulator({ signatures: { signedCallbacks: true } })
  expect(await call(simulator, 'POST', '/_sandbox/next-signature', { fault: 'stale' })).toMatchObject({
    status: 200,
    json: { queued: ['stale'] },
  })
  expect(await call(simulator, 'POST', '/_sandbox/next-signature', { fault: 'none' })).toMatchObject({ status: 400 })
  expect(await call(simulator, 'POST', '/_sandbox/signature-encoding', { encoding: 'raw' })).toMatchObject({
    status: 200,
  })
  expect(await call(simulator, 'POST', '/_sandbox/signature-encoding', { encoding: 'hex' })).toMatchObject({
    status: 400,
  })
})

test('where requests must be signed, one that is not, or not by a known key, or not as it came, is refused', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const uploaded = { id: 'OURS', key: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
  const simulator = await aSimulator({ signatures: { signedRequestsOnly: [uploaded] } })
  const refused = { status: 403, json: { failureReason: { failureCode: 'HTTP_SIGNATURE_ERROR' } } }
  const send = (keyId: string, signed: string, sent = signed) => {
    const digest = `sha-512=:${createHash('sha512').update(signed).digest('base64')}:`
    const now = Math.floor(Date.now() / 1000)
    const parameters = `("@method" "@authority" "@path" "signature-date" "content-digest" "content-type");alg="ecdsa-p256-sha256";keyid="${keyId}";created=${now};expires=${now + 60}`
    const base = [
      '"@method": POST',
      `"@authority": ${new URL(simulator.url).host}`,
      '"@path": /v2/deposits',
      '"signature-date": 2026-01-02T03:04:05Z',
      `"content-digest": ${digest}`,
      '"content-type": application/json',
      `"@signature-params": ${parameters}`,
    ].join('\n')
    return call(simulator, 'POST', '/v2/deposits', sent, {
      authorization: `Bearer ${apiToken}`,
      'signature-date': '2026-01-02T03:04:05Z',
      'content-digest': digest,
      'signature-input': `sig-pp=${parameters}`,
      signature: `sig-pp=:${sign('sha256', Buffer.from(base), privateKey).toString('base64')}:`,
    })
  }
  const body = JSON.stringify(aDeposit())
  expect(await initiate(simulator, aDeposit())).toMatchObject(refused)
  expect(await send('THEIRS', body)).toMatchObject(refused)
  expect(await send('OURS', body, body.replace('1500', '1501'))).toMatchObject(refused)
  expect(simulator.deposits()).toEqual([])
  expect(await send('OURS', body)).toMatchObject({ status: 200, json: { status: 'ACCEPTED' } })
})
