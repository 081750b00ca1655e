import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { balances, bookedFor, findBrokenRules } from '../../test/support/books.ts'
import { aPayable, type PayableOptions, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { accepted, aClock, aProvider, neverHeard, paid, refused, silence } from '../../test/support/fakes.ts'
import {
  aMoneyProcess,
  aPaidCollection,
  aPayout,
  aRefund,
  aSpender,
  aTransfer,
  aWalletAccount,
  type MoneyProcess,
  type Spender,
} from '../../test/support/money-out.ts'
import { changeWalletStatus } from '../../test/support/stores.ts'
import { type Currency } from '../kernel/currencies.ts'
import { type SessionId } from '../kernel/ids.ts'
import { formatMoney, money } from '../kernel/money.ts'
import { type FieldIssue, InvalidRequest } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { prices } from '../fees/index.ts'
import { checkDue } from './check.ts'
import { type Execution } from './model.ts'
import { AboveRefundable, ReferenceReused, RefundInProgress } from './problems.ts'
import { findByReference } from './store.ts'

let database: TestDatabase
/** Two nodes have nothing in common but the database. */
let pool: Pool
let otherPool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  const open = () =>
    openPool({ connection: { connectionString: database.url }, maxConnections: 6, onIdleError: () => undefined })
  pool = open()
  otherPool = open()
})
afterAll(async () => {
  await Promise.all([pool.end(), otherPool.end()])
  await database.drop()
})

afterEach(async () => {
  expect(await findBrokenRules(pool)).toEqual({})
  // What one test leaves open must not be due in the next.
  await sql(pool, `update executions set next_check_at = 'infinity' where next_check_at is not null`)
})

interface Holdings {
  readonly available: string
  readonly held: string
}

/** What is in a merchant's wallet, and what waits beside it. */
async function holdings({ merchantId }: Pick<Spender, 'merchantId'>, currency: Currency = 'USD'): Promise<Holdings> {
  const now = await balances(pool)
  const amount = (kind: string) => formatMoney(money(now[`${kind} ${merchantId} ${currency}`] ?? 0n, currency))
  return { available: amount('wallet'), held: amount('wallet_held') }
}

async function contactHolds({ merchantId, partyId }: Spender, currency: Currency = 'USD'): Promise<string> {
  return formatMoney(money((await balances(pool))[`wallet ${merchantId} party ${partyId} ${currency}`] ?? 0n, currency))
}

async function stored({ merchantId, referenceId }: Pick<Execution, 'merchantId' | 'referenceId'>): Promise<Execution> {
  const execution = await findByReference(pool, merchantId, referenceId)
  if (!execution) throw new Error('no execution')
  return execution
}

const statusOf = async (of: Pick<Execution, 'merchantId' | 'referenceId'>) => (await stored(of)).status

const countExecutions = async ({ merchantId }: Pick<Spender, 'merchantId'>): Promise<number> =>
  (await sql(pool, `select id from executions where merchant_id = $1 and operation <> 'COLLECTION'`, [merchantId]))
    .length

async function issuesOf(work: Promise<unknown>): Promise<readonly FieldIssue[]> {
  try {
    await work
  } catch (error) {
    if (error instanceof InvalidRequest) return error.issues
    throw error
  }
  return []
}

const setWallet = (
  spender: Spender,
  status: 'ACTIVE' | 'RESTRICTED' | 'FROZEN' | 'CLOSED',
  currency: Currency = 'USD',
) => changeWalletStatus({ db: pool, clock: aClock() }, spender.merchantId, spender.wallets[currency], status)

/** Stands in for an operator whom no command lets touch a contact's wallet yet. */
const setContactsWallet = (spender: Spender, status: string) =>
  sql(pool, 'update wallets set status = $3 where merchant_id = $1 and party_id = $2', [
    spender.merchantId,
    spender.partyId,
    status,
  ])

const usd = (minor: bigint) => money(minor, 'USD')

