import { randomUUID } from 'node:crypto'
import { Draft, type Book } from './book.ts'
import { inMajorUnits } from './currencies.ts'
import { invalid } from './errors.ts'
import { mintId } from './ids.ts'
import type { BalanceTransaction, Charge, Metadata, Refund } from './objects.ts'

/** What a report may be made to get wrong, once each: for whoever wants to see it found. */
const slips = ['missing', 'extra', 'amount'] as const

const dayMs = 24 * 60 * 60_000

interface Line {
  readonly movement: BalanceTransaction
  readonly charge: Charge
  readonly refund: Refund | undefined
  /** What the merchant noted on the payment, whether the line is about it or about a refund of it. */
  readonly paymentNotes: Metadata
  readonly refundNotes: Metadata
}

type Cell = (line: Line, book: Book) => string

/** `YYYY-MM-DD HH:MM:SS`, in UTC. */
const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')

const settled = (pick: (movement: BalanceTransaction) => number): Cell => {
  return ({ movement }) => inMajorUnits(pick(movement), movement.currency)
}

/** What the customer saw: in their currency, which need not be the account's. */
const customerFacing: Cell = ({ movement, charge, refund }) => {
  const amount = refund ? refund.amount : charge.amount_captured
  return inMajorUnits(Math.sign(movement.amount) * amount, charge.currency)
}

/** The columns of `balance_change_from_activity.itemized.3` that a payment by card fills, in their order there. */
const columns: Readonly<Record<string, Cell>> = {
  balance_transaction_id: ({ movement }) => movement.id,
  created_utc: ({ movement }) => timeOf(movement.created),
  created: ({ movement }) => timeOf(movement.created),
  available_on_utc: ({ movement }) => timeOf(movement.available_on),
  available_on: ({ movement }) => timeOf(movement.available_on),
  currency: ({ movement }) => movement.currency,
  gross: settled(({ amount }) => amount),
  fee: settled(({ fee }) => fee),
  net: settled(({ net }) => net),
  reporting_category: ({ movement }) => movement.reporting_category,
  source_id: ({ movement }) => movement.source,
  description: ({ movement }) => movement.description ?? '',
  customer_facing_amount: customerFacing,
  customer_facing_currency: ({ charge }) => charge.currency,
  customer_id: () => '',
  customer_email: ({ charge }) => charge.receipt_email ?? '',
  charge_id: ({ charge }) => charge.id,
  payment_intent_id: ({ charge }) => charge.payment_intent,
  charge_created_utc: ({ charge }) => timeOf(charge.created),
  payment_method_type: ({ charge }) => charge.payment_method_details.type,
  card_brand: ({ charge }, book) => book.find('pm', charge.payment_method)?.card.brand ?? '',
  card_funding: ({ charge }, book) => book.find('pm', charge.payment_method)?.card.funding ?? '',
  card_country: ({ charge }, book) => book.find('pm', charge.payment_method)?.card.country ?? '',
  statement_descriptor: ({ charge }) => charge.statement_descriptor_suffix ?? '',
}

/** At Stripe each key of metadata is asked for by name. Here all there are come along when no columns are asked for. */
const usualColumns = (lines: readonly Line[]): readonly string[] => {
  const keys = (notes: readonly Metadata[]) => [...new Set(notes.flatMap((each) => Object.keys(each)))].sort()
  return [
    ...Object.keys(columns),
    ...keys(lines.map(({ paymentNotes }) => paymentNotes)).map((key) => `payment_metadata[${key}]`),
    ...keys(lines.map(({ refundNotes }) => refundNotes)).map((key) => `refund_metadata[${key}]`),
  ]
}

