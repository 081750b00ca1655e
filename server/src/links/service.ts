import { type Clock } from '../kernel/clock.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { requirePaymentLinks } from '../merchants/index.ts'
import { findSourceByNumber, lockSource, parseNumber, ReceiptNotAvailable, type Source } from '../sources/index.ts'
import { canBeToken, type HostedPage, isExpired, type Link, mintToken } from './model.ts'
import { LinkNotEnabled, SourceNotPublished } from './problems.ts'
import * as store from './store.ts'

export interface LinksContext {
  readonly db: Pool
  readonly clock: Clock
}

/** A document as a caller names it in a query. */
export interface NumberedSource {
  readonly merchantId: MerchantId
  readonly kind: SourceKind
  readonly number: string
}

async function getNumbered(db: Queryable, { merchantId, kind, number: text }: NumberedSource): Promise<Source> {
  const number = parseNumber(kind, text)
  const source = number && (await findSourceByNumber(db, merchantId, number))
  if (!source) throw new NotFound('Source')
  return source
}

/** A first link to a page of a document: whoever calls knows that there is none yet. */
export const openLink = (
  tx: Queryable,
  source: Source,
  page: HostedPage,
  { now, expiresAt }: { readonly now: Date; readonly expiresAt?: Date | undefined },
): Promise<Link> =>
  store.insertLink(tx, { merchantId: source.ownerId, sourceId: source.id, page, token: mintToken(), expiresAt }, now)

/** An expired link is replaced only while there is something to pay; afterwards its page tells what became of that. */
const stands = (link: Link, source: Source, now: Date): boolean => !isExpired(link, now) || source.status !== 'ACTIVE'

/**
 * The link of a document to a page: the one there is while it stands, else a fresh one. The document is locked only when a
 * link has to be made, so that two who ask at once get the same, and those who ask again wait for nobody.
 */
async function claimLink({ db, clock }: LinksContext, source: Source, page: HostedPage): Promise<Link> {
  const now = clock.now()
  const key = { merchantId: source.ownerId, sourceId: source.id, page }
  const known = await store.findNewestLink(db, key)
  if (known && stands(known, source, now)) return known
  return withTx(db, async (tx) => {
    const locked = (await lockSource(tx, { merchantId: source.ownerId, kind: source.kind, id: source.id })) ?? source
    const newest = await store.findNewestLink(tx, key)
    return newest && stands(newest, locked, now) ? newest : openLink(tx, source, page, { now })
  })
}

/** Where a payer pays a published document that was made for it. */
export async function payLink(context: LinksContext, of: NumberedSource): Promise<Link> {
  await requirePaymentLinks(context.db, of.merchantId)
  const source = await getNumbered(context.db, of)
  if (source.status === 'IDLE' || source.status === 'CANCELED') throw new SourceNotPublished()
  if (!source.asPaymentLink) throw new LinkNotEnabled()
  return claimLink(context, source, 'PAY')
}

/** Where anybody who is given it reads the receipt of a PAID document. */
export async function receiptLink(context: LinksContext, of: NumberedSource): Promise<Link> {
  return receiptLinkOf(context, await getNumbered(context.db, of))
}

export async function receiptLinkOf(context: LinksContext, source: Source): Promise<Link> {
  if (source.status !== 'PAID') throw new ReceiptNotAvailable()
  return claimLink(context, source, 'RECEIPT')
}

/** What a token opens on a page. Undefined for a token that opens nothing there. */
export async function findLink(
  { db }: Pick<LinksContext, 'db'>,
  page: HostedPage,
  token: string,
): Promise<Link | undefined> {
  return canBeToken(token) ? store.findLinkByToken(db, page, token) : undefined
}
