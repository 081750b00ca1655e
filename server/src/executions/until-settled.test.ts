import { expect, test } from 'vitest'
import { Problem } from '../kernel/problem.ts'
import { untilSettled } from './until-settled.ts'

test('asks again for as long as it is told to, and no longer', async () => {
  const verdicts = ['again', 'again', 'applied', 'again']
  let asked = 0
  const answer = await untilSettled(async () => ({ verdict: verdicts[asked++] ?? 'again' }))
  expect([answer.verdict, asked]).toEqual(['applied', 3])
})

test('a refusal ends it at once', async () => {
  await expect(untilSettled(() => Promise.reject(new Error('no database')))).rejects.toThrow('no database')
})

test('gives up after a bounded number of rounds, as something to try again later', async () => {
  let asked = 0
  const endless = untilSettled(async () => {
    asked += 1
    return { verdict: 'again' }
  })
  const error: unknown = await endless.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(Problem)
  expect((error as Problem).kind).toBe('unavailable')
  expect(asked).toBeLessThan(100_000)
})
