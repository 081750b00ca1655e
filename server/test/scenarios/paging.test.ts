import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { aCounterparty, aDraft, aParty, cancel } from '../support/black-box/builders.ts'
import { createMerchant, startServer } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const api = await signIn(world.url, await createMerchant(world.database.url, 'Kollie Market'))
const stranger = world.api

interface Row {
  readonly id: number
}

const rowsOf = ({ body }: Answer): readonly Row[] => body as readonly Row[]
const nextOf = ({ headers }: Answer): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]

/** Follows the links from a first page, as a client would: with the same token and nothing else. */
async function pagesFrom(first: Answer): Promise<readonly (readonly number[])[]> {
  const pages = [rowsOf(first).map(({ id }) => id)]
  let next = nextOf(first)
  while (next !== undefined && pages.length < 50) {
    const headers = { authorization: `Bearer ${api.token ?? ''}` }
    const response = await fetch(next, { headers })
    const answer = { status: response.status, body: await response.json(), headers: response.headers }
    expect(answer.status).toBe(200)
    pages.push(rowsOf(answer).map(({ id }) => id))
    next = nextOf(answer)
  }
  return pages
}

const count = 5
for (let made = 0; made < count; made += 1) {
  await aParty(api, { fullname: made % 2 === 0 ? 'Even & Sons' : 'Odd' })
  await cancel(api, await aDraft(api, { currency: made % 2 === 0 ? 'USD' : 'RWF' }))
  await aDraft(api, { kind: 'ORDER' })
}
await aCounterparty(api)
// Somebody else's rows lie in between and must never show.
await aDraft(stranger)

const lists = ['/parties/list', '/counterparties/list', '/invoices/list', '/orders/list']

describe.each(lists)('%s', (path) => {
  test('shows on its pages what it shows at once', async () => {
    const whole = await api.get(path)
    const ids = rowsOf(whole).map(({ id }) => id)
    expect(ids.length).toBeGreaterThanOrEqual(count)
    expect(ids).toEqual([...ids].sort((a, b) => b - a))
    expect(nextOf(whole)).toBeUndefined()
    for (const limit of [1, 2, ids.length - 1, ids.length, 1000]) {
      const first = await api.get(path, { limit })
      expect(rowsOf(first)).toEqual((whole.body as Row[]).slice(0, limit))
      const pages = await pagesFrom(first)
      expect(pages.flat()).toEqual(ids)
      expect(pages).toHaveLength(Math.ceil(ids.length / limit))
    }
  })

  test.each([
    ['0', 'less than minimum 1', 'value_error.number.not_ge'],
    ['-3', 'less than minimum 1', 'value_error.number.not_ge'],
    ['1001', 'ensure this value is less than or equal to 1000', 'value_error.number.not_le'],
    ['1.5', 'value is not a valid integer', 'type_error.integer'],
    ['ten', 'value is not a valid integer', 'type_error.integer'],
    ['', 'value is not a valid integer', 'type_error.integer'],
  ])('refuses the limit "%s"', async (limit, msg, type) => {
    expect(await api.get(path, { limit })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['query', 'limit'], msg, type }] },
    })
  })

  test.each(['', '5', 'garbage', 'YmVmb3JlIDA', "' or 1=1", 'YmVmb3JlIDE='])(
    'refuses the cursor "%s"',
    async (cursor) => {
      expect(await api.get(path, { cursor, limit: 'x' })).toMatchObject({
        status: 422,
        body: {
          detail: expect.arrayContaining([
            { loc: ['query', 'cursor'], msg: 'invalid cursor', type: 'value_error.cursor' },
            { loc: ['query', 'limit'], msg: 'value is not a valid integer', type: 'type_error.integer' },
          ]) as unknown,
        },
      })
    },
  )

  test("shows nothing of another merchant's, whosever cursor is used", async () => {
    const cursor = new URL(nextOf(await api.get(path, { limit: 1 })) ?? '').searchParams.get('cursor') ?? ''
    const own = (await ok(api.get(path))) as Row[]
    const seen = (await ok(stranger.get(path, { cursor }))) as Row[]
    expect(own.filter(({ id }) => seen.some((row) => row.id === id))).toEqual([])
  })

  test('needs a token on every page', async () => {
    const next = nextOf(await api.get(path, { limit: 1 })) ?? ''
    expect((await fetch(next)).status).toBe(401)
  })
})

test('the pages keep the filters', async () => {
  const even = await api.get('/parties/list', { fullname: 'even & s', limit: 1 })
  expect((await pagesFrom(even)).flat()).toHaveLength(3)
  const canceled = await api.get('/invoices/list', { currency: 'RWF', status: 'CANCELED', limit: 1 })
  expect((await pagesFrom(canceled)).map((page) => page.length)).toEqual([1, 1])
})

test('rows made while one turns the pages neither repeat nor hide any', async () => {
  const before = rowsOf(await api.get('/orders/list')).map(({ id }) => id)
  const first = await api.get('/orders/list', { limit: 2 })
  await aDraft(api, { kind: 'ORDER' })
  expect((await pagesFrom(first)).flat()).toEqual(before)
})

test('links begin with the public address where one is configured', async () => {
  const env = { ...world.env, DOLLR_PUBLIC_URL: 'https://pay.example/dollr/' }
  const server = await startServer(env)
  const answer = await apiClient(() => server.url, api.token).get('/orders/list', { limit: 1 })
  expect(nextOf(answer)).toMatch(/^https:\/\/pay\.example\/dollr\/v1\/orders\/list\?limit=1&cursor=[\w-]+$/)
  await server.end()
})

test('a browser may read the link', async () => {
  const { headers } = await api.send({
    method: 'GET',
    path: '/v1/orders/list',
    headers: { origin: 'https://playground.example' },
  })
  expect(headers.get('access-control-expose-headers')).toContain('Link')
})
