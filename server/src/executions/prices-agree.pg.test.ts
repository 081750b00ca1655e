import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { anyAmount, anyCurrency, anyMoney } from '../../test/support/arbitraries.ts'
import { findBrokenRules, listWalletBalances } from '../../test/support/books.ts'
import { aPayable, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, aProvider, noon } from '../../test/support/fakes.ts'
import { aMoneyProcess, aPaidCollection, aPayout, aRefund, aSpender, aTransfer } from '../../test/support/money-out.ts'
import { findPayment, predictAmount, predictSource } from '../../test/support/stores.ts'
import { createPrices, prices } from '../fees/index.ts'
import { addMs } from '../kernel/clock.ts'
import { type Currency } from '../kernel/currencies.ts'
import { feeBearers, mobileMoneyMethods, operationTypes } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { money, moneyToNumber, sumOf } from '../kernel/money.ts'
import { InvalidRequest } from '../kernel/problem.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  await prices.insertTier(database.pool, 'friends', noon)
})
afterAll(() => database.drop())

afterEach(async () => {
  expect(await findBrokenRules(database.pool)).toEqual({})
})

/** A percentage as an operator writes it: most are small, some are absurd. */
const anyPercentage = fc
  .oneof(fc.nat({ max: 5_000_000 }), fc.nat({ max: 120_000_000 }))
  .map((millionths) => `${Math.floor(millionths / 1_000_000)}.${String(millionths % 1_000_000).padStart(6, '0')}`)

const smallFlat = anyCurrency.map((currency) => money(currency === 'RWF' ? 50n : 33n, currency))

const anyFee = fc.record({
  operation: fc.constantFrom(...operationTypes),
  method: fc.constantFrom(undefined, ...mobileMoneyMethods),
  percentage: anyPercentage,
  fixed: fc.option(smallFlat, { nil: undefined }),
  tierName: fc.constantFrom('default', 'friends'),
  fxPercentage: anyPercentage,
})

const anyPayment = fc.record({
  total: anyAmount,
  target: anyCurrency,
  bearer: fc.constantFrom(...feeBearers),
  method: fc.constantFrom(...mobileMoneyMethods),
  isFriend: fc.boolean(),
  fees: fc.array(anyFee, { maxLength: 3 }),
})

/** Every run has a minute of its own, so that each is priced by the fees it set. */
let minute = 0
function aMoment() {
  minute += 1
  return aClock(addMs(noon, minute * 60_000))
}

async function setFees(fees: readonly (typeof anyFee extends fc.Arbitrary<infer Fee> ? Fee : never)[], now: Date) {
  for (const fee of fees) {
    await prices.insertPlatformFee(database.pool, { ...fee, from: now }, now)
    await prices.insertGatewayFee(database.pool, { ...fee, provider: 'PAWAPAY', from: now }, now)
  }
}

const joinFriends = (merchantId: MerchantId, isFriend: boolean, now: Date) =>
  isFriend ? prices.assignTier(database.pool, merchantId, 'friends', undefined, now) : undefined

async function holds(merchantId: MerchantId, currency: Currency): Promise<bigint> {
  const wallets = await listWalletBalances(database.pool, merchantId)
  return wallets.find(({ balance }) => balance.currency === currency)?.balance.minor ?? 0n
}

/** The answer, or undefined for what the caller was told to mend. */
const orRefused = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: unknown) => {
    if (error instanceof InvalidRequest) return undefined
    throw error
  })

/** Networks with any number of decimals: what they cannot carry is another matter. */
const anyNetwork = () => aProvider({ offer: { decimals: 2, minimum: undefined, maximum: undefined } })

test('what a collection was predicted to cost is what it costs, what its receipt says and what the wallet gets', async () => {
  await fc.assert(
    fc.asyncProperty(anyPayment, async ({ total, target, bearer, method, isFriend, fees }) => {
      const clock = aMoment()
      const now = clock.now()
      await setFees(fees, now)
      const process = aMoneyProcess(database.pool, anyNetwork(), clock)
      const expiresAt = addMs(now, 60_000)
      const payable = await aPayable(database.pool, { total, feeBearer: bearer, method, expiresAt })
      const { merchantId, sourceId } = payable
      await joinFriends(merchantId, isFriend, now)
      const context = {
        db: database.pool,
        prices: createPrices(database.pool, clock),
        predictor: undefined,
        clock: aClock(),
      }
      const predicted = await orRefused(
        predictSource(context, merchantId, { method, provider: 'PAWAPAY' }, { kind: 'INVOICE', id: sourceId, target }),
      )
      const execution = await orRefused(process.collect(payable, { currency: target }))

      if (!predicted) {
        // Less than its fees: the one answers 422, the other is FAILED and asks nobody.
        expect(bearer).toBe('PAYEE')
        if (execution)
          expect(execution).toMatchObject({ status: 'FAILED', walletMessage: expect.any(String) as unknown })
        expect(process.provider.orders).toEqual([])
        return
      }
      const { payer, payee, platformFee, gatewayFee, fxFee, rate } = predicted
      if (!execution) {
        expect(payer.minor).toBe(0n)
        return
      }
      expect([execution.payer, execution.payee]).toEqual([payer, payee])
      expect(process.provider.orders.map(({ amount }) => amount)).toEqual([payer])
      expect(process.provider.orders).toHaveLength(1)
      await process.recordOutcome(execution, { kind: 'completed', amount: payer, transactionId: 'MP-1' })
      expect(await findPayment(database.pool, merchantId, sourceId)).toMatchObject({
        payer,
        payee,
        platformFee,
        gatewayFee,
        fxFee,
        rate,
      })
      expect(await holds(merchantId, total.currency)).toBe(payee.minor)
      const charged = sumOf(total.currency, [platformFee, gatewayFee, ...(fxFee ? [fxFee] : [])])
      expect(payee.minor).toBe(bearer === 'PAYER' ? total.minor : total.minor - charged.minor)
      if (target === total.currency) expect(payer.minor).toBe(payee.minor + charged.minor)
      expect(fxFee === undefined).toBe(target === total.currency)
    }),
    { numRuns: 60 },
  )
})

