import { addCharge, settleCharge } from './charges.ts'
import type { Draft } from './book.ts'
import { inMajorUnits, knownCurrencies, readable, settlementCurrency, centsOf } from './currencies.ts'
import type { Decline } from './cards.ts'
import { type ErrorFields, invalid, missing, StripeProblem, withDocumentation } from './errors.ts'
import type { Parameters } from './form.ts'
import { mintClientSecret, mintId } from './ids.ts'
import type { IntentStatus, NextAction, PaymentIntent, PaymentMethod } from './objects.ts'
import { findPaymentMethod } from './payment-methods.ts'
import { addRefund } from './refunds.ts'

/** Where the page is at which a pretend cardholder is asked by their pretend bank. */
export type ChallengeUrl = (intent: PaymentIntent) => string

const maxAmount = 99_999_999
const minimumCents = 50

const readAmount = (parameters: Parameters, key = 'amount'): number | undefined => {
  const amount = parameters.wholeNumber(key)
  if (amount !== undefined && amount > maxAmount)
    throw invalid(`Amount must be no more than ${maxAmount}.`, { code: 'amount_too_large', param: key })
  return amount
}

const readCurrency = (parameters: Parameters): string => {
  const currency = parameters.required('currency').toLowerCase()
  if (!knownCurrencies.includes(currency))
    throw invalid(`Invalid currency: ${currency}. This account supports: ${knownCurrencies.join(', ')}`, {
      param: 'currency',
    })
  return currency
}

const requireEnough = (amount: number, currency: string): void => {
  const cents = centsOf(amount, currency)
  if (cents >= minimumCents) return
  throw invalid(
    currency === settlementCurrency
      ? 'Amount must be at least $0.50 usd'
      : `The amount must convert to at least 50 cents. ${readable(amount, currency)} converts to approximately $${inMajorUnits(Math.floor(cents), settlementCurrency)}.`,
    { code: 'amount_too_small', param: 'amount' },
  )
}

const requireMethod = (draft: Draft, id: string): PaymentMethod => {
  const method = findPaymentMethod(draft, id)
  if (!method) throw missing('PaymentMethod', id, 'payment_method')
  if (draft.isUsedUp(method.id))
    throw invalid(
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
      { param: 'payment_method' },
    )
  return method
}

const requireNoCustomer = (parameters: Parameters): void => {
  const customer = parameters.optionalText('customer')
  if (customer) throw missing('customer', customer, 'customer')
}

const readReturnUrl = (parameters: Parameters): string | undefined => {
  const url = parameters.text('return_url')
  if (url === undefined) return undefined
  // Apps may be named by a scheme of their own at Stripe; this simulator's pages are for browsers.
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw invalid('Not a valid URL', { code: 'url_invalid', param: 'return_url' })
  return url
}

/** How a confirmation is to go about what the cardholder may have to do. */
interface Manner {
  readonly returnUrl: string | undefined
  readonly throughSdk: boolean
  readonly offSession: boolean
  readonly refusesAction: boolean
}

const readManner = (parameters: Parameters, { isConfirmed }: { isConfirmed: boolean }): Manner => {
  const manner = {
    returnUrl: readReturnUrl(parameters),
    throughSdk: parameters.flag('use_stripe_sdk') ?? false,
    offSession: (parameters.oneOf('off_session', ['true', 'false', 'one_off', 'recurring']) ?? 'false') !== 'false',
    refusesAction: parameters.flag('error_on_requires_action') ?? false,
  }
  const useless = ['return_url', 'off_session', 'error_on_requires_action'].find((key) => parameters.has(key))
  if (!isConfirmed && useless !== undefined)
    throw invalid(`The parameter ${useless} can only be used when \`confirm\` is true.`, { param: useless })
  return manner
}

/** Since this version the types are listed as those that are allowed, and by their old name they are unknown. */
const typesRenamedSince = '2026-09-30'

