import { type Currency } from '../kernel/currencies.ts'
import { type FinalStatus, type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { type ProviderReference } from '../kernel/ids.ts'
import { type Money } from '../kernel/money.ts'

/** What a provider said became of a payment. Silence, a broken connection and an unreadable answer are `unknown`, never `declined`. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly transactionId?: string | undefined }
  /** Theirs, and waiting for the payer: what the payer has to do is `CardNetwork.challengeOf`. */
  | { readonly kind: 'requires_action'; readonly transactionId: string }
  | { readonly kind: 'completed'; readonly amount: Money | undefined; readonly transactionId: string | undefined }
  | {
      readonly kind: 'declined'
      readonly code: string
      readonly message: string
      readonly transactionId?: string | undefined
      /** How long the same refusal is to be expected, where the provider lets one know. */
      readonly retryAfterMs?: number
    }
  | { readonly kind: 'unknown'; readonly reason: string }

/** A look-up can also answer, explicitly, that the provider never heard of the payment. */
export type Finding = Outcome | { readonly kind: 'not_found' }

interface OrderTerms {
  readonly reference: ProviderReference
  readonly method: PaymentMethod
  readonly amount: Money
  /** What the person at the other end reads beside the amount, where the network shows it. */
  readonly note: string
}

/** Everything a provider needs to ask a payer for money, or to send it to somebody. */
export interface DirectOrder extends OrderTerms {
  readonly operation: 'COLLECTION' | 'PAYOUT'
  /** The wallet of the payer or the beneficiary: digits with country code. */
  readonly phone: string
}

/** Charges a card that the card network knows by a token. */
export interface CardOrder extends OrderTerms {
  readonly operation: 'COLLECTION'
  readonly card: string
  /** Where the payer's browser comes back to from a challenge; without one, the merchant's own page handles challenges. */
  readonly returnUrl: string | undefined
}

/** Gives back all or part of a collection, to whoever paid it. */
export interface RefundOrder extends OrderTerms {
  readonly operation: 'REFUND'
  /** Our reference of the collection it gives back. */
  readonly refunds: ProviderReference
  /** The provider's own id of that collection. */
  readonly refundsTransaction?: string | undefined
}

/** What a provider is asked to do. The same order always makes the same request. */
export type PaymentOrder = DirectOrder | CardOrder | RefundOrder

/** What is known of a payment when its provider is asked what became of it. */
export interface Known {
  /** When the intent was recorded, before the provider was first asked. */
  readonly since: Date
  /** The provider's own id of it, once it has told one. */
  readonly transactionId: string | undefined
  /** Refunds: the provider's own id of the collection that is given back. */
  readonly refundsTransaction: string | undefined
}

/** The operations that send money out, and may have to wait at a provider whose network is slow. */
export type MoneyOut = Extract<OperationType, 'PAYOUT' | 'REFUND'>

/** Accepted: it will fail, and says so like any other failure. Refused: it does not wait, or not any more. */
export type Cancellation = 'accepted' | 'refused' | 'unknown'

/** How a payer brings up the question for the PIN that did not come by itself. */
export interface PromptHelp {
  /** What is dialled on the phone that pays: digits, stars and hashes. */
  readonly dialCode: string
  /** The operator's own words, one step each, by language. */
  readonly steps: Readonly<Record<string, readonly string[]>>
}

/** What a provider can carry for one method, operation and currency, as it says itself. */
export interface Offer {
  readonly decimals: number
  readonly minimum: Money | undefined
  readonly maximum: Money | undefined
  /** Of a collection whose operator lets its payer ask for the question again. */
  readonly promptHelp?: PromptHelp
}

/** A callback as it reached us. */
export interface CallbackRequest {
  readonly method: string
  /** The host, and the port where one is named. */
  readonly authority: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/**
 * What may follow from a callback. Believed: it is the provider's own word. Hint: the provider is asked. Refused: nothing.
 * Undecided: it could not be judged now, and must come again.
 */
export type CallbackTrust = 'believed' | 'hint' | 'refused' | 'undecided'

export interface ReadCallback {
  /** The payment it speaks of, or undefined when it speaks of none. */
  readonly reference: ProviderReference | undefined
  readonly trust: CallbackTrust
  /** The final status it claims of its payment, if it claims one. Not to be believed by itself. */
  readonly tells: FinalStatus | undefined
  /** What came of verifying it, in a word. */
  readonly verification: string
  /** Of a verified one: the same signature again is the same message again. */
  readonly signature: Buffer | undefined
  /** The final word on a payment, of a callback that is believed. Whatever else one says is asked after. */
  readonly claim: { readonly operation: OperationType; readonly outcome: Outcome } | undefined
}

/** How a provider says that a method stands: `ABSENT` is not enabled, or a word we do not know. */
export type ReportedStatus = 'OPERATIONAL' | 'DELAYED' | 'CLOSED' | 'ABSENT' | 'NOT_READ'

/** A payment network. One folder each; its amount format, decimals and status words stop at that folder's door. */
export interface Provider {
  readonly name: ProviderName
  /** Asks for the payment under our reference. Asking twice moves money once. Never throws for what the network does. */
  submit(order: PaymentOrder): Promise<Outcome>
  /** What became of the payment with our reference. */
  find(operation: OperationType, reference: ProviderReference, known: Known): Promise<Finding>
  /** What it means that the provider never received a payment and is not going to be asked again. */
  neverReceived(): Outcome
  /** What a callback says, and what that is worth. */
  readCallback(request: CallbackRequest): Promise<ReadCallback>
  /** Cancels a payment that the provider has accepted and not yet passed on. What became of it is asked after, as ever. */
  cancelEnqueued(operation: MoneyOut, reference: ProviderReference): Promise<Cancellation>
  /** The method that most likely reaches a number. Undefined when the network does not know or cannot be asked. */
  predictMethod(phone: string): Promise<PaymentMethod | undefined>
  /** Undefined when the provider does not offer it now. Throws `unavailable` while it could not be asked yet. */
  offer(method: PaymentMethod, operation: OperationType, currency: Currency): Offer | undefined
  /** How the provider itself says that a method stands for an operation. Never throws. */
  statusOf(method: PaymentMethod, operation: OperationType): ReportedStatus
  /** Reads the provider's own configuration anew, and says whether it did. Keeps the last good one when it did not. */
  refresh(): Promise<boolean>
}

/** A card as its network describes it: never its number. */
export interface Card {
  /** The network's token: what the card is charged by. */
  readonly token: string
  readonly brand: string
  /** ISO 3166-1 alpha-2, `ZZ` where the network does not know. */
  readonly country: string
  readonly lastDigits: string
  readonly billingName: string | undefined
}

/** What a cardholder has to do before a payment goes on. Kept nowhere and logged nowhere. */
export interface Challenge {
  /** For the network's own script in the payer's browser. */
  readonly clientSecret: string
  /** For a browser without it. */
  readonly redirectUrl: string | undefined
}

/** A network that carries cards by tokens of its own making. */
export interface CardNetwork extends Provider {
  /** Undefined for a token that the network does not know, or that stands for no card. Throws `unavailable` when it cannot say. */
  describeCard(token: string): Promise<Card | undefined>
  /** What the payer of a payment has to do; undefined when it is nothing, or cannot be learnt now. */
  challengeOf(transactionId: string): Promise<Challenge | undefined>
}
