import { afterAll, describe, expect, test } from 'vitest'
import { apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { aDocument, pay } from '../support/black-box/builders.ts'
import { createDataFolder } from '../support/black-box/embedded.ts'
import {
  admin,
  createMerchant,
  type Credentials,
  launch,
  printed,
  programs,
  run,
} from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { database } = world
const isoTime: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
const anonymous = apiClient(world.url)
const ask = (credentials: Credentials) =>
  anonymous.post('/jwt/client/obtain/token', {
    client_id: credentials.client_id,
    client_secret: credentials.client_secret,
  })
const command = (...args: readonly string[]) => run(programs.admin, args, { DATABASE_URL: database.url })

test('a merchant is made, listed, and given a key with which it can do everything', async () => {
  const made = await admin(
    database.url,
    ...['merchants', 'create', '--name', 'Kofi & Söhne', '--type', 'MICRO_ORGANIZATION', '--verified'],
    ...['--email', 'kofi@example.com', '--phone', '231770000001'],
  )
  expect(made).toEqual({
    id: expect.toSatisfy(Number.isSafeInteger, 'an integer') as unknown,
    name: 'Kofi & Söhne',
    type: 'MICRO_ORGANIZATION',
    email: 'kofi@example.com',
    phone: '231770000001',
    verified: true,
    payment_links: true,
    cards: false,
    created_at: isoTime,
  })
  expect(await admin(database.url, 'merchants', 'list')).toContainEqual(made)
  const { id } = made as { id: number }
  const key = await admin(database.url, 'keys', 'issue', '--merchant', String(id))
  expect(key).toEqual({
    client_id: expect.stringMatching(/^\S{8,}$/) as unknown,
    client_secret: expect.stringMatching(/^\S{32,}$/) as unknown,
    merchant_id: id,
    created_at: isoTime,
  })
  const api = await signIn(world.url, key as Credentials)
  const document = await aDocument(api)
  expect(await ok(api.get(`/invoices/retrieve/${document.id}`))).toMatchObject({
    owner_id: id,
    owner_type: 'MICRO_ORGANIZATION',
  })
  expect((await pay(api)).execution.status).toBe('COMPLETED')
  expect(await admin(database.url, 'wallets', 'list', '--merchant', String(id))).toMatchObject([
    { merchant_id: id, currency: 'USD', status: 'ACTIVE', balance: '100.00', available: '100.00', held: '0.00' },
  ])
})

test('a merchant that is not verified is given no key', async () => {
  const made = await admin(database.url, 'merchants', 'create', '--name', 'New', '--type', 'ORGANIZATION')
  expect(made).toMatchObject({ verified: false, email: null, phone: null })
  const { id } = made as { id: number }
  const { code, stdout, stderr } = await command('keys', 'issue', '--merchant', String(id), '--json')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/not verified/)
  expect(await admin(database.url, 'keys', 'list', '--merchant', String(id))).toEqual([])
})

test('a key given a new secret takes the new one and not the old one', async () => {
  const old = await createMerchant(database.url, 'Rotating')
  const api = await signIn(world.url, old)
  const rotated = (await admin(database.url, 'keys', 'rotate', '--client-id', old.client_id)) as Credentials
  expect(rotated).toMatchObject({ client_id: old.client_id, merchant_id: old.id })
  expect(rotated.client_secret).not.toBe(old.client_secret)
  expect(await ask(old)).toMatchObject({ status: 401 })
  expect(await ask(rotated)).toMatchObject({ status: 200 })
  // Tokens already out live until they expire.
  expect(await api.get('/parties/list')).toMatchObject({ status: 200 })
})

test('a key that is revoked ends at once, and every token of it within seconds; other keys do not', async () => {
  const revoked = await createMerchant(database.url, 'Revoked')
  const kept = (await admin(database.url, 'keys', 'issue', '--merchant', String(revoked.id))) as Credentials
  const [api, other] = [await signIn(world.url, revoked), await signIn(world.url, kept)]
  expect(await api.get('/parties/list')).toMatchObject({ status: 200 })
  expect(await admin(database.url, 'keys', 'revoke', '--client-id', revoked.client_id)).toMatchObject({
    client_id: revoked.client_id,
    revoked_at: isoTime,
  })
  expect(await ask(revoked)).toMatchObject({ status: 401 })
  await expect
    .poll(() => api.get('/parties/list'), { timeout: 8_000, interval: 100 })
    .toMatchObject({ status: 401, body: { detail: 'Could not validate credentials' } })
  expect(await other.get('/parties/list')).toMatchObject({ status: 200 })
  expect(await ask(kept)).toMatchObject({ status: 200 })

  const again = await command('keys', 'rotate', '--client-id', revoked.client_id)
  expect(again.code).toBe(1)
  expect(again.stderr).toContain(revoked.client_id)
})

test('no list ever shows a secret', async () => {
  const merchant = await createMerchant(database.url, 'Discreet')
  const rotated = (await admin(database.url, 'keys', 'rotate', '--client-id', merchant.client_id)) as Credentials
  const shown = await Promise.all(
    [
      ['keys', 'list'],
      ['keys', 'list', '--json'],
      ['keys', 'list', '--merchant', String(merchant.id)],
      ['merchants', 'list', '--json'],
    ].map(async (args) => (await command(...args)).stdout),
  )
  expect(shown[0]).toContain(merchant.client_id)
  expect(shown.join()).not.toContain(merchant.client_secret)
  expect(shown.join()).not.toContain(rotated.client_secret)
  expect(shown.join()).not.toMatch(/hash|secret/i)
  const { rows } = await database.pool.query('select * from api_keys')
  expect(JSON.stringify(rows)).not.toContain(rotated.client_secret)
})

