import { InvalidRequest } from '../kernel/problem.ts'

/** A body names a party that is not this merchant's. */
export class PartyUnknown extends InvalidRequest {
  constructor() {
    super({ field: 'party_id', rule: 'not_found', message: 'party not found' })
  }
}

/** Only a counterparty of type SELF goes without a party. */
export class PartyNeeded extends InvalidRequest {
  constructor() {
    super({ field: 'party_id', rule: 'missing', message: 'field required' })
  }
}
