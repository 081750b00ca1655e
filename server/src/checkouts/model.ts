import { type Currency } from '../kernel/currencies.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type Brand, type CounterpartyId, type MerchantId, type SourceId } from '../kernel/ids.ts'
import { type PayerDraft } from '../parties/index.ts'

export type CheckoutId = Brand<string, 'CheckoutId'>

/** How a document that was made by a checkout wants to be paid. */
export interface CheckoutSettings {
  /** `HOSTED` for our own page; whatever else it says, the merchant's server takes the payment itself. */
  readonly mode: string
  /** Where to send the payer after paying, and one who gives up. */
  readonly successUrl: string | undefined
  readonly cancelUrl: string | undefined
  /** Afterwards its link refuses to pay. */
  readonly expiresAt: Date | undefined
}

export interface Checkout extends CheckoutSettings {
  readonly id: CheckoutId
  readonly merchantId: MerchantId
  readonly sourceId: SourceId
}

/** A line as the caller wrote it: its amount is read in the checkout's currency, which must be its own. */
export interface CheckoutLine {
  readonly name: string
  readonly currency: string
  readonly amount: number
}

export interface CheckoutDraft extends CheckoutSettings {
  readonly kind: SourceKind
  readonly currency: Currency
  readonly note: string
  readonly referenceId: string | undefined
  readonly dueDate: Date | undefined
  readonly lines: readonly CheckoutLine[]
  readonly payer: PayerDraft
  /** Null when left out: the payer is then known by phone. Undefined when it can be no id of ours. */
  readonly counterpartyId: CounterpartyId | null | undefined
}
