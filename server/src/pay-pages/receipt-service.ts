import { invariant } from '../kernel/invariant.ts'
import { type Pool } from '../platform/db/pool.ts'
import { findLink } from '../links/index.ts'
import { findPayment, groupsOf, type Payment, type ReceiptKeys } from '../receipts/index.ts'
import { type Bill, readBill } from './service.ts'

export interface ReceiptPagesContext {
  readonly db: Pool
  readonly receiptKeys: ReceiptKeys
  /** Counts the papers made of one receipt and throws `RateLimited` past too many: each costs more than a page. */
  readonly admitPrint: (token: string) => void | Promise<void>
}

export interface Receipt {
  readonly bill: Bill
  readonly payment: Payment
}

/** The receipt a token opens. Undefined for a token that opens none. */
export async function openReceipt(
  context: Pick<ReceiptPagesContext, 'db'>,
  token: string,
): Promise<Receipt | undefined> {
  const link = await findLink(context, 'RECEIPT', token)
  if (!link) return undefined
  const [bill, payment] = await Promise.all([
    readBill(context, link),
    findPayment(context.db, link.merchantId, link.sourceId),
  ])
  return payment && { bill, payment }
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
