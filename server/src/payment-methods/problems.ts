import { InvalidRequest } from '../kernel/problem.ts'

/** The provider named cannot route the method named, or not for this operation. */
export class InvalidCombination extends InvalidRequest {
  constructor() {
    super({ field: 'provider', rule: 'combination', message: 'invalid combination of method and provider' })
  }
}

/** No card network connected here knows this token. */
export class CardUnknown extends InvalidRequest {
  constructor() {
    super({ field: 'payment_method_id', rule: 'not_found', message: 'payment method not found' })
  }
}