describe('a payout', () => {
  test('is held with its fees, sent, and leaves the platform when the network has paid it', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 20_000n })
    const payout = await aPayout(process, spender)
    const execution = await process.payOut(payout)
    expect(execution).toMatchObject({ status: 'PROCESSING', payer: usd(10_250n), payee: usd(10_000n) })
    expect(await holdings(spender)).toEqual({ available: '97.50', held: '102.50' })
    expect(process.provider.orders).toEqual([
      {
        operation: 'PAYOUT',
        reference: execution.providerReference,
        method: 'MTN_MOMO_LBR',
        amount: usd(10_000n),
        phone: '231880000001',
        note: `Payout ${payout.sessionId}`,
      },
    ])

    await process.check()
    expect(await stored(execution)).toMatchObject({ status: 'COMPLETED', providerTransactionId: 'MP-1' })
    expect(await holdings(spender)).toEqual({ available: '97.50', held: '0.00' })
    expect(await bookedFor(pool, execution)).toEqual([
      'payout.held debit wallet 102.50 USD',
      'payout.held credit wallet_held 102.50 USD',
      'payout.completed debit wallet_held 102.50 USD',
      'payout.completed credit clearing PAWAPAY 100.00 USD',
      'payout.completed credit platform_fees 1.00 USD',
      'payout.completed credit gateway_fees PAWAPAY 1.50 USD',
    ])
  })

  test('that the network declines gives everything back, fees included', async () => {
    const process = aMoneyProcess(pool, aProvider({ submit: () => refused }))
    const spender = await aSpender(pool, { USD: 20_000n })
    const execution = await process.payOut(await aPayout(process, spender))
    expect(execution).toMatchObject({ status: 'FAILED', gatewayMessage: 'The payer did not approve.' })
    expect(await holdings(spender)).toEqual({ available: '200.00', held: '0.00' })
    expect(await bookedFor(pool, execution)).toEqual([
      'payout.held debit wallet 102.50 USD',
      'payout.held credit wallet_held 102.50 USD',
      'payout.released credit wallet 102.50 USD',
      'payout.released debit wallet_held 102.50 USD',
    ])
  })

  test('in a currency without decimals is priced and held in whole units', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { RWF: 1_000n })
    // 1 % of 333 is 3.33 and 1.5 % is 4.995: each fee is rounded by itself.
    const execution = await process.payOut(await aPayout(process, spender, money(333n, 'RWF')))
    expect(execution).toMatchObject({ payer: money(341n, 'RWF'), payee: money(333n, 'RWF') })
    await process.recordOutcome(execution, paid)
    expect(await holdings(spender, 'RWF')).toEqual({ available: '659', held: '0' })
  })

  test('of more than the wallet holds with the fees is FAILED: nothing is held and nobody is asked', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 10_249n })
    const payout = await aPayout(process, spender)
    const execution = await process.payOut(payout)
    expect(execution).toMatchObject({
      status: 'FAILED',
      walletMessage: 'The wallet holds too little: 102.50 USD is needed.',
    })
    expect(await stored(execution)).toMatchObject({ status: 'FAILED', walletMessage: execution.walletMessage })
    expect(process.provider.orders).toEqual([])
    expect(await bookedFor(pool, execution)).toEqual([])
    expect(await holdings(spender)).toEqual({ available: '102.49', held: '0.00' })
    // The session is used up, the answer stays the same.
    await expect(process.payOut(payout, { referenceId: randomUUID() })).rejects.toThrow('session not active')
    expect(await process.payOut(payout)).toMatchObject({ id: execution.id, status: 'FAILED' })
  })

  test('of exactly what the wallet holds empties it', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 10_250n })
    await process.payOut(await aPayout(process, spender))
    expect(await holdings(spender)).toEqual({ available: '0.00', held: '102.50' })
    await process.check()
    expect(await holdings(spender)).toEqual({ available: '0.00', held: '0.00' })
  })

  test.each([
    ['met in one group', 1],
    ['on two nodes at once', 2],
  ])('and another that together exceed the balance, %s: one is paid, one is FAILED', async (_, nodes) => {
    for (let round = 0; round < 5; round += 1) {
      const processes = [pool, nodes === 2 ? otherPool : pool].map((db) => aMoneyProcess(db))
      const [first, second] = nodes === 2 ? processes : [processes[0], processes[0]]
      if (!first || !second) throw new Error('two processes')
      const spender = await aSpender(pool, { USD: 20_499n })
      const [a, b] = [await aPayout(first, spender), await aPayout(second, spender)]
      // Approved before, so that both come to their claims at the same time.
      await expect(first.payOut(a, { sessionId: '0' as SessionId })).rejects.toThrow()
      await expect(second.payOut(b, { sessionId: '0' as SessionId })).rejects.toThrow()
      const ended = await Promise.all([first.payOut(a), second.payOut(b)])
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['FAILED', 'PROCESSING'])
      expect(await holdings(spender)).toEqual({ available: '102.49', held: '102.50' })
    }
  })

  test('asked for fifty times at once is one execution and one order', async () => {
    const processes = [aMoneyProcess(pool), aMoneyProcess(otherPool)] as const
    const spender = await aSpender(pool, { USD: 1_000_000n })
    const payout = await aPayout(processes[0], spender)
    const ended = await Promise.all(
      Array.from({ length: 50 }, (_, index) => processes[index % 2 === 0 ? 0 : 1].payOut(payout)),
    )
    expect(new Set(ended.map(({ id }) => id)).size).toBe(1)
    expect(await countExecutions(spender)).toBe(1)
    expect(processes.flatMap(({ provider }) => provider.orders)).toHaveLength(1)
    expect(await holdings(spender)).toEqual({ available: '9897.50', held: '102.50' })
    expect(await sql(pool, 'select 1 from payout_approvals where merchant_id = $1', [spender.merchantId])).toHaveLength(
      1,
    )
  })

  test('is kept with who approved it, and from where', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const execution = await process.payOut(await aPayout(process, spender))
    const [approval] = await sql(
      pool,
      `select p.phone, a.device
       from payout_approvals a
       join passcodes p on p.merchant_id = a.merchant_id and p.id = a.passcode_id
       where a.merchant_id = $1 and a.execution_id = $2`,
      [spender.merchantId, execution.id],
    )
    expect(approval).toEqual({
      phone: '231770000042',
      device: { name: 'Server', type: 'SERVER', platform: 'NODE', user_agent: 'test', client_ip: '203.0.113.10' },
    })
  })

  test('without the right passcode creates nothing and leaves its session usable', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const payout = await aPayout(process, spender)
    await expect(process.payOut(payout, { code: '000000' })).rejects.toThrow('Invalid passcode')
    expect(await countExecutions(spender)).toBe(0)
    expect(await process.payOut(payout)).toMatchObject({ status: 'PROCESSING' })
  })

  test('to another account than its session names is refused', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const payout = await aPayout(process, spender)
    const other = await aWalletAccount(pool, spender)
    expect(await issuesOf(process.payOut(payout, { payoutAccountId: other }))).toMatchObject([
      { field: 'payout_account_id', message: 'payout account does not match the session' },
    ])
    expect(await countExecutions(spender)).toBe(0)
  })

  test('to an account switched off since is refused', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const payout = await aPayout(process, spender)
    await sql(pool, 'update payment_accounts set is_active = false where id = $1', [spender.payoutAccountId])
    expect(await issuesOf(process.payOut(payout))).toMatchObject([{ message: 'payment account is not active' }])
    expect((await issuesOf(aPayout(process, spender))).map(({ message }) => message)).toEqual([
      'payment account is not active',
    ])
  })

  test('beyond what the network carries is refused at session and at execution', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const payout = await aPayout(process, spender)
    process.provider.will({ offer: { decimals: 2, minimum: usd(20_000n), maximum: undefined } })
    expect(await issuesOf(process.payOut(payout))).toMatchObject([{ field: 'payout_account_id', rule: 'limit' }])
    expect(await issuesOf(aPayout(process, spender))).toMatchObject([{ field: 'amount', rule: 'limit' }])
    process.provider.will({ offer: undefined })
    expect(await issuesOf(aPayout(process, spender))).toMatchObject([{ field: 'currency', rule: 'currency' }])
    expect(await countExecutions(spender)).toBe(0)
  })
})

