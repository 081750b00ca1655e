import { randomBytes } from 'node:crypto'
import { type Page } from 'playwright-core'
import { expect } from 'vitest'
import { ok, signIn } from '../support/black-box/api-client.ts'
import { linkOf, open, submit, untilOver } from '../support/black-box/browser.ts'
import { aCheckout, cancel, type Checkout, documentOf } from '../support/black-box/builders.ts'
import { type Looks } from '../support/black-box/real-browser.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { type World } from '../support/black-box/world.ts'

/** A state of the page: where it is found, and what has to be done there to see it. */
interface State {
  readonly url: string
  readonly status: number
  readonly arrive?: (page: Page) => Promise<unknown>
}

export const names = [
  ...(['form', 'form-of-another-country', 'wrong-number', 'wrong-operator', 'waiting', 'failed', 'paid'] as const),
  ...(['receipt', 'canceled', 'expired', 'switched-off', 'unpayable', 'unknown', 'busy'] as const),
  ...(['verify', 'genuine', 'mistyped'] as const),
]
export type Name = (typeof names)[number]
export type States = Readonly<Record<Name, State>>

export const languages = ['en', 'fr', 'rw'] as const

/** Every language on every screen. */
export const looksWith = (scripts: boolean): readonly Looks[] =>
  languages.flatMap((language) => (['phone', 'desktop'] as const).map((screen) => ({ language, screen, scripts })))

const items = [
  { name: 'Consulting, two days', currency: 'USD', amount: 1000 },
  { name: 'Travel', currency: 'USD', amount: 125.5 },
]
const shop = { success_url: 'https://shop.example/paid', cancel_url: 'https://shop.example/basket' }

const send = (phone: string) => async (page: Page) => {
  await page.fill('#phone', phone)
  await page.click('button')
}

/** Brings a document into every state that its page can show. */
export async function makeStates({ api, database, url }: World): Promise<States> {
  let numbers = 0
  const aBill = (ending: string, differences: object = {}): Promise<Checkout> => {
    const phone = `231880${String((numbers += 1)).padStart(3, '0')}${ending}`
    return aCheckout(api, { ...shop, party_phone: phone, items, note: 'Thank you for your order.', ...differences })
  }
  const formOf = async (differences: object = {}) => ({ url: (await aBill('000', differences)).url, status: 200 })
  const after = async (ending: string) => submit(await open((await aBill(ending)).url))

  const paid = await aBill('000')
  expect((await untilOver(await submit(await open(paid.url)))).status).toBe(303)
  const receipt = await open(linkOf(await open(paid.url), 'Open the receipt'))
  const verify = `${url()}/verify`
  const mistype = async (page: Page) => {
    await page.fill('#code', 'abcde fghjk')
    await page.click('button')
  }
  const canceled = await aBill('000')
  await ok(cancel(api, documentOf(canceled)))
  const expired = await aBill('000')
  await database.pool.query(`update links set expires_at = now() - interval '1 hour' where source_id = $1`, [
    expired.source_id,
  ])
  const closedShop = await createMerchant(database.url, 'Corner Shop')
  const switchedOff = await aCheckout(await signIn(url, closedShop), { party_phone: '231880000000' })
  await database.pool.query('update merchants set payment_links_allowed = false where id = $1', [closedShop.id])
  const busy = await aBill('000')
  const tryTooOften = async (page: Page) => {
    // A new minute may begin in between, and counts anew.
    for (let rounds = 0; rounds < 3 && (await page.locator('form').count()) > 0; rounds += 1) {
      for (let tries = 0; tries < 10; tries += 1) await fetch(busy.url, { method: 'POST' })
      await page.fill('#phone', '12')
      await page.click('button')
    }
    expect(await page.locator('form').count()).toBe(0)
  }
  const bridge = [{ name: 'Bridge', currency: 'USD', amount: 900_000_000_000 }]

  return {
    form: await formOf(),
    'form-of-another-country': await formOf({ party_phone: '4915112345678', source_kind: 'ORDER' }),
    'wrong-number': { ...(await formOf()), arrive: send('12') },
    'wrong-operator': { ...(await formOf()), arrive: send('0770000001') },
    waiting: { url: (await after('129')).url, status: 200 },
    failed: { url: (await untilOver(await after('049'))).url, status: 200 },
    paid: { url: paid.url, status: 200 },
    receipt: { url: receipt.url, status: 200 },
    canceled: { url: canceled.url, status: 410 },
    expired: { url: expired.url, status: 410 },
    'switched-off': { url: switchedOff.url, status: 403 },
    unpayable: { url: (await aBill('000', { items: bridge })).url, status: 200 },
    unknown: { url: `${url()}/pay/${randomBytes(24).toString('base64url')}`, status: 404 },
    busy: { url: busy.url, status: 200, arrive: tryTooOften },
    verify: { url: verify, status: 200 },
    genuine: { url: linkOf(receipt, 'Verify this receipt'), status: 200 },
    mistyped: { url: verify, status: 200, arrive: mistype },
  }
}

/** Brings a page to a state. */
export async function show(page: Page, { url, status, arrive }: State): Promise<void> {
  const answer = await page.goto(url)
  expect(answer?.status()).toBe(status)
  await arrive?.(page)
}
