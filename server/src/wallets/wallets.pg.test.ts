import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { aPayable, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon, paid, refused } from '../../test/support/fakes.ts'
import {
  aMoneyProcess,
  aPaidCollection,
  aPayout,
  aSpender,
  aTransfer,
  type MoneyProcess,
  type Spender,
} from '../../test/support/money-out.ts'
import { addMs } from '../kernel/clock.ts'
import { type WalletStatus } from '../kernel/enums.ts'
import { type WalletId } from '../kernel/ids.ts'
import { formatMoney, money } from '../kernel/money.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { type Page } from '../platform/db/rows.ts'
import { changeWalletStatus, getWallet, openSandboxWallets } from './service.ts'
import { findWalletIn, listAllWallets, listStatement, listWallets } from './store.ts'

let database: TestDatabase
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
})

const firstPage: Page = { before: '9223372036854775807', most: 1_000 }

const setStatus = ({ merchantId, wallets }: Spender, status: WalletStatus, db = pool) =>
  changeWalletStatus({ db, clock: aClock(addMs(noon, 1_000)) }, merchantId, wallets.USD, status)

const written = (amount: Parameters<typeof formatMoney>[0]) => `${formatMoney(amount)} ${amount.currency}`

async function statement({ merchantId, wallets }: Spender, page: Page = firstPage) {
  const wallet = await getWallet(pool, merchantId, wallets.USD)
  return listStatement(pool, merchantId, wallet, page)
}

/** An opening of USD 100, a collection, a payout that completes, one that fails, one under way, and a transfer. */
async function aBusyWallet(process: MoneyProcess): Promise<Spender> {
  const spender = await aSpender(pool, { USD: 10_000n })
  await aPaidCollection(process, await aPayable(pool, { merchantId: spender.merchantId, total: money(5_000n, 'USD') }))
  await process.recordOutcome(await process.payOut(await aPayout(process, spender, money(1_000n, 'USD'))), paid)
  await process.recordOutcome(await process.payOut(await aPayout(process, spender, money(2_000n, 'USD'))), refused)
  await process.payOut(await aPayout(process, spender, money(4_000n, 'USD')))
  await process.transfer(await aTransfer(process, spender, money(100n, 'USD')))
  return spender
}

describe('a statement', () => {
  test('says what changed the balance and what it left, newest first', async () => {
    const spender = await aBusyWallet(aMoneyProcess(pool))
    const lines = await statement(spender)
    expect(lines.map(({ reason, change, balance }) => [reason, written(change), written(balance)])).toEqual([
      ['transfer.completed', '-1.01 USD', '97.74 USD'],
      ['payout.held', '-41.00 USD', '98.75 USD'],
      ['payout.released', '20.50 USD', '139.75 USD'],
      ['payout.held', '-20.50 USD', '119.25 USD'],
      ['payout.held', '-10.25 USD', '139.75 USD'],
      ['collection.completed', '50.00 USD', '150.00 USD'],
      ['wallets.opened', '100.00 USD', '100.00 USD'],
    ])
    expect(lines.at(-1)).toMatchObject({ operation: undefined, referenceId: undefined })
    expect(lines[0]).toMatchObject({
      operation: 'TRANSFER',
      referenceId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    })
    const wallet = await getWallet(pool, spender.merchantId, spender.wallets.USD)
    expect([written(wallet.available), written(wallet.held)]).toEqual(['97.74 USD', '41.00 USD'])
  })

  test.each([1, 2, 3, 6, 7, 8])('read %i lines at a time is the same statement', async (most) => {
    const spender = await aBusyWallet(aMoneyProcess(pool))
    const whole = await statement(spender)
    const read: typeof whole = []
    let before = firstPage.before
    for (let page = 0; page < 10; page += 1) {
      const lines = await statement(spender, { before, most })
      read.push(...lines)
      const last = lines.at(-1)
      if (!last) break
      before = last.id
    }
    expect(read).toEqual(whole)
  })

  test('read while money moves: each line’s balance is the one before it and its change', async () => {
    const process = aMoneyProcess(otherPool)
    const spender = await aSpender(pool)
    const transfers = await Promise.all(
      Array.from({ length: 40 }, () => aTransfer(process, spender, money(100n, 'USD'))),
    )
    const moved = Promise.all(transfers.map((transfer) => process.transfer(transfer)))
    for (let reading = 0; reading < 20; reading += 1) {
      const lines = await statement(spender, { ...firstPage, most: 10 })
      lines.slice(1).forEach((older, index) => {
        const newer = lines[index]
        expect(newer?.balance.minor).toBe(older.balance.minor + (newer?.change.minor ?? 0n))
      })
    }
    await moved
    expect(await statement(spender)).toHaveLength(41)
  })
})

