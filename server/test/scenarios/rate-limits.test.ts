import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, type Api, apiClient, type Call, ok, signIn } from '../support/black-box/api-client.ts'
import { unknownId } from '../support/black-box/builders.ts'
import { createMerchant, pause, sandboxCredentials, startServer } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const limit = 24
const tokenLimit = 10
/** Behind a proxy, so that each test can come from addresses of its own. */
const world = await createWorld({
  env: {
    DOLLR_RATE_LIMIT_PER_MINUTE: String(limit),
    DOLLR_TOKEN_RATE_LIMIT_PER_MINUTE: String(tokenLimit),
    DOLLR_TRUST_PROXY: 'yes',
  },
})
afterAll(world.close)
const second = await startServer(world.env)
const addresses = [world.url, () => second.url] as const

const tooMany = { status: 429, body: { detail: 'Too many requests' } }
const msLeft = (): number => 60_000 - (Date.now() % 60_000)

/** What a test counts must not begin in one minute and end in the next. */
const enoughOfAMinute = () => (msLeft() < 12_000 ? pause(msLeft() + 20) : Promise.resolve())

const askForToken = (address: () => string, from: string, json: unknown = {}): Promise<Answer> =>
  apiClient(address).send({
    method: 'POST',
    path: '/v1/jwt/client/obtain/token',
    json,
    headers: { 'x-forwarded-for': from },
  })

interface Standing {
  readonly policy: string | null
  readonly remaining: number
  readonly secondsLeft: number
}

function standingOf({ headers }: Answer): Standing | undefined {
  const match = /^"(?:merchant|address)";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '')
  if (!match) return undefined
  return { policy: headers.get('ratelimit-policy'), remaining: Number(match[1]), secondsLeft: Number(match[2]) }
}

/** What a caller who is turned away must be told. */
function expectTurnedAway(answer: Answer): void {
  expect(answer).toMatchObject(tooMany)
  const standing = standingOf(answer)
  expect(standing?.remaining).toBe(0)
  expect(answer.headers.get('retry-after')).toBe(String(standing?.secondsLeft))
  expect(Math.abs(Number(standing?.secondsLeft) - msLeft() / 1000)).toBeLessThanOrEqual(2)
}

test('two servers on one database count together, each says how its caller stands, and only the caller is held up', async () => {
  const [hastyKey, quietKey] = await Promise.all([
    createMerchant(world.database.url, 'Hasty'),
    createMerchant(world.database.url, 'Quiet'),
  ])
  const hasty = await signIn(world.url, hastyKey)
  const quiet = await signIn(world.url, quietKey)
  await enoughOfAMinute()
  const policy = `"merchant";q=${limit};w=60`

  // One server alone knows exactly what is left, whatever it answers.
  const calls: readonly (readonly [number, Promise<Answer>])[] = [
    [200, hasty.get('/parties/list')],
    [404, hasty.get(`/parties/retrieve/${unknownId}`)],
    [422, hasty.post('/parties/create', {})],
    [422, hasty.send({ method: 'GET', path: '/v2/parties/list' })],
  ]
  const answers = await Promise.all(calls.map(([, answer]) => answer))
  expect(answers.map(({ status }) => status)).toEqual(calls.map(([status]) => status))
  expect(answers.map((answer) => standingOf(answer)?.remaining).sort()).toEqual([
    limit - 4,
    limit - 3,
    limit - 2,
    limit - 1,
  ])
  expect(answers.map((answer) => standingOf(answer)?.policy)).toEqual([policy, policy, policy, policy])

  const everywhere = addresses.map((address) => apiClient(address, hasty.token))
  const until429 = async (api: Api) => {
    let passed = 0
    for (;;) {
      const answer = await api.get('/parties/list')
      if (answer.status === 429) return { passed, answer }
      expect(answer.status).toBe(200)
      passed += 1
    }
  }
  const ends = await Promise.all(everywhere.map(until429))
  expect(ends.reduce((sum, { passed }) => sum + passed, 4)).toBe(limit)
  for (const { answer } of ends) expectTurnedAway(answer)

  // The rate comes after the credentials and before the fields.
  for (const api of everywhere) expectTurnedAway(await api.post('/parties/create', {}))
  for (const address of addresses) {
    expect(await apiClient(address).get('/parties/list')).toMatchObject({ status: 401 })
    expect(await apiClient(address, 'garbage').get('/parties/list')).toMatchObject({ status: 401 })
    expect(await apiClient(address, quiet.token).get('/parties/list')).toMatchObject({ status: 200 })
  }
})

