import { type AddressInfo, createServer } from 'node:net'
import { startPawapaySimulator } from '@dollr/sandbox'
import { afterAll, describe, expect, test } from 'vitest'
import { apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import { aPayment, collect, pay } from '../support/black-box/builders.ts'
import {
  createMerchant,
  type Environment,
  programs,
  run,
  sandboxCredentials,
  startServer,
} from '../support/black-box/server-process.ts'
import { controls } from '../conformance/described.ts'
import { createTestDatabase } from '../support/database.ts'

const apiToken = 'the token from the dashboard'
const network = await startPawapaySimulator({ apiToken, payerDelayMs: 10 })
const database = await createTestDatabase()
afterAll(async () => {
  await network.close()
  await database.drop()
})

const sandbox: Environment = {
  DATABASE_URL: database.url,
  PAWAPAY_BASE_URL: network.url,
  PAWAPAY_API_TOKEN: apiToken,
  PORT: '0',
}
const live: Environment = {
  ...sandbox,
  DOLLR_MODE: 'live',
  DOLLR_JWT_SECRET: 'a secret of over thirty-two characters',
  DOLLR_REALTIME_ANON_KEY: 'a key of over thirty-two characters',
}
const clean = { code: 0, signal: null }

/** What the server says, line by line, when it refuses to start. */
async function refusalOf(env: Environment): Promise<string[]> {
  const { code, stdout, stderr } = await run(programs.server, [], env)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  return stderr.trim().split('\n')
}

const namesIn = (lines: readonly string[]): string[] => lines.map((line) => line.split(' ')[0] ?? '').sort()

/** Wrong values of every setting, and what must be said of them. */
const wrong: Readonly<Record<string, { readonly values: readonly string[]; readonly said: RegExp }>> = {
  PORT: { values: ['abc', '65536', '80.5'], said: /whole number from 0 to 65535, not ".+"/ },
  DOLLR_MODE: { values: ['prod', 'LIVE', 'sand box'], said: /sandbox, live, not ".+"/ },
  DOLLR_JWT_SECRET: { values: ['hidden', `${'long enough to be a secret '.repeat(2)},hidden`], said: /at least 32/ },
  DATABASE_URL: { values: ['mysql://user:hidden@host/name', 'localhost', 'hidden'], said: /postgres/ },
  DOLLR_DATABASE_CONNECTIONS: { values: ['0', 'many', '-5'], said: /whole number/ },
  PAWAPAY_BASE_URL: { values: ['pawapay', 'ftp://pawapay.example'], said: /https?:/ },
  PAWAPAY_TIMEOUT_MS: { values: ['0', '10s'], said: /whole number/ },
  PAWAPAY_CALLBACK_SIGNATURES: { values: ['yes', 'Required'], said: /required, optional, not ".+"/ },
  PAWAPAY_CALLBACK_URL: { values: ['pay.example', 'file:///etc'], said: /https?:/ },
  PAWAPAY_SIGNATURE_MAX_AGE_SECONDS: { values: ['0', '5m'], said: /whole number/ },
  PAWAPAY_SIGNATURE_ENCODING: { values: ['DER', 'base64'], said: /der, raw, not ".+"/ },
  DOLLR_RATE_LIMIT_PER_MINUTE: { values: ['0', 'ten'], said: /whole number/ },
  DOLLR_TOKEN_RATE_LIMIT_PER_MINUTE: { values: ['-1', '1e3'], said: /whole number/ },
  DOLLR_REALTIME_CONNECTIONS: { values: ['0', 'all'], said: /whole number/ },
  DOLLR_REALTIME_CONNECTIONS_PER_ADDRESS: { values: ['-1', '1.5'], said: /whole number/ },
  DOLLR_TRUST_PROXY: { values: ['maybe', 'true'], said: /no, yes, not ".+"/ },
  DOLLR_LOG_LEVEL: { values: ['loud', 'INFO'], said: /not ".+"/ },
  DOLLR_PUBLIC_URL: { values: ['pay.example', 'file:///etc'], said: /https?:/ },
}

describe('a server does not start with', () => {
  const rounds = Math.max(...Object.values(wrong).map(({ values }) => values.length))
  test.each(Array.from({ length: rounds }, (_, round) => round))(
    'wrong settings (%i), and says of each in one line what is wrong, but no secret',
    async (round) => {
      const settings = Object.entries(wrong).map(([name, { values, said }]) => ({
        name,
        value: values[round % values.length] ?? '',
        said,
      }))
      const lines = await refusalOf(Object.fromEntries(settings.map(({ name, value }) => [name, value])))
      expect(namesIn(lines)).toEqual(settings.map(({ name }) => name).sort())
      for (const { name, said } of settings) expect(lines.find((line) => line.startsWith(`${name} `))).toMatch(said)
      expect(lines.join('\n')).not.toContain('hidden')
    },
  )

  test('no payment network', async () => {
    const { PAWAPAY_BASE_URL: _, ...env } = sandbox
    expect(await refusalOf(env)).toEqual([expect.stringMatching(/^PAWAPAY_BASE_URL is required/)])
  })

  test('a role it does not have', async () => {
    const { code, stderr } = await run(programs.server, ['both'], sandbox)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Usage: .*serve.*work.*all/)
  })

  test('a port that another program has', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const lines = await refusalOf({ ...sandbox, PORT: String(port) })
    other.close()
    expect(lines).toEqual([expect.stringContaining(String(port))])
  })

  test('a database it cannot reach, whose password it keeps to itself', async () => {
    const lines = await refusalOf({ ...sandbox, DATABASE_URL: 'postgresql://user:hidden@127.0.0.1:9/name' })
    expect(lines.join('\n')).not.toContain('hidden')
    expect(lines).toEqual([expect.stringContaining('127.0.0.1:9')])
  })

  test('a database that a newer release has changed', async () => {
    const newer = await createTestDatabase()
    await newer.pool.query(`insert into schema_migrations (name) values ('9999_from_the_future.sql')`)
    const lines = await refusalOf({ ...sandbox, DATABASE_URL: newer.url })
    expect(lines).toEqual([expect.stringMatching(/newer release.*9999_from_the_future/)])
  })
})

