import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, type Api, ok, signIn } from '../support/black-box/api-client.ts'
import {
  aCheckout,
  aCounterparty,
  aPayment,
  anItem,
  cancel,
  collect,
  type Document,
  documentOf,
  type Kind,
  kinds,
  namesOf,
  pay,
  publish,
} from '../support/black-box/builders.ts'
import { createMerchant, startServer } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { api, database } = world

type Page = 'pay' | 'receipt'

const link = (page: Page, { kind, number }: Pick<Document, 'kind' | 'number'>, as: Api = api): Promise<Answer> =>
  as.get(`/links/${page}`, { source_type: kind, source_number: number })

const urlOf = async (page: Page, document: Pick<Document, 'kind' | 'number'>, as: Api = api): Promise<string> =>
  ((await ok(link(page, document, as))) as { url: string }).url

async function aDraft(kind: Kind, asPaymentLink = true): Promise<Document> {
  const { path, noun } = namesOf(kind)
  const body = { currency: 'USD', note: '', fee_bearer: 'PAYER', as_payment_link: asPaymentLink }
  const made = (await ok(api.post(`${path}/create`, { ...body, counterparty_id: await aCounterparty(api) }))) as Record<
    string,
    unknown
  >
  const draft = { kind, id: made['id'] as number, number: made[`${noun}_number`] as string, currency: 'USD' }
  await anItem(api, draft)
  return draft
}

async function aDocument(kind: Kind, asPaymentLink = true): Promise<Document> {
  const draft = await aDraft(kind, asPaymentLink)
  await ok(publish(api, draft))
  return draft
}

const stateProblem = (msg: string) => ({
  status: 422,
  body: { detail: [{ loc: ['query', 'source_number'], msg, type: 'value_error.state' }] },
})

describe.each(kinds)('the payment link of an %s', (kind) => {
  test('is the same however often and by however many it is asked for', async () => {
    const document = await aDocument(kind)
    const asked = await Promise.all(Array.from({ length: 10 }, () => urlOf('pay', document)))
    expect(new Set([...asked, await urlOf('pay', document)]).size).toBe(1)
    expect(asked[0]).toMatch(new RegExp(`^${world.url()}/pay/[\\w-]{22,}$`))
    const { rows } = await database.pool.query<{ count: string }>('select count(*) from links where source_id = $1', [
      document.id,
    ])
    expect(rows[0]?.count).toBe('1')
  })

  test('needs a published document that was made for it', async () => {
    const draft = await aDraft(kind)
    expect(await link('pay', draft)).toMatchObject(stateProblem('source is not published'))
    await ok(publish(api, draft))
    await urlOf('pay', draft)
    await ok(cancel(api, draft))
    expect(await link('pay', draft)).toMatchObject(stateProblem('source is not published'))
    const without = await aDocument(kind, false)
    expect(await link('pay', without)).toMatchObject(stateProblem('payment link is not enabled for this source'))
  })

  test('is found by the number as it is, or with fewer zeros', async () => {
    const document = await aDocument(kind)
    const [prefix = '', year = '', counter = ''] = document.number.split('-')
    const short = `${prefix}-${year}-${String(Number(counter)).padStart(4, '0')}`
    expect(await urlOf('pay', { kind, number: short })).toBe(await urlOf('pay', document))
  })

  test('is not there for a number of another kind or merchant, or of nobody', async () => {
    const document = await aDocument(kind)
    const stranger = await signIn(world.url, await createMerchant(database.url, 'Stranger'))
    const other = kind === 'INVOICE' ? 'ORDER' : 'INVOICE'
    for (const page of ['pay', 'receipt'] as const) {
      const missing = { status: 404, body: { detail: 'Source not found' } }
      expect(await link(page, document, stranger)).toMatchObject(missing)
      for (const wrong of [
        { ...document, kind: other },
        ...['', 'x', 'INV-2000-1'].map((number) => ({ kind, number })),
      ]) {
        expect(await link(page, wrong as Document)).toMatchObject(missing)
      }
    }
  })
})

