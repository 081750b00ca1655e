import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ok, signIn } from '../support/black-box/api-client.ts'
import { linkOf, open, type Page, submit } from '../support/black-box/browser.ts'
import {
  aCheckout,
  anAttempt,
  cancel,
  collect,
  documentOf,
  type Document,
  pay,
  settled,
} from '../support/black-box/builders.ts'
import { aRefund } from '../support/black-box/money-out.ts'
import { admin, createMerchant } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'
import { readPdf } from '../support/pdf.ts'
import { scanPng, scanSvg } from '../support/qr.ts'

// Everything that the server says of what it does, so that what it must not say can be looked for.
const world = await createWorld({ env: { DOLLR_LOG_LEVEL: 'trace' } })
const { api, database } = world

const folder = await mkdtemp(join(tmpdir(), 'dollr-receipts-'))
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

/** What must never be in a log, and every process that might have written it. */
const secrets: string[] = []
const servers = [world.server()]

async function receiptUrl({ kind, number }: Document): Promise<string> {
  const { url } = (await ok(api.get('/links/receipt', { source_type: kind, source_number: number }))) as { url: string }
  secrets.push(url.split('/').at(-1) ?? '')
  return url
}

interface Paid {
  readonly document: Document
  readonly execution: Awaited<ReturnType<typeof pay>>['execution']
  readonly url: string
  readonly page: Page
  readonly code: string
}

/** A paid document, its receipt's page and the code on it. */
async function aReceipt(options: Parameters<typeof pay>[1] = {}): Promise<Paid> {
  const { document, execution } = await pay(api, options)
  const url = await receiptUrl(document)
  const page = await open(url)
  const code = linkOf(page, 'Verify this receipt').split('/').at(-1) ?? ''
  secrets.push(code)
  return { document, execution, url, page, code }
}

const verify = (code: string, query = ''): Promise<Page> => open(`${world.url()}/verify/${code}${query}`)
const typed = (text: string): Promise<Page> =>
  open(`${world.url()}/verify?${new URLSearchParams({ code: text }).toString()}`)
const groups = (code: string): string => code.match(/.{1,5}/g)?.join(' ') ?? ''
/** The last letter but a few, changed for another one. */
const spoilt = (code: string): string => {
  const at = code.length - 9
  return code.slice(0, at) + (code[at] === 'A' ? 'B' : 'A') + code.slice(at + 1)
}

describe('offline', () => {
  const program = join(folder, 'verify-receipt.mjs')
  const keys = join(folder, 'keys.json')

  const run = async (...args: readonly string[]) => {
    const node = promisify(execFile)(process.execPath, [program, ...args])
    return node.then(
      ({ stdout }) => ({ status: 0, said: JSON.parse(stdout) as unknown }),
      (error: unknown) => ({
        status: (error as { code: number }).code,
        said: (error as { stderr: string }).stderr.trim(),
      }),
    )
  }

  beforeAll(async () => {
    const guide = await readFile(join(import.meta.dirname, '../../../docs/receipts.md'), 'utf8')
    const [, code] = /^```js\n([\s\S]*?)^```/m.exec(guide) ?? []
    if (code === undefined) throw new Error('the guide has no program')
    await writeFile(program, code)
    const published = await fetch(`${world.url()}/.well-known/dollr-receipt-keys.json`)
    expect(published.status).toBe(200)
    expect(published.headers.get('cache-control')).toBe('public, max-age=300')
    await writeFile(keys, await published.text())
  })

  test.each(['INVOICE', 'ORDER'] as const)(
    'the program of the guide and the published keys verify the receipt of an %s, with nothing of ours',
    async (kind) => {
      const { document, execution, code } = await aReceipt({ kind })
      const receipt = (await ok(api.get(`/${kind === 'ORDER' ? 'orders' : 'invoices'}/receipt/${document.id}`))) as {
        readonly owner_id: number
        readonly paid_at: string
      }
      const expected = {
        receipt: document.id,
        merchantId: receipt.owner_id,
        merchant: 'Sandbox Merchant',
        document: document.number,
        minorUnits: Math.round(execution.payer_amount * 100),
        currency: 'USD',
        paidAt: receipt.paid_at.replace('Z', '.000Z'),
        reference: (execution.provider_transaction_id ?? '').slice(0, 24),
      }
      for (const spelling of [code, code.toLowerCase(), groups(code), groups(code).replaceAll(' ', '-')]) {
        expect(await run(keys, ...spelling.split(' '))).toEqual({ status: 0, said: expected })
      }
    },
  )

  test('the program refuses what is spoilt, what another server signed and what is not ours', async () => {
    const { code } = await aReceipt()
    expect(await run(keys, spoilt(code))).toMatchObject({
      status: 1,
      said: expect.stringContaining('mistyped') as string,
    })
    expect(await run(keys, code.slice(0, 40))).toMatchObject({ status: 1 })
    const none = join(folder, 'none.json')
    await writeFile(none, '{"keys":[]}')
    expect(await run(none, code)).toMatchObject({ status: 1, said: expect.stringContaining('unknown key') as string })
    const set = JSON.parse(await readFile(keys, 'utf8')) as { keys: { x: string; kid: string }[] }
    const others = join(folder, 'others.json')
    const x = 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik'
    await writeFile(others, JSON.stringify({ keys: set.keys.map((key) => ({ ...key, x })) }))
    expect(await run(others, code)).toMatchObject({ status: 1, said: 'not genuine' })
  })
})

