import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Answer, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, makeChecksDue, walletOf } from '../support/black-box/books.ts'
import {
  aCardAccount,
  aCardPayment,
  aDocument,
  aParty,
  aSession,
  collect,
  type Collection,
  type Execution,
  executionOf,
  pay,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { answerBank, stripeAt } from '../support/black-box/cards.ts'
import { aRefund, type MoneyOut } from '../support/black-box/money-out.ts'
import { admin, createMerchant } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant, stripeKeys } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)
const { api, cards, database } = world
const stripe = stripeAt(cards)

const shop = await createMerchant(database.url, 'Card shop')
const switchCards = (allow: 'yes' | 'no') =>
  admin(database.url, 'merchants', 'cards', '--merchant', String(shop.id), '--allow', allow)
await switchCards('yes')
const merchant = await signIn(world.url, shop)

afterEach(async () => {
  await expectBooksToBalance(database.pool)
})

const collected = async (collection: Collection): Promise<Execution> =>
  (await ok(collect(api, collection))) as Execution

const refusal = (field: string, type: string) => ({
  status: 422,
  body: { detail: [expect.objectContaining({ loc: ['body', field], type }) as unknown] },
})

/** How the network itself sees the payment: by the id that our answer tells. */
const intentOf = ({ provider_transaction_id: id }: Execution) => stripe.paymentIntents.retrieve(id ?? 'none')

/** How often the network holds a payment under our reference. */
async function intentsOf({ reference_id }: Collection) {
  const { rows } = await database.pool.query<{ provider_reference: string }>(
    'select provider_reference from executions where reference_id = $1',
    [reference_id],
  )
  const { data } = await stripe.paymentIntents.list({ limit: 100 })
  return data.filter(({ metadata }) => metadata['dollr_reference'] === rows[0]?.provider_reference)
}

const nudge = () => makeChecksDue(database.pool)

describe('a card is looked up', () => {
  const lookUp = (token: string, more: Record<string, string> = {}): Promise<Answer> =>
    api.get('/predictions/card-provider-info', { payment_method_id: token, operation_type: 'COLLECTION', ...more })

  test('by its token, and told without anything that could charge it', async () => {
    expect(await ok(lookUp('pm_card_mastercard'))).toEqual({
      brand: 'mastercard',
      country: 'US',
      currencies: ['USD', 'LRD', 'RWF'],
      payment_method: 'CREDIT_CARD',
      gateway_provider: 'STRIPE',
      operation_type: 'COLLECTION',
      payment_method_id: expect.stringMatching(/^pm_/) as unknown,
    })
  })

  test.each(['pm_unknown', 'tok_visa', 'pm_../../charges', ''])('"%s" is none', async (token) => {
    expect(await lookUp(token)).toMatchObject({
      status: 422,
      body: {
        detail: [
          { loc: ['query', 'payment_method_id'], msg: 'payment method not found', type: 'value_error.not_found' },
        ],
      },
    })
  })

  test('of no other network, and for no payout', async () => {
    const combination = {
      status: 422,
      body: { detail: [expect.objectContaining({ type: 'value_error.combination' }) as unknown] },
    }
    expect(await lookUp('pm_card_visa', { provider: 'PAWAPAY' })).toMatchObject(combination)
    expect(await lookUp('pm_card_visa', { operation_type: 'PAYOUT' })).toMatchObject(combination)
  })
})

