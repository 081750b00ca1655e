import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { aClient, aPayment, aStripe } from '../test/stripe.ts'
import { aDeposit, aFolder, aMerchant, apiToken, initiate, lookUp } from '../test/support.ts'

/** Programs are started here, which takes its time on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })

const run = (environment: Record<string, string>) => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env['PATH'], ...environment },
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

const start = async (environment: Record<string, string>): Promise<{ url: string; child: ChildProcess }> => {
  const child = run({ PAWAPAY_SIM_PORT: '0', PAWAPAY_SIM_TOKEN: apiToken, ...environment })
  for await (const line of createInterface({ input: child.stdout })) return { url: line.replace(/^.* /, ''), child }
  throw new Error('The program ended without a word.')
}

// Two processes compile themselves on the way up: on a busy machine that takes its time.
test('the program survives being killed, and stops when asked to', { timeout: 30_000 }, async () => {
  const merchant = await aMerchant()
  const journal = { PAWAPAY_SIM_JOURNAL: join(aFolder(), 'journal') }
  const killed = await start({ ...journal, PAWAPAY_SIM_DELAY_MS: '300' })
  const deposits = Array.from({ length: 50 }, () => aDeposit())
  await Promise.all(deposits.map((deposit) => initiate(killed, deposit)))
  killed.child.kill('SIGKILL')
  await once(killed.child, 'exit')

  const restarted = await start({ ...journal, PAWAPAY_SIM_CALLBACK_URL: merchant.url })
  await merchant.until(50)
  expect(new Set(merchant.received.map(({ body }) => body['depositId']))).toEqual(
    new Set(deposits.map(({ depositId }) => depositId)),
  )
  expect(await lookUp(restarted, deposits[0]?.depositId ?? '')).toMatchObject({ data: { status: 'COMPLETED' } })
  restarted.child.kill('SIGTERM')
  expect(await once(restarted.child, 'exit')).toEqual([0, null])
})

test('a mistyped setting is named', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env['PATH'], PAWAPAY_SIM_PORT: '80900' },
    cwd: import.meta.dirname,
  })
  const said: string[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')))
  expect(await once(child, 'close')).toEqual([1, null])
  expect(said.join('')).toBe('PAWAPAY_SIM_PORT must be a whole number up to 65535.\n')
})

test('both simulators are one program, or each its own', { timeout: 30_000 }, async () => {
  const journal = join(aFolder(), 'stripe')
  const said = async (environment: Record<string, string>, count: number) => {
    const child = run(environment)
    const lines: string[] = []
    for await (const line of createInterface({ input: child.stdout })) if (lines.push(line) === count) break
    return { child, lines }
  }
  const both = await said({ PAWAPAY_SIM_PORT: '0', STRIPE_SIM_PORT: '0' }, 2)
  expect(both.lines.map((line) => line.split(' ')[0])).toEqual(['pawaPay', 'Stripe'])
  both.child.kill('SIGTERM')
  expect(await once(both.child, 'exit')).toEqual([0, null])

  const alone = await said({ STRIPE_SIM_PORT: '0', STRIPE_SIM_API_KEY: 'sk_test_own', STRIPE_SIM_JOURNAL: journal }, 1)
  const url = alone.lines[0]?.replace(/^.* /, '') ?? ''
  const { id } = await aClient({ url }, 'sk_test_own').paymentIntents.create(aPayment())
  alone.child.kill('SIGKILL')
  await once(alone.child, 'exit')
  const again = await aStripe({ journalFile: journal })
  expect(await aClient(again).paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' })
})
