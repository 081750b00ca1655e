import { type BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
import { looksWith, makeStates, names, show } from './states.ts'

const world = await createWorld({ payerDelayMs: 50 })
const browser = await startBrowser()
afterAll(async () => {
  await browser.close()
  await world.close()
})
const states = await makeStates(world)

describe.each(looksWith(true))('in $language on a $screen', (looks) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await aContext(browser, looks)
  })
  afterAll(() => context.close())

  test.each(names)('%s', async (name) => {
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await show(page, states[name])
    expect(await page.getAttribute('html', 'lang')).toBe(looks.language)
    // One page, the form that was sent where one was, and at most one look at how it stands.
    expect(asked.length).toBeLessThanOrEqual(3)
    expect(asked.filter((url) => !url.startsWith(`${world.url()}/`) && url !== 'data:,')).toEqual([])
    await expectToFit(page)
    await expectTappable(page)
    await expectAccessible(page)
    await photograph(page, `${name}-${looks.language}-${looks.screen}-scripts`)
    expect(complaints).toEqual([])
    await page.close()
  })
})
