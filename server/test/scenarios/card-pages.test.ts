import { afterAll, afterEach, expect, test } from 'vitest'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import { aCheckout, documentOf, sourceStatus } from '../support/black-box/builders.ts'
import { linkOf, locationOf, open, type Page, untilOver } from '../support/black-box/browser.ts'
import { stripeAt, visitBank } from '../support/black-box/cards.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { signIn } from '../support/black-box/api-client.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
afterAll(world.close)
const { api, cards, database } = world
const stripe = stripeAt(cards)

afterEach(async () => {
  await expectBooksToBalance(database.pool)
})

const aBill = (more: Record<string, unknown> = {}) => aCheckout(api, { currency: 'USD', ...more })

/** From the document's page to the card network's own form, by links alone. */
async function toCardForm(url: string): Promise<{ readonly page: Page; readonly form: string }> {
  const page = await open(linkOf(await open(url), 'Pay by card'))
  const onward = await open(linkOf(page, 'Pay USD 260.05 by card'))
  expect(onward.status).toBe(303)
  return { page, form: locationOf(onward) ?? '' }
}

/** What the network's form answers: where it sends the payer, the card's token with them. */
async function chooseCard(form: string, card: string, name = 'Amara Kamara'): Promise<string> {
  const shown = await fetch(form)
  expect(shown.status).toBe(200)
  const answer = await fetch(form, { method: 'POST', body: new URLSearchParams({ card, name }), redirect: 'manual' })
  expect(answer.status).toBe(303)
  return answer.headers.get('location') ?? ''
}

const openTo = async (url: string): Promise<string> => {
  const answer = await open(url)
  expect(answer.status).toBe(303)
  return locationOf(answer) ?? ''
}

test('a card pays on the page, without a script, and the number never comes near us', async () => {
  const checkout = await aBill()
  const { page, form } = await toCardForm(checkout.url)
  expect(page.text).toContain('USD 260.05 by card')
  expect(new URL(form).origin).toBe(new URL(cards.url).origin)
  const back = await chooseCard(form, 'pm_card_visa')
  expect(new URL(back).origin).toBe(new URL(world.url()).origin)
  const paid = await untilOver(await open(await openTo(back)))
  expect(paid.heading).toBe('Paid')
  expect(paid.text).toContain('USD 260.05')
  expect(await sourceStatus(api, documentOf(checkout))).toBe('PAID')

  // The address once more, from the history or a second tab: nothing happens twice.
  expect((await open(await openTo(back))).heading).toBe('Paid')
  expect(await intents(checkout.source_number)).toHaveLength(1)
})

const intents = async (number: string) =>
  (await stripe.paymentIntents.list({ limit: 100 })).data.filter(({ description }) => description === number)

test('a declined card is told so, and another one pays', async () => {
  const checkout = await aBill()
  const { form } = await toCardForm(checkout.url)
  const failed = await open(await openTo(await chooseCard(form, 'pm_card_visa_chargeDeclinedInsufficientFunds')))
  expect(failed.text).toContain('There is too little money on this card.')
  expect(failed.text).toContain('You were not charged.')
  const again = await toCardForm(linkOf(failed, 'Try again'))
  expect((await open(await openTo(await chooseCard(again.form, 'pm_card_visa')))).heading).toBe('Paid')
  expect((await intents(checkout.source_number)).map(({ status }) => status).sort()).toEqual(['canceled', 'succeeded'])
})

test('a cardholder goes to their bank and comes back paid, and the secret in the address goes no further', async () => {
  const checkout = await aBill()
  const { form } = await toCardForm(checkout.url)
  const bank = await openTo(await chooseCard(form, 'pm_card_threeDSecure2Required'))
  expect(new URL(bank).origin).toBe(new URL(cards.url).origin)

  // Somebody who closed the bank's page finds it again.
  const reference = new URL(form).searchParams.get('return_url')?.match(/reference=([0-9a-f-]+)/)?.[1] ?? ''
  const waiting = await open(`${checkout.url}?try=${reference}`)
  expect(waiting.heading).toBe('Your card payment is under way')
  expect(await openTo(linkOf(waiting, 'Go on to your bank'))).toBe(bank)

  const back = await visitBank(bank, 'approve')
  expect(back).toContain('payment_intent_client_secret')
  const onward = await openTo(back ?? '')
  expect(onward).toBe(`${checkout.url}?try=${reference}`)
  expect((await open(onward)).heading).toBe('Paid')
})

