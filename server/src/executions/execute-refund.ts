import { invariant } from '../kernel/invariant.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { misfit } from '../providers/offers.ts'
import { walletWorth } from '../fees/index.ts'
import { requireVerified } from '../merchants/index.ts'
import { formatNumber } from '../sources/index.ts'
import {
  type Disburse,
  type DisbursementDependencies,
  type DisbursementRequest,
  quoteDisbursement,
} from './disburse.ts'
import { type Execution } from './model.ts'
import { AboveRefundable } from './problems.ts'

export interface RefundRequest extends DisbursementRequest {
  /** As the caller wrote it: what makes two requests the same. */
  readonly sent: { readonly sessionId: string }
}

export type ExecuteRefund = (request: RefundRequest) => Promise<Execution>

const field = 'session_id'

/**
 * Gives a payer money back, the way it came. The payer gets the amount asked for; the wallet gives what that is worth at the
 * collection's own rate, and the fees.
 */
export function createExecuteRefund(dependencies: DisbursementDependencies, disburse: Disburse): ExecuteRefund {
  const { db, providers } = dependencies
  return disburse<RefundRequest>({
    operation: 'REFUND',
    fingerprint: ({ sent }) => [sent.sessionId],
    approve: async ({ merchantId }) => {
      await requireVerified(db, merchantId)
      return undefined
    },
    decide: async (_request, session, { refundable, source, tierId }) => {
      invariant(refundable && source, 'a refund session names a collection')
      const { provider, method, rate } = refundable
      const payee = session.amount
      if (payee.minor > refundable.left.minor) throw new AboveRefundable()
      const offer = providers.get(provider)?.offer(method, 'REFUND', payee.currency)
      const unfit = misfit(payee, offer, { currency: field, amount: field })
      if (unfit) throw new InvalidRequest(unfit)
      const base = walletWorth(payee, rate, refundable.payee.currency)
      const priced = await quoteDisbursement(dependencies, 'REFUND', base, { provider, method, tierId })
      return {
        provider,
        method,
        quote: { ...priced, payee, rate },
        note: `Refund ${formatNumber(source)}`,
        paymentAccountId: refundable.paymentAccountId,
        refunds: { id: refundable.id, reference: refundable.reference, transactionId: refundable.transactionId },
      }
    },
  })
}
