import { type OperationType, type WalletStatus } from '../kernel/enums.ts'
import { type MerchantId, type WalletId } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'

/** What the platform owes a merchant in one currency. */
export interface Wallet {
  readonly id: WalletId
  readonly merchantId: MerchantId
  readonly status: WalletStatus
  /** What can be paid out now. */
  readonly available: Money
  /** What payouts and refunds under way have set aside. */
  readonly held: Money
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** One change of what is available in a wallet. */
export interface StatementLine {
  /** The ledger entry's id. */
  readonly id: string
  readonly postedAt: Date
  /** What happened: `collection.completed`, `payout.held`, ... */
  readonly reason: string
  readonly operation: OperationType | undefined
  readonly referenceId: string | undefined
  /** Above zero for money that came in. */
  readonly change: Money
  readonly balance: Money
}
