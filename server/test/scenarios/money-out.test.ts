import { randomUUID } from 'node:crypto'
import { type PaymentFault, type SimulatorStep } from '@dollr/sandbox'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Answer, type Api, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectNetworkToAgree, makeChecksDue } from '../support/black-box/books.ts'
import { aCounterparty, type Execution, pay, unknownId } from '../support/black-box/builders.ts'
import {
  aPayout,
  aPayoutAccount,
  aPayoutSession,
  aRefund,
  aTransfer,
  later,
  type MoneyOut,
  sandboxPasscode,
  walletIn,
} from '../support/black-box/money-out.ts'
import { admin, createMerchant, pause } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

/** Set by a test that acts at one point of the conversation between server and network. */
let atStep: ((name: SimulatorStep['name']) => Promise<void> | void) | undefined
const world = await createWorld({ env: { PAWAPAY_TIMEOUT_MS: '250' }, onStep: ({ name }) => atStep?.(name) })
afterAll(world.close)

const { api, database, network } = world

afterEach(async () => {
  atStep = undefined
  await expectNetworkToAgree(database.pool, network)
  await expectBooksToBalance(database.pool)
})

let counter = 100
const aNumber = (ending = '000'): string => `231880${(counter += 1)}${ending}`

const nudge = () => makeChecksDue(database.pool)

const send = ({ path, body }: MoneyOut, as: Api = api): Promise<Answer> => as.post(path, body)

async function ended({ statusPath }: MoneyOut, as: Api = api): Promise<Execution> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const execution = (await ok(as.get(statusPath))) as Execution
    if (execution.status === 'COMPLETED' || execution.status === 'FAILED') return execution
    if (Date.now() > deadline) throw new Error(`never final: ${JSON.stringify(execution)}`)
    await nudge()
    await pause(15)
  }
}

/** What a wallet can pay with, and what waits beside it, in cents. */
async function funds(as: Api = api): Promise<{ readonly available: number; readonly held: number }> {
  const { available, held } = await walletIn(as)
  return { available: Math.round(available * 100), held: Math.round(held * 100) }
}

const issues = ({ status, body }: Answer) => ({
  status,
  issues: (body as { detail: { loc: unknown; msg: string }[] }).detail.map(({ loc, msg }) => [loc, msg]),
})

const refusal = (loc: readonly unknown[], msg: string) => ({ status: 422, issues: [[loc, msg]] })

const restricted = { status: 403, body: { detail: 'Merchant account is not verified for this operation' } }

const safeToRepeat = { same_reference: true, new_reference: false, not_before: null }

