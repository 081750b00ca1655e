import { type Clock } from '../kernel/clock.ts'
import { invariant } from '../kernel/invariant.ts'
import { type Pool } from '../platform/db/pool.ts'
import { findLink, isExpired } from '../links/index.ts'
import { findMerchant } from '../merchants/index.ts'
import { groupsOf, type ReceiptKeys } from '../receipts/index.ts'
import { findSourceById } from '../sources/index.ts'
import { type Receipt } from './service.ts'

export interface ReceiptPagesContext {
  readonly db: Pool
  readonly clock: Clock
  readonly receiptKeys: ReceiptKeys
  /** Counts the papers made of one receipt and throws `RateLimited` past too many: each costs more than a page. */
  readonly admitPrint: (token: string) => void | Promise<void>
}

/** What proves a receipt to people who do not know us. */
export interface Proof {
  readonly code: string
  readonly groups: readonly string[]
  /** Where the code is verified, and what its QR code holds. */
  readonly url: string
  /** The same without the code, as people type it. */
  readonly address: string
}

export async function prove(
  { receiptKeys }: Pick<ReceiptPagesContext, 'receiptKeys'>,
  { bill: { source, merchant }, payment }: Receipt,
  base: string,
): Promise<Proof> {
  invariant(source.paidAt, 'a receipt is of a PAID document')
  const code = await receiptKeys.sign({
    receiptId: source.id,
    merchantId: source.ownerId,
    kind: source.kind,
    year: source.number.year,
    counter: source.number.counter,
    minor: payment.payer.minor,
    currency: payment.payer.currency,
    paidAt: source.paidAt,
    reference: payment.providerTransactionId ?? '',
    merchant: merchant.name,
  })
  const address = `${base}/verify`
  return { code, groups: groupsOf(code), url: `${address}/${code}`, address: address.replace(/^https?:\/\//, '') }
}

/** Whether a payment link leads to something that is or was to be paid: what is worth a QR code. */
export async function isWorthShowing({ db, clock }: Pick<ReceiptPagesContext, 'db' | 'clock'>, token: string) {
  const link = await findLink({ db }, 'PAY', token)
  if (!link) return false
  const [source, merchant] = await Promise.all([
    findSourceById(db, link.merchantId, link.sourceId),
    findMerchant(db, link.merchantId),
  ])
  if (source?.status === 'PAID' || source?.status === 'PROCESSING') return true
  return source?.status === 'ACTIVE' && merchant?.paymentLinksAllowed === true && !isExpired(link, clock.now())
}
