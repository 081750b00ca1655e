import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { type Api, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, makeChecksDue, walletOf } from '../support/black-box/books.ts'
import { aPayment, collect, pay, settled, sourceStatus } from '../support/black-box/builders.ts'
import { createDataFolder } from '../support/black-box/embedded.ts'
import {
  launch,
  pause,
  printed,
  type Program,
  programs,
  run,
  sandboxCredentials,
} from '../support/black-box/server-process.ts'
import { sandboxMerchant } from '../support/black-box/world.ts'

const repository = join(import.meta.dirname, '../../..')
const folder = await createDataFolder()
const env = {
  PORT: '0',
  DOLLR_DATA_DIR: folder.path,
  DOLLR_SANDBOX_DELAY_MS: '400',
  DOLLR_LOG_LEVEL: 'error',
  DOLLR_RATE_LIMIT_PER_MINUTE: '1000000',
}

let program: Program | undefined
async function start(more: Record<string, string> = {}): Promise<{ program: Program; api: Api; url: string }> {
  program = await launch(programs.start, [], { ...env, ...more })
  const url = await printed(program, /Dollr serves (\S+)/)
  return { program, url, api: await signIn(() => url, sandboxCredentials) }
}

afterEach(async () => {
  await program?.end('SIGKILL')
})
afterAll(folder.remove)

test('one command starts all there is, says how to use it, and keeps what it knows when it is stopped', async () => {
  const first = await start()
  expect(first.program.stdout()).toContain('sandbox: no real money moves')
  expect(first.program.stdout()).toContain('client_id      sandbox')
  expect(first.program.stdout()).toContain('client_secret  sandbox-secret')
  expect(first.program.stdout()).toContain(folder.path)
  const { document, execution } = await pay(first.api)
  expect(execution.status).toBe('COMPLETED')
  expect(await first.program.end('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(await folder.postgresPid()).toBeUndefined()

  const second = await start()
  expect(await sourceStatus(second.api, document)).toBe('PAID')
  // So are the secret that signs tokens, and with it the tokens that are out, and the network's memory.
  const withFormerToken = apiClient(() => second.url, first.api.token)
  expect((await pay(withFormerToken)).execution.status).toBe('COMPLETED')
  expect(await second.program.end('SIGINT')).toEqual({ code: 0, signal: null })
})

test('killed after a payer was asked, it ends right when it is started again, on the PostgreSQL it left behind', async () => {
  const before = await start()
  const wallet = await folder.inspect((pool) => walletOf(pool, sandboxMerchant, 'USD'))
  const answered = await aPayment(before.api)
  const unanswered = await aPayment(before.api)
  expect(await ok(collect(before.api, answered.collection))).toMatchObject({ status: 'PROCESSING' })
  const lost = collect(before.api, unanswered.collection).catch(() => 'no answer')
  await pause(5)
  await before.program.end('SIGKILL')
  await lost
  const postgres = await folder.postgresPid()
  expect(postgres).toBeGreaterThan(0)

  const after = await start()
  expect(await folder.postgresPid()).toBe(postgres)
  for (const { document, collection } of [answered, unanswered]) {
    await ok(collect(after.api, collection))
    const ended = await settled(after.api, collection, () => folder.inspect(makeChecksDue))
    expect(ended).toMatchObject({ status: 'COMPLETED' })
    expect(await sourceStatus(after.api, document)).toBe('PAID')
  }
  await folder.inspect(async (pool) => {
    expect((await walletOf(pool, sandboxMerchant, 'USD')) - wallet).toBe(200_00)
    await expectBooksToBalance(pool)
  })
  expect(await after.program.end('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(await folder.postgresPid()).toBeUndefined()
})

test('a second one on the same folder is refused, and told what to do; the first is not disturbed', async () => {
  const { api } = await start()
  const second = await run(programs.start, [], env)
  expect(second.code).toBe(1)
  expect(second.stdout).toBe('')
  expect(second.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^Another Dollr is running on .*DOLLR_DATA_DIR/) as unknown,
  ])
  expect(second.stderr).toContain(folder.path)
  expect((await pay(api)).execution.status).toBe('COMPLETED')
})

test('a wrong setting is told in one line, before anything is started', async () => {
  const refused = await run(programs.start, [], { ...env, PORT: 'abc', DOLLR_LOG_LEVEL: 'loud' })
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr.trim().split('\n')).toHaveLength(2)
})

test('a payment network of one’s own is used instead of the pretend one', async () => {
  const refused = await run(programs.start, [], { ...env, PAWAPAY_BASE_URL: 'ftp://127.0.0.1' })
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^PAWAPAY_BASE_URL /)
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  'npm passes %s on to the server, which stops and takes its PostgreSQL along',
  async (signal) => {
    const npm = spawn('npm', ['start'], {
      cwd: repository,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const url = await new Promise<string>((resolve, reject) => {
      npm.once('exit', () => {
        reject(new Error('npm start ended by itself'))
      })
      let printedSoFar = ''
      npm.stdout.on('data', (chunk: Buffer) => {
        printedSoFar += chunk.toString()
        const address = /Dollr serves (\S+)/.exec(printedSoFar)?.[1]
        if (address !== undefined) resolve(address)
      })
    })
    expect((await fetch(`${url}/health`)).status).toBe(200)
    const ended = new Promise((resolve) => npm.once('close', resolve))
    npm.removeAllListeners('exit')
    npm.kill(signal)
    await ended
    await expect.poll(() => folder.postgresPid(), { timeout: 10_000 }).toBeUndefined()
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed')
  },
)