describe('wallets', () => {
  test('are listed for their merchant alone, newest first, without those of its contacts', async () => {
    const process = aMoneyProcess(pool)
    const spender = await aSpender(pool)
    await aSpender(pool)
    await process.transfer(await aTransfer(process, spender))
    const listed = await listWallets(pool, spender.merchantId, firstPage)
    const { USD, LRD, RWF } = spender.wallets
    expect(listed.map(({ id }) => id)).toEqual([USD, LRD, RWF].toSorted((a, b) => Number(b) - Number(a)))
    const [second] = await listWallets(pool, spender.merchantId, { before: listed[0]?.id ?? '', most: 1 })
    expect(second).toEqual(listed[1])
    expect((await listAllWallets(pool)).filter(({ merchantId }) => merchantId === spender.merchantId)).toHaveLength(3)
  })

  test('of others, of contacts and of nobody are not found', async () => {
    const process = aMoneyProcess(pool)
    const [spender, stranger] = [await aSpender(pool), await aSpender(pool)]
    await process.transfer(await aTransfer(process, spender))
    const [contacts] = await sql<{ id: string }>(pool, 'select id from wallets where party_id = $1', [spender.partyId])
    for (const id of [stranger.wallets.USD, contacts?.id as WalletId, '999999' as WalletId, undefined]) {
      await expect(getWallet(pool, spender.merchantId, id)).rejects.toThrow('Wallet not found')
    }
  })

  test('of a sandbox open once, asked how often', async () => {
    const { merchantId } = await aSpender(pool, { USD: 700n })
    await openSandboxWallets(pool, merchantId, noon)
    expect((await findWalletIn(pool, merchantId, 'USD'))?.available).toEqual(money(700n, 'USD'))
  })
})

describe('a wallet’s status', () => {
  test('goes back and forth, and says when it changed', async () => {
    const spender = await aSpender(pool)
    for (const status of ['RESTRICTED', 'FROZEN', 'ACTIVE', 'FROZEN', 'RESTRICTED', 'ACTIVE'] as const) {
      expect(await setStatus(spender, status)).toMatchObject({ status, updatedAt: addMs(noon, 1_000) })
    }
    expect(await getWallet(pool, spender.merchantId, spender.wallets.LRD)).toMatchObject({ status: 'ACTIVE' })
  })

  test('CLOSED is for good', async () => {
    const spender = await aSpender(pool)
    await setStatus(spender, 'CLOSED')
    expect(await setStatus(spender, 'CLOSED')).toMatchObject({ status: 'CLOSED' })
    for (const status of ['ACTIVE', 'RESTRICTED', 'FROZEN'] as const) {
      await expect(setStatus(spender, status)).rejects.toThrow('is CLOSED, which is for good')
    }
  })

  test('of another merchant’s wallet is nobody’s to change', async () => {
    const [spender, stranger] = [await aSpender(pool), await aSpender(pool)]
    await expect(setStatus({ ...spender, wallets: stranger.wallets }, 'FROZEN')).rejects.toThrow('has no wallet')
    expect(await getWallet(pool, stranger.merchantId, stranger.wallets.USD)).toMatchObject({ status: 'ACTIVE' })
  })

  test('changed by two at once ends as one of them said, and never opens what was closed', async () => {
    for (let round = 0; round < 10; round += 1) {
      const spender = await aSpender(pool)
      const ended = await Promise.allSettled([
        setStatus(spender, 'CLOSED'),
        setStatus(spender, 'FROZEN', otherPool),
        setStatus(spender, 'RESTRICTED', otherPool),
      ])
      expect(ended[0].status).toBe('fulfilled')
      expect(await getWallet(pool, spender.merchantId, spender.wallets.USD)).toMatchObject({ status: 'CLOSED' })
    }
  })

  test('a freeze that has returned lets nothing out that was not out before', async () => {
    const nodes = [aMoneyProcess(pool), aMoneyProcess(otherPool)] as const
    let out = 0
    for (let round = 0; round < 10; round += 1) {
      const spender = await aSpender(pool)
      const transfers = await Promise.all(
        Array.from({ length: 20 }, () => aTransfer(nodes[0], spender, money(100n, 'USD'))),
      )
      const running = transfers.map((transfer, index) => nodes[index % 2 === 0 ? 0 : 1].transfer(transfer))
      // A little later each round, so that it falls among them.
      for (let turn = 0; turn < round; turn += 1) await sql(pool, 'select 1')
      const { available } = await setStatus(spender, 'FROZEN')
      const ended = await Promise.all(running)
      const { available: after } = await getWallet(pool, spender.merchantId, spender.wallets.USD)
      expect(after).toEqual(available)
      const completed = ended.filter(({ status }) => status === 'COMPLETED')
      expect(after.minor).toBe(1_000_000n - 101n * BigInt(completed.length))
      for (const each of ended.filter(({ status }) => status === 'FAILED')) {
        expect(each.walletMessage).toBe('The wallet is FROZEN.')
      }
      out += completed.length
    }
    // Some came before it and some after, or this proved nothing.
    expect(out).toBeGreaterThan(0)
    expect(out).toBeLessThan(200)
  })
})
