import fc from 'fast-check'
import pg from 'pg'
import { expect, test } from 'vitest'
import { grouped } from './grouped.ts'

/** A call that ends when the test says so. */
interface Call {
  readonly items: readonly number[]
  readonly answer: (results?: readonly string[]) => void
  readonly fail: (error: unknown) => void
}

const answerTo = (item: number): string => `answer ${item}`

/** Records every call instead of making it. */
function aDatabase() {
  const calls: Call[] = []
  const run = (items: readonly number[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      calls.push({
        items,
        answer: (results) => {
          resolve(results ?? items.map(answerTo))
        },
        fail: reject,
      })
    })
  return { calls, run }
}

/** Lets everything that can happen now happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

const statementError = (message = 'deadlock detected') => new pg.DatabaseError(message, message.length, 'error')

test('a caller who comes alone waits for nobody', async () => {
  const { calls, run } = aDatabase()
  const ask = grouped(run, { most: 50, writers: 1 })
  const result = ask(1)
  await settle()
  expect(calls.map(({ items }) => items)).toEqual([[1]])
  calls[0]?.answer()
  expect(await result).toBe('answer 1')
})

test('callers of one turn travel together from the start, with one writer or two', async () => {
  for (const writers of [1, 2]) {
    const { calls, run } = aDatabase()
    const ask = grouped(run, { most: 50, writers })
    const results = Promise.all([1, 2, 3].map(ask))
    await settle()
    expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3]])
    calls[0]?.answer()
    expect(await results).toEqual(['answer 1', 'answer 2', 'answer 3'])
  }
})

test('while one call is under way the next callers gather, and travel together', async () => {
  const { calls, run } = aDatabase()
  const ask = grouped(run, { most: 50, writers: 1 })
  const first = ask(1)
  await settle()
  const others = Promise.all([ask(2), ask(3)])
  await settle()
  const last = ask(4)
  await settle()
  expect(calls).toHaveLength(1)
  calls[0]?.answer()
  await settle()
  expect(calls.map(({ items }) => items)).toEqual([[1], [2, 3, 4]])
  calls[1]?.answer()
  expect([await first, await others, await last]).toEqual(['answer 1', ['answer 2', 'answer 3'], 'answer 4'])
})

test('no call carries more than it may, and the rest follows in order', async () => {
  const { calls, run } = aDatabase()
  const ask = grouped(run, { most: 3, writers: 1 })
  const results = Promise.all([1, 2, 3, 4, 5, 6, 7].map(ask))
  for (let call = 0; call < 3; call += 1) {
    await settle()
    calls[call]?.answer()
  }
  expect(await results).toHaveLength(7)
  expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3], [4, 5, 6], [7]])
})

test('a refused statement is run again one by one, so that only the broken item fails', async () => {
  const asked: (readonly number[])[] = []
  const ask = grouped<number, string>(
    async (items) => {
      asked.push(items)
      if (items.includes(2)) throw statementError('division by zero')
      return items.map(answerTo)
    },
    { most: 50, writers: 1 },
  )
  const results = await Promise.allSettled([1, 2, 3].map(ask))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { message: 'division by zero' } })
  expect(asked).toEqual([[1, 2, 3], [1], [2], [3]])
})

test('a broken connection fails everyone once, because what happened is not known', async () => {
  const asked: (readonly number[])[] = []
  const broken = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })
  const ask = grouped<number, string>(
    async (items) => {
      asked.push(items)
      throw broken
    },
    { most: 50, writers: 1 },
  )
  const results = await Promise.allSettled([1, 2, 3].map(ask))
  expect(results).toEqual([1, 2, 3].map(() => ({ status: 'rejected', reason: broken })))
  expect(asked).toEqual([[1, 2, 3]])
})

test('after a failure the next caller is served', async () => {
  let healthy = false
  const ask = grouped<number, string>(
    async (items) => {
      if (!healthy) throw new Error('Connection terminated')
      return items.map(answerTo)
    },
    { most: 50, writers: 1 },
  )
  await expect(ask(1)).rejects.toThrow('Connection terminated')
  healthy = true
  expect(await ask(2)).toBe('answer 2')
})

test('a run that fails before it starts fails its callers, and nobody else', async () => {
  const ask = grouped<number, string>(
    () => {
      throw new Error('not a promise')
    },
    { most: 50, writers: 1 },
  )
  await expect(ask(1)).rejects.toThrow('not a promise')
  await expect(ask(2)).rejects.toThrow('not a promise')
})

test('too few answers leave nobody waiting: who got none is told', async () => {
  const { calls, run } = aDatabase()
  const ask = grouped(run, { most: 50, writers: 1 })
  const results = Promise.allSettled([1, 2, 3].map(ask))
  await settle()
  calls[0]?.answer(['only one'])
  expect(await results).toMatchObject([
    { status: 'fulfilled', value: 'only one' },
    { status: 'rejected', reason: { message: 'a grouped call answered 1 of 3 items' } },
    { status: 'rejected' },
  ])
})

test('an answer may be undefined', async () => {
  const ask = grouped<number, undefined>(async (items) => items.map(() => undefined), { most: 50, writers: 1 })
  await expect(ask(1)).resolves.toBeUndefined()
})

test('whatever the order of arrivals, answers and failures, everyone hears of their own item exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      fc.uniqueArray(fc.nat({ max: 39 }), { maxLength: 5 }),
      async (scheduler, gaps, most, writers, broken) => {
        let underWay = 0
        const completed: number[] = []
        const ask = grouped<number, string>(
          async (items) => {
            underWay += 1
            expect(underWay).toBeLessThanOrEqual(writers)
            expect(items.length).toBeLessThanOrEqual(most)
            await scheduler.schedule(Promise.resolve())
            underWay -= 1
            if (items.some((item) => broken.includes(item))) throw statementError()
            completed.push(...items)
            return items.map(answerTo)
          },
          { most, writers },
        )
        const results = gaps.map(async (gap, item) => {
          for (let turn = 0; turn < gap; turn += 1) await scheduler.schedule(Promise.resolve())
          return ask(item)
        })
        const outcome = Promise.allSettled(results)
        await scheduler.waitFor(outcome)
        const heard = (await outcome).map((each) => (each.status === 'fulfilled' ? each.value : 'refused'))
        expect(heard).toEqual(gaps.map((_, item) => (broken.includes(item) ? 'refused' : answerTo(item))))
        const whole = gaps.map((_, item) => item).filter((item) => !broken.includes(item))
        expect(completed.toSorted((a, b) => a - b)).toEqual(whole)
      },
    ),
    { numRuns: 200 },
  )
})

const deadlock = () => Object.assign(statementError(), { code: '40P01' })

test('a call given up to break a deadlock is made again, for all who shared it', async () => {
  const { calls, run } = aDatabase()
  const ask = grouped(run, { most: 50, writers: 1 })
  const results = Promise.all([1, 2].map(ask))
  await settle()
  calls[0]?.fail(deadlock())
  await settle()
  expect(calls.map(({ items }) => items)).toEqual([
    [1, 2],
    [1, 2],
  ])
  calls[1]?.answer()
  expect(await results).toEqual(['answer 1', 'answer 2'])
})

test('deadlocks without end are told', async () => {
  const { calls, run } = aDatabase()
  const result = expect(grouped(run, { most: 50, writers: 1 })(1)).rejects.toThrow('deadlock detected')
  for (let call = 0; call < 3; call += 1) {
    await settle()
    calls[call]?.fail(deadlock())
  }
  await result
  expect(calls).toHaveLength(3)
})
