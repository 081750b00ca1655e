import { type Clock } from '../kernel/clock.ts'
import { type WalletStatus } from '../kernel/enums.ts'
import { type MerchantId, type WalletId } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'
import { NotFound, OperatorError } from '../kernel/problem.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type Wallet } from './model.ts'
import * as store from './store.ts'

export interface WalletsContext {
  readonly db: Pool
  readonly clock: Clock
}

export async function getWallet(db: Queryable, merchantId: MerchantId, id: WalletId | undefined): Promise<Wallet> {
  const wallet = id && (await store.findWallet(db, merchantId, id))
  if (!wallet) throw new NotFound('Wallet')
  return wallet
}

/** Whoever asks may be sure: once this returns, nothing leaves a wallet that may not pay. Throws `OperatorError`. */
export function changeWalletStatus(
  { db, clock }: WalletsContext,
  merchantId: MerchantId,
  id: WalletId,
  status: WalletStatus,
): Promise<Wallet> {
  return withTx(db, async (tx) => {
    await store.lockWallet(tx, merchantId, id)
    const wallet = await store.findWallet(tx, merchantId, id)
    if (!wallet) throw new OperatorError(`Merchant ${merchantId} has no wallet ${id}.`)
    if (wallet.status === status) return wallet
    if (wallet.status === 'CLOSED') throw new OperatorError(`Wallet ${id} is CLOSED, which is for good.`)
    await store.setWalletStatus(tx, merchantId, id, status, clock.now())
    return getWallet(tx, merchantId, id)
  })
}

/** Enough for a sandbox to pay out from its first minute. */
const sandboxOpening = [money(1_000_000n, 'USD'), money(200_000_000n, 'LRD'), money(5_000_000n, 'RWF')]

export const openSandboxWallets = (tx: Queryable, merchantId: MerchantId, now: Date): Promise<void> =>
  store.openWallets(tx, merchantId, sandboxOpening, now)
