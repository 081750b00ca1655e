import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencies } from '../../kernel/currencies.ts'
import { type ProviderReference } from '../../kernel/ids.ts'
import { money } from '../../kernel/money.ts'
import { type CardOrder } from '../provider.ts'
import {
  declined,
  fromIntent,
  fromMinor,
  fromRefund,
  type Intent,
  isRefusal,
  offerIn,
  toIntent,
  toMinor,
} from './translate.ts'

const reference = '0b7a1c1e-7b9e-4f8e-9d55-0d2f6a1f2c3d' as ProviderReference
const order: CardOrder = {
  operation: 'COLLECTION',
  reference,
  method: 'CREDIT_CARD',
  amount: money(10_420n, 'USD'),
  note: 'INV-2026-00001',
  card: 'pm_1',
  returnUrl: undefined,
}

describe('amounts', () => {
  test.each([
    ['USD', 1500n, 1500],
    ['LRD', 150_000n, 150_000],
    ['RWF', 1500n, 1500],
  ] as const)('%s: as many decimals there as here', (currency, minor, theirs) => {
    expect(toMinor(money(minor, currency))).toBe(theirs)
  })

  test('come back as they went', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 99_999_999n), fc.constantFrom(...currencies), (minor, currency) => {
        const amount = money(minor, currency)
        expect(fromMinor(toMinor(amount), currency.toLowerCase())).toEqual(amount)
      }),
    )
  })

  test.each([
    [1.5, 'usd'],
    [-1, 'usd'],
    [100, 'eur'],
    [100, 'USD'],
    [2 ** 60, 'usd'],
  ])('%d %s is none that we know', (amount, currency) => {
    expect(fromMinor(amount, currency)).toBeUndefined()
  })

  test('have the limits of the network', () => {
    expect(offerIn('USD', 'COLLECTION')).toMatchObject({
      minimum: money(50n, 'USD'),
      maximum: money(99_999_999n, 'USD'),
    })
    expect(offerIn('RWF', 'COLLECTION')).toMatchObject({ decimals: 0, minimum: undefined })
    expect(offerIn('USD', 'REFUND').minimum).toBeUndefined()
  })
})

describe('a charge is asked for', () => {
  test('in the same words each time, confirmed at once, for a script of the merchant’s', () => {
    expect(toIntent(order)).toEqual({
      amount: 10_420,
      currency: 'usd',
      payment_method: 'pm_1',
      allowed_payment_method_types: ['card'],
      confirm: true,
      description: 'INV-2026-00001',
      metadata: { dollr_reference: reference },
      use_stripe_sdk: true,
    })
    expect(toIntent(order)).toEqual(toIntent({ ...order }))
  })

  test('with an address to come back to, where there is one', () => {
    const made = toIntent({ ...order, returnUrl: 'https://pay.example/back' })
    expect(made).toMatchObject({ return_url: 'https://pay.example/back' })
    expect(made).not.toHaveProperty('use_stripe_sdk')
  })
})

const intent = (its: Partial<Intent>): Intent => ({
  id: 'pi_1',
  status: 'succeeded',
  amount_received: 100,
  currency: 'usd',
  ...its,
})

describe('a payment intent', () => {
  test('that succeeded is paid, with what it received', () => {
    expect(fromIntent(intent({}))).toEqual({ kind: 'completed', amount: money(100n, 'USD'), transactionId: 'pi_1' })
  })

  test('that succeeded with an amount nobody can read is not known to be paid', () => {
    expect(fromIntent(intent({ currency: 'eur' })).kind).toBe('unknown')
    expect(fromIntent(intent({ amount_received: undefined })).kind).toBe('unknown')
  })

  test.each([
    ['processing', 'accepted'],
    ['requires_action', 'requires_action'],
    ['requires_capture', 'unknown'],
    ['something_new', 'unknown'],
    ['canceled', 'declined'],
  ])('%s is %s', (status, kind) => {
    expect(fromIntent(intent({ status })).kind).toBe(kind)
  })

  test('that could still be paid with another card is not declined before it is closed', () => {
    const failed = intent({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
    })
    expect(fromIntent(failed)).toMatchObject({
      kind: 'closable',
      isUntried: false,
      because: { code: 'CARD_INSUFFICIENT_FUNDS', transactionId: 'pi_1' },
    })
    expect(fromIntent(intent({ status: 'requires_confirmation' }))).toMatchObject({ kind: 'closable', isUntried: true })
  })

  test('that was closed for want of a cardholder says so', () => {
    const abandoned = intent({ status: 'canceled', cancellation_reason: 'abandoned' })
    expect(fromIntent(abandoned)).toMatchObject({ kind: 'declined', code: 'CARD_ABANDONED' })
  })
})

test.each([
  [{ status: 'succeeded' }, { kind: 'completed', amount: money(40n, 'RWF'), transactionId: 're_1' }],
  [{ status: 'pending' }, { kind: 'accepted', transactionId: 're_1' }],
  [{ status: 'requires_action' }, { kind: 'accepted' }],
  [
    { status: 'failed', failure_reason: 'lost_or_stolen_card' },
    { kind: 'declined', code: 'REFUND_FAILED' },
  ],
  [{ status: 'canceled' }, { kind: 'declined', message: 'The refund was canceled.' }],
  [{ status: null }, { kind: 'unknown' }],
  [{ status: 'new' }, { kind: 'unknown' }],
])('a refund that is %o', (its, outcome) => {
  expect(fromRefund({ id: 're_1', amount: 40, currency: 'rwf', ...its })).toMatchObject(outcome)
})

describe('a decline', () => {
  test.each(['lost_card', 'stolen_card', 'fraudulent', 'pickup_card'])('for %s tells no thief why', (decline_code) => {
    expect(declined({ code: 'card_declined', decline_code })).toEqual(declined({ code: 'card_declined' }))
  })

  test('nobody has heard of is named', () => {
    expect(declined({ code: 'brand_new', decline_code: 'newer' })).toMatchObject({
      code: 'CARD_REFUSED',
      message: 'The card network refused the payment (brand_new).',
    })
    expect(declined({ code: 'constructor' })).toMatchObject({ code: 'CARD_REFUSED' })
  })
})

test.each([
  [402, 'card_error', true],
  [400, 'invalid_request_error', true],
  [404, 'invalid_request_error', true],
  [400, 'idempotency_error', false],
  [401, 'invalid_request_error', false],
  [403, 'invalid_request_error', false],
  [409, 'idempotency_error', false],
  [409, 'invalid_request_error', false],
  [429, 'invalid_request_error', false],
  [500, 'api_error', false],
  [404, undefined, false],
  [undefined, undefined, false],
])('HTTP %s with %s: that nothing was done is certain: %s', (statusCode, rawType, certain) => {
  expect(isRefusal({ statusCode, rawType })).toBe(certain)
})
