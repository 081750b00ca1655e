import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { type Api, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, walletOf } from '../support/black-box/books.ts'
import {
  filledIn,
  linkOf,
  locationOf,
  open,
  optionOf,
  type Page,
  submit,
  untilOver,
} from '../support/black-box/browser.ts'
import {
  aCheckout,
  anAttempt,
  cancel,
  type Checkout,
  collect,
  documentOf,
  executionOf,
  settled,
  sourceStatus,
} from '../support/black-box/builders.ts'
import { createMerchant, pause } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const world = await createWorld({ payerDelayMs: 150 })
afterAll(world.close)

const { api, database, network } = world

let numbers = 0
/** A payer of one's own. The last digits decide what the payer does: `000` pays. */
const aPhone = (ending = '000'): string => `231880${String((numbers += 1)).padStart(3, '0')}${ending}`

const shop = {
  success_url: 'https://shop.example/paid?order=7&x=a%20b',
  cancel_url: 'https://shop.example/basket#here',
}

const statusOf = (checkout: Checkout): Promise<string> => sourceStatus(api, documentOf(checkout))
const depositsFrom = (phone: string) => network.deposits().filter((deposit) => deposit.phone === phone)
const keyOf = (page: Page): string => filledIn(page).get('reference') ?? ''

async function expectAllWell(): Promise<void> {
  await expectBooksToBalance(database.pool)
  await expectProviderToAgree(database.pool, network.deposits())
}

