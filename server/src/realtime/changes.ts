import { writeTime } from '../platform/http/wire.ts'
import { table } from './join.ts'
import { type StatusEvent } from './model.ts'

/** Clients convert what they are sent by these types; ours are sent converted already. */
const columns = [
  { name: 'id', type: 'int8' },
  { name: 'session_id', type: 'int8' },
  { name: 'reference_id', type: 'uuid' },
  { name: 'source_type', type: 'text' },
  { name: 'source_id', type: 'int8' },
  { name: 'status', type: 'text' },
  { name: 'requires_action', type: 'bool' },
  { name: 'gateway_message', type: 'text' },
  { name: 'updated_at', type: 'timestamptz' },
]

/** `CheckoutPaymentIntentPublicStatusRow`. The key comes back as the holder of the token spelled it. */
const writeRow = (event: StatusEvent, referenceId: string) => ({
  id: Number(event.executionId),
  session_id: Number(event.sessionId),
  reference_id: referenceId,
  source_type: event.sourceType,
  source_id: Number(event.sourceId),
  status: event.status,
  requires_action: event.requiresAction,
  gateway_message: event.gatewayMessage ?? null,
  updated_at: writeTime(event.at),
})

/** The payload of a `postgres_changes` frame: a row that appeared, or one that changed its status. */
export const writeChange = (event: StatusEvent, referenceId: string, ids: readonly number[]) => ({
  ids,
  data: {
    schema: table.schema,
    table: table.name,
    commit_timestamp: event.at.toISOString(),
    type: event.isFirst ? 'INSERT' : 'UPDATE',
    columns,
    record: writeRow(event, referenceId),
    old_record: event.isFirst ? {} : { id: Number(event.executionId) },
    errors: null,
  },
})
