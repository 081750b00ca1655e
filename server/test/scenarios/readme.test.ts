import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The README's quick start, run as a reader would paste it, against a server started as a reader would start it. */
const root = join(import.meta.dirname, '../../..')
const readme = await readFile(join(root, 'README.md'), 'utf8')

/** The bash blocks of a marked part. */
function blocksOf(part: string): string {
  const section = new RegExp(`<!-- ${part} begins[^>]*-->([^]*?)<!-- ${part} ends -->`).exec(readme)?.[1] ?? ''
  return [...section.matchAll(/^```bash\n([^]*?)^```$/gm)].map(([, block]) => block).join('')
}

const quickStart = blocksOf('quick start')
const moneyOut = blocksOf('money out')
const cards = blocksOf('cards')
const baseLine = /^BASE=http:\/\/127\.0\.0\.1:8080$/m

/** Nothing of the shell that runs the tests decides how the server starts or where the lines go. */
const environment: Record<string, string | undefined> = {
  HOME: process.env['HOME'],
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
}

let dataDir: string
let server: ChildProcess
let baseUrl: string

/** What a process wrote until `done` found what it wants in it, or until it ended. */
function read(child: ChildProcess, done: RegExp): Promise<string> {
  let output = ''
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (done.test(output)) resolve(output)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`ended with ${code ?? 'a signal'}\n${output}\n${errors}`))
    })
  })
}

const never = /(?!)/

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dollr-readme-'))
  server = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: { ...environment, DOLLR_DATA_DIR: dataDir, PORT: '0', DOLLR_SANDBOX_DELAY_MS: '300' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const banner = /Dollr serves (\S+) /
  baseUrl = banner.exec(await read(server, banner))?.[1] ?? ''
})

afterAll(async () => {
  if (server.exitCode === null && server.signalCode === null) {
    const closed = new Promise((resolve) => server.once('close', resolve))
    server.kill('SIGTERM')
    await closed
  }
  await rm(dataDir, { recursive: true, force: true })
})

test('the README goes from token to receipt, where the receipt says what the prediction said, and pays out', async () => {
  expect(quickStart).toMatch(baseLine)
  expect(moneyOut).toContain('/v1/executions/payout')
  expect(cards).toContain('/v1/executions/collection')
  const script = [
    'exec 2>&1',
    quickStart.replace(baseLine, `BASE=${baseUrl}`),
    moneyOut,
    cards,
    'test "$CARD_STATUS" = COMPLETED',
    'printf "%s\\n" "$STATUS" "$QUOTE" "$RECEIPT" "$(api $BASE/v1/executions/collection -d "$PAYMENT")"',
    'api "$BASE/v1/wallets/$WALLET/statement?limit=10"',
  ].join('\n')

  const bash = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const transcript = await read(bash, never)

  const [status, ...answers] = transcript.trimEnd().split('\n').slice(-5)
  expect(status, transcript).toBe('COMPLETED')
  const statement = JSON.parse(answers.pop() ?? '') as { readonly reason: string; readonly amount: number }[]
  expect(statement.map(({ reason, amount }) => [reason, amount])).toEqual([
    ['collection.completed', 100],
    ['transfer.completed', -10.05],
    ['refund.held', -100],
    ['payout.held', -41],
    ['collection.completed', 250],
    ['wallets.opened', 10_000],
  ])
  const [quote, receipt, repeated] = answers.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(receipt).toMatchObject({ status: 'PAID', total_amount: 250 })
  for (const amount of ['payer_amount', 'payee_amount', 'platform_fee', 'gateway_fee']) {
    expect([amount, receipt?.[amount]]).toEqual([amount, Number(quote?.[amount])])
  }
  expect(repeated).toMatchObject({ status: 'COMPLETED', provider_transaction_id: receipt?.['provider_transaction_id'] })
})
