import { expect, test } from 'vitest'
import { soon } from '../../test/support.ts'
import { aClient, aPayment, aStripe, anEndpoint, control } from '../../test/stripe.ts'

/** The first columns of Stripe's own itemized report of what changed a balance. */
const documented =
  'balance_transaction_id,created_utc,created,available_on_utc,available_on,currency,gross,fee,net,reporting_category,source_id,description,customer_facing_amount,customer_facing_currency,'

const rowsOf = async (simulator: { url: string }, query = '') => {
  const answer = await control(simulator, `/sandbox/balance-report${query}`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('text/csv')
  const [heading = '', ...lines] = (await answer.text()).trimEnd().split('\n')
  const names = heading.split(',')
  return {
    heading,
    rows: lines.map((line) => {
      const cells = line.split(',')
      expect(cells).toHaveLength(names.length)
      return Object.fromEntries(names.map((name, index) => [name, cells[index]]))
    }),
  }
}

const today = () => new Date().toISOString().slice(0, 10)

test('the report has what came in, went out and came back, with the fees and the references', async () => {
  const endpoint = await anEndpoint()
  const simulator = await aStripe({ webhookUrl: endpoint.url, delayMs: 30 })
  const stripe = aClient(simulator)
  const dollars = await stripe.paymentIntents.create(
    aPayment({ amount: 10_000, metadata: { reference_id: 'a' }, payment_method: 'pm_card_refundFail' }),
  )
  await soon(() => endpoint.types().filter((type) => type === 'charge.updated').length).toBe(1)
  const francs = await stripe.paymentIntents.create(
    aPayment({ amount: 14_500, currency: 'rwf', metadata: { reference_id: 'b' }, description: 'Order 7' }),
  )
  await soon(() => endpoint.types().filter((type) => type === 'charge.updated').length).toBe(2)
  const refund = await stripe.refunds.create({
    payment_intent: dollars.id,
    amount: 2_500,
    metadata: { reference_id: 'c' },
  })
  await soon(() => endpoint.types().includes('refund.failed')).toBe(true)

  const { heading, rows } = await rowsOf(simulator, `?date=${today()}`)
  expect(heading.startsWith(documented)).toBe(true)
  expect(heading.endsWith(',payment_metadata[reference_id],refund_metadata[reference_id]')).toBe(true)
  const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  expect(rows).toMatchObject([
    {
      created_utc: time,
      available_on_utc: time,
      currency: 'usd',
      gross: '100.00',
      fee: '3.20',
      net: '96.80',
      reporting_category: 'charge',
      customer_facing_amount: '100.00',
      customer_facing_currency: 'usd',
      payment_intent_id: dollars.id,
      payment_method_type: 'card',
      card_brand: 'visa',
      card_country: 'US',
      'payment_metadata[reference_id]': 'a',
      'refund_metadata[reference_id]': '',
    },
    {
      currency: 'usd',
      gross: '10.00',
      fee: '0.69',
      net: '9.31',
      description: 'Order 7',
      customer_facing_amount: '14500',
      customer_facing_currency: 'rwf',
      'payment_metadata[reference_id]': 'b',
    },
    {
      gross: '-25.00',
      fee: '0.00',
      net: '-25.00',
      reporting_category: 'refund',
      source_id: refund.id,
      customer_facing_amount: '-25.00',
      'payment_metadata[reference_id]': 'a',
      'refund_metadata[reference_id]': 'c',
    },
    {
      gross: '25.00',
      reporting_category: 'refund_failure',
      source_id: refund.id,
      'refund_metadata[reference_id]': 'c',
    },
  ])
  const movements = await stripe.balanceTransactions.list()
  expect(movements.data.map(({ id }) => id).reverse()).toEqual(rows.map((row) => row['balance_transaction_id']))
  expect(await stripe.balanceTransactions.retrieve(movements.data[2]?.id ?? '', { expand: ['source'] })).toMatchObject({
    amount: 1_000,
    fee: 69,
    fee_details: [{ amount: 69, currency: 'usd', type: 'stripe_fee' }],
    source: { object: 'charge', payment_intent: francs.id },
  })
  expect((await stripe.balanceTransactions.list({ type: 'refund' })).data).toHaveLength(1)
})

test('a report is of one day, with the columns asked for', async () => {
  const simulator = await aStripe()
  await aClient(simulator).paymentIntents.create(
    aPayment({ capture_method: 'automatic', description: 'One, "two"\nthree' }),
  )
  expect((await rowsOf(simulator, '?date=2020-01-01')).rows).toEqual([])
  const columns = 'gross,payment_metadata[absent]'
  expect(await rowsOf(simulator, `?date=${today()}&columns=${columns}`)).toEqual({
    heading: columns,
    rows: [{ gross: '15.00', 'payment_metadata[absent]': '' }],
  })
  expect(await (await control(simulator, '/sandbox/balance-report?columns=description')).text()).toBe(
    'description\n"One, ""two""\nthree"\n',
  )
  for (const query of ['date=soon', 'date=2026-13-01', 'columns=luck', 'columns=constructor', 'plant=luck'])
    expect((await control(simulator, `/sandbox/balance-report?${query}`)).status, query).toBe(400)
  expect((await fetch(`${simulator.url}/sandbox/balance-report`)).status).toBe(401)
})

test('it gets wrong what it is told to', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  for (const amount of [1_000, 2_000, 3_000])
    await stripe.paymentIntents.create(
      aPayment({ amount, capture_method: 'automatic', metadata: { reference_id: String(amount) } }),
    )
  const right = (await rowsOf(simulator)).rows
  const wrong = (await rowsOf(simulator, '?plant=missing,extra,amount')).rows
  expect(wrong.map((row) => row['gross'])).toEqual(['20.00', '31.00', '30.00'])
  expect(wrong.map((row) => row['customer_facing_amount'])).toEqual(['20.00', '31.00', '30.00'])
  expect(wrong.map((row) => row['source_id']).slice(0, 2)).toEqual(right.map((row) => row['source_id']).slice(1))
  expect(right.map((row) => row['source_id'])).not.toContain(wrong[2]?.['source_id'])
  expect(wrong.map((row) => row['payment_metadata[reference_id]'])).toEqual([
    '2000',
    '3000',
    expect.stringMatching(/^[0-9a-f]{8}-/),
  ])
})
