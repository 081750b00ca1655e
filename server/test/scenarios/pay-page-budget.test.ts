import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { ok, signIn } from '../support/black-box/api-client.ts'
import { linkOf, open, submit, untilOver } from '../support/black-box/browser.ts'
import { aCheckout, cancel, documentOf } from '../support/black-box/builders.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

/** Payers are on 2G and 3G, and pay for each byte: what pages may weigh is a promise like any other. */

const world = await createWorld({ payerDelayMs: 50 })
afterAll(world.close)

const { database } = world

/** The first flight of a connection: one round trip brings the whole page. Headers fly along. */
const largestPage = 14 * 1024
const largestStatus = 300

interface Answer {
  readonly status: number | undefined
  readonly encoding: string | undefined
  readonly bytes: number
}

/** What comes over the wire, as it comes. */
const weigh = (url: string, encoding: string, body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      'accept-encoding': encoding,
      'accept-language': 'fr',
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    }
    const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers }, (answer) => {
      let bytes = answer.rawHeaders.join('    ').length
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length))
      answer.on('end', () => {
        resolve({ status: answer.statusCode, encoding: answer.headers['content-encoding'], bytes })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })

const noise = () => randomBytes(150).toString('base64')

/** As much as a merchant may write, and nothing that compresses. */
const noisy = await signIn(world.url, await createMerchant(database.url, noise()))
const aNoisyCheckout = (phone: string) =>
  aCheckout(noisy, {
    party_phone: phone,
    party_name: noise(),
    note: Array.from({ length: 100 }, noise).join(' '),
    items: Array.from({ length: 300 }, () => ({ name: noise(), currency: 'USD', amount: 1 })),
    success_url: `https://shop.example/${randomBytes(300).toString('hex')}`,
    cancel_url: `https://shop.example/${randomBytes(300).toString('hex')}`,
  })

const after = async (phone: string) => submit(await open((await aNoisyCheckout(phone)).url))

async function statesToWeigh(): Promise<Readonly<Record<string, { readonly url: string; readonly body?: string }>>> {
  const form = (await aNoisyCheckout('231880000001')).url
  const paid = await aNoisyCheckout('231880002000')
  await untilOver(await submit(await open(paid.url)))
  const canceled = await aNoisyCheckout('231880003000')
  await ok(cancel(noisy, documentOf(canceled)))
  const expired = await aNoisyCheckout('231880004000')
  await database.pool.query(`update links set expires_at = now() - interval '1 hour' where source_id = $1`, [
    expired.source_id,
  ])
  const receipt = await open(linkOf(await open(paid.url), 'Open the receipt'))
  const verify = `${world.url()}/verify`
  const mistyped = new URLSearchParams({ code: randomBytes(900).toString('base64') })
  return {
    form: { url: form },
    'form with a mistake': { url: form, body: 'option=&phone=12' },
    waiting: { url: (await after('231880005129')).url },
    failed: { url: (await untilOver(await after('231880006049'))).url },
    paid: { url: paid.url },
    receipt: { url: receipt.url },
    verify: { url: verify },
    genuine: { url: linkOf(receipt, 'Verify this receipt') },
    mistyped: { url: `${verify}?${mistyped.toString()}` },
    canceled: { url: canceled.url },
    expired: { url: expired.url },
    unknown: { url: `${world.url()}/pay/${randomBytes(24).toString('base64url')}` },
  }
}

const states = await statesToWeigh()

test.each(Object.keys(states))('%s weighs less than one round trip carries, compressed as asked', async (name) => {
  const state = states[name]
  if (!state) throw new Error(`no state ${name}`)
  for (const [asked, expected] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['gzip;q=0', undefined],
  ] as const) {
    const { bytes, encoding } = await weigh(state.url, asked, state.body)
    expect(encoding, asked).toBe(expected)
    if (expected !== undefined) expect(bytes, asked).toBeLessThanOrEqual(largestPage)
  }
})

/** Every byte of an answer, its first line and its headers too. */
const wholeAnswer = (url: string, headers = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port, pathname, search } = new URL(url)
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\n${headers}\r\n`)
    })
    let text = ''
    socket.setTimeout(300, () => {
      socket.destroy()
      resolve(text)
    })
    socket.on('data', (chunk) => (text += String(chunk)))
    socket.on('error', reject)
  })

test('asking how a payment stands costs a word, and less while nothing changes', async () => {
  const waiting = await open(states['waiting']?.url ?? '')
  const watching = waiting.elements.flatMap(({ attrs }) => attrs).find(({ name }) => name === 'data-status')
  const url = new URL(watching?.value ?? '', waiting.url).href
  const first = await wholeAnswer(url)
  expect(first).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nwaiting$/s)
  expect(first.length).toBeLessThanOrEqual(largestStatus)
  const tag = /etag: (\S+)/i.exec(first)?.[1] ?? ''
  const second = await wholeAnswer(url, `If-None-Match: ${tag}\r\n`)
  expect(second).toMatch(/^HTTP\/1\.1 304 .*\r\n\r\n$/s)
  expect(second.length).toBeLessThanOrEqual(largestStatus)
  expect(await wholeAnswer(`${states['failed']?.url ?? ''}&part=status`)).toMatch(/\r\n\r\nchanged$/)
  expect(await wholeAnswer(`${states['unknown']?.url ?? ''}?part=status`)).toMatch(/\r\n\r\nunknown$/)
})

test('a waiting page carries its whole script, and that is small', async () => {
  const response = await fetch(states['waiting']?.url ?? '')
  const html = await response.text()
  const [, script = ''] = /<script>(.*)<\/script>/s.exec(html) ?? []
  expect(script.length).toBeGreaterThan(0)
  expect(script.length).toBeLessThanOrEqual(8 * 1024)
  expect(html).not.toMatch(/<(script|img|link|iframe)[^>]+(src|href)="(?!data:,)/)
})

test('no token is ever in the log', () => {
  const tokens = Object.values(states).map(({ url }) => new URL(url).pathname.split('/').at(-1) ?? '')
  expect(tokens.filter((token) => token.length > 20 && world.server().output().includes(token))).toEqual([])
})
