import { once } from 'node:events'
import { connect, createServer } from 'node:net'
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
import { startServer } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'
import { languages, looksWith, makeStates, names, show } from './states.ts'

const world = await createWorld({ payerDelayMs: 50 })
const browser = await startBrowser()
afterAll(async () => {
  await browser.close()
  await world.close()
})
const states = await makeStates(world)

describe.each(looksWith(false))('in $language on a $screen', (looks) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await aContext(browser, looks)
  })
  afterAll(() => context.close())

  // What judges accessibility is a script itself: the pages with scripts are judged. Only the one that waits differs.
  test.each(names)('%s', async (name) => {
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    await show(page, states[name])
    expect(await page.getAttribute('html', 'lang')).toBe(looks.language)
    await expectToFit(page)
    await expectTappable(page)
    await photograph(page, `${name}-${looks.language}-${looks.screen}-plain`)
    expect(complaints).toEqual([])
    await page.close()
  })
})

test.each(languages)('a page that waits is as accessible in %s', async (language) => {
  const context = await aContext(browser, { language, screen: 'phone', scripts: true })
  const page = await context.newPage()
  const answer = await fetch(states.waiting.url, { headers: { 'accept-language': language } })
  const plain = (await answer.text()).replaceAll(/<\/?noscript>|<script>.*<\/script>/gs, '')
  expect(plain).toContain('http-equiv="refresh"')
  await page.setContent(plain)
  // It looks again every twenty seconds, which its reader can stop before: the guideline takes that (WCAG 2.2.1, "extend"),
  // the rule knows no such exception.
  await expectAccessible(page, ['meta-refresh'])
  await expectTappable(page)
  await context.close()
})

describe('on the narrowest screen', () => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await browser.newContext({ locale: 'rw', viewport: { width: 320, height: 480 } })
  })
  afterAll(() => context.close())

  test.each(names)('%s fits, with letters twice as large too', async (name) => {
    const page = await context.newPage()
    await show(page, states[name])
    await expectToFit(page)
    await page.evaluate(`document.documentElement.style.fontSize = '200%'`)
    await expectToFit(page)
    await photograph(page, `${name}-rw-narrow-large`)
    await page.close()
  })
})

/** A way to a database that can be closed. */
async function aGateTo(databaseUrl: string) {
  const url = new URL(databaseUrl)
  const [host, port] = [url.searchParams.get('host') ?? url.hostname, url.searchParams.get('port') ?? url.port]
  const gate = createServer((here) => {
    const there = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(Number(port || 5432), host)
    open.add(() => {
      here.destroy()
      there.destroy()
    })
    for (const side of [here, there]) side.on('error', () => undefined)
    here.pipe(there).pipe(here)
  })
  const open = new Set<() => void>()
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  const address = gate.address()
  url.searchParams.set('host', '127.0.0.1')
  url.searchParams.set('port', String(typeof address === 'object' && address ? address.port : 0))
  return {
    url: url.href,
    close() {
      gate.close()
      for (const end of open) end()
    },
  }
}

test('a server that has lost its database says not to pay again, in the reader’s language', async () => {
  const gate = await aGateTo(world.database.url)
  const server = await startServer({ ...world.env, DATABASE_URL: gate.url }, 'serve')
  gate.close()
  const { pathname } = new URL(states.form.url)
  for (const scripts of [true, false]) {
    const context = await aContext(browser, { language: 'fr', screen: 'phone', scripts })
    const page = await context.newPage()
    const answer = await page.goto(server.url + pathname)
    expect(answer?.status()).toBe(503)
    expect(await page.textContent('main')).toContain('ne payez pas encore une fois')
    if (scripts) await expectAccessible(page)
    await expectTappable(page)
    await photograph(page, `broken-fr-phone-${scripts ? 'scripts' : 'plain'}`)
    await context.close()
  }
  await server.end()
})
