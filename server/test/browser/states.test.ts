import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ok, signIn } from '../support/black-box/api-client.ts'
import { linkOf, open, submit, untilOver } from '../support/black-box/browser.ts'
import { aCheckout, cancel, type Checkout, documentOf } from '../support/black-box/builders.ts'
import {
  aContext,
  complaintsOf,
  expectAccessible,
  expectTappable,
  expectToFit,
  type Looks,
  photograph,
  startBrowser,
} from '../support/black-box/real-browser.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'
import { databaseUrl } from '../support/postgres-for-tests.ts'

const world = await createWorld({ payerDelayMs: 50 })
const browser = await startBrowser()
afterAll(async () => {
  await browser.close()
  await world.close()
})

const { api, database } = world

let numbers = 0
const aPhone = (ending = '000'): string => `231880${String((numbers += 1)).padStart(3, '0')}${ending}`

const items = [
  { name: 'Consulting, two days', currency: 'USD', amount: 1000 },
  { name: 'Travel', currency: 'USD', qty: 2, amount: 125.5 },
]
const shop = { success_url: 'https://shop.example/paid', cancel_url: 'https://shop.example/basket' }

const aBill = (phone: string, differences: object = {}): Promise<Checkout> =>
  aCheckout(api, { ...shop, party_phone: phone, items, note: 'Thank you for your order.', ...differences })

/** A state of the page: where it is found, and what has to be done there to see it. */
interface State {
  readonly url: string
  readonly status: number
  readonly arrive?: (page: Page) => Promise<unknown>
}

const send = (phone: string) => async (page: Page) => {
  await page.fill('#phone', phone)
  await page.click('button')
}

const names = [
  ...['form', 'form-of-another-country', 'wrong-number', 'wrong-operator', 'waiting', 'failed', 'paid', 'receipt'],
  ...['canceled', 'expired', 'switched-off', 'unpayable', 'unknown', 'busy'],
] as const
type Name = (typeof names)[number]

async function makeStates(): Promise<Readonly<Record<string, State>>> {
  const formOf = async (differences: object = {}) => ({ url: (await aBill(aPhone(), differences)).url, status: 200 })
  const after = async (ending: string) => submit(await open((await aBill(aPhone(ending))).url))

  const paid = await aBill(aPhone())
  const result = await untilOver(await submit(await open(paid.url)))
  expect(result.status).toBe(303)
  const canceled = await aBill(aPhone())
  await ok(cancel(api, documentOf(canceled)))
  const expired = await aBill(aPhone())
  await database.pool.query(`update links set expires_at = now() - interval '1 hour' where source_id = $1`, [
    expired.source_id,
  ])
  const closedShop = await createMerchant(database.url, 'Corner Shop')
  const switchedOff = await aCheckout(await signIn(world.url, closedShop), { party_phone: aPhone() })
  await database.pool.query('update merchants set payment_links_allowed = false where id = $1', [closedShop.id])
  const busy = await aBill(aPhone())
  const tryTooOften = async (page: Page) => {
    for (let tries = 0; tries < 10; tries += 1) await fetch(busy.url, { method: 'POST' })
    await page.click('button')
  }

  return {
    form: await formOf(),
    'form-of-another-country': await formOf({ party_phone: '4915112345678', source_kind: 'ORDER' }),
    'wrong-number': { ...(await formOf()), arrive: send('12') },
    'wrong-operator': { ...(await formOf()), arrive: send('0770000001') },
    waiting: { url: (await after('129')).url, status: 200 },
    failed: { url: (await untilOver(await after('049'))).url, status: 200 },
    paid: { url: paid.url, status: 200 },
    receipt: { url: linkOf(await open(paid.url), 'Open the receipt'), status: 200 },
    canceled: { url: canceled.url, status: 410 },
    expired: { url: expired.url, status: 410 },
    'switched-off': { url: switchedOff.url, status: 403 },
    unpayable: {
      url: (await aBill(aPhone(), { items: [{ name: 'Bridge', currency: 'USD', amount: 900_000_000_000 }] })).url,
      status: 200,
    },
    unknown: { url: `${world.url()}/pay/${randomBytes(24).toString('base64url')}`, status: 404 },
    busy: { url: busy.url, status: 200, arrive: tryTooOften },
  } satisfies Record<Name, State>
}