const typesNames = (draft: Draft): readonly string[] =>
  draft.occasion.apiVersion >= typesRenamedSince
    ? ['allowed_payment_method_types']
    : ['allowed_payment_method_types', 'payment_method_types']

/** The types that the caller lists, if they do. */
const readMethodTypes = (draft: Draft, parameters: Parameters): readonly string[] | undefined => {
  const param = typesNames(draft).find((name) => parameters.has(name))
  if (param === undefined) return undefined
  const types = parameters.list(param) ?? []
  if (types.length === 0 || types.some((type) => type !== 'card'))
    throw invalid(`${param} must be card alone: this simulator has cards only.`, { param })
  return types
}

/** On by default at Stripe, where it means more than cards: whoever does not list the types must have a place to return to. */
const readAutomaticMethods = (
  parameters: Parameters,
  types: readonly string[] | undefined,
): PaymentIntent['automatic_payment_methods'] => {
  const automatic = parameters.below('automatic_payment_methods')
  const enabled = automatic.flag('enabled') ?? types === undefined
  const redirects = automatic.oneOf('allow_redirects', ['always', 'never']) ?? 'always'
  return enabled ? { enabled, allow_redirects: types === undefined ? redirects : 'never' } : null
}

const readSecureRequest = (parameters: Parameters): string | undefined =>
  parameters
    .below('payment_method_options')
    .below('card')
    .oneOf('request_three_d_secure', ['any', 'automatic', 'challenge'])

export const createIntent = (draft: Draft, parameters: Parameters, challengeUrl: ChallengeUrl): PaymentIntent => {
  parameters.required('amount')
  const amount = readAmount(parameters) ?? 0
  const currency = readCurrency(parameters)
  requireEnough(amount, currency)
  requireNoCustomer(parameters)
  const isConfirmed = parameters.flag('confirm') ?? false
  const manner = readManner(parameters, { isConfirmed })
  const methodId = parameters.optionalText('payment_method')
  const types = readMethodTypes(draft, parameters)
  const id = mintId('pi')
  const wanted = {
    id,
    object: 'payment_intent' as const,
    allowed_payment_method_types: types ?? null,
    amount,
    amount_capturable: 0,
    amount_received: 0,
    automatic_payment_methods: readAutomaticMethods(parameters, types),
    canceled_at: null,
    cancellation_reason: null,
    capture_method: parameters.oneOf('capture_method', ['automatic', 'automatic_async', 'manual']) ?? 'automatic_async',
    client_secret: mintClientSecret(id),
    confirmation_method: readConfirmationMethod(parameters),
    created: draft.now,
    currency,
    customer: null,
    description: parameters.optionalText('description') ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false as const,
    metadata: parameters.metadata(),
    next_action: null,
    payment_method_options: { card: { request_three_d_secure: readSecureRequest(parameters) ?? 'automatic' } },
    payment_method_types: types ?? ['card'],
    processing: null,
    receipt_email: parameters.optionalText('receipt_email') ?? null,
    setup_future_usage: parameters.oneOf('setup_future_usage', ['off_session', 'on_session']) ?? null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: readSuffix(parameters) ?? null,
  }
  parameters.close()
  const method = methodId ? requireMethod(draft, methodId) : undefined
  const intent: PaymentIntent = draft.put({
    ...wanted,
    payment_method: method?.id ?? null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
  })
  draft.announce('payment_intent.created', intent)
  return isConfirmed ? confirm(draft, intent, manner, challengeUrl) : intent
}

const readConfirmationMethod = (parameters: Parameters): string => {
  const method = parameters.oneOf('confirmation_method', ['automatic', 'manual']) ?? 'automatic'
  if (method === 'manual')
    throw invalid('This simulator has automatic confirmation only.', { param: 'confirmation_method' })
  return method
}

const readSuffix = (parameters: Parameters): string | null | undefined => {
  if (parameters.has('statement_descriptor'))
    throw invalid(
      'The `statement_descriptor` parameter is not supported for the card payment method type. Use `statement_descriptor_suffix` instead.',
      { param: 'statement_descriptor' },
    )
  return parameters.optionalText('statement_descriptor_suffix', 22)
}

