import { constants, createHash, generateKeyPairSync, type KeyObject, sign, type SignKeyObjectInput } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aClock, noon } from '../../../test/support/fakes.ts'
import { addMs } from '../../kernel/clock.ts'
import { type CallbackRequest } from '../provider.ts'
import { type CallbackSettings, trustOf, verifyCallback } from './callbacks.ts'

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const keys = new Map<string, KeyObject>([
  ['p256', p256.publicKey],
  ['p384', p384.publicKey],
  ['rsa', rsa.publicKey],
])

const settings: CallbackSettings = {
  signatures: 'optional',
  maxAgeMs: 20 * 60_000,
  url: 'https://Pay.Example:443/dollr/callbacks/pawapay',
  trustHost: false,
}
const body = '{"depositId":"8917c345-4791-4285-a416-62f24b6982db","status":"COMPLETED"}'
const noonSeconds = noon.getTime() / 1000
const digest = (name: 'sha256' | 'sha512', text: string) => createHash(name).update(text).digest('base64')

interface Signing {
  readonly algorithm: string
  readonly keyId: string
  readonly hash: string
  readonly key: SignKeyObjectInput
}

const asDer: Signing = {
  algorithm: 'ecdsa-p256-sha256',
  keyId: 'p256',
  hash: 'sha256',
  key: { key: p256.privateKey, dsaEncoding: 'der' },
}
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }
const ways: Readonly<Record<string, Signing>> = {
  'P-256, DER': asDer,
  'P-256, raw': { ...asDer, key: { key: p256.privateKey, dsaEncoding: 'ieee-p1363' } },
  'P-384, DER': {
    algorithm: 'ecdsa-p384-sha384',
    keyId: 'p384',
    hash: 'sha384',
    key: { key: p384.privateKey, dsaEncoding: 'der' },
  },
  'P-384, raw': {
    algorithm: 'ecdsa-p384-sha384',
    keyId: 'p384',
    hash: 'sha384',
    key: { key: p384.privateKey, dsaEncoding: 'ieee-p1363' },
  },
  'RSA, PKCS 1.5': { algorithm: 'rsa-v1_5-sha256', keyId: 'rsa', hash: 'sha256', key: { key: rsa.privateKey } },
  'RSA, PSS': { algorithm: 'rsa-pss-sha512', keyId: 'rsa', hash: 'sha512', key: { key: rsa.privateKey, ...pss } },
}

interface Draft {
  readonly signing?: Signing
  readonly components?: string
  readonly parameters?: string
  readonly lines?: readonly string[]
  readonly contentDigest?: string
}

/** A callback as pawaPay signs it: the base is written out here by hand, as RFC 9421 has it. */
function aCallback({ signing = asDer, ...its }: Draft = {}): CallbackRequest {
  const contentDigest = its.contentDigest ?? `sha-512=:${digest('sha512', body)}:`
  const components =
    its.components ??
    '("@method" "@authority" "@path" "signature-date" "content-digest" "content-type" "content-length")'
  const parameters =
    its.parameters ??
    `${components};alg="${signing.algorithm}";keyid="${signing.keyId}";created=${noonSeconds};expires=${noonSeconds + 60_000}`
  const lines = its.lines ?? [
    '"@method": POST',
    '"@authority": pay.example',
    '"@path": /dollr/callbacks/pawapay',
    '"signature-date": 2025-06-01T12:00:00Z',
    `"content-digest": ${contentDigest}`,
    '"content-type": application/json',
    `"content-length": ${body.length}`,
  ]
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n')
  const signature = sign(signing.hash, Buffer.from(base), signing.key).toString('base64')
  return {
    method: 'POST',
    // What the proxy made of it.
    authority: '10.0.0.7:8080',
    path: '/callbacks/pawapay',
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.length),
      'signature-date': '2025-06-01T12:00:00Z',
      'content-digest': contentDigest,
      'signature-input': `sig-pp=${parameters}`,
      signature: `sig-pp=:${signature}:`,
    },
    body: Buffer.from(body),
  }
}

const withHeaders = (request: CallbackRequest, headers: CallbackRequest['headers']): CallbackRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
})

async function verdictOn(request: CallbackRequest, its: Partial<CallbackSettings> = {}, at = noon): Promise<string> {
  const findKey = async (id: string) => keys.get(id) ?? 'unknown'
  const { verification } = await verifyCallback(
    { clock: aClock(at), findKey, settings: { ...settings, ...its } },
    request,
  )
  return verification
}

