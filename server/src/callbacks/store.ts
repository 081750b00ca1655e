import { type ProviderName } from '../kernel/enums.ts'
import { type ExecutionId, type MerchantId, type ProviderReference } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { numbered, query } from '../platform/db/rows.ts'

export interface ReceivedCallback {
  readonly provider: ProviderName
  readonly providerReference: ProviderReference | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

export interface OpenExecution {
  readonly merchantId: MerchantId
  readonly id: ExecutionId
}

/** Stores callbacks as they came and answers the open executions they speak of, which are due for a look-up at `checkAt`. */
export async function receiveCallbacks(
  db: Queryable,
  callbacks: readonly ReceivedCallback[],
  now: Date,
  checkAt: Date,
): Promise<OpenExecution[]> {
  const rows = await query<{ merchant_id: string; id: string }>(
    db,
    'receive-callbacks',
    'select merchant_id, id from receive_callbacks($1::jsonb, $2, $3)',
    [
      numbered(
        callbacks.map((callback) => ({
          provider: callback.provider,
          provider_reference: callback.providerReference ?? null,
          headers: callback.headers,
          body: callback.body.toString('base64'),
        })),
      ),
      now,
      checkAt,
    ],
  )
  return rows.map((row) => ({ merchantId: row.merchant_id as MerchantId, id: row.id as ExecutionId }))
}
