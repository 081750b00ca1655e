import {
  type ExecutionStatus,
  type OperationType,
  type PaymentMethod,
  type ProviderName,
  type sessionStatuses,
  type SourceKind,
  type SourceStatus,
  type WalletStatus,
} from '../kernel/enums.ts'
import { type MerchantId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { money } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, queryRow, readCurrency, readMoney, type Row } from '../platform/db/rows.ts'
import {
  type AboutExecution,
  type Event,
  type EventId,
  type EventSubject,
  type EventType,
  type SessionType,
} from './model.ts'

/** What had changed with an event, by subject. */
interface EventData {
  readonly requires_action?: true
  readonly provider_transaction_id?: string
  readonly gateway_message?: string
  readonly failure_code?: string
  readonly total_minor?: string
  readonly url?: string
  readonly disabled_reason?: string
}

interface CommonRow extends Row {
  merchant_id: string
  id: string
  type: EventType
  version: number
  subject_id: string
  sequence: number
  data: EventData
  at: Date
  source_id: string | null
  source_kind: SourceKind
  number_year: number
  number_counter: string
}

interface ExecutionRow extends CommonRow {
  subject: AboutExecution['object']
  status: ExecutionStatus
  reference_id: string
  session_id: string
  operation: OperationType
  provider: ProviderName
  method: PaymentMethod
  payer_minor: string
  payer_currency: string
  payee_minor: string
  payee_currency: string
  platform_fee_minor: string
  gateway_fee_minor: string
  fx_fee_minor: string
  fee_currency: string
  wallet_message: string | null
}

interface SourceRow extends CommonRow {
  subject: 'source'
  status: SourceStatus
  source_currency: string
}

interface SessionRow extends CommonRow {
  subject: 'session'
  status: (typeof sessionStatuses)[number]
  session_type: SessionType
  expires_at: Date
}

interface WalletRow extends CommonRow {
  subject: 'wallet'
  status: WalletStatus
  wallet_currency: string
}

interface EndpointRow extends CommonRow {
  subject: 'webhook_endpoint'
  status: 'ENABLED' | 'DISABLED'
}

type EventRow = ExecutionRow | SourceRow | SessionRow | WalletRow | EndpointRow

const columns = `e.merchant_id, e.id, e.type, e.version, e.subject, e.subject_id, e.sequence, e.source_id, e.status, e.data, e.at,
       e.source_kind, e.number_year, e.number_counter, e.source_currency, e.session_type, e.expires_at, e.wallet_currency,
       e.reference_id, e.session_id, e.operation, e.provider, e.method, e.payer_minor, e.payer_currency, e.payee_minor,
       e.payee_currency, e.platform_fee_minor, e.gateway_fee_minor, e.fx_fee_minor, e.fee_currency, e.wallet_message`

function aboutExecution(row: ExecutionRow): AboutExecution {
  const fee = readCurrency(row.fee_currency)
  return {
    object: row.subject,
    referenceId: row.reference_id,
    sessionId: row.session_id as SessionId,
    operation: row.operation,
    status: row.status,
    requiresAction: row.data.requires_action ?? false,
    payer: readMoney(row.payer_minor, row.payer_currency),
    payee: readMoney(row.payee_minor, row.payee_currency),
    platformFee: money(BigInt(row.platform_fee_minor), fee),
    gatewayFee: money(BigInt(row.gateway_fee_minor), fee),
    fxFee: row.payer_currency === row.payee_currency ? undefined : money(BigInt(row.fx_fee_minor), fee),
    provider: row.provider,
    method: row.method,
    providerTransactionId: row.data.provider_transaction_id,
    gatewayMessage: row.data.gateway_message,
    walletMessage: row.wallet_message ?? undefined,
    failureCode: row.data.failure_code,
  }
}

function aboutOf(row: EventRow): Event['about'] {
  switch (row.subject) {
    case 'source':
      return {
        object: row.subject,
        status: row.status,
        total: readMoney(row.data.total_minor ?? '0', row.source_currency),
      }
    case 'session':
      return { object: row.subject, status: row.status, type: row.session_type, expiresAt: row.expires_at }
    case 'wallet':
      return { object: row.subject, status: row.status, currency: readCurrency(row.wallet_currency) }
    case 'webhook_endpoint':
      return {
        object: row.subject,
        status: row.status,
        url: row.data.url ?? '',
        disabledReason: row.data.disabled_reason,
      }
    case 'payment':
    case 'payout':
    case 'transfer':
    case 'refund':
      return aboutExecution(row)
  }
}

