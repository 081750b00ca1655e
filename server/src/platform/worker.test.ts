import { expect, test } from 'vitest'
import { openLog } from './log.ts'
import { startWorker } from './worker.ts'

const log = openLog('silent')
const longPauseMs = 3_600_000

/** Waits until something holds, for as long as a test may take. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}

test('rounds follow one another without rest while there is more waiting', async () => {
  let rounds = 0
  const worker = startWorker({
    name: 'test',
    log,
    pauseMs: longPauseMs,
    round: async () => {
      rounds += 1
      return rounds < 5
    },
  })
  await until(() => rounds === 5)
  await worker.stop()
  expect(rounds).toBe(5)
})

test('a round that finds little is followed by another after the pause', async () => {
  let rounds = 0
  const worker = startWorker({
    name: 'test',
    log,
    pauseMs: 1,
    round: async () => {
      rounds += 1
      return false
    },
  })
  await until(() => rounds >= 3)
  await worker.stop()
})

test('a round that fails is tried again after the pause', async () => {
  let rounds = 0
  const worker = startWorker({
    name: 'test',
    log,
    pauseMs: 1,
    round: async () => {
      rounds += 1
      throw new Error('no database')
    },
  })
  await until(() => rounds >= 3)
  await worker.stop()
})

test('stopping wakes a worker that rests', async () => {
  let rounds = 0
  const worker = startWorker({
    name: 'test',
    log,
    pauseMs: longPauseMs,
    round: async () => {
      rounds += 1
      return false
    },
  })
  await until(() => rounds === 1)
  await new Promise((resolve) => setImmediate(resolve))
  await worker.stop()
  await worker.stop()
  expect(rounds).toBe(1)
})

test('stopping lets the round under way finish and starts no other, even with more waiting', async () => {
  const events: string[] = []
  let finish = (): void => undefined
  const worker = startWorker({
    name: 'test',
    log,
    pauseMs: 1,
    round: async () => {
      events.push('begun')
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      events.push('finished')
      return true
    },
  })
  const stopped = worker.stop().then(() => events.push('stopped'))
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(events).toEqual(['begun'])
  finish()
  await stopped
  expect(events).toEqual(['begun', 'finished', 'stopped'])
})

test('rounds never overlap', async () => {
  let underWay = 0
  let rounds = 0
  const worker = startWorker({
    name: 'test',
    log,
    pauseMs: 0,
    round: async () => {
      underWay += 1
      expect(underWay).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 1))
      underWay -= 1
      rounds += 1
      return rounds % 2 === 0
    },
  })
  await until(() => rounds >= 6)
  await worker.stop()
  expect(underWay).toBe(0)
})
