import { type FeeBearer, type OwnerType, type SourceKind, type SourceStatus } from '../kernel/enums.ts'
import { type CounterpartyId, type MerchantId, type SourceId, type SourceItemId } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { type Page, query, queryOne, readMoney, type Row, queryRow } from '../platform/db/rows.ts'
import {
  type NewItem,
  type NewSource,
  type Source,
  type SourceChange,
  type SourceItem,
  type SourceNumber,
} from './model.ts'

interface SourceRow extends Row {
  id: string
  kind: SourceKind
  number_year: number
  number_counter: string
  owner_id: string
  owner_type: OwnerType
  counterparty_id: string
  currency: string
  total_minor: string
  status: SourceStatus
  note: string
  fee_bearer: FeeBearer
  due_date: Date | null
  as_payment_link: boolean
  reference_id: string | null
  paid_at: Date | null
  created_at: Date
  updated_at: Date
}

const tableColumns = `merchant_id, id, kind, number_year, number_counter, counterparty_id, currency, total_minor, status, note,
         fee_bearer, due_date, as_payment_link, reference_id, paid_at, created_at, updated_at`

const columns = `s.id, s.kind, s.number_year, s.number_counter, m.id as owner_id, m.type as owner_type, s.counterparty_id,
       s.currency, s.total_minor, s.status, s.note, s.fee_bearer, s.due_date, s.as_payment_link, s.reference_id, s.paid_at,
       s.created_at, s.updated_at`

