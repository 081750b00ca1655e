import { type ExecutionStatus, isFinal, type SourceKind } from '../kernel/enums.ts'
import { type ExecutionId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { inOrder, query, type Row } from '../platform/db/rows.ts'
import { beforeAll, type Position, type StatusEvent, type Subject } from './model.ts'

/** The columns of an array of subjects, for `unnest`. */
const columnsOf = (subjects: readonly Subject[]) => [
  subjects.map(({ merchantId }) => merchantId),
  subjects.map(({ sessionId }) => sessionId),
  subjects.map(({ referenceId }) => referenceId),
]

/** How far each subject has come, in order. */
export async function findPositions(db: Queryable, subjects: readonly Subject[]): Promise<Position[]> {
  const rows = await query<{ ord: number; sequence: number | null; status: ExecutionStatus | null }>(
    db,
    'find-realtime-positions',
    `select subject.ord::integer - 1 as ord, latest.sequence, latest.status
     from unnest($1::bigint[], $2::bigint[], $3::uuid[]) with ordinality
       as subject (merchant_id, session_id, reference_id, ord)
     left join lateral (
       select e.sequence, e.status
       from checkout_payment_intent_public_status e
       where e.merchant_id = subject.merchant_id
         and e.session_id = subject.session_id
         and e.reference_id = subject.reference_id
       order by e.sequence desc
       limit 1
     ) latest on true`,
    columnsOf(subjects),
  )
  return inOrder(rows, subjects.length).map(({ sequence, status }) => ({
    after: sequence ?? beforeAll,
    isFinal: status !== null && isFinal(status),
  }))
}

interface EventRow extends Row {
  ord: number
  sequence: number
  id: string
  session_id: string
  source_type: SourceKind
  source_id: string
  status: ExecutionStatus
  requires_action: boolean
  gateway_message: string | null
  updated_at: Date
}

const toEvent = (row: EventRow): StatusEvent => ({
  sequence: row.sequence,
  isFirst: row.sequence === 1,
  executionId: row.id as ExecutionId,
  sessionId: row.session_id as SessionId,
  sourceType: row.source_type,
  sourceId: row.source_id as SourceId,
  status: row.status,
  requiresAction: row.requires_action,
  gatewayMessage: row.gateway_message ?? undefined,
  at: row.updated_at,
})

/** What happened to each subject after its own last event, with the place of the subject in the array. A subject has few. */
export async function findEventsAfter(
  db: Queryable,
  followed: readonly { readonly subject: Subject; readonly after: number }[],
): Promise<{ readonly index: number; readonly event: StatusEvent }[]> {
  const rows = await query<EventRow>(
    db,
    'find-realtime-events',
    `select subject.ord::integer - 1 as ord, e.sequence, e.id, e.session_id, e.source_type, e.source_id, e.status,
       e.requires_action, e.gateway_message, e.updated_at
     from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::integer[]) with ordinality
       as subject (merchant_id, session_id, reference_id, after, ord)
     join checkout_payment_intent_public_status e
       on e.merchant_id = subject.merchant_id
       and e.session_id = subject.session_id
       and e.reference_id = subject.reference_id
       and e.sequence > subject.after
     order by subject.ord, e.sequence`,
    [...columnsOf(followed.map(({ subject }) => subject)), followed.map(({ after }) => after)],
  )
  return rows.map((row) => ({ index: row.ord, event: toEvent(row) }))
}
