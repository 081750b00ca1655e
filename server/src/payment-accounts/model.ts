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
  /** The wallet's phone number. Goes in and never comes out. */
  readonly accountNumber: string | undefined
  readonly isActive: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewPaymentAccount = Omit<PaymentAccount, 'id' | 'isActive' | 'createdAt' | 'updatedAt'>