describe('the documented flows', () => {
  test.each([['string'], ['number']] as const)(
    'a payout: account, session, payout with passcode, poll; payout_account_id as a %s',
    async (form) => {
      const before = await funds()
      const account = {
        account_name: 'Supplier MTN',
        provider: 'MTN_MOMO_LBR',
        method: 'MTN_MOMO_LBR',
        party_id: (
          (await ok(api.post('/parties/create', { fullname: 'Amara Kamara', phone: '231771234567' }))) as { id: number }
        ).id,
        country_code: 'LR',
        insensitive_account_number: '231771234567',
      }
      const made = await ok(api.post('/payment-accounts/create', account, { operation_type: 'PAYOUT' }))
      const { id: accountId } = made as { id: number }
      const session = (await ok(
        api.post('/sessions/payout', { payout_account_id: accountId, amount: 100.0, currency: 'USD' }),
      )) as Readonly<Record<string, unknown>>
      expect(session).toMatchObject({
        wallet_id: (await walletIn(api)).id,
        payout_account_id: accountId,
        amount: 100,
        currency: 'USD',
        status: 'ACTIVE',
      })
      expect(Date.parse(String(session['expires_at'])) - Date.parse(String(session['created_at']))).toBe(15 * 60_000)

      const reference_id = randomUUID()
      const body = {
        session_id: String(session['id']),
        payout_account_id: form === 'string' ? String(accountId) : accountId,
        reference_id,
        passcode: sandboxPasscode,
      }
      const first = await ok(api.post('/executions/payout', body))
      expect(first).toMatchObject({
        reference_id,
        operation_type: 'PAYOUT',
        status: expect.stringMatching(/^(PENDING|PROCESSING|COMPLETED)$/) as unknown,
        payer_amount: 102.5,
        payer_currency: 'USD',
        payee_amount: 100,
        payee_currency: 'USD',
        payment_intent_id: null,
        wallet_message: null,
      })
      // The conventions page and the schema name two types: the same request in the other one is the same request.
      const other = { ...body, payout_account_id: form === 'string' ? accountId : String(accountId) }
      expect(await ok(api.post('/executions/payout', other))).toMatchObject({ reference_id })
      const statusPath = `/status/payout/${reference_id}`
      expect(await ended({ path: '', body, statusPath })).toMatchObject({
        status: 'COMPLETED',
        provider_transaction_id: expect.any(String) as unknown,
        retry: safeToRepeat,
      })
      expect(await ok(api.get(`/status/payout/${reference_id.toUpperCase()}`))).toMatchObject({ status: 'COMPLETED' })
      expect(await funds()).toEqual({ available: before.available - 102_50, held: 0 })
    },
  )

  test('a transfer: session, transfer, poll; final at once', async () => {
    const before = await funds()
    const transfer = await aTransfer(api)
    const completed = {
      operation_type: 'TRANSFER',
      status: 'COMPLETED',
      payer_amount: 100.5,
      payee_amount: 100,
      provider_transaction_id: null,
      retry: safeToRepeat,
    }
    expect(await ok(send(transfer))).toMatchObject(completed)
    expect(await ok(api.get(transfer.statusPath))).toMatchObject(completed)
    expect(await ok(send(transfer))).toMatchObject(completed)
    expect(await funds()).toEqual({ available: before.available - 100_50, held: 0 })
  })

  test('a transfer goes to whom its session named, whatever becomes of the counterparty meanwhile', async () => {
    const wallet = await walletIn(api)
    const counterparty = await aCounterparty(api)
    const session = (await ok(
      api.post('/sessions/transfer', {
        from_wallet_id: wallet.id,
        to_counterparty_id: counterparty,
        amount: 1,
        currency: wallet.currency,
        expires_at: later,
      }),
    )) as { id: number }
    const { party_id: named } = (await ok(api.get(`/counterparties/retrieve/${counterparty}`))) as { party_id: number }
    const other = (await ok(api.post('/parties/create', { fullname: 'Other', phone: '231880000777' }))) as {
      id: number
    }
    await ok(api.put(`/counterparties/update/${counterparty}`, { party_id: other.id }))
    const reference = randomUUID()
    await ok(api.post('/executions/transfer', { session_id: String(session.id), reference_id: reference }))
    const { rows } = await database.pool.query(`select recipient_party_id from executions where reference_id = $1`, [
      reference,
    ])
    expect(rows).toEqual([{ recipient_party_id: String(named) }])
  })

  test('money does not go round in a circle: neither a transfer nor a payout reaches the merchant itself', async () => {
    const wallet = await walletIn(api)
    const self = (await ok(api.post('/counterparties/create', { relationship_type: 'SELF' }))) as {
      id: number
      party_id: number
    }
    const transfer = { from_wallet_id: wallet.id, to_counterparty_id: self.id, amount: 1, currency: 'USD' }
    expect(issues(await api.post('/sessions/transfer', { ...transfer, expires_at: later }))).toEqual({
      status: 422,
      issues: [[['body', 'to_counterparty_id'], 'counterparty is the merchant itself']],
    })
    const account = { account_name: 'Mine', provider: 'PLATFORM', method: 'WALLET', party_id: self.party_id }
    const made = (await ok(api.post('/payment-accounts/create', account, { operation_type: 'PAYOUT' }))) as {
      id: number
    }
    const payout = { payout_account_id: made.id, amount: 1, currency: 'USD' }
    expect(issues(await api.post('/sessions/payout', payout))).toEqual({
      status: 422,
      issues: [[['body', 'payout_account_id'], 'payment account belongs to the merchant itself']],
    })
  })

  test('a wallet that may not pay opens no session, and pays nothing that was opened before', async () => {
    const wallet = await walletIn(api, 'RWF')
    const transfer = {
      from_wallet_id: wallet.id,
      to_counterparty_id: await aCounterparty(api),
      amount: 100,
      currency: 'RWF',
      expires_at: later,
    }
    const before = (await ok(api.post('/sessions/transfer', transfer))) as { id: number }
    const set = (status: string) =>
      admin(
        database.url,
        ...['wallets', 'set-status', '--merchant', '1', '--wallet', String(wallet.id)],
        '--status',
        status,
      )
    await set('FROZEN')
    expect(issues(await api.post('/sessions/transfer', transfer))).toEqual({
      status: 422,
      issues: [[['body', 'from_wallet_id'], 'wallet is not ACTIVE']],
    })
    const execution = { session_id: String(before.id), reference_id: randomUUID() }
    expect(await ok(api.post('/executions/transfer', execution))).toMatchObject({
      status: 'FAILED',
      wallet_message: 'The wallet is FROZEN.',
      retry: { new_reference: true },
    })
    await set('ACTIVE')
    expect(await walletIn(api, 'RWF')).toMatchObject({ status: 'ACTIVE', available: wallet.available })
  })

  test('a refund: session on a completed collection, refund, poll; the document stays PAID', async () => {
    const phone = aNumber()
    const { document, execution: collection } = await pay(api, { phone })
    const before = await funds()
    const opened = await ok(
      api.post('/sessions/refund', {
        original_payment_intent_id: collection.payment_intent_id,
        amount: 40,
        expires_at: later,
      }),
    )
    expect(opened).toMatchObject({
      original_payment_intent_id: collection.payment_intent_id,
      amount: 40,
      currency: 'USD',
      reason: null,
      status: 'ACTIVE',
      expires_at: later,
    })
    const refund = await aRefund(api, { collection, amount: 63 })
    await ok(send(refund))
    expect(await ended(refund)).toMatchObject({
      operation_type: 'REFUND',
      status: 'COMPLETED',
      payer_amount: 63,
      payee_amount: 63,
      payment_intent_id: null,
    })
    expect(await funds()).toEqual({ available: before.available - 63_00, held: 0 })
    expect(await ok(api.get('/status/source', { source_type: document.kind, source_id: document.id }))).toMatchObject({
      status: 'PAID',
    })
    const beyond = { original_payment_intent_id: collection.payment_intent_id, amount: 40.01, expires_at: later }
    expect(issues(await api.post('/sessions/refund', beyond))).toEqual(
      refusal(['body', 'amount'], 'amount exceeds the refundable amount 40.00 USD'),
    )
    expect(network.refunds().filter((each) => each.phone === phone)).toMatchObject([{ status: 'COMPLETED' }])
  })

  test('a payout of more than the wallet holds is 200 and FAILED, with a wallet_message and nothing held', async () => {
    const before = await funds()
    const payout = await aPayout(api, { amount: 1_000_000 })
    const failed = {
      status: 'FAILED',
      wallet_message: 'The wallet holds too little: 1025000.00 USD is needed.',
      retry: { same_reference: true, new_reference: true, not_before: null },
    }
    expect(await ok(send(payout))).toMatchObject(failed)
    expect(await ok(send(payout))).toMatchObject(failed)
    expect(await funds()).toEqual(before)
  })

  test('a payout that the network declines gives the money back and says why', async () => {
    const before = await funds()
    const payout = await aPayout(api, { phone: aNumber('089') })
    await ok(send(payout))
    expect(await ended(payout)).toMatchObject({
      status: 'FAILED',
      gateway_message: expect.any(String) as unknown,
      retry: { same_reference: true, new_reference: true },
    })
    expect(await funds()).toEqual(before)
  })

  test('a payout into a contact’s wallet on the platform is final at once', async () => {
    const before = await funds()
    const accountId = await aPayoutAccount(api, { provider: 'PLATFORM', method: 'WALLET' })
    const session = await aPayoutSession(api, accountId, 10)
    const body = {
      session_id: String(session.id),
      payout_account_id: String(accountId),
      reference_id: randomUUID(),
      passcode: sandboxPasscode,
    }
    expect(await ok(api.post('/executions/payout', body))).toMatchObject({ status: 'COMPLETED', payer_amount: 10.1 })
    expect(await funds()).toEqual({ available: before.available - 10_10, held: 0 })
  })

  test('a client that lost the reply sends the same again and finds what it began', async () => {
    const phone = aNumber()
    const payout = await aPayout(api, { phone })
    const giveUp = new AbortController()
    atStep = (name) => {
      if (name === 'payout.received') giveUp.abort()
    }
    const call = { method: 'POST', path: `/v1${payout.path}`, json: payout.body, signal: giveUp.signal } as const
    await expect(api.send(call)).rejects.toThrow(/abort/i)
    const answers = await Promise.all([ok(send(payout)), ok(send(payout)), ok(send(payout))])
    expect(new Set(answers.map((answer) => (answer as Execution).reference_id)).size).toBe(1)
    expect(await ended(payout)).toMatchObject({ status: 'COMPLETED' })
    expect(network.payouts().filter((each) => each.phone === phone)).toMatchObject([
      { status: 'COMPLETED', initiations: 1 },
    ])
  })
})

