import { expect, test } from 'vitest'
import { attribute, locationOf, named, open, submit, textOf } from '../../test/browser.ts'
import { aClient, aPayment, aStripe, control, problemOf, shop } from '../../test/stripe.ts'
import { testCards } from './cards.ts'
import { locales, textsOf } from './texts.ts'

const formUrl = ({ url }: { url: string }, differences: Record<string, string> = {}): string => {
  const query = { return_url: `${shop}/pay?session=5`, amount: '1500', currency: 'RWF', ...differences }
  return `${url}/sandbox/card?${new URLSearchParams(query).toString()}`
}

test('a payer chooses a card and is taken back with it', async () => {
  const simulator = await aStripe()
  const stripe = aClient(simulator)
  const page = await open(formUrl(simulator))
  expect(page).toMatchObject({ status: 200, language: 'en', heading: 'Pay by card: 1500 RWF' })
  expect(named(page, 'script')).toEqual([])
  const offered = named(page, 'input').filter((input) => attribute(input, 'type') === 'radio')
  expect(offered.map((input) => attribute(input, 'value'))).toContain('pm_card_threeDSecure2Required')
  expect(named(page, 'label').map(textOf)).toContain('Visa: pays ends in 4242')

  const answered = await submit(page, { name: ' Aline <Uwase> ' })
  expect(answered.status).toBe(303)
  const back = locationOf(answered)
  expect(back.href).toMatch(/^https:\/\/shop\.example\/pay\?session=5&payment_method=pm_[0-9A-Za-z]{24}$/)
  const id = back.searchParams.get('payment_method') ?? ''
  expect(await stripe.paymentMethods.retrieve(id)).toMatchObject({
    card: { brand: 'visa', last4: '4242' },
    billing_details: { name: 'Aline <Uwase>' },
  })
  const payment = aPayment({ payment_method: id, amount: 1_500, currency: 'rwf' })
  expect(await stripe.paymentIntents.create(payment)).toMatchObject({ status: 'succeeded' })

  const declined = await submit(page, { card: 'pm_card_visa_chargeDeclined' })
  const other = locationOf(declined).searchParams.get('payment_method') ?? ''
  expect(await problemOf(stripe.paymentIntents.create(aPayment({ payment_method: other })))).toMatchObject({
    code: 'card_declined',
  })
})

test('nobody is sent where the simulator was not told of', async () => {
  const simulator = await aStripe()
  const good = await open(formUrl(simulator))
  for (const return_url of [
    'https://elsewhere.example',
    `${shop}.elsewhere.example`,
    'http://shop.example',
    `https://shop.example@elsewhere.example/`,
    'javascript:alert(1)',
    '//elsewhere.example',
    '/pay',
    '',
  ]) {
    const url = formUrl(simulator, { return_url })
    expect(await open(url), return_url).toMatchObject({ status: 400 })
    const sent = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ card: 'pm_card_visa' }),
    })
    expect(sent.status, return_url).toBe(400)
    expect(sent.headers.get('location')).toBeNull()
  }
  simulator.allowReturnOrigin('http://127.0.0.1:8080/anything')
  expect(await open(formUrl(simulator, { return_url: 'http://127.0.0.1:8080/pay' }))).toMatchObject({ status: 200 })
  await control(simulator, '/_sandbox/return-origin', { origin: 'http://127.0.0.1:9090' })
  expect(await open(formUrl(simulator, { return_url: 'http://127.0.0.1:9090/pay' }))).toMatchObject({ status: 200 })
  expect(good.headers.get('content-security-policy')).toContain(`form-action 'self' ${shop};`)
})

test('what is no amount, no card or no name is told', async () => {
  const simulator = await aStripe()
  for (const wrong of [{ amount: '0' }, { amount: '1.5' }, { amount: '' }, { currency: 'XXX' }])
    expect(await open(formUrl(simulator, wrong))).toMatchObject({ status: 400 })
  const page = await open(formUrl(simulator))
  for (const card of ['pm_card_nobodys', 'constructor', ''])
    expect(await submit(page, { card, name: '"><script>' })).toMatchObject({ status: 422 })
  const again = await submit(page, { card: '', name: '"><b>' })
  expect(again.text).toContain('Choose one of the cards.')
  expect(named(again, 'input').map((input) => attribute(input, 'value'))).toContain('"><b>')
  expect(named(again, 'b')).toEqual([])
  expect(await submit(page, { name: 'x'.repeat(201) })).toMatchObject({ status: 422 })
})

test.each(locales)('the form speaks %s', async (locale) => {
  const simulator = await aStripe()
  const page = await open(formUrl(simulator, { locale }))
  const texts = textsOf(locale)
  expect(page.language).toBe(locale)
  for (const words of [texts.sandbox, texts.card.choose, texts.card.name, texts.card.go, ...Object.values(texts.cards)])
    expect(page.text).toContain(words)
})

const words = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value === 'function') return [String((value as (text: string) => unknown)('§'))]
  return Object.values(value as object).flatMap(words)
}

test('no catalogue leaves anything out, or in English', () => {
  const english = words(textsOf('en'))
  for (const locale of ['fr', 'rw'] as const) {
    const translated = words(textsOf(locale))
    expect(translated).toHaveLength(english.length)
    for (const [index, text] of translated.entries()) {
      expect(text.trim()).not.toBe('')
      expect(text).not.toBe(english[index])
      expect(text.includes('§')).toBe(english[index]?.includes('§'))
    }
  }
  expect(Object.keys(textsOf('en').cards).filter((id) => !testCards.some((card) => card.id === id))).toEqual([])
})
