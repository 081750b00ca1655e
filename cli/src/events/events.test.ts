import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { isAfter, isEventId } from './feed.ts'
import { isWanted, readFilter } from './filter.ts'
import { readReceiver } from './forward.ts'
import { placeIn } from './place.ts'
import { listeningSecret } from './secret.ts'

const folder = await mkdtemp(join(tmpdir(), 'dollr-cli-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('which events are wanted', () => {
  test.each([
    [[], 'payment.completed', true],
    [['*'], 'payment.completed', true],
    [['payment.completed'], 'payment.completed', true],
    [['payment.completed'], 'payment.failed', false],
    [['payout.*'], 'payout.failed', true],
    [['payout.*'], 'payouts.failed', false],
    [['payout.*', 'source.paid'], 'source.paid', true],
  ])('%j and %s: %j', (patterns, type, wanted) => {
    expect(isWanted(type, patterns)).toBe(wanted)
  })

  test('they are named with commas or one after the other, and names that cannot be are refused', () => {
    expect(readFilter('payment.completed, payout.*')).toEqual(['payment.completed', 'payout.*'])
    expect(readFilter('*', ['source.paid'])).toEqual(['source.paid', '*'])
    for (const text of ['', ',', 'payment', 'payment.*.x', '*.completed', 'Payment.completed']) {
      expect(() => readFilter(text)).toThrow('payment.completed')
    }
  })
})

test('ids of events are compared as numbers', () => {
  expect(isAfter('evt_10', 'evt_9')).toBe(true)
  expect(isAfter('evt_9', 'evt_9')).toBe(false)
  expect(['evt_1', 'evt_0', 'evt_', '12', 'req_1'].map(isEventId)).toEqual([true, false, false, false, false])
})

test('a receiver is an address, or in short a port of this machine', () => {
  expect(readReceiver('http://localhost:3000/webhooks')).toBe('http://localhost:3000/webhooks')
  expect(readReceiver('3000/webhooks')).toBe('http://localhost:3000/webhooks')
  expect(readReceiver('3000')).toBe('http://localhost:3000/')
  expect(readReceiver('app.test:8000/hooks')).toBe('http://app.test:8000/hooks')
  for (const text of ['', 'http://', '99999', 'a b']) expect(() => readReceiver(text)).toThrow('an address')
})

test('how far a receiver was told is kept for each server, merchant and receiver', async () => {
  const env = { XDG_STATE_HOME: folder }
  const settings = { baseUrl: 'http://127.0.0.1:8080', clientId: 'sandbox' }
  const [one, other] = [placeIn(env, settings, 'http://a.test/'), placeIn(env, settings, 'http://b.test/')]
  expect(await one.read()).toBeUndefined()
  await one.write('evt_3')
  await other.write('evt_7')
  await one.write('evt_4')
  expect(await one.read()).toBe('evt_4')
  expect(await other.read()).toBe('evt_7')
  expect(await placeIn(env, { ...settings, clientId: 'shop' }, 'http://a.test/').read()).toBeUndefined()
})

test('the signing secret is made once, kept where only its user reads it, and may be named instead', async () => {
  const env = { XDG_CONFIG_HOME: folder }
  const secret = await listeningSecret(env)
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/)
  expect(await listeningSecret(env)).toBe(secret)
  const file = join(folder, 'dollr', 'webhook-secret')
  expect(await readFile(file, 'utf8')).toBe(`${secret}\n`)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await listeningSecret({ ...env, DOLLR_WEBHOOK_SECRET: 'whsec_b3Vycw==' })).toBe('whsec_b3Vycw==')
})