describe('a payer with a link', () => {
  test('sees what it is for and what it costs, pays with one form, and is taken back to the merchant', async () => {
    const before = await walletOf(database.pool, sandboxMerchant, 'USD')
    const phone = aPhone()
    const checkout = await aCheckout(api, {
      ...shop,
      party_phone: phone,
      note: 'Thank you',
      items: [
        { name: 'Consulting', currency: 'USD', amount: 1000 },
        { name: 'Travel', currency: 'USD', amount: 250 },
      ],
    })
    const form = await open(checkout.url)
    expect(form.status).toBe(200)
    expect(form.heading).toBe('Pay Sandbox Merchant')
    for (const shown of [
      checkout.source_number,
      'Thank you',
      'Consulting USD 1,000.00',
      'Travel USD 250.00',
      'Total USD 1,250.00',
    ]) {
      expect(form.text).toContain(shown)
    }
    // The quote of the API and the price on the page are the same arithmetic.
    const source = { source_type: checkout.source_type, source_id: checkout.source_id }
    const routing = { target_currency: 'USD', payment_method: 'MTN_MOMO_LBR', provider: 'PAWAPAY' }
    expect(await ok(api.get('/predictions/payment-source/amount-and-fees', { ...source, ...routing }))).toMatchObject({
      payer_amount: '1287.50',
    })
    const chosen = form.fields.filter(({ checked }) => checked)
    expect(chosen.map(({ label }) => label)).toEqual([
      'MTN Mobile Money, Liberia USD 1,287.50 from your US dollar (USD) wallet Fees of USD 37.50 included',
    ])
    expect(filledIn(form).get('phone')).toBe(phone)
    expect(linkOf(form, 'Do not pay, go back to Sandbox Merchant')).toBe(shop.cancel_url)

    const waiting = await submit(form)
    expect(waiting.heading).toBe('Approve the payment on your phone')
    expect(waiting.text).toContain('Do not pay again')
    expect(waiting.text).toContain('We asked MTN Mobile Money for USD 1,287.50')
    expect(waiting.text).toContain(`ends in ${phone.slice(-3)}`)
    expect(waiting.text).not.toContain(phone)
    expect(waiting.refresh?.seconds).toBeGreaterThanOrEqual(20)

    const left = await untilOver(waiting)
    expect([left.status, left.headers.get('location')]).toEqual([303, shop.success_url])
    expect(await statusOf(checkout)).toBe('PAID')
    expect(depositsFrom(phone)).toMatchObject([{ amount: '1287.5', currency: 'USD', status: 'COMPLETED' }])
    expect(await walletOf(database.pool, sandboxMerchant, 'USD')).toBe(before + 125_000)

    const paid = await open(checkout.url)
    expect([paid.status, paid.heading, paid.refresh]).toEqual([200, 'Paid', undefined])
    expect(linkOf(paid, 'Go back to Sandbox Merchant')).toBe(shop.success_url)
    const receipt = await open(linkOf(paid, 'Open the receipt'))
    expect(receipt.status).toBe(200)
    const named = { source_type: checkout.source_type, source_number: checkout.source_number }
    expect(((await ok(api.get('/links/receipt', named))) as { url: string }).url).toBe(receipt.url)
    const { provider_transaction_id: transaction } = (await ok(api.get(`/invoices/receipt/${checkout.source_id}`))) as {
      provider_transaction_id: string
    }
    for (const shown of [
      checkout.source_number,
      'Sandbox Merchant',
      'USD 1,287.50',
      'USD 37.50',
      'MTN Mobile Money',
      transaction,
    ]) {
      expect(receipt.text).toContain(shown)
    }
    await expectAllWell()
  })

  test('who is sent nowhere is shown the receipt', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone(), source_kind: 'ORDER' })
    const over = await untilOver(await submit(await open(checkout.url)))
    expect([over.status, over.heading]).toEqual([200, 'Paid'])
    expect(over.text).toContain(checkout.source_number)
    expect((await open(linkOf(over, 'Open the receipt'))).status).toBe(200)
  })

  test('whose payment is through before the first look is taken back from a page, not by the redirect of a form', async () => {
    const checkout = await aCheckout(api, { ...shop, party_phone: aPhone() })
    const form = await open(checkout.url)
    await untilOver(await submit(form))
    const again = await submit(form)
    expect([again.status, again.heading]).toEqual([200, 'Paid'])
    expect(again.refresh?.url).toBe(shop.success_url)
  })

  test('may pay with another operator, number and currency', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone() })
    const form = await open(checkout.url)
    const orange = optionOf(form, 'Orange Money, Liberia', 'LRD')
    expect(orange.label).toBe(
      'Orange Money, Liberia LRD 52,000.00 from your Liberian dollar (LRD) wallet Fees of USD 10.00 included. 1 USD = 200 LRD',
    )
    const over = await untilOver(await submit(form, { option: orange.value, phone: '+231 77-045-6789' }))
    expect(over.heading).toBe('Paid')
    for (const shown of ['LRD 52,000.00', '1 USD = 200 LRD', 'Orange Money']) expect(over.text).toContain(shown)
    expect(depositsFrom('231770456789')).toMatchObject([{ amount: '52000', currency: 'LRD', status: 'COMPLETED' }])
    await expectAllWell()
  })

  test('pays no fees where the merchant bears them', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone() })
    await database.pool.query(`update sources set fee_bearer = 'PAYEE' where id = $1`, [checkout.source_id])
    const form = await open(checkout.url)
    expect(optionOf(form, 'MTN Mobile Money, Liberia', 'USD').label).toContain(
      'USD 250.00 from your US dollar (USD) wallet No fees for you',
    )
    expect((await untilOver(await submit(form))).text).toContain('USD 250.00')
    await expectAllWell()
  })

  test('whose number tells no operator chooses one', async () => {
    const checkout = await aCheckout(api, { party_phone: '4915112345678' })
    const form = await open(checkout.url)
    expect(form.fields.filter(({ checked }) => checked)).toEqual([])
    const refused = await submit(form)
    expect([refused.status, refused.heading]).toEqual([422, 'Pay Sandbox Merchant'])
    expect(refused.text).toContain('Choose how you want to pay')
    const option = optionOf(refused, 'MTN Mobile Money, Rwanda', 'RWF')
    const over = await untilOver(await submit(refused, { option: option.value, phone: '0783 456 789' }))
    expect(over.heading).toBe('Paid')
    expect(depositsFrom('250783456789')).toHaveLength(1)
  })
})

