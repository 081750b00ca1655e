import { type MerchantId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { numbered, type Page, query, queryRow, type Row } from '../platform/db/rows.ts'
import { type EventId } from '../events/index.ts'
import {
  type Attempt,
  type AttemptError,
  type ClaimedDelivery,
  type Delivery,
  type DeliveryId,
  type DeliveryStatus,
  type EndpointId,
  patienceMs,
} from './model.ts'

/** Makes deliveries of the next settled events; true when more are waiting. */
export async function fanOut(db: Queryable, most: number, now: Date): Promise<boolean> {
  const { more } = await queryRow<{ more: boolean }>(
    db,
    'fan-out-webhooks',
    'select fan_out_webhooks($1, $2) as more',
    [most, now],
  )
  return more
}

interface ClaimedRow extends Row {
  merchant_id: string
  id: string
  endpoint_id: string
  line: string
  event_id: string
  attempt: number
  failures: number
  first_attempt_at: Date
  url: string
  sealed_secret: Buffer
  former_sealed_secret: Buffer | null
}

export interface DeliveryClaim {
  /** How many lines this process has in hand already, by endpoint. */
  readonly inHand: ReadonlyMap<EndpointId, number>
  readonly most: number
  readonly mostEach: number
  readonly mostFailing: number
  readonly mostRun: number
  readonly claimedUntil: Date
}

/** What is due and first of its line, with what follows in it, in order: for nobody else to send until `claimedUntil`. */
export async function claimDeliveries(db: Queryable, claim: DeliveryClaim, now: Date): Promise<ClaimedDelivery[]> {
  const busy = Array.from(claim.inHand, ([endpoint_id, in_flight]) => ({ endpoint_id, in_flight }))
  const rows = await query<ClaimedRow>(
    db,
    'claim-webhook-deliveries',
    `select
       merchant_id, id, endpoint_id, line, event_id, attempt, failures, first_attempt_at, url, sealed_secret,
       former_sealed_secret
     from claim_webhook_deliveries($1::jsonb, $2, $3, $4, $5, $6, $7)
     order by event_id`,
    [JSON.stringify(busy), claim.most, claim.mostEach, claim.mostFailing, claim.mostRun, now, claim.claimedUntil],
  )
  return rows.map((row) => ({
    id: row.id as DeliveryId,
    merchantId: row.merchant_id as MerchantId,
    endpointId: row.endpoint_id as EndpointId,
    line: row.line,
    eventId: row.event_id as EventId,
    attempt: row.attempt,
    failures: row.failures,
    firstAttemptAt: row.first_attempt_at,
    url: row.url,
    sealedSecrets: row.former_sealed_secret ? [row.sealed_secret, row.former_sealed_secret] : [row.sealed_secret],
  }))
}

/** What came of sending something. */
export interface AttemptRecord {
  readonly delivery: Pick<ClaimedDelivery, 'id' | 'merchantId' | 'endpointId' | 'attempt'>
  readonly attempt: Attempt
  /** The receiver wants no more. */
  readonly gone: boolean
  /** Undefined for what was received, and for what is given up. */
  readonly nextAttemptAt: Date | undefined
}

/** Writes down what came of attempts; true when something may be sent now that waited for them. */
export async function recordAttempts(db: Queryable, records: readonly AttemptRecord[], now: Date): Promise<boolean> {
  const elements = records.map(({ delivery, attempt, gone, nextAttemptAt }) => ({
    merchant_id: delivery.merchantId,
    delivery_id: delivery.id,
    endpoint_id: delivery.endpointId,
    attempt: delivery.attempt,
    began_at: attempt.at,
    duration_ms: attempt.durationMs,
    status: attempt.status ?? null,
    error: attempt.error ?? null,
    answer: attempt.answer ?? null,
    received: attempt.error === undefined,
    gone,
    next_attempt_at: nextAttemptAt ?? null,
  }))
  const { waited } = await queryRow<{ waited: boolean }>(
    db,
    'record-webhook-attempts',
    `select record_webhook_attempts($1::jsonb, $2, $3 * interval '1 millisecond') as waited`,
    [numbered(elements), now, patienceMs],
  )
  return waited
}

/** Puts back what was claimed and not sent. */
export async function releaseDeliveries(
  db: Queryable,
  deliveries: readonly Pick<ClaimedDelivery, 'id' | 'merchantId' | 'attempt'>[],
  now: Date,
): Promise<void> {
  const claimed = deliveries.map(({ id, merchantId, attempt }) => ({
    merchant_id: merchantId,
    delivery_id: id,
    attempt,
  }))
  await query(db, 'release-webhook-deliveries', 'select release_webhook_deliveries($1::jsonb, $2)', [
    numbered(claimed),
    now,
  ])
}

export interface Redelivery {
  readonly merchantId: MerchantId
  readonly endpointId: EndpointId
  /** One event, or those of a range that the endpoint wants. */
  readonly events:
    { readonly only: EventId } | { readonly after: EventId | undefined; readonly until: EventId | undefined }
  readonly most: number
}

/** Ids are `bigint`, and none of them gets here. */
const beyondEveryId = '9223372036854775807'

/** Makes events due once more. `last` is where a range was cut off. */
export async function redeliver(
  db: Queryable,
  { merchantId, endpointId, events, most }: Redelivery,
  now: Date,
): Promise<{ readonly count: number; readonly last: EventId | undefined }> {
  const { only, after, until } = { only: null, after: undefined, until: undefined, ...events }
  const row = await queryRow<{ taken: number; last_id: EventId | null }>(
    db,
    'redeliver-webhooks',
    'select taken, last_id from redeliver_webhooks($1, $2, $3, $4, $5, $6, $7)',
    [merchantId, endpointId, only, after ?? '0', until ?? beyondEveryId, most, now],
  )
  return { count: row.taken, last: row.last_id ?? undefined }
}

interface AttemptJson {
  readonly at: string
  readonly duration_ms: number
  readonly status: number | null
  readonly error: AttemptError | null
  readonly answer: string | null
}

interface DeliveryRow extends Row {
  id: string
  event_id: string
  event_type: string
  status: DeliveryStatus
  next_attempt_at: Date | null
  delivered_at: Date | null
  created_at: Date
  attempts: AttemptJson[]
}

const toAttempt = (json: AttemptJson): Attempt => ({
  at: new Date(json.at),
  durationMs: json.duration_ms,
  status: json.status ?? undefined,
  error: json.error ?? undefined,
  answer: json.answer ?? undefined,
})

const toDelivery = (row: DeliveryRow): Delivery => ({
  id: row.id as DeliveryId,
  eventId: row.event_id as EventId,
  eventType: row.event_type,
  status: row.status,
  nextAttemptAt: row.next_attempt_at ?? undefined,
  deliveredAt: row.delivered_at ?? undefined,
  createdAt: row.created_at,
  attempts: row.attempts.map(toAttempt),
})

export interface DeliveryFilter {
  readonly eventId: EventId | undefined
  readonly status: DeliveryStatus | undefined
}

/** Newest first, each with its latest attempts. */
export async function listDeliveries(
  db: Queryable,
  merchantId: MerchantId,
  endpointId: EndpointId,
  filter: DeliveryFilter,
  page: Page,
): Promise<Delivery[]> {
  const rows = await query<DeliveryRow>(
    db,
    'list-webhook-deliveries',
    `select
       d.id, d.event_id, d.event_type, d.status, d.next_attempt_at, d.delivered_at, d.created_at,
       coalesce(latest.attempts, '[]') as attempts
     from webhook_delivery_log d
     left join lateral (
       select
         jsonb_agg(
           jsonb_build_object(
             'at', a.at, 'duration_ms', a.duration_ms, 'status', a.status, 'error', a.error, 'answer', a.answer
           )
           order by a.id
         ) as attempts
       from (
         select a.id, a.at, a.duration_ms, a.status, a.error, a.answer
         from webhook_attempts a
         where a.merchant_id = d.merchant_id and a.delivery_id = d.id
         order by a.id desc
         limit 20
       ) a
     ) latest on true
     where d.merchant_id = $1
       and d.endpoint_id = $2
       and d.id < $3
       and ($5::bigint is null or d.event_id = $5)
       and ($6::text is null or d.status = $6)
     order by d.id desc
     limit $4`,
    [merchantId, endpointId, page.before, page.most, filter.eventId, filter.status],
  )
  return rows.map(toDelivery)
}

/** Forgets what was delivered or given up before a time, with its attempts: of the oldest so many. True when there may be more. */
export async function forgetDeliveries(db: Queryable, before: Date, most: number): Promise<boolean> {
  const { looked_at: lookedAt, forgotten } = await queryRow<{ looked_at: number; forgotten: number }>(
    db,
    'forget-webhook-deliveries',
    `with oldest as materialized (
       select d.merchant_id, d.id, d.status, d.created_at
       from webhook_deliveries d
       order by d.id
       limit $2
     ),
     forgotten as (
       delete from webhook_deliveries d
       using oldest o
       where d.merchant_id = o.merchant_id and d.id = o.id and o.status <> 'PENDING' and d.status <> 'PENDING'
         and o.created_at < $1
       returning 1
     )
     select (select count(*)::integer from oldest) as looked_at, (select count(*)::integer from forgotten) as forgotten`,
    [before, most],
  )
  return lookedAt === most && forgotten > 0
}