describe('the passcode', () => {
  const parts = (['name', 'type', 'platform', 'user_agent', 'client_ip'] as const).map((each) => ['device', each])

  test.each([['token', 'code'], ...parts])('without %s.%s is refused with its whole place', async (object, part) => {
    const payout = await aPayout(api)
    const passcode = structuredClone(sandboxPasscode) as unknown as Record<string, Record<string, unknown>>
    passcode[object] = Object.fromEntries(Object.entries(passcode[object] ?? {}).filter(([name]) => name !== part))
    const answer = await api.post(payout.path, { ...payout.body, passcode })
    expect(issues(answer)).toEqual(refusal(['body', 'passcode', object, part], 'field required'))
    expect(await api.get(payout.statusPath)).toMatchObject({ status: 404 })
  })

  test('without token, device, or all of it, is refused with its place', async () => {
    const { path, body } = await aPayout(api)
    const { token, device } = sandboxPasscode
    const missing = async (passcode: unknown) => issues(await api.post(path, { ...body, passcode }))
    expect(await missing(undefined)).toEqual(refusal(['body', 'passcode'], 'field required'))
    expect(await missing({ device })).toEqual(refusal(['body', 'passcode', 'token'], 'field required'))
    expect(await missing({ token })).toEqual(refusal(['body', 'passcode', 'device'], 'field required'))
    const nobody = { device, token: { code: token.code } }
    expect(await missing(nobody)).toEqual(refusal(['body', 'passcode', 'token', 'phone'], 'field required'))
    expect(await missing({ device, token: { code: token.code, phone: null, user_id: null } })).toEqual(
      refusal(['body', 'passcode', 'token', 'phone'], 'field required'),
    )
  })

  test('that is wrong, or somebody else’s, is 403: no execution, and the session is as good as before', async () => {
    const payout = await aPayout(api)
    const { token, device } = sandboxPasscode
    const invalid = { status: 403, body: { detail: 'Invalid passcode' } }
    for (const wrong of [
      { ...token, code: '654321' },
      { ...token, phone: '231770000009' },
      { code: token.code, user_id: 'nobody' },
      { ...token, user_id: 'nobody' },
    ]) {
      const answer = await api.post(payout.path, { ...payout.body, passcode: { token: wrong, device } })
      expect(answer).toMatchObject(invalid)
    }
    expect(await api.get(payout.statusPath)).toMatchObject({ status: 404 })
    expect(await ok(send(payout))).toMatchObject({ operation_type: 'PAYOUT' })
    expect(await ended(payout)).toMatchObject({ status: 'COMPLETED' })
    expect(world.server().output()).not.toContain('654321')
  })

  test('takes whatever text comes: nothing a caller can write is a fault of ours', async () => {
    const { device, token } = sandboxPasscode
    for (const odd of ['\u0000', '\ud800', '\udc00x', '💸', 'x'.repeat(100_000), ' ']) {
      for (const passcode of [
        { token, device: { ...device, name: odd } },
        { token: { ...token, user_id: odd }, device },
        { token: { ...token, code: odd, phone: '231770000008' }, device },
      ]) {
        const payout = await aPayout(api, { amount: 1 })
        const { status } = await api.post(payout.path, { ...payout.body, passcode })
        expect([JSON.stringify(odd).slice(0, 20), status]).toEqual([
          JSON.stringify(odd).slice(0, 20),
          expect.toBeOneOf([200, 403, 422]),
        ])
        if (status === 200) await ended(payout)
      }
    }
  })
})