describe('online', () => {
  test('a genuine code says what was paid, to whom, when, and that it stands', async () => {
    const { document, execution, code, page } = await aReceipt({ kind: 'INVOICE', amount: 1250 })
    const told = await open(linkOf(page, 'Verify this receipt'))
    expect([told.status, told.heading]).toEqual([200, 'Genuine'])
    for (const shown of [
      'Paid to Sandbox Merchant',
      `For Invoice ${document.number}`,
      'Amount paid USD 1,287.50',
      `Reference of the operator ${execution.provider_transaction_id ?? ''}`,
      'Paid. Nothing was given back.',
    ]) {
      expect(told.text.replaceAll('\u00a0', ' ')).toContain(shown)
    }
    // What is shown to a third party is nothing about the payer.
    for (const hidden of ['Amara', '231880000001', 'Wallet']) expect(told.html).not.toContain(hidden)
    for (const text of [code, code.toLowerCase(), groups(code), ` ${groups(code).replaceAll(' ', ' - ')}\n`]) {
      expect((await typed(text)).heading).toBe('Genuine')
    }
    // The form behind the address of another code.
    expect((await verify(spoilt(code), `?code=${code}`)).heading).toBe('Genuine')
  })

  test('what is refunded says so, in part and in full, and the code stays genuine', async () => {
    const { execution, code } = await aReceipt({ amount: 100 })
    const giveBack = async (amount: number) => {
      const refund = await aRefund(api, { amount, collection: execution })
      await ok(api.post(refund.path, refund.body))
      const deadline = Date.now() + 20_000
      for (;;) {
        const { status } = (await ok(api.get(refund.statusPath))) as { status: string }
        if (status === 'COMPLETED') return
        if (Date.now() > deadline) throw new Error(`the refund is ${status}`)
      }
    }
    expect(execution.payer_amount).toBe(103)
    await giveBack(40)
    const partly = await verify(code)
    expect([partly.status, partly.heading]).toEqual([200, 'Genuine'])
    expect(partly.text.replaceAll('\u00a0', ' ')).toContain(
      'Partly refunded: USD 40.00 was given back, USD 63.00 remains paid.',
    )
    await giveBack(63)
    const fully = await verify(code)
    expect([fully.status, fully.heading]).toEqual([200, 'Genuine'])
    expect(fully.text).toContain('Refunded: all of it was given back.')
  })

  test('a typo is told from a forgery, and what was typed comes back to be mended', async () => {
    const { code } = await aReceipt()
    for (const text of [
      '1',
      'abc',
      spoilt(code),
      code.slice(1),
      code.slice(0, -1),
      `${code}0`,
      '"><script>',
      '%00',
      'é',
    ]) {
      const told = await typed(text)
      expect([told.status, told.heading]).toEqual([422, 'Not copied correctly'])
      expect(told.text).toContain(text)
    }
    // Another server's codes: the same form, another key.
    const elsewhere = await createWorld()
    const { document } = await pay(elsewhere.api)
    const named = { source_type: document.kind, source_number: document.number }
    const { url } = (await ok(elsewhere.api.get('/links/receipt', named))) as { url: string }
    const foreign =
      linkOf(await open(url), 'Verify this receipt')
        .split('/')
        .at(-1) ?? ''
    await elsewhere.close()
    const told = await verify(foreign)
    expect([told.status, told.heading]).toEqual([404, 'Not verified'])
  })

  test('a payment that is not in the books is not confirmed, whoever signed for it', async () => {
    const { document, code } = await aReceipt()
    await database.pool.query(`update sources set paid_at = paid_at - interval '1 day' where id = $1`, [document.id])
    const told = await verify(code)
    expect([told.status, told.heading]).toEqual([404, 'Not confirmed'])
    await database.pool.query(`update sources set paid_at = paid_at + interval '1 day' where id = $1`, [document.id])
    expect((await verify(code)).status).toBe(200)
  })

  test.each([
    ['', 'Verify a receipt'],
    ['?lang=en', 'Verify a receipt'],
    ['?lang=fr', 'Vérifier un reçu'],
    ['?lang=rw', 'Kugenzura inyemezabwishyu'],
    ['?code=', 'Verify a receipt'],
    ['?code=a&code=b', 'Verify a receipt'],
  ])('the empty form at /verify%s speaks its reader’s language', async (query, heading) => {
    const page = await open(`${world.url()}/verify${query}`)
    expect([page.status, page.heading]).toEqual([200, heading])
    expect(page.action).toBe(`${world.url()}/verify?`)
  })

  test('a language chosen by hand goes along from the receipt to the verdict, and from code to code', async () => {
    const { document, url, code } = await aReceipt({ kind: 'INVOICE', amount: 1250 })
    const receipt = await open(linkOf(await open(url), 'Français'))
    expect(receipt.heading.replaceAll('\u00a0', ' ')).toBe(`Reçu : Facture ${document.number}`)
    expect(receipt.text).toContain('Avec ce code, chacun peut vérifier que le reçu est authentique.')
    const told = await open(linkOf(receipt, 'Vérifier ce reçu'))
    expect([told.status, told.heading]).toEqual([200, 'Authentique'])
    for (const shown of [`Pour Facture ${document.number}`, '1 287,50 USD', 'Payé. Rien n’a été remboursé.']) {
      expect(told.text.replaceAll(/[\u00a0\u202f]/g, ' ')).toContain(shown)
    }
    expect((await open(linkOf(told, 'Ikinyarwanda'))).heading).toBe('Ni iy’ukuri')
    const form = await open(linkOf(told, 'Vérifier un autre reçu'))
    expect([form.heading, new URL(form.url).search]).toEqual(['Vérifier un reçu', '?lang=fr'])
    const slip = await submit(form, { code: spoilt(code) })
    expect([slip.status, slip.heading]).toEqual([422, 'Mal recopié'])
    // What was typed stays in the field, in another language too.
    const other = await open(linkOf(slip, 'English'))
    expect(other.heading).toBe('Not copied correctly')
    expect(other.fields.find(({ name }) => name === 'code')?.value).toBe(spoilt(code))
    const mended = await submit(other, { code })
    expect([mended.status, mended.heading]).toEqual([200, 'Genuine'])
    expect((await open(linkOf(mended, 'Verify another receipt'))).heading).toBe('Verify a receipt')
  })

  test('a receipt and what verifies it say one time, on the clocks of the country it was paid from', async () => {
    const timeIn = ({ text }: Page) => /Paid on (.*?) (?:Amount|Reference)/.exec(text)?.[1]
    const { page, code } = await aReceipt({ currency: 'RWF', phone: '250783456789', method: 'MTN_MOMO_RWA' })
    // How a zone is called changes between versions of the locale data, what it is does not.
    expect(timeIn(page)).toMatch(/ (GMT\+2|CAT)$/)
    expect(timeIn(await verify(code))).toBe(timeIn(page))
  })

  test('the key outlives a restart, and a retired one what it signed', async () => {
    const { url, code } = await aReceipt()
    await world.restart()
    servers.push(world.server())
    const at = (page: string) => page.replace(/^http:\/\/[^/]+/, world.url())
    expect(linkOf(await open(at(url)), 'Verify this receipt')).toBe(`${world.url()}/verify/${code}`)
    const [before] = (await admin(database.url, 'receipt-keys', 'list')) as { key: string }[]
    expect(await admin(database.url, 'receipt-keys', 'retire', '--key', before?.key ?? '')).toMatchObject({
      key: before?.key,
      withdrawn: null,
    })
    await world.restart()
    servers.push(world.server())
    const next =
      linkOf(await open(at(url)), 'Verify this receipt')
        .split('/')
        .at(-1) ?? ''
    secrets.push(next)
    expect(next).not.toBe(code)
    for (const each of [code, next]) expect((await verify(each)).heading).toBe('Genuine')
    const { keys } = (await (await fetch(`${world.url()}/.well-known/dollr-receipt-keys.json`)).json()) as {
      keys: { kid: string }[]
    }
    expect(keys).toHaveLength(2)
    expect(keys[1]?.kid).toBe(before?.key)
  })
})

