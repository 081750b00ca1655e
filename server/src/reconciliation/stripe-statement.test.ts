import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { money } from '../kernel/money.ts'
import { OperatorError } from '../kernel/problem.ts'
import { type ReadLine } from './model.ts'
import { readStripeStatement } from './stripe-statement.ts'

const heading =
  'balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,customer_facing_amount,customer_facing_currency,payment_metadata[dollr_reference],refund_metadata[dollr_reference]'

const reading = async (...lines: readonly string[]): Promise<ReadLine[]> => {
  const read: ReadLine[] = []
  for await (const line of readStripeStatement(Readable.from([lines.map((each) => `${each}\n`).join('')])))
    read.push(line)
  return read
}

const at = new Date('2026-11-23T10:02:11Z')

test('a charge counts as what the payer saw, a fee where it is in the same currency', async () => {
  const read = await reading(
    heading,
    'txn_1,2026-11-23 10:02:11,usd,100.00,3.20,96.80,charge,100.00,usd,AAAA,',
    'txn_2,2026-11-23 10:02:11,usd,10.00,0.69,9.31,charge,14500,rwf,bbbb,',
    'txn_3,2026-11-23 10:02:11,usd,10.00,0.69,9.31,charge,14500.00,rwf,bbbb,',
    'txn_4,2026-11-23 10:02:11,usd,5.00,0.45,4.55,charge,,,cccc,',
  )
  const line = { provider: 'STRIPE', kind: 'deposit', at }
  expect(read).toEqual([
    { ...line, reference: 'aaaa', amount: money(10_000n, 'USD'), fee: money(320n, 'USD') },
    { ...line, reference: 'bbbb', amount: money(14_500n, 'RWF'), fee: undefined },
    { ...line, reference: 'bbbb', amount: money(14_500n, 'RWF'), fee: undefined },
    { ...line, reference: 'cccc', amount: money(500n, 'USD'), fee: money(45n, 'USD') },
  ])
})

test('a refund is known by its own reference, not by that of the payment', async () => {
  expect(
    await reading(heading, 'txn_1,2026-11-23 10:02:11,usd,-25.00,0.00,-25.00,refund,-25.00,usd,aaaa,rrrr'),
  ).toEqual([
    { provider: 'STRIPE', kind: 'refund', reference: 'rrrr', amount: money(2_500n, 'USD'), fee: money(0n, 'USD'), at },
  ])
})

test('what is no payment of ours is named', async () => {
  expect(
    await reading(
      heading,
      'txn_1,2026-11-23 10:02:11,usd,-90.00,0.00,-90.00,payout,,,,',
      'txn_2,2026-11-23 10:02:11,usd,25.00,0.00,25.00,refund_failure,25.00,usd,aaaa,rrrr',
      'txn_3,2026-11-23 10:02:11,usd,10.00,0.59,9.41,charge,10.00,usd,,',
      'txn_4,2026-11-23 10:02:11,usd,10.00,0.59,9.41,charge,9.00,eur,aaaa,',
      'txn_5,2026-11-23 10:02:11,usd,10.00,0.59,9.41,constructor,9.00,eur,aaaa,',
      'txn_6,2026-11-23 10:02:11,usd,10.00,0.59,9.41,,9.00,eur,aaaa,',
    ),
  ).toEqual(
    ['payout', 'refund_failure', 'charge without dollr_reference', 'charge in EUR', 'constructor', 'no category'].map(
      (ignored) => ({ ignored }),
    ),
  )
})

test.each([
  ['an amount finer than the currency', 'txn_1,2026-11-23 10:02:11,usd,1,0,1,charge,1.005,usd,aaaa,'],
  ['no amount', 'txn_1,2026-11-23 10:02:11,usd,0,0,0,charge,0.00,usd,aaaa,'],
  ['no time', 'txn_1,soon,usd,1.00,0,1.00,charge,1.00,usd,aaaa,'],
  ['too few cells', 'txn_1,2026-11-23 10:02:11,usd'],
])('a report with %s is refused', async (_what, line) => {
  await expect(reading(heading, line)).rejects.toThrow(OperatorError)
})

test('a report made without our references is refused with the columns to make it with', async () => {
  const plain = heading.replaceAll(/,[a-z]+_metadata\[dollr_reference\]/g, '')
  await expect(reading(plain)).rejects.toThrow(
    'The report has no column payment_metadata[dollr_reference], refund_metadata[dollr_reference]. Make it anew with',
  )
})
