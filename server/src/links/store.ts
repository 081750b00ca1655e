import { type MerchantId, type SourceId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { queryOne, type Row, queryRow } from '../platform/db/rows.ts'
import { type HostedPage, type Link } from './model.ts'

interface LinkRow extends Row {
  merchant_id: string
  source_id: string
  page: HostedPage
  token: string
  expires_at: Date | null
}

const columns = 'merchant_id, source_id, page, token, expires_at'

const toLink = (row: LinkRow): Link => ({
  merchantId: row.merchant_id as MerchantId,
  sourceId: row.source_id as SourceId,
  page: row.page,
  token: row.token,
  expiresAt: row.expires_at ?? undefined,
})

export async function insertLink(tx: Queryable, link: Link, now: Date): Promise<Link> {
  const row = await queryRow<LinkRow>(
    tx,
    'insert-link',
    `insert into links (merchant_id, source_id, page, token, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6)
     returning ${columns}`,
    [link.merchantId, link.sourceId, link.page, link.token, link.expiresAt, now],
  )
  return toLink(row)
}

/** The newest link of a document to a page, live or not. */
export async function findNewestLink(
  db: Queryable,
  { merchantId, sourceId, page }: Pick<Link, 'merchantId' | 'sourceId' | 'page'>,
): Promise<Link | undefined> {
  const row = await queryOne<LinkRow>(
    db,
    'find-newest-link',
    `select ${columns}
     from links
     where merchant_id = $1 and source_id = $2 and page = $3
     order by id desc
     limit 1`,
    [merchantId, sourceId, page],
  )
  return row && toLink(row)
}

/** Whose page a token opens: the token is all that its holder brings. */
export async function findLinkByToken(db: Queryable, page: HostedPage, token: string): Promise<Link | undefined> {
  const row = await queryOne<LinkRow>(
    db,
    'find-link-by-token',
    `select ${columns}
     from links
     where token = $1 and page = $2`,
    [token, page],
  )
  return row && toLink(row)
}
