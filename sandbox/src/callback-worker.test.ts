import { expect, onTestFinished, test, vi } from 'vitest'
import { aMerchant, pause, soon } from '../test/support.ts'
import { type CallbackPolicy, CallbackWorker, pawapayCallbackPolicy } from './callback-worker.ts'

const quick: CallbackPolicy = {
  ...pawapayCallbackPolicy,
  timeoutMs: 100,
  retryDelaysMs: [10, 20, 40],
  giveUpAfterMs: 60_000,
  maxConcurrent: 4,
}

const aWorker = (url: string | undefined, policy: Partial<CallbackPolicy> = {}) => {
  const acknowledged: string[] = []
  const abandoned: string[] = []
  const sentAtMs: number[] = []
  const worker = new CallbackWorker<string>(
    {
      messageOf: (item) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ item }) }),
      onSending: () => {
        sentAtMs.push(performance.now())
        return undefined
      },
      onAcknowledged: (item) => {
        acknowledged.push(item)
        return undefined
      },
      onAbandoned: (item) => {
        abandoned.push(item)
      },
    },
    { ...quick, ...policy },
  )
  onTestFinished(() => {
    worker.close()
  })
  if (url !== undefined) worker.setUrl(url)
  return { worker, acknowledged, abandoned, sentAtMs }
}

test('the network retries for a quarter of an hour, at growing intervals', () => {
  expect(pawapayCallbackPolicy).toMatchObject({
    timeoutMs: 5_000,
    retryDelaysMs: [1_000, 2_000, 5_000, 10_000, 30_000, 60_000],
    giveUpAfterMs: 900_000,
  })
})

test('each wait is the next of the list, then the last again', async () => {
  const merchant = await aMerchant((attempt) => (attempt < 6 ? 500 : 200))
  const { worker, acknowledged, sentAtMs } = aWorker(merchant.url)
  worker.deliver('a')
  await merchant.until(6)
  const waits = sentAtMs.slice(1).map((at, index) => at - (sentAtMs[index] ?? 0))
  for (const [index, atLeast] of [10, 20, 40, 40, 40].entries()) expect(waits[index]).toBeGreaterThan(atLeast - 2)
  await soon(() => acknowledged).toEqual(['a'])
  await pause(100)
  expect(merchant.received).toHaveLength(6)
})

test.each([201, 202, 204, 301, 400, 404, 500, 503])('HTTP %i is not success', async (status) => {
  const merchant = await aMerchant((attempt) => (attempt === 1 ? status : 200))
  const { worker, acknowledged } = aWorker(merchant.url)
  worker.deliver('a')
  await merchant.until(2)
  await soon(() => acknowledged).toEqual(['a'])
})

test('silence counts as failure after the timeout', async () => {
  const merchant = await aMerchant((attempt) => (attempt === 1 ? 'nothing' : 200))
  const { worker, acknowledged, sentAtMs } = aWorker(merchant.url)
  worker.deliver('a')
  await merchant.until(2)
  expect((sentAtMs[1] ?? 0) - (sentAtMs[0] ?? 0)).toBeGreaterThan(100)
  await soon(() => acknowledged).toEqual(['a'])
})

test('retrying ends', async () => {
  const merchant = await aMerchant(() => 500)
  const { worker, abandoned } = aWorker(merchant.url, { giveUpAfterMs: 100 })
  worker.deliver('a')
  await vi.waitFor(() => {
    expect(abandoned).toEqual(['a'])
  })
  const attempts = merchant.received.length
  expect(attempts).toBeGreaterThanOrEqual(2)
  expect(attempts).toBeLessThanOrEqual(5)
  await pause(80)
  expect(merchant.received).toHaveLength(attempts)
})

test('an unreachable merchant is tried again', async () => {
  const { worker, acknowledged, sentAtMs } = aWorker('http://127.0.0.1:1/')
  worker.deliver('a')
  await vi.waitFor(() => {
    expect(sentAtMs.length).toBeGreaterThan(2)
  })
  expect(acknowledged).toEqual([])
})

test('no more than the allowed number are under way, on connections used again', async () => {
  let open = 0
  let most = 0
  const merchant = await aMerchant()
  const items = Array.from({ length: 40 }, (_, index) => String(index))
  const worker = new CallbackWorker<string>(
    {
      messageOf: (item) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ item }) }),
      onSending: () => {
        open += 1
        most = Math.max(most, open)
        return undefined
      },
      onAcknowledged: () => {
        open -= 1
        return undefined
      },
      onAbandoned: () => undefined,
    },
    // Only what is acknowledged is counted down: no attempt may run out of time because the machine is busy.
    { ...quick, timeoutMs: 60_000 },
  )
  onTestFinished(() => {
    worker.close()
  })
  worker.setUrl(merchant.url)
  for (const item of items) worker.deliver(item)
  await merchant.until(40)
  expect(most).toBe(4)
  expect(merchant.received.map(({ body }) => Number(body['item'])).sort((a, b) => a - b)).toEqual(items.map(Number))
  expect(new Set(merchant.received.map(({ port }) => port)).size).toBeLessThanOrEqual(8)
})

test('an acknowledged delivery out of turn ends the retries', async () => {
  const merchant = await aMerchant((attempt) => (attempt === 1 ? 500 : 200))
  const { worker, acknowledged } = aWorker(merchant.url, { retryDelaysMs: [50] })
  worker.deliver('a')
  await merchant.until(1)
  await pause(10)
  expect(await worker.deliverOnce('a')).toBe(true)
  await pause(100)
  expect(merchant.received).toHaveLength(2)
  expect(acknowledged).toEqual(['a'])
})

test('a closed worker sends nothing more', async () => {
  const merchant = await aMerchant(() => 500)
  const { worker } = aWorker(merchant.url)
  worker.deliver('a')
  await merchant.until(1)
  worker.close()
  expect(await worker.deliverOnce('a')).toBe(false)
  worker.deliver('b')
  await pause(60)
  expect(merchant.received).toHaveLength(1)
})
