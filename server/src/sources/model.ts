import { type Currency } from '../kernel/currencies.ts'
import { type FeeBearer, type OwnerType, type SourceKind, type SourceStatus } from '../kernel/enums.ts'
import { type CounterpartyId, type MerchantId, type SourceId, type SourceItemId } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'

/** An invoice or an order: two kinds of document with one lifecycle. */
export interface Source {
  readonly id: SourceId
  readonly kind: SourceKind
  readonly number: SourceNumber
  readonly ownerId: MerchantId
  readonly ownerType: OwnerType
  readonly counterpartyId: CounterpartyId
  readonly total: Money
  readonly status: SourceStatus
  readonly note: string
  readonly feeBearer: FeeBearer
  readonly dueDate: Date | undefined
  readonly asPaymentLink: boolean
  /** The merchant's own reference: free text, no key. */
  readonly referenceId: string | undefined
  readonly paidAt: Date | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface SourceItem {
  readonly id: SourceItemId
  readonly name: string
  readonly qty: bigint
  readonly unit: Money
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface NewSource {
  readonly kind: SourceKind
  readonly counterpartyId: CounterpartyId
  readonly currency: Currency
  readonly note: string
  readonly feeBearer: FeeBearer
  readonly dueDate: Date | undefined
  readonly asPaymentLink: boolean
  readonly referenceId: string | undefined
}

/** What an edit changes; what is left out stays. */
export interface SourceChange {
  readonly note?: string
  readonly feeBearer?: FeeBearer
  readonly dueDate?: Date
  readonly referenceId?: string
}

export interface NewItem {
  readonly name: string
  readonly qty: bigint
  readonly unit: Money
}

/** A document number: per merchant, kind and UTC year, counted from one. */
export interface SourceNumber {
  readonly kind: SourceKind
  readonly year: number
  readonly counter: bigint
}

const prefixes = { INVOICE: 'INV', ORDER: 'ORD' } as const satisfies Record<SourceKind, string>

/** `INV-2025-00042`: five digits, more when the counter needs them. */
export const formatNumber = ({ kind, year, counter }: SourceNumber): string =>
  `${prefixes[kind]}-${String(year).padStart(4, '0')}-${String(counter).padStart(5, '0')}`

/** Reads a number however many zeros it is written with. Undefined for text that can be no number of this kind. */
export function parseNumber(kind: SourceKind, text: string): SourceNumber | undefined {
  const match = /^([A-Z]{3})-(\d{4})-(\d{1,15})$/.exec(text)
  if (match?.[1] !== prefixes[kind]) return undefined
  return { kind, year: Number(match[2]), counter: BigInt(match[3] ?? '0') }
}

/** What the contract calls a document of this kind in its messages: `invoice is not IDLE`. */
export const noun = (kind: SourceKind): 'invoice' | 'order' => (kind === 'INVOICE' ? 'invoice' : 'order')
export const title = (kind: SourceKind): 'Invoice' | 'Order' => (kind === 'INVOICE' ? 'Invoice' : 'Order')