test('an empty setting counts as none; a public address is what descriptions name; health is the database’s', async () => {
  const own = await createTestDatabase()
  const server = await startServer({
    ...sandbox,
    DATABASE_URL: own.url,
    DOLLR_JWT_SECRET: '',
    DOLLR_MODE: ' ',
    DOLLR_PUBLIC_URL: 'https://pay.example/',
  })
  const get = (path: string) => apiClient(() => server.url).send({ method: 'GET', path })
  expect(await ok(get('/openapi.json'))).toMatchObject({ servers: [{ url: 'https://pay.example' }] })
  expect(await ok(get('/health'))).toEqual({ status: 'ok' })
  await own.drop()
  const sick = await get('/health')
  expect(sick.status).toBeGreaterThanOrEqual(500)
  expect(sick.body).toEqual({ detail: expect.stringMatching(/\w/) as unknown })
  await server.end()
})

describe('live mode', () => {
  test('tells everything it needs at once', async () => {
    const lines = await refusalOf({ DOLLR_MODE: 'live' })
    expect(namesIn(lines)).toEqual(['DATABASE_URL', 'DOLLR_JWT_SECRET', 'DOLLR_REALTIME_ANON_KEY', 'PAWAPAY_API_TOKEN'])
    for (const line of lines) expect(line).toContain('required in live mode')
  })

  test('takes neither what only a sandbox has, nor what travels unencrypted', async () => {
    const lines = await refusalOf({
      ...live,
      PAWAPAY_API_TOKEN: 'sandbox-token',
      DOLLR_REALTIME_ANON_KEY: 'sandbox-anon-key',
      PAWAPAY_BASE_URL: 'http://pawapay.example',
      DOLLR_PUBLIC_URL: 'http://pay.example',
    })
    expect(namesIn(lines)).toEqual([
      'DOLLR_PUBLIC_URL',
      'DOLLR_REALTIME_ANON_KEY',
      'PAWAPAY_API_TOKEN',
      'PAWAPAY_BASE_URL',
    ])
  })

  test('starts when all is given, knows no sandbox merchant, and takes the payments of one that was made', async () => {
    const own = await createTestDatabase()
    const server = await startServer({ ...live, DATABASE_URL: own.url })
    network.setCallbackUrl(`${server.url}/callbacks/pawapay`)
    expect((await own.pool.query('select from merchants')).rowCount).toBe(0)
    expect((await own.pool.query('select from api_keys')).rowCount).toBe(0)
    expect(await apiClient(() => server.url).post('/jwt/client/obtain/token', sandboxCredentials)).toMatchObject({
      status: 401,
    })
    const merchant = await createMerchant(own.url, 'Real')
    const api = await signIn(() => server.url, merchant)
    expect((await pay(api)).execution.status).toBe('COMPLETED')
    await expectBooksToBalance(own.pool)
    // What a sandbox can be made to do is not there at all, and its database forgets nothing.
    for (const { method, path } of controls)
      expect(await api.send({ method: method as 'GET', path })).toMatchObject({
        status: 404,
        body: { detail: 'Not Found' },
      })
    await expect(own.pool.query('select reset_sandbox()')).rejects.toThrow('only a sandbox forgets')
    expect(await server.end('SIGTERM')).toEqual(clean)
  })

  test('does not take the credentials everybody knows, not even on a database that was a sandbox', async () => {
    const own = await createTestDatabase()
    const before = await startServer({ ...sandbox, DATABASE_URL: own.url })
    await signIn(() => before.url, sandboxCredentials)
    await before.end('SIGTERM')
    // Either it does not start there, or it does not know them.
    const server = await startServer({ ...live, DATABASE_URL: own.url }).catch(() => undefined)
    if (!server) return
    expect(await apiClient(() => server.url).post('/jwt/client/obtain/token', sandboxCredentials)).toMatchObject({
      status: 401,
    })
  })
})

