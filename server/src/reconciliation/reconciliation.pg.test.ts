import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { beforeEach, expect, test } from 'vitest'
import { type Claimed, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon } from '../../test/support/fakes.ts'
import { OperatorError } from '../kernel/problem.ts'
import { formatMoney } from '../kernel/money.ts'
import { findDifferences, reconcile } from './service.ts'

let database: TestDatabase
let payments: readonly Claimed[]
const today = '2025-06-01'

/** Four payments that completed today, and one that is still open. */
beforeEach(async () => {
  database = await createTestDatabase()
  payments = await someExecutions(database.pool, 5)
  await tell(
    database.pool,
    payments.slice(0, 4).map((each) => news(each, 'COMPLETED')),
  )
  return () => database.drop()
})

const heading = 'Creation Date,MSISDN,Transaction ID,Amount,Currency,Country,MNO,Type'

function nth(index: number): Claimed {
  const payment = payments[index]
  if (!payment) throw new Error(`no payment ${index}`)
  return payment
}

const lineOf = ({ intent }: Claimed, its: { amount?: string; at?: string; id?: string } = {}): string => {
  const { payer } = intent
  const [at, id] = [its.at ?? '2025-06-01 11:59:58', its.id ?? intent.providerReference.toUpperCase()]
  return `${at},231880000001,${id},${its.amount ?? formatMoney(payer)},${payer.currency},LBR,MTN_MOMO_LBR,Deposit`
}

const importing = (...lines: readonly string[]) =>
  reconcile(
    { db: database.pool, clock: aClock() },
    'PAWAPAY',
    Readable.from([[heading, ...lines].map((line) => `${line}\r\n`).join('')]),
  )

const report = { day: today, currency: 'USD', matched: 0, missingThere: 0, missingHere: 0, amountDiffers: 0 }

test('a statement that says what we say matches in full', async () => {
  const { reports } = await importing(...payments.slice(0, 4).map((each) => lineOf(each)))
  expect(reports).toEqual([{ ...report, matched: 4 }])
  expect(await findDifferences(database.pool, 'PAWAPAY', today)).toEqual([])
})

test('what is missing there, missing here or of another amount is told apart', async () => {
  const unknown = randomUUID()
  const { reports } = await importing(
    lineOf(nth(0)),
    lineOf(nth(1), { amount: '1.00' }),
    lineOf(nth(2), { id: unknown }),
    lineOf(nth(3)),
    lineOf(nth(3)),
    lineOf(nth(4)),
  )
  expect(reports).toEqual([{ ...report, matched: 2, missingThere: 1, missingHere: 3, amountDiffers: 1 }])
  const found = await findDifferences(database.pool, 'PAWAPAY', today)
  const told = found.map(({ what, reference, executionId, status }) => [what, reference, executionId, status])
  const reference = (index: number) => nth(index).intent.providerReference
  expect(told).toEqual(
    expect.arrayContaining([
      ['amount_differs', reference(1), nth(1).executionId, 'COMPLETED'],
      ['missing_there', reference(2), nth(2).executionId, 'COMPLETED'],
      ['missing_here', unknown, undefined, undefined],
      // Moved twice there, and once here.
      ['missing_here', reference(3), nth(3).executionId, 'COMPLETED'],
      ['missing_here', reference(4), nth(4).executionId, 'PENDING'],
    ]),
  )
  expect(told).toHaveLength(5)
})

test('the same statement again changes nothing, and the rest of a day completes its report', async () => {
  const half = payments.slice(0, 2).map((each) => lineOf(each))
  const { reports } = await importing(...half)
  expect(reports).toEqual([{ ...report, matched: 2, missingThere: 2 }])
  expect((await importing(...half)).reports).toEqual(reports)
  expect((await importing(...payments.slice(2, 4).map((each) => lineOf(each)))).reports).toEqual([
    { ...report, matched: 4 },
  ])
})

test('a payment that they count to the day before is missing until that day is read', async () => {
  const late = lineOf(nth(0), { at: '2025-05-31T23:59:59Z' })
  await importing(...payments.slice(1, 4).map((each) => lineOf(each)))
  expect((await findDifferences(database.pool, 'PAWAPAY', today)).map(({ what }) => what)).toEqual(['missing_there'])
  expect((await importing(late)).reports).toEqual([
    { ...report, day: '2025-05-31', matched: 1 },
    { ...report, matched: 3 },
  ])
})

test('lines that are no payments are counted and left out', async () => {
  const fee = lineOf(nth(0)).replace(/Deposit$/, 'Fee')
  const { reports, ignored } = await importing(fee, fee, lineOf(nth(0)).replace(',USD,', ',ZMW,'))
  expect(reports).toEqual([])
  expect([...ignored]).toEqual([
    ['Fee', 2],
    ['Deposit in ZMW', 1],
  ])
})

test.each([
  ['an amount finer than the currency', lineOf, { amount: '1.005' }],
  ['no amount', lineOf, { amount: '' }],
  ['a time that is none', lineOf, { at: 'yesterday' }],
  ['no id', lineOf, { id: '' }],
] as const)('a statement with %s is refused as a whole', async (_what, line, its) => {
  await expect(importing(lineOf(nth(0)), line(nth(1), its))).rejects.toThrow(OperatorError)
  expect(await sql(database.pool, 'select 1 from statement_lines')).toEqual([])
})

test('a file that is no statement is refused by what it lacks', async () => {
  const file = Readable.from(['a,b\r\n1,2\r\n'])
  await expect(reconcile({ db: database.pool, clock: aClock(noon) }, 'PAWAPAY', file)).rejects.toThrow(
    'The statement has no column for the at',
  )
})
