import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { apiClient, ok } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, walletOf } from '../support/black-box/books.ts'
import { kinds, namesOf, settled } from '../support/black-box/builders.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)

const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const id: unknown = expect.toSatisfy(Number.isSafeInteger, 'an integer id')

/** A step of the road: what is sent, and every field of what comes back. */
async function answered(step: Promise<unknown>, fields: Record<string, unknown>): Promise<number> {
  const body = await step
  expect(body).toEqual(fields)
  return (body as { id: number }).id
}

describe.each(kinds)('the quick start with an %s', (kind) => {
  const { path, noun, prefix } = namesOf(kind)
  const reference = randomUUID()

  test('leads from a token to a receipt, exactly as documented', async () => {
    const { api, database } = world
    const walletBefore = await walletOf(database.pool, sandboxMerchant, 'USD')
    const year = new Date().getUTCFullYear()
    const timestamps = { created_at: time, updated_at: time }

    const token = await ok(
      apiClient(world.url).post('/jwt/client/obtain/token', { client_id: 'sandbox', client_secret: 'sandbox-secret' }),
    )
    expect(token).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as unknown,
      expires_in: 60,
    })

    const contact = { fullname: 'Amara Kamara', phone: '231880000123', email: 'amara@example.com', country_code: 'LR' }
    const party = { id, ...contact, ...timestamps }
    const partyId = await answered(ok(api.post('/parties/create', contact)), party)

    const counterparty = {
      id,
      relationship_type: 'CUSTOMER',
      party_id: partyId,
      owner_party_type: 'ORGANIZATION',
      owner_party_id: sandboxMerchant,
      ...timestamps,
    }
    const counterpartyId = await answered(
      ok(api.post('/counterparties/create', { relationship_type: 'CUSTOMER', party_id: partyId })),
      counterparty,
    )
    const billed = { ...counterparty, party }

    const draft = {
      id,
      [`${noun}_number`]: expect.stringMatching(new RegExp(`^${prefix}-${year}-\\d{5}$`)) as unknown,
      counterparty_id: counterpartyId,
      currency: 'USD',
      total_amount: 0,
      status: 'IDLE',
      note: 'Consulting services',
      fee_bearer: 'PAYER',
      due_date: null,
      as_payment_link: true,
      owner_id: sandboxMerchant,
      owner_type: 'ORGANIZATION',
      reference_id: null,
      paid_at: null,
      ...timestamps,
    }
    const documentId = await answered(
      ok(
        api.post(`${path}/create`, {
          counterparty_id: counterpartyId,
          currency: 'USD',
          note: 'Consulting services',
          fee_bearer: 'PAYER',
          as_payment_link: true,
        }),
      ),
      draft,
    )

    const session = { id, name: 'Strategy Session', currency: 'USD', qty: 1, amount: 250, ...timestamps }
    const sessionItem = { name: 'Strategy Session', currency: 'USD', qty: 1, amount: 250.0 }
    const keptItem = await answered(ok(api.post(`${path}/${documentId}/items/add`, sessionItem)), session)
    const coffeeItem = { name: 'Coffee', currency: 'USD', qty: 3, amount: 2.5 }
    const coffee = { id, ...coffeeItem, ...timestamps }
    const removedItem = await answered(ok(api.post(`${path}/${documentId}/items/add`, coffeeItem)), coffee)
    await answered(ok(api.put(`${path}/${documentId}/items/${removedItem}/update`, { qty: 4 })), { ...coffee, qty: 4 })
    const details = { [`${noun}_items`]: [session, { ...coffee, qty: 4 }], counterparty: billed }
    const total = (amount: number) => ({ ...draft, total_amount: amount })
    await answered(ok(api.get(`${path}/retrieve/${documentId}`)), { ...total(260), ...details })
    expect(await ok(api.delete(`${path}/${documentId}/items/${removedItem}/remove`))).toEqual({})

    const edited = { ...total(250), note: 'Consulting, June', reference_id: 'PO-7', due_date: '2031-06-01T12:30:00Z' }
    await answered(
      ok(
        api.put(`${path}/update/${documentId}`, {
          note: 'Consulting, June',
          reference_id: 'PO-7',
          due_date: '2031-06-01T14:30:00+02:00',
          fee_bearer: null,
        }),
      ),
      edited,
    )
    const published = { ...edited, status: 'ACTIVE' }
    await answered(ok(api.put(`${path}/publish/${documentId}`)), published)

    const phone = { phone: '231880000123', operation_type: 'COLLECTION' }
    expect(await ok(api.get('/predictions/mmo-provider-info', phone))).toEqual({
      carrier: 'MTN',
      country: 'LR',
      currencies: ['USD', 'LRD'],
      phone: '231880000123',
      payment_method: 'MTN_MOMO_LBR',
      gateway_provider: 'PAWAPAY',
      operation_type: 'COLLECTION',
    })
    const routing = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }
    const source = { source_type: kind, source_id: documentId }
    const prediction = {
      payer_amount: '257.50',
      payer_currency: 'USD',
      payee_amount: '250.00',
      payee_currency: 'USD',
      platform_fee: '2.50',
      platform_currency: 'USD',
      fx_fee: null,
      gateway_fee: '5.00',
      gateway_currency: 'USD',
    }
    expect(await ok(api.get('/predictions/payment-source/amount-and-fees', { ...source, ...routing }))).toEqual(
      prediction,
    )

    const sessionId = await answered(ok(api.post('/sessions/checkout', source)), {
      id,
      ...source,
      status: 'ACTIVE',
      expires_at: time,
      payment_account_id: null,
      ...timestamps,
    })
    const accountId = await answered(
      ok(
        api.post(
          '/payment-accounts/create',
          {
            account_name: 'Amara MTN Wallet',
            provider: 'MTN_MOMO_LBR',
            method: 'MTN_MOMO_LBR',
            party_id: partyId,
            country_code: 'LR',
          },
          { operation_type: 'COLLECTION' },
        ),
      ),
      {
        id,
        account_name: 'Amara MTN Wallet',
        provider: 'PAWAPAY',
        method: 'MTN_MOMO_LBR',
        party_id: partyId,
        is_active: true,
        country_code: 'LR',
        ...timestamps,
      },
    )

    const execution = {
      reference_id: reference,
      status: expect.stringMatching(/^(PENDING|PROCESSING|COMPLETED)$/) as unknown,
      payer_amount: 257.5,
      payer_currency: 'USD',
      payee_amount: 250,
      payee_currency: 'USD',
      operation_type: 'COLLECTION',
      provider_transaction_id: null as unknown,
      gateway_message: null,
      wallet_message: null,
      client_secret: null,
      requires_action: null,
      payment_intent_id: id,
      retry: { same_reference: true, new_reference: false, not_before: null },
    }
    const collection = {
      session_id: String(sessionId),
      payment_account_id: String(accountId),
      currency: 'USD',
      reference_id: reference,
    }
    expect(await ok(api.post('/executions/collection', collection))).toEqual(execution)
    const completed = {
      ...execution,
      status: 'COMPLETED',
      provider_transaction_id: expect.stringMatching(/./) as unknown,
    }
    const ended = await settled(api, collection)
    expect(ended).toEqual(completed)
    expect(await ok(api.post('/executions/collection', collection))).toEqual(ended)

    const number = ((await ok(api.get(`${path}/retrieve/${documentId}`))) as Record<string, string>)[`${noun}_number`]
    expect(await ok(api.get('/status/source', source))).toEqual({
      ...source,
      source_number: number,
      status: 'PAID',
      currency: 'USD',
      total_amount: 250,
      paid_at: time,
    })
    const paid = { ...published, status: 'PAID', paid_at: time }
    const paidDetail = { ...paid, [`${noun}_items`]: [session], counterparty: billed }
    const withFourDigits = number?.replace(/-0/, '-')
    for (const place of [documentId, `number/${number ?? ''}`, `number/${withFourDigits ?? ''}`]) {
      expect(await ok(api.get(`${path}/retrieve/${place}`))).toEqual(paidDetail)
    }
    const receipt = {
      [`${noun}_id`]: documentId,
      [`${noun}_number`]: number,
      currency: 'USD',
      total_amount: 250,
      status: 'PAID',
      note: 'Consulting, June',
      due_date: '2031-06-01T12:30:00Z',
      as_payment_link: true,
      fee_bearer: 'PAYER',
      owner_id: sandboxMerchant,
      owner_type: 'ORGANIZATION',
      created_at: time,
      counterparty_id: counterpartyId,
      relationship_type: 'CUSTOMER',
      counterparty_name: 'Amara Kamara',
      counterparty_phone: '231880000123',
      counterparty_email: 'amara@example.com',
      reference_id: 'PO-7',
      paid_at: time,
      payer_amount: 257.5,
      payer_currency: 'USD',
      payee_amount: 250,
      payee_currency: 'USD',
      platform_fee: 2.5,
      platform_currency: 'USD',
      gateway_fee: 5,
      gateway_currency: 'USD',
      fx_fee: null,
      fx_rate: null,
      fx_currency_from: null,
      fx_currency_to: null,
      payment_provider: 'PAWAPAY',
      payment_method: 'MTN_MOMO_LBR',
      account_name: 'Amara MTN Wallet',
      gateway_confirmed_at: time,
      provider_transaction_id: ended.provider_transaction_id,
      items: [{ id: keptItem, name: 'Strategy Session', qty: 1, amount: 250, currency: 'USD' }],
    }
    for (const place of [documentId, `number/${number ?? ''}`, `number/${withFourDigits ?? ''}`]) {
      expect(await ok(api.get(`${path}/receipt/${place}`))).toEqual(receipt)
    }

    const first = async (list: string, query: Record<string, string>) =>
      ((await ok(api.get(list, query))) as unknown[])[0]
    expect(await first('/parties/list', { fullname: 'aMaRa' })).toEqual(party)
    expect(await ok(api.get(`/parties/retrieve/${partyId}`))).toEqual(party)
    expect(await first('/counterparties/list', { fullname: 'kamara', relationship_type: 'CUSTOMER' })).toEqual(billed)
    expect(await ok(api.get(`/counterparties/retrieve/${counterpartyId}`))).toEqual(billed)
    expect(await first(`${path}/list`, { currency: 'USD', status: 'PAID' })).toEqual(paid)
    expect(await first(`${path}/list`, {})).toEqual(paid)
    expect(await first(`${path}/list`, { currency: 'LRD' })).toBeUndefined()
    expect(await first(`${path}/list`, { status: 'CANCELED' })).toBeUndefined()

    expect((await walletOf(database.pool, sandboxMerchant, 'USD')) - walletBefore).toBe(250_00)
    await expectProviderToAgree(database.pool, world.network.deposits())
    await expectBooksToBalance(database.pool)
  })
})

