import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, walletOf } from '../support/black-box/books.ts'
import {
  aDocument,
  anAttempt,
  collect,
  executionOf,
  kinds,
  namesOf,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const world = await createWorld({ payerDelayMs: 5 })
afterAll(world.close)

const { api, database } = world

interface Case {
  readonly document: { readonly currency: string; readonly amount: number; readonly bearer: 'PAYER' | 'PAYEE' }
  readonly payIn: string
  readonly method: string
  /** Counted by hand: 1 % for the platform, 2 % for the network, 1 % on a conversion, each rounded half up. */
  readonly payer: string
  readonly payee: string
  readonly platform: string
  readonly gateway: string
  readonly fx?: string
  readonly rate?: string
}

const aCase = (text: string): Case => {
  const [amount, currency, bearer, payIn, payer, payee, platform, gateway, fx, rate] = text.trim().split(/ +/)
  const method = payIn === 'RWF' ? 'MTN_MOMO_RWA' : 'MTN_MOMO_LBR'
  if (!currency || !payIn || !payer || !payee || !platform || !gateway) throw new Error(`a column is missing: ${text}`)
  return {
    document: { currency, amount: Number(amount), bearer: bearer === 'PAYER' ? 'PAYER' : 'PAYEE' },
    payIn,
    method,
    payer,
    payee,
    platform,
    gateway,
    ...(fx !== undefined && { fx }),
    ...(rate !== undefined && { rate }),
  }
}

//  amount   of   borne by  in   payer     payee     platform gateway fx      rate
const cases = `
    250.00   USD  PAYER  USD  257.50    250.00    2.50   5.00
    19.99    USD  PAYEE  USD  19.99     19.39     0.20   0.40
    0.01     USD  PAYER  USD  0.01      0.01      0.00   0.00
    0.50     USD  PAYEE  USD  0.50      0.48      0.01   0.01
    1250.50  LRD  PAYER  LRD  1288.02   1250.50   12.51  25.01
    999.50   LRD  PAYEE  LRD  999.50    969.51    10.00  19.99
    1250     RWF  PAYER  RWF  1288      1250      13     25
    1250     RWF  PAYEE  RWF  1250      1212      13     25
    250.00   USD  PAYER  LRD  52000.00  250.00    2.50   5.00   2.50  200
    19.99    USD  PAYEE  LRD  3998.00   19.19     0.20   0.40   0.20  200
    10.01    USD  PAYER  RWF  14574     10.01     0.10   0.20   0.10  1400
    1000.00  LRD  PAYER  USD  5.20      1000.00   10.00  20.00  10.00 0.005
    333.33   LRD  PAYEE  RWF  2333      320.00    3.33   6.67   3.33  7
    1000     RWF  PAYER  USD  0.74      1000      10     20     10    0.000714
    12345    RWF  PAYEE  LRD  1763.57   11852     123    247    123   0.142857
`
  .trim()
  .split('\n')
  .map((line, index) => ({ ...aCase(line), kind: kinds[index % kinds.length] ?? 'INVOICE', line: line.trim() }))

test.each(cases)(
  'prediction, execution, receipt and wallet agree to the cent: $line',
  async ({ kind, document, payIn, method, payer, payee, platform, gateway, fx, rate }) => {
    const { currency } = document
    const walletBefore = await walletOf(database.pool, sandboxMerchant, currency)
    const source = await aDocument(api, { kind, ...document })

    const routing = { target_currency: payIn, payment_method: method, provider: method }
    const prediction = {
      payer_amount: payer,
      payer_currency: payIn,
      payee_amount: payee,
      payee_currency: currency,
      platform_fee: platform,
      platform_currency: currency,
      gateway_fee: gateway,
      gateway_currency: currency,
      fx_fee: fx ?? null,
    }
    const ofSource = { ...routing, source_type: kind, source_id: source.id }
    expect(await ok(api.get('/predictions/payment-source/amount-and-fees', ofSource))).toEqual(prediction)
    const ofAmount = {
      ...routing,
      base_amount: document.amount,
      base_currency: currency,
      operation_type: 'COLLECTION',
      fee_bearer: document.bearer,
    }
    expect(await ok(api.get('/predictions/amount-and-fees', ofAmount))).toEqual(prediction)

    const phone = payIn === 'RWF' ? '250783456789' : '231880000001'
    const collection = await anAttempt(api, source, { payIn, method, phone })
    const amounts = {
      payer_amount: Number(payer),
      payer_currency: payIn,
      payee_amount: Number(payee),
      payee_currency: currency,
    }
    expect(await ok(collect(api, collection))).toMatchObject(amounts)
    expect(await settled(api, collection)).toMatchObject({ ...amounts, status: 'COMPLETED' })

    expect(await ok(api.get(`${namesOf(kind).path}/receipt/${source.id}`))).toMatchObject({
      ...amounts,
      total_amount: document.amount,
      platform_fee: Number(platform),
      platform_currency: currency,
      gateway_fee: Number(gateway),
      gateway_currency: currency,
      fx_fee: fx === undefined ? null : Number(fx),
      fx_rate: rate ?? null,
      fx_currency_from: rate === undefined ? null : currency,
      fx_currency_to: rate === undefined ? null : payIn,
    })
    const minor = Number(payee) * (currency === 'RWF' ? 1 : 100)
    expect((await walletOf(database.pool, sandboxMerchant, currency)) - walletBefore).toBe(Math.round(minor))
  },
)

test('afterwards the books balance and the payment network has seen the same amounts', async () => {
  await expectProviderToAgree(database.pool, world.network.deposits())
  await expectBooksToBalance(database.pool)
})

test('an amount is sent to the payment network in its shortest form', async () => {
  const document = await aDocument(api, { currency: 'RWF', amount: 5000, bearer: 'PAYEE' })
  const collection = await anAttempt(api, document, { method: 'AIRTEL_RWA', phone: '250733456701' })
  await ok(collect(api, collection))
  await settled(api, collection)
  const sent = world.network.deposits().find(({ phone }) => phone === '250733456701')
  expect(sent).toMatchObject({ amount: '5000', currency: 'RWF', provider: 'AIRTEL_RWA', initiations: 1 })
})

test('what the payment network cannot carry is refused before anything is recorded', async () => {
  const document = await aDocument(api, { amount: 1_000_000, bearer: 'PAYER' })
  const collection = await anAttempt(api, document)
  const answer = await collect(api, collection)
  expect(answer).toMatchObject({
    status: 422,
    body: {
      detail: [{ loc: ['body', 'payment_account_id'], msg: expect.stringMatching(/1000000\.00 USD/) as unknown }],
    },
  })
  expect(await executionOf(api, collection)).toMatchObject({ status: 404 })
  expect(await sourceStatus(api, document)).toBe('ACTIVE')
})

test.each([
  { method: 'MTN_MOMO_RWA', phone: '250783456789', payIn: 'USD', msg: 'currency not supported by this payment method' },
  { method: 'MTN_MOMO_LBR', phone: '231880000001', payIn: 'RWF', msg: 'currency not supported by this payment method' },
  { method: 'MTN_MOMO_LBR', phone: '231880000001', payIn: 'EUR', msg: 'currency not supported by this payment method' },
])('$method does not take $payIn', async ({ method, phone, payIn, msg }) => {
  const document = await aDocument(api)
  const collection = await anAttempt(api, document, { method, phone, payIn })
  expect(await collect(api, collection)).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'currency'], msg, type: 'value_error.currency' }] },
  })
  expect(await executionOf(api, collection)).toMatchObject({ status: 404 })
  expect(await sourceStatus(api, document)).toBe('ACTIVE')
})