describe('a payout into a contact’s wallet', () => {
  test('is final at once, and asks no network', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 20_000n })
    const payoutAccountId = await aWalletAccount(pool, spender)
    const execution = await process.payOut(await aPayout(process, { ...spender, payoutAccountId }))
    expect(execution).toMatchObject({ status: 'COMPLETED', payer: usd(10_100n), payee: usd(10_000n) })
    expect(process.provider.orders).toEqual([])
    expect(await holdings(spender)).toEqual({ available: '99.00', held: '0.00' })
    expect(await contactHolds(spender)).toBe('100.00')
    expect(await bookedFor(pool, execution)).toEqual([
      'payout.completed debit wallet 101.00 USD',
      "payout.completed credit contact's wallet 100.00 USD",
      'payout.completed credit platform_fees 1.00 USD',
    ])
    await process.check()
    expect(process.provider.lookUps).toEqual([])
  })
})

describe('a transfer', () => {
  test('is final at once: the wallet gives amount and fee, the contact gets the amount', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 20_000n })
    const transfer = await aTransfer(process, spender)
    const execution = await process.transfer(transfer)
    expect(execution).toMatchObject({ status: 'COMPLETED', payer: usd(10_050n), payee: usd(10_000n) })
    expect(await bookedFor(pool, execution)).toEqual([
      'transfer.completed debit wallet 100.50 USD',
      "transfer.completed credit contact's wallet 100.00 USD",
      'transfer.completed credit platform_fees 0.50 USD',
    ])
    expect(await process.transfer(transfer)).toMatchObject({ id: execution.id, status: 'COMPLETED' })
    expect(await contactHolds(spender)).toBe('100.00')
  })

  test('of more than there is moves nothing and opens no wallet', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 10_049n })
    const execution = await process.transfer(await aTransfer(process, spender))
    expect(execution).toMatchObject({
      status: 'FAILED',
      walletMessage: 'The wallet holds too little: 100.50 USD is needed.',
    })
    expect(await sql(pool, 'select id from wallets where party_id = $1', [spender.partyId])).toEqual([])
  })

  test('refused by those before it in its group is judged by what they leave, and holds up nobody', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 10_050n + 1_005n })
    const transfers = [
      await aTransfer(process, spender, usd(10_000n)),
      await aTransfer(process, spender, usd(10_000n)),
      await aTransfer(process, spender, usd(1_000n)),
    ]
    const [first, second, small] = await Promise.all(transfers.map((transfer) => process.transfer(transfer)))
    expect([first?.status, second?.status].toSorted()).toEqual(['COMPLETED', 'FAILED'])
    expect(small?.status).toBe('COMPLETED')
    expect(await holdings(spender)).toEqual({ available: '0.00', held: '0.00' })
  })

  test('opens the contact’s wallet with its first credit, once, however many nodes send at once', async () => {
    const nodes = [aMoneyProcess(pool), aMoneyProcess(otherPool)] as const
    for (let round = 0; round < 5; round += 1) {
      const spender = await aSpender(pool, { USD: 100_500n })
      const transfers = await Promise.all(Array.from({ length: 10 }, () => aTransfer(nodes[0], spender)))
      const ended = await Promise.all(
        transfers.map((transfer, index) => nodes[index % 2 === 0 ? 0 : 1].transfer(transfer)),
      )
      expect(ended.map(({ status }) => status)).toEqual(transfers.map(() => 'COMPLETED'))
      expect(await holdings(spender)).toEqual({ available: '0.00', held: '0.00' })
      expect(await contactHolds(spender)).toBe('1000.00')
      expect(await sql(pool, 'select id from wallets where party_id = $1', [spender.partyId])).toHaveLength(1)
    }
  })

  test.each(['FROZEN', 'CLOSED'])(
    'to a contact whose wallet is %s is refused, at session and since',
    async (status) => {
      const process = aMoneyProcess(pool)
      const spender = await aSpender(pool)
      await process.transfer(await aTransfer(process, spender))
      const transfer = await aTransfer(process, spender)
      await setContactsWallet(spender, status)
      expect(await issuesOf(aTransfer(process, spender))).toMatchObject([
        { field: 'to_counterparty_id', rule: 'state' },
      ])
      expect(await process.transfer(transfer)).toMatchObject({
        status: 'FAILED',
        walletMessage: `The recipient's wallet is ${status}.`,
      })
      expect(await contactHolds(spender)).toBe('100.00')
    },
  )

  test('to a contact whose wallet is RESTRICTED goes in: it may take', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    await process.transfer(await aTransfer(process, spender))
    await setContactsWallet(spender, 'RESTRICTED')
    expect(await process.transfer(await aTransfer(process, spender))).toMatchObject({ status: 'COMPLETED' })
  })
})

