import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { type BrowserContext, type Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { expectBooksToBalance, expectProviderToAgree } from '../support/black-box/books.ts'
import { aCheckout, documentOf, sourceStatus } from '../support/black-box/builders.ts'
import { aContext, complaintsOf, expectAccessible, startBrowser } from '../support/black-box/real-browser.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { signIn } from '../support/black-box/api-client.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld({ payerDelayMs: 600 })
const browser = await startBrowser()

/** Where the merchant sells: a server of its own, which remembers every address it was asked for. */
const asked: string[] = []
const merchantSite = createServer((request, response) => {
  asked.push(request.url ?? '')
  response.setHeader('Content-Type', 'text/html').end('<title>The shop</title>')
})
merchantSite.listen(0, '127.0.0.1')
await once(merchantSite, 'listening')
const origin = `http://127.0.0.1:${(merchantSite.address() as AddressInfo).port}`

afterAll(async () => {
  await browser.close()
  merchantSite.close()
  await world.close()
})

const { api, database, network } = world

let numbers = 0
const aPhone = (ending = '000'): string => `231880${String((numbers += 1)).padStart(3, '0')}${ending}`
const depositsFrom = (phone: string) => network.deposits().filter((deposit) => deposit.phone === phone)

let orders = 0
const aShop = () => {
  const order = (orders += 1)
  return { success_url: `${origin}/paid?order=${order}&x=a%20b`, cancel_url: `${origin}/basket?order=${order}#here` }
}
const visitsTo = (url: string): number => asked.filter((path) => origin + path === url).length

const aPayer = (scripts: boolean): Promise<BrowserContext> =>
  aContext(browser, { language: 'en', screen: 'phone', scripts })

/** Waits for a page: by itself where that watches, and by looking again where it looks only every twenty seconds. */
async function until(page: Page, scripts: boolean, look: () => Promise<string | null>, wanted: string): Promise<void> {
  const deadline = Date.now() + 20_000
  while ((await look()) !== wanted) {
    if (Date.now() > deadline) expect(await look()).toBe(wanted)
    const waits = page.getByRole('link', { name: 'Look again now' })
    // It may have gone by itself meanwhile.
    if (!scripts && (await waits.count()) > 0) await waits.click({ timeout: 2_000 }).catch(() => undefined)
    await page.waitForTimeout(100)
  }
}

const untilHeading = (page: Page, heading: string, scripts: boolean): Promise<void> =>
  until(page, scripts, () => page.textContent('h1').catch(() => null), heading)

const untilAt = (page: Page, url: string, scripts: boolean): Promise<void> =>
  until(page, scripts, () => Promise.resolve(page.url()), url)

describe.each([{ scripts: true }, { scripts: false }])('with scripts: $scripts, a payer', ({ scripts }) => {
  test('pays and lands at the merchant, exactly where the merchant said', async () => {
    const context = await aPayer(scripts)
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    const [phone, shop] = [aPhone(), aShop()]
    const checkout = await aCheckout(api, { ...shop, party_phone: phone })
    await page.goto(checkout.url)
    expect(await page.inputValue('#phone')).toBe(phone)
    await page.click('button')
    expect(await page.textContent('h1')).toBe('Approve the payment on your phone')
    expect(visitsTo(shop.success_url)).toBe(0)
    await untilAt(page, shop.success_url, scripts)
    expect(visitsTo(shop.success_url)).toBe(1)
    expect(await sourceStatus(api, documentOf(checkout))).toBe('PAID')
    expect(depositsFrom(phone)).toHaveLength(1)
    expect(complaints).toEqual([])
    await context.close()
  })

  test.each([
    ['declines', '039', 'It was not approved on the phone, or not in time.'],
    ['has too little money', '049', 'There is too little money in this mobile money account.'],
  ])('who %s is told so, tries again and pays', async (_what, ending, reason) => {
    const context = await aPayer(scripts)
    const page = await context.newPage()
    const shop = aShop()
    const checkout = await aCheckout(api, { ...shop, party_phone: aPhone(ending) })
    await page.goto(checkout.url)
    await page.click('button')
    await untilHeading(page, 'The payment did not go through', scripts)
    expect(await page.textContent('main')).toContain(reason)
    expect(await page.textContent('main')).toContain('You were not charged.')
    await page.click('.button')
    const other = aPhone()
    await page.fill('#phone', other)
    expect(visitsTo(shop.success_url)).toBe(0)
    await page.click('button')
    await untilAt(page, shop.success_url, scripts)
    expect(depositsFrom(other)).toHaveLength(1)
    await context.close()
  })

  test('who gives up goes back to the basket, and nothing was asked for', async () => {
    const context = await aPayer(scripts)
    const page = await context.newPage()
    const [phone, shop] = [aPhone(), aShop()]
    const checkout = await aCheckout(api, { ...shop, party_phone: phone })
    await page.goto(checkout.url)
    await page.getByRole('link', { name: 'Do not pay' }).click()
    expect(page.url()).toBe(shop.cancel_url)
    expect(depositsFrom(phone)).toEqual([])
    expect(await sourceStatus(api, documentOf(checkout))).toBe('ACTIVE')
    await context.close()
  })

  test('who hears nothing for long is told not to pay again, on this device and on another, until it is over', async () => {
    const [context, other] = [await aPayer(scripts), await aPayer(scripts)]
    const [page, elsewhere] = [await context.newPage(), await other.newPage()]
    const phone = aPhone('129')
    const checkout = await aCheckout(api, { party_phone: phone })
    await page.goto(checkout.url)
    await page.click('button')
    await elsewhere.goto(checkout.url)
    for (const each of [page, elsewhere]) {
      expect(await each.textContent('h1')).toBe('Approve the payment on your phone')
      expect(await each.textContent('.calm')).toContain('Do not pay again.')
      expect(await each.locator('form').count()).toBe(0)
    }
    await expect.poll(() => depositsFrom(phone).length).toBe(1)
    const [deposit] = depositsFrom(phone)
    network.settle(deposit?.id ?? '')
    for (const each of [page, elsewhere]) await untilHeading(each, 'Paid', scripts)
    expect(depositsFrom(phone)).toHaveLength(1)
    await Promise.all([context.close(), other.close()])
  })

  test('who pays in two tabs at once is charged once', async () => {
    const context = await aPayer(scripts)
    const phone = aPhone()
    const checkout = await aCheckout(api, { party_phone: phone })
    const tabs = [await context.newPage(), await context.newPage()]
    await Promise.all(tabs.map((tab) => tab.goto(checkout.url)))
    await Promise.all(tabs.map((tab) => tab.click('button')))
    for (const tab of tabs) await untilHeading(tab, 'Paid', scripts)
    expect(depositsFrom(phone)).toHaveLength(1)
    await context.close()
  })

  test('who has only a keyboard pays, and hears of a mistake where it was made', async () => {
    const context = await aPayer(scripts)
    const page = await context.newPage()
    const phone = aPhone()
    const checkout = await aCheckout(api, { party_phone: phone })
    await page.goto(checkout.url)
    const focused = () => page.evaluate(`document.activeElement.id || document.activeElement.name`)
    const tabTo = async (name: string) => {
      for (let steps = 0; steps < 20; steps += 1) {
        await page.keyboard.press('Tab')
        if ((await focused()) === name) return
      }
      throw new Error(`${name} is not reached`)
    }
    const enter = async (text: string) => {
      await page.keyboard.press('Control+a')
      await page.keyboard.type(text)
      await page.keyboard.press('Enter')
    }
    await tabTo('option')
    await tabTo('phone')
    await enter('12')
    await page.waitForSelector('[role=alert]')
    // From the mistake its link leads to the field.
    while (!(await page.evaluate(`document.activeElement.matches('[role=alert] a')`))) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await focused()).toBe('phone')
    await enter(phone)
    await untilHeading(page, 'Paid', scripts)
    expect(depositsFrom(phone)).toHaveLength(1)
    await context.close()
  })
})