describe('on paper', () => {
  const load = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(url, { headers })
    return { response, bytes: Buffer.from(await response.arrayBuffer()) }
  }

  test('a receipt is a PDF for a sheet and for a roll, with what the API says and the code of its page', async () => {
    const { document, execution, page, code } = await aReceipt({ amount: 1250, phone: '231880000001' })
    expect(scanSvg(page.html)).toBe(`${world.url()}/verify/${code}`)
    expect(page.text).toContain(groups(code))
    for (const [link, width] of [
      ['Download as PDF (A4)', 210],
      ['Download for a receipt printer (80 mm)', 80],
    ] as const) {
      const { response, bytes } = await load(linkOf(page, link))
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf'])
      expect(response.headers.get('content-disposition')).toBe(`inline; filename="${document.number}.pdf"`)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
      const pdf = readPdf(bytes)
      const text = pdf.lines.join(' ').replaceAll('\u00a0', ' ')
      for (const shown of [
        ...['Sandbox Merchant', document.number, 'Amara Kamara', '••• 001', 'Strategy session', 'USD 1,250.00'],
        ...['USD 12.50', 'USD 25.00', 'USD 1,287.50', 'MTN Mobile Money', execution.provider_transaction_id ?? ''],
        new URL('/verify', world.url()).href.replace('http://', ''),
      ]) {
        expect(text).toContain(shown)
      }
      expect(text).not.toContain('231880000001')
      expect(pdf.lines.join('')).toContain(code)
      expect(Math.round(((pdf.pages[0]?.[0] ?? 0) / 72) * 25.4)).toBe(width)
      expect((await load(linkOf(page, link))).bytes).toEqual(bytes)
    }
  })

  test('a paper is in its reader’s language, the same bytes each time it is printed in that', async () => {
    const { url } = await aReceipt({ amount: 1250 })
    const asked = await load(`${url}.pdf`, { 'accept-language': 'fr-CD, en;q=0.5' })
    const text = readPdf(asked.bytes).lines.join(' ').replaceAll('\u00a0', ' ')
    for (const shown of ['Reçu', '1 287,50 USD', 'Frais de l’opérateur']) expect(text).toContain(shown)
    const chosen = linkOf(await open(`${url}?lang=fr`), 'Télécharger en PDF (A4)')
    expect(new URL(chosen).search).toBe('?lang=fr')
    expect((await load(chosen, { 'accept-language': 'rw' })).bytes).toEqual(asked.bytes)
    expect((await load(`${url}.pdf?lang=rw`)).bytes).not.toEqual(asked.bytes)
  })

  test('in another currency the rate and both amounts are on it', async () => {
    const { page } = await aReceipt({ amount: 250, payIn: 'LRD' })
    const { bytes } = await load(linkOf(page, 'Download as PDF (A4)'))
    const text = readPdf(bytes).lines.join(' ').replaceAll('\u00a0', ' ')
    for (const shown of ['USD 250.00', 'Exchange fee', '1 USD = 200 LRD', 'LRD 52,000.00'])
      expect(text).toContain(shown)
  })

  test('a reader who leaves in the middle of one is no matter to anybody', async () => {
    const items = Array.from({ length: 900 }, (_, index) => ({ name: `Line ${index}`, currency: 'USD', amount: 1 }))
    const checkout = await aCheckout(api, { items })
    const attempt = await anAttempt(api, documentOf(checkout))
    await ok(collect(api, attempt))
    await settled(api, attempt)
    const url = `${await receiptUrl(documentOf(checkout))}.pdf`
    for (const patienceMs of [1, 5, 20, 50, 100]) {
      await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
        .then((response) => response.arrayBuffer())
        .catch((error: unknown) => error)
    }
    const { bytes } = await load(url)
    expect(readPdf(bytes).lines).toContain('Line 899')
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
  })

  test('nobody gets one without the token', async () => {
    const { document } = await pay(api)
    const paths = [randomBytes(24).toString('base64url'), String(document.id), 'x', '.', '%00', 'x'.repeat(400)]
    for (const path of paths) expect((await fetch(`${world.url()}/receipt/${path}.pdf`)).status).toBe(404)
    const checkout = await aCheckout(api)
    const token = checkout.url.split('/').at(-1) ?? ''
    expect((await fetch(`${world.url()}/receipt/${token}.pdf`)).status).toBe(404)
  })

  test('nobody keeps the server printing', async () => {
    const { page } = await aReceipt()
    const url = linkOf(page, 'Download as PDF (A4)')
    const answers: number[] = []
    for (let tries = 0; tries < 70 && !answers.includes(429); tries += 1) answers.push((await fetch(url)).status)
    expect(new Set(answers)).toEqual(new Set([200, 429]))
  })
})

