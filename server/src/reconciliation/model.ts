import { type Money } from '../kernel/money.ts'

/** Providers whose statements can be read. */
export const statementProviders = ['PAWAPAY', 'STRIPE'] as const
export type StatementProvider = (typeof statementProviders)[number]

/** One movement as a provider's statement has it, whatever the file looked like. */
export interface StatementLine {
  readonly provider: StatementProvider
  readonly kind: 'deposit' | 'payout' | 'refund'
  /** The id under which we asked for it. */
  readonly reference: string
  readonly amount: Money
  readonly fee: Money | undefined
  readonly at: Date
}

/** A line of a statement, or what kind of line it was that no execution of ours can answer for. */
export type ReadLine = StatementLine | { readonly ignored: string }

/** The bytes of a statement, as a file or a pipe hands them over. */
export type StatementFile = AsyncIterable<Uint8Array | string>

/** The agreement and the differences of a day, as UTC counts it, in a currency. */
export interface Report {
  readonly day: string
  readonly currency: string
  readonly matched: number
  /** Completed here, and not in the statement. */
  readonly missingThere: number
  /** In the statement, and not completed here. */
  readonly missingHere: number
  readonly amountDiffers: number
}

export interface Difference {
  readonly day: string
  readonly currency: string
  readonly what: 'missing_there' | 'missing_here' | 'amount_differs'
  readonly kind: string
  readonly reference: string
  readonly merchantId: string | undefined
  readonly executionId: string | undefined
  readonly status: string | undefined
  readonly ours: Money | undefined
  readonly theirs: Money | undefined
}