describe('a payment that fails', () => {
  test.each([
    ['039', /not approved/],
    ['049', /too little money/],
    ['029', /no account with this operator/],
  ])('with a number that ends in %s says why in plain words, and can be tried again', async (ending, why) => {
    const phone = aPhone(ending)
    const checkout = await aCheckout(api, { ...shop, party_phone: phone })
    const failed = await untilOver(await submit(await open(checkout.url)))
    expect([failed.status, failed.heading]).toEqual([200, 'The payment did not go through'])
    expect(failed.text).toMatch(why)
    expect(failed.text).toContain('You were not charged')
    expect(failed.refresh).toBeUndefined()
    expect(linkOf(failed, 'Do not pay, go back to Sandbox Merchant')).toBe(shop.cancel_url)
    expect(await statusOf(checkout)).toBe('ACTIVE')

    const again = await open(linkOf(failed, 'Try again'))
    const other = aPhone()
    const left = await untilOver(await submit(again, { phone: other }))
    expect(locationOf(left)).toBe(shop.success_url)
    expect(await statusOf(checkout)).toBe('PAID')
    expect(depositsFrom(other)).toHaveLength(1)
    await expectAllWell()
  })

  test('stays the answer to its own form, however often that is sent', async () => {
    const phone = aPhone('039')
    const checkout = await aCheckout(api, { party_phone: phone })
    const form = await open(checkout.url)
    await untilOver(await submit(form))
    expect((await submit(form)).heading).toBe('The payment did not go through')
    expect(depositsFrom(phone)).toHaveLength(1)
  })
})

describe('one charge', () => {
  test('is made by a form however often it is sent, at once and later', async () => {
    const phone = aPhone()
    const checkout = await aCheckout(api, { ...shop, party_phone: phone })
    const form = await open(checkout.url)
    const shown = await Promise.all(Array.from({ length: 5 }, () => submit(form)))
    expect(new Set(shown.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(shown.map(({ heading }) => heading))).toEqual(new Set(['Approve the payment on your phone']))
    const [first] = shown
    if (first) await untilOver(first)
    expect((await submit(form)).heading).toBe('Paid')
    expect(depositsFrom(phone)).toHaveLength(1)
    await expectAllWell()
  })

  test('is made by two tabs that pay at the same moment', async () => {
    const phone = aPhone()
    for (let round = 0; round < 5; round += 1) {
      const checkout = await aCheckout(api, { party_phone: phone })
      const tabs = await Promise.all([open(checkout.url), open(checkout.url)])
      expect(new Set(tabs.map(keyOf)).size).toBe(2)
      const shown = await Promise.all(tabs.map((tab) => submit(tab)))
      const over = await Promise.all(shown.map(untilOver))
      expect(over.map(({ heading }) => heading)).toEqual(['Paid', 'Paid'])
      expect(depositsFrom(phone)).toHaveLength(round + 1)
    }
    await expectAllWell()
  })

  test('is under way: whoever opens the link waits for it and cannot pay', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone('129') })
    const form = await open(checkout.url)
    const other = await open(checkout.url)
    const waiting = await submit(form)
    expect(waiting.fields).toEqual([])
    for (const page of [await open(checkout.url), await submit(other), await open(linkOf(waiting, 'Look again now'))]) {
      expect([page.status, page.heading]).toEqual([200, 'Approve the payment on your phone'])
      expect(page.text).toContain('Do not pay again')
      expect(page.action).toBeUndefined()
    }
    const still = await open(linkOf(waiting, 'Stop looking again by itself'))
    expect([still.heading, still.refresh]).toEqual([waiting.heading, undefined])
    expect(still.text).not.toContain('looks again by itself')
    expect(waiting.text).toContain('You have about 5 minutes to enter your PIN.')
    expect(waiting.text).toContain('Dial *')
    // What the clock says is no outcome: late is still unknown.
    await database.pool.query(
      `update executions set created_at = created_at - interval '6 minutes' where source_id = $1`,
      [checkout.source_id],
    )
    const late = await open(waiting.url)
    expect([late.heading, late.action]).toEqual([waiting.heading, undefined])
    expect(late.text).toContain('The time to enter your PIN should be over')
    expect(late.text).not.toContain('You have about')
  })

  test('by the merchant’s server is waited for as well', async () => {
    const checkout = await aCheckout(api, { ...shop, party_phone: aPhone() })
    const collection = await anAttempt(api, documentOf(checkout), { phone: aPhone() })
    await ok(collect(api, collection))
    const waiting = await open(checkout.url)
    expect(waiting.heading).toBe('Approve the payment on your phone')
    await settled(api, collection)
    expect((await untilOver(waiting)).heading).toBe('Paid')
  })
})

