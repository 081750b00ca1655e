import pg from 'pg'
import { expect, test } from 'vitest'
import { isDatabaseUnavailable } from './availability.ts'

const answered = (code: string): Error => Object.assign(new pg.DatabaseError('x', 1, 'error'), { code })
const network = (code: string): Error => Object.assign(new Error('x'), { code })

test.each([
  ['connection failure', answered('08006')],
  ['shutting down', answered('57P01')],
  ['starting up', answered('57P03')],
  ['too many connections', answered('53300')],
  ['disk full', answered('53100')],
  ['nobody listening', network('ECONNREFUSED')],
  ['no socket there', network('ENOENT')],
  ['reset', network('ECONNRESET')],
  ['cut off', new Error('Connection terminated unexpectedly')],
  ['cut off before', new Error('Client has encountered a connection error and is not queryable')],
  ['no connection free', new Error('timeout exceeded when trying to connect')],
])('%s: the database is not available, and trying again later can help', (_what, error) => {
  expect(isDatabaseUnavailable(error)).toBe(true)
})

test.each([
  ['unique violation', answered('23505')],
  ['deadlock', answered('40P01')],
  ['statement timeout', answered('57014')],
  ['syntax error', answered('42601')],
  ['a bug of ours', new TypeError('undefined is not a function')],
  ['no error at all', 'ECONNREFUSED'],
])('%s: the database is there', (_what, error) => {
  expect(isDatabaseUnavailable(error)).toBe(false)
})
