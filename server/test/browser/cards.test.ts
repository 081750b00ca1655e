import { type Page } from 'playwright-core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import { aCheckout, type Checkout, documentOf, sourceStatus } from '../support/black-box/builders.ts'
import {
  aContext,
  complaintsOf,
  expectAccessible,
  expectTappable,
  expectToFit,
  photograph,
  startBrowser,
} from '../support/black-box/real-browser.ts'
import { createWorld } from '../support/black-box/world.ts'
import { languages } from './states.ts'

const world = await createWorld()
const browser = await startBrowser()
afterAll(async () => {
  await browser.close()
  await world.close()
})
const { api, database } = world

afterEach(async () => {
  await expectBooksToBalance(database.pool)
})

const aBill = (): Promise<Checkout> => aCheckout(api, { currency: 'USD' })

/** From the link somebody was sent to the network's own form. */
async function toCardForm(page: Page, { url }: Checkout): Promise<void> {
  await page.goto(url)
  await page.locator('a[href*="/card"]').click()
  await page.locator('a.button[href*="card/form"][href*=USD]').click()
  expect(new URL(page.url()).origin).toBe(new URL(world.cards.url).origin)
}

async function payWith(page: Page, card: string): Promise<void> {
  await page.check(`input[value=${card}]`)
  await page.fill('input[name=name]', 'Amara Kamara')
  await page.click('button')
}

const answerBank = (page: Page, answer: 'approve' | 'refuse'): Promise<void> => page.click(`button[value=${answer}]`)

async function untilHeading(page: Page, heading: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.goto(page.url())
        return page.textContent('h1')
      },
      { timeout: 15_000, interval: 200 },
    )
    .toBe(heading)
}

describe.each([true, false])('with scripts: %s', (scripts) => {
  test('a card pays, without the bank and with it', async () => {
    const context = await aContext(browser, { language: 'en', screen: 'phone', scripts })
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    for (const card of ['pm_card_visa', 'pm_card_threeDSecure2Required']) {
      const checkout = await aBill()
      await toCardForm(page, checkout)
      await payWith(page, card)
      if (card !== 'pm_card_visa') await answerBank(page, 'approve')
      await untilHeading(page, 'Paid')
      expect(await sourceStatus(api, documentOf(checkout))).toBe('PAID')
    }
    expect(complaints).toEqual([])
    await context.close()
  })

  test.each([
    ['the card is declined', 'pm_card_visa_chargeDeclined', undefined],
    ['the bank says no', 'pm_card_threeDSecure2Required', 'refuse'],
  ] as const)('nobody is charged when %s, and another card pays', async (_what, card, answer) => {
    const context = await aContext(browser, { language: 'en', screen: 'phone', scripts })
    const page = await context.newPage()
    const checkout = await aBill()
    await toCardForm(page, checkout)
    await payWith(page, card)
    if (answer) await answerBank(page, answer)
    await untilHeading(page, 'The payment did not go through')
    expect(await page.textContent('main')).toContain('You were not charged.')
    expect(await sourceStatus(api, documentOf(checkout))).toBe('ACTIVE')
    await toCardForm(page, checkout)
    await payWith(page, 'pm_card_visa')
    await untilHeading(page, 'Paid')
    await context.close()
  })
})

test.each(languages)('every page on the way of a card can be read, tapped and heard in %s', async (language) => {
  const context = await aContext(browser, { language, screen: 'phone', scripts: true })
  const page = await context.newPage()
  const look = async (name: string) => {
    expect(await page.getAttribute('html', 'lang')).toBe(language)
    await expectToFit(page)
    await expectTappable(page)
    await photograph(page, `card-${name}-${language}-phone-scripts`)
    await expectAccessible(page)
  }
  const checkout = await aBill()
  await page.goto(checkout.url)
  await look('offered')
  await page.locator('a[href*="/card"]').click()
  await look('prices')
  await page.locator('a.button[href*="card/form"][href*=USD]').click()
  await look('form')
  const back = new URL(page.url()).searchParams.get('return_url') ?? ''
  await payWith(page, 'pm_card_threeDSecure2Required')
  await look('bank')
  const reference = /reference=([0-9a-f-]+)/.exec(back)?.[1] ?? ''
  await page.goto(`${checkout.url}?try=${reference}`)
  await look('waiting')
  await context.close()
})