describe('a merchant that is not verified', () => {
  test('takes payments, and lets nothing out: neither by session nor by execution', async () => {
    const credentials = await createMerchant(database.url, 'Kollie Market')
    const merchant = await signIn(world.url, credentials)
    // The same approver as the sandbox's own.
    await database.pool.query(
      `insert into passcodes (merchant_id, phone, code_hash, created_at, updated_at)
       select $1, phone, code_hash, created_at, updated_at from passcodes where merchant_id = 1`,
      [credentials.id],
    )
    const { execution: collection } = await pay(merchant)
    const ready = [
      await aPayout(merchant, { amount: 10 }),
      await aTransfer(merchant, 10),
      await aRefund(merchant, { collection, amount: 10 }),
    ]
    const before = await funds(merchant)
    const accountId = await aPayoutAccount(merchant)
    await admin(database.url, 'merchants', 'restrict', '--merchant', String(credentials.id))

    for (const each of ready) {
      expect(await send(each, merchant)).toMatchObject(restricted)
      expect(await merchant.get(each.statusPath)).toMatchObject({ status: 404 })
      // Before anything it names is looked at, and after its form.
      const unknown = { ...each.body, session_id: String(unknownId) }
      expect(await merchant.post(each.path, unknown)).toMatchObject(restricted)
      expect(await merchant.post(each.path, { ...each.body, reference_id: 'x' })).toMatchObject({ status: 422 })
    }
    const sessions: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
      ['/sessions/payout', { payout_account_id: accountId, amount: 1, currency: 'USD' }],
      ['/sessions/payout', { payout_account_id: unknownId, amount: 1, currency: 'USD' }],
      [
        '/sessions/transfer',
        {
          from_wallet_id: (await walletIn(merchant)).id,
          to_counterparty_id: await aCounterparty(merchant),
          amount: 1,
          currency: 'USD',
          expires_at: later,
        },
      ],
      ['/sessions/refund', { original_payment_intent_id: collection.payment_intent_id, amount: 1, expires_at: later }],
    ]
    for (const [path, body] of sessions) expect(await merchant.post(path, body)).toMatchObject(restricted)
    expect(await funds(merchant)).toEqual(before)

    expect((await pay(merchant)).execution).toMatchObject({ status: 'COMPLETED' })
    await admin(database.url, 'merchants', 'verify', '--merchant', String(credentials.id))
    for (const each of ready) {
      await ok(send(each, merchant))
      expect(await ended(each, merchant)).toMatchObject({ status: 'COMPLETED' })
    }
  })
})