describe('a form that cannot be carried out as it is', () => {
  test.each(['', 'abc', '12', '231 88 000 0001 2345 67'])(
    'names the number %j and keeps what was chosen',
    async (phone) => {
      const checkout = await aCheckout(api, { party_phone: aPhone() })
      const form = await open(checkout.url)
      const option = optionOf(form, 'Orange Money, Liberia', 'LRD').value
      const mended = await submit(form, { option, phone })
      expect(mended.status).toBe(422)
      expect(mended.text).toContain('Enter a mobile money number')
      expect(filledIn(mended).get('phone')).toBe(phone)
      expect([filledIn(mended).get('option'), keyOf(mended)]).toEqual([option, keyOf(form)])
      const input = mended.elements.find(({ attrs }) =>
        attrs.some(({ name, value }) => name === 'id' && value === 'phone'),
      )
      const attributes = new Map(input?.attrs.map(({ name, value }) => [name, value]))
      expect(attributes.get('aria-invalid')).toBe('true')
      expect(attributes.get('aria-describedby')).toContain('mistake')
      expect(await statusOf(checkout)).toBe('ACTIVE')
    },
  )

  test('takes no option but those it offers', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone() })
    const form = await open(checkout.url)
    for (const option of [
      '',
      'x',
      'CREDIT_CARD:USD:25750',
      'MTN_MOMO_LBR:RWF:25750',
      'MTN_MOMO_RWA:USD:25750',
      'MTN_MOMO_LBR:USD:1',
    ]) {
      const refused = await submit(form, { option })
      expect(refused.status).toBe(422)
      expect(refused.text).toContain('Not paid yet')
    }
    expect(await statusOf(checkout)).toBe('ACTIVE')
  })

  test('shows a price that moved before anybody pays it', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone() })
    const form = await open(checkout.url)
    const before = optionOf(form, 'Orange Money, Liberia', 'LRD')
    await database.pool.query(
      `update exchange_rates set rate = rate * 2 where base_currency = 'USD' and quote_currency = 'LRD'`,
    )
    await pause(2_200)
    const shown = await submit(form, { option: before.value })
    expect([shown.status, optionOf(shown, 'Orange Money, Liberia', 'LRD').label]).toEqual([
      422,
      'Orange Money, Liberia LRD 104,000.00 from your Liberian dollar (LRD) wallet Fees of USD 10.00 included. 1 USD = 400 LRD',
    ])
    expect(shown.text).toContain('The amount to pay has changed')
    await database.pool.query(
      `update exchange_rates set rate = rate / 2 where base_currency = 'USD' and quote_currency = 'LRD'`,
    )
    await pause(2_200)
    expect(await statusOf(checkout)).toBe('ACTIVE')
  })

  test('with a key that is none gets a new one; with the key of another payment it pays nothing and tells nothing', async () => {
    const [phone, other] = [aPhone(), aPhone()]
    const theirs = await open((await aCheckout(api, { party_phone: other })).url)
    await untilOver(await submit(theirs))
    const checkout = await aCheckout(api, { party_phone: phone })
    const form = await open(checkout.url)
    for (const reference of ['', 'x', randomUUID().toUpperCase(), `${randomUUID()}x`, keyOf(theirs)]) {
      const refused = await submit(form, { reference })
      expect([refused.status, refused.heading]).toEqual([422, 'Pay Sandbox Merchant'])
      expect(keyOf(refused)).not.toBe(reference)
      expect(keyOf(refused)).toMatch(/^[0-9a-f-]{36}$/)
    }
    const asked = await open(`${checkout.url}?try=${keyOf(theirs)}`)
    expect(asked.heading).toBe('Pay Sandbox Merchant')
    expect([depositsFrom(phone), depositsFrom(other)].map(({ length }) => length)).toEqual([0, 1])
    expect(await ok(executionOf(api, { reference_id: keyOf(theirs) }))).toMatchObject({ status: 'COMPLETED' })
  })

  test('is a page whatever is sent', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone() })
    const post = (body: string, type = 'application/x-www-form-urlencoded') =>
      fetch(checkout.url, { method: 'POST', body, headers: { 'content-type': type } })
    const bodies = ['', '%', '%%%=&&&', 'option=%ff%fe&phone=%00&reference=%00', '{"option":1}', 'option=a&option=b']
    for (const body of bodies) {
      const answer = await post(body)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([422, 'text/html; charset=utf-8'])
    }
    expect((await post('[]', 'application/json')).status).toBe(422)
    const large = await post(`phone=${'1'.repeat(9_000)}`)
    expect([large.status, large.headers.get('content-type')]).toEqual([413, 'text/html; charset=utf-8'])
    for (const query of [
      'try=%00',
      'try=a&try=b',
      'looks=-1',
      'looks=99999999999',
      'looks=stop',
      'lines=x',
      '%ff',
      '=',
    ]) {
      expect((await open(`${checkout.url}?${query}`)).status).toBe(200)
    }
    expect((await fetch(checkout.url, { method: 'HEAD' })).status).toBe(200)
  })

  test('is not taken without end: a phone is left in peace', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone() })
    const form = await open(checkout.url)
    let answer = await submit(form, { phone: '' })
    for (let tries = 0; tries < 30 && answer.status === 422; tries += 1) answer = await submit(form, { phone: '' })
    expect([answer.status, answer.heading]).toEqual([429, 'Too many tries'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await open(checkout.url)).status).toBe(200)
  })
})

