import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { startServer } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'
import { createTestDatabase } from '../support/database.ts'

/** The documentation as browsers, caches and programs ask for it. */
const world = await createWorld()
afterAll(world.close)

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${world.url()}${path}`, { headers, redirect: 'manual' })

/** Every page of ours that a page links to, from the contents on. */
async function crawl(): Promise<ReadonlyMap<string, Response>> {
  const seen = new Map<string, Response>()
  const left = ['/docs']
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (seen.has(path)) continue
    const answer = await get(path)
    seen.set(path, answer.clone())
    if (!answer.headers.get('content-type')?.includes('text/html')) continue
    for (const [, href = ''] of (await answer.text()).matchAll(/ href="([^"#]+)/g)) {
      const url = new URL(href, `${world.url()}${path}`)
      if (url.origin === world.url()) left.push(url.pathname)
    }
  }
  return seen
}

test('every link leads somewhere, and to every guide and operation', async () => {
  const seen = await crawl()
  const dead = [...seen].filter(([, { status }]) => status !== 200).map(([path]) => path)
  expect(dead).toEqual([])
  const document = (await (await get('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>
  }
  const ids = Object.values(document.paths).flatMap((each) => Object.values(each).map(({ operationId }) => operationId))
  for (const id of ids) expect([...seen.keys()]).toContain(`/docs/reference/${id}`)
  const guides = readdirSync(join(import.meta.dirname, '../../../docs/guides')).map((file) => file.replace(/\.md$/, ''))
  expect(guides.length).toBeGreaterThan(0)
  for (const guide of guides) expect([...seen.keys()]).toContain(`/docs/guides/${guide}`)
}, 60_000)

const paths = [
  '/docs',
  '/docs/guides/webhooks',
  '/docs/reference',
  '/docs/reference/payout',
  '/docs/guides/errors.md',
  '/llms.txt',
]

test.each(paths)('%s comes in one round trip, is kept for a while, and is not sent twice', async (path) => {
  const answer = await get(path, { 'accept-encoding': 'br' })
  expect(answer.headers.get('content-encoding')).toBe('br')
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
  expect(Number(answer.headers.get('content-length'))).toBeLessThanOrEqual(14 * 1024)
  const tag = answer.headers.get('etag') ?? ''
  const again = await get(path, { 'accept-encoding': 'br', 'if-none-match': tag })
  expect([again.status, await again.text()]).toEqual([304, ''])
  expect((await get(path, { 'accept-encoding': 'gzip', 'if-none-match': tag })).status).toBe(200)
})

test.each(paths)('%s may load nothing and be framed nowhere', async (path) => {
  const { headers } = await get(path)
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.* frame-ancestors 'none'/)
  expect(headers.get('content-security-policy')).not.toContain('unsafe')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('what is not there is not kept, and one slash more leads to the page', async () => {
  const missing = await get('/docs/guides/nothing')
  expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store'])
  for (const path of ['/docs', '/docs/reference']) {
    const moved = await get(`${path}/`)
    expect([moved.status, new URL(moved.headers.get('location') ?? '', `${world.url()}${path}/`).pathname]).toEqual([
      308,
      path,
    ])
  }
})

describe('for programs', () => {
  test('llms.txt names pages that are there, at the address that was asked', async () => {
    const text = await (await get('/llms.txt')).text()
    expect(text).toMatch(/^# Dollr\n\n> /)
    const links = [...text.matchAll(/\]\((\S+?)\)/g)].map(([, url = '']) => url)
    expect(links.length).toBeGreaterThan(60)
    for (const url of links) expect(url.startsWith(`${world.url()}/`)).toBe(true)
    const guides = links.filter((url) => url.includes('/docs/guides/'))
    for (const url of guides) expect(await (await fetch(url)).text()).toMatch(/^# /)
  })

  test('llms-full.txt holds every page, in the order in which llms.txt names them', async () => {
    const [contents, everything] = await Promise.all(
      ['/llms.txt', '/llms-full.txt'].map(async (path) => (await get(path)).text()),
    )
    const titles = (everything ?? '').split('\n---\n\n').map((text) => /^# (.+)/.exec(text)?.[1])
    const named = [...(contents ?? '').matchAll(/^- \[(.+?)\]\(\S+\/docs\//gm)].map(([, title]) => title)
    expect(titles.slice(1)).toEqual(named)
  })
})

test('live pages have no form and no script: there, money would move', async () => {
  const own = await createTestDatabase()
  const server = await startServer({
    DOLLR_MODE: 'live',
    DATABASE_URL: own.url,
    DOLLR_JWT_SECRET: 'a secret of over thirty-two characters',
    DOLLR_REALTIME_ANON_KEY: 'a key of over thirty-two characters',
    PAWAPAY_BASE_URL: 'http://127.0.0.1:9',
    PAWAPAY_API_TOKEN: 'a token',
    PORT: '0',
  })
  const answer = await fetch(`${server.url}/docs/reference/payout`)
  const text = await answer.text()
  await server.end('SIGTERM')
  expect(answer.status).toBe(200)
  expect(text).toContain('Pay a beneficiary')
  expect(text).not.toMatch(/<form|<script|sandbox-secret/)
  expect(answer.headers.get('content-security-policy')).not.toContain('script-src')
}, 60_000)
