import { type Static, Type } from 'typebox'
import { executionStatuses, operationTypes, sourceKinds, sourceTypes } from '../kernel/enums.ts'
import { moneyToNumber } from '../kernel/money.ts'
import { pageQuery } from '../platform/http/paging.ts'
import {
  amountOut,
  currencyCode,
  extension,
  integerId,
  ipAddress,
  model,
  nullable,
  oneOf,
  optional,
  phone,
  text,
  textOrIntegerId,
  timestamp,
  uuid4,
  writeOptionalTime,
  writeTime,
} from '../platform/http/wire.ts'
import { type Execution, retryOf } from './model.ts'
import { type ListedExecution } from './store.ts'

export const CheckoutExecutionPayload = model('CheckoutExecutionPayload', {
  session_id: text,
  payment_account_id: text,
  currency: currencyCode,
  reference_id: uuid4,
})

const PasscodeToken = model('PasscodeToken', {
  code: Type.String({ format: 'password', writeOnly: true }),
  user_id: optional(text),
  phone: optional(phone),
})

const PasscodeDevice = model('PasscodeDevice', {
  name: text,
  type: text,
  platform: text,
  user_agent: text,
  client_ip: ipAddress,
})

export const PayoutExecutionPayload = model('PayoutExecutionPayload', {
  session_id: text,
  payout_account_id: textOrIntegerId,
  reference_id: uuid4,
  passcode: model('WithDeviceVerifyPasscodePayload', { token: PasscodeToken, device: PasscodeDevice }),
})

export const TransferExecutionPayload = model('TransferExecutionPayload', { session_id: text, reference_id: uuid4 })

export const RefundExecutionPayload = model('RefundExecutionPayload', { session_id: text, reference_id: uuid4 })

const Retry = model('Retry', {
  same_reference: Type.Boolean({ description: 'The same request may be sent again: money moves once.' }),
  new_reference: Type.Boolean({ description: 'Another attempt under a new reference cannot pay twice.' }),
  not_before: nullable(timestamp),
})

const executionFields = {
  reference_id: text,
  status: oneOf(executionStatuses),
  payer_amount: amountOut,
  payer_currency: text,
  payee_currency: text,
  payee_amount: amountOut,
  operation_type: oneOf(operationTypes),
  provider_transaction_id: nullable(text),
  gateway_message: nullable(text),
  wallet_message: nullable(text),
  client_secret: nullable(text),
  requires_action: nullable(Type.Boolean()),
  payment_intent_id: nullable(integerId),
  retry: extension(Retry),
}

export const ExecutionResponse = model('ExecutionResponse', executionFields)

export const ExecutionListItem = model('ExecutionListItem', {
  id: integerId,
  ...executionFields,
  session_id: integerId,
  source_type: nullable(oneOf(sourceKinds)),
  source_id: nullable(integerId),
  created_at: timestamp,
  updated_at: timestamp,
})

export const ExecutionsQuery = Type.Object({
  operation_type: optional(oneOf(operationTypes)),
  status: optional(oneOf(executionStatuses)),
  source_type: optional(oneOf(sourceTypes)),
  source_id: optional(integerId),
  created_from: optional(timestamp),
  created_to: optional(timestamp),
  ...pageQuery,
})

const isCardCollection = ({ method, operation }: Execution): boolean =>
  method === 'CREDIT_CARD' && operation === 'COLLECTION'

/** The key comes back as the caller spelled it, whatever its case. */
export function writeExecution(
  execution: Execution,
  referenceId: string,
  clientSecret?: string,
): Static<typeof ExecutionResponse> {
  const retry = retryOf(execution)
  return {
    reference_id: referenceId,
    status: execution.status,
    payer_amount: moneyToNumber(execution.payer),
    payer_currency: execution.payer.currency,
    payee_currency: execution.payee.currency,
    payee_amount: moneyToNumber(execution.payee),
    operation_type: execution.operation,
    provider_transaction_id: execution.providerTransactionId ?? null,
    gateway_message: execution.gatewayMessage ?? null,
    wallet_message: execution.walletMessage ?? null,
    client_secret: clientSecret ?? null,
    requires_action: isCardCollection(execution) ? execution.requiresAction : null,
    payment_intent_id: execution.operation === 'COLLECTION' ? Number(execution.id) : null,
    retry: {
      same_reference: retry.sameReference,
      new_reference: retry.newReference,
      not_before: writeOptionalTime(retry.notBefore),
    },
  }
}

export const writeListed = (execution: ListedExecution): Static<typeof ExecutionListItem> => ({
  id: Number(execution.id),
  ...writeExecution(execution, execution.referenceId),
  session_id: Number(execution.sessionId),
  source_type: execution.sourceKind ?? null,
  source_id: execution.sourceId === undefined ? null : Number(execution.sourceId),
  created_at: writeTime(execution.createdAt),
  updated_at: writeTime(execution.updatedAt),
})
