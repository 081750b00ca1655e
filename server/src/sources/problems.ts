import { type SourceKind, type SourceType } from '../kernel/enums.ts'
import { type Currency } from '../kernel/currencies.ts'
import { InvalidRequest, NotFound, Problem } from '../kernel/problem.ts'
import { noun, title } from './model.ts'

export class SourceNotFound extends NotFound {
  constructor(kind: SourceKind) {
    super(title(kind))
  }
}

export class ItemNotFound extends NotFound {
  constructor(kind: SourceKind) {
    super(`${title(kind)} item`)
  }
}

/** The document exists and is not PAID. */
export class ReceiptNotAvailable extends Problem {
  constructor() {
    super('not_found', 'Receipt not available')
  }
}

/** Edit, item and publish calls need a draft. */
export class SourceNotIdle extends InvalidRequest {
  constructor(kind: SourceKind) {
    super({ field: 'id', rule: 'state', message: `${noun(kind)} is not IDLE` })
  }
}

export class SourceWithoutItems extends InvalidRequest {
  constructor(kind: SourceKind) {
    super({ field: 'id', rule: 'state', message: `${noun(kind)} has no items` })
  }
}

export class SourceNotCancelable extends InvalidRequest {
  constructor(kind: SourceKind) {
    super({ field: 'id', rule: 'state', message: `${noun(kind)} cannot be canceled` })
  }
}

export class ItemCurrencyDiffers extends InvalidRequest {
  constructor(kind: SourceKind, currency: Currency) {
    const message = `currency does not match the ${noun(kind)} currency ${currency}`
    super({ field: 'currency', rule: 'currency', message })
  }
}

export class CounterpartyUnknown extends InvalidRequest {
  constructor() {
    super({ field: 'counterparty_id', rule: 'not_found', message: 'counterparty not found' })
  }
}

/** A source type the schemas list and the platform does not support. */
export class SourceTypeUnsupported extends InvalidRequest {
  constructor() {
    super({ field: 'source_type', rule: 'enum', message: 'invalid enum: SUBSCRIPTION is not supported' })
  }
}

/** The kind of document a source type stands for. */
export function requireKind(type: SourceType): SourceKind {
  if (type === 'SUBSCRIPTION') throw new SourceTypeUnsupported()
  return type
}