describe('what people are shown', () => {
  test('is a table, its columns under their names', async () => {
    const { code, stdout } = await command('merchants', 'list')
    expect(code).toBe(0)
    const [head = '', ...lines] = stdout.trimEnd().split('\n')
    expect(head.split(/ {2,}/)).toEqual([
      'id',
      'name',
      'type',
      'email',
      'phone',
      'verified',
      'payment_links',
      'cards',
      'created_at',
    ])
    const place = head.indexOf('type')
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line.slice(place)).toMatch(/^(MICRO_)?ORGANIZATION\b/)
  })

  test('is a line for each value of a single thing', async () => {
    const { stdout } = await command('merchants', 'create', '--name', 'Shown', '--type', 'ORGANIZATION')
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toContainEqual(expect.stringMatching(/^name +Shown$/))
    expect(lines).toContainEqual(expect.stringMatching(/^email +-$/))
    expect(lines).toContainEqual(expect.stringMatching(/^verified +false$/))
  })

  test('is a word when there is nothing to show', async () => {
    const made = await admin(database.url, 'merchants', 'create', '--name', 'Empty', '--type', 'ORGANIZATION')
    const { id } = made as { id: number }
    expect((await command('keys', 'list', '--merchant', String(id))).stdout).toMatch(/^\w.*\n$/)
    expect((await command('wallets', 'list', '--merchant', String(id))).stdout).toMatch(/^\w.*\n$/)
  })
})

describe('what is not understood ends with 2 and the usage', () => {
  const everything = async (): Promise<unknown[]> =>
    (
      await database.pool.query<Record<string, unknown>>(
        'select merchants.*, api_keys.* from merchants full join api_keys on false',
      )
    ).rows

  test.each([
    ['an unknown command', ['merchants', 'destroy']],
    ['an unknown group', ['frobnicate']],
    ['half a command', ['merchants']],
    ['too much of a command', ['merchants', 'list', 'please']],
    ['an unknown flag', ['merchants', 'list', '--all']],
    ['a flag without its value', ['keys', 'issue', '--merchant']],
    ['a missing flag', ['keys', 'issue']],
    ['a missing name', ['merchants', 'create', '--type', 'ORGANIZATION']],
    ['an empty name', ['merchants', 'create', '--name', ' ', '--type', 'ORGANIZATION']],
    ['an unknown type', ['merchants', 'create', '--name', 'A', '--type', 'PERSON']],
    [
      'a phone with a plus',
      ['merchants', 'create', '--name', 'A', '--type', 'ORGANIZATION', '--phone', '+231770000001'],
    ],
    ['an id that is none', ['keys', 'issue', '--merchant', 'x']],
    ['a value for a switch', ['merchants', 'list', '--json=yes']],
    ['a flag that belongs to another command', ['merchants', 'list', '--client-id', 'x']],
  ])('%s', async (_, args) => {
    const before = await everything()
    const { code, stdout, stderr } = await command(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^.+\n\nUsage: /)
    expect(await everything()).toEqual(before)
  })

  test.each([[['--help']], [['help']], [[]], [['merchants', 'create', '--help']]])(
    'but %j is answered with it',
    async (args) => {
      const { code, stdout, stderr } = await command(...args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(/^Usage: /)
      for (const name of [
        'merchants create',
        'merchants list',
        'keys issue',
        'keys rotate',
        'keys revoke',
        'keys list',
      ]) {
        expect(stdout).toContain(name)
      }
    },
  )
})

test.each([
  ['a merchant nobody knows', ['keys', 'issue', '--merchant', '987654321'], /987654321/],
  ['a key nobody knows', ['keys', 'rotate', '--client-id', 'nobody'], /nobody/],
  ['a key nobody knows to revoke', ['keys', 'revoke', '--client-id', 'nobody'], /nobody/],
])('%s is told in one line and ends with 1', async (_, args, line) => {
  const { code, stdout, stderr } = await command(...args)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(line)])
})

test('a database it cannot reach is told in one line, without the password', async () => {
  const { code, stderr } = await run(programs.admin, ['merchants', 'list'], {
    DATABASE_URL: 'postgresql://user:hidden-password@127.0.0.1:9/name',
  })
  expect(code).toBe(1)
  expect(stderr).not.toContain('hidden-password')
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('it works on the database of npm start, whether that runs or not', async () => {
  const folder = await createDataFolder()
  const env = { DOLLR_DATA_DIR: folder.path, PORT: '0', DOLLR_LOG_LEVEL: 'error' }
  const list = async () => {
    const { stdout, stderr } = await run(programs.admin, ['merchants', 'list', '--json'], env)
    return JSON.parse(stdout === '' ? stderr : stdout) as { name: string }[]
  }
  const create = (name: string) =>
    run(programs.admin, ['merchants', 'create', '--name', name, '--type', 'ORGANIZATION'], env)

  expect(await create('Before')).toMatchObject({ code: 0 })
  expect(await folder.postgresPid()).toBeUndefined()
  const server = await launch(programs.start, [], env)
  await printed(server, /Dollr serves (\S+)/)
  expect(await create('While')).toMatchObject({ code: 0 })
  expect((await list()).map(({ name }) => name)).toEqual(expect.arrayContaining(['Before', 'While']))
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null })
  expect((await list()).map(({ name }) => name)).toEqual(expect.arrayContaining(['Before', 'While']))
  expect(await folder.postgresPid()).toBeUndefined()
  await folder.remove()
})