test('a counterparty can be given another relationship and another party', async () => {
  const { api } = world
  const [first, second] = (await Promise.all(
    ['First', 'Second'].map((fullname) => ok(api.post('/parties/create', { fullname, phone: '231770000000' }))),
  )) as { id: number }[]
  const made = (await ok(
    api.post('/counterparties/create', { relationship_type: 'SUPPLIER', party_id: first?.id }),
  )) as object
  const { id: counterpartyId } = made as { id: number }
  const path = `/counterparties/update/${counterpartyId}`
  expect(await ok(api.put(path, {}))).toEqual({ ...made, updated_at: time })
  expect(await ok(api.put(path, { relationship_type: null, party_id: null }))).toEqual({ ...made, updated_at: time })
  expect(await ok(api.put(path, { relationship_type: 'OTHER' }))).toMatchObject({ relationship_type: 'OTHER' })
  expect(await ok(api.put(path, { party_id: second?.id }))).toMatchObject({
    relationship_type: 'OTHER',
    party_id: second?.id,
  })
  expect(await ok(api.get(`/counterparties/retrieve/${counterpartyId}`))).toMatchObject({ party: second })
})

test('the merchant itself is a counterparty, always as the same party', async () => {
  const { api } = world
  const self = () => ok(api.post('/counterparties/create', { relationship_type: 'SELF' }))
  const [one, other] = (await Promise.all([self(), self()])) as { id: number; party_id: number }[]
  expect(one?.id).not.toBe(other?.id)
  expect(one?.party_id).toBe(other?.party_id)
  expect(await ok(api.get(`/parties/retrieve/${one?.party_id ?? 0}`))).toMatchObject({ fullname: 'Sandbox Merchant' })
})