describe('another merchant', () => {
  test('finds nothing of this one’s: ids in bodies are 422 on their field, in paths 404', async () => {
    const stranger = await signIn(world.url, await createMerchant(database.url, 'Stranger'))
    await pay(stranger)
    const [payout, transfer] = [await aPayout(api), await aTransfer(api)]
    const { execution: collection } = await pay(api)
    const refund = await aRefund(api, { collection })
    const own = { wallet: (await walletIn(stranger)).id, counterparty: await aCounterparty(stranger) }
    const notFound = async (path: string, body: unknown, field: string, msg: string) => {
      expect(issues(await stranger.post(path, body))).toEqual(refusal(['body', field], msg))
    }
    const terms = { amount: 1, currency: 'USD' }
    const accountId = payout.body['payout_account_id']
    await notFound(
      '/sessions/payout',
      { ...terms, payout_account_id: Number(accountId) },
      'payout_account_id',
      'payment account not found',
    )
    const ahead = { ...terms, expires_at: later }
    await notFound(
      '/sessions/transfer',
      { ...ahead, from_wallet_id: (await walletIn(api)).id, to_counterparty_id: own.counterparty },
      'from_wallet_id',
      'wallet not found',
    )
    await notFound(
      '/sessions/transfer',
      { ...ahead, from_wallet_id: own.wallet, to_counterparty_id: await aCounterparty(api) },
      'to_counterparty_id',
      'counterparty not found',
    )
    await notFound(
      '/sessions/refund',
      { ...ahead, original_payment_intent_id: collection.payment_intent_id },
      'original_payment_intent_id',
      'payment intent not found',
    )
    for (const { path, body } of [transfer, refund]) await notFound(path, body, 'session_id', 'session not found')
    // Its own approver comes first: it has none.
    expect(await send(payout, stranger)).toMatchObject({ status: 403, body: { detail: 'Invalid passcode' } })

    for (const each of [payout, transfer, refund]) {
      await ok(send(each))
      expect(await stranger.get(each.statusPath)).toMatchObject({
        status: 404,
        body: { detail: 'Execution not found' },
      })
      await ended(each)
    }
    const { id } = await walletIn(api)
    expect(await stranger.get(`/wallets/${id}/statement`)).toMatchObject({
      status: 404,
      body: { detail: 'Wallet not found' },
    })
    expect(await ok(stranger.get('/executions/list', { operation_type: 'PAYOUT' }))).toEqual([])
  })
})

