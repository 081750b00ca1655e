import { InvalidRequest } from '../kernel/problem.ts'
import { writeTime } from '../platform/http/wire.ts'

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

const sessionWords = {
  session_not_found: 'session not found',
  session_not_active: 'session not active',
  session_expired: 'session expired',
} as const

/** What a claim of any execution is refused for. */
export const claimRefusal = (verdict: 'reference_reused' | keyof typeof sessionWords): InvalidRequest =>
  verdict === 'reference_reused' ? new ReferenceReused() : new SessionUnusable(sessionWords[verdict])

export class SourceNotActive extends InvalidRequest {
  constructor() {
    super({ field: 'session_id', rule: 'state', message: 'source is not ACTIVE' })
  }
}

/** An account for a card that was never looked up has nothing to charge. */
export class CardMissing extends InvalidRequest {
  constructor() {
    super({ field: 'payment_account_id', rule: 'state', message: 'payment account has no card' })
  }
}

/** A card's token pays once, whatever came of it: the next attempt needs a new token and a new account. */
export class CardUsed extends InvalidRequest {
  constructor() {
    super({ field: 'payment_account_id', rule: 'state', message: 'payment account is not active: its card was used' })
  }
}

export class CurrencyNotSupported extends InvalidRequest {
  constructor() {
    super({ field: 'currency', rule: 'currency', message: 'currency not supported by this payment method' })
  }
}

/** One prompt at a time on one phone. Neither the key nor the session is used up: ask again then, or once that one is final. */
export class PromptOpen extends InvalidRequest {
  constructor(freeAt: Date) {
    // Whole seconds go out: rounded up, so that whoever comes then is not refused again.
    const then = writeTime(new Date(Math.ceil(freeAt.getTime() / 1_000) * 1_000))
    super({
      field: 'payment_account_id',
      rule: 'state',
      message: `another payment waits for its owner on this phone; try again after ${then}`,
    })
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
