import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { aClock, type TestClock } from '../../../test/support/fakes.ts'
import { createKeyring, type FindKey } from './keys.ts'

const first = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
const second = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey

let clock: TestClock
let published: ReadonlyMap<string, KeyObject> | undefined
let reads: number
let find: FindKey

beforeEach(() => {
  clock = aClock()
  published = new Map([['1', first]])
  reads = 0
  find = createKeyring(clock, async () => {
    reads += 1
    return published
  })
})

test('keys are read once, however many need them at once', async () => {
  expect(await Promise.all([find('1'), find('1'), find('1')])).toEqual([first, first, first])
  expect(await find('1')).toBe(first)
  expect(reads).toBe(1)
})

test('a new key is found at once, and the one before it stays good', async () => {
  await find('1')
  published = new Map([
    ['1', first],
    ['2', second],
  ])
  expect(await find('2')).toBe(second)
  expect(await find('1')).toBe(first)
  expect(reads).toBe(2)
})

test('strangers who name keys make us ask once in ten seconds', async () => {
  await find('1')
  for (let name = 0; name < 50; name += 1) expect(await find(`stranger ${name}`)).toBe('unknown')
  expect(reads).toBe(2)
  published = new Map([['2', second]])
  expect(await find('2')).toBe('unknown')
  clock.advance(10_000)
  expect(await find('2')).toBe(second)
  expect(reads).toBe(3)
})

test('a key that was taken back is not good for longer than an hour', async () => {
  await find('1')
  published = new Map([['2', second]])
  clock.advance(60 * 60_000 - 1)
  expect(await find('1')).toBe(first)
  clock.advance(1)
  expect(await find('1')).toBe('unknown')
})

test('while the provider is away, no key is known to be unknown, and those that are known stay good', async () => {
  published = undefined
  expect(await find('1')).toBe('unavailable')
  published = new Map([['1', first]])
  expect(await find('1')).toBe('unavailable')
  clock.advance(10_000)
  expect(await find('1')).toBe(first)
  published = undefined
  clock.advance(60 * 60_000)
  expect(await find('1')).toBe(first)
  expect(await find('2')).toBe('unavailable')
})