test('a payout that never ends stays PROCESSING and held: its client learns that it must not pay again', async () => {
  const phone = aNumber('129')
  const payout = await aPayout(api, { phone })
  const before = await funds()
  await ok(send(payout))
  for (let round = 0; round < 3; round += 1) {
    await nudge()
    await pause(100)
  }
  expect(await ok(api.get(payout.statusPath))).toMatchObject({ status: 'PROCESSING', retry: safeToRepeat })
  expect(await funds()).toEqual({ available: before.available - 102_50, held: before.held + 102_50 })
  network.settle(network.payouts().find((each) => each.phone === phone)?.id ?? '')
  expect(await ended(payout)).toMatchObject({ status: 'COMPLETED' })
})

test('a status is looked up by its own operation, and is 404 by any other', async () => {
  const made = { payout: await aPayout(api), transfer: await aTransfer(api), refund: await aRefund(api) }
  for (const each of Object.values(made)) await ok(send(each))
  for (const [operation, { body }] of Object.entries(made)) {
    for (const asked of ['collection', 'payout', 'transfer', 'refund']) {
      const { status } = await api.get(`/status/${asked}/${body.reference_id}`)
      expect([operation, asked, status]).toEqual([operation, asked, asked === operation ? 200 : 404])
    }
  }
  for (const each of Object.values(made)) await ended(each)
})

const kinds = [
  ['payout', (phone: string) => aPayout(api, { phone }), 102_50],
  ['refund', (phone: string) => aRefund(api, { phone }), 40_00],
] as const

const sentTo = (kind: 'payout' | 'refund', phone: string) =>
  (kind === 'payout' ? network.payouts() : network.refunds()).filter((each) => each.phone === phone)