describe('a card pays', () => {
  test('at once where its bank asks nothing, at the price of the card network', async () => {
    const before = await walletOf(database.pool, sandboxMerchant, 'USD')
    const { document, collection } = await aCardPayment(api, { amount: 100 })
    const execution = await collected(collection)
    // 2.9 % and 30 cents for the network, 1 % for the platform, on top.
    expect(execution).toMatchObject({
      status: 'COMPLETED',
      payer_amount: 104.2,
      payee_amount: 100,
      requires_action: false,
      client_secret: null,
      provider_transaction_id: expect.stringMatching(/^pi_/) as unknown,
    })
    expect(await sourceStatus(api, document)).toBe('PAID')
    expect((await walletOf(database.pool, sandboxMerchant, 'USD')) - before).toBe(10_000)
    expect(await intentOf(execution)).toMatchObject({ status: 'succeeded', amount_received: 10_420, currency: 'usd' })
  })

  test.each([
    ['RWF', 20_000, 21_200, 'rwf', (whole: number) => whole],
    ['LRD', 2000, 2138, 'lrd', (whole: number) => whole * 100],
  ])('in %s with as many decimals as the network wants', async (currency, amount, payer, theirs, minor) => {
    const { collection } = await aCardPayment(api, { currency, amount })
    const execution = await collected(collection)
    expect(execution).toMatchObject({ status: 'COMPLETED', payer_currency: currency, payer_amount: payer })
    expect(await intentOf(execution)).toMatchObject({ amount_received: minor(payer), currency: theirs })
  })

  test('once its cardholder was at the bank: the secret is told while it is needed, and kept nowhere', async () => {
    const { document, collection } = await aCardPayment(api, { token: 'pm_card_threeDSecure2Required' })
    const asked = await collected(collection)
    expect(asked).toMatchObject({ status: 'PROCESSING', requires_action: true })
    expect(asked.client_secret).toMatch(/^pi_\w+_secret_\w+$/)
    expect(await ok(executionOf(api, collection))).toEqual(asked)
    expect(await collected(collection)).toEqual(asked)

    await world.restart()
    expect(await ok(executionOf(api, collection))).toMatchObject({ client_secret: asked.client_secret })
    const { rows } = await database.pool.query<{ text: string }>('select to_jsonb(e)::text as text from executions e')
    expect(rows.map(({ text }) => text).join()).not.toContain(asked.client_secret)
    expect(world.server().output()).not.toContain('_secret_')

    await answerBank(cards, asked.client_secret, 'approve')
    expect(await settled(api, collection)).toMatchObject({
      status: 'COMPLETED',
      requires_action: false,
      client_secret: null,
    })
    expect(await sourceStatus(api, document)).toBe('PAID')
  })

  test.each([
    ['pm_card_visa_chargeDeclined', /declined/],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', /too little money/],
    ['pm_card_visa_chargeDeclinedStolenCard', /^The card's bank declined the payment\.$/],
    ['pm_card_chargeDeclinedExpiredCard', /expired/],
    ['pm_card_chargeDeclinedIncorrectCvc', /security code/],
  ])('not at all with %s: it failed, and nobody can pay that intent with another card', async (token, because) => {
    const { document, collection } = await aCardPayment(api, { token })
    const execution = await collected(collection)
    expect(execution).toMatchObject({ status: 'FAILED', requires_action: false, client_secret: null })
    expect(execution).toMatchObject({ gateway_message: expect.stringMatching(because) as unknown })
    expect(await sourceStatus(api, document)).toBe('ACTIVE')
    expect(await intentOf(execution)).toMatchObject({ status: 'canceled', amount_received: 0 })
    const { id, client_secret } = await intentOf(execution)
    expect(client_secret).not.toBeNull()
    await expect(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).rejects.toThrow()
  })

  test('not at all when its cardholder is not who they say', async () => {
    const { document, collection } = await aCardPayment(api, { token: 'pm_card_threeDSecure2Required' })
    const asked = await collected(collection)
    await answerBank(cards, asked.client_secret, 'refuse')
    const execution = await settled(api, collection)
    expect(execution).toMatchObject({ status: 'FAILED', gateway_message: 'The cardholder was not authenticated.' })
    expect(await intentOf(execution)).toMatchObject({ status: 'canceled' })
    expect(await sourceStatus(api, document)).toBe('ACTIVE')
  })

  test('not any more when its cardholder has not come back in time', async () => {
    const { collection } = await aCardPayment(api, { token: 'pm_card_threeDSecure2Required' })
    await collected(collection)
    await nudge()
    expect(await ok(executionOf(api, collection))).toMatchObject({ status: 'PROCESSING', requires_action: true })
    await database.pool.query(
      `update executions set created_at = created_at - interval '16 minutes' where reference_id = $1`,
      [collection.reference_id],
    )
    const execution = await settled(api, collection, nudge)
    expect(execution).toMatchObject({ status: 'FAILED', gateway_message: expect.stringMatching(/in time/) as unknown })
    expect(await intentOf(execution)).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' })
  })

  test('once, whatever is sent again', async () => {
    const { collection } = await aCardPayment(api)
    const answers = await Promise.all(Array.from({ length: 6 }, () => collected(collection)))
    expect(new Set(answers.map(({ payment_intent_id: id }) => id)).size).toBe(1)
    expect(await settled(api, collection)).toMatchObject({ status: 'COMPLETED' })
    expect(await intentsOf(collection)).toHaveLength(1)

    const document = await aDocument(api)
    const again = { ...collection, session_id: String(await aSession(api, document)), reference_id: randomUUID() }
    expect(await collect(api, again)).toMatchObject(refusal('payment_account_id', 'value_error.state'))
    expect(await sourceStatus(api, document)).toBe('ACTIVE')
  })
})

describe('whatever becomes of the network’s answer, the card is charged once', () => {
  test.each([
    'lost-request',
    'lost-reply',
    'error-before-effect',
    'error-after-effect',
    'garbage',
    'rate-limit',
    'key-in-use',
  ] as const)('%s', async (fault) => {
    const { document, collection } = await aCardPayment(api)
    cards.next({ fault, path: '/v1/payment_intents' })
    expect(await collected(collection)).toMatchObject({ payer_amount: 104.2 })
    const execution = await settled(api, collection, nudge)
    expect(execution).toMatchObject({ status: 'COMPLETED' })
    const intents = await intentsOf(collection)
    expect(intents.filter(({ status }) => status === 'succeeded')).toHaveLength(1)
    expect(intents).toHaveLength(1)
    expect(await sourceStatus(api, document)).toBe('PAID')
  })

  test.each(['lost-reply', 'error-after-effect', 'garbage'] as const)('a decline and %s', async (fault) => {
    const { collection } = await aCardPayment(api, { token: 'pm_card_visa_chargeDeclined' })
    cards.next({ fault, path: '/v1/payment_intents' })
    await collected(collection)
    const execution = await settled(api, collection, nudge)
    expect(execution).toMatchObject({ status: 'FAILED' })
    expect((await intentsOf(collection)).map(({ status }) => status)).toEqual(['canceled'])
  })

  test.each([
    ['lost-request', 'FAILED', []],
    ['lost-reply', 'COMPLETED', ['succeeded']],
  ] as const)(
    '%s, and nobody asked for a quarter of an hour: %s, and not asked for again',
    async (fault, status, held) => {
      const { collection } = await aCardPayment(api)
      cards.next({ fault, path: '/v1/payment_intents' })
      // The network's own word must not come first.
      cards.setWebhookUrl('http://127.0.0.1:9/nobody')
      await collected(collection)
      await database.pool.query(
        `update executions set created_at = created_at - interval '17 minutes' where reference_id = $1`,
        [collection.reference_id],
      )
      expect(await settled(api, collection, nudge)).toMatchObject({ status })
      expect((await intentsOf(collection)).map((intent) => intent.status)).toEqual(held)
      cards.setWebhookUrl(`${world.url()}/callbacks/stripe`)
    },
  )

  test('a cancellation whose answer is lost leaves it open until it is known to be closed', async () => {
    const { collection } = await aCardPayment(api, { token: 'pm_card_visa_chargeDeclined' })
    const { data } = await stripe.paymentIntents.list({ limit: 1 })
    expect(data).toHaveLength(1)
    cards.next({ fault: 'slow-reply', path: '/v1/nothing' })
    cards.next({ fault: 'lost-request', path: '/v1/payment_intents/pi_' })
    expect(await collected(collection)).toMatchObject({ status: 'PENDING' })
    expect(await settled(api, collection, nudge)).toMatchObject({ status: 'FAILED' })
    expect((await intentsOf(collection)).map(({ status }) => status)).toEqual(['canceled'])
  })
})

describe('the network calls', () => {
  const eventOf = async (execution: Execution, type: string) => {
    const { data } = await stripe.events.list({ type, limit: 100 })
    const found = data.find(({ data: { object } }) => 'id' in object && object.id === execution.provider_transaction_id)
    if (!found) throw new Error(`no ${type}`)
    return found
  }

  const post = (body: string, headers: Record<string, string> = {}) =>
    apiClient(world.url).send({ method: 'POST', path: '/callbacks/stripe', bytes: body, headers })

  const kept = async () =>
    (
      await database.pool.query<{ verification: string; is_repeat: boolean }>(
        `select verification, is_repeat from provider_callbacks where provider = 'STRIPE' order by id desc limit 5`,
      )
    ).rows

  test('and again: the second time changes nothing, and is known to be the second', async () => {
    const { collection } = await aCardPayment(api)
    await collected(collection)
    const execution = await settled(api, collection)
    const before = await walletOf(database.pool, sandboxMerchant, 'USD')
    await cards.deliverEvent((await eventOf(execution, 'payment_intent.succeeded')).id, 3)
    expect(await kept()).toEqual(expect.arrayContaining([{ verification: 'valid', is_repeat: true }]))
    expect(await walletOf(database.pool, sandboxMerchant, 'USD')).toBe(before)
  })

  const forged = async () => {
    const { collection } = await aCardPayment(api, { token: 'pm_card_threeDSecure2Required' })
    const execution = await collected(collection)
    const intent = await intentOf(execution)
    const object = { ...intent, status: 'succeeded', amount_received: intent.amount }
    const payload = JSON.stringify({
      id: 'evt_forged',
      object: 'event',
      type: 'payment_intent.succeeded',
      data: { object },
    })
    return { collection, payload }
  }
  const signed = (payload: string, its: { secret?: string; timestamp?: number } = {}) =>
    stripe.webhooks.generateTestHeaderString({ payload, secret: stripeKeys.webhookSecret, ...its })
  const now = () => Math.floor(Date.now() / 1000)

  test.each([
    ['without a signature', 'unsigned', () => undefined],
    ['signed by somebody else', 'bad_signature', (payload: string) => signed(payload, { secret: 'whsec_other' })],
    ['signed long ago', 'stale', (payload: string) => signed(payload, { timestamp: now() - 400 })],
    ['signed in the future', 'stale', (payload: string) => signed(payload, { timestamp: now() + 400 })],
    ['signed for another body', 'bad_signature', (payload: string) => signed(`${payload} `)],
    ['with something that is no signature', 'malformed', () => 'v1=abc'],
  ])('nobody is believed %s', async (_, verification, sign) => {
    const { collection, payload } = await forged()
    const header = sign(payload)
    expect(await post(payload, header === undefined ? {} : { 'stripe-signature': header })).toMatchObject({
      status: 401,
    })
    expect((await kept())[0]).toEqual({ verification, is_repeat: false })
    expect(await ok(executionOf(api, collection))).toMatchObject({ status: 'PROCESSING', requires_action: true })
  })

  test('an event about something else is taken and forgotten', async () => {
    for (const payload of [
      '{"id":"evt_1","type":"customer.created","data":{"object":{"object":"customer"}}}',
      '{"id":"evt_2","type":"x"}',
    ])
      expect(await post(payload, { 'stripe-signature': signed(payload) })).toMatchObject({ status: 200 })
  })
})

describe('two payers at once never swap cards', () => {
  const tokenOf = async (name: string | undefined): Promise<string> => {
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' },
      ...(name !== undefined && { billing_details: { name } }),
    })
    await ok(
      merchant.get('/predictions/card-provider-info', { payment_method_id: method.id, operation_type: 'COLLECTION' }),
    )
    return method.id
  }
  const account = async (name: string, more: Record<string, unknown> = {}): Promise<Answer> =>
    merchant.post(
      '/payment-accounts/create',
      { account_name: name, provider: 'STRIPE', method: 'CREDIT_CARD', party_id: await aParty(merchant), ...more },
      { operation_type: 'COLLECTION' },
    )
  const boundTo = async (made: Promise<Answer>): Promise<unknown> => {
    const { id } = (await ok(made)) as { id: number }
    const { rows } = await database.pool.query<{ account_number: string }>(
      'select account_number from payment_accounts where id = $1',
      [id],
    )
    return rows[0]?.account_number
  }
  const uncertain = refusal('payment_method_id', 'value_error.missing')

  test('the account’s name decides, then that there is only one, and never chance', async () => {
    expect(await account('Nobody looked up')).toMatchObject(uncertain)
    const [amara, beatrice] = [await tokenOf('Amara Kamara'), await tokenOf('Beatrice Uwase')]
    expect(await account('Customer card')).toMatchObject(uncertain)
    expect(await boundTo(account('beatrice  UWASE'))).toBe(beatrice)
    // Sent again for want of an answer: what is left is another payer's card.
    expect(await account('beatrice  UWASE')).toMatchObject(uncertain)
    expect(await boundTo(account('Customer card'))).toBe(amara)
  })

  test('a card that is named is the one, and two of one name have to be named', async () => {
    const [first, second] = [await tokenOf('Musu'), await tokenOf('Musu')]
    expect(await account('Musu')).toMatchObject(uncertain)
    expect(await boundTo(account('Musu', { payment_method_id: second }))).toBe(second)
    expect(await boundTo(account('Anybody', { payment_method_id: first }))).toBe(first)
    expect(await account('Musu', { payment_method_id: 'pm_unknown' })).toMatchObject(
      refusal('payment_method_id', 'value_error.not_found'),
    )
  })

  test('a card looked up by one merchant is nothing to another, even by its name', async () => {
    const token = await tokenOf('Amara Kamara')
    const stranger = await createMerchant(database.url, 'Another card shop')
    await admin(database.url, 'merchants', 'cards', '--merchant', String(stranger.id), '--allow', 'yes')
    const other = await signIn(world.url, stranger)
    const body = {
      account_name: 'Amara Kamara',
      provider: 'STRIPE',
      method: 'CREDIT_CARD',
      party_id: await aParty(other),
    }
    const create = (more: Record<string, unknown> = {}) =>
      other.post('/payment-accounts/create', { ...body, ...more }, { operation_type: 'COLLECTION' })
    expect(await create()).toMatchObject(uncertain)
    expect(await create({ payment_method_id: token })).toMatchObject(
      refusal('payment_method_id', 'value_error.not_found'),
    )
    expect(await boundTo(account('Amara Kamara'))).toBe(token)
  })

  test('cards are off until they are switched on', async () => {
    const fresh = await signIn(world.url, await createMerchant(database.url, 'No cards'))
    const gate = { status: 403, body: { detail: 'Merchant account is not verified for this operation' } }
    const query = { payment_method_id: 'pm_card_visa', operation_type: 'COLLECTION' }
    expect(await fresh.get('/predictions/card-provider-info', query)).toMatchObject(gate)
    const body = { account_name: 'A', provider: 'STRIPE', method: 'CREDIT_CARD', party_id: await aParty(fresh) }
    expect(await fresh.post('/payment-accounts/create', body, { operation_type: 'COLLECTION' })).toMatchObject(gate)
  })

  test('switched off, cards that are bound already pay nothing', async () => {
    const token = await tokenOf(undefined)
    const { id } = (await ok(account('A', { payment_method_id: token }))) as { id: number }
    await switchCards('no')
    const document = await aDocument(merchant)
    const collection = {
      session_id: String(await aSession(merchant, document)),
      payment_account_id: String(id),
      currency: 'USD',
      reference_id: randomUUID(),
    }
    expect(await collect(merchant, collection)).toMatchObject({ status: 403 })
    await switchCards('yes')
    expect(await ok(collect(merchant, collection))).toMatchObject({ status: 'COMPLETED' })
  })
})

