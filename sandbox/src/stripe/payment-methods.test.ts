import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../../test/support.ts'
import { aClient, aStripe, problemOf, publishableKey } from '../../test/stripe.ts'
import { findCardByNumber, isCardNumber, testCards } from './cards.ts'

const nextYear = new Date().getUTCFullYear() + 1

const aCard = (number: string, more: object = {}) => ({
  type: 'card' as const,
  card: { number, exp_month: 8, exp_year: nextYear, cvc: '314', ...more },
})

test('every test card has a number that could be one', () => {
  for (const { number } of testCards) expect(isCardNumber(number), number).toBe(true)
  expect(isCardNumber('4242424242424241')).toBe(false)
  expect(findCardByNumber('378282246310005')?.id).toBe('pm_card_amex')
})

test.each(testCards.map(({ id, brand, number, funding }) => [id, brand, number.slice(-4), funding]))(
  '%s is a fresh %s ending in %s each time',
  async (id, brand, last4, funding) => {
    const stripe = aClient(await aStripe())
    const [one, other] = [await stripe.paymentMethods.retrieve(id), await stripe.paymentMethods.retrieve(id)]
    expect(one).toMatchObject({
      object: 'payment_method',
      type: 'card',
      card: { brand, last4, funding, country: 'US' },
    })
    expect(one.id).toMatch(/^pm_[0-9A-Za-z]{24}$/)
    expect(other.id).not.toBe(one.id)
    expect(other.card?.fingerprint).toBe(one.card?.fingerprint)
    expect((await stripe.paymentMethods.retrieve(one.id)).id).toBe(one.id)
  },
)

test('a browser makes one of a test card’s number, which is kept nowhere', async () => {
  const journalFile = join(aFolder(), 'journal')
  const simulator = await aStripe({ journalFile })
  const made = await aClient(simulator, publishableKey).paymentMethods.create({
    ...aCard('4000 0000 0000 9995'),
    billing_details: { name: 'A Payer', address: { country: 'RW' } },
    metadata: { a: 'b' },
  })
  expect(made).toMatchObject({
    card: { brand: 'visa', last4: '9995', exp_month: 8, exp_year: nextYear },
    billing_details: { name: 'A Payer', email: null, address: { country: 'RW', city: null } },
    metadata: { a: 'b' },
  })
  const problem = await problemOf(
    aClient(simulator).paymentIntents.create({
      amount: 500,
      currency: 'usd',
      allowed_payment_method_types: ['card'],
      payment_method: made.id,
      confirm: true,
    }),
  )
  expect(problem).toMatchObject({ decline_code: 'insufficient_funds' })
  const journal = readFileSync(journalFile, 'utf8')
  expect(journal).toContain(made.id)
  expect(journal).not.toMatch(/4000000000009995|4000 0000 0000 9995/)
})

test.each([
  [aCard('4242424242424241'), { statusCode: 402, code: 'incorrect_number' }],
  [aCard('4111111111111111'), { statusCode: 402, code: 'card_declined', decline_code: 'test_mode_live_card' }],
  [aCard('4242424242424242', { exp_month: 13 }), { statusCode: 402, code: 'invalid_expiry_month' }],
  [aCard('4242424242424242', { exp_year: 2020 }), { statusCode: 402, code: 'invalid_expiry_year' }],
  [aCard('4242424242424242', { cvc: '1' }), { statusCode: 402, code: 'invalid_cvc' }],
  [
    { type: 'card' as const, card: {} as never },
    { statusCode: 400, code: 'parameter_missing' },
  ],
  [{ type: 'paypal' as const }, { statusCode: 400, param: 'type' }],
])('%j is refused', async (asked, problem) => {
  const stripe = aClient(await aStripe())
  expect(await problemOf(stripe.paymentMethods.create(asked))).toMatchObject(problem)
})
