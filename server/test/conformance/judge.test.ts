import { describe, expect, test } from 'vitest'
import { breachesOf } from './judge.ts'

const party = {
  id: 42,
  fullname: 'Amara Kamara',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  email: null,
  phone: '231771234567',
  country_code: null,
}

const retrieve = { method: 'GET', path: '/v1/parties/retrieve/42' }
const create = { method: 'POST', path: '/v1/parties/create' }

const judge = (asked: { method: string; path: string }, status: number, body: unknown, headers: object = {}) =>
  breachesOf(asked, { status, body, headers: new Headers({ 'content-type': 'application/json', ...headers }) })

const issue = { loc: ['body', 'phone'], msg: 'invalid phone', type: 'value_error.phone' }
const bearer = { 'www-authenticate': 'Bearer' }

test('a promised answer breaks nothing', () => {
  expect(judge(retrieve, 200, party)).toEqual([])
  expect(judge({ method: 'GET', path: '/v1/parties/list' }, 200, [party, party])).toEqual([])
  expect(judge({ method: 'DELETE', path: '/v1/invoices/1/items/2/remove' }, 200, {})).toEqual([])
  expect(judge(create, 422, { detail: [issue] })).toEqual([])
  expect(judge(retrieve, 404, { detail: 'Party not found' })).toEqual([])
  expect(judge(retrieve, 401, { detail: 'Not authenticated' }, bearer)).toEqual([])
  expect(judge(retrieve, 429, { detail: 'Too many requests' }, { 'retry-after': '3' })).toEqual([])
  expect(judge(retrieve, 405, { detail: 'Method Not Allowed' }, { allow: 'POST' })).toEqual([])
  expect(judge({ method: 'POST', path: '/v2/parties/create' }, 404, { detail: 'Not Found' })).toEqual([])
})

test('what is no part of the API is nobody’s promise', () => {
  expect(judge({ method: 'GET', path: '/health' }, 503, 'no')).toEqual([])
  expect(judge({ method: 'OPTIONS', path: '/v1/parties/list' }, 204, '')).toEqual([])
})

describe('a success is refused when', () => {
  test.each<readonly [string, unknown]>([
    ['a field is left out', { ...party, email: undefined }],
    ['a field is null that never is', { ...party, fullname: null }],
    ['a field is of another type', { ...party, id: '42' }],
    ['a time has fractions', { ...party, created_at: '2026-01-01T00:00:00.000Z' }],
    ['a time has another offset', { ...party, created_at: '2026-01-01T00:00:00+01:00' }],
    ['a phone is too short', { ...party, phone: '2317' }],
    ['there is a field nobody was told of', { ...party, secret: 1 }],
    ['it is a list', [party]],
    ['it is nothing', null],
  ])('%s', (_, body) => {
    expect(judge(retrieve, 200, JSON.parse(JSON.stringify(body)))).not.toEqual([])
  })

  test('it comes with another status, another type, or from an operation that is not described', () => {
    expect(judge(create, 201, party)).not.toEqual([])
    expect(judge(retrieve, 200, party, { 'content-type': 'text/html' })).not.toEqual([])
    expect(judge({ method: 'GET', path: '/v1/parties/hidden' }, 200, party)).not.toEqual([])
  })

  test('an enum has a value of its own', () => {
    const status = { source_id: 1, source_type: 'INVOICE', source_number: 'INV-2026-00001', currency: 'USD' }
    const of = (value: string) => ({ ...status, status: value, total_amount: 1, paid_at: null })
    expect(judge({ method: 'GET', path: '/v1/status/source' }, 200, of('PAID'))).toEqual([])
    expect(judge({ method: 'GET', path: '/v1/status/source' }, 200, of('SETTLED'))).not.toEqual([])
  })
})

describe('a refusal is refused when', () => {
  test.each<readonly [string, number, unknown, object]>([
    ['a 422 is a text', 422, { detail: 'invalid' }, {}],
    ['a 422 lists nothing', 422, { detail: [] }, {}],
    ['a 422 has no place', 422, { detail: [{ ...issue, loc: [] }] }, {}],
    ['a 422 says more', 422, { detail: [{ ...issue, input: 'x' }] }, {}],
    ['a 422 is about a field that is none', 422, { detail: [{ ...issue, loc: ['body', 'telephone'] }] }, {}],
    ['a 422 is about a part that is none', 422, { detail: [{ ...issue, loc: ['header', 'x'] }] }, {}],
    ['a 422 has a type of another family', 422, { detail: [{ ...issue, type: 'oops' }] }, {}],
    ['a 404 is a list', 404, { detail: [issue] }, {}],
    ['a 404 says something else', 404, { detail: 'No such party' }, {}],
    ['a 401 names no scheme', 401, { detail: 'Not authenticated' }, {}],
    ['a 401 says something else', 401, { detail: 'jwt expired' }, bearer],
    ['a 403 is of an operation that has none', 403, { detail: 'Forbidden', more: 1 }, {}],
    ['a 429 says not when to come back', 429, { detail: 'Too many requests' }, {}],
    ['a 500 comes at all', 500, { detail: 'Internal Server Error' }, {}],
    ['a 400 comes at all', 400, { detail: 'Bad Request' }, {}],
  ])('%s', (_, status, body, headers) => {
    expect(judge(create, status, body, headers)).not.toEqual([])
  })
})
