import { afterAll, describe, expect, test } from 'vitest'
import {
  aContext,
  complaintsOf,
  expectAccessible,
  expectToFit,
  photograph,
  startBrowser,
} from '../support/black-box/real-browser.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
const browser = await startBrowser()
afterAll(async () => {
  await browser.close()
  await world.close()
})

const pages = [
  '/docs',
  '/docs/guides/quick-start',
  '/docs/guides/webhooks',
  '/docs/reference',
  '/docs/reference/payout',
  '/docs/reference/list_events',
  '/docs/guides/nothing',
]

describe.each([
  { screen: 'phone', scheme: 'light', scripts: true },
  { screen: 'phone', scheme: 'dark', scripts: false },
  { screen: 'desktop', scheme: 'dark', scripts: true },
] as const)('on a $screen, $scheme, with scripts: $scripts', ({ screen, scheme, scripts }) => {
  test.each(pages)('%s can be read by everybody, and nothing is asked of another host', async (path) => {
    const context = await aContext(browser, { language: 'en', screen, scripts })
    const page = await context.newPage()
    await page.emulateMedia({ colorScheme: scheme })
    const complaints = complaintsOf(page)
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).origin))
    await page.goto(`${world.url()}${path}`)
    await expectToFit(page)
    await photograph(page, `docs${path.replaceAll('/', '-')}-${screen}-${scheme}`)
    if (scripts) await expectAccessible(page)
    expect(new Set(asked)).toEqual(new Set([world.url()]))
    expect(complaints).toEqual([])
    await context.close()
  })
})

test('a reader tries an operation with one click, and the next with the same token', async () => {
  const context = await aContext(browser, { language: 'en', screen: 'phone', scripts: true })
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  const calls: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/v1/')) calls.push(new URL(request.url()).pathname)
  })
  await page.goto(`${world.url()}/docs/reference/create_party`)
  await page.click('button')
  await page.getByText(/^200 /).waitFor()
  expect(await page.textContent('#try-answer')).toContain('"fullname": "Amara Kamara"')
  await page.goto(`${world.url()}/docs/reference/list_parties`)
  await page.fill('#in-fullname', 'amara')
  await page.click('button')
  await page.getByText(/^200 /).waitFor()
  expect(await page.textContent('#try-answer')).toContain('Amara Kamara')
  expect(calls).toEqual(['/v1/jwt/client/obtain/token', '/v1/parties/create', '/v1/parties/list'])
  await photograph(page, 'docs-tried')
  await expectAccessible(page)
  expect(complaints).toEqual([])
  await context.close()
})

test('what was refused is shown as it was answered, and a key for once is another each time', async () => {
  const context = await aContext(browser, { language: 'en', screen: 'desktop', scripts: true })
  const page = await context.newPage()
  await page.goto(`${world.url()}/docs/reference/collect`)
  const body = await page.inputValue('#try-body')
  expect(body).toMatch(/"reference_id": "[0-9a-f]{8}-/)
  await page.click('button')
  await page.getByText(/^422 /).waitFor()
  expect(await page.textContent('#try-answer')).toContain('value_error')
  await page.reload()
  expect(await page.inputValue('#try-body')).not.toBe(body)
  await context.close()
})

test('without scripts there is no form, and nothing that seems to be one', async () => {
  const context = await aContext(browser, { language: 'en', screen: 'phone', scripts: false })
  const page = await context.newPage()
  await page.goto(`${world.url()}/docs/reference/payout`)
  expect(await page.isVisible('form')).toBe(false)
  await context.close()
})