const toSource = (row: SourceRow): Source => ({
  id: row.id as SourceId,
  kind: row.kind,
  number: { kind: row.kind, year: row.number_year, counter: BigInt(row.number_counter) },
  ownerId: row.owner_id as MerchantId,
  ownerType: row.owner_type,
  counterpartyId: row.counterparty_id as CounterpartyId,
  total: readMoney(row.total_minor, row.currency),
  status: row.status,
  note: row.note,
  feeBearer: row.fee_bearer,
  dueDate: row.due_date ?? undefined,
  asPaymentLink: row.as_payment_link,
  referenceId: row.reference_id ?? undefined,
  paidAt: row.paid_at ?? undefined,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/**
 * Numbers and inserts a document in one statement. The counter row is locked until the commit, so numbers have no gaps and
 * no doubles. Answers undefined, and counts nothing, when the counterparty is not this merchant's. A document that is given
 * its total is born ACTIVE; whoever does that brings its lines in the same transaction.
 */
export async function insertSource(
  db: Queryable,
  merchantId: MerchantId,
  source: NewSource,
  now: Date,
  publishedTotal?: Money,
): Promise<Source | undefined> {
  const row = await queryOne<SourceRow>(
    db,
    'insert-source',
    `with billed as (
       select c.merchant_id, c.id
       from counterparties c
       where c.merchant_id = $1 and c.id = $2
     ),
     counted as (
       insert into source_counters as counter (merchant_id, kind, year, last_value)
       select b.merchant_id, $3, $4, 1
       from billed b
       on conflict (merchant_id, kind, year) do update set last_value = counter.last_value + 1
       returning last_value
     ),
     s as (
       insert into sources (
         merchant_id, kind, number_year, number_counter, counterparty_id, currency, note, fee_bearer, due_date,
         as_payment_link, reference_id, created_at, updated_at, status, total_minor
       )
       select
         b.merchant_id, $3, $4, counted.last_value, b.id, $5, $6, $7, $8, $9, $10, $11, $11,
         case when $12::bigint is null then 'IDLE' else 'ACTIVE' end, coalesce($12, 0)
       from billed b
       cross join counted
       returning ${tableColumns}
     )
     select ${columns}
     from s
     join merchants m on m.id = s.merchant_id`,
    [
      merchantId,
      source.counterpartyId,
      source.kind,
      now.getUTCFullYear(),
      source.currency,
      source.note,
      source.feeBearer,
      source.dueDate,
      source.asPaymentLink,
      source.referenceId,
      now,
      publishedTotal?.minor,
    ],
  )
  return row && toSource(row)
}

export interface SourceKey {
  readonly merchantId: MerchantId
  readonly kind: SourceKind
  readonly id: SourceId
}

export async function findSource(db: Queryable, { merchantId, kind, id }: SourceKey): Promise<Source | undefined> {
  const row = await queryOne<SourceRow>(
    db,
    'find-source',
    `select ${columns}
     from sources s
     join merchants m on m.id = s.merchant_id
     where s.merchant_id = $1 and s.kind = $2 and s.id = $3`,
    [merchantId, kind, id],
  )
  return row && toSource(row)
}

/** A document by its id alone, for whoever was handed the id by another table and not by a caller. */
export async function findSourceById(db: Queryable, merchantId: MerchantId, id: SourceId): Promise<Source | undefined> {
  const row = await queryOne<SourceRow>(
    db,
    'find-source-by-id',
    `select ${columns}
     from sources s
     join merchants m on m.id = s.merchant_id
     where s.merchant_id = $1 and s.id = $2`,
    [merchantId, id],
  )
  return row && toSource(row)
}

/** As `findSource`, and nobody else changes the document until the transaction ends. */
export async function lockSource(tx: Queryable, { merchantId, kind, id }: SourceKey): Promise<Source | undefined> {
  const row = await queryOne<SourceRow>(
    tx,
    'lock-source',
    `select ${columns}
     from sources s
     join merchants m on m.id = s.merchant_id
     where s.merchant_id = $1 and s.kind = $2 and s.id = $3
     for no key update of s`,
    [merchantId, kind, id],
  )
  return row && toSource(row)
}

export async function findSourceByNumber(
  db: Queryable,
  merchantId: MerchantId,
  { kind, year, counter }: SourceNumber,
): Promise<Source | undefined> {
  const row = await queryOne<SourceRow>(
    db,
    'find-source-by-number',
    `select ${columns}
     from sources s
     join merchants m on m.id = s.merchant_id
     where s.merchant_id = $1 and s.kind = $2 and s.number_year = $3 and s.number_counter = $4`,
    [merchantId, kind, year, counter],
  )
  return row && toSource(row)
}

export interface SourceFilter {
  readonly kind: SourceKind
  readonly currency: string | undefined
  readonly status: SourceStatus | undefined
}

export async function listSources(
  db: Queryable,
  merchantId: MerchantId,
  filter: SourceFilter,
  page: Page,
): Promise<Source[]> {
  const rows = await query<SourceRow>(
    db,
    'list-sources',
    `select ${columns}
     from sources s
     join merchants m on m.id = s.merchant_id
     where s.merchant_id = $1
       and s.kind = $2
       and s.id < $3
       and ($5::text is null or s.currency = $5)
       and ($6::text is null or s.status = $6)
     order by s.id desc
     limit $4`,
    [merchantId, filter.kind, page.before, page.most, filter.currency, filter.status],
  )
  return rows.map(toSource)
}

const returningSource = (change: string): string => `with s as (
       update sources
       ${change}
       returning ${tableColumns}
     )
     select ${columns}
     from s
     join merchants m on m.id = s.merchant_id`

export async function updateSource(
  tx: Queryable,
  { merchantId, id }: SourceKey,
  change: SourceChange,
  now: Date,
): Promise<Source> {
  const row = await queryRow<SourceRow>(
    tx,
    'update-source',
    returningSource(`set
         note = coalesce($3, note),
         fee_bearer = coalesce($4, fee_bearer),
         due_date = coalesce($5, due_date),
         reference_id = coalesce($6, reference_id),
         updated_at = $7
       where merchant_id = $1 and id = $2`),
    [merchantId, id, change.note, change.feeBearer, change.dueDate, change.referenceId, now],
  )
  return toSource(row)
}

export async function setSourceStatus(
  tx: Queryable,
  { merchantId, id }: SourceKey,
  status: SourceStatus,
  now: Date,
): Promise<Source> {
  const row = await queryRow<SourceRow>(
    tx,
    'set-source-status',
    returningSource('set status = $3, updated_at = $4 where merchant_id = $1 and id = $2'),
    [merchantId, id, status, now],
  )
  return toSource(row)
}

interface ItemRow extends Row {
  id: string
  name: string
  qty: string
  unit_minor: string
  created_at: Date
  updated_at: Date
}

const itemColumns = 'id, name, qty, unit_minor, created_at, updated_at'

const toItem =
  (currency: string) =>
  (row: ItemRow): SourceItem => ({
    id: row.id as SourceItemId,
    name: row.name,
    qty: BigInt(row.qty),
    unit: readMoney(row.unit_minor, currency),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  })

export async function listItems(db: Queryable, merchantId: MerchantId, source: Source): Promise<SourceItem[]> {
  const rows = await query<ItemRow>(
    db,
    'list-source-items',
    `select ${itemColumns}
     from source_items
     where merchant_id = $1 and source_id = $2
     order by id`,
    [merchantId, source.id],
  )
  return rows.map(toItem(source.total.currency))
}

export async function insertItem(
  tx: Queryable,
  merchantId: MerchantId,
  source: Source,
  item: NewItem,
  now: Date,
): Promise<SourceItem> {
  const row = await queryRow<ItemRow>(
    tx,
    'insert-source-item',
    `insert into source_items (merchant_id, source_id, name, qty, unit_minor, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     returning ${itemColumns}`,
    [merchantId, source.id, item.name, item.qty, item.unit.minor, now],
  )
  return toItem(source.total.currency)(row)
}

/** Inserts the lines of a new document, in their order, in one statement. */
export async function insertItems(
  tx: Queryable,
  merchantId: MerchantId,
  source: Source,
  items: readonly NewItem[],
  now: Date,
): Promise<void> {
  await query(
    tx,
    'insert-source-items',
    `insert into source_items (merchant_id, source_id, name, qty, unit_minor, created_at, updated_at)
     select $1, $2, line.name, line.qty, line.unit_minor, $6, $6
     from unnest($3::text[], $4::bigint[], $5::bigint[]) with ordinality as line (name, qty, unit_minor, ord)
     order by line.ord`,
    [
      merchantId,
      source.id,
      items.map(({ name }) => name),
      items.map(({ qty }) => qty),
      items.map(({ unit }) => unit.minor),
      now,
    ],
  )
}

export async function updateItem(
  tx: Queryable,
  merchantId: MerchantId,
  source: Source,
  id: SourceItemId,
  item: NewItem,
  now: Date,
): Promise<SourceItem> {
  const row = await queryRow<ItemRow>(
    tx,
    'update-source-item',
    `update source_items
     set name = $4, qty = $5, unit_minor = $6, updated_at = $7
     where merchant_id = $1 and source_id = $2 and id = $3
     returning ${itemColumns}`,
    [merchantId, source.id, id, item.name, item.qty, item.unit.minor, now],
  )
  return toItem(source.total.currency)(row)
}

export async function deleteItem(
  tx: Queryable,
  merchantId: MerchantId,
  source: Source,
  id: SourceItemId,
): Promise<void> {
  await query(
    tx,
    'delete-source-item',
    'delete from source_items where merchant_id = $1 and source_id = $2 and id = $3',
    [merchantId, source.id, id],
  )
}

export async function setTotal(
  tx: Queryable,
  merchantId: MerchantId,
  source: Source,
  total: Money,
  now: Date,
): Promise<void> {
  await query(
    tx,
    'set-source-total',
    'update sources set total_minor = $3, updated_at = $4 where merchant_id = $1 and id = $2',
    [merchantId, source.id, total.minor, now],
  )
}

/** Whether something of this name was sold for this much, among the latest thousand lines. */
export async function hasItemAt(
  db: Queryable,
  merchantId: MerchantId,
  name: string,
  { minor, currency }: Money,
): Promise<boolean> {
  const row = await queryOne(
    db,
    'has-item-at',
    `select 1
     from (
       select name, unit_minor, source_id
       from source_items
       where merchant_id = $1
       order by id desc
       limit 1000
     ) recent
     join sources s on s.merchant_id = $1 and s.id = recent.source_id
     where recent.name = $2 and recent.unit_minor = $3 and s.currency = $4
     limit 1`,
    [merchantId, name, minor, currency],
  )
  return row !== undefined
}
