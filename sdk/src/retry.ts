import { type CallOptions, type Connection } from './connection.ts'
import { PaymentStandsError, RetryTooEarlyError } from './errors.ts'
import { type Execution, find, type OperationType } from './executions.ts'

/** A payment that another is to take the place of: as it was answered, or its reference and what kind of payment it is. */
export type Earlier = Pick<Execution, 'reference_id' | 'operation_type'>

/** Servers that do not say what is safe leave it to the status. */
const adviceOf = ({ retry }: Partial<Execution>) => retry

/** What fails stays failed: final states never change. */
const mayBeReplaced = (execution: Execution): boolean =>
  execution.status === 'FAILED' && (adviceOf(execution)?.new_reference ?? true)

const utf8 = new TextEncoder()

/**
 * The reference of the attempt that takes the place of this one. It follows from it: all who try again after the same
 * failure, at once or after a crash, name one payment, and the server makes that once. With a random one each, nothing
 * would keep two payouts apart, which have no document to stand guard over them.
 */
export async function referenceAfter(reference: string): Promise<string> {
  // The server does not tell capitals apart.
  const name = utf8.encode(`the attempt after ${reference.toLowerCase()}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', name))
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  // In the form of version 4, because the API takes no other.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18, 30)}`
}

export interface Replacement {
  /** What the new attempt goes by. */
  readonly reference: string
  /** The attempt that failed; nothing when it never reached the server, and its own reference is to be used. */
  readonly failed: Execution | undefined
}

/**
 * Looks up how an earlier attempt stands now, and says what another one in its place goes by. One that never reached the
 * server may be on its way still: only under the same reference are the two of them one payment.
 */
export async function replacementOf(
  connection: Connection,
  operation: OperationType,
  { reference_id: earlier, operation_type }: Earlier,
  options: CallOptions,
): Promise<Replacement> {
  // Asked for as another kind of payment, it would not be found, and that would be taken for "never arrived".
  if (operation_type !== operation) throw new TypeError(`${earlier} is a ${operation_type}, not a ${operation}`)
  const execution = await find(connection, operation, earlier, options)
  if (!execution) return { reference: earlier, failed: undefined }
  if (!mayBeReplaced(execution)) throw new PaymentStandsError(execution)
  return { reference: await referenceAfter(earlier), failed: execution }
}

export const usualRetryWithinMs = 60_000

/** Pauses until another attempt makes sense, if that is soon. */
export async function pauseAfter(
  { clock }: Pick<Connection, 'clock'>,
  failed: Execution,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Not a number, and so neither too long nor a pause, where nothing is said of it.
  const notBefore = Date.parse(adviceOf(failed)?.not_before ?? '')
  const pauseMs = notBefore - clock.now()
  if (pauseMs > withinMs) throw new RetryTooEarlyError(failed, new Date(notBefore))
  if (pauseMs > 0) await clock.sleep(pauseMs, signal)
}
