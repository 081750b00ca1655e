import { type OperationType, type PaymentMethod, type ProviderInput, type ProviderName } from '../kernel/enums.ts'
import { type MerchantId, type PartyId } from '../kernel/ids.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { withTx } from '../platform/db/pool.ts'
import { findParty, type Party, PartyUnknown } from '../parties/index.ts'
import { InvalidCombination, routeMethod } from '../payment-methods/index.ts'
import { bindCard } from './card-store.ts'
import { type PaymentAccountsContext, prepareCard, takeCard } from './cards.ts'
import { type PaymentAccount } from './model.ts'
import { insertPaymentAccount } from './store.ts'

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

/** A card account and the card it stands for, in one commit. */
async function createCardAccount(
  context: PaymentAccountsContext,
  merchantId: MerchantId,
  draft: PaymentAccountDraft & { readonly provider: ProviderName; readonly partyId: PartyId },
): Promise<PaymentAccount> {
  const { db, clock } = context
  const { accountName, paymentMethodId: named } = draft
  await prepareCard(context, merchantId, named)
  const now = clock.now()
  return withTx(db, async (tx) => {
    const card = await takeCard(tx, merchantId, { accountName, named, now })
    const account = await insertPaymentAccount(tx, merchantId, { ...draft, accountNumber: card.token }, now)
    await bindCard(tx, merchantId, card, account.id)
    return account
  })
}

export async function createPaymentAccount(
  context: PaymentAccountsContext,
  merchantId: MerchantId,
  draft: PaymentAccountDraft,
): Promise<PaymentAccount> {
  const { db, clock } = context
  const provider = routeMethod(draft.provider, draft.method, draft.operation)
  if (!provider) throw new InvalidCombination()
  const party = draft.partyId && (await findParty(db, merchantId, draft.partyId))
  if (!party) throw new PartyUnknown()
  if (provider === 'STRIPE' && draft.operation === 'COLLECTION')
    return createCardAccount(context, merchantId, { ...draft, provider, partyId: party.id })
  const accountNumber = provider === 'PAWAPAY' ? walletNumber(draft.accountNumber, party) : undefined
  const account = { ...draft, provider, partyId: party.id, accountNumber }
  return insertPaymentAccount(db, merchantId, account, clock.now())
}
