import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'

/** Screenshots of every state, for people: `test-artefacts/pages`. */
const gallery = join(import.meta.dirname, '../../../../test-artefacts/pages')

export function startBrowser(): Promise<Browser> {
  const { executablePath, env } = inject('chromium')
  return chromium.launch({ executablePath, env: { ...process.env, ...env } })
}

export const screens = {
  phone: { width: 360, height: 640 },
  desktop: { width: 1280, height: 800 },
} as const

export interface Looks {
  readonly language: 'en' | 'fr' | 'rw'
  readonly screen: keyof typeof screens
  readonly scripts: boolean
}

export const aContext = (browser: Browser, { language, screen, scripts }: Looks): Promise<BrowserContext> =>
  browser.newContext({ locale: language, viewport: screens[screen], javaScriptEnabled: scripts })

/** What went wrong in the eyes of the browser: scripts that threw, and everything that a policy forbade. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    // A page that says 404 or 422 has arrived all the same.
    const isStatus = /responded with a status of (4\d\d|503)/.test(message.text())
    if (message.type() === 'error' && !isStatus) complaints.push(message.text())
  })
  return complaints
}

export async function photograph(page: Page, name: string): Promise<void> {
  mkdirSync(gallery, { recursive: true })
  await page.screenshot({ path: join(gallery, `${name}.png`), fullPage: true })
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}

/** Every rule of WCAG 2.2 A and AA that a program can judge, and those of good practice. */
export async function expectAccessible(page: Page, without: readonly string[] = []): Promise<void> {
  await page.evaluate(axe.source)
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]))
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, { resultTypes: ['violations'], rules: ${JSON.stringify(rules)} })`,
  )
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

/** No line runs out of the screen. */
export async function expectToFit(page: Page): Promise<void> {
  const [needed, there] = await page.evaluate<[number, number]>(
    `[document.documentElement.scrollWidth, document.documentElement.clientWidth]`,
  )
  expect(needed).toBeLessThanOrEqual(there)
}

/** Everything that can be tapped is at least as high and as wide as a fingertip. A field is tapped by its label as well. */
export async function expectTappable(page: Page): Promise<void> {
  const small =
    await page.evaluate(`Array.from(document.querySelectorAll('a, button, summary, textarea, input:not([type=hidden])'))
    .map((each) => each.closest('label') || each)
    .filter((each) => each.checkVisibility())
    .map((each) => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 44)
    .map(([html, box]) => box.width + 'x' + box.height + ' ' + html)`)
  expect(small).toEqual([])
}