export const getIntent = (draft: Draft, id: string): PaymentIntent => {
  const intent = draft.find('pi', id)
  if (!intent) throw missing('payment_intent', id, 'intent', 404)
  return intent
}

const unexpectedState = (intent: PaymentIntent, message: string): StripeProblem =>
  invalid(message, { code: 'payment_intent_unexpected_state', payment_intent: intent })

/** Until the money is under way. */
const changeable: readonly IntentStatus[] = ['requires_payment_method', 'requires_confirmation', 'requires_action']

export const updateIntent = (draft: Draft, parameters: Parameters, id: string): PaymentIntent => {
  const intent = getIntent(draft, id)
  const fixed = ['amount', 'currency', 'payment_method', 'capture_method', 'payment_method_options'].find((key) =>
    parameters.has(key),
  )
  if (fixed !== undefined && !changeable.includes(intent.status))
    throw unexpectedState(
      intent,
      `This PaymentIntent's ${fixed} could not be updated because it has a status of ${intent.status}. You may only update the ${fixed} of a PaymentIntent with one of the following statuses: ${changeable.join(', ')}.`,
    )
  requireNoCustomer(parameters)
  const methodId = parameters.optionalText('payment_method')
  const changed = {
    ...intent,
    amount: readAmount(parameters) ?? intent.amount,
    currency: parameters.has('currency') ? readCurrency(parameters) : intent.currency,
    capture_method:
      parameters.oneOf('capture_method', ['automatic', 'automatic_async', 'manual']) ?? intent.capture_method,
    description: unset(parameters.optionalText('description'), intent.description),
    metadata: parameters.metadata(intent.metadata),
    payment_method_options: {
      card: {
        request_three_d_secure:
          readSecureRequest(parameters) ?? intent.payment_method_options.card.request_three_d_secure,
      },
    },
    receipt_email: unset(parameters.optionalText('receipt_email'), intent.receipt_email),
    statement_descriptor_suffix: unset(readSuffix(parameters), intent.statement_descriptor_suffix),
  }
  readMethodTypes(draft, parameters)
  parameters.close()
  requireEnough(changed.amount, changed.currency)
  const method = methodId ? requireMethod(draft, methodId) : undefined
  return draft.put(
    fixed === undefined ? changed : prepared({ ...changed, payment_method: method?.id ?? changed.payment_method }),
  )
}

const unset = <Value>(asked: Value | undefined, before: Value): Value => (asked === undefined ? before : asked)

/** What has changed must be confirmed anew. */
const prepared = (intent: PaymentIntent): PaymentIntent => ({
  ...intent,
  next_action: null,
  status: intent.payment_method === null ? 'requires_payment_method' : 'requires_confirmation',
})

export const confirmIntent = (
  draft: Draft,
  parameters: Parameters,
  id: string,
  challengeUrl: ChallengeUrl,
): PaymentIntent => {
  const before = getIntent(draft, id)
  if (!changeable.includes(before.status))
    throw unexpectedState(
      before,
      before.status === 'succeeded'
        ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
        : `You cannot confirm this PaymentIntent because it has a status of ${before.status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${changeable.join(', ')}.`,
    )
  const manner = readManner(parameters, { isConfirmed: true })
  const methodId = parameters.optionalText('payment_method')
  const secureRequest = readSecureRequest(parameters)
  const receiptEmail = parameters.optionalText('receipt_email')
  const captureMethod = parameters.oneOf('capture_method', ['automatic', 'automatic_async', 'manual'])
  readMethodTypes(draft, parameters)
  parameters.close()
  const chosen = methodId ?? before.payment_method
  const intent: PaymentIntent = {
    ...before,
    payment_method: chosen ? requireMethod(draft, chosen).id : null,
    receipt_email: unset(receiptEmail, before.receipt_email),
    capture_method: captureMethod ?? before.capture_method,
    payment_method_options: {
      card: { request_three_d_secure: secureRequest ?? before.payment_method_options.card.request_three_d_secure },
    },
  }
  return confirm(draft, intent, manner, challengeUrl)
}