describe('a key', () => {
  test('stands for one payment: under another session, operation or account it is refused and changes nothing', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const payout = await aPayout(process, spender)
    const execution = await process.payOut(payout)
    const { referenceId } = payout
    const { sessionId } = await aPayout(process, spender)
    await expect(process.payOut(payout, { sessionId })).rejects.toThrow(ReferenceReused)
    await expect(process.transfer({ ...(await aTransfer(process, spender)), referenceId })).rejects.toThrow(
      ReferenceReused,
    )
    await expect(process.refund({ ...payout, referenceId })).rejects.toThrow(ReferenceReused)
    expect(await countExecutions(spender)).toBe(1)
    expect(await stored(execution)).toMatchObject({ id: execution.id, status: 'PROCESSING' })
  })

  test('used at once for two sessions belongs to one of them, the other is refused', async () => {
    const nodes = [aMoneyProcess(pool), aMoneyProcess(otherPool)] as const
    for (let round = 0; round < 5; round += 1) {
      const spender = await aSpender(pool)
      const [a, b] = [await aTransfer(nodes[0], spender), await aTransfer(nodes[0], spender, money(100n, 'LRD'))]
      const ended = await Promise.allSettled([
        nodes[0].transfer(a),
        nodes[1].transfer({ ...b, referenceId: a.referenceId }),
      ])
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      const failure = ended.find((each) => each.status === 'rejected')
      expect(failure?.reason).toBeInstanceOf(ReferenceReused)
      expect(await countExecutions(spender)).toBe(1)
    }
  })

  test('of one merchant is nobody else’s', async () => {
    const process = aMoneyProcess(pool)
    const [first, second] = [await aSpender(pool), await aSpender(pool)]
    const payout = await aPayout(process, first)
    await process.payOut(payout)
    const other = { ...(await aPayout(process, second)), referenceId: payout.referenceId }
    expect(await process.payOut(other)).toMatchObject({ merchantId: second.merchantId, status: 'PROCESSING' })
  })
})

describe('a session', () => {
  test('is used once, by whoever comes first', async () => {
    const nodes = [aMoneyProcess(pool), aMoneyProcess(otherPool)] as const
    const spender = await aSpender(pool)
    for (let round = 0; round < 5; round += 1) {
      const transfer = await aTransfer(nodes[0], spender)
      const ended = await Promise.allSettled(
        [0, 1, 0, 1].map((node) => nodes[node === 0 ? 0 : 1].transfer({ ...transfer, referenceId: randomUUID() })),
      )
      expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const each of ended) {
        if (each.status === 'rejected')
          expect(each.reason).toMatchObject({ issues: [{ message: 'session not active' }] })
      }
    }
    expect(await contactHolds(spender)).toBe('500.00')
  })

  test('that expired is refused from its last moment on', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const [late, inTime] = [await aPayout(process, spender), await aPayout(process, spender)]
    process.clock.advance(15 * 60_000 - 1)
    expect(await process.payOut(inTime)).toMatchObject({ status: 'PROCESSING' })
    process.clock.advance(1)
    expect(await issuesOf(process.payOut(late))).toMatchObject([{ field: 'session_id', message: 'session expired' }])
    const transfer = await aTransfer(process, spender)
    process.clock.advance(60_000)
    expect(await issuesOf(process.transfer(transfer))).toMatchObject([{ message: 'session expired' }])
  })

  test('of another type, or of another merchant, is not found', async () => {
    const process = aMoneyProcess(pool)
    const [spender, stranger] = [await aSpender(pool), await aSpender(pool)]
    const [payout, transfer] = [await aPayout(process, spender), await aTransfer(process, spender)]
    const { merchantId, sessionId: checkout } = await aPayable(pool, { merchantId: spender.merchantId })
    const wrong = [
      () => process.transfer(payout),
      () => process.refund(payout),
      () => process.payOut(payout, { sessionId: transfer.sessionId }),
      () => process.transfer({ merchantId, sessionId: checkout, referenceId: randomUUID() }),
      () => process.transfer({ ...transfer, merchantId: stranger.merchantId }),
    ]
    for (const attempt of wrong) {
      expect(await issuesOf(attempt())).toMatchObject([{ field: 'session_id', message: 'session not found' }])
    }
    expect(await countExecutions(spender)).toBe(0)
  })
})

