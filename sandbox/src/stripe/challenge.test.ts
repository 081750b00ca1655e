import { expect, test } from 'vitest'
import { attribute, locationOf, named, open, submit } from '../../test/browser.ts'
import { aClient, aPayment, aStripe, anEndpoint, problemOf, shop } from '../../test/stripe.ts'

const returnUrl = `${shop}/back?order=7`

const anAsked = async (options: Parameters<typeof aPayment>[0] = {}) => {
  const endpoint = await anEndpoint()
  const simulator = await aStripe({ webhookUrl: endpoint.url })
  const stripe = aClient(simulator)
  const intent = await stripe.paymentIntents.create(
    aPayment({ payment_method: 'pm_card_threeDSecure2Required', return_url: returnUrl, ...options }),
  )
  return { endpoint, simulator, stripe, intent, url: intent.next_action?.redirect_to_url?.url ?? '' }
}

test('a bank asks its cardholder, who approves', async () => {
  const { endpoint, stripe, intent, url } = await anAsked()
  expect(intent).toMatchObject({
    status: 'requires_action',
    latest_charge: null,
    next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl } },
  })
  const page = await open(url)
  expect(page).toMatchObject({ status: 200, language: 'en', heading: 'Is this payment yours?' })
  expect(page.text).toContain('15.00 USD')
  expect(named(page, 'script')).toEqual([])
  expect(named(page, 'meta').map((meta) => attribute(meta, 'content'))).toContain('width=device-width, initial-scale=1')
  const answered = await submit(page, { answer: 'approve' })
  expect(answered.status).toBe(303)
  expect(Object.fromEntries(locationOf(answered).searchParams)).toEqual({
    order: '7',
    payment_intent: intent.id,
    payment_intent_client_secret: intent.client_secret,
    redirect_status: 'succeeded',
  })
  expect(locationOf(answered).origin).toBe(shop)
  expect(await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] })).toMatchObject({
    status: 'succeeded',
    next_action: null,
    latest_charge: { payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } } },
  })
  await endpoint.until(5)
  expect(endpoint.types().sort()).toEqual([
    'charge.succeeded',
    'charge.updated',
    'payment_intent.created',
    'payment_intent.requires_action',
    'payment_intent.succeeded',
  ])
  expect((await open(url)).text).toContain('This question has been answered.')
})

test('a cardholder who refuses leaves an intent that may be tried again', async () => {
  const { stripe, intent, url } = await anAsked()
  const answered = await submit(await open(url), { answer: 'refuse' })
  expect(locationOf(answered).searchParams.get('redirect_status')).toBe('failed')
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: { code: 'payment_intent_authentication_failure', type: 'invalid_request_error' },
  })
  expect(await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })).toMatchObject({
    status: 'succeeded',
  })
})

test.each([
  ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', 'card_declined'],
  ['pm_card_threeDSecureRequiredChargeDeclined', 'card_declined'],
  ['pm_card_threeDSecureRequiredProcessingError', 'processing_error'],
])('%s is approved and then refused', async (card, code) => {
  const { stripe, intent, url } = await anAsked({ payment_method: card })
  const answered = await submit(await open(url), { answer: 'approve' })
  expect(locationOf(answered).searchParams.get('redirect_status')).toBe('failed')
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code },
  })
})

test('what is approved for later capture is only held', async () => {
  const { stripe, intent, url } = await anAsked({ capture_method: 'manual' })
  await submit(await open(url), { answer: 'approve' })
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'requires_capture' })
})

test('without a place to return to, and for the SDK, the shop’s own page goes on', async () => {
  for (const options of [{ return_url: undefined as never }, { use_stripe_sdk: true }]) {
    const { stripe, intent } = await anAsked(options)
    expect(intent.next_action?.type).toBe('use_stripe_sdk')
    const { stripe_js: url = '' } = (intent.next_action?.use_stripe_sdk ?? {}) as { stripe_js?: string }
    const answered = await submit(await open(url), { answer: 'approve' })
    expect(answered).toMatchObject({ status: 200, heading: 'This question has been answered.' })
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'succeeded' })
  }
})

test('nobody is asked who is not there', async () => {
  const stripe = aClient(await aStripe())
  const payment_method = 'pm_card_authenticationRequired'
  for (const options of [{ off_session: true }, { error_on_requires_action: true }])
    expect(await problemOf(stripe.paymentIntents.create(aPayment({ payment_method, ...options })))).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      payment_intent: { status: 'requires_payment_method' },
    })
  const setUp = 'pm_card_authenticationRequiredSetupForOffSession'
  expect(await stripe.paymentIntents.create(aPayment({ payment_method: setUp, off_session: true }))).toMatchObject({
    status: 'succeeded',
  })
  expect(await stripe.paymentIntents.create(aPayment({ payment_method: setUp }))).toMatchObject({
    status: 'requires_action',
  })
})

test('a card that may be asked about is, when the merchant wants it', async () => {
  const stripe = aClient(await aStripe())
  const payment = aPayment({ payment_method: 'pm_card_threeDSecureOptional' })
  expect((await stripe.paymentIntents.create(payment)).status).toBe('succeeded')
  const options = { card: { request_three_d_secure: 'any' as const } }
  expect((await stripe.paymentIntents.create({ ...payment, payment_method_options: options })).status).toBe(
    'requires_action',
  )
})

test('an intent that waits for its cardholder is cancelled, or tried with another card', async () => {
  const { stripe, intent, url } = await anAsked()
  expect(await stripe.paymentIntents.cancel(intent.id)).toMatchObject({ status: 'canceled', next_action: null })
  expect((await submit(await open(url), { answer: 'approve' })).status).toBe(200)
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('canceled')
  const other = await anAsked()
  expect(await other.stripe.paymentIntents.confirm(other.intent.id, { payment_method: 'pm_card_visa' })).toMatchObject({
    status: 'succeeded',
  })
})

test('the page is shown to whoever knows the secret, in their language', async () => {
  const { intent, url, simulator } = await anAsked()
  expect(await open(`${simulator.url}/sandbox/3ds/${intent.id}?client_secret=x`)).toMatchObject({ status: 404 })
  expect(await open(`${simulator.url}/sandbox/3ds/pi_x`)).toMatchObject({ status: 404 })
  expect(await open(url, { 'accept-language': 'de, fr;q=0.8' })).toMatchObject({
    language: 'fr',
    heading: 'Ce paiement est-il le vôtre ?',
  })
  expect(await open(`${url}&locale=rw`)).toMatchObject({ language: 'rw' })
  const { headers } = await open(url)
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/shop\.example; base-uri 'none'$/,
  )
  expect(headers.get('referrer-policy')).toBe('no-referrer')
})
