import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import {
  aCheckout,
  aCheckoutBody,
  aCounterparty,
  aParty,
  collect,
  documentOf,
  kinds,
  settled,
  sourceStatus,
  unknownId,
} from '../support/black-box/builders.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const { api, database } = world

const create = (differences: Readonly<Record<string, unknown>> = {}): Promise<Answer> =>
  api.post('/checkouts/create', aCheckoutBody(differences))

let phones = 0
const aPhone = (): string => `23188${String((phones += 1)).padStart(7, '1')}`

interface Issue {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

async function issuesOf(answer: Promise<Answer>): Promise<readonly Issue[]> {
  const { status, body } = await answer
  expect(status).toBe(422)
  return (body as { detail: readonly Issue[] }).detail
}

/** How much of everything there is: what a refused call must not add to. */
async function rowCounts(): Promise<unknown> {
  const tables = ['parties', 'counterparties', 'sources', 'source_items', 'checkouts', 'links']
  const counts = tables.map((table) => `(select count(*)::integer from ${table}) as ${table}`)
  const { rows } = await database.pool.query<Record<string, unknown>>(
    `select ${counts.join(', ')}, (select coalesce(sum(last_value), 0)::integer from source_counters) as numbers`,
  )
  return rows[0]
}

describe('a checkout', () => {
  test.each(kinds)('makes payer, counterparty and a published %s with a link in one call', async (kind) => {
    const phone = aPhone()
    const expires = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z')
    const made = await ok(
      create({
        source_kind: kind,
        party_phone: phone,
        party_name: 'Amara Kamara',
        party_email: 'amara@example.com',
        currency: 'USD',
        items: [
          { name: 'Consulting', currency: 'USD', amount: 250 },
          { name: 'Travel', currency: 'USD', amount: 19.99, qty: 3 },
        ],
        reference_id: 'my own',
        note: 'Thank you',
        due_date: '2020-01-01T00:00:00Z',
        expires_at: expires,
        success_url: 'https://shop.example/paid?order=1&x=%20',
        cancel_url: 'http://shop.example/gave-up',
      }),
    )
    const { source_id: id } = made as { source_id: number }
    expect(made).toEqual({
      id: expect.any(Number) as number,
      mode: 'HOSTED',
      source_type: kind,
      source_id: id,
      source_number: expect.stringMatching(kind === 'INVOICE' ? /^INV-\d{4}-\d{5}$/ : /^ORD-\d{4}-\d{5}$/) as string,
      source_status: 'ACTIVE',
      counterparty_id: expect.any(Number) as number,
      party_id: expect.any(Number) as number,
      currency: 'USD',
      total_amount: 269.99,
      source_checkout_config_id: (made as { id: number }).id,
      url: expect.stringMatching(new RegExp(`^${world.url()}/pay/[\\w-]{22,}$`)) as string,
      reference_id: 'my own',
      due_date: '2020-01-01T00:00:00Z',
      expires_at: expires,
      hosted_path_or_token: expect.stringMatching(/^\/pay\/[\w-]{22,}$/) as string,
      success_url: 'https://shop.example/paid?order=1&x=%20',
      cancel_url: 'http://shop.example/gave-up',
    })
    const { url, hosted_path_or_token: path } = made as { url: string; hosted_path_or_token: string }
    expect(url).toBe(world.url() + path)

    const folder = kind === 'INVOICE' ? 'invoice' : 'order'
    const document = await ok(api.get(`/${folder}s/retrieve/${id}`))
    expect(document).toMatchObject({
      status: 'ACTIVE',
      fee_bearer: 'PAYER',
      as_payment_link: true,
      note: 'Thank you',
      total_amount: 269.99,
      reference_id: 'my own',
      [`${folder}_items`]: [
        { name: 'Consulting', qty: 1, amount: 250, currency: 'USD' },
        { name: 'Travel', qty: 1, amount: 19.99, currency: 'USD' },
      ],
      counterparty: {
        relationship_type: 'CUSTOMER',
        party: { fullname: 'Amara Kamara', phone, email: 'amara@example.com' },
      },
    })
  })

  test('needs no more than the payer’s phone, a currency and a line', async () => {
    const phone = aPhone()
    const made = await ok(create({ party_phone: phone }))
    expect(made).toMatchObject({
      reference_id: null,
      due_date: null,
      expires_at: null,
      success_url: null,
      cancel_url: null,
    })
    const { source_id: id, party_id: party } = made as { source_id: number; party_id: number }
    expect(await ok(api.get(`/invoices/retrieve/${id}`))).toMatchObject({ note: '' })
    expect(await ok(api.get(`/parties/retrieve/${party}`))).toMatchObject({ fullname: phone, phone, email: null })
  })

  test('nulls are as good as nothing', async () => {
    const optional = [
      ...['party_name', 'party_email', 'party_relationship', 'reference_id', 'note', 'due_date', 'success_url'],
      ...['cancel_url', 'expires_at', 'counterparty_id'],
    ]
    await ok(create(Object.fromEntries(optional.map((name) => [name, null]))))
  })

  test('in another mode is for the merchant’s server to take; it has a link all the same', async () => {
    const made = await aCheckout(api, { mode: 'DIRECT' })
    expect(made).toMatchObject({ mode: 'DIRECT', hosted_path_or_token: null })
    expect(made.url).toMatch(/\/pay\/[\w-]{22,}$/)
  })

  test('is paid over the API with what its answer names', async () => {
    const made = await aCheckout(api, { mode: 'DIRECT', source_kind: 'ORDER', party_phone: '231880456789' })
    const source = { source_id: made.source_id, source_type: made.source_type }
    const { id: session } = (await ok(api.post('/sessions/checkout', source))) as { id: number }
    const account = { account_name: 'Wallet', provider: 'PAWAPAY', method: 'MTN_MOMO_LBR', party_id: made.party_id }
    const { id: wallet } = (await ok(
      api.post('/payment-accounts/create', account, { operation_type: 'COLLECTION' }),
    )) as { id: number }
    const collection = {
      session_id: String(session),
      payment_account_id: String(wallet),
      currency: 'LRD',
      reference_id: randomUUID(),
    }
    await ok(collect(api, collection))
    expect(await settled(api, collection)).toMatchObject({ status: 'COMPLETED', payee_amount: 250 })
    expect(await sourceStatus(api, documentOf(made))).toBe('PAID')
    await expectBooksToBalance(database.pool)
  })
})

describe('the payer of a checkout', () => {
  test('is the oldest party with that phone, whose name and e-mail stay', async () => {
    const phone = aPhone()
    const oldest = await aParty(api, { fullname: 'First', phone, email: 'first@example.com' })
    await aParty(api, { fullname: 'Second', phone })
    const made = await aCheckout(api, { party_phone: phone, party_name: 'Third', party_email: 'third@example.com' })
    expect(made.party_id).toBe(oldest)
    expect(await ok(api.get(`/parties/retrieve/${oldest}`))).toMatchObject({
      fullname: 'First',
      email: 'first@example.com',
    })
  })

  test('is the same counterparty every time, and another one in another relationship', async () => {
    const phone = aPhone()
    const party = await aParty(api, { phone })
    const known = await aCounterparty(api, party)
    const [first, again, donor, donorAgain] = [
      await aCheckout(api, { party_phone: phone }),
      await aCheckout(api, { party_phone: phone, party_relationship: 'CUSTOMER' }),
      await aCheckout(api, { party_phone: phone, party_relationship: 'DONOR' }),
      await aCheckout(api, { party_phone: phone, party_relationship: 'DONOR' }),
    ]
    expect([first.counterparty_id, again.counterparty_id]).toEqual([known, known])
    expect(donor.counterparty_id).not.toBe(known)
    expect(donorAgain.counterparty_id).toBe(donor.counterparty_id)
    expect([first, again, donor, donorAgain].map((made) => made.party_id)).toEqual([party, party, party, party])
  })

  test('is made once, however many checkouts name a new phone at the same moment', async () => {
    const phone = aPhone()
    const made = await Promise.all(Array.from({ length: 12 }, () => aCheckout(api, { party_phone: phone })))
    expect(new Set(made.map(({ party_id: id }) => id)).size).toBe(1)
    expect(new Set(made.map(({ counterparty_id: id }) => id)).size).toBe(1)
    expect(new Set(made.map(({ source_number: number }) => number)).size).toBe(12)
    expect(new Set(made.map(({ url }) => url)).size).toBe(12)
  })

  test('may be named by counterparty instead', async () => {
    const party = await aParty(api, { phone: aPhone() })
    const counterparty = await aCounterparty(api, party)
    const made = await aCheckout(api, { counterparty_id: counterparty, party_phone: aPhone() })
    expect(made).toMatchObject({ counterparty_id: counterparty, party_id: party })
  })

  test('is never another merchant’s', async () => {
    const stranger = await signIn(world.url, await createMerchant(database.url, 'Stranger'))
    const phone = aPhone()
    const theirs = await aCounterparty(stranger, await aParty(stranger, { phone }))
    const made = await aCheckout(api, { party_phone: phone })
    expect(made.counterparty_id).not.toBe(theirs)
    for (const id of [theirs, unknownId, -1, 1e20]) {
      expect(await issuesOf(create({ counterparty_id: id }))).toEqual([
        { loc: ['body', 'counterparty_id'], msg: 'counterparty not found', type: 'value_error.not_found' },
      ])
    }
  })
})

const line = { name: 'Tea', currency: 'USD', amount: 1 }
const largest = 'ensure this value is less than or equal to 999999999999'
const mismatch = ['currency does not match the checkout currency', 'value_error.currency'] as const
const badUrl = ['invalid URL: expected an http or https address', 'value_error.url'] as const

const refusals: readonly (readonly [string, object, readonly (string | number)[], string | RegExp, string])[] = [
  ['no mode', { mode: undefined }, ['mode'], 'field required', 'value_error.missing'],
  ['an empty mode', { mode: '' }, ['mode'], /at least 1 characters/, 'value_error.any_str.min_length'],
  [
    'no kind',
    { source_kind: undefined, source_type: 'INVOICE' },
    ['source_kind'],
    'field required',
    'value_error.missing',
  ],
  ['an unknown kind', { source_kind: 'BILL' }, ['source_kind'], /^invalid enum: expected one of/, 'value_error.enum'],
  [
    'a subscription',
    { source_kind: 'SUBSCRIPTION' },
    ['source_kind'],
    'invalid enum: SUBSCRIPTION is not supported',
    'value_error.enum',
  ],
  ['a phone with a plus', { party_phone: '+231880000001' }, ['party_phone'], 'invalid phone', 'value_error.phone'],
  ['no phone', { party_phone: null }, ['party_phone'], /none is not/, 'type_error.none.not_allowed'],
  ['a currency without wallets', { currency: 'EUR' }, ['currency'], 'unsupported currency', 'value_error.currency'],
  [
    'a relationship nobody has',
    { party_relationship: 'FOE' },
    ['party_relationship'],
    /^invalid enum/,
    'value_error.enum',
  ],
  ['no lines', { items: [] }, ['items'], /at least 1 items/, 'value_error.list.min_items'],
  ['too many lines', { items: Array(1001).fill(line) }, ['items'], /at most 1000 items/, 'value_error.list.max_items'],
  ['lines that are no list', { items: line }, ['items'], 'value is not a valid list', 'type_error.list'],
  ['a line that is no object', { items: [line, 5] }, ['items', 1], 'value is not a valid dict', 'type_error.dict'],
  [
    'a nameless line',
    { items: [{ ...line, name: undefined }] },
    ['items', 0, 'name'],
    'field required',
    'value_error.missing',
  ],
  [
    'a line for nothing',
    { items: [line, { ...line, amount: 0 }] },
    ['items', 1, 'amount'],
    /0\.01/,
    'value_error.number.not_ge',
  ],
  [
    'a line finer than cents',
    { items: [{ ...line, amount: 0.015 }] },
    ['items', 0, 'amount'],
    /2 decimal/,
    'value_error.decimal.max_places',
  ],
  [
    'a line above the largest amount',
    { items: [{ ...line, amount: 1e13 }] },
    ['items', 0, 'amount'],
    `${largest}.99`,
    'value_error.number.not_le',
  ],
  [
    'lines that add up to too much',
    { items: [line, { ...line, amount: 999_999_999_999.99 }] },
    ['items'],
    `${largest}.99`,
    'value_error.number.not_le',
  ],
  [
    'a line in another currency',
    { items: [line, { ...line, currency: 'LRD' }] },
    ['items', 1, 'currency'],
    ...mismatch,
  ],
  ['a script as an address', { success_url: 'javascript:alert(1)' }, ['success_url'], ...badUrl],
  ['a script with room before it', { cancel_url: ' javascript:alert(1)' }, ['cancel_url'], ...badUrl],
  ['an address without a scheme', { cancel_url: 'shop.example/x' }, ['cancel_url'], ...badUrl],
  ['an address without a host', { success_url: 'https://' }, ['success_url'], ...badUrl],
  [
    'an address with a line break',
    { success_url: 'https://shop.example/\r\nSet-Cookie: a=b' },
    ['success_url'],
    ...badUrl,
  ],
  ['an endless address', { success_url: `https://shop.example/${'x'.repeat(2048)}` }, ['success_url'], ...badUrl],
  ['a time that is none', { expires_at: 'soon' }, ['expires_at'], 'invalid datetime format', 'value_error.datetime'],
  [
    'a time gone by',
    { expires_at: '2020-01-01T00:00:00Z' },
    ['expires_at'],
    'must be in the future',
    'value_error.datetime',
  ],
  ['a due date that is none', { due_date: 'soon' }, ['due_date'], 'invalid datetime format', 'value_error.datetime'],
  [
    'an unknown counterparty',
    { counterparty_id: unknownId },
    ['counterparty_id'],
    'counterparty not found',
    'value_error.not_found',
  ],
]

test.each(refusals)('%s is refused, and nothing is left behind', async (_what, differences, loc, msg, type) => {
  const before = await rowCounts()
  const issues = await issuesOf(create({ party_phone: aPhone(), ...differences }))
  expect(issues).toEqual([
    { loc: ['body', ...loc], msg: typeof msg === 'string' ? msg : (expect.stringMatching(msg) as string), type },
  ])
  expect(await rowCounts()).toEqual(before)
})

test('every line in another currency is named, and the time beside them', async () => {
  const items = [{ ...line, currency: 'LRD' }, line, { ...line, currency: 'RWF' }]
  const issues = await issuesOf(create({ items, expires_at: '2020-01-01' }))
  expect(issues.map(({ loc }) => loc.join('.'))).toEqual([
    'body.items.0.currency',
    'body.items.2.currency',
    'body.expires_at',
  ])
})

test('a merchant whose payment links are switched off makes none, and reads so after its fields', async () => {
  const other = await createMerchant(database.url, 'Switched off')
  const them = await signIn(world.url, other)
  const { source_number: number } = await aCheckout(them)
  await database.pool.query('update merchants set payment_links_allowed = false where id = $1', [other.id])
  const refused = { status: 403, body: { detail: 'Merchant account is not verified for this operation' } }
  const before = await rowCounts()
  expect(await them.post('/checkouts/create', aCheckoutBody())).toMatchObject(refused)
  expect(await them.post('/checkouts/create', aCheckoutBody({ counterparty_id: unknownId }))).toMatchObject(refused)
  expect((await them.post('/checkouts/create', aCheckoutBody({ expires_at: '2020-01-01' }))).status).toBe(422)
  const query = { source_type: 'INVOICE', source_number: number }
  expect(await them.get('/links/pay', query)).toMatchObject(refused)
  expect(await them.get('/links/pay', { ...query, source_number: 'INV-2000-00001' })).toMatchObject(refused)
  expect((await them.get('/links/receipt', query)).status).toBe(404)
  expect(await rowCounts()).toEqual(before)
})
