import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { startStripeSimulator } from '../../../sandbox/src/index.ts'
import { findDifferences, reconcile } from '../../src/reconciliation/index.ts'
import { type Claimed, news, someExecutions, sql, tell } from '../support/builders.ts'
import { createTestDatabase } from '../support/database.ts'
import { aClock } from '../support/fakes.ts'

const apiKey = 'sk_test_reconciliation'

async function pretendStripe() {
  const simulator = await startStripeSimulator({ apiKey, publishableKey: 'pk_test_r', webhookSecret: 'whsec_r' })
  onTestFinished(() => simulator.close())
  const ask = async (path: string, fields?: Readonly<Record<string, string>>): Promise<string> => {
    const response = await fetch(`${simulator.url}${path}`, {
      headers: { authorization: `Bearer ${apiKey}` },
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
    })
    expect(response.status).toBe(200)
    return response.text()
  }
  return {
    charge: (amount: bigint, currency: string, reference?: string) =>
      ask('/v1/payment_intents', {
        amount: String(amount),
        currency: currency.toLowerCase(),
        payment_method: 'pm_card_visa',
        confirm: 'true',
        capture_method: 'automatic',
        'allowed_payment_method_types[0]': 'card',
        ...(reference !== undefined && { 'metadata[dollr_reference]': reference }),
      }),
    report: (query = '') =>
      ask(
        `/sandbox/balance-report?columns=created_utc,reporting_category,currency,gross,fee,net,customer_facing_amount,customer_facing_currency,payment_metadata[dollr_reference],refund_metadata[dollr_reference]${query}`,
      ),
  }
}

async function setUp() {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const payments = await someExecutions(database.pool, 4)
  await tell(
    database.pool,
    payments.map((each) => news(each, 'COMPLETED')),
  )
  // Paid by card, and today, as the simulator's clock is the real one: what the server itself is not allowed to say later.
  await sql(database.pool, 'alter table executions disable trigger executions_fixed')
  await sql(
    database.pool,
    `update executions set provider = 'STRIPE', account_number = 'pm_' || id, confirmed_at = now()`,
  )
  return { database, payments, stripe: await pretendStripe() }
}

const referenceOf = ({ intent }: Claimed): string => intent.providerReference

const hold = ({ pool }: Awaited<ReturnType<typeof createTestDatabase>>, csv: string) =>
  reconcile({ db: pool, clock: aClock() }, 'STRIPE', Readable.from([csv]))

test('a report of pretend Stripe agrees with what was paid by card', async () => {
  const { database, payments, stripe } = await setUp()
  for (const payment of payments) {
    const { minor, currency } = payment.intent.payer
    await stripe.charge(minor, currency, referenceOf(payment))
  }
  await stripe.charge(1_000n, 'USD')

  const agreed = await hold(database, await stripe.report())
  expect(agreed.reports).toMatchObject([
    { currency: 'USD', matched: 4, missingThere: 0, missingHere: 0, amountDiffers: 0 },
  ])
  expect([...agreed.ignored]).toEqual([['charge without dollr_reference', 1]])
})

test('what is missing, too much or of another amount is found', async () => {
  const { database, payments, stripe } = await setUp()
  for (const payment of payments) {
    const { minor, currency } = payment.intent.payer
    await stripe.charge(minor, currency, referenceOf(payment))
  }
  const { reports } = await hold(database, await stripe.report('&plant=missing,extra,amount'))
  expect(reports).toMatchObject([{ matched: 2, missingThere: 1, missingHere: 1, amountDiffers: 1 }])
  const [report] = reports
  const found = await findDifferences(database.pool, 'STRIPE', report?.day ?? '')
  const [first, last] = [payments[0], payments.at(-1)]
  expect(found.map(({ what, executionId }) => [what, executionId])).toEqual(
    expect.arrayContaining([
      ['missing_there', first?.executionId],
      ['amount_differs', last?.executionId],
      ['missing_here', undefined],
    ]),
  )
})
