import { isCurrency } from '../kernel/currencies.ts'
import { OperatorError } from '../kernel/problem.ts'
import { type ReadLine, type StatementFile, type StatementLine } from './model.ts'
import { readAmount, readRecords, readTime, type Row, unreadable } from './statement-file.ts'

/** Under this key our reference stands in the metadata of what we ask Stripe for. */
const referenceKey = 'dollr_reference'

/**
 * The columns of Stripe's itemized report "balance change from activity". Metadata is in it only where it was asked for, key
 * by key. `created` is in whatever time zone the report was made for: only `created_utc` says when.
 */
const headings = {
  at: 'created_utc',
  category: 'reporting_category',
  currency: 'currency',
  gross: 'gross',
  fee: 'fee',
  paymentReference: `payment_metadata[${referenceKey}]`,
  refundReference: `refund_metadata[${referenceKey}]`,
} as const

/** What the customer saw, where it was asked for: the account's own currency may be another. */
const optionalHeadings = {
  customerAmount: 'customer_facing_amount',
  customerCurrency: 'customer_facing_currency',
} as const

type Field = keyof typeof headings | keyof typeof optionalHeadings

function columnsOf(header: readonly string[]): (Field | false)[] {
  const missing = Object.values(headings).filter((name) => !header.includes(name))
  if (missing.length > 0) {
    throw new OperatorError(
      `The report has no column ${missing.join(', ')}. Make it anew with these columns: ${Object.values({ ...headings, ...optionalHeadings }).join(', ')}.`,
    )
  }
  const fields = new Map(
    Object.entries({ ...headings, ...optionalHeadings }).map(([field, name]) => [name as string, field as Field]),
  )
  return header.map((name) => fields.get(name) ?? false)
}

/** Reads the report as a CSV file, a line at a time. */
export async function* readStripeStatement(file: StatementFile): AsyncGenerator<ReadLine> {
  for await (const { row, line } of readRecords(file, columnsOf)) yield readRow(row, line)
}

const kinds: Readonly<Record<string, StatementLine['kind']>> = { charge: 'deposit', refund: 'refund' }

function readRow(row: Row<Field>, line: number): ReadLine {
  const { category = '' } = row
  const kind = Object.hasOwn(kinds, category) ? kinds[category] : undefined
  // Payouts to the bank, disputes, fees, refunds that came back: between the platform and Stripe, and no execution's.
  if (!kind) return { ignored: category === '' ? 'no category' : category }
  const reference = (kind === 'deposit' ? row.paymentReference : row.refundReference) ?? ''
  // The account may serve others: what was asked for without a reference of ours was not asked for by us.
  if (reference === '') return { ignored: `${category} without ${referenceKey}` }
  const { text, currency } = amountOf(row)
  if (!isCurrency(currency)) return { ignored: `${category} in ${currency}` }
  const amount = readAmount(text, currency)
  if (!amount || amount.minor === 0n) throw unreadable(line, 'amount', text)
  const at = readTime(row.at ?? '')
  if (!at) throw unreadable(line, 'date', row.at)
  // A fee in the account's currency says nothing in another.
  const isSettledAsPaid = (row.currency ?? '').toUpperCase() === currency
  const fee = isSettledAsPaid && row.fee !== undefined && row.fee !== '' ? readAmount(row.fee, currency) : undefined
  return { provider: 'STRIPE', kind, reference: reference.toLowerCase(), amount, fee, at }
}

const amountOf = ({ customerAmount = '', customerCurrency = '', gross = '', currency = '' }: Row<Field>) =>
  customerAmount === '' || customerCurrency === ''
    ? { text: gross, currency: currency.toUpperCase() }
    : { text: customerAmount, currency: customerCurrency.toUpperCase() }
