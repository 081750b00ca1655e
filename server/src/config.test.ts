import { generateKeyPairSync } from 'node:crypto'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig, readDatabaseConfig, readPawapayConfig } from './config.ts'

type Environment = Readonly<Record<string, string>>

const secret = 'a-secret-of-more-than-thirty-two-characters'
const otherSecret = 'another-secret-of-more-than-thirty-two-characters'

const aSandbox = (its: Environment = {}): Environment => ({ PAWAPAY_BASE_URL: 'http://127.0.0.1:8090', ...its })
const aLiveServer = (its: Environment = {}): Environment => ({
  DOLLR_MODE: 'live',
  DATABASE_URL: 'postgresql://dollr:hunter2-of-the-database@db.example.com/dollr',
  DOLLR_JWT_SECRET: secret,
  PAWAPAY_API_TOKEN: 'a-token-of-the-dashboard',
  DOLLR_REALTIME_ANON_KEY: 'an-anonymous-key-of-more-than-thirty-two-characters',
  DOLLR_PUBLIC_URL: 'https://pay.example.com',
  ...its,
})

function mistakesIn(env: Environment): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.message).toBe(error.mistakes.join('\n'))
    return error.mistakes
  }
}

test('a sandbox needs nothing but defaults', () => {
  expect(readConfig(aSandbox())).toMatchObject({
    mode: 'sandbox',
    host: '127.0.0.1',
    port: 8080,
    publicUrl: undefined,
    dataDir: resolve('.dollr'),
    databaseUrl: undefined,
    databaseConnections: 10,
    jwtSecrets: undefined,
    pawapay: {
      baseUrl: 'http://127.0.0.1:8090',
      timeoutMs: 10_000,
      callbackSignatures: 'optional',
      callbackUrl: undefined,
      signatureMaxAgeMs: 1_200_000,
      signing: undefined,
    },
    callsPerMinute: 600,
    tokenCallsPerMinute: 30,
    promptGuardSeconds: 0,
    circuitUnknowns: 0,
    trustProxy: false,
    realtime: { anonKey: 'sandbox-anon-key', connections: 2000, connectionsPerAddress: 200 },
    logLevel: 'info',
  })
})

test('every variable is read', () => {
  const config = readConfig({
    HOST: '0.0.0.0',
    PORT: '0',
    DOLLR_PUBLIC_URL: 'https://pay.example.com/',
    DOLLR_DATA_DIR: 'somewhere',
    DATABASE_URL: 'postgres://dollr@127.0.0.1/dollr',
    DOLLR_DATABASE_CONNECTIONS: '20',
    DOLLR_PROMPT_GUARD_SECONDS: '120',
    DOLLR_CIRCUIT_UNKNOWNS: '7',
    DOLLR_JWT_SECRET: ` ${secret} , ${otherSecret} `,
    DOLLR_SANDBOX_CLIENT_ID: 'me',
    DOLLR_SANDBOX_CLIENT_SECRET: 'my-secret',
    PAWAPAY_BASE_URL: 'https://api.sandbox.pawapay.io/',
    PAWAPAY_API_TOKEN: 'token',
    PAWAPAY_TIMEOUT_MS: '500',
    PAWAPAY_CALLBACK_SIGNATURES: 'required',
    PAWAPAY_CALLBACK_URL: 'https://hooks.example.com/pawapay',
    PAWAPAY_SIGNATURE_MAX_AGE_SECONDS: '60',
    PAWAPAY_SIGNING_KEY_FILE: 'key.pem',
    PAWAPAY_SIGNING_KEY_ID: 'KEY:1',
    PAWAPAY_SIGNATURE_ENCODING: 'raw',
    DOLLR_RATE_LIMIT_PER_MINUTE: '1',
    DOLLR_TOKEN_RATE_LIMIT_PER_MINUTE: '2',
    DOLLR_REALTIME_ANON_KEY: 'anybody',
    DOLLR_REALTIME_CONNECTIONS: '3',
    DOLLR_REALTIME_CONNECTIONS_PER_ADDRESS: '4',
    DOLLR_TRUST_PROXY: 'yes',
    DOLLR_LOG_LEVEL: 'silent',
  })
  expect(config).toMatchObject({
    host: '0.0.0.0',
    port: 0,
    publicUrl: 'https://pay.example.com',
    dataDir: resolve('somewhere'),
    databaseUrl: 'postgres://dollr@127.0.0.1/dollr',
    databaseConnections: 20,
    jwtSecrets: [secret, otherSecret],
    sandboxCredentials: { clientId: 'me', clientSecret: 'my-secret' },
    pawapay: {
      baseUrl: 'https://api.sandbox.pawapay.io',
      apiToken: 'token',
      timeoutMs: 500,
      callbackSignatures: 'required',
      callbackUrl: 'https://hooks.example.com/pawapay',
      signatureMaxAgeMs: 60_000,
      signing: { keyFile: resolve('key.pem'), keyId: 'KEY:1', encoding: 'raw' },
    },
    callsPerMinute: 1,
    tokenCallsPerMinute: 2,
    promptGuardSeconds: 120,
    circuitUnknowns: 7,
    realtime: { anonKey: 'anybody', connections: 3, connectionsPerAddress: 4 },
    trustProxy: true,
    logLevel: 'silent',
  })
})

