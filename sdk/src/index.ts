export {
  type Account,
  type Collect,
  Dollr,
  type DollrOptions,
  type Intent,
  type PaymentOptions,
  type Payout,
  type Realtime,
  type Refund,
  type Source,
  type Transfer,
  type Waitable,
} from './client.ts'
export { type CallOptions } from './connection.ts'
export { type Clock } from './environment.ts'
export {
  AuthenticationError,
  ConflictError,
  DollrError,
  type FieldError,
  NetworkError,
  NotFoundError,
  PaymentStandsError,
  PermissionError,
  RateLimitError,
  RetryTooEarlyError,
  ServerError,
  UnknownOutcomeError,
  ValidationError,
  WaitTimeoutError,
} from './errors.ts'
export { type Execution, type OperationType } from './executions.ts'
export type * from './generated/openapi.ts'
export { type OpenWebSocket, type PaymentState, type Watch, watchPayment, type WebSocketLike } from './realtime.ts'
export { type Listing, type Resources } from './resources.ts'
export { type Earlier } from './retry.ts'
export { type WaitOptions } from './waiting.ts'
export {
  type DollrEvent,
  type EventType,
  signWebhook,
  type SignOptions,
  type VerifyOptions,
  verifyWebhook,
  type WebhookHeaders,
  WebhookVerificationError,
} from './webhooks.ts'
