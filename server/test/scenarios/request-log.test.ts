import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { type Answer, type Api, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { aParty, pay } from '../support/black-box/builders.ts'
import { aPayout, sandboxPasscode } from '../support/black-box/money-out.ts'
import { createMerchant, sandboxCredentials } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld({ payerDelayMs: 5 })
afterAll(world.close)

const { api } = world

interface Logged {
  readonly id: string
  readonly request_id: string
  readonly method: string
  readonly path: string
  readonly query: string | null
  readonly status: number
  readonly duration_ms: number
  readonly reference_id: string | null
  readonly request_body: unknown
  readonly response_body: unknown
  readonly warnings: readonly unknown[]
}

interface Page {
  readonly requests: readonly Logged[]
  readonly next_after: string | null
  readonly has_more: boolean
}

const page = async (of: Api, query: Readonly<Record<string, string | number>> = {}): Promise<Page> =>
  (await ok(of.get('/requests', query))) as Page

/** The entry of a call, once it is written. */
async function entryOf(of: Api, answer: Answer): Promise<Logged> {
  const requestId = answer.headers.get('x-request-id')
  let entry: Logged | undefined
  await expect
    .poll(
      async () => {
        entry = (await page(of, { limit: 100 })).requests.find((each) => each.request_id === requestId)
        return entry
      },
      { timeout: 10_000 },
    )
    .toBeDefined()
  if (!entry) throw new Error('no entry')
  return entry
}

test('what a merchant asked is found with what it was answered, by its key, and asking for it leaves no trace', async () => {
  const { collection, execution } = await pay(api)
  const status = await api.get(`/status/collection/${collection.reference_id}`)
  await entryOf(api, status)
  const { requests } = await page(api, { reference_id: collection.reference_id.toUpperCase() })
  const collect = requests.find(({ method }) => method === 'POST')
  expect(collect).toMatchObject({
    path: '/v1/executions/collection',
    status: 200,
    reference_id: collection.reference_id,
    request_body: collection,
    response_body: { payment_intent_id: execution.payment_intent_id },
    warnings: [],
  })
  expect(requests[0]).toMatchObject({ path: `/v1/status/collection/${collection.reference_id}` })
  const everything = await page(api, { limit: 100 })
  expect(everything.requests.filter(({ path }) => path.startsWith('/v1/requests'))).toEqual([])
})

test('a refusal is kept as it was told, and who follows the log is told of it', async () => {
  const { next_after: start } = await page(api)
  const refused = await api.post('/executions/collection', { reference_id: 'no uuid' })
  await entryOf(api, refused)
  const { requests } = await page(api, { after: start ?? '', status: 422, path: '/v1/executions' })
  expect(requests).toMatchObject([{ request_body: { reference_id: 'no uuid' }, response_body: refused.body }])
})

test('of what opens something nothing is kept, wherever a merchant sends or is sent it', async () => {
  const party = await aParty(api)
  await ok(
    api.post(
      '/payment-accounts/create',
      {
        account_name: 'Payer',
        provider: 'PAWAPAY',
        method: 'MTN_MOMO_LBR',
        party_id: party,
        insensitive_account_number: '231770123123',
      },
      { operation_type: 'COLLECTION' },
    ),
  )
  await pay(api, { amount: 500 })
  const payout = await aPayout(api)
  await ok(api.post(payout.path, payout.body))
  const wrong = { ...payout.body, reference_id: randomUUID(), passcode: '918273' }
  await api.post(payout.path, wrong)
  await api.post('/parties/create', { fullname: '4111 1111 1111 1111', note: 'kept by nobody' })
  await api.get('/invoices/retrieve/378282246310005')
  await api.get('/invoices/list', { note: api.token ?? '' })
  const { document } = await pay(api)
  const link = await api.get('/links/receipt', { source_type: 'INVOICE', source_number: document.number })
  await entryOf(api, link)

  const { rows } = await world.database.pool.query<{ text: string }>('select r::text as text from logged_requests r')
  const kept = rows.map(({ text }) => text).join('\n')
  expect(kept).toContain(payout.body.reference_id)
  const secrets = [
    api.token ?? '',
    sandboxCredentials.client_secret,
    sandboxPasscode.token.code,
    sandboxPasscode.token.phone,
    '918273',
    '231770123123',
    '4111 1111 1111 1111',
    'kept by nobody',
    '378282246310005',
    (link.body as { url: string }).url,
  ]
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(5)
    expect(kept).not.toContain(secret)
  }
})

test("another merchant's calls, and those of nobody, are not there", async () => {
  const stranger = await signIn(world.url, await createMerchant(world.database.url, 'Stranger'))
  const theirs = await entryOf(stranger, await stranger.get('/parties/list'))
  const { requests } = await page(api, { limit: 100 })
  expect(requests.map(({ id }) => id)).not.toContain(theirs.id)
  expect((await page(stranger)).requests.map(({ path }) => path)).toEqual(['/v1/parties/list'])
  expect(await apiClient(world.url).get('/requests')).toMatchObject({ status: 401 })
  expect(await api.get('/requests', { after: 'nothing' })).toMatchObject({ status: 404 })
  expect(await api.get('/requests', { limit: 101 })).toMatchObject({ status: 422 })
})
