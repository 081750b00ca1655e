import { InvalidRequest } from '../kernel/problem.ts'

/** The provider named cannot route the method named, or not for this operation. */
export class InvalidCombination extends InvalidRequest {
  constructor() {
    super({ field: 'provider', rule: 'combination', message: 'invalid combination of method and provider' })
  }
}
