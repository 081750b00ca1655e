import { type Static, Type } from 'typebox'
import { executionStatuses, operationTypes } from '../kernel/enums.ts'
import { type PaymentAccountId, readId, type SessionId } from '../kernel/ids.ts'
import { moneyToNumber } from '../kernel/money.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Http } from '../platform/http/server.ts'
import { amountOut, currencyCode, integerId, model, nullable, oneOf, text, uuid4 } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { type ExecuteCollection } from './execute-collection.ts'
import { type Execution } from './model.ts'
import { findByReference } from './store.ts'

const CheckoutExecutionPayload = model('CheckoutExecutionPayload', {
  session_id: text,
  payment_account_id: text,
  currency: currencyCode,
  reference_id: uuid4,
})

const ExecutionResponse = model('ExecutionResponse', {
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
})

/** The key comes back as the caller spelled it, whatever its case. */
const writeExecution = (execution: Execution, referenceId: string): Static<typeof ExecutionResponse> => ({
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
  client_secret: null,
  requires_action: null,
  payment_intent_id: Number(execution.id),
})

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function executionRoutes(http: Http, db: Pool, executeCollection: ExecuteCollection): void {
  http.post(
    '/executions/collection',
    {
      schema: { operationId: 'collect', body: CheckoutExecutionPayload, response: { 200: ExecutionResponse } },
    },
    async (request) => {
      const { session_id: sessionId, payment_account_id: paymentAccountId, currency, reference_id: sent } = request.body
      const execution = await executeCollection(
        { merchantId: merchantOf(request).id, referenceId: sent.toLowerCase(), sessionId, paymentAccountId, currency },
        { sessionId: readId<SessionId>(sessionId), paymentAccountId: readId<PaymentAccountId>(paymentAccountId) },
      )
      return writeExecution(execution, sent)
    },
  )

  http.get(
    '/status/collection/:reference_id',
    {
      schema: {
        operationId: 'get_collection_status',
        params: Type.Object({ reference_id: text }),
        response: { 200: ExecutionResponse },
      },
    },
    async (request) => {
      const { reference_id: sent } = request.params
      const execution = uuidForm.test(sent)
        ? await findByReference(db, merchantOf(request).id, sent.toLowerCase())
        : undefined
      if (execution?.operation !== 'COLLECTION') throw new NotFound('Execution')
      return writeExecution(execution, sent)
    },
  )
}
