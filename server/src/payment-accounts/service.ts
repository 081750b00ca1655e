import { type Clock } from '../kernel/clock.ts'
import { type OperationType, type PaymentMethod, type ProviderInput } from '../kernel/enums.ts'
import { type MerchantId, type PartyId } from '../kernel/ids.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { findParty, type Party, PartyUnknown } from '../parties/index.ts'
import { CardUnknown, InvalidCombination, routeMethod } from '../payment-methods/index.ts'
import { type PaymentAccount } from './model.ts'
import { insertPaymentAccount } from './store.ts'

export interface PaymentAccountsContext {
  readonly db: Pool
  readonly clock: Clock
}

export interface PaymentAccountDraft {
  readonly operation: OperationType
  readonly accountName: string
  readonly provider: ProviderInput
  readonly method: PaymentMethod
  readonly partyId: PartyId | undefined
  readonly countryCode: string | undefined
  readonly accountNumber: string | undefined
  /** A card network's token. */
  readonly paymentMethodId?: string | undefined
}

/** The number to charge: the one given, or the party's own. Which operator a prefix suggests is not ours to judge. */
function walletNumber(given: string | undefined, party: Party): string {
  const number = given ?? party.phone
  if (number === undefined || !/^[1-9]\d{7,14}$/.test(number)) {
    throw new InvalidRequest({ field: 'insensitive_account_number', rule: 'phone', message: 'invalid phone' })
  }
  return number
}

export async function createPaymentAccount(
  { db, clock }: PaymentAccountsContext,
  merchantId: MerchantId,
  draft: PaymentAccountDraft,
): Promise<PaymentAccount> {
  const provider = routeMethod(draft.provider, draft.method, draft.operation)
  if (!provider) throw new InvalidCombination()
  const party = draft.partyId && (await findParty(db, merchantId, draft.partyId))
  if (!party) throw new PartyUnknown()
  if (provider === 'STRIPE' && draft.paymentMethodId !== undefined) throw new CardUnknown()
  const accountNumber = provider === 'PAWAPAY' ? walletNumber(draft.accountNumber, party) : undefined
  const account = { ...draft, provider, partyId: party.id, accountNumber }
  return insertPaymentAccount(db, merchantId, account, clock.now())
}