test('a merchant on a tier of its own pays the fees of that tier, flat parts in the currency of the amount', async () => {
  const merchant = await createMerchant(database.url, 'Tiered')
  await database.pool.query(
    `with tier as (
       insert into fee_tiers (name, is_default, created_at, updated_at) values ('flat', false, now(), now()) returning id
     ), fees as (
       insert into platform_fees (
         tier_id, operation_type, payment_method, percentage, fixed_minor, fixed_currency, fx_percentage, effective_from,
         created_at
       )
       select id, 'COLLECTION', method, percentage, fixed, 'USD', 2, now() - interval '1 hour', now()
       from tier
       cross join (values (null, 0.5, 100), ('ORANGE_MONEY_LBR', 0.25, 10)) as v (method, percentage, fixed)
     )
     insert into merchant_fee_tiers (merchant_id, tier_id, assigned_at) select $1, id, now() from tier`,
    [merchant.id],
  )
  const tiered = await signIn(world.url, merchant)
  const quote = (differences: Record<string, string | number>) =>
    tiered.get('/predictions/amount-and-fees', {
      base_amount: 1000,
      base_currency: 'LRD',
      target_currency: 'LRD',
      payment_method: 'MTN_MOMO_LBR',
      provider: 'PAWAPAY',
      operation_type: 'COLLECTION',
      fee_bearer: 'PAYER',
      ...differences,
    })
  // Prices are read again within seconds.
  await expect.poll(() => quote({}), { timeout: 10_000 }).toMatchObject({ body: { platform_fee: '205.00' } })
  expect(await ok(quote({}))).toMatchObject({ payer_amount: '1225.00', gateway_fee: '20.00' })
  expect(await ok(quote({ payment_method: 'ORANGE_MONEY_LBR' }))).toMatchObject({ platform_fee: '22.50' })
  expect(await ok(quote({ target_currency: 'USD' }))).toMatchObject({ fx_fee: '20.00', payer_amount: '6.23' })
  expect(await quote({ base_amount: 100, fee_bearer: 'PAYEE' })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['query', 'base_amount'] }] },
  })

  // The same as an execution is no HTTP error: it fails by itself, and nobody is charged.
  const document = await aDocument(tiered, { currency: 'LRD', amount: 100, bearer: 'PAYEE' })
  const collection = await anAttempt(tiered, document, { phone: '231880000777' })
  const failed = { status: 'FAILED', wallet_message: expect.stringMatching(/\w/) as unknown, gateway_message: null }
  expect(await ok(collect(tiered, collection))).toMatchObject(failed)
  expect(await ok(executionOf(tiered, collection))).toMatchObject(failed)
  expect(await sourceStatus(tiered, document)).toBe('ACTIVE')
  expect(await collect(tiered, { ...collection, reference_id: randomUUID() })).toMatchObject({
    status: 422,
    body: { detail: [{ msg: 'session not active' }] },
  })
  expect(world.network.deposits().filter(({ phone }) => phone === '231880000777')).toEqual([])
  await expectBooksToBalance(database.pool)
})