describe('a wallet', () => {
  const others = ['RESTRICTED', 'FROZEN', 'CLOSED'] as const

  test.each(others)('that is %s opens no session that would take from it', async (status) => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const collection = await aPaidCollection(process, await aPayable(pool, { merchantId: spender.merchantId }))
    await setWallet(spender, status)
    expect(await issuesOf(aPayout(process, spender))).toMatchObject([{ field: 'currency', rule: 'state' }])
    expect(await issuesOf(aTransfer(process, spender))).toMatchObject([{ field: 'from_wallet_id', rule: 'state' }])
    expect(await issuesOf(aRefund(process, collection, usd(100n)))).toMatchObject([
      { field: 'original_payment_intent_id', rule: 'state' },
    ])
    // The wallets in other currencies are none of this one's business.
    expect(await aPayout(process, spender, money(100n, 'LRD'))).toMatchObject({ merchantId: spender.merchantId })
  })

  test.each(others)('that became %s since makes FAILED executions that move nothing', async (status) => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const collection = await aPaidCollection(process, await aPayable(pool, { merchantId: spender.merchantId }))
    const payout = await aPayout(process, spender)
    const transfer = await aTransfer(process, spender)
    const refund = await aRefund(process, collection, usd(100n))
    await setWallet(spender, status)
    const before = await holdings(spender)
    const failed = { status: 'FAILED', walletMessage: `The wallet is ${status}.` }
    expect(await process.payOut(payout)).toMatchObject(failed)
    expect(await process.transfer(transfer)).toMatchObject(failed)
    expect(await process.refund(refund)).toMatchObject(failed)
    expect(await holdings(spender)).toEqual(before)
    expect(process.provider.orders.map(({ operation }) => operation)).toEqual(['COLLECTION'])
  })

  test.each(others)('that became %s takes back what was held and what payers paid meanwhile', async (status) => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 20_500n })
    const [declined, completed] = [await aPayout(process, spender), await aPayout(process, spender)]
    const executions = [await process.payOut(declined), await process.payOut(completed)] as const
    const underWay = await process.collect(await aPayable(pool, { merchantId: spender.merchantId }))
    await setWallet(spender, status)
    await process.recordOutcome(executions[0], refused)
    await process.recordOutcome(executions[1], paid)
    await process.recordOutcome(underWay, paid)
    expect(await holdings(spender)).toEqual({ available: '352.50', held: '0.00' })
  })

  test('that is RESTRICTED takes collections', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 100n })
    await setWallet(spender, 'RESTRICTED')
    const payable = await aPayable(pool, { merchantId: spender.merchantId })
    expect(await process.sessions.openCheckout(spender.merchantId, 'INVOICE', payable.sourceId)).toMatchObject({
      sourceId: payable.sourceId,
    })
    await aPaidCollection(process, payable)
    expect((await holdings(spender)).available).toBe('251.00')
  })

  test.each(['FROZEN', 'CLOSED'] as const)('that is %s takes none: no session, no payer asked', async (status) => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const payable = await aPayable(pool, { merchantId: spender.merchantId })
    await setWallet(spender, status)
    expect(
      await issuesOf(process.sessions.openCheckout(spender.merchantId, 'INVOICE', payable.sourceId)),
    ).toMatchObject([{ field: 'source_id', rule: 'state' }])
    expect(await process.collect(payable)).toMatchObject({
      status: 'FAILED',
      walletMessage: `The wallet for this currency is ${status}.`,
    })
    expect(process.provider.orders).toEqual([])
  })
})

