import { type ExecutionResponse } from './generated/openapi.ts'

/** One field that a request was refused for. */
export interface FieldError {
  /** Where it is, as in `items.0.amount`; empty when the whole body is meant. */
  readonly path: string
  /** The part of the request: `body`, `query` or `path`. */
  readonly in: string
  readonly message: string
  /** The rule that was broken, such as `value_error.missing`. */
  readonly type: string
}

interface Circumstances {
  /** The operation, as in `POST /v1/parties/create`. */
  readonly operation?: string | undefined
  readonly status?: number | undefined
  /** The server's own name for the call, for whoever reads its logs. */
  readonly requestId?: string | undefined
  readonly cause?: unknown
}

/**
 * What every error of this SDK is. Tell them apart by `instanceof`, or by `code` where two copies of the package may meet.
 * Messages hold neither tokens nor passcodes nor bodies.
 */
export class DollrError extends Error {
  readonly code: string = 'error'
  readonly operation: string | undefined
  readonly status: number | undefined
  readonly requestId: string | undefined

  constructor(message: string, { operation, status, requestId, cause }: Circumstances = {}) {
    super(operation === undefined ? message : `${operation}: ${message}`, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.operation = operation
    this.status = status
    this.requestId = requestId
  }
}

/** 401: the credentials are wrong, or a fresh token was refused. */
export class AuthenticationError extends DollrError {
  override readonly code: string = 'authentication'
}

/** 403: not verified for the operation, or a wrong passcode. */
export class PermissionError extends DollrError {
  override readonly code: string = 'permission'
}

/** 404: no such thing, or not this merchant's. */
export class NotFoundError extends DollrError {
  override readonly code: string = 'not_found'
}

/** 422: the request cannot be carried out as sent. Nothing was done. */
export class ValidationError extends DollrError {
  override readonly code: string = 'validation'
  readonly fields: readonly FieldError[]

  constructor(fields: readonly FieldError[], circumstances: Circumstances) {
    super(fields.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '), circumstances)
    this.fields = fields
  }
}

/** 422 for the state of things rather than the request: a source that is not payable, a session used up, a key reused. */
export class ConflictError extends ValidationError {
  override readonly code: string = 'conflict'
}

/** 429, and still so after every wait this client was allowed. Nothing was done. */
export class RateLimitError extends DollrError {
  override readonly code: string = 'rate_limit'
  readonly retryAfterSeconds: number | undefined

  constructor(message: string, retryAfterSeconds: number | undefined, circumstances: Circumstances) {
    super(message, circumstances)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Any other status that is no success. */
export class ServerError extends DollrError {
  override readonly code: string = 'server'
}

/** No answer: nobody there, the connection was cut, or it took too long. The `cause` says which. */
export class NetworkError extends DollrError {
  override readonly code: string = 'network'
}

/**
 * Something was asked for that cannot be undone by asking again, and whether it was done is not known. For money,
 * `reference` names the payment: look it up, or call again **with this reference**. Never try again under a new one.
 */
export class UnknownOutcomeError extends DollrError {
  override readonly code: string = 'unknown_outcome'
  readonly reference: string | undefined

  constructor(reference: string | undefined, circumstances: Circumstances) {
    super(
      reference === undefined
        ? 'whether this was done is not known'
        : `whether payment ${reference} was made is not known; ask again under the same reference`,
      circumstances,
    )
    this.reference = reference
  }
}

/** The payment that another was to take the place of has not failed: it was made, or may still be. Nothing was sent. */
export class PaymentStandsError extends DollrError {
  override readonly code: string = 'payment_stands'
  /** How it stands. */
  readonly execution: ExecutionResponse

  constructor(execution: ExecutionResponse) {
    super(`payment ${execution.reference_id} is ${execution.status}; no other takes its place`)
    this.execution = execution
  }
}

/** Before `notBefore` another attempt would fail as the last one did, and that is too long to wait. Nothing was sent. */
export class RetryTooEarlyError extends DollrError {
  override readonly code: string = 'retry_too_early'
  readonly notBefore: Date
  /** The attempt that failed. */
  readonly execution: ExecutionResponse

  constructor(execution: ExecutionResponse, notBefore: Date) {
    super(`payment ${execution.reference_id} failed, and so would another before ${notBefore.toISOString()}`)
    this.execution = execution
    this.notBefore = notBefore
  }
}

/** What was waited for has not happened yet. It still may: the payment goes on without us. */
export class WaitTimeoutError<Last = unknown> extends DollrError {
  override readonly code: string = 'wait_timeout'
  /** How things stood when last known; undefined when nobody ever answered, and the `cause` says why. */
  readonly last: Last | undefined

  constructor(message: string, last: Last | undefined, circumstances?: Circumstances) {
    super(message, circumstances)
    this.last = last
  }
}

/** A webhook that was not signed with any of the secrets, or not lately. Answer it with 400 and do nothing. */
export class WebhookVerificationError extends DollrError {
  override readonly code: string = 'webhook_verification'
}

/** The refusals that say the request was well made and came at the wrong moment. */
const conflicts = new Set(['value_error.duplicate', 'value_error.state', 'value_error.session'])

interface WireField {
  readonly loc?: readonly (string | number)[]
  readonly msg?: string
  readonly type?: string
}

function readField({ loc = [], msg = 'is not acceptable', type = 'value_error' }: WireField): FieldError {
  const [part = 'body', ...path] = loc
  return { in: String(part), path: path.join('.'), message: msg, type }
}

const textOf = (detail: unknown, status: number): string =>
  typeof detail === 'string' && detail !== '' ? detail.slice(0, 500) : `answered ${status}`

export interface Refusal {
  readonly operation: string
  readonly status: number
  readonly headers: Headers
  /** The answer's body as read, or undefined when it was no JSON. */
  readonly body: unknown
  readonly retryAfterMs: number | undefined
}

/** The error that an answer other than a success stands for. */
export function errorOf({ operation, status, headers, body, retryAfterMs }: Refusal): DollrError {
  const detail = (body as { detail?: unknown } | null | undefined)?.detail
  const circumstances = { operation, status, requestId: headers.get('x-request-id') ?? undefined }
  if (status === 422 && Array.isArray(detail)) {
    const fields = (detail as readonly WireField[]).map(readField)
    const isConflict = fields.length > 0 && fields.every(({ type }) => conflicts.has(type))
    return isConflict ? new ConflictError(fields, circumstances) : new ValidationError(fields, circumstances)
  }
  const text = textOf(detail, status)
  switch (status) {
    case 401:
      return new AuthenticationError(text, circumstances)
    case 403:
      return new PermissionError(text, circumstances)
    case 404:
      return new NotFoundError(text, circumstances)
    case 429:
      return new RateLimitError(text, retryAfterMs === undefined ? undefined : retryAfterMs / 1000, circumstances)
    default:
      return new ServerError(text, circumstances)
  }
}

/** Whether this is trouble of the line or of the server, which passes, rather than an answer to what was asked. */
export function mayPass(error: unknown): error is DollrError {
  if (error instanceof NetworkError || error instanceof RateLimitError) return true
  if (!(error instanceof ServerError)) return false
  const { status = 500 } = error
  // A success is an error only when it could not be read.
  return status >= 500 || status === 408 || (status >= 200 && status < 300)
}