test('rates with all the decimals there can be are carried exactly, crosses included', async () => {
  await database.pool.query(
    `insert into exchange_rates (base_currency, quote_currency, rate, source, effective_from, created_at)
     values
       ('USD', 'LRD', 193.123456789012, 'test', now(), now()),
       ('USD', 'RWF', 1401.234567890123, 'test', now(), now())`,
  )
  const quoted = { base_amount: 100, base_currency: 'USD', target_currency: 'LRD', payment_method: 'MTN_MOMO_LBR' }
  const quote = { ...quoted, provider: 'PAWAPAY', operation_type: 'COLLECTION', fee_bearer: 'PAYEE' }
  await expect
    .poll(() => api.get('/predictions/amount-and-fees', quote), { timeout: 10_000 })
    .toMatchObject({ body: { payer_amount: '19312.35', payee_amount: '96.00' } })

  const document = await aDocument(api, { currency: 'LRD', amount: 1000, bearer: 'PAYEE' })
  const payer = { method: 'MTN_MOMO_RWA', phone: '250783456789', payIn: 'RWF' }
  const collection = await anAttempt(api, document, payer)
  expect(await ok(collect(api, collection))).toMatchObject({ payer_amount: 7256, payee_amount: 960 })
  expect(await settled(api, collection)).toMatchObject({ status: 'COMPLETED' })
  expect(await ok(api.get(`/invoices/receipt/${document.id}`))).toMatchObject({
    fx_rate: '7.255642',
    payer_amount: 7256,
  })
  await expectProviderToAgree(database.pool, world.network.deposits())
  await expectBooksToBalance(database.pool)
})