const confirm = (draft: Draft, intent: PaymentIntent, manner: Manner, challengeUrl: ChallengeUrl): PaymentIntent => {
  if (intent.payment_method === null)
    throw unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method.",
    )
  if (intent.automatic_payment_methods?.allow_redirects === 'always' && manner.returnUrl === undefined)
    throw invalid(
      'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don’t want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
      { param: 'return_url' },
    )
  const ready = { ...intent, last_payment_error: null, next_action: null }
  if (!needsCardholder(draft, ready, intent.payment_method, manner)) return take(draft, ready, { authenticated: false })
  if (manner.offSession || manner.refusesAction) throw refuseAbsent(draft, ready)
  return askCardholder(draft, ready, manner, challengeUrl)
}

const needsCardholder = (draft: Draft, intent: PaymentIntent, methodId: string, { offSession }: Manner): boolean => {
  const { authentication } = draft.cardOf(methodId)
  switch (authentication) {
    case 'never':
      return false
    case 'possible':
      return intent.payment_method_options.card.request_three_d_secure !== 'automatic'
    case 'unless-off-session':
      return !offSession
    case 'always':
      return true
  }
}

const refuseAbsent = (draft: Draft, intent: PaymentIntent): StripeProblem =>
  decline(draft, intent, {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  }).problem

const askCardholder = (
  draft: Draft,
  intent: PaymentIntent,
  { returnUrl, throughSdk }: Manner,
  challengeUrl: ChallengeUrl,
): PaymentIntent => {
  const next: NextAction =
    returnUrl === undefined || throughSdk
      ? {
          type: 'use_stripe_sdk',
          use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: challengeUrl(intent) },
        }
      : {
          type: 'redirect_to_url',
          redirect_to_url: { url: challengeUrl(intent), return_url: returnUrl },
        }
  const asked = draft.put<PaymentIntent>({ ...intent, next_action: next, status: 'requires_action' })
  draft.announce('payment_intent.requires_action', asked)
  return asked
}

/** What the cardholder said to their bank. Asked of an intent that waits for just that. */
export const answerChallenge = (draft: Draft, intent: PaymentIntent, isApproved: boolean): PaymentIntent => {
  const ready = { ...intent, next_action: null }
  if (!isApproved) return failAuthentication(draft, ready)
  const settled = tryToTake(draft, ready, { authenticated: true })
  return settled.intent
}

const failAuthentication = (draft: Draft, intent: PaymentIntent): PaymentIntent => {
  const failed = backToStart(draft, intent, {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
  })
  draft.announce('payment_intent.payment_failed', failed)
  return failed
}

const backToStart = (draft: Draft, intent: PaymentIntent, error: ErrorFields): PaymentIntent =>
  draft.put<PaymentIntent>({
    ...intent,
    last_payment_error: {
      ...withDocumentation(error),
      ...(intent.payment_method !== null && { payment_method: draft.get('pm', intent.payment_method) }),
    },
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  })

interface Taken {
  readonly intent: PaymentIntent
  readonly problem?: StripeProblem
}

const take = (draft: Draft, intent: PaymentIntent, how: { authenticated: boolean }): PaymentIntent => {
  if (draft.occasion.bankIsSlow) {
    const waiting = draft.put<PaymentIntent>({ ...intent, status: 'processing' })
    draft.announce('payment_intent.processing', waiting)
    return waiting
  }
  const { intent: taken, problem } = tryToTake(draft, intent, how)
  if (problem) throw problem
  return taken
}

/** The bank's answer to an intent that has been processing. */
export const finishProcessing = (draft: Draft, intent: PaymentIntent): void => {
  tryToTake(draft, intent, { authenticated: false })
}

