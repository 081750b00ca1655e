import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTime, writeOptionalTime, writeTime } from './wire.ts'

const read = (text: string): string | undefined => readTime(text)?.toISOString()

test.each([
  ['2025-06-01T14:30:00Z', '2025-06-01T14:30:00.000Z'],
  ['2025-06-01t14:30:00z', '2025-06-01T14:30:00.000Z'],
  ['2025-06-01 14:30:00Z', '2025-06-01T14:30:00.000Z'],
  ['2025-06-01T14:30:00', '2025-06-01T14:30:00.000Z'],
  ['2025-06-01T14:30', '2025-06-01T14:30:00.000Z'],
  ['2025-06-01T14:30Z', '2025-06-01T14:30:00.000Z'],
  ['2025-06-01', '2025-06-01T00:00:00.000Z'],
  ['2025-06-01T14:30:00+02:00', '2025-06-01T12:30:00.000Z'],
  ['2025-06-01T14:30:00+0200', '2025-06-01T12:30:00.000Z'],
  ['2025-06-01T14:30:00-05:30', '2025-06-01T20:00:00.000Z'],
  ['2025-06-01T00:15:00+14:00', '2025-05-31T10:15:00.000Z'],
  ['2025-12-31T23:30:00-01:00', '2026-01-01T00:30:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2000-02-29T23:59:59Z', '2000-02-29T23:59:59.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['0099-12-31', '0099-12-31T00:00:00.000Z'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
])('%s is %s', (text, moment) => {
  expect(read(text)).toBe(moment)
})

test.each([['2025-06-01T14:30:00.999Z'], ['2025-06-01T14:30:00,5Z'], ['2025-06-01T14:30:00.123456789+00:00']])(
  '%s loses its fraction of a second',
  (text) => {
    expect(read(text)).toBe('2025-06-01T14:30:00.000Z')
  },
)

test.each([
  '',
  'tomorrow',
  '1717245000',
  '2025',
  '2025-06',
  '2025-6-1',
  '20250601',
  '25-06-01',
  '2025-00-10',
  '2025-13-01',
  '2025-06-00',
  '2025-06-31',
  '2025-02-29',
  '2025-02-30T10:00:00Z',
  '1900-02-29',
  '2025-06-01T24:00:00Z',
  '2025-06-01T23:60:00Z',
  '2025-06-01T23:59:60Z',
  '2025-06-01T14',
  '2025-06-01T14:30:00+24:00',
  '2025-06-01T14:30:00+02:60',
  '2025-06-01T14:30:00 Z',
  '2025-06-01T14:30:00Zulu',
  ' 2025-06-01T14:30:00Z',
  '2025-06-01T14:30:00Z\n',
  '2025-06-01Z',
  '+2025-06-01',
  '12025-06-01T00:00:00Z',
  '2025-06-01T14:30:00.Z',
  '２025-06-01',
])('%j names no moment', (text) => {
  expect(readTime(text)).toBeUndefined()
})

test.each(['0000-01-01', '0000-12-31T23:59:59Z', '0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01'])(
  '%s is outside the years 1 to 9999',
  (text) => {
    expect(readTime(text)).toBeUndefined()
  },
)

test('an offset of whole hours is an offset', () => {
  expect(read('2025-06-01T14:30:00+02')).toBe('2025-06-01T12:30:00.000Z')
})

const anyMoment = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T23:59:59Z'), noInvalidDate: true })
  .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000))

test('a moment written and read again is the same second', () => {
  fc.assert(
    fc.property(anyMoment, (moment) => {
      expect(readTime(writeTime(moment))).toEqual(moment)
    }),
  )
})

test('the same moment is read from every offset it is written with', () => {
  const pad = (value: number): string => String(value).padStart(2, '0')
  const anyOffset = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 })
  fc.assert(
    fc.property(anyMoment, anyOffset, fc.constantFrom(':', ''), (moment, offset, colon) => {
      const there = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, 19)
      const size = Math.abs(offset)
      const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${colon}${pad(size % 60)}`
      expect(readTime(there + zone)).toEqual(moment)
    }),
  )
})

test('times are written in UTC, whole seconds, with a Z', () => {
  expect(writeTime(new Date('2025-06-01T14:30:00.999Z'))).toBe('2025-06-01T14:30:00Z')
  expect(writeOptionalTime(undefined)).toBeNull()
})