test('a cardholder whose bank says no is not charged, whatever the address claims', async () => {
  const checkout = await aBill()
  const { form } = await toCardForm(checkout.url)
  const bank = await openTo(await chooseCard(form, 'pm_card_threeDSecure2Required'))
  const back = new URL((await visitBank(bank, 'refuse')) ?? '')
  back.searchParams.set('redirect_status', 'succeeded')
  const failed = await untilOver(await open(await openTo(back.href)))
  expect(failed.text).toContain('The cardholder was not authenticated.')
  expect(await sourceStatus(api, documentOf(checkout))).toBe('ACTIVE')
  expect((await intents(checkout.source_number)).map(({ status }) => status)).toEqual(['canceled'])
})

test('a price, a card or a currency that is not the one shown charges nobody', async () => {
  const checkout = await aBill()
  const { form } = await toCardForm(checkout.url)
  const back = await chooseCard(form, 'pm_card_visa')
  const changed = (changes: Record<string, string>): string => {
    const url = new URL(back)
    for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value)
    return url.href
  }
  for (const [changes, told] of [
    [{ option: 'CREDIT_CARD:USD:1' }, 'The amount to pay has changed'],
    [{ option: 'CREDIT_CARD:EUR:100' }, 'This currency is not available'],
    [{ payment_method: 'pm_unknown' }, 'does not know this card'],
  ] as const) {
    const page = await open(await openTo(changed(changes)))
    expect(page.status).toBe(422)
    expect(page.text).toContain(told)
  }
  expect(await intents(checkout.source_number)).toEqual([])
  expect(await sourceStatus(api, documentOf(checkout))).toBe('ACTIVE')
})

test('cards are not mentioned to payers of a merchant that takes none', async () => {
  const other = await signIn(world.url, await createMerchant(database.url, 'Cash only'))
  const checkout = await aCheckout(other, { currency: 'USD' })
  const page = await open(checkout.url)
  expect(page.text).not.toContain('card')
  expect(await openTo(`${checkout.url}/card`)).toBe(checkout.url)
})

test('an address that leads nowhere says so', async () => {
  const nowhere = `${world.url()}/pay/nothing`
  for (const path of ['card', 'card/form', 'card/return', 'card/challenge', 'card/back'])
    expect((await open(await openTo(`${nowhere}/${path}`))).status).toBe(404)
})

test('with keys of Stripe’s, its fields stand in a page of ours that lets in nothing else, and nothing before they are asked for', async () => {
  const other = await createWorld({
    env: {
      STRIPE_BASE_URL: 'https://api.stripe.com',
      STRIPE_SECRET_KEY: 'sk_test_of_nobody',
      STRIPE_PUBLISHABLE_KEY: 'pk_test_of_nobody',
      STRIPE_WEBHOOK_SECRET: 'whsec_of_nobody',
    },
  })
  const checkout = await aCheckout(other.api, { currency: 'USD' })
  const prices = await open(linkOf(await open(checkout.url), 'Pay by card'))
  const form = linkOf(prices, 'Pay USD 260.05 by card')
  const [first, second] = await Promise.all([fetch(form), fetch(form)])
  const [policy, html] = [first.headers.get('content-security-policy') ?? '', await first.text()]
  const [, nonce = ''] = /script-src 'nonce-([^']{22,})' https:\/\/js\.stripe\.com/.exec(policy) ?? []
  expect(nonce).not.toBe('')
  expect(second.headers.get('content-security-policy')).not.toContain(nonce)
  expect(policy).toMatch(/^default-src 'none'/)
  expect(policy).toContain(`frame-ancestors 'none'`)
  expect(policy).not.toMatch(/unsafe|\*(?!\.(js\.)?stripe\.com)/)
  const scripts = [...html.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes)
  expect(scripts).toEqual([` src="https://js.stripe.com/endive/stripe.js" nonce="${nonce}"`, ` nonce="${nonce}"`])
  expect(html).toContain('data-key="pk_test_of_nobody"')
  expect(html).not.toContain('sk_test')
  expect(new URL(/<form[^>]*action="([^"]*)"/.exec(html)?.[1] ?? '', form).pathname).toMatch(/\/card\/return$/)
  await other.close()
})