describe('a link that pays nothing', () => {
  const expire = (checkout: Checkout) =>
    database.pool.query(`update links set expires_at = now() - interval '1 second' where source_id = $1`, [
      checkout.source_id,
    ])

  const expectClosed = (page: Page, status: number, heading: string) => {
    expect([page.status, page.heading, page.action, page.refresh]).toEqual([status, heading, undefined, undefined])
  }

  test('has expired: a form opened before then is refused as well, and a fresh link pays', async () => {
    const expires = new Date(Date.now() + 3_600_000).toISOString()
    const checkout = await aCheckout(api, { ...shop, party_phone: aPhone(), expires_at: expires })
    const form = await open(checkout.url)
    await expire(checkout)
    for (const page of [await open(checkout.url), await submit(form)]) {
      expectClosed(page, 410, 'This link has expired')
      expect(linkOf(page, 'Go back to Sandbox Merchant')).toBe(shop.cancel_url)
    }
    expect(await statusOf(checkout)).toBe('ACTIVE')
    const named = { source_type: checkout.source_type, source_number: checkout.source_number }
    const { url } = (await ok(api.get('/links/pay', named))) as { url: string }
    const left = await untilOver(await submit(await open(url)))
    expect(locationOf(left)).toBe(shop.success_url)
    expect((await open(checkout.url)).heading).toBe('Paid')
  })

  test('expires by its own time', async () => {
    const checkout = await aCheckout(api, { expires_at: new Date(Date.now() + 2_000).toISOString() })
    await pause(2_100)
    expectClosed(await open(checkout.url), 410, 'This link has expired')
  })

  test('that expired while a payment is under way does not touch the payment', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone(), expires_at: '2100-01-01' })
    const form = await open(checkout.url)
    expect(form.text).toMatch(/You can pay here until January 1, 2100/)
    const waiting = await submit(form)
    await expire(checkout)
    expect((await untilOver(waiting)).heading).toBe('Paid')
  })

  test('that expired after a try failed says so, and offers no other', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone('039'), expires_at: '2100-01-01' })
    const failed = await untilOver(await submit(await open(checkout.url)))
    await expire(checkout)
    const now = await open(failed.url)
    expect([now.heading, now.links.has('Try again')]).toEqual(['The payment did not go through', false])
  })

  test('is of a canceled document', async () => {
    const checkout = await aCheckout(api, { ...shop, party_phone: aPhone() })
    const form = await open(checkout.url)
    await ok(cancel(api, documentOf(checkout)))
    for (const page of [await open(checkout.url), await submit(form)]) expectClosed(page, 410, 'No longer to be paid')
  })

  test('is unknown: made up, of the other page, or cut short', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone() })
    const paid = await untilOver(await submit(await open(checkout.url)))
    const token = checkout.url.split('/').at(-1) ?? ''
    const receiptToken = linkOf(paid, 'Open the receipt').split('/').at(-1) ?? ''
    const wrong = [
      ...[`/receipt/${token}`, `/pay/${receiptToken}`, `/pay/${token.slice(0, -1)}`, `/pay/${token}x`],
      ...[
        `/pay/${randomBytes(24).toString('base64url')}`,
        '/pay/1',
        '/pay/%00',
        `/pay/${'x'.repeat(400)}`,
        '/pay/null',
      ],
    ]
    for (const path of wrong) expectClosed(await open(world.url() + path), 404, 'Nothing here')
    const posted = await fetch(`${world.url()}/pay/${randomBytes(24).toString('base64url')}`, { method: 'POST' })
    expect(posted.status).toBe(404)
  })

  test('is of a merchant whose links were switched off since', async () => {
    const merchant = await createMerchant(database.url, 'Corner Shop')
    const checkout = await aCheckout(await signIn(world.url, merchant), { party_phone: aPhone() })
    const form = await open(checkout.url)
    expect(form.heading).toBe('Pay Corner Shop')
    await database.pool.query('update merchants set payment_links_allowed = false where id = $1', [merchant.id])
    for (const page of [await open(checkout.url), await submit(form)]) {
      expectClosed(page, 403, 'This cannot be paid here now')
    }
  })

  test('is of an amount that no operator takes', async () => {
    const items = [{ name: 'Bridge', currency: 'USD', amount: 900_000_000_000 }]
    const checkout = await aCheckout(api, { party_phone: aPhone(), items })
    expectClosed(await open(checkout.url), 200, 'This cannot be paid now')
  })
})

