import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { findChromium } from '../../server/test/support/chromium.ts'

/** What Lighthouse says of the pages of payers, as on a slow phone on a slow network. */

const root = join(import.meta.dirname, '../..')
const lowest = { performance: 95, accessibility: 100 } as const
const startLimitMs = 120_000

type Category = keyof typeof lowest
const categories = Object.keys(lowest) as readonly Category[]

interface Audit {
  readonly numericValue?: number
}
interface LighthouseResult {
  readonly lhr: {
    readonly categories: Readonly<Record<string, { readonly score: number | null }>>
    readonly audits: Readonly<Record<string, Audit>>
  }
}
type Lighthouse = (url: string, flags: object) => Promise<LighthouseResult | undefined>

async function loadLighthouse(): Promise<Lighthouse> {
  // Installed beside this file and nowhere else, so its types are not there for those who never run it.
  const entry = join(import.meta.dirname, 'node_modules', 'lighthouse', 'core', 'index.js')
  return ((await import(pathToFileURL(entry).href)) as { readonly default: Lighthouse }).default
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address ? address.port : 0
}

async function startSandbox(folder: string): Promise<{ readonly url: string; readonly program: ChildProcess }> {
  const env = { PATH: process.env['PATH'], PORT: '0', DOLLR_DATA_DIR: folder, DOLLR_SANDBOX_DELAY_MS: '200' }
  const program = spawn(process.execPath, [join(root, 'scripts', 'start.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  program.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const deadline = Date.now() + startLimitMs
  for (;;) {
    const url = /Dollr serves (\S+)/.exec(output)?.[1]
    if (url !== undefined) return { url, program }
    if (program.exitCode !== null || Date.now() > deadline) throw new Error(`The sandbox did not start:\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Makes checkouts as a merchant's server does. */
async function merchant(base: string): Promise<(phone: string) => Promise<string>> {
  const post = async (path: string, body: object, token?: string): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await fetch(`${base}/v1${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Readonly<Record<string, unknown>>
  }
  const credentials = { client_id: 'sandbox', client_secret: 'sandbox-secret' }
  const token = String((await post('/jwt/client/obtain/token', credentials))['access_token'])
  return async (phone) => {
    const items = ['Rice', 'Beans', 'Oil'].map((name) => ({ name, currency: 'USD', amount: 12.5 }))
    const body = { mode: 'HOSTED', source_kind: 'ORDER', party_phone: phone, currency: 'USD', items }
    return String((await post('/checkouts/create', body, token))['url'])
  }
}

/** Brings each page to where a payer sees it, and answers its address. */
async function makePages(browser: Browser, base: string): Promise<readonly (readonly [string, string])[]> {
  const aCheckout = await merchant(base)
  const page = await browser.newPage()
  const pay = async (phone: string, heading: RegExp): Promise<string> => {
    await page.goto(await aCheckout(phone))
    await page.click('button')
    await page.getByRole('heading', { name: heading }).waitFor()
    return page.url()
  }
  const form = await aCheckout('231880000001')
  const waiting = await pay('231880000129', /^Approve/)
  const failed = await pay('231880000049', /^The payment did not/)
  const paid = await pay('231880000002', /^Paid$/)
  await page.click('.quiet')
  const receipt = page.url()
  await page.close()
  return [
    ['form', form],
    ['waiting', waiting],
    ['failed', failed],
    ['paid', paid],
    ['receipt', receipt],
  ]
}

const scoreOf = ({ lhr }: LighthouseResult, category: Category): number =>
  Math.round((lhr.categories[category]?.score ?? 0) * 100)

const figureOf = ({ lhr }: LighthouseResult, audit: string): string =>
  Math.round(lhr.audits[audit]?.numericValue ?? Number.NaN).toString()

const columns = ['page', 'performance', 'accessibility', 'first paint ms', 'largest paint ms', 'bytes'] as const
const writeRow = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(10) : cell.padStart(18))).join('')

async function judge(port: number, pages: readonly (readonly [string, string])[]): Promise<boolean> {
  const lighthouse = await loadLighthouse()
  process.stdout.write(`${writeRow(columns)}\n`)
  let good = true
  for (const [name, url] of pages) {
    const result = await lighthouse(url, { port, onlyCategories: [...categories], logLevel: 'error' })
    if (!result) throw new Error(`Lighthouse said nothing of ${name}`)
    const paints = ['first-contentful-paint', 'largest-contentful-paint', 'total-byte-weight']
    const scores = categories.map((category) => scoreOf(result, category))
    process.stdout.write(
      `${writeRow([name, ...scores.map(String), ...paints.map((each) => figureOf(result, each))])}\n`,
    )
    good &&= categories.every((category) => scoreOf(result, category) >= lowest[category])
  }
  return good
}

const folder = await mkdtemp(join(tmpdir(), 'dollr-bench-pages-'))
const port = await freePort()
const { executablePath, env } = findChromium()
const sandbox = await startSandbox(folder)
try {
  const browser = await chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    args: [`--remote-debugging-port=${port}`],
  })
  try {
    const good = await judge(port, await makePages(browser, sandbox.url))
    if (!good) {
      const wanted = categories.map((category) => `${category} ${lowest[category]}`).join(', ')
      process.stderr.write(`Below what is promised: ${wanted}.\n`)
      process.exitCode = 1
    }
  } finally {
    await browser.close()
  }
} finally {
  sandbox.program.kill('SIGTERM')
  await once(sandbox.program, 'exit')
  await rm(folder, { recursive: true, force: true })
}
