import { type Clock } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { formatMoney, largestAmount } from '../kernel/money.ts'
import { type FieldIssue, InvalidRequest } from '../kernel/problem.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { readAmount } from '../platform/http/amounts.ts'
import { type Link, openLink } from '../links/index.ts'
import { requirePaymentLinks } from '../merchants/index.ts'
import { claimCounterparty, type Counterparty, findCounterparty } from '../parties/index.ts'
import { CounterpartyUnknown, createPublished, type NewItem, type Source, totalOf } from '../sources/index.ts'
import { type Checkout, type CheckoutDraft } from './model.ts'
import * as store from './store.ts'

export interface CheckoutsContext {
  readonly db: Pool
  readonly clock: Clock
}

export interface CreatedCheckout {
  readonly checkout: Checkout
  readonly source: Source
  readonly counterparty: Counterparty
  readonly link: Link
}

/** What only the fields together, or the time, can break: every piece of it. */
function issuesOf({ lines, currency, expiresAt }: CheckoutDraft, now: Date): FieldIssue[] {
  const issues = lines.flatMap(({ currency: own }, index): FieldIssue[] =>
    own === currency
      ? []
      : [
          {
            field: ['items', index, 'currency'],
            rule: 'currency',
            message: 'currency does not match the checkout currency',
          },
        ],
  )
  if (expiresAt && expiresAt <= now) {
    issues.push({ field: 'expires_at', rule: 'datetime', message: 'must be in the future' })
  }
  return issues
}

/** The lines as the document will hold them. Each counts once, whatever else a caller wrote beside it. */
function itemsOf(draft: CheckoutDraft, now: Date): NewItem[] {
  const { lines, currency } = draft
  const [first, ...others] = issuesOf(draft, now)
  if (first) throw new InvalidRequest(first, ...others)
  const items = lines.map(({ name, amount }) => ({ name, qty: 1n, unit: readAmount(amount, currency, 'items') }))
  const largest = largestAmount(currency)
  if (totalOf(currency, items).minor > largest.minor) {
    const message = `ensure this value is less than or equal to ${formatMoney(largest)}`
    throw new InvalidRequest({ field: 'items', rule: 'number.not_le', message })
  }
  return items
}

async function billedTo(
  tx: Queryable,
  merchantId: MerchantId,
  { counterpartyId, payer }: CheckoutDraft,
  now: Date,
): Promise<Counterparty> {
  if (counterpartyId === null) return claimCounterparty(tx, merchantId, payer, now)
  const counterparty = counterpartyId && (await findCounterparty(tx, merchantId, counterpartyId))
  if (!counterparty) throw new CounterpartyUnknown()
  return counterparty
}

/**
 * Payer, published document, settings and link in one transaction: all of it, or nothing and no number used up. The payer is
 * settled before the document, whose counter every other document of the merchant waits for until the commit.
 */
export async function createCheckout(
  { db, clock }: CheckoutsContext,
  merchantId: MerchantId,
  draft: CheckoutDraft,
): Promise<CreatedCheckout> {
  const now = clock.now()
  const items = itemsOf(draft, now)
  await requirePaymentLinks(db, merchantId)
  return withTx(db, async (tx) => {
    const counterparty = await billedTo(tx, merchantId, draft, now)
    const { kind, currency, note, referenceId, dueDate } = draft
    const document = { kind, currency, note, referenceId, dueDate, counterpartyId: counterparty.id }
    const source = await createPublished(
      tx,
      merchantId,
      { ...document, feeBearer: 'PAYER', asPaymentLink: true },
      items,
      now,
    )
    const checkout = await store.insertCheckout(tx, merchantId, source.id, draft, now)
    const link = await openLink(tx, source, 'PAY', { now, expiresAt: draft.expiresAt })
    return { checkout, source, counterparty, link }
  })
}
