import { OperatorError } from '../kernel/problem.ts'

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