describe('the QR code of a payment link', () => {
  const picture = async (url: string, name: string) => {
    const response = await fetch(`${url}/${name}`)
    return { response, bytes: Buffer.from(await response.arrayBuffer()) }
  }

  test('leads to the link, in both formats and every size', async () => {
    const { url } = await aCheckout(api)
    secrets.push(url.split('/').at(-1) ?? '')
    for (const size of ['', '?size=200', '?size=1', '?size=x', '?size=1&size=2']) {
      const { response, bytes } = await picture(url, `qr.png${size}`)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png'])
      expect(response.headers.get('cache-control')).toBe('private, max-age=300')
      expect(scanPng(bytes).text).toBe(url)
      expect(scanPng(bytes).width).toBeLessThanOrEqual(512)
    }
    // However large it is asked for: 2048 pixels, and only black and white.
    expect((await picture(url, 'qr.png?size=999999')).bytes.length).toBeLessThan(64 * 1024)
    const { response, bytes } = await picture(url, 'qr.svg')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    expect(scanSvg(bytes.toString())).toBe(url)
  })

  test('is gone with the link', async () => {
    const statusOf = async (url: string) => [
      (await picture(url, 'qr.svg')).response.status,
      (await picture(url, 'qr.png')).response.status,
      (await fetch(url)).status,
    ]
    const canceled = await aCheckout(api)
    await ok(cancel(api, documentOf(canceled)))
    expect(await statusOf(canceled.url)).toEqual([410, 410, 410])
    const expired = await aCheckout(api)
    await database.pool.query(`update links set expires_at = now() - interval '1 second' where source_id = $1`, [
      expired.source_id,
    ])
    expect(await statusOf(expired.url)).toEqual([410, 410, 410])
    expect(await statusOf(`${world.url()}/pay/${randomBytes(24).toString('base64url')}`)).toEqual([404, 404, 404])
    const merchant = await createMerchant(database.url, 'Corner Shop')
    const theirs = await aCheckout(await signIn(world.url, merchant))
    await database.pool.query('update merchants set payment_links_allowed = false where id = $1', [merchant.id])
    expect(await statusOf(theirs.url)).toEqual([403, 403, 403])
  })

  test('is still shown for what is paid', async () => {
    const { document, collection } = await pay(api)
    await settled(api, collection)
    await database.pool.query('update sources set as_payment_link = true where id = $1', [document.id])
    const named = { source_type: document.kind, source_number: document.number }
    const { url } = (await ok(api.get('/links/pay', named))) as { url: string }
    expect(scanPng((await picture(url, 'qr.png')).bytes).text).toBe(url)
  })
})

test('one address verifies no more than so many codes a minute', async () => {
  const answers: number[] = []
  for (let tries = 0; tries < 130 && !answers.includes(429); tries += 1) answers.push((await typed('1')).status)
  expect(answers.at(-1)).toBe(429)
  expect((await open(`${world.url()}/verify`)).status).toBe(200)
})

test('neither tokens nor codes are in any log', () => {
  expect(secrets.filter((secret) => secret.length > 20).length).toBeGreaterThan(10)
  const output = servers.map((server) => server.output()).join('')
  expect(output.length).toBeGreaterThan(0)
  expect(secrets.filter((secret) => secret !== '' && output.includes(secret))).toEqual([])
})
