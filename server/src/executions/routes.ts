import { Type } from 'typebox'
import { type OperationType, operationTypes } from '../kernel/enums.ts'
import { type PaymentAccountId, readId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { InvalidRequest, NotFound } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { linkNext, pageOf } from '../platform/http/paging.ts'
import { type Http } from '../platform/http/server.ts'
import { readRequiredTime, text } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { type CardNetwork } from '../providers/provider.ts'
import { requireKind } from '../sources/index.ts'
import { type ExecuteCollection } from './execute-collection.ts'
import { type ExecutePayout } from './execute-payout.ts'
import { type ExecuteRefund } from './execute-refund.ts'
import { type ExecuteTransfer } from './execute-transfer.ts'
import { type Execution, referenceForm } from './model.ts'
import * as wire from './schema.ts'
import { findByReference, listExecutions } from './store.ts'
import { timelineRoutes } from './timeline-routes.ts'

export interface Executions {
  readonly collect: ExecuteCollection
  readonly payOut: ExecutePayout
  readonly transfer: ExecuteTransfer
  readonly refund: ExecuteRefund
}

/** One of the two must say whose passcode it is. */
function requireApprover({ phone, user_id: userId }: { phone?: string | null; user_id?: string | null }): void {
  if (phone == null && userId == null) {
    throw new InvalidRequest({ field: ['passcode', 'token', 'phone'], rule: 'missing', message: 'field required' })
  }
}

/** The secret with which a cardholder goes on: the network's to keep, and asked for again each time it is told. */
type FindSecret = (execution: Execution) => Promise<string | undefined>

const secretsOf =
  (cards: Pick<CardNetwork, 'challengeOf'> | undefined): FindSecret =>
  async ({ requiresAction, providerTransactionId: id }) =>
    requiresAction && id !== undefined ? (await cards?.challengeOf(id))?.clientSecret : undefined

export function executionRoutes(
  http: Http,
  db: Pool,
  { collect, payOut, transfer, refund }: Executions,
  cards?: Pick<CardNetwork, 'challengeOf'>,
): void {
  const response = { 200: wire.ExecutionResponse }
  const findSecret = secretsOf(cards)

  http.post(
    '/executions/collection',
    { schema: { operationId: 'collect', body: wire.CheckoutExecutionPayload, response } },
    async (request) => {
      const { session_id: sessionId, payment_account_id: paymentAccountId, currency, reference_id: sent } = request.body
      const execution = await collect(
        { merchantId: merchantOf(request).id, referenceId: sent.toLowerCase(), sessionId, paymentAccountId, currency },
        { sessionId: readId<SessionId>(sessionId), paymentAccountId: readId<PaymentAccountId>(paymentAccountId) },
      )
      return wire.writeExecution(execution, sent, await findSecret(execution))
    },
  )

  http.post(
    '/executions/payout',
    { schema: { operationId: 'payout', body: wire.PayoutExecutionPayload, response } },
    async (request) => {
      const { session_id: sessionId, payout_account_id: accountId, reference_id: sent, passcode } = request.body
      const { token, device } = passcode
      requireApprover(token)
      const execution = await payOut({
        merchantId: merchantOf(request).id,
        referenceId: sent.toLowerCase(),
        sessionId: readId<SessionId>(sessionId),
        sent: { sessionId, payoutAccountId: String(accountId) },
        approval: { code: token.code, phone: token.phone ?? undefined, userId: token.user_id ?? undefined, device },
      })
      return wire.writeExecution(execution, sent)
    },
  )

  const bySession = [
    { path: '/executions/transfer', operationId: 'transfer', body: wire.TransferExecutionPayload, run: transfer },
    { path: '/executions/refund', operationId: 'refund', body: wire.RefundExecutionPayload, run: refund },
  ] as const
  for (const { path, operationId, body, run } of bySession) {
    http.post(path, { schema: { operationId, body, response } }, async (request) => {
      const { session_id: sessionId, reference_id: sent } = request.body
      const execution = await run({
        merchantId: merchantOf(request).id,
        referenceId: sent.toLowerCase(),
        sessionId: readId<SessionId>(sessionId),
        sent: { sessionId },
      })
      return wire.writeExecution(execution, sent)
    })
  }

  for (const operation of operationTypes) statusRoute(http, db, operation, findSecret)
  timelineRoutes(http, db)

  http.get(
    '/executions/list',
    {
      schema: {
        operationId: 'list_executions',
        tags: ['extensions'],
        querystring: wire.ExecutionsQuery,
        response: { 200: Type.Array(wire.ExecutionListItem) },
      },
    },
    async (request, reply) => {
      const { query } = request
      const sourceId = query.source_id == null ? undefined : readId<SourceId>(query.source_id)
      const filter = {
        operation: query.operation_type ?? undefined,
        status: query.status ?? undefined,
        sourceKind: query.source_type == null ? undefined : requireKind(query.source_type),
        sourceId,
        createdFrom: query.created_from == null ? undefined : readRequiredTime(query.created_from),
        createdTo: query.created_to == null ? undefined : readRequiredTime(query.created_to),
      }
      // An id that can be none names no document, and so no execution.
      if (query.source_id != null && sourceId === undefined) return []
      const found = await listExecutions(db, merchantOf(request).id, filter, pageOf(query))
      return linkNext(request, reply, found).map(wire.writeListed)
    },
  )
}

/** The state of an execution by its key: 404 for a key that never landed, or landed as another operation. */
function statusRoute(http: Http, db: Pool, operation: OperationType, findSecret: FindSecret): void {
  const name = operation.toLowerCase()
  http.get(
    `/status/${name}/:reference_id`,
    {
      schema: {
        operationId: `get_${name}_status`,
        params: Type.Object({ reference_id: text }),
        response: { 200: wire.ExecutionResponse },
      },
    },
    async (request) => {
      const { reference_id: sent } = request.params
      const execution = referenceForm.test(sent)
        ? await findByReference(db, merchantOf(request).id, sent.toLowerCase())
        : undefined
      if (execution?.operation !== operation) throw new NotFound('Execution')
      return wire.writeExecution(execution, sent, await findSecret(execution))
    },
  )
}
