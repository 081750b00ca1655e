import { type ProviderName } from '../kernel/enums.ts'
import { type ProviderReference } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { numbered, query } from '../platform/db/rows.ts'
import { type ReadCallback } from '../providers/provider.ts'
import { type Execution, executionColumns, type ExecutionRow, toExecution } from '../executions/index.ts'

export interface ReceivedCallback {
  readonly provider: ProviderName
  readonly providerReference: ProviderReference | undefined
  /** The final status it claims of the payment. */
  readonly tells: ReadCallback['tells']
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
  readonly verification: string
  /** Of a verified signature: the same again is the same callback again. */
  readonly signatureDigest: Buffer | undefined
  /** Whether the payment it speaks of is to be looked at. */
  readonly wakes: boolean
}

/**
 * Stores callbacks as they came and answers the open executions that those which may wake speak of, due for a look-up at
 * `checkAt`; and the final ones that are called otherwise, which are due no more.
 */
export async function receiveCallbacks(
  db: Queryable,
  callbacks: readonly ReceivedCallback[],
  now: Date,
  checkAt: Date,
): Promise<Execution[]> {
  const rows = await query<ExecutionRow>(
    db,
    'receive-callbacks',
    `select ${executionColumns} from receive_callbacks($1::jsonb, $2, $3) e`,
    [
      numbered(
        callbacks.map((callback) => ({
          provider: callback.provider,
          provider_reference: callback.providerReference ?? null,
          tells: callback.tells ?? null,
          headers: callback.headers,
          body: callback.body.toString('base64'),
          verification: callback.verification,
          signature_digest: callback.signatureDigest?.toString('hex') ?? null,
          wakes: callback.wakes,
        })),
      ),
      now,
      checkAt,
    ],
  )
  return rows.map(toExecution)
}
