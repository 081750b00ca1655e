import { type CounterpartyId, type MerchantId, type PartyId } from '../kernel/ids.ts'
import { type OwnerType, type RelationshipType } from '../kernel/enums.ts'

/** Somebody the merchant collects from or pays. */
export interface Party {
  readonly id: PartyId
  readonly fullname: string
  readonly phone: string | undefined
  readonly email: string | undefined
  readonly countryCode: string | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A party as the merchant sees it: a customer, a supplier, itself. */
export interface Counterparty {
  readonly id: CounterpartyId
  readonly relationshipType: RelationshipType
  readonly ownerType: OwnerType
  readonly ownerId: MerchantId
  readonly party: Party
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface NewParty {
  readonly fullname: string
  readonly phone: string
  readonly email: string | undefined
  readonly countryCode: string | undefined
}
