import { type MerchantId, type SessionId } from '../kernel/ids.ts'
import { type FieldIssue, InvalidRequest } from '../kernel/problem.ts'
import { misfit } from '../providers/offers.ts'
import { requireVerified } from '../merchants/index.ts'
import { type Approval } from '../passcodes/index.ts'
import { type DisbursementContext } from './disbursement-store.ts'
import { type Disburse, type DisbursementDependencies, quoteDisbursement } from './disburse.ts'
import { type Execution } from './model.ts'

export interface PayoutRequest {
  readonly merchantId: MerchantId
  readonly referenceId: string
  readonly sessionId: SessionId | undefined
  /** As the caller wrote them: what makes two requests the same. */
  readonly sent: { readonly sessionId: string; readonly payoutAccountId: string }
  readonly approval: Approval & { readonly device: Readonly<Record<string, string>> }
}

export type ExecutePayout = (request: PayoutRequest) => Promise<Execution>

const field = 'payout_account_id'

function accountIssue(
  { sent }: PayoutRequest,
  account: NonNullable<DisbursementContext['account']>,
): FieldIssue | undefined {
  if (account.id !== sent.payoutAccountId) {
    return { field, rule: 'state', message: 'payout account does not match the session' }
  }
  return account.isActive ? undefined : { field, rule: 'state', message: 'payment account is not active' }
}

/** Pays a beneficiary: through a network, or into a contact's wallet on this platform. */
export function createExecutePayout(dependencies: DisbursementDependencies, disburse: Disburse): ExecutePayout {
  const { db, passcodes, providers } = dependencies
  return disburse<PayoutRequest>({
    operation: 'PAYOUT',
    fingerprint: ({ sent }) => [sent.sessionId, sent.payoutAccountId],
    approve: async ({ merchantId, approval: { device, ...approval } }) => {
      await requireVerified(db, merchantId)
      return { passcodeId: await passcodes.verify(merchantId, approval), device }
    },
    decide: async (request, session, { account, tierId }) => {
      const issue = account && accountIssue(request, account)
      if (!account || issue)
        throw new InvalidRequest(issue ?? { field, rule: 'not_found', message: 'payment account not found' })
      const { provider, method } = account
      const stays = provider === 'PLATFORM'
      const offer = providers.get(provider)?.offer(method, 'PAYOUT', session.amount.currency)
      const unfit = stays ? undefined : misfit(session.amount, offer, { currency: field, amount: field })
      if (unfit) throw new InvalidRequest(unfit)
      return {
        provider,
        method,
        quote: await quoteDisbursement(dependencies, 'PAYOUT', session.amount, { provider, method, tierId }),
        note: `Payout ${session.id}`,
        paymentAccountId: account.id,
        accountNumber: account.accountNumber,
        recipientPartyId: stays ? account.partyId : undefined,
      }
    },
  })
}