describe('the reader’s language', () => {
  const languageOf = (page: Page): string | undefined =>
    page.elements.find(({ tagName }) => tagName === 'html')?.attrs.find(({ name }) => name === 'lang')?.value

  test('once chosen by hand goes along to the end, whatever the browser asks for', async () => {
    const checkout = await aCheckout(api, { party_phone: aPhone() })
    const english = await open(checkout.url)
    expect(languageOf(english)).toBe('en')
    const form = await open(linkOf(english, 'Ikinyarwanda'))
    expect([languageOf(form), form.heading]).toEqual(['rw', 'Ishyura Sandbox Merchant'])
    expect(form.text).toContain('USD 257,50')
    const mistaken = await submit(form, { phone: '12' })
    expect([mistaken.status, languageOf(mistaken)]).toEqual([422, 'rw'])
    const waiting = await submit(mistaken, { phone: aPhone() })
    expect([languageOf(waiting), waiting.heading]).toEqual(['rw', 'Emeza ubwishyu kuri telefone yawe'])
    const paid = await untilOver(waiting)
    expect([languageOf(paid), paid.heading]).toEqual(['rw', 'Byishyuwe'])
    const receipt = await open(linkOf(paid, 'Fungura inyemezabwishyu'))
    expect([languageOf(receipt), receipt.heading]).toEqual([
      'rw',
      `Inyemezabwishyu: Inyemezabuguzi ${checkout.source_number}`,
    ])
    expect(languageOf(await open(linkOf(receipt, 'English')))).toBe('en')
  })

  test('is kept while the page is looked at in another, with everything on it', async () => {
    const waiting = await submit(await open((await aCheckout(api, { party_phone: aPhone('129') })).url))
    const french = await open(linkOf(waiting, 'Français'))
    expect([languageOf(french), french.heading]).toEqual(['fr', 'Approuvez le paiement sur votre téléphone'])
    expect(new URL(french.url).searchParams.get('try')).toBe(new URL(waiting.url).searchParams.get('try'))
  })

  test.each([
    ['x', 'en'],
    ['FR', 'en'],
    ['"><script>', 'en'],
    ['__proto__', 'en'],
  ])('that is none of ours, %s, is %s', async (asked, shown) => {
    const { url } = await aCheckout(api, { party_phone: aPhone() })
    expect(languageOf(await open(`${url}?lang=${encodeURIComponent(asked)}`))).toBe(shown)
  })
})

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'\`\${7*7}{{7*7}}</title></style></bdi><a href="javascript:alert(1)">x</a>&amp;&#60;`

