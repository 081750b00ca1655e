/** How a charge to a card is refused: what the bank says, as Stripe passes it on. */
export interface Decline {
  readonly code: string
  readonly declineCode?: string
  readonly message: string
  /** Refused by Stripe itself: the bank was never asked. */
  readonly blocked?: true
}

export interface TestCard {
  /** Its id as a PaymentMethod. */
  readonly id: string
  readonly number: string
  readonly brand: 'amex' | 'mastercard' | 'visa'
  readonly funding: 'credit' | 'debit'
  /** Whether the cardholder must be asked: `unless-off-session` has been set up for charges in their absence. */
  readonly authentication: 'never' | 'possible' | 'unless-off-session' | 'always'
  readonly decline?: Decline
  readonly refund?: 'pending' | 'failing'
  readonly isDisputed?: true
}

const declined = (declineCode: string, message = 'Your card was declined.'): Decline => ({
  code: 'card_declined',
  declineCode,
  message,
})

const insufficientFunds = declined('insufficient_funds', 'Your card has insufficient funds.')
const processingError: Decline = {
  code: 'processing_error',
  declineCode: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
}

const visa = (id: string, number: string, more: Partial<TestCard> = {}): TestCard => ({
  id,
  number,
  brand: 'visa',
  funding: 'credit',
  authentication: 'never',
  ...more,
})

/** Stripe's cards for testing, https://docs.stripe.com/testing, as far as a payment by card goes. */
export const testCards: readonly TestCard[] = [
  visa('pm_card_visa', '4242424242424242'),
  visa('pm_card_visa_debit', '4000056655665556', { funding: 'debit' }),
  visa('pm_card_mastercard', '5555555555554444', { brand: 'mastercard' }),
  visa('pm_card_amex', '378282246310005', { brand: 'amex' }),
  visa('pm_card_amex_threeDSecureNotSupported', '378282246310005', { brand: 'amex' }),
  visa('pm_card_visa_chargeDeclined', '4000000000000002', { decline: declined('generic_decline') }),
  visa('pm_card_visa_chargeDeclinedInsufficientFunds', '4000000000009995', { decline: insufficientFunds }),
  visa('pm_card_visa_chargeDeclinedLostCard', '4000000000009987', { decline: declined('lost_card') }),
  visa('pm_card_visa_chargeDeclinedStolenCard', '4000000000009979', { decline: declined('stolen_card') }),
  visa('pm_card_chargeDeclinedExpiredCard', '4000000000000069', {
    decline: { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' },
  }),
  visa('pm_card_chargeDeclinedIncorrectCvc', '4000000000000127', {
    decline: {
      code: 'incorrect_cvc',
      declineCode: 'incorrect_cvc',
      message: "Your card's security code is incorrect.",
    },
  }),
  visa('pm_card_chargeDeclinedProcessingError', '4000000000000119', { decline: processingError }),
  visa('pm_card_visa_chargeDeclinedVelocityLimitExceeded', '4000000000006975', {
    decline: declined(
      'card_velocity_exceeded',
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    ),
  }),
  visa('pm_card_chargeCustomerFail', '4000000000000341', { decline: declined('generic_decline') }),
  visa('pm_card_threeDSecure2Required', '4000000000003220', { authentication: 'always' }),
  visa('pm_card_authenticationRequired', '4000002760003184', { authentication: 'always' }),
  visa('pm_card_authenticationRequiredOnSetup', '4000002500003155', { authentication: 'always' }),
  visa('pm_card_authenticationRequiredSetupForOffSession', '4000003800000446', {
    authentication: 'unless-off-session',
  }),
  visa('pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', '4000008260003178', {
    authentication: 'always',
    decline: insufficientFunds,
  }),
  visa('pm_card_threeDSecureRequiredChargeDeclined', '4000008400001629', {
    authentication: 'always',
    decline: declined('generic_decline'),
  }),
  visa('pm_card_threeDSecureRequiredProcessingError', '4000008400001280', {
    authentication: 'always',
    decline: processingError,
  }),
  visa('pm_card_threeDSecureOptional', '4000000000003055', { authentication: 'possible' }),
  visa('pm_card_pendingRefund', '4000000000007726', { refund: 'pending' }),
  visa('pm_card_refundFail', '4000000000005126', { refund: 'failing' }),
  visa('pm_card_createDispute', '4000000000000259', { isDisputed: true }),
  visa('pm_card_radarBlock', '4100000000000019', { decline: { ...declined('fraudulent'), blocked: true } }),
]

const aliases = new Map([
  ['pm_card_chargeDeclined', 'pm_card_visa_chargeDeclined'],
  ['pm_card_chargeDeclinedInsufficientFunds', 'pm_card_visa_chargeDeclinedInsufficientFunds'],
  ['pm_card_chargeDeclinedLostCard', 'pm_card_visa_chargeDeclinedLostCard'],
  ['pm_card_chargeDeclinedStolenCard', 'pm_card_visa_chargeDeclinedStolenCard'],
  ['pm_card_chargeDeclinedVelocityLimitExceeded', 'pm_card_visa_chargeDeclinedVelocityLimitExceeded'],
  ['pm_card_visa_chargeDeclinedExpiredCard', 'pm_card_chargeDeclinedExpiredCard'],
  ['pm_card_visa_chargeDeclinedIncorrectCvc', 'pm_card_chargeDeclinedIncorrectCvc'],
  ['pm_card_visa_chargeDeclinedProcessingError', 'pm_card_chargeDeclinedProcessingError'],
])

const byId = new Map(testCards.map((card) => [card.id, card]))
const byNumber = new Map(testCards.toReversed().map((card) => [card.number, card]))

export const findCardById = (id: string): TestCard | undefined => byId.get(aliases.get(id) ?? id)

export const findCardByNumber = (number: string): TestCard | undefined => byNumber.get(number)

/** The check digit that every card number ends with. */
export const isCardNumber = (text: string): boolean => {
  if (!/^[0-9]{12,19}$/.test(text)) return false
  const sum = Array.from(text, Number)
    .toReversed()
    .reduce((total, digit, index) => {
      const weighed = index % 2 === 0 ? digit : digit * 2
      return total + (weighed > 9 ? weighed - 9 : weighed)
    }, 0)
  return sum % 10 === 0
}
