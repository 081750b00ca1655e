import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { anExecution, anIntent, aPayable, type Claimed, claim, news, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { brokenConstraint } from '../platform/db/pool.ts'
import { findByReference } from './store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

afterEach(async () => {
  expect(await findBrokenRules(database.pool)).toEqual({})
})

const waits = (execution: Claimed, requiresAction: boolean) => news(execution, 'PROCESSING', { requiresAction })

/** What a browser that follows the payment is told, in order. */
const told = ({ merchantId, executionId }: Claimed) =>
  sql(
    database.pool,
    `select status, requires_action from checkout_payment_intent_public_status where merchant_id = $1 and id = $2 order by sequence`,
    [merchantId, executionId],
  )

test('that a payment waits for its payer is told once, and once that it does not any more', async () => {
  const execution = await anExecution(database.pool)
  const verdicts = []
  for (const requiresAction of [true, true, false, false])
    verdicts.push((await tell(database.pool, [waits(execution, requiresAction)]))[0]?.verdict)
  expect(verdicts).toEqual(['applied', 'repeated', 'applied', 'repeated'])
  expect(await told(execution)).toEqual([
    { status: 'PENDING', requires_action: false },
    { status: 'PROCESSING', requires_action: true },
    { status: 'PROCESSING', requires_action: false },
  ])
})

test.each(['COMPLETED', 'FAILED'] as const)('nobody waits for the payer of a payment that is %s', async (status) => {
  const execution = await anExecution(database.pool)
  await tell(database.pool, [waits(execution, true)])
  await tell(database.pool, [news(execution, status, { requiresAction: true })])
  expect(await findByReference(database.pool, execution.merchantId, execution.intent.referenceId)).toMatchObject({
    status,
    requiresAction: false,
  })
  expect((await tell(database.pool, [waits(execution, true)]))[0]).toEqual({ verdict: 'stale', status })
  expect((await told(execution)).at(-1)).toEqual({ status, requires_action: false })
})

test('a payment keeps what its network was asked: the card, and where its holder comes back to', async () => {
  const payable = await aPayable(database.pool)
  const card = { provider: 'STRIPE', method: 'CREDIT_CARD', accountNumber: 'pm_one' } as const
  const intent = anIntent(payable, { ...card, returnUrl: 'https://pay.example/back' })
  await claim(database.pool, intent)
  expect(await findByReference(database.pool, payable.merchantId, intent.referenceId)).toMatchObject({
    accountNumber: 'pm_one',
    returnUrl: 'https://pay.example/back',
    requiresAction: false,
  })
})

test('a card’s token pays once, however claims are made; a phone number any number of times', async () => {
  const first = await aPayable(database.pool)
  const second = await aPayable(database.pool, { merchantId: first.merchantId })
  const card = { provider: 'STRIPE', method: 'CREDIT_CARD', accountNumber: 'pm_two' } as const
  await claim(database.pool, anIntent(first, card))
  const refused: unknown = await claim(database.pool, anIntent(second, card)).catch((error: unknown) => error)
  expect(brokenConstraint(refused)).toBe('executions_card_once')
  await claim(database.pool, anIntent(second))
  const third = await aPayable(database.pool, { merchantId: first.merchantId })
  await claim(database.pool, anIntent(third))
})
