import { invariant } from '../kernel/invariant.ts'
import { requireVerified } from '../merchants/index.ts'
import {
  type Disburse,
  type DisbursementDependencies,
  type DisbursementRequest,
  quoteDisbursement,
} from './disburse.ts'
import { type Execution } from './model.ts'

export interface TransferRequest extends DisbursementRequest {
  /** As the caller wrote it: what makes two requests the same. */
  readonly sent: { readonly sessionId: string }
}

export type ExecuteTransfer = (request: TransferRequest) => Promise<Execution>

const routing = { provider: 'PLATFORM', method: 'WALLET' } as const

/** Moves money into a contact's wallet on this platform, which its first credit opens. Final at once. */
export function createExecuteTransfer(dependencies: DisbursementDependencies, disburse: Disburse): ExecuteTransfer {
  return disburse<TransferRequest>({
    operation: 'TRANSFER',
    fingerprint: ({ sent }) => [sent.sessionId],
    approve: async ({ merchantId }) => {
      await requireVerified(dependencies.db, merchantId)
      return undefined
    },
    decide: async (_request, session, { recipientPartyId, tierId }) => {
      invariant(recipientPartyId, 'a transfer session names its counterparty')
      return {
        ...routing,
        quote: await quoteDisbursement(dependencies, 'TRANSFER', session.amount, { ...routing, tierId }),
        note: `Transfer ${session.id}`,
        recipientPartyId,
      }
    },
  })
}