test.each(Object.entries(ways))('%s: what was signed is valid', async (_, signing) => {
  expect(await verdictOn(aCallback({ signing }))).toBe('valid')
})

test('parameters count to the letter, whatever their order and among whatever other signatures', async () => {
  const parameters = `("content-digest" "@path" "@authority" "@method");created=${noonSeconds};keyid="p256";nonce="a, sig-pp=\\"b\\"";alg="ecdsa-p256-sha256"`
  const request = aCallback({
    parameters,
    lines: [
      `"content-digest": sha-512=:${digest('sha512', body)}:`,
      '"@path": /dollr/callbacks/pawapay',
      '"@authority": pay.example',
      '"@method": POST',
    ],
  })
  const { signature, ['signature-input']: input } = request.headers
  expect(await verdictOn(request)).toBe('valid')
  expect(
    await verdictOn(
      withHeaders(request, {
        signature: `proxy=:AAAA:, ${String(signature)}`,
        'signature-input': [`proxy=("@method");note="x, y"`, String(input)],
      }),
    ),
  ).toBe('valid')
})

test.each([
  ['no signature', withHeaders(aCallback(), { signature: undefined })],
  ['no input', withHeaders(aCallback(), { 'signature-input': undefined })],
  ['another label', withHeaders(aCallback(), { signature: 'sig=:AAAA:', 'signature-input': 'sig=("@method")' })],
  ['a signature that is no bytes', withHeaders(aCallback(), { signature: 'sig-pp="text"' })],
  ['an input that is no list', withHeaders(aCallback(), { 'signature-input': 'sig-pp=1' })],
  ['two inputs', withHeaders(aCallback(), { 'signature-input': 'sig-pp=("@method"), sig-pp=("@path")' })],
  ['a header that is not there', withHeaders(aCallback(), { 'signature-date': undefined })],
  [
    'no time',
    aCallback({ parameters: '("@method" "@authority" "@path" "content-digest");alg="ecdsa-p256-sha256";keyid="p256"' }),
  ],
  [
    'no key',
    aCallback({
      parameters: `("@method" "@authority" "@path" "content-digest");alg="ecdsa-p256-sha256";created=${noonSeconds}`,
    }),
  ],
  [
    'no algorithm',
    aCallback({ parameters: `("@method" "@authority" "@path" "content-digest");keyid="p256";created=${noonSeconds}` }),
  ],
  ['another algorithm', aCallback({ signing: { ...asDer, algorithm: 'hmac-sha256' } })],
  ['an inherited name for an algorithm', aCallback({ signing: { ...asDer, algorithm: 'toString' } })],
  ['a component twice', aCallback({ components: '("@method" "@method" "@authority" "@path" "content-digest")' })],
  ['a component with parameters', aCallback({ components: '("@method" "@authority" "@path" "content-digest";sf)' })],
  ['a component nobody knows', aCallback({ components: '("@method" "@authority" "@path" "content-digest" "@query")' })],
  [
    'an inherited name for a component',
    aCallback({ components: '("@method" "@authority" "@path" "content-digest" "@toString")' }),
  ],
])('%s is malformed', async (_, request) => {
  expect(await verdictOn(request)).toBe('malformed')
})

test.each(['@method', '@authority', '@path', 'content-digest'])('what does not sign %s says nothing', async (left) => {
  const all = ['@method', '@authority', '@path', 'content-digest']
  const components = `(${all
    .filter((each) => each !== left)
    .map((each) => `"${each}"`)
    .join(' ')})`
  expect(await verdictOn(aCallback({ components }))).toBe('malformed')
})

test.each([
  [
    'a body that was changed',
    { ...aCallback(), body: Buffer.from(body.replace('COMPLETED', 'COMPLETE_')) },
    'bad_digest',
  ],
  ['no body', { ...aCallback(), body: Buffer.alloc(0) }, 'bad_digest'],
  ['a digest of a kind nobody knows', aCallback({ contentDigest: 'md5=:AAAA:' }), 'bad_digest'],
  ['a digest that is no dictionary', aCallback({ contentDigest: '???' }), 'bad_digest'],
  [
    'two digests, one of them wrong',
    aCallback({ contentDigest: `sha-256=:${digest('sha256', body)}:, sha-512=:${digest('sha512', 'other')}:` }),
    'bad_digest',
  ],
  [
    'a digest changed with the body',
    withHeaders(
      { ...aCallback(), body: Buffer.from('{}') },
      { 'content-digest': `sha-512=:${digest('sha512', '{}')}:` },
    ),
    'bad_signature',
  ],
  ['another type', withHeaders(aCallback(), { 'content-type': 'text/plain' }), 'bad_signature'],
  ['another verb', { ...aCallback(), method: 'PUT' }, 'bad_signature'],
  ['a key of another kind', aCallback({ signing: { ...asDer, keyId: 'rsa' } }), 'bad_signature'],
  ['a key on another curve', aCallback({ signing: { ...asDer, keyId: 'p384' } }), 'bad_signature'],
  ['a key nobody knows', aCallback({ signing: { ...asDer, keyId: 'nobody' } }), 'unknown_key'],
] as const)('%s: %3$s', async (_, request, verdict) => {
  expect(await verdictOn(request)).toBe(verdict)
})