describe('a refund', () => {
  const anInvoice = (spender: Spender, its: PayableOptions = {}) =>
    aPayable(pool, { merchantId: spender.merchantId, total: usd(10_000n), ...its })

  test('goes back to the payer under the collection’s own reference; the wallet pays, the document stays PAID', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 100n })
    const payable = await anInvoice(spender)
    const collection = await aPaidCollection(process, payable)
    expect(await holdings(spender)).toEqual({ available: '101.00', held: '0.00' })
    const refund = await process.refund(await aRefund(process, collection, usd(4_000n)))
    expect(refund).toMatchObject({ status: 'PROCESSING', payer: usd(4_000n), payee: usd(4_000n) })
    expect(process.provider.orders.at(-1)).toEqual({
      operation: 'REFUND',
      reference: refund.providerReference,
      refunds: collection.providerReference,
      refundsTransaction: 'MP-1',
      method: 'MTN_MOMO_LBR',
      amount: usd(4_000n),
      note: 'Refund INV-2025-00001',
    })
    expect(await holdings(spender)).toEqual({ available: '61.00', held: '40.00' })
    await process.check()
    expect(await holdings(spender)).toEqual({ available: '61.00', held: '0.00' })
    expect(await bookedFor(pool, refund)).toEqual([
      'refund.held debit wallet 40.00 USD',
      'refund.held credit wallet_held 40.00 USD',
      'refund.completed debit wallet_held 40.00 USD',
      'refund.completed credit clearing PAWAPAY 40.00 USD',
    ])
    expect(await sql(pool, 'select status from sources where id = $1', [payable.sourceId])).toEqual([
      { status: 'PAID' },
    ])
  })

  test('after refund reaches what the payer paid, fees included, and not a cent more', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const collection = await aPaidCollection(process, await anInvoice(spender))
    expect(collection.payer).toEqual(usd(10_300n))
    const inFull = async (minor: bigint) => {
      const refund = await process.refund(await aRefund(process, collection, usd(minor)))
      await process.recordOutcome(refund, paid)
    }
    const above = { field: 'amount', rule: 'number.not_le' }
    expect(await issuesOf(aRefund(process, collection, usd(10_301n)))).toMatchObject([above])
    await inFull(6_000n)
    expect(await issuesOf(aRefund(process, collection, usd(4_301n)))).toMatchObject([
      { ...above, message: 'amount exceeds the refundable amount 43.00 USD' },
    ])
    await inFull(4_300n)
    expect(await issuesOf(aRefund(process, collection, usd(1n)))).toMatchObject([above])
    expect((await holdings(spender)).available).toBe('9997.00')
  })

  test('whose session was opened while more was left is refused when it is too late', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const collection = await aPaidCollection(process, await anInvoice(spender))
    const [first, second] = [
      await aRefund(process, collection, usd(6_000n)),
      await aRefund(process, collection, usd(4_301n)),
    ]
    await process.recordOutcome(await process.refund(first), paid)
    await expect(process.refund(second)).rejects.toThrow(AboveRefundable)
    expect(await countExecutions(spender)).toBe(1)
  })

  test('waits for another of the same collection; its key and session are still good then', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const collection = await aPaidCollection(process, await anInvoice(spender))
    const [first, second] = [
      await aRefund(process, collection, usd(5_000n)),
      await aRefund(process, collection, usd(5_000n)),
    ]
    const underWay = await process.refund(first)
    await expect(process.refund(second)).rejects.toThrow(RefundInProgress)
    await process.recordOutcome(underWay, paid)
    expect(await process.refund(second)).toMatchObject({ status: 'PROCESSING' })
  })

  test.each([
    ['in one group', 1],
    ['on two nodes', 2],
  ])('at once with another that together exceed the collection, %s: one goes out', async (_, nodes) => {
    for (let round = 0; round < 5; round += 1) {
      const first = aMoneyProcess(pool)
      const second = nodes === 2 ? aMoneyProcess(otherPool) : first
      const spender = await aSpender(pool)
      const collection = await aPaidCollection(first, await anInvoice(spender))
      const [a, b] = [await aRefund(first, collection, usd(8_000n)), await aRefund(first, collection, usd(8_000n))]
      const ended = await Promise.allSettled([first.refund(a), second.refund(b)])
      expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const reason: unknown = ended.find((each) => each.status === 'rejected')?.reason
      // The later one may have been priced when the earlier was there already.
      expect(reason instanceof RefundInProgress || reason instanceof AboveRefundable).toBe(true)
      expect((await holdings(spender)).held).toBe('80.00')
    }
  })

  test('that FAILED leaves all of it to be refunded again', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const collection = await aPaidCollection(process, await anInvoice(spender))
    await process.recordOutcome(await process.refund(await aRefund(process, collection, collection.payer)), refused)
    expect(await holdings(spender)).toEqual({ available: '10100.00', held: '0.00' })
    const again = await process.refund(await aRefund(process, collection, collection.payer))
    await process.recordOutcome(again, paid)
    expect(await holdings(spender)).toEqual({ available: '9997.00', held: '0.00' })
  })

  test('of a PAYEE-bearer collection can be all that the payer paid, which is more than the wallet got', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 300n })
    const collection = await aPaidCollection(process, await anInvoice(spender, { feeBearer: 'PAYEE' }))
    expect([collection.payer, collection.payee]).toEqual([usd(10_000n), usd(9_700n)])
    const refund = await process.refund(await aRefund(process, collection, usd(10_000n)))
    await process.recordOutcome(refund, paid)
    expect(await holdings(spender)).toEqual({ available: '0.00', held: '0.00' })
  })

  test('of more than the wallet still holds is FAILED and can be asked for again', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 299n })
    const collection = await aPaidCollection(process, await anInvoice(spender, { feeBearer: 'PAYEE' }))
    expect(await process.refund(await aRefund(process, collection, usd(10_000n)))).toMatchObject({
      status: 'FAILED',
      walletMessage: 'The wallet holds too little: 100.00 USD is needed.',
    })
    expect(await process.refund(await aRefund(process, collection, usd(9_999n)))).toMatchObject({
      status: 'PROCESSING',
    })
  })

  /** The newest rate from now on, as an operator would set it, and a process whose clock is past it. */
  async function setRate(process: MoneyProcess, quote: Currency, rate: string): Promise<void> {
    process.clock.advance(60_000)
    await prices.insertRate(
      pool,
      { base: 'USD', quote, rate, source: 'test', from: process.clock.now() },
      process.clock.now(),
    )
    process.clock.advance(3_000)
  }
  const usualRates = async (): Promise<void> => {
    await sql(pool, `delete from exchange_rates where source = 'test'`)
  }

  test('of USD paid in LRD takes from the wallet what the collection’s own rate says, not today’s', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 1_000n })
    const collection = await aPaidCollection(process, await anInvoice(spender), 'LRD')
    // (100 + 3 of fees + 1 for the conversion) x 200
    expect([collection.payer, collection.payee]).toEqual([money(2_080_000n, 'LRD'), usd(10_000n)])
    await setRate(process, 'LRD', '400')
    const refund = await process.refund(await aRefund(process, collection, money(1_000_000n, 'LRD')))
    expect(refund).toMatchObject({ payer: usd(5_000n), payee: money(1_000_000n, 'LRD') })
    expect(process.provider.orders.at(-1)?.amount).toEqual(money(1_000_000n, 'LRD'))
    await process.recordOutcome(refund, paid)
    expect(await bookedFor(pool, refund)).toEqual([
      'refund.held debit wallet 50.00 USD',
      'refund.held credit wallet_held 50.00 USD',
      'refund.completed debit wallet_held 50.00 USD',
      'refund.completed credit exchange_position 50.00 USD',
      'refund.completed debit exchange_position 10000.00 LRD',
      'refund.completed credit clearing PAWAPAY 10000.00 LRD',
    ])
    expect(await holdings(spender)).toEqual({ available: '60.00', held: '0.00' })
    await usualRates()
  })

  test('of USD paid in RWF rounds the wallet’s side half up, and what is worth nothing is refused', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool, { USD: 1_000n })
    const collection = await aPaidCollection(process, await anInvoice(spender, { method: 'MTN_MOMO_RWA' }), 'RWF')
    expect(collection.payer).toEqual(money(145_600n, 'RWF'))
    expect(await issuesOf(aRefund(process, collection, money(6n, 'RWF')))).toMatchObject([
      { field: 'amount', rule: 'number.not_ge' },
    ])
    // 7 / 1400 is half a cent.
    for (const [rwf, cents] of [
      [7n, 1n],
      [20n, 1n],
      [21n, 2n],
      [1_399n, 100n],
    ] as const) {
      const refund = await process.refund(await aRefund(process, collection, money(rwf, 'RWF')))
      expect(refund).toMatchObject({ payer: usd(cents), payee: money(rwf, 'RWF') })
      await process.recordOutcome(refund, paid)
    }
    expect((await holdings(spender)).available).toBe('108.96')
  })

  test('with fees of its own: they are the wallet’s to pay and the payer gets what was asked', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const collection = await aPaidCollection(process, await anInvoice(spender), 'LRD')
    const now = process.clock.now()
    const terms = { operation: 'REFUND', method: 'MTN_MOMO_LBR', fixed: usd(25n), from: now } as const
    await prices.insertPlatformFee(pool, { ...terms, tierName: 'default', percentage: '1', fxPercentage: '0' }, now)
    await prices.insertGatewayFee(pool, { ...terms, provider: 'PAWAPAY', percentage: '0.5', fixed: undefined }, now)
    process.clock.advance(3_000)
    const refund = await process.refund(await aRefund(process, collection, money(1_000_000n, 'LRD')))
    expect(refund).toMatchObject({ payer: usd(5_100n), payee: money(1_000_000n, 'LRD') })
    await process.recordOutcome(refund, paid)
    expect(await bookedFor(pool, refund)).toEqual([
      'refund.held debit wallet 51.00 USD',
      'refund.held credit wallet_held 51.00 USD',
      'refund.completed debit wallet_held 51.00 USD',
      'refund.completed credit exchange_position 50.00 USD',
      'refund.completed debit exchange_position 10000.00 LRD',
      'refund.completed credit clearing PAWAPAY 10000.00 LRD',
      'refund.completed credit platform_fees 0.75 USD',
      'refund.completed credit gateway_fees PAWAPAY 0.25 USD',
    ])
    await sql(pool, `delete from platform_fees where operation_type = 'REFUND' and payment_method is not null`)
    await sql(pool, `delete from gateway_fees where operation_type = 'REFUND' and payment_method is not null`)
  })

  test('is of a completed collection of one’s own, and of nothing else', async () => {
    const process = aMoneyProcess(pool)
    const [spender, stranger] = [await aSpender(pool), await aSpender(pool)]
    const collection = await aPaidCollection(process, await anInvoice(spender))
    const underWay = await process.collect(await anInvoice(spender))
    const failed = await process.collect(await anInvoice(spender))
    await process.recordOutcome(failed, refused)
    const payout = await process.payOut(await aPayout(process, spender))
    await process.recordOutcome(payout, paid)
    for (const no of [underWay, failed, payout, { ...collection, merchantId: stranger.merchantId }]) {
      expect(await issuesOf(aRefund(process, no, usd(100n)))).toMatchObject([
        { field: 'original_payment_intent_id', rule: 'not_found' },
      ])
    }
  })
})