describe.each(kinds)('a %s', (kind, make, costs) => {
  const doubts: readonly PaymentFault[] = [
    'lost-request',
    'lost-reply',
    'hang',
    'error-after-accept',
    'error-before-accept',
    'garbage',
  ]

  test.each(doubts)('answered by the network with %s stays held until it is known, and is sent once', async (fault) => {
    const phone = aNumber()
    const order = await make(phone)
    const before = await funds()
    network.next(fault)
    const answered = (await ok(send(order))) as Execution
    expect(['PENDING', 'PROCESSING', 'COMPLETED']).toContain(answered.status)
    expect((await funds()).available).toBe(before.available - costs)
    expect(await ended(order)).toMatchObject({ status: 'COMPLETED' })
    expect(await funds()).toEqual({ available: before.available - costs, held: before.held })
    expect(sentTo(kind, phone)).toMatchObject([{ status: 'COMPLETED' }])
  })

  test('whose recipient cannot be paid, after a lost reply, is FAILED by the network alone and the money returns', async () => {
    const phone = aNumber('089')
    const order = await make(phone)
    const before = await funds()
    network.next('lost-reply')
    await ok(send(order))
    expect(await ended(order)).toMatchObject({ status: 'FAILED', wallet_message: null })
    expect(await funds()).toEqual(before)
  })

  test('while the network takes none fails at once and the money returns', async () => {
    const order = await make(aNumber())
    const before = await funds()
    network.next('closed')
    expect(await ok(send(order))).toMatchObject({ status: 'FAILED', gateway_message: expect.any(String) as unknown })
    expect(await funds()).toEqual(before)
  })

  test('called back about again and again is booked once', async () => {
    const phone = aNumber()
    const order = await make(phone)
    const before = await funds()
    await ok(send(order))
    await ended(order)
    const [sent] = sentTo(kind, phone)
    await Promise.all([1, 2, 3].map(() => network.deliverCallback(sent?.id ?? '', 3)))
    expect(await funds()).toEqual({ available: before.available - costs, held: before.held })
    expect(await ok(api.get(order.statusPath))).toMatchObject({ status: 'COMPLETED' })
  })

  test.each([
    [`${kind}.received`, 'lost'],
    [`${kind}.received`, 'arrives'],
    [`${kind}.accepted`, 'arrives'],
    [`${kind}.replied`, 'arrives'],
  ] as const)('whose server is killed at %s (the request %s) is settled once by the next', async (point, request) => {
    const phone = aNumber()
    const order = await make(phone)
    const before = await funds()
    if (request === 'lost') network.next('lost-request')
    const killed = new Promise<void>((done) => {
      atStep = async (name) => {
        if (name !== point) return
        atStep = undefined
        await world.server().end('SIGKILL')
        done()
      }
    })
    const answered = send(order).catch(() => 'no answer')
    await killed
    await answered
    await world.restart()
    expect((await funds()).available).toBe(before.available - costs)
    expect(await ok(send(order))).toMatchObject({ operation_type: kind.toUpperCase() })
    expect(await ended(order)).toMatchObject({ status: 'COMPLETED' })
    expect(await funds()).toEqual({ available: before.available - costs, held: before.held })
    expect(sentTo(kind, phone)).toMatchObject([{ status: 'COMPLETED' }])
  })
})