describe('a card payment is given back', () => {
  const paidWith = async (token: string): Promise<Execution> => {
    const { collection } = await aCardPayment(api, { token, amount: 100 })
    await collected(collection)
    return settled(api, collection)
  }
  const refunded = async ({ path, statusPath, body }: MoneyOut) => {
    await ok(api.post(path, body))
    for (let round = 0; round < 400; round += 1) {
      const refund = (await ok(api.get(statusPath))) as Execution
      if (refund.status === 'COMPLETED' || refund.status === 'FAILED') return refund
      await nudge()
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error('never final')
  }

  test('in parts, and no further than it was paid', async () => {
    await pay(api, { amount: 500 })
    const collection = await paidWith('pm_card_visa')
    expect(await refunded(await aRefund(api, { collection, amount: 40 }))).toMatchObject({
      status: 'COMPLETED',
      payee_amount: 40,
      provider_transaction_id: expect.stringMatching(/^re_/) as unknown,
    })
    expect(await refunded(await aRefund(api, { collection, amount: 64.2 }))).toMatchObject({ status: 'COMPLETED' })
    const { data } = await stripe.refunds.list({ payment_intent: collection.provider_transaction_id ?? '' })
    expect(data.map(({ amount }) => amount).sort()).toEqual([4000, 6420])
  })

  test.each(['lost-reply', 'error-after-effect', 'lost-request'] as const)(
    'once, whatever becomes of the answer: %s',
    async (fault) => {
      await pay(api, { amount: 500 })
      const collection = await paidWith('pm_card_visa')
      cards.next({ fault, path: '/v1/refunds' })
      expect(await refunded(await aRefund(api, { collection, amount: 25 }))).toMatchObject({ status: 'COMPLETED' })
      const { data } = await stripe.refunds.list({ payment_intent: collection.provider_transaction_id ?? '' })
      expect(data).toHaveLength(1)
    },
  )

  test('slowly, where the bank takes its time', async () => {
    await pay(api, { amount: 500 })
    const collection = await paidWith('pm_card_pendingRefund')
    expect(await refunded(await aRefund(api, { collection, amount: 10 }))).toMatchObject({ status: 'COMPLETED' })
  })

  test('and what fails after it succeeded stays as it is, for a person to judge', async () => {
    await pay(api, { amount: 500 })
    const collection = await paidWith('pm_card_refundFail')
    const refund = await aRefund(api, { collection, amount: 10 })
    expect(await refunded(refund)).toMatchObject({ status: 'COMPLETED' })
    await expect
      .poll(
        async () =>
          (await database.pool.query<Record<string, string>>('select stood, told from quarantined_outcomes')).rows,
        {
          timeout: 10_000,
        },
      )
      .toEqual([{ stood: 'COMPLETED', told: 'FAILED' }])
    expect(await ok(api.get(refund.statusPath))).toMatchObject({ status: 'COMPLETED' })
  })
})

test('an account for a card that was never looked up charges nobody', async () => {
  const accountId = await aCardAccount(api)
  await database.pool.query('update payment_accounts set account_number = null where id = $1', [accountId])
  const collection = {
    session_id: String(await aSession(api, await aDocument(api))),
    payment_account_id: String(accountId),
    currency: 'USD',
    reference_id: randomUUID(),
  }
  expect(await collect(api, collection)).toMatchObject(refusal('payment_account_id', 'value_error.state'))
})
