import { expect, test } from 'vitest'
import { numbered } from './rows.ts'

test('elements are numbered, and large numbers keep their digits', () => {
  expect(JSON.parse(numbered([{ minor: 9_007_199_254_740_993n }, { minor: 1n }]))).toEqual([
    { ord: 0, minor: '9007199254740993' },
    { ord: 1, minor: '1' },
  ])
})

test('half a character is replaced, which PostgreSQL would refuse with all its neighbours; whole ones stay', () => {
  const [element] = JSON.parse(numbered([{ device: { name: 'a\ud800b' }, note: '👩🏾‍💻' }])) as object[]
  expect(element).toEqual({ ord: 0, device: { name: 'a\ufffdb' }, note: '👩🏾‍💻' })
})
