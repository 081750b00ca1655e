import { type Queryable } from '../platform/db/pool.ts'
import { query, queryOne, queryRow, type Row } from '../platform/db/rows.ts'
import { type BookedEntry, type BookedLine, type Seal } from './model.ts'

/** Any number, as long as every version of the server uses the same one, and no other lock does. */
const sealingLock = 7_155_320_442

/** True for the one process that may seal, until its transaction ends. */
export async function claimSealing(tx: Queryable): Promise<boolean> {
  const row = await queryRow<{ won: boolean }>(tx, 'claim-sealing', 'select pg_try_advisory_xact_lock($1) as won', [
    sealingLock,
  ])
  return row.won
}

interface SealRow extends Row {
  position: string
  entry_id: string
  merchant_id: string
  hash: Buffer
}

const toSeal = (row: SealRow): Seal => ({
  position: BigInt(row.position),
  entryId: row.entry_id,
  merchantId: row.merchant_id,
  hash: row.hash,
})

export async function findLastSeal(db: Queryable): Promise<Seal | undefined> {
  const row = await queryOne<SealRow>(
    db,
    'find-last-seal',
    `select position, entry_id, merchant_id, hash
     from ledger_seals
     order by position desc
     limit 1`,
    [],
  )
  return row && toSeal(row)
}

export async function insertSeals(tx: Queryable, seals: readonly Seal[]): Promise<void> {
  await query(
    tx,
    'insert-seals',
    `insert into ledger_seals (position, entry_id, merchant_id, hash)
     select s.position, s.entry_id, s.merchant_id, s.hash
     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[]) as s (position, entry_id, merchant_id, hash)`,
    [
      seals.map((seal) => seal.position),
      seals.map((seal) => seal.entryId),
      seals.map((seal) => seal.merchantId),
      seals.map((seal) => seal.hash),
    ],
  )
}

/** Columns of an entry `e` with its lines, those whose account is missing among them. */
const entryColumns = `e.id, e.merchant_id, e.execution_id, e.reason,
       to_char(e.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as posted_at,
       (
         select coalesce(jsonb_agg(
           jsonb_build_object(
             'line', p.line::text, 'account_id', p.account_id::text, 'kind', a.kind, 'owner_id', a.merchant_id::text,
             'party_id', a.party_id::text, 'provider', a.provider, 'account_currency', a.currency, 'side', p.side,
             'amount_minor', p.amount_minor::text, 'currency', p.currency
           )
           order by p.line
         ), '[]')
         from ledger_postings p
         left join ledger_accounts a on a.id = p.account_id
         where p.entry_id = e.id and p.merchant_id = e.merchant_id
       ) as lines`

interface EntryRow extends Row {
  id: string
  merchant_id: string
  execution_id: string | null
  reason: string
  posted_at: string
  lines: readonly BookedLine[]
}

const toEntry = (row: EntryRow): BookedEntry => ({
  id: row.id,
  merchantId: row.merchant_id,
  executionId: row.execution_id,
  reason: row.reason,
  postedAt: row.posted_at,
  lines: row.lines,
})

/** Entries with an id above `after`, up to `upTo`, in the order of their ids. */
export async function listEntries(
  db: Queryable,
  { after, upTo, most }: { readonly after: string; readonly upTo: string; readonly most: number },
): Promise<BookedEntry[]> {
  const rows = await query<EntryRow>(
    db,
    'list-entries-to-seal',
    `select ${entryColumns}
     from ledger_entries e
     where e.id > $1 and e.id <= $2
     order by e.id, e.merchant_id
     limit $3`,
    [after, upTo, most],
  )
  return rows.map(toEntry)
}

/** Entries above `after` that were booked within a time, in the order of their ids. */
export async function listEntriesBetween(
  db: Queryable,
  {
    after,
    from,
    to,
    most,
  }: { readonly after: string; readonly from: Date | undefined; readonly to: Date | undefined; readonly most: number },
): Promise<BookedEntry[]> {
  const rows = await query<EntryRow>(
    db,
    'list-entries-between',
    `select ${entryColumns}
     from ledger_entries e
     where e.id > $1 and ($2::timestamptz is null or e.posted_at >= $2) and ($3::timestamptz is null or e.posted_at < $3)
     order by e.id, e.merchant_id
     limit $4`,
    [after, from ?? null, to ?? null, most],
  )
  return rows.map(toEntry)
}

export interface Account {
  readonly id: string
  readonly kind: string
  readonly ownerId: string | null
  readonly partyId: string | null
  readonly provider: string | null
  readonly currency: string
}

