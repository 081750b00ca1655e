import { expect, test } from 'vitest'
import { aClock, noon } from '../../../test/support/fakes.ts'
import { RateLimited } from './problems.ts'
import { rateLimiter } from './rate-limit.ts'

/** Whether a call passes, or how many seconds it is told to wait. */
function tryCall(admit: (key: string) => void, key = 'merchant'): 'passes' | number {
  try {
    admit(key)
    return 'passes'
  } catch (error) {
    if (error instanceof RateLimited) return error.retryAfterSeconds
    throw error
  }
}

test('a key passes as often as it may, and is then told how long the window still lasts', () => {
  const clock = aClock(noon)
  const admit = rateLimiter(clock, 3)
  clock.advance(20_500)
  expect([1, 2, 3, 4].map(() => tryCall(admit))).toEqual(['passes', 'passes', 'passes', 40])
  clock.advance(39_499)
  expect(tryCall(admit)).toBe(1)
})

test('the next window begins anew, on the whole minute', () => {
  const clock = aClock(noon)
  const admit = rateLimiter(clock, 1)
  expect([tryCall(admit), tryCall(admit)]).toEqual(['passes', 60])
  clock.advance(59_999)
  expect(tryCall(admit)).toBe(1)
  clock.advance(1)
  expect([tryCall(admit), tryCall(admit)]).toEqual(['passes', 60])
})

test('one key never uses up what another may', () => {
  const admit = rateLimiter(aClock(), 1)
  expect([tryCall(admit, 'a'), tryCall(admit, 'b'), tryCall(admit, 'a')]).toEqual(['passes', 'passes', 60])
})

test('calls that were turned away do not count against the next window', () => {
  const clock = aClock(noon)
  const admit = rateLimiter(clock, 2)
  for (let call = 0; call < 100; call += 1) tryCall(admit)
  clock.advance(60_000)
  expect([1, 2, 3].map(() => tryCall(admit))).toEqual(['passes', 'passes', 60])
})
