import { InvalidRequest } from '../kernel/problem.ts'

/** The caller's key already stands for another payment, which is untouched. */
export class ReferenceReused extends InvalidRequest {
  constructor() {
    super({ field: 'reference_id', rule: 'duplicate', message: 'reference_id already exists' })
  }
}

export class SessionUnusable extends InvalidRequest {
  constructor(message: 'session not found' | 'session expired' | 'session not active') {
    super({ field: 'session_id', rule: 'session', message })
  }
}

export class SourceNotActive extends InvalidRequest {
  constructor() {
    super({ field: 'session_id', rule: 'state', message: 'source is not ACTIVE' })
  }
}

export class CurrencyNotSupported extends InvalidRequest {
  constructor() {
    super({ field: 'currency', rule: 'currency', message: 'currency not supported by this payment method' })
  }
}

/** The network gives a payment back one refund at a time. The key is not used up: ask again once that one is final. */
export class RefundInProgress extends InvalidRequest {
  constructor() {
    super({ field: 'session_id', rule: 'state', message: 'another refund of this payment is in progress' })
  }
}

/** Other refunds of the same payment came first. */
export class AboveRefundable extends InvalidRequest {
  constructor() {
    super({ field: 'session_id', rule: 'state', message: 'amount exceeds the refundable amount' })
  }
}

/** Within one currency only the flat part of a fee is converted, should it stand in another. */
export class NoExchangeRate extends InvalidRequest {
  constructor() {
    super({ field: 'session_id', rule: 'currency', message: 'no exchange rate for the fees of this currency' })
  }
}