describe('a sandbox', () => {
  test('has the credentials it was given, and gives up the former ones of the same id', async () => {
    const own = await createTestDatabase()
    const credentials = { client_id: 'mine', client_secret: 'first' }
    const start = (secret: string) =>
      startServer({
        ...sandbox,
        DATABASE_URL: own.url,
        DOLLR_SANDBOX_CLIENT_ID: 'mine',
        DOLLR_SANDBOX_CLIENT_SECRET: secret,
      })
    const first = await start('first')
    const payment = await aPayment(await signIn(() => first.url, credentials))
    const refused = { status: 401 }
    expect(await apiClient(() => first.url).post('/jwt/client/obtain/token', sandboxCredentials)).toMatchObject(refused)
    await first.end('SIGTERM')

    const second = await start('second')
    expect(await apiClient(() => second.url).post('/jwt/client/obtain/token', credentials)).toMatchObject(refused)
    const api = await signIn(() => second.url, { ...credentials, client_secret: 'second' })
    await ok(collect(api, payment.collection))
    await second.end()
    expect((await own.pool.query('select from merchants')).rowCount).toBe(1)
  })

  test('is made once by servers that start on one new database at the same time', async () => {
    const own = await createTestDatabase()
    await own.pool.query('drop schema public cascade; create schema public')
    const servers = await Promise.all([1, 2].map(() => startServer({ ...sandbox, DATABASE_URL: own.url })))
    expect((await own.pool.query('select from merchants')).rowCount).toBe(1)
    const { token } = await signIn(() => servers[0]?.url ?? '', sandboxCredentials)
    for (const server of servers) {
      expect(await apiClient(() => server.url, token).get('/parties/list')).toMatchObject({ status: 200 })
      expect(await server.end('SIGTERM')).toEqual(clean)
    }
  })
})