test('numbers count per kind of document, without gaps, and are found however many zeros are written', async () => {
  const { api } = world
  const { id: partyId } = (await ok(api.post('/parties/create', { fullname: 'N', phone: '231770000000' }))) as {
    id: number
  }
  const { id: counterpartyId } = (await ok(
    api.post('/counterparties/create', { relationship_type: 'CONTACT', party_id: partyId }),
  )) as { id: number }
  const body = {
    counterparty_id: counterpartyId,
    currency: 'RWF',
    note: '',
    fee_bearer: 'PAYEE',
    as_payment_link: false,
  }
  for (const kind of kinds) {
    const { path, noun } = namesOf(kind)
    const made = (await Promise.all(Array.from({ length: 10 }, () => ok(api.post(`${path}/create`, body))))) as Record<
      string,
      string
    >[]
    const numbers = made.map((each) => each[`${noun}_number`] ?? '').sort()
    const counters = numbers.map((number) => Number(number.slice(9)))
    expect(counters).toEqual(counters.map((_, index) => (counters[0] ?? 0) + index))
    const [number = ''] = numbers
    const [start, year, counter] = number.split('-')
    for (const text of [number, `${start}-${year}-${Number(counter)}`, `${start}-${year}-000${counter}`]) {
      expect(await ok(api.get(`${path}/retrieve/number/${text}`))).toMatchObject({ [`${noun}_number`]: number })
    }
  }
})

