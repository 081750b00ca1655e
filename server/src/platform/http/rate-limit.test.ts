import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { type Allowance } from '../rate-limit/limiter.ts'
import { sendError } from './problems.ts'
import { admitBy, disguiseAddress } from './rate-limit.ts'

/** A route whose callers stand as the test says. */
async function answerTo(allowance: Allowance) {
  const admit = admitBy({ name: 'merchant', callsPerMinute: 600, admit: () => Promise.resolve(allowance) })
  const http = fastify()
  http.setErrorHandler(sendError)
  http.get('/', { onRequest: (_request, reply) => admit(reply, '7') }, () => ({}))
  return http.inject('/')
}

test('an answer says what its caller may, and what is left of it', async () => {
  const { statusCode, headers } = await answerTo({ admitted: true, remaining: 599, secondsLeft: 41 })
  expect(statusCode).toBe(200)
  expect(headers).toMatchObject({ 'ratelimit-policy': '"merchant";q=600;w=60', ratelimit: '"merchant";r=599;t=41' })
  expect(headers).not.toHaveProperty('retry-after')
})

test('so does the answer that turns a caller away, and it says how long to wait', async () => {
  const answer = await answerTo({ admitted: false, remaining: 0, secondsLeft: 41 })
  expect([answer.statusCode, answer.json()]).toEqual([429, { detail: 'Too many requests' }])
  expect(answer.headers).toMatchObject({
    'ratelimit-policy': '"merchant";q=600;w=60',
    ratelimit: '"merchant";r=0;t=41',
    'retry-after': '41',
  })
})

test('an address cannot be read from its disguise, and has one however it is spelled', () => {
  const disguise = disguiseAddress('the first secret')
  expect(disguise('203.0.113.7')).not.toContain('203')
  expect(disguise('203.0.113.7')).toBe(disguise('::ffff:203.0.113.7'))
  expect(disguise('203.0.113.7')).not.toBe(disguise('203.0.113.8'))
  expect(disguise('2001:db8::1')).not.toBe(disguise('2001:db8::2'))
  expect(disguise('203.0.113.7')).not.toBe(disguiseAddress('another secret')('203.0.113.7'))
})