const tryToTake = (draft: Draft, intent: PaymentIntent, { authenticated }: { authenticated: boolean }): Taken => {
  const method = draft.get('pm', intent.payment_method ?? '')
  const card = draft.cardOf(method.id)
  if (card.decline) return decline(draft, intent, card.decline, { authenticated })
  const charge = addCharge(draft, { intent, method, card, authenticated }, undefined)
  const taken = draft.put<PaymentIntent>({
    ...intent,
    amount_capturable: charge.captured ? 0 : intent.amount,
    amount_received: charge.amount_captured,
    latest_charge: charge.id,
    next_action: null,
    status: charge.captured ? 'succeeded' : 'requires_capture',
  })
  draft.announce('charge.succeeded', charge)
  draft.announce(charge.captured ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', taken)
  return { intent: taken }
}

const decline = (
  draft: Draft,
  intent: PaymentIntent,
  reason: Decline,
  { authenticated } = { authenticated: false },
): Taken & { problem: StripeProblem } => {
  const method = draft.get('pm', intent.payment_method ?? '')
  const charge = addCharge(draft, { intent, method, card: draft.cardOf(method.id), authenticated }, reason)
  const error = {
    type: 'card_error',
    code: reason.code,
    decline_code: reason.declineCode,
    message: reason.message,
    charge: charge.id,
  } as const
  const failed = backToStart(draft, { ...intent, latest_charge: charge.id }, error)
  draft.announce('charge.failed', charge)
  draft.announce('payment_intent.payment_failed', failed)
  return {
    intent: failed,
    problem: new StripeProblem(402, { ...error, payment_intent: failed, payment_method: method }),
  }
}

const cancellationReasons = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const

export const cancelIntent = (draft: Draft, parameters: Parameters, id: string): PaymentIntent => {
  const intent = getIntent(draft, id)
  const reason = parameters.oneOf('cancellation_reason', cancellationReasons)
  parameters.close()
  const cancellable: readonly IntentStatus[] = [...changeable, 'requires_capture']
  if (!cancellable.includes(intent.status))
    throw unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancellable.join(', ')}.`,
    )
  if (intent.status === 'requires_capture') releaseAuthorisation(draft, intent)
  const cancelled = draft.put<PaymentIntent>({
    ...intent,
    amount_capturable: 0,
    canceled_at: draft.now,
    cancellation_reason: reason ?? null,
    next_action: null,
    status: 'canceled',
  })
  draft.announce('payment_intent.canceled', cancelled)
  return cancelled
}

/** Nothing was taken: the hold on the money is let go, which Stripe calls a refund. */
const releaseAuthorisation = (draft: Draft, intent: PaymentIntent): void => {
  const charge = draft.get('ch', intent.latest_charge ?? '')
  addRefund(draft, charge, { amount: charge.amount, reason: null, metadata: {} })
}

export const captureIntent = (draft: Draft, parameters: Parameters, id: string): PaymentIntent => {
  const intent = getIntent(draft, id)
  if (intent.status !== 'requires_capture')
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    )
  const amount = readAmount(parameters, 'amount_to_capture') ?? intent.amount_capturable
  const metadata = parameters.metadata(intent.metadata)
  const isFinal = parameters.flag('final_capture') ?? true
  parameters.close()
  if (!isFinal) throw invalid('This simulator captures once.', { param: 'final_capture' })
  if (amount > intent.amount_capturable)
    throw invalid(
      `The amount to capture, ${amount}, is greater than the capturable amount, ${intent.amount_capturable}.`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    )
  const held = draft.get('ch', intent.latest_charge ?? '')
  const charge = settleCharge(draft, { ...held, captured: true, amount_captured: amount })
  const captured = draft.put<PaymentIntent>({
    ...intent,
    amount_capturable: 0,
    amount_received: amount,
    metadata,
    status: 'succeeded',
  })
  draft.announce('charge.captured', charge)
  draft.announce('payment_intent.succeeded', captured)
  return captured
}