let states: Readonly<Record<string, State>> = {}
beforeAll(async () => {
  states = await makeStates()
})

async function show(context: BrowserContext, name: string): Promise<{ page: Page; complaints: readonly string[] }> {
  const state = states[name]
  if (!state) throw new Error(`no state ${name}`)
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  const answer = await page.goto(state.url)
  expect(answer?.status()).toBe(state.status)
  await state.arrive?.(page)
  return { page, complaints }
}

const everyLook = (['en', 'fr', 'rw'] as const).flatMap((language) =>
  (['phone', 'desktop'] as const).flatMap((screen) =>
    [true, false].map((scripts): Looks => ({ language, screen, scripts })),
  ),
)

describe.each(everyLook)('in $language on a $screen, scripts: $scripts', (looks) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await aContext(browser, looks)
  })
  afterAll(() => context.close())

  test.each(names)('%s', async (name) => {
    const { page, complaints } = await show(context, name)
    expect(await page.getAttribute('html', 'lang')).toBe(looks.language)
    await expectToFit(page)
    await expectTappable(page)
    // What judges is a script itself. The page that waits is judged as it is without scripts below; no other differs.
    if (looks.scripts) await expectAccessible(page)
    await photograph(page, `${name}-${looks.language}-${looks.screen}-${looks.scripts ? 'scripts' : 'plain'}`)
    expect(complaints).toEqual([])
    await page.close()
  })
})

describe('on the narrowest screen, with letters twice as large,', () => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await browser.newContext({ locale: 'rw', viewport: { width: 320, height: 480 } })
  })
  afterAll(() => context.close())

  test.each(names)('%s fits', async (name) => {
    const { page } = await show(context, name)
    await expectToFit(page)
    await page.evaluate(`document.documentElement.style.fontSize = '200%'`)
    await expectToFit(page)
    await photograph(page, `${name}-rw-narrow-large`)
    await page.close()
  })
})

test.each(['en', 'fr', 'rw'] as const)(
  'a page that waits without scripts, in %s, is as accessible',
  async (language) => {
    const context = await aContext(browser, { language, screen: 'phone', scripts: true })
    const page = await context.newPage()
    const answer = await fetch(states['waiting']?.url ?? '', { headers: { 'accept-language': language } })
    const plain = (await answer.text()).replaceAll(/<\/?noscript>|<script>.*<\/script>/gs, '')
    expect(plain).toContain('http-equiv="refresh"')
    await page.setContent(plain)
    // It looks again every twenty seconds, which its reader can stop before: the guideline takes that (WCAG 2.2.1, "extend"),
    // the rule knows no such exception.
    await expectAccessible(page, ['meta-refresh'])
    await expectTappable(page)
    await context.close()
  },
)

test('a server that has lost its database says not to pay again, in the reader’s language', async () => {
  const admin = new pg.Client({ connectionString: databaseUrl(inject('postgres').url, 'postgres') })
  await admin.connect()
  const name = new URL(database.url).pathname.slice(1)
  const allow = (allowed: boolean) => admin.query(`alter database ${name} with allow_connections ${String(allowed)}`)
  await allow(false)
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  try {
    for (const scripts of [true, false]) {
      const context = await aContext(browser, { language: 'fr', screen: 'phone', scripts })
      const page = await context.newPage()
      const answer = await page.goto(states['form']?.url ?? '')
      expect(answer?.status()).toBe(503)
      expect(await page.textContent('main')).toContain('ne payez pas encore une fois')
      if (scripts) await expectAccessible(page)
      await expectTappable(page)
      await photograph(page, `broken-fr-phone-${scripts ? 'scripts' : 'plain'}`)
      await context.close()
    }
  } finally {
    await allow(true)
    await admin.end()
  }
})