test('token calls of one address are counted on both servers together, good or bad', async () => {
  await enoughOfAMinute()
  const bodies = [sandboxCredentials, { ...sandboxCredentials, client_secret: 'x' }, {}]
  const answers: Answer[] = []
  for (const [index, body] of [...bodies, ...bodies, ...bodies, ...bodies, ...bodies].entries()) {
    answers.push(await askForToken(addresses[index % 2 === 0 ? 0 : 1], '198.51.100.1', body))
  }
  const passed = answers.filter(({ status }) => status !== 429)
  expect(new Set(passed.map(({ status }) => status))).toEqual(new Set([200, 401, 422]))
  expect(passed).toHaveLength(tokenLimit)
  expect(await askForToken(world.url, '198.51.100.2')).toMatchObject({ status: 422 })
  for (const answer of passed) expect(standingOf(answer)?.policy).toBe(`"address";q=${tokenLimit};w=60`)
  for (const answer of answers.filter(({ status }) => status === 429)) expectTurnedAway(answer)
  expect(await ok(apiClient(world.url).send({ method: 'GET', path: '/health' }))).toEqual({ status: 'ok' })
})

describe('what is counted', () => {
  test('is who calls with a good token: nobody else is told anything', async () => {
    const calls: readonly Call[] = [
      { method: 'GET', path: '/v1/parties/list' },
      { method: 'GET', path: '/v1/parties/list', headers: { authorization: 'Bearer garbage' } },
      { method: 'GET', path: '/v1/nothing' },
      { method: 'GET', path: '/health' },
      { method: 'GET', path: '/openapi.json' },
    ]
    for (const call of calls) {
      const { headers } = await apiClient(world.url).send(call)
      expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null])
    }
  })

  test('is written down without the address it came from', async () => {
    const { rows } = await world.database.pool.query<{ key: string }>('select key from rate_limits')
    const keys = rows.map(({ key }) => key)
    expect(keys.some((key) => key.startsWith('address:'))).toBe(true)
    expect(keys.filter((key) => key.includes('127.0.0.1'))).toEqual([])
  })

  test('is the address that a trusted proxy names, and no other that is named', async () => {
    const direct = await startServer({ ...world.env, DOLLR_TRUST_PROXY: 'no' })
    await enoughOfAMinute()
    const remaining = async (address: () => string) => {
      const seen: number[] = []
      for (const from of ['203.0.113.1', '203.0.113.2', '2001:db8::1', '203.0.113.1'])
        seen.push(standingOf(await askForToken(address, from))?.remaining ?? -1)
      return seen
    }
    expect(await remaining(world.url)).toEqual([9, 9, 9, 8])
    const [first = 0, ...others] = await remaining(() => direct.url)
    expect(others).toEqual([first - 1, first - 2, first - 3])
    await direct.end()
  })
})

test('a browser may read how its caller stands', async () => {
  const { headers } = await apiClient(world.url).send({
    method: 'GET',
    path: '/v1/parties/list',
    headers: { origin: 'https://playground.example' },
  })
  const exposed = headers.get('access-control-expose-headers')?.split(/, */)
  expect(exposed).toEqual(expect.arrayContaining(['RateLimit', 'RateLimit-Policy', 'Retry-After']))
})
