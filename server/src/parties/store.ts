import { type CounterpartyId, type MerchantId, type PartyId } from '../kernel/ids.ts'
import { type OwnerType, type RelationshipType } from '../kernel/enums.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { type Page, query, queryOne, type Row, queryRow } from '../platform/db/rows.ts'
import { type Counterparty, type NewParty, type Party } from './model.ts'

interface PartyRow extends Row {
  id: string
  fullname: string
  phone: string | null
  email: string | null
  country_code: string | null
  created_at: Date
  updated_at: Date
}

const partyColumns = 'p.id, p.fullname, p.phone, p.email, p.country_code, p.created_at, p.updated_at'

const toParty = (row: PartyRow): Party => ({
  id: row.id as PartyId,
  fullname: row.fullname,
  phone: row.phone ?? undefined,
  email: row.email ?? undefined,
  countryCode: row.country_code ?? undefined,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

export async function insertParty(db: Queryable, merchantId: MerchantId, party: NewParty, now: Date): Promise<Party> {
  const row = await queryRow<PartyRow>(
    db,
    'insert-party',
    `insert into parties as p (merchant_id, fullname, phone, email, country_code, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     returning ${partyColumns}`,
    [merchantId, party.fullname, party.phone, party.email, party.countryCode, now],
  )
  return toParty(row)
}

export async function findParty(db: Queryable, merchantId: MerchantId, id: PartyId): Promise<Party | undefined> {
  const row = await queryOne<PartyRow>(
    db,
    'find-party',
    `select ${partyColumns}
     from parties p
     where p.merchant_id = $1 and p.id = $2`,
    [merchantId, id],
  )
  return row && toParty(row)
}

/** The oldest party with this phone. */
export async function findPartyByPhone(
  db: Queryable,
  merchantId: MerchantId,
  phone: string,
): Promise<Party | undefined> {
  const row = await queryOne<PartyRow>(
    db,
    'find-party-by-phone',
    `select ${partyColumns}
     from parties p
     where p.merchant_id = $1 and p.phone = $2
     order by p.id
     limit 1`,
    [merchantId, phone],
  )
  return row && toParty(row)
}

/**
 * Lets one transaction at a time decide who has this phone: two that both found nobody would make two parties. Held until
 * the transaction ends. Phones that share a lock by chance merely wait for each other.
 */
export async function lockPhone(tx: Queryable, merchantId: MerchantId, phone: string): Promise<void> {
  await query(
    tx,
    'lock-party-phone',
    `select pg_advisory_xact_lock(hashtextextended('party phone ' || $1::text || ' ' || $2::text, 0))`,
    [merchantId, phone],
  )
}

export interface PartyFilter {
  readonly fullname: string | undefined
}

export async function listParties(
  db: Queryable,
  merchantId: MerchantId,
  filter: PartyFilter,
  page: Page,
): Promise<Party[]> {
  const rows = await query<PartyRow>(
    db,
    'list-parties',
    `select ${partyColumns}
     from parties p
     where p.merchant_id = $1
       and p.id < $2
       and ($4::text is null or position(lower($4) in lower(p.fullname)) > 0)
     order by p.id desc
     limit $3`,
    [merchantId, page.before, page.most, filter.fullname],
  )
  return rows.map(toParty)
}

/** The party that stands for the merchant itself, should it have been needed before. */
export async function findSelfParty(db: Queryable, merchantId: MerchantId): Promise<PartyId | undefined> {
  const row = await queryOne<{ self_party_id: string | null }>(
    db,
    'find-self-party',
    'select self_party_id from merchants where id = $1',
    [merchantId],
  )
  return (row?.self_party_id ?? undefined) as PartyId | undefined
}

/** The party that stands for the merchant itself, made on first use. Called inside a transaction: the merchant is locked. */
export async function claimSelfParty(tx: Queryable, merchantId: MerchantId, now: Date): Promise<PartyId> {
  const merchant = await queryOne<{ self_party_id: string | null }>(
    tx,
    'lock-merchant-for-self-party',
    `select self_party_id
     from merchants
     where id = $1
     for no key update`,
    [merchantId],
  )
  if (merchant?.self_party_id != null) return merchant.self_party_id as PartyId
  const made = await queryRow<{ id: string }>(
    tx,
    'insert-self-party',
    `insert into parties (merchant_id, fullname, phone, email, created_at, updated_at)
     select m.id, m.name, m.phone, m.email, $2, $2
     from merchants m
     where m.id = $1
     returning id`,
    [merchantId, now],
  )
  await query(tx, 'set-self-party', 'update merchants set self_party_id = $2, updated_at = $3 where id = $1', [
    merchantId,
    made.id,
    now,
  ])
  return made.id as PartyId
}

interface CounterpartyRow extends PartyRow {
  counterparty_id: string
  relationship_type: RelationshipType
  owner_type: OwnerType
  owner_id: string
  counterparty_created_at: Date
  counterparty_updated_at: Date
}

const counterpartyColumns = `c.id as counterparty_id, c.relationship_type, m.type as owner_type, m.id as owner_id,
       c.created_at as counterparty_created_at, c.updated_at as counterparty_updated_at, ${partyColumns}`

const counterpartyJoins = `join merchants m on m.id = c.merchant_id
     join parties p on p.merchant_id = c.merchant_id and p.id = c.party_id`

const toCounterparty = (row: CounterpartyRow): Counterparty => ({
  id: row.counterparty_id as CounterpartyId,
  relationshipType: row.relationship_type,
  ownerType: row.owner_type,
  ownerId: row.owner_id as MerchantId,
  party: toParty(row),
  createdAt: row.counterparty_created_at,
  updatedAt: row.counterparty_updated_at,
})

export interface CounterpartyFields {
  readonly relationshipType: RelationshipType
  readonly partyId: PartyId
}

/** Answers undefined when the party is not this merchant's. */
export async function insertCounterparty(
  db: Queryable,
  merchantId: MerchantId,
  { relationshipType, partyId }: CounterpartyFields,
  now: Date,
): Promise<Counterparty | undefined> {
  const row = await queryOne<CounterpartyRow>(
    db,
    'insert-counterparty',
    `with c as (
       insert into counterparties (merchant_id, party_id, relationship_type, created_at, updated_at)
       select p.merchant_id, p.id, $3, $4, $4
       from parties p
       where p.merchant_id = $1 and p.id = $2
       returning merchant_id, id, party_id, relationship_type, created_at, updated_at
     )
     select ${counterpartyColumns}
     from c
     ${counterpartyJoins}`,
    [merchantId, partyId, relationshipType, now],
  )
  return row && toCounterparty(row)
}

export async function findCounterparty(
  db: Queryable,
  merchantId: MerchantId,
  id: CounterpartyId,
): Promise<Counterparty | undefined> {
  const row = await queryOne<CounterpartyRow>(
    db,
    'find-counterparty',
    `select ${counterpartyColumns}
     from counterparties c
     ${counterpartyJoins}
     where c.merchant_id = $1 and c.id = $2`,
    [merchantId, id],
  )
  return row && toCounterparty(row)
}

/** The oldest counterparty that is this party in this relationship. */
export async function findCounterpartyOf(
  db: Queryable,
  merchantId: MerchantId,
  { relationshipType, partyId }: CounterpartyFields,
): Promise<Counterparty | undefined> {
  const row = await queryOne<CounterpartyRow>(
    db,
    'find-counterparty-of-party',
    `select ${counterpartyColumns}
     from counterparties c
     ${counterpartyJoins}
     where c.merchant_id = $1 and c.party_id = $2 and c.relationship_type = $3
     order by c.id
     limit 1`,
    [merchantId, partyId, relationshipType],
  )
  return row && toCounterparty(row)
}

export interface CounterpartyFilter extends PartyFilter {
  readonly relationshipType: RelationshipType | undefined
}

export async function listCounterparties(
  db: Queryable,
  merchantId: MerchantId,
  filter: CounterpartyFilter,
  page: Page,
): Promise<Counterparty[]> {
  const rows = await query<CounterpartyRow>(
    db,
    'list-counterparties',
    `select ${counterpartyColumns}
     from counterparties c
     ${counterpartyJoins}
     where c.merchant_id = $1
       and c.id < $2
       and ($4::text is null or position(lower($4) in lower(p.fullname)) > 0)
       and ($5::text is null or c.relationship_type = $5)
     order by c.id desc
     limit $3`,
    [merchantId, page.before, page.most, filter.fullname, filter.relationshipType],
  )
  return rows.map(toCounterparty)
}

/** Changes what is given and keeps the rest. Answers undefined when the counterparty is not this merchant's. */
export async function updateCounterparty(
  db: Queryable,
  merchantId: MerchantId,
  id: CounterpartyId,
  change: Partial<CounterpartyFields>,
  now: Date,
): Promise<Counterparty | undefined> {
  const row = await queryOne<CounterpartyRow>(
    db,
    'update-counterparty',
    `with c as (
       update counterparties
       set
         relationship_type = coalesce($3, relationship_type),
         party_id = coalesce($4::bigint, party_id),
         updated_at = $5
       where merchant_id = $1 and id = $2
       returning merchant_id, id, party_id, relationship_type, created_at, updated_at
     )
     select ${counterpartyColumns}
     from c
     ${counterpartyJoins}`,
    [merchantId, id, change.relationshipType, change.partyId, now],
  )
  return row && toCounterparty(row)
}