test.each(['2031-02-03', '2031-02-03T00:00:00', '2031-02-03T00:00:00.000Z', '2031-02-02T23:00:00-01:00'])(
  'a due date may be written %s',
  async (due) => {
    const { api } = world
    const { id: counterpartyId } = (await ok(api.post('/counterparties/create', { relationship_type: 'SELF' }))) as {
      id: number
    }
    const made = await ok(
      api.post('/invoices/create', {
        counterparty_id: counterpartyId,
        currency: 'USD',
        note: 'n',
        fee_bearer: 'PAYER',
        as_payment_link: true,
        due_date: due,
      }),
    )
    expect(made).toMatchObject({ due_date: '2031-02-03T00:00:00Z' })
  },
)

describe('a list', () => {
  const named = async (fullname: string) =>
    ((await ok(world.api.get('/parties/list', { fullname }))) as { fullname: string }[]).map((party) => party.fullname)

  test('is newest first', async () => {
    for (const fullname of ['Sorted 1', 'Sorted 2', 'Sorted 3']) {
      await ok(world.api.post('/parties/create', { fullname, phone: '231770000000' }))
    }
    expect(await named('Sorted')).toEqual(['Sorted 3', 'Sorted 2', 'Sorted 1'])
  })

  test('is searched by any part of a name, in small letters or capitals, of any alphabet, and not by patterns', async () => {
    for (const fullname of ['Élodie Ñandú', 'ΣΟΦΊΑ', '100% Cotton', 'Under_score']) {
      await ok(world.api.post('/parties/create', { fullname, phone: '231770000000' }))
    }
    for (const [sought, found] of [
      ['lodie', 'Élodie Ñandú'],
      ['ÑANDÚ', 'Élodie Ñandú'],
      ['élodie', 'Élodie Ñandú'],
      ['οφία', 'ΣΟΦΊΑ'],
      ['% c', '100% Cotton'],
      ['r_s', 'Under_score'],
    ] as const) {
      expect(await named(sought), sought).toEqual([found])
    }
    expect(await named('Under%score')).toEqual([])
    expect(await named('%')).toEqual(['100% Cotton'])
  })
})