const cellOf = (column: string): Cell => {
  const [, kind, key = ''] = /^(payment|refund)_metadata\[(.+)\]$/.exec(column) ?? []
  if (kind === 'payment') return ({ paymentNotes }) => paymentNotes[key] ?? ''
  if (kind === 'refund') return ({ refundNotes }) => refundNotes[key] ?? ''
  const cell = Object.hasOwn(columns, column) ? columns[column] : undefined
  if (!cell) throw invalid(`The report has no column ${column}.`, { param: 'columns' })
  return cell
}

/** All that changed the balance on a day, oldest first, as Stripe's itemized report of it: a CSV file. */
export const balanceReport = (book: Book, query: URLSearchParams): string => {
  const isOnDay = readDay(query)
  const lines = Array.from(book.all('txn'))
    .filter(({ created }) => isOnDay(created * 1000))
    .map((movement) => lineOf(book, movement))
  const asked = (query.get('columns') ?? '').split(',').filter((column) => column !== '')
  const headings = asked.length === 0 ? usualColumns(lines) : asked
  const cells = headings.map(cellOf)
  const rows = plant(lines, readSlips(query)).map((line) => cells.map((cell) => cell(line, book)))
  return [headings, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('')
}

const lineOf = (book: Book, movement: BalanceTransaction): Line => {
  const draft = new Draft(book)
  const refund = draft.find('re', movement.source)
  const chargeId = refund?.charge ?? draft.find('du', movement.source)?.charge ?? movement.source
  const charge = draft.get('ch', chargeId)
  const { metadata: paymentNotes } = draft.get('pi', charge.payment_intent)
  return { movement, charge, refund, paymentNotes, refundNotes: refund?.metadata ?? {} }
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** The first line goes missing, the last one's amount grows by a whole unit, and one comes twice as something unknown. */
const plant = (lines: readonly Line[], wanted: readonly string[]): readonly Line[] => {
  const kept = wanted.includes('missing') ? lines.slice(1) : [...lines]
  const last = kept.at(-1)
  if (last === undefined) return kept
  return [
    ...kept.slice(0, -1),
    wanted.includes('amount') ? withMore(last) : last,
    ...(wanted.includes('extra') ? [strange(last)] : []),
  ]
}

/** What the customer saw and what the account got grow alike: by one unit of the one, and what that is in the other. */
const withMore = ({ movement, charge, refund, ...notes }: Line): Line => {
  const more = charge.currency === movement.currency ? 100 : 1_000
  return {
    movement: { ...movement, amount: movement.amount + Math.sign(movement.amount) * 100 },
    charge: { ...charge, amount_captured: charge.amount_captured + more },
    refund: refund && { ...refund, amount: refund.amount + more },
    ...notes,
  }
}

/** Of a payment that nobody made here, noted as if somebody had. */
const strange = ({ movement, charge, refund, paymentNotes, refundNotes }: Line): Line => {
  const id = mintId('ch')
  const renewed = (notes: Metadata): Metadata =>
    Object.fromEntries(Object.keys(notes).map((key) => [key, randomUUID()]))
  return {
    movement: { ...movement, id: mintId('txn'), source: refund ? mintId('re') : id },
    charge: { ...charge, id, payment_intent: mintId('pi') },
    refund,
    paymentNotes: renewed(paymentNotes),
    refundNotes: renewed(refundNotes),
  }
}

const readSlips = (query: URLSearchParams): readonly string[] => {
  const wanted = (query.get('plant') ?? '').split(',').filter((word) => word !== '')
  if (wanted.some((word) => !slips.some((slip) => slip === word)))
    throw invalid(`Parameter 'plant' must be some of ${slips.join(',')}.`, { param: 'plant' })
  return wanted
}

/** Every day, unless one is named. */
const readDay = (query: URLSearchParams): ((ms: number) => boolean) => {
  const text = query.get('date')
  if (text === null) return () => true
  const from = Date.parse(`${text}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(from))
    throw invalid("Parameter 'date' must be a day, as in 2026-11-23.", { param: 'date' })
  return (ms) => ms >= from && ms < from + dayMs
}