test('the script says when there is no connection, asks little, and carries on', async () => {
  const context = await aPayer(true)
  const page = await context.newPage()
  const checkout = await aCheckout(api, { party_phone: aPhone('129') })
  await page.goto(checkout.url)
  await page.click('button')
  await page.waitForSelector('#left span:not(:empty)')
  const left = () => page.textContent('#left span')
  const first = await left()
  await expect.poll(left, { timeout: 5_000 }).not.toBe(first)
  await context.setOffline(true)
  await page.waitForSelector('#lost:not([hidden])', { timeout: 15_000 })
  await expectAccessible(page)
  await context.setOffline(false)
  await page.waitForSelector('#lost', { state: 'hidden', timeout: 15_000 })
  await context.close()
})

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)></title></style></noscript><svg onload=alert(1)>'\`{{7*7}}`

test('what merchants write runs nowhere', async () => {
  const them = await signIn(world.url, await createMerchant(database.url, hostile))
  const context = await aPayer(true)
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  const checkout = await aCheckout(them, {
    party_phone: aPhone('039'),
    party_name: hostile,
    note: hostile,
    items: [{ name: hostile, currency: 'USD', amount: 5 }],
    success_url: `${origin}/?"><script>alert(1)</script>`,
    cancel_url: `${origin}/?"onmouseover="alert(1)`,
  })
  await page.goto(checkout.url)
  await page.fill('#phone', '"><script>alert(1)</script>')
  await page.click('button')
  await page.fill('#phone', aPhone('039'))
  await page.click('button')
  await untilHeading(page, 'The payment did not go through', true)
  await page.click('.button')
  await page.fill('#phone', aPhone())
  await page.click('button')
  await page.waitForURL((url) => url.origin === origin)
  await page.goto(checkout.url)
  expect(await page.textContent('main')).toContain('<script>alert(1)</script>')
  await page.click('.quiet')
  expect(await page.textContent('main')).toContain('<script>alert(1)</script>')
  expect(complaints).toEqual([])
  await context.close()
})

test('after all of this the books balance, and agree with the network', async () => {
  await expectBooksToBalance(database.pool)
  await expectProviderToAgree(database.pool, network.deposits())
})
