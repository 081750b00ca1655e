import { attempt, type CallOptions, type Connection, mayTryAgain, type Request, send } from './connection.ts'
import { ConflictError, DollrError, NotFoundError, UnknownOutcomeError } from './errors.ts'
import { type ExecutionResponse } from './generated/openapi.ts'

export type OperationType = ExecutionResponse['operation_type']

/** An attempt to move money, as the server tells of it. Amounts are in major units: `12.5` is twelve and a half dollars. */
export type Execution = ExecutionResponse

const operations = {
  COLLECTION: 'collection',
  PAYOUT: 'payout',
  TRANSFER: 'transfer',
  REFUND: 'refund',
} as const satisfies Record<OperationType, string>

export const operationTypes = Object.keys(operations) as OperationType[]

const statusRequest = (operation: OperationType, reference: string): Request => ({
  method: 'GET',
  path: `/v1/status/${operations[operation]}/${encodeURIComponent(reference)}`,
  operation: `GET /v1/status/${operations[operation]}/{reference_id}`,
})

/** How the payment of this reference stands. Throws `NotFoundError` when it never reached the server. */
export const statusOf = async (
  connection: Connection,
  operation: OperationType,
  reference: string,
  options?: CallOptions,
): Promise<Execution> => (await send(connection, statusRequest(operation, reference), options)).body as Execution

/** The same, and undefined when it never reached the server. */
export async function find(
  connection: Connection,
  operation: OperationType,
  reference: string,
  options?: CallOptions,
): Promise<Execution | undefined> {
  try {
    return await statusOf(connection, operation, reference, options)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** Asks once, right after an answer was lost. Nothing, when nobody knows the payment or nobody answers. */
async function glance(connection: Connection, operation: OperationType, reference: string, options?: CallOptions) {
  try {
    const result = await attempt(connection, statusRequest(operation, reference), options)
    return result.kind === 'answered' ? (result.answer.body as Execution) : undefined
  } catch (error) {
    if (error instanceof DollrError) return undefined
    throw error
  }
}

const isReferenceTaken = (error: unknown): boolean =>
  error instanceof ConflictError && error.fields.some(({ path }) => path === 'reference_id')

export interface Order {
  readonly operation: OperationType
  /** What is sent, every time the same. */
  readonly body: Readonly<Record<string, unknown>> & { readonly reference_id: string }
  /** Whether it may have been sent before, by a process that did not live to see the answer. */
  readonly mayBeThere?: boolean
  /**
   * Whether a payment that is there under the reference already, made by a request that was worded differently (in another
   * session, by a process that died), is the one that is meant. Without it, such a one is a conflict.
   */
  readonly isMeant?: (execution: Execution) => boolean
}

/**
 * Moves money once. The same body goes out under the same reference until there is an answer, because the server does once
 * what it is told twice under one reference. After an attempt whose end nobody saw, how the payment stands is looked up
 * before it is sent again; and a refusal that follows such an attempt counts only when the payment is not there. A failure
 * whose body says `same_reference: false` in its `retry` is not sent again.
 */
export async function execute(connection: Connection, order: Order, options?: CallOptions): Promise<Execution> {
  const { operation, body } = order
  const path = `/v1/executions/${operations[operation]}`
  const request: Request = { method: 'POST', path, operation: `POST ${path}`, body }
  const reference = body.reference_id
  const unknown = (cause: unknown) => new UnknownOutcomeError(reference, { operation: request.operation, cause })
  // In a session that was kept, only the server can tell whether what is there is the same request: it is asked by sending it.
  const mayLook = order.mayBeThere !== true || order.isMeant !== undefined
  let isUncertain = order.mayBeThere ?? false
  for (let attempts = 1; ; attempts += 1) {
    options?.signal?.throwIfAborted()
    const result = await attempt(connection, request, options).catch(async (error: unknown) => {
      // Aborted: the request may be on its way.
      if (!(error instanceof DollrError)) throw unknown(error)
      const isTaken = isReferenceTaken(error)
      if (!isUncertain && !isTaken) throw error
      const isMeant = order.isMeant ?? (() => !isTaken)
      const landed = await find(connection, operation, reference, options).catch((cause: unknown) => {
        throw unknown(cause)
      })
      if (!landed || !isMeant(landed)) throw error
      return { kind: 'landed', execution: landed } as const
    })
    if (result.kind === 'landed') return result.execution
    if (result.kind === 'answered') return result.answer.body as Execution
    isUncertain ||= result.kind === 'uncertain'
    try {
      const landed = isUncertain && mayLook ? await glance(connection, operation, reference, options) : undefined
      if (landed && order.isMeant?.(landed) !== false) return landed
      if (await mayTryAgain(connection, attempts, result.afterMs, options?.signal)) continue
    } catch (aborted) {
      throw isUncertain ? unknown(aborted) : aborted
    }
    throw isUncertain ? unknown(result.error) : result.error
  }
}