const toEvent = (row: EventRow): Event => ({
  merchantId: row.merchant_id as MerchantId,
  id: row.id as EventId,
  type: row.type,
  version: row.version,
  subject: row.subject satisfies EventSubject,
  subjectId: row.subject_id,
  sequence: row.sequence,
  source:
    row.source_id === null
      ? undefined
      : {
          id: row.source_id as SourceId,
          number: { kind: row.source_kind, year: row.number_year, counter: BigInt(row.number_counter) },
        },
  at: row.at,
  about: aboutOf(row),
})

export async function findEvent(db: Queryable, merchantId: MerchantId, id: EventId): Promise<Event | undefined> {
  const row = await queryOne<EventRow>(
    db,
    'find-event',
    `select ${columns}
     from event_details e
     where e.merchant_id = $1 and e.id = $2 and e.id <= (select settled_id from event_horizon)`,
    [merchantId, id],
  )
  return row && toEvent(row)
}

/** Events by their ids, in the order of these. Ids of other merchants are as unknown as any. */
export async function readEvents(db: Queryable, merchantId: MerchantId, ids: readonly EventId[]): Promise<Event[]> {
  const rows = await query<EventRow>(
    db,
    'read-events',
    `select ${columns}
     from event_details e
     where e.merchant_id = $1 and e.id = any ($2::bigint[]) and e.id <= (select settled_id from event_horizon)
     order by e.id`,
    [merchantId, ids],
  )
  return rows.map(toEvent)
}

export interface EventPage {
  readonly after: EventId | undefined
  readonly type: EventType | undefined
  readonly most: number
  /** How many may be looked at to find those of one type. */
  readonly scan: number
}

export interface EventScan {
  readonly ids: readonly EventId[]
  /** The last one looked at, were it of the type or not. */
  readonly last: EventId | undefined
  readonly more: boolean
}

/**
 * Looks through a merchant's events from a position on, oldest first, for those of a type. So many and no further: a type that
 * is rare among millions costs several pages and never one that takes forever.
 */
export async function scanEvents(db: Queryable, merchantId: MerchantId, page: EventPage): Promise<EventScan> {
  const row = await queryRow<{ ids: EventId[] | null; last: EventId | null; more: boolean }>(
    db,
    'scan-events',
    `with looked_at as materialized (
       select e.id, e.type
       from events e
       where e.merchant_id = $1 and e.id > $2 and e.id <= (select settled_id from event_horizon)
       order by e.id
       limit $3
     ),
     found as (
       select id
       from looked_at
       where $4::text is null or type = $4
       order by id
       limit $5
     )
     select
       array(select id::text from found order by id) as ids,
       case when hits.count = $5 then hits.last else scan.last end as last,
       scan.count = $3 or (hits.count = $5 and hits.last < scan.last) as more
     from (select count(*) as count, max(id) as last from found) hits
     cross join (select count(*) as count, max(id) as last from looked_at) scan`,
    [merchantId, page.after ?? '0', page.scan, page.type, page.most],
  )
  return { ids: row.ids ?? [], last: row.last ?? undefined, more: row.more }
}

/** The newest event that everybody may read. */
export async function findLatestEventId(db: Queryable, merchantId: MerchantId): Promise<EventId | undefined> {
  const row = await queryOne<{ id: EventId }>(
    db,
    'find-latest-event-id',
    `select id
     from events
     where merchant_id = $1 and id <= (select settled_id from event_horizon)
     order by id desc
     limit 1`,
    [merchantId],
  )
  return row?.id
}

/** Lets everybody read up to there. Never back: whoever is late with older news changes nothing. */
export async function settleEvents(db: Queryable, upTo: string): Promise<void> {
  await query(
    db,
    'settle-events',
    `update event_horizon
     set settled_id = $1
     where settled_id < $1`,
    [upTo],
  )
}
