import { expect, test } from 'vitest'
import { readDuration } from './duration.ts'

test.each([
  ['90', 90],
  ['90s', 90],
  ['30m', 1800],
  ['2h', 7200],
  ['3d', 259_200],
])('%s is %i seconds', (text, seconds) => {
  expect(readDuration(text)).toBe(seconds)
})

test.each(['', '0', '0m', '-5m', '1.5h', '5 m', 'm', '3w'])('"%s" is no time span', (text) => {
  expect(() => readDuration(text)).toThrow('time span')
})
