import { expect, test } from 'vitest'
import { textOf } from './view.ts'

test('what a control answers is a line for each value, and a table for each list', () => {
  expect(
    textOf({
      seed: 42,
      faults: [
        { fault: 'slow', next: null },
        { fault: 'lost_reply', next: 1 },
      ],
    }),
  ).toBe(['seed  42', '', 'fault       next', 'slow        -', 'lost_reply  1'].join('\n'))
})

test('a list without anything in it says so, and so does an answer without anything', () => {
  expect(textOf({ seed: 1, payments: [] })).toBe('seed      1\npayments  none')
  expect(textOf([])).toBe('None.')
  expect(textOf({})).toBe('Done.')
  expect(textOf(null)).toBe('Done.')
})