describe('what was moved', () => {
  interface Listed {
    readonly id: number
    readonly reference_id: string
    readonly operation_type: string
    readonly status: string
    readonly session_id: number
    readonly source_type: string | null
    readonly source_id: number | null
    readonly created_at: string
  }

  /** A merchant with one of each: two collections, a transfer that completes and one that fails. */
  async function aHistory() {
    const credentials = await createMerchant(database.url, 'Kollie Market')
    const merchant = await signIn(world.url, credentials)
    const first = await pay(merchant, { amount: 100 })
    const second = await pay(merchant, { kind: 'ORDER', amount: 50 })
    const refund = await aRefund(merchant, { collection: first.execution, amount: 10 })
    await ok(send(refund, merchant))
    await ended(refund, merchant)
    const [small, large] = [await aTransfer(merchant, 20), await aTransfer(merchant, 2_000)]
    await ok(send(small, merchant))
    await ok(send(large, merchant))
    const references = [large, small, refund].map(({ body }) => body.reference_id)
    return {
      merchant,
      first,
      references: [...references, second.collection.reference_id, first.collection.reference_id],
    }
  }

  /** Every page, as links lead from one to the next. */
  async function pages(merchant: Api, path: string, limit: number): Promise<unknown[][]> {
    const found: unknown[][] = []
    let next: string | undefined = `${path}?limit=${limit}`
    while (next !== undefined && found.length < 20) {
      const answer: Answer = await merchant.send({ method: 'GET', path: `/v1${next}` })
      found.push((await ok(answer)) as unknown[])
      next = /^<[^>]*\/v1([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
    }
    return found
  }

  test('is listed, newest first, by operation, status, document and time', async () => {
    const { merchant, first, references } = await aHistory()
    const list = async (query: Readonly<Record<string, string | number>> = {}) =>
      (await ok(merchant.get('/executions/list', query))) as readonly Listed[]
    const keys = async (query: Readonly<Record<string, string | number>>) =>
      (await list(query)).map(({ reference_id }) => references.indexOf(reference_id))
    const all = await list()
    expect(all.map(({ reference_id }) => reference_id)).toEqual(references)
    expect(all[0]).toMatchObject({
      operation_type: 'TRANSFER',
      status: 'FAILED',
      source_type: null,
      source_id: null,
      retry: { new_reference: true },
    })
    expect(all[4]).toMatchObject({ operation_type: 'COLLECTION', source_type: 'INVOICE', source_id: first.document.id })
    expect(await keys({ operation_type: 'TRANSFER' })).toEqual([0, 1])
    expect(await keys({ operation_type: 'REFUND' })).toEqual([2])
    expect(await keys({ operation_type: 'COLLECTION' })).toEqual([3, 4])
    expect(await keys({ operation_type: 'PAYOUT' })).toEqual([])
    expect(await keys({ status: 'FAILED' })).toEqual([0])
    expect(await keys({ status: 'COMPLETED', operation_type: 'TRANSFER' })).toEqual([1])
    expect(await keys({ source_type: 'ORDER' })).toEqual([3])
    expect(await keys({ source_id: first.document.id })).toEqual([4])
    expect(await keys({ source_type: 'ORDER', source_id: first.document.id })).toEqual([])
    expect(await keys({ source_id: unknownId })).toEqual([])
    expect(await keys({ created_from: '2000-01-01T00:00:00Z', created_to: later })).toEqual([0, 1, 2, 3, 4])
    expect(await keys({ created_to: '2000-01-01T00:00:00Z' })).toEqual([])
    expect(await keys({ created_from: later })).toEqual([])
    for (const wrong of [
      { operation_type: 'GIFT' },
      { status: 'paid' },
      { source_type: 'SUBSCRIPTION' },
      { source_id: 'x' },
      { created_from: 'yesterday' },
      { limit: 0 },
      { cursor: 'x' },
    ]) {
      expect(await merchant.get('/executions/list', wrong), JSON.stringify(wrong)).toMatchObject({ status: 422 })
    }
    for (const limit of [1, 2, 5, 6]) {
      expect((await pages(merchant, '/executions/list', limit)).flat()).toEqual(all)
    }
  })

  test('stands in the wallet’s statement, each line with the balance it left', async () => {
    const { merchant, references } = await aHistory()
    const wallet = await walletIn(merchant)
    expect(wallet).toMatchObject({ status: 'ACTIVE', available: 119.9, held: 0 })
    const path = `/wallets/${wallet.id}/statement`
    const lines = (await ok(merchant.get(path))) as readonly Readonly<Record<string, unknown>>[]
    expect(lines.map(({ reason, amount, balance }) => [reason, amount, balance])).toEqual([
      ['transfer.completed', -20.1, 119.9],
      ['refund.held', -10, 140],
      ['collection.completed', 50, 150],
      ['collection.completed', 100, 100],
    ])
    expect(lines[0]).toMatchObject({ operation_type: 'TRANSFER', reference_id: references[1], currency: 'USD' })
    for (const limit of [1, 2, 4]) expect((await pages(merchant, path, limit)).flat()).toEqual(lines)
    for (const id of [unknownId, 'x', 0, '9999999999999999999999']) {
      expect(await merchant.get(`/wallets/${id}/statement`)).toMatchObject({
        status: 404,
        body: { detail: 'Wallet not found' },
      })
    }
    expect((await pages(api, '/wallets/list', 1)).flat()).toHaveLength(3)
  })
})
