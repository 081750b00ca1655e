/** What went wrong, by kind. One file (platform/http/problems.ts) turns kinds into status codes and bodies. */
export type ProblemKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'rate_limited' | 'unavailable'

/** The rule a value broke. The edge turns it into the contract's `type` string. */
export type BrokenRule =
  | 'missing'
  | 'currency'
  | 'combination'
  | 'decimal.max_places'
  | 'duplicate'
  | 'enum'
  | 'not_found'
  | 'number.not_ge'
  | 'number.not_le'
  | 'phone'
  | 'rate'
  | 'session'
  | 'state'
  | 'datetime'
  | 'limit'
  | 'mismatch'
  | 'url'

/**
 * A broken rule of the domain: thrown, so that it unwinds whatever transaction is open. What the caller must decide on
 * (a provider's outcome) is returned instead.
 */
export class Problem extends Error {
  readonly kind: ProblemKind

  constructor(kind: ProblemKind, message: string) {
    super(message)
    this.name = new.target.name
    this.kind = kind
  }
}

export interface FieldIssue {
  /** The field as the operation names it; the edge knows whether that is in the body, the query or the path. */
  readonly field: string | readonly (string | number)[]
  readonly rule: BrokenRule
  readonly message: string
}

/** What stops a process or a command, in words its operator can act on. Printed as it is, without a stack. */
export class OperatorError extends Error {}

/** A request that cannot be carried out as sent: 422, naming every field at fault. */
export class InvalidRequest extends Problem {
  readonly issues: readonly FieldIssue[]

  constructor(...issues: readonly [FieldIssue, ...FieldIssue[]]) {
    super('invalid', issues.map((issue) => issue.message).join('; '))
    this.issues = issues
  }
}

/** What cannot be done now and was not begun: 503, with the whole seconds after which to come back. */
export class Unavailable extends Problem {
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super('unavailable', message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** An id in a path or a query that names nothing of this merchant's. */
export class NotFound extends Problem {
  constructor(thing: string) {
    super('not_found', `${thing} not found`)
  }
}