describe('when the network', () => {
  const orders = ['payout', 'refund'] as const

  async function anOrder(process: MoneyProcess, what: (typeof orders)[number], spender: Spender) {
    if (what === 'payout') {
      const payout = await aPayout(process, spender)
      return () => process.payOut(payout)
    }
    process.provider.will({ submit: () => accepted })
    const collection = await aPaidCollection(process, await aPayable(pool, { merchantId: spender.merchantId }))
    const refund = await aRefund(process, collection, usd(10_000n))
    return () => process.refund(refund)
  }

  test.each(orders)(
    'is silent, a %s stays open and held, and is asked about until there is an answer',
    async (what) => {
      const process = aMoneyProcess(pool)
      const spender = await aSpender(pool)
      const run = await anOrder(process, what, spender)
      process.provider.will({ submit: () => silence, find: () => silence })
      const execution = await run()
      expect(execution.status).toBe('PENDING')
      const before = await holdings(spender)
      for (let round = 0; round < 3; round += 1) expect(await process.check()).toBeGreaterThan(0)
      expect([await statusOf(execution), await holdings(spender)]).toEqual(['PENDING', before])
      process.provider.will({ find: () => paid })
      await process.check()
      expect(await statusOf(execution)).toBe('COMPLETED')
      expect(await holdings(spender)).toEqual({ ...before, held: '0.00' })
    },
  )

  test.each(orders)('never heard of a young %s, the very same order is sent again', async (what) => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const run = await anOrder(process, what, spender)
    process.provider.will({ submit: () => silence, find: () => neverHeard })
    const sentBefore = process.provider.orders.length
    const execution = await run()
    process.clock.advance(15_000)
    await checkDue(process.checks)
    const [first, second, ...more] = process.provider.orders.slice(sentBefore)
    expect(first?.reference).toBe(execution.providerReference)
    expect([second, more]).toEqual([first, []])
    expect(await statusOf(execution)).toBe('PENDING')
  })

  test.each(orders)('never heard of an old %s, it is FAILED and the money returns', async (what) => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const run = await anOrder(process, what, spender)
    const { available } = await holdings(spender)
    process.provider.will({ submit: () => silence, find: () => neverHeard })
    const execution = await run()
    await process.check()
    expect(await stored(execution)).toMatchObject({ status: 'FAILED', gatewayMessage: 'Never received.' })
    expect(await holdings(spender)).toEqual({ available, held: '0.00' })
  })

  test.each(orders)(
    'tells the end of a %s again and again, or another, the first stands and is booked once',
    async (what) => {
      const process = aMoneyProcess(pool)
      const spender = await aSpender(pool)
      const run = await anOrder(process, what, spender)
      const execution = await run()
      const { available } = await holdings(spender)
      const told = await Promise.all(
        [paid, paid, refused, accepted].map((outcome) => process.recordOutcome(execution, outcome)),
      )
      expect(told.map((each) => each?.verdict)).toEqual(['applied', 'repeated', 'contradicted', 'stale'])
      expect(await process.recordOutcome(execution, refused)).toMatchObject({ verdict: 'contradicted' })
      expect(await holdings(spender)).toEqual({ available, held: '0.00' })
    },
  )

  test.each(orders)('paid another amount than was asked, the %s stays held for a person to look at', async (what) => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    const run = await anOrder(process, what, spender)
    const execution = await run()
    const before = await holdings(spender)
    for (const amount of [usd(9_999n), usd(10_001n), usd(10_250n), money(10_000n, 'LRD')]) {
      expect(await process.recordOutcome(execution, { kind: 'completed', amount, transactionId: 'X' })).toBeUndefined()
    }
    expect([await statusOf(execution), await holdings(spender)]).toEqual(['PROCESSING', before])
    const amount = usd(10_000n)
    await process.recordOutcome(execution, { kind: 'completed', amount, transactionId: 'X' })
    expect(await statusOf(execution)).toBe('COMPLETED')
  })
})

test('a payout that was cut off between hold and question is asked about by any other process', async () => {
  const broken = aMoneyProcess(
    pool,
    aProvider({
      submit: () => {
        throw new Error('the process dies here')
      },
    }),
  )
  const spender = await aSpender(pool, { USD: 10_250n })
  const payout = await aPayout(broken, spender)
  await expect(broken.payOut(payout)).rejects.toThrow('dies here')
  expect(await holdings(spender)).toEqual({ available: '0.00', held: '102.50' })
  const other = aMoneyProcess(otherPool)
  expect(await other.payOut(payout)).toMatchObject({ status: 'PENDING' })
  expect(other.provider.orders).toEqual([])
  await other.check()
  expect(await statusOf(payout)).toBe('COMPLETED')
  expect(await holdings(spender)).toEqual({ available: '0.00', held: '0.00' })
})

test('expiry of a session does not touch what was accepted', async () => {
  const process = aMoneyProcess(pool)
  const spender = await aSpender(pool)
  const payout = await aPayout(process, spender)
  await process.payOut(payout)
  process.clock.advance(60 * 60_000)
  expect(await process.payOut(payout)).toMatchObject({ status: 'PROCESSING' })
  await process.check()
  expect(await statusOf(payout)).toBe('COMPLETED')
})