test('what merchants and payers write stays text, on every page', async () => {
  const merchant = await createMerchant(database.url, hostile)
  const them: Api = await signIn(world.url, merchant)
  const checkout = await aCheckout(them, {
    party_phone: aPhone('039'),
    party_name: hostile,
    party_email: hostile,
    note: hostile,
    reference_id: hostile,
    mode: hostile,
    items: [{ name: hostile, currency: 'USD', amount: 5 }],
    success_url: `https://shop.example/?"><script>alert(1)</script>'x'`.replaceAll(' ', ''),
    cancel_url: `https://shop.example/?"onmouseover="alert(1)`,
  })
  const form = await open(checkout.url)
  expect(form.text).toContain('<script>alert(1)</script>')
  const mistake = await submit(form, { phone: `"><script>alert(1)</script>` })
  expect(filledIn(mistake).get('phone')).toBe(`"><script>alert(1)</script>`)
  const failed = await untilOver(await submit(mistake, { phone: aPhone('039') }))
  expect(failed.heading).toBe('The payment did not go through')
  expect([...failed.links.values()]).toContain(new URL(`https://shop.example/?"onmouseover="alert(1)`).href)
  const again = await open(linkOf(failed, 'Try again'))
  const left = await untilOver(await submit(again, { phone: aPhone() }))
  expect(left.headers.get('location')).toBe(`https://shop.example/?"><script>alert(1)</script>'x'`)
  const paid = await open(checkout.url)
  const receipt = await open(linkOf(paid, 'Open the receipt'))
  for (const page of [paid, receipt]) expect(page.text).toContain('<script>alert(1)</script>')
})

test('addresses of shops with letters beyond ASCII are followed', async () => {
  const url = 'https://boutique.example/payé?nom=Ünal'
  const checkout = await aCheckout(api, { party_phone: aPhone(), success_url: url })
  const left = await untilOver(await submit(await open(checkout.url)))
  expect(locationOf(left)).toBe(new URL(url).href)
})

test('a page stays small however much a merchant writes, and all of it is one tap away', async () => {
  const noise = () => randomBytes(150).toString('base64')
  const items = Array.from({ length: 300 }, () => ({ name: noise(), currency: 'USD', amount: 1 }))
  const note = Array.from({ length: 100 }, noise).join(' ')
  const name = noise()
  const them = await signIn(world.url, await createMerchant(database.url, noise()))
  const checkout = await aCheckout(them, { party_phone: aPhone(), party_name: name, items, note, source_kind: 'ORDER' })
  const form = await open(checkout.url)
  expect(form.text).toContain('260 more lines')
  const all = await open(linkOf(form, 'Show all lines'))
  expect(all.text).toContain(note)
  expect(all.elements.filter(({ tagName }) => tagName === 'tr')).toHaveLength(301)
  const over = await untilOver(await submit(all))
  expect(over.heading).toBe('Paid')
  const receipt = await open(linkOf(over, 'Open the receipt'))
  expect(
    (await open(linkOf(receipt, 'Show all lines'))).elements.filter(({ tagName }) => tagName === 'tr'),
  ).toHaveLength(301)
})