test('a document that is being paid, or was, has its payment link', async () => {
  const { document, collection } = await aPayment(api, { phone: '231880000129' })
  await database.pool.query('update sources set as_payment_link = true where id = $1', [document.id])
  const before = await urlOf('pay', document)
  await ok(collect(api, collection))
  expect(await urlOf('pay', document)).toBe(before)
  const paid = await pay(api)
  await database.pool.query('update sources set as_payment_link = true where id = $1', [paid.document.id])
  expect(await urlOf('pay', paid.document)).toBe(await urlOf('pay', paid.document))
})

describe('an expired link', () => {
  const expire = (id: number) =>
    database.pool.query(`update links set expires_at = now() - interval '1 second' where source_id = $1`, [id])

  test('gives way to one fresh link while the document is ACTIVE', async () => {
    const made = await aCheckout(api, { expires_at: new Date(Date.now() + 60_000).toISOString() })
    const document = documentOf(made)
    expect(await urlOf('pay', document)).toBe(made.url)
    await expire(document.id)
    const fresh = await Promise.all(Array.from({ length: 6 }, () => urlOf('pay', document)))
    expect(new Set(fresh).size).toBe(1)
    expect(fresh[0]).not.toBe(made.url)
  })

  test('stays the link of a document that is PAID', async () => {
    const { document } = await pay(api)
    await database.pool.query('update sources set as_payment_link = true where id = $1', [document.id])
    const url = await urlOf('pay', document)
    await expire(document.id)
    expect(await urlOf('pay', document)).toBe(url)
  })
})

describe('the receipt link', () => {
  test('is there once the document is PAID, and the same each time', async () => {
    const { document, collection } = await aPayment(api, { phone: '231880000129' })
    const missing = { status: 404, body: { detail: 'Receipt not available' } }
    expect(await link('receipt', document)).toMatchObject(missing)
    await ok(collect(api, collection))
    expect(await link('receipt', document)).toMatchObject(missing)
    const { document: paid } = await pay(api, { kind: 'ORDER' })
    const asked = await Promise.all(Array.from({ length: 6 }, () => urlOf('receipt', paid)))
    expect(new Set(asked).size).toBe(1)
    expect(asked[0]).toMatch(new RegExp(`^${world.url()}/receipt/[\\w-]{22,}$`))
  })
})

test.each(['pay', 'receipt'] as const)('links/%s refuses what it cannot read, field by field', async (page) => {
  const { body } = await api.get(`/links/${page}`, { source_type: 'BILL' })
  expect(body).toEqual({
    detail: [
      { loc: ['query', 'source_number'], msg: 'field required', type: 'value_error.missing' },
      expect.objectContaining({ loc: ['query', 'source_type'], type: 'value_error.enum' }),
    ],
  })
  const subscription = await api.get(`/links/${page}`, { source_type: 'SUBSCRIPTION', source_number: 'x' })
  expect(subscription.body).toEqual({
    detail: [
      {
        loc: ['query', 'source_type'],
        msg: 'invalid enum: SUBSCRIPTION is not supported',
        type: 'value_error.enum',
      },
    ],
  })
})

test('links begin with the address that was configured, else with the one the request came to', async () => {
  const document = await aDocument('INVOICE')
  const headers = { authorization: `Bearer ${api.token ?? ''}` }
  const path = `/v1/links/pay?source_type=INVOICE&source_number=${document.number}`
  const local = world.url().replace('127.0.0.1', 'localhost')
  const named = (await (await fetch(local + path, { headers })).json()) as { url: string }
  expect(named.url.startsWith(`${local}/pay/`)).toBe(true)
  const behind = await startServer({ ...world.env, DOLLR_PUBLIC_URL: 'https://pay.example/shop/' }, 'serve')
  const configured = (await (await fetch(behind.url + path, { headers })).json()) as { url: string }
  expect(configured.url).toBe(named.url.replace(local, 'https://pay.example/shop'))
  await behind.end()
})
