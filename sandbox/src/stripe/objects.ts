/**
 * Stripe's objects as its API shows them, as far as a payment by card goes. They are kept in this form: what the journal
 * holds is what a retrieve answers. Times are in seconds, amounts in minor units.
 */

export type Metadata = Readonly<Record<string, string>>

export interface Address {
  readonly city: string | null
  readonly country: string | null
  readonly line1: string | null
  readonly line2: string | null
  readonly postal_code: string | null
  readonly state: string | null
}

export interface BillingDetails {
  readonly address: Address
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
  readonly tax_id: string | null
}

export interface CardDetails {
  readonly brand: string
  readonly checks: {
    readonly address_line1_check: string | null
    readonly address_postal_code_check: string | null
    readonly cvc_check: string | null
  }
  readonly country: string | null
  readonly display_brand: string
  readonly exp_month: number
  readonly exp_year: number
  readonly fingerprint: string
  readonly funding: string
  readonly generated_from: null
  readonly last4: string
  readonly networks: { readonly available: readonly string[]; readonly preferred: null }
  readonly regulated_status: string
  readonly three_d_secure_usage: { readonly supported: boolean }
  readonly wallet: null
}

export interface PaymentMethod {
  readonly id: string
  readonly object: 'payment_method'
  readonly allow_redisplay: 'unspecified'
  readonly billing_details: BillingDetails
  readonly card: CardDetails
  readonly created: number
  readonly customer: null
  readonly livemode: false
  readonly metadata: Metadata
  readonly type: 'card'
}

export const intentStatuses = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'canceled',
] as const

export type IntentStatus = (typeof intentStatuses)[number]

export type NextAction =
  | {
      readonly type: 'redirect_to_url'
      readonly redirect_to_url: { readonly url: string; readonly return_url: string }
    }
  | { readonly type: 'use_stripe_sdk'; readonly use_stripe_sdk: Readonly<Record<string, string>> }

export interface PaymentError {
  readonly type: string
  readonly message: string
  readonly code?: string | undefined
  readonly decline_code?: string | undefined
  readonly charge?: string | undefined
  readonly payment_method?: PaymentMethod | undefined
}

export interface PaymentIntent {
  readonly id: string
  readonly object: 'payment_intent'
  readonly allowed_payment_method_types: readonly string[] | null
  readonly amount: number
  readonly amount_capturable: number
  readonly amount_received: number
  readonly automatic_payment_methods: { readonly allow_redirects: string; readonly enabled: true } | null
  readonly canceled_at: number | null
  readonly cancellation_reason: string | null
  readonly capture_method: string
  readonly client_secret: string
  readonly confirmation_method: string
  readonly created: number
  readonly currency: string
  readonly customer: null
  readonly description: string | null
  readonly last_payment_error: PaymentError | null
  readonly latest_charge: string | null
  readonly livemode: false
  readonly metadata: Metadata
  readonly next_action: NextAction | null
  readonly payment_method: string | null
  readonly payment_method_options: { readonly card: { readonly request_three_d_secure: string } }
  readonly payment_method_types: readonly string[]
  readonly processing: null
  readonly receipt_email: string | null
  readonly setup_future_usage: string | null
  readonly shipping: null
  readonly statement_descriptor: string | null
  readonly statement_descriptor_suffix: string | null
  readonly status: IntentStatus
}

export interface Charge {
  readonly id: string
  readonly object: 'charge'
  readonly amount: number
  readonly amount_captured: number
  readonly amount_refunded: number
  readonly balance_transaction: string | null
  readonly billing_details: BillingDetails
  readonly calculated_statement_descriptor: string
  readonly captured: boolean
  readonly created: number
  readonly currency: string
  readonly customer: null
  readonly description: string | null
  readonly disputed: boolean
  readonly failure_balance_transaction: null
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly livemode: false
  readonly metadata: Metadata
  readonly outcome: {
    readonly network_status: string
    readonly reason: string | null
    readonly risk_level: string
    readonly seller_message: string
    readonly type: string
  }
  readonly paid: boolean
  readonly payment_intent: string
  readonly payment_method: string
  readonly payment_method_details: { readonly type: 'card'; readonly card: Readonly<Record<string, unknown>> }
  readonly receipt_email: string | null
  readonly receipt_url: null
  readonly refunded: boolean
  readonly statement_descriptor_suffix: string | null
  readonly status: 'succeeded' | 'failed'
}

export interface Refund {
  readonly id: string
  readonly object: 'refund'
  readonly amount: number
  readonly balance_transaction: string | null
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly destination_details: { readonly type: 'card'; readonly card: Readonly<Record<string, string>> }
  readonly failure_balance_transaction?: string
  readonly failure_reason?: string
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly pending_reason?: string
  readonly reason: string | null
  readonly receipt_number: null
  readonly status: 'pending' | 'succeeded' | 'failed'
}

export interface BalanceTransaction {
  readonly id: string
  readonly object: 'balance_transaction'
  readonly amount: number
  readonly available_on: number
  readonly balance_type: 'payments'
  readonly created: number
  readonly currency: string
  readonly description: string | null
  readonly exchange_rate: number | null
  readonly fee: number
  readonly fee_details: readonly {
    readonly amount: number
    readonly application: null
    readonly currency: string
    readonly description: string
    readonly type: 'stripe_fee'
  }[]
  readonly net: number
  readonly reporting_category: string
  readonly source: string
  readonly status: 'pending' | 'available'
  readonly type: string
}

export interface Dispute {
  readonly id: string
  readonly object: 'dispute'
  readonly amount: number
  readonly balance_transactions: readonly BalanceTransaction[]
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly is_charge_refundable: boolean
  readonly livemode: false
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly reason: string
  readonly status: 'needs_response'
}

export interface StripeEvent {
  readonly id: string
  readonly object: 'event'
  readonly api_version: string
  readonly created: number
  readonly data: {
    readonly object: unknown
    readonly previous_attributes?: Readonly<Record<string, unknown>>
  }
  readonly livemode: false
  readonly pending_webhooks: number
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null }
  readonly type: string
}

/** All that is kept, by the prefix of its id. */
export interface Kinds {
  readonly pm: PaymentMethod
  readonly pi: PaymentIntent
  readonly ch: Charge
  readonly re: Refund
  readonly txn: BalanceTransaction
  readonly du: Dispute
}

export type Prefix = keyof Kinds
export type StripeObject = Kinds[Prefix]