test('a shorter digest is as good', async () => {
  expect(await verdictOn(aCallback({ contentDigest: `sha-256=:${digest('sha256', body)}:` }))).toBe('valid')
})

test.each(['https://other.example/dollr/callbacks/pawapay', 'https://pay.example/callbacks/pawapay'])(
  'what was signed for another address than %s is not for us',
  async (url) => {
    expect(await verdictOn(aCallback(), { url })).toBe('bad_signature')
  },
)

test('without an address of our own, a sandbox takes the one the request names, and nobody else takes any', async () => {
  const request = { ...aCallback(), authority: 'PAY.example', path: '/dollr/callbacks/pawapay' }
  expect(await verdictOn(request, { url: undefined, trustHost: true })).toBe('valid')
  expect(await verdictOn(request, { url: undefined })).toBe('unchecked')
})

test('a signature is good from a minute early until it is too old', async () => {
  const at = (ms: number) => verdictOn(aCallback(), {}, addMs(noon, ms))
  expect(await Promise.all([-61_000, -60_000, 20 * 60_000, 20 * 60_000 + 1].map(at))).toEqual([
    'stale',
    'valid',
    'valid',
    'stale',
  ])
})

test('what its signer lets expire has expired', async () => {
  const short = aCallback({
    lines: [
      '"@method": POST',
      '"@authority": pay.example',
      '"@path": /dollr/callbacks/pawapay',
      `"content-digest": sha-512=:${digest('sha512', body)}:`,
    ],
    parameters: `("@method" "@authority" "@path" "content-digest");alg="ecdsa-p256-sha256";keyid="p256";created=${noonSeconds};expires=${noonSeconds + 60}`,
  })
  expect(await verdictOn(short, {}, addMs(noon, 120_000))).toBe('valid')
  expect(await verdictOn(short, {}, addMs(noon, 120_001))).toBe('stale')
})

test('no bytes in place of a signature, an input or a digest are an error of ours', async () => {
  const request = aCallback()
  const anyHeader = fc.oneof(
    fc.string(),
    fc.base64String().map((text) => `sig-pp=:${text}:`),
    fc.constant(undefined),
  )
  await fc.assert(
    fc.asyncProperty(anyHeader, anyHeader, anyHeader, async (signature, input, contentDigest) => {
      const some = {
        ...(signature !== undefined && { signature }),
        ...(input !== undefined && { 'signature-input': input }),
        ...(contentDigest !== undefined && { 'content-digest': contentDigest }),
      }
      const isAsSigned = Object.keys(some).length === 0
      expect((await verdictOn(withHeaders(request, some))) === 'valid').toBe(isAsSigned)
    }),
    { numRuns: 300 },
  )
})

test('what claims to be signed and is not is refused; what claims nothing is asked after, unless signatures are required', () => {
  const trusts = (signatures: 'required' | 'optional') =>
    Object.fromEntries(
      (
        [
          'valid',
          'unsigned',
          'unchecked',
          'key_unavailable',
          'malformed',
          'stale',
          'bad_digest',
          'bad_signature',
          'unknown_key',
        ] as const
      ).map((verification) => [verification, trustOf(verification, { ...settings, signatures })]),
    )
  const refused = {
    malformed: 'refused',
    stale: 'refused',
    bad_digest: 'refused',
    bad_signature: 'refused',
    unknown_key: 'refused',
  }
  expect(trusts('optional')).toEqual({
    valid: 'believed',
    unsigned: 'hint',
    unchecked: 'hint',
    key_unavailable: 'hint',
    ...refused,
  })
  expect(trusts('required')).toEqual({
    valid: 'believed',
    unsigned: 'refused',
    unchecked: 'refused',
    key_unavailable: 'undecided',
    ...refused,
  })
})
