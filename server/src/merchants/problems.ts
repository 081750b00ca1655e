import { OperatorError, Problem } from '../kernel/problem.ts'

export class MerchantUnknown extends OperatorError {
  constructor(id: string) {
    super(`No merchant has the id ${id}. "merchants list" shows all.`)
  }
}

export class MerchantNotVerified extends OperatorError {
  constructor(id: string) {
    super(`Merchant ${id} is not verified, and keys are issued to verified merchants only.`)
  }
}

export class KeyUnknown extends OperatorError {
  constructor(clientId: string) {
    super(`No key in force has the client id ${clientId}. "keys list" shows all.`)
  }
}

/** The merchant's identity is not approved, or not any more. */
export class NotVerified extends Problem {
  constructor() {
    super('forbidden', 'Merchant account is not verified for this operation')
  }
}
