import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { money } from '../../kernel/money.ts'
import { readEvent } from './callbacks.ts'

const now = new Date('2026-11-23T12:00:00.900Z')
const seconds = Math.floor(now.getTime() / 1000)
const reference = '0b7a1c1e-7b9e-4f8e-9d55-0d2f6a1f2c3d'
const [former, current] = ['whsec_former', 'whsec_current']
const secrets = [current, former]

const intent = {
  object: 'payment_intent',
  id: 'pi_1',
  status: 'succeeded',
  amount_received: 10_420,
  currency: 'usd',
  metadata: { dollr_reference: reference },
  last_payment_error: null,
  cancellation_reason: null,
}

const eventOf = (object: unknown, id = 'evt_1'): string =>
  JSON.stringify({ id, object: 'event', type: 'x', data: { object } })

const sign = (payload: string, { secret = current, timestamp = seconds } = {}): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })

const read = (payload: string, header: string | string[] | undefined = sign(payload)) =>
  readEvent(
    {
      method: 'POST',
      authority: 'pay.example',
      path: '/callbacks/stripe',
      headers: { 'stripe-signature': header },
      body: Buffer.from(payload),
    },
    secrets,
    now,
  )

describe('an event is believed', () => {
  test.each([current, former])('when it is signed with %s, one of two during a rotation', (secret) => {
    const payload = eventOf(intent)
    expect(read(payload, sign(payload, { secret }))).toMatchObject({
      reference,
      trust: 'believed',
      verification: 'valid',
      claim: { operation: 'COLLECTION', outcome: { kind: 'completed', amount: money(10_420n, 'USD') } },
    })
  })

  test('up to five minutes after it was signed, and a minute before', () => {
    const payload = eventOf(intent)
    for (const [age, verification] of [
      [299, 'valid'],
      [301, 'stale'],
      [-59, 'valid'],
      [-62, 'stale'],
    ] as const)
      expect(read(payload, sign(payload, { timestamp: seconds - age })).verification).toBe(verification)
  })

  test('as the same event, however often it is signed anew', () => {
    const payload = eventOf(intent)
    const [first, second] = [read(payload), read(payload, sign(payload, { timestamp: seconds - 60 }))]
    expect(first.signature).toEqual(second.signature)
    expect(read(eventOf(intent, 'evt_2')).signature).not.toEqual(first.signature)
  })
})

describe('an event is refused', () => {
  const payload = eventOf(intent)
  test.each([
    ['unsigned', undefined],
    ['malformed', 'v1=00'],
    ['malformed', 't=abc,v1=00'],
    ['malformed', ['t=1,v1=00', 't=2,v1=00']],
    ['bad_signature', sign(payload, { secret: 'whsec_other' })],
    ['bad_signature', sign(`${payload} `)],
    ['bad_signature', `t=${seconds}`],
    ['bad_signature', `t=${seconds},v0=${'0'.repeat(64)}`],
  ])('as %s', (verification, header) => {
    const request = {
      method: 'POST',
      authority: 'a',
      path: '/',
      headers: { 'stripe-signature': header },
      body: Buffer.from(payload),
    }
    const said = readEvent(request, secrets, now)
    expect(said).toMatchObject({ trust: 'refused', verification, claim: undefined, signature: undefined })
  })

  test('when it is signed and is none', () => {
    for (const text of ['', 'null', '[]', '{"id":1}', '{"type":"x"}'])
      expect(read(text)).toMatchObject({ trust: 'refused', verification: 'malformed' })
  })
})

describe('an event claims', () => {
  test.each([
    [
      { status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } },
      'that could be paid after all',
    ],
    [{ status: 'requires_action' }, 'that waits'],
    [{ status: 'processing' }, 'that is under way'],
    [{ metadata: {} }, 'of somebody else'],
    [{ metadata: { dollr_reference: 'x' } }, 'under a reference that is none of ours'],
    [{ amount_received: 1, currency: 'eur' }, 'in a currency we do not have'],
  ])('nothing of an intent %o, %s', (its, _why) => {
    expect(read(eventOf({ ...intent, ...its }))).toMatchObject({ trust: 'believed', claim: undefined })
  })

  test('that a closed one failed, and how a refund ended', () => {
    expect(read(eventOf({ ...intent, status: 'canceled' })).claim).toMatchObject({
      operation: 'COLLECTION',
      outcome: { kind: 'declined' },
    })
    const refund = {
      object: 'refund',
      id: 're_1',
      status: 'failed',
      amount: 100,
      currency: 'rwf',
      metadata: { dollr_reference: reference },
    }
    expect(read(eventOf(refund)).claim).toMatchObject({ operation: 'REFUND', outcome: { kind: 'declined' } })
    expect(read(eventOf({ ...refund, status: 'succeeded' })).claim).toMatchObject({
      operation: 'REFUND',
      outcome: { kind: 'completed', amount: money(100n, 'RWF') },
    })
  })
})