test('callbacks are expected at the public address, and signatures on them are required only where it is known', () => {
  expect(readConfig(aLiveServer({ DOLLR_PUBLIC_URL: 'https://pay.example.com/dollr/' })).pawapay.callbackUrl).toBe(
    'https://pay.example.com/dollr/callbacks/pawapay',
  )
  const required = { PAWAPAY_CALLBACK_SIGNATURES: 'required', DOLLR_PUBLIC_URL: '' }
  expect(mistakesIn(aSandbox(required))).toEqual([])
  expect(mistakesIn(aLiveServer(required))).toEqual([
    'PAWAPAY_CALLBACK_SIGNATURES=required needs DOLLR_PUBLIC_URL or PAWAPAY_CALLBACK_URL in live mode: the address that is signed.',
  ])
})

describe('the key that receipts are signed with', () => {
  const given = (type: 'ed25519' | 'ed448') => {
    const { privateKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448')
    return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  }

  test('is read as openssl writes it, and may be missing', () => {
    const key = readConfig(aLiveServer({ DOLLR_RECEIPT_SIGNING_KEY: given('ed25519') })).receiptSigningKey
    expect([key?.type, key?.asymmetricKeyType]).toEqual(['private', 'ed25519'])
    expect(readConfig(aLiveServer({})).receiptSigningKey).toBeUndefined()
  })

  test.each(['x', given('ed448'), given('ed25519').slice(0, 40)])('is not %j, which nobody is told again', (value) => {
    expect(mistakesIn(aLiveServer({ DOLLR_RECEIPT_SIGNING_KEY: value }))).toEqual([
      'DOLLR_RECEIPT_SIGNING_KEY must be an Ed25519 private key: PKCS #8, DER, base64 (see docs/receipts.md).',
    ])
  })
})

test.each(['PAWAPAY_SIGNING_KEY_FILE', 'PAWAPAY_SIGNING_KEY_ID'])('%s is nothing by itself', (name) => {
  expect(mistakesIn(aSandbox({ [name]: 'x' }))).toEqual([
    'PAWAPAY_SIGNING_KEY_FILE and PAWAPAY_SIGNING_KEY_ID are given together or not at all.',
  ])
})

test('the configuration cannot be changed afterwards', () => {
  expect(Object.isFrozen(readConfig(aSandbox()))).toBe(true)
})

test('a live server keeps a phone free of a second prompt for five minutes, unless told otherwise', () => {
  expect(readConfig(aLiveServer())).toMatchObject({ promptGuardSeconds: 300, circuitUnknowns: 10 })
  expect(readConfig(aLiveServer({ DOLLR_PROMPT_GUARD_SECONDS: '0' }))).toMatchObject({ promptGuardSeconds: 0 })
  expect(mistakesIn(aSandbox({ DOLLR_PROMPT_GUARD_SECONDS: '3601' }))).toHaveLength(1)
})

test('an empty variable counts as unset', () => {
  const blank = aSandbox({ PORT: '', HOST: ' ', DOLLR_MODE: '', DOLLR_JWT_SECRET: '', DATABASE_URL: '' })
  expect(readConfig(blank)).toMatchObject({ mode: 'sandbox', port: 8080, host: '127.0.0.1', jwtSecrets: undefined })
})

test.each([
  ['PORT', '70000', 'PORT must be a whole number from 0 to 65535, not "70000".'],
  ['PORT', '-1', 'PORT must be a whole number from 0 to 65535, not "-1".'],
  ['PORT', '80.5', 'PORT must be a whole number from 0 to 65535, not "80.5".'],
  ['PORT', '0x50', 'PORT must be a whole number from 0 to 65535, not "0x50".'],
  ['PORT', 'http', 'PORT must be a whole number from 0 to 65535, not "http".'],
  ['DOLLR_MODE', 'production', 'DOLLR_MODE must be one of sandbox, live, not "production".'],
  ['DOLLR_TRUST_PROXY', 'true', 'DOLLR_TRUST_PROXY must be one of no, yes, not "true".'],
  [
    'DOLLR_LOG_LEVEL',
    'loud',
    'DOLLR_LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud".',
  ],
  ['DOLLR_DATABASE_CONNECTIONS', '1', 'DOLLR_DATABASE_CONNECTIONS must be a whole number from 2 to 1000, not "1".'],
  ['PAWAPAY_CALLBACK_SIGNATURES', 'yes', 'PAWAPAY_CALLBACK_SIGNATURES must be one of required, optional, not "yes".'],
  ['PAWAPAY_SIGNATURE_ENCODING', 'pem', 'PAWAPAY_SIGNATURE_ENCODING must be one of der, raw, not "pem".'],
  [
    'PAWAPAY_SIGNATURE_MAX_AGE_SECONDS',
    '59',
    'PAWAPAY_SIGNATURE_MAX_AGE_SECONDS must be a whole number from 60 to 86400, not "59".',
  ],
  ['PAWAPAY_TIMEOUT_MS', '99', 'PAWAPAY_TIMEOUT_MS must be a whole number from 100 to 14000, not "99".'],
  [
    'DOLLR_RATE_LIMIT_PER_MINUTE',
    '0',
    'DOLLR_RATE_LIMIT_PER_MINUTE must be a whole number from 1 to 100000000, not "0".',
  ],
  ['DOLLR_REALTIME_CONNECTIONS', '0', 'DOLLR_REALTIME_CONNECTIONS must be a whole number from 1 to 100000, not "0".'],
  [
    'DOLLR_REALTIME_CONNECTIONS_PER_ADDRESS',
    'many',
    'DOLLR_REALTIME_CONNECTIONS_PER_ADDRESS must be a whole number from 1 to 100000, not "many".',
  ],
  ['DOLLR_PUBLIC_URL', 'pay.example.com', 'DOLLR_PUBLIC_URL must be a URL that starts with http:// or https://.'],
  ['PAWAPAY_BASE_URL', 'ftp://pay.example.com', 'PAWAPAY_BASE_URL must be a URL that starts with http:// or https://.'],
  [
    'DATABASE_URL',
    'mysql://user:hunter2@host/db',
    'DATABASE_URL must be a URL that starts with postgres:// or postgresql://.',
  ],
  [
    'DOLLR_JWT_SECRET',
    'too-short',
    'DOLLR_JWT_SECRET must have at least 32 characters (several, for rotation, are separated by commas).',
  ],
])('%s=%s is refused in one line', (name, value, line) => {
  const mistakes = mistakesIn(aSandbox({ [name]: value }))
  expect(mistakes).toContain(line)
  expect(mistakes.every((mistake) => !mistake.includes('\n'))).toBe(true)
})

test('all mistakes are told at once, a line each', () => {
  const mistakes = mistakesIn(
    aSandbox({ PORT: 'x', DOLLR_MODE: 'x', DATABASE_URL: 'x', DOLLR_JWT_SECRET: 'x', DOLLR_LOG_LEVEL: 'x' }),
  )
  expect(mistakes.map((mistake) => mistake.split(' ')[0]).toSorted()).toEqual([
    'DATABASE_URL',
    'DOLLR_JWT_SECRET',
    'DOLLR_LOG_LEVEL',
    'DOLLR_MODE',
    'PORT',
  ])
})

test('a complete live server is taken, and speaks to pawaPay itself unless told otherwise', () => {
  expect(mistakesIn(aLiveServer())).toEqual([])
  expect(readConfig(aLiveServer()).pawapay.baseUrl).toBe('https://api.pawapay.io')
})

test.each(['DATABASE_URL', 'DOLLR_JWT_SECRET', 'PAWAPAY_API_TOKEN', 'DOLLR_REALTIME_ANON_KEY'])(
  'live mode does not go without %s',
  (name) => {
    expect(mistakesIn(aLiveServer({ [name]: '' }))).toEqual([
      expect.stringMatching(new RegExp(`^${name} is required in live mode: .+\\.$`)),
    ])
  },
)

test.each([',', ' , ', ',,,'])('live mode does not take %j for a secret', (value) => {
  expect(mistakesIn(aLiveServer({ DOLLR_JWT_SECRET: value }))).not.toEqual([])
})

test.each([
  ['the default token of the sandbox', 'PAWAPAY_API_TOKEN', 'sandbox-token'],
  ['a short secret', 'DOLLR_JWT_SECRET', 'short'],
  ['the anonymous key of the sandbox', 'DOLLR_REALTIME_ANON_KEY', 'sandbox-anon-key'],
  ['a short anonymous key', 'DOLLR_REALTIME_ANON_KEY', 'x'.repeat(31)],
  ['a short secret among long ones', 'DOLLR_JWT_SECRET', `${secret},short`],
  ['a public address without encryption', 'DOLLR_PUBLIC_URL', 'http://pay.example.com'],
  ['pawaPay without encryption', 'PAWAPAY_BASE_URL', 'http://api.pawapay.io'],
  ['pawaPay without encryption, in capitals', 'PAWAPAY_BASE_URL', 'HTTP://api.pawapay.io'],
])('live mode refuses %s', (_what, name, value) => {
  expect(mistakesIn(aLiveServer({ [name]: value })).map((mistake) => mistake.split(' ')[0])).toEqual([name])
})

test.each(['http://127.0.0.1:8090', 'http://localhost:8090', 'http://[::1]:8090'])(
  'live mode reaches %s, on this machine, without encryption',
  (url) => {
    expect(mistakesIn(aLiveServer({ PAWAPAY_BASE_URL: url, DOLLR_PUBLIC_URL: url }))).toEqual([])
  },
)

test('no mistake repeats a secret, wherever it was put', () => {
  const secrets: Environment = {
    DOLLR_JWT_SECRET: 'jwt-hunter2',
    DATABASE_URL: 'mysql://dollr:database-hunter2@host/db',
    PAWAPAY_BASE_URL: 'ftp://user:pawapay-hunter2@host',
    DOLLR_PUBLIC_URL: 'user:public-hunter2@host',
    PAWAPAY_API_TOKEN: 'sandbox-token',
    DOLLR_SANDBOX_CLIENT_SECRET: 'client-hunter2',
  }
  fc.assert(
    fc.property(fc.subarray(Object.keys(secrets)), fc.constantFrom('sandbox', 'live'), (names, mode) => {
      const chosen = Object.fromEntries(names.map((name) => [name, secrets[name] ?? '']))
      const said = mistakesIn({ ...chosen, DOLLR_MODE: mode, PORT: 'x' }).join('\n')
      expect(said).not.toContain('hunter2')
    }),
  )
})

test('a tool that needs only the database reads only that', () => {
  expect(readDatabaseConfig({ PORT: 'nonsense' })).toEqual({ dataDir: resolve('.dollr'), databaseUrl: undefined })
  expect(() => readDatabaseConfig({ DATABASE_URL: 'nonsense' })).toThrow(ConfigError)
})

test('a tool that asks pawaPay itself must be told where, and with which token', () => {
  const env = { PAWAPAY_BASE_URL: 'http://127.0.0.1:8090/', PAWAPAY_API_TOKEN: 'token', PORT: 'nonsense' }
  expect(readPawapayConfig(env)).toEqual({ baseUrl: 'http://127.0.0.1:8090', apiToken: 'token', timeoutMs: 10_000 })
  for (const name of ['PAWAPAY_BASE_URL', 'PAWAPAY_API_TOKEN']) {
    expect(() => readPawapayConfig({ ...env, [name]: '' })).toThrow(`${name} is required`)
  }
  expect(() => readPawapayConfig({ ...env, PAWAPAY_BASE_URL: 'ftp://x' })).toThrow(ConfigError)
})

const stripeKeys = {
  STRIPE_SECRET_KEY: 'sk_live_of_the_dashboard',
  STRIPE_PUBLISHABLE_KEY: 'pk_live_of_the_dashboard',
  STRIPE_WEBHOOK_SECRET: 'whsec_of_the_endpoint',
}
const testKeys = { ...stripeKeys, STRIPE_SECRET_KEY: 'sk_test_of_mine', STRIPE_PUBLISHABLE_KEY: 'pk_test_of_mine' }

test('a sandbox without keys has the simulator’s, and waits for its address', () => {
  expect(readConfig(aSandbox()).stripe).toEqual({
    baseUrl: undefined,
    secretKey: 'sk_test_sandbox',
    publishableKey: 'pk_test_sandbox',
    webhookSecrets: ['whsec_sandbox'],
    timeoutMs: 10_000,
  })
  expect(readConfig(aSandbox({ STRIPE_BASE_URL: 'http://127.0.0.1:8091' })).stripe).toMatchObject({
    baseUrl: 'http://127.0.0.1:8091',
    secretKey: 'sk_test_sandbox',
  })
})

test('keys of somebody’s own are for Stripe itself, and several secrets may sign', () => {
  expect(readConfig(aSandbox({ ...testKeys, STRIPE_WEBHOOK_SECRET: ' whsec_new, whsec_old ' })).stripe).toMatchObject({
    baseUrl: 'https://api.stripe.com',
    webhookSecrets: ['whsec_new', 'whsec_old'],
  })
  expect(readConfig(aLiveServer(stripeKeys)).stripe).toMatchObject({ baseUrl: 'https://api.stripe.com' })
})

test('a live server without keys of Stripe’s takes no cards', () => {
  expect(readConfig(aLiveServer()).stripe).toBeUndefined()
})

test.each([
  ['some of the keys', { STRIPE_SECRET_KEY: stripeKeys.STRIPE_SECRET_KEY }, /given together or not at all/],
  ['a test key', { ...stripeKeys, STRIPE_SECRET_KEY: 'sk_test_x' }, /^STRIPE_SECRET_KEY is a test key/],
  ['a restricted test key', { ...stripeKeys, STRIPE_SECRET_KEY: 'rk_test_x' }, /^STRIPE_SECRET_KEY is a test key/],
  [
    'a test key for browsers',
    { ...stripeKeys, STRIPE_PUBLISHABLE_KEY: 'pk_test_x' },
    /^STRIPE_PUBLISHABLE_KEY is a test/,
  ],
  ['a secret key for browsers', { ...stripeKeys, STRIPE_PUBLISHABLE_KEY: 'sk_live_x' }, /must begin with pk_/],
  ['the sandbox’s secret', { ...stripeKeys, STRIPE_WEBHOOK_SECRET: 'whsec_a,whsec_sandbox' }, /sandbox default/],
  ['plain HTTP', { ...stripeKeys, STRIPE_BASE_URL: 'http://stripe.example' }, /STRIPE_BASE_URL must be https/],
  ['too long a timeout', { ...stripeKeys, STRIPE_TIMEOUT_MS: '60000' }, /^STRIPE_TIMEOUT_MS must be/],
])('live mode refuses %s for cards, and repeats no key', (_what, keys, mistake) => {
  const mistakes = mistakesIn(aLiveServer(keys))
  expect(mistakes).toEqual([expect.stringMatching(mistake)])
  expect(mistakes.join()).not.toContain('of_the')
})

test('a sandbox refuses live keys, and a part of the keys', () => {
  expect(mistakesIn(aSandbox(stripeKeys))).toEqual([
    'STRIPE_SECRET_KEY is a live key: DOLLR_MODE is sandbox.',
    'STRIPE_PUBLISHABLE_KEY is a live key: DOLLR_MODE is sandbox.',
  ])
  expect(mistakesIn(aSandbox({ STRIPE_SECRET_KEY: 'sk_test_x' }))).toEqual([
    expect.stringMatching(/given together or not at all/),
  ])
})
