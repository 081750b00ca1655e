import type { Draft } from './book.ts'
import { findCardById, findCardByNumber, isCardNumber, type TestCard } from './cards.ts'
import { invalid, missing, StripeProblem } from './errors.ts'
import type { Parameters } from './form.ts'
import { mintId } from './ids.ts'
import type { Address, BillingDetails, Metadata, PaymentMethod } from './objects.ts'

const noAddress: Address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }

export const noDetails: BillingDetails = { address: noAddress, email: null, name: null, phone: null, tax_id: null }

const brandNames = { amex: 'american_express', mastercard: 'mastercard', visa: 'visa' } as const

interface Wanted {
  readonly card: TestCard
  readonly expiry: { readonly month: number; readonly year: number }
  readonly cvc: boolean
  readonly billing?: BillingDetails
  readonly metadata?: Metadata
}

const addPaymentMethod = (draft: Draft, { card, expiry, cvc, billing, metadata }: Wanted): PaymentMethod => {
  const id = mintId('pm')
  draft.putCard(id, card)
  return draft.put({
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billing ?? noDetails,
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: cvc ? 'unchecked' : null },
      country: 'US',
      display_brand: brandNames[card.brand],
      exp_month: expiry.month,
      exp_year: expiry.year,
      fingerprint: draft.fingerprintOf(card),
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: card.id !== 'pm_card_amex_threeDSecureNotSupported' },
      wallet: null,
    },
    created: draft.now,
    customer: null,
    livemode: false,
    metadata: metadata ?? {},
    type: 'card',
  })
}

/** As Stripe's ready-made test PaymentMethods: valid until this month next year. */
export const addFromTestCard = (draft: Draft, card: TestCard, name?: string): PaymentMethod => {
  const today = new Date(draft.now * 1000)
  return addPaymentMethod(draft, {
    card,
    expiry: { month: today.getUTCMonth() + 1, year: today.getUTCFullYear() + 1 },
    cvc: false,
    ...(name !== undefined && { billing: { ...noDetails, name } }),
  })
}

/** A `pm_card_...` stands for a new PaymentMethod each time it is named. */
export const findPaymentMethod = (draft: Draft, id: string): PaymentMethod | undefined => {
  const card = findCardById(id)
  return card ? addFromTestCard(draft, card) : draft.find('pm', id)
}

export const retrievePaymentMethod = (draft: Draft, parameters: Parameters, id: string): PaymentMethod => {
  parameters.close()
  const found = findPaymentMethod(draft, id)
  if (!found) throw missing('PaymentMethod', id, 'payment_method', 404)
  return found
}

const cardProblem = (code: string, message: string, more: { param?: string; decline_code?: string } = {}) =>
  new StripeProblem(402, { type: 'card_error', code, message, ...more })

const readNumber = (card: Parameters): TestCard => {
  const number = card.required('number').replace(/[ -]/g, '')
  if (!isCardNumber(number))
    throw cardProblem('incorrect_number', 'Your card number is incorrect.', { param: 'number' })
  const known = findCardByNumber(number)
  if (!known)
    throw cardProblem(
      'card_declined',
      'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
      { decline_code: 'test_mode_live_card' },
    )
  return known
}

const readExpiry = (card: Parameters, now: Date) => {
  const month = Number(card.required('exp_month'))
  const written = Number(card.required('exp_year'))
  const year = written < 100 ? 2_000 + written : written
  if (!Number.isInteger(month) || month < 1 || month > 12)
    throw cardProblem('invalid_expiry_month', "Your card's expiration month is invalid.", { param: 'exp_month' })
  const thisYear = now.getUTCFullYear()
  if (!Number.isInteger(year) || year < thisYear || year > thisYear + 50)
    throw cardProblem('invalid_expiry_year', "Your card's expiration year is invalid.", { param: 'exp_year' })
  if (year === thisYear && month < now.getUTCMonth() + 1)
    throw cardProblem('invalid_expiry_month', "Your card's expiration month is invalid.", { param: 'exp_month' })
  return { month, year }
}

const readBillingDetails = (parameters: Parameters): BillingDetails => {
  const details = parameters.below('billing_details')
  const address = details.below('address')
  const keys = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'] as const
  const read = Object.fromEntries(keys.map((key) => [key, address.optionalText(key) ?? null])) as Record<
    (typeof keys)[number],
    string | null
  >
  return {
    address: read,
    email: details.optionalText('email') ?? null,
    name: details.optionalText('name') ?? null,
    phone: details.optionalText('phone') ?? null,
    tax_id: null,
  }
}

/** By the number of a test card; any other card is refused, and no number is kept. */
export const createPaymentMethod = (draft: Draft, parameters: Parameters): PaymentMethod => {
  if (parameters.required('type') !== 'card')
    throw invalid('This simulator has cards only: type must be card.', { param: 'type' })
  const fields = parameters.below('card')
  const card = readNumber(fields)
  const expiry = readExpiry(fields, new Date(draft.now * 1000))
  const cvc = fields.text('cvc')
  if (cvc !== undefined && !/^[0-9]{3,4}$/.test(cvc))
    throw cardProblem('invalid_cvc', "Your card's security code is invalid.", { param: 'cvc' })
  const billing = readBillingDetails(parameters)
  const metadata = parameters.metadata()
  parameters.close()
  return addPaymentMethod(draft, { card, expiry, cvc: cvc !== undefined, billing, metadata })
}