interface AccountRow extends Row {
  id: string
  kind: string
  merchant_id: string | null
  party_id: string | null
  provider: string | null
  currency: string
}

export async function listAccounts(
  db: Queryable,
  { after, most }: { readonly after: string; readonly most: number },
): Promise<Account[]> {
  const rows = await query<AccountRow>(
    db,
    'list-ledger-accounts',
    `select id, kind, merchant_id, party_id, provider, currency
     from ledger_accounts
     where id > $1
     order by id
     limit $2`,
    [after, most],
  )
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    ownerId: row.merchant_id,
    partyId: row.party_id,
    provider: row.provider,
    currency: row.currency,
  }))
}

/** Seals above a position, each with its entry as it is now; undefined where there is none. */
export async function listSeals(
  db: Queryable,
  { after, most }: { readonly after: bigint; readonly most: number },
): Promise<{ readonly seal: Seal; readonly entry: BookedEntry | undefined }[]> {
  const rows = await query<Partial<EntryRow> & SealRow & { sealed_merchant_id: string }>(
    db,
    'list-seals',
    `select s.position, s.entry_id, s.merchant_id as sealed_merchant_id, s.hash, ${entryColumns}
     from ledger_seals s
     left join ledger_entries e on e.id = s.entry_id and e.merchant_id = s.merchant_id
     where s.position > $1
     order by s.position
     limit $2`,
    [after, most],
  )
  return rows.map((row) => ({
    seal: toSeal({ ...row, merchant_id: row.sealed_merchant_id }),
    entry: typeof row.id === 'string' ? toEntry(row as EntryRow) : undefined,
  }))
}

/** The first entry with an id in this range that no seal names. */
export async function findUnsealed(
  db: Queryable,
  { after, upTo }: { readonly after: string; readonly upTo: string },
): Promise<string | undefined> {
  const row = await queryOne<{ id: string }>(
    db,
    'find-unsealed-entry',
    `select e.id
     from ledger_entries e
     where e.id > $1 and e.id <= $2
       and not exists (select 1 from ledger_seals s where s.entry_id = e.id and s.merchant_id = e.merchant_id)
     order by e.id
     limit 1`,
    [after, upTo],
  )
  return row?.id
}

export async function countEntriesAfter(db: Queryable, entryId: string): Promise<bigint> {
  const row = await queryRow<{ count: string }>(
    db,
    'count-entries-after',
    'select count(*) from ledger_entries where id > $1',
    [entryId],
  )
  return BigInt(row.count)
}

interface Finding extends Row {
  finding: string
}

/** What must hold of any books, sealed or not, each as a statement that finds what breaks it. */
const rules = [
  async (tx: Queryable) =>
    queryOne<Finding>(
      tx,
      'find-unbalanced',
      `select 'entry ' || p.entry_id || ' does not balance in ' || p.currency as finding
     from ledger_postings p
     group by p.merchant_id, p.entry_id, p.currency
     having sum(case p.side when 'debit' then p.amount_minor else -p.amount_minor end) <> 0
     order by p.entry_id
     limit 1`,
      [],
    ),
  async (tx: Queryable) =>
    queryOne<Finding>(
      tx,
      'find-stray',
      `select 'entry ' || p.entry_id || ' does not exist, and has postings' as finding
     from ledger_postings p
     where not exists (select 1 from ledger_entries e where e.id = p.entry_id and e.merchant_id = p.merchant_id)
     order by p.entry_id
     limit 1`,
      [],
    ),
  async (tx: Queryable) =>
    queryOne<Finding>(
      tx,
      'find-balance',
      `select 'account ' || coalesce(b.account_id, p.account_id) || ' has a balance of '
       || coalesce(b.balance_minor::text, 'nothing') || ' and postings that sum to ' || coalesce(p.total, 0) as finding
     from ledger_balances b
     full join (
       select account_id, sum(case side when 'credit' then amount_minor else -amount_minor end) as total
       from ledger_postings
       group by account_id
     ) p on p.account_id = b.account_id
     where b.balance_minor is distinct from coalesce(p.total, 0)
     order by coalesce(b.account_id, p.account_id)
     limit 1`,
      [],
    ),
]

/** The first of these rules that is broken, and where. Each is one statement, hence one moment of a ledger in use. */
export async function findBrokenRule(tx: Queryable): Promise<string | undefined> {
  for (const find of rules) {
    const row = await find(tx)
    if (row) return row.finding
  }
  return undefined
}
