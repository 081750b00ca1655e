import { type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { type PartyId, type PaymentAccountId } from '../kernel/ids.ts'

/** A wallet or a card of a party, for one method and network. */
export interface PaymentAccount {
  readonly id: PaymentAccountId
  readonly accountName: string
  readonly provider: ProviderName
  readonly method: PaymentMethod
  readonly operation: OperationType
  readonly partyId: PartyId
  readonly countryCode: string | undefined
  /** The wallet's phone number, or the card's token. Goes in and never comes out. */
  readonly accountNumber: string | undefined
  readonly isActive: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewPaymentAccount = Omit<PaymentAccount, 'id' | 'isActive' | 'createdAt' | 'updatedAt'>

/** A card that was looked up, as far as binding it to an account goes. */
export interface CardChoice {
  readonly id: string
  readonly token: string
  readonly billingName: string | undefined
  /** A token pays once, whatever came of it. */
  readonly isUsed: boolean
}

/** Names are written by two people: capitals and spaces tell nobody apart. */
const plain = (name: string): string => name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()

/**
 * The card meant by an account that names none, of those that no account has bound: the only one with the account's name on
 * it, else the only one there is. Undefined when it is not certain. `wasBoundLately` says that an account of this name has
 * just bound a card and not used it: whoever sends such a request again, for want of an answer, must not be given the card of
 * somebody else, who is then the only one left.
 */
export function chooseCard(
  accountName: string,
  unbound: readonly CardChoice[],
  wasBoundLately: boolean,
): CardChoice | undefined {
  const wanted = plain(accountName)
  const [sameName, ...moreOfThatName] = unbound.filter(({ billingName }) => plain(billingName ?? '') === wanted)
  if (sameName && moreOfThatName.length === 0) return sameName
  const [only, ...others] = unbound
  if (!only || others.length > 0) return undefined
  return wasBoundLately && only.billingName !== undefined ? undefined : only
}