const anySum = anyCurrency.chain((currency) =>
  fc.oneof(
    anyMoney(currency),
    fc.bigInt({ min: 1n, max: 5_000n }).map((minor) => money(minor, currency)),
  ),
)

test('what money out was predicted to cost is what leaves the wallet, to the minor unit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ amount: anySum, isFriend: fc.boolean(), fees: fc.array(anyFee, { maxLength: 3 }) }),
      async ({ amount, isFriend, fees }) => {
        const clock = aMoment()
        const now = clock.now()
        await setFees(fees, now)
        const process = aMoneyProcess(database.pool, anyNetwork(), clock)
        const spender = await aSpender(database.pool)
        const { merchantId } = spender
        await joinFriends(merchantId, isFriend, now)
        const context = {
          db: database.pool,
          prices: createPrices(database.pool, clock),
          predictor: undefined,
          clock: aClock(),
        }
        const amounts = {
          base: moneyToNumber(amount),
          baseCurrency: amount.currency,
          target: amount.currency,
          bearer: 'PAYER',
        } as const
        const executions = {
          PAYOUT: await process.payOut(await aPayout(process, spender, amount)),
          TRANSFER: await process.transfer(await aTransfer(process, spender, amount)),
        }
        let left = money(amount.currency === 'LRD' ? 100_000_000n : 1_000_000n, amount.currency).minor
        for (const operation of ['PAYOUT', 'TRANSFER'] as const) {
          const routing =
            operation === 'PAYOUT'
              ? ({ method: 'MTN_MOMO_LBR', provider: 'PAWAPAY', operation } as const)
              : ({ method: 'WALLET', provider: 'PLATFORM', operation } as const)
          const predicted = await predictAmount(context, merchantId, routing, amounts)
          const execution = executions[operation]
          expect([execution.payer, execution.payee]).toEqual([predicted.payer, predicted.payee])
          expect(execution.payee).toEqual(amount)
          const affordable = predicted.payer.minor <= left
          expect(execution.status === 'FAILED').toBe(!affordable)
          if (affordable) left -= predicted.payer.minor
        }
        expect(await holds(merchantId, amount.currency)).toBe(left)
      },
    ),
    { numRuns: 40 },
  )
})

test('a collection given back in parts costs its wallet what it brought, but for the roundings and the fees', async () => {
  await sql(database.pool, `delete from platform_fees where operation_type = 'REFUND' and percentage > 0`)
  await sql(database.pool, `delete from gateway_fees where operation_type = 'REFUND'`)
  await fc.assert(
    fc.asyncProperty(
      anyCurrency,
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 }),
      async (target, weights) => {
        const clock = aMoment()
        const process = aMoneyProcess(database.pool, anyNetwork(), clock)
        const { merchantId } = await aSpender(database.pool)
        const total = money(12_345n, 'USD')
        const expiresAt = addMs(clock.now(), 60_000)
        const collection = await aPaidCollection(
          process,
          await aPayable(database.pool, { merchantId, total, expiresAt }),
          target,
        )
        const before = await holds(merchantId, 'USD')
        const whole = weights.reduce((sum, weight) => sum + weight, 0)
        const parts = weights.map((weight) => (collection.payer.minor * BigInt(weight)) / BigInt(whole))
        let given = 0n
        for (const part of parts) {
          const refund = await process.refund(await aRefund(process, collection, money(part, target)))
          const worth = await process.recordOutcome(refund, {
            kind: 'completed',
            amount: refund.payee,
            transactionId: 'R',
          })
          expect(worth?.verdict).toBe('applied')
          given += part
        }
        // What the payer's money is worth at the collection's own rate: 1, 200 or 1400 to the dollar.
        const perCent = { USD: 1n, LRD: 200n, RWF: 14n }[target]
        const taken = before - (await holds(merchantId, 'USD'))
        const exact = given / perCent
        expect(taken >= exact - BigInt(parts.length) && taken <= exact + BigInt(parts.length)).toBe(true)
        if (target === 'USD') expect(taken).toBe(given)
      },
    ),
    { numRuns: 20 },
  )
})
