import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { WebhookVerificationError } from './errors.ts'
import { signWebhook, verifyWebhook } from './webhooks.ts'

const secretOf = (text: string) => `whsec_${Buffer.from(text.padEnd(24, '.')).toString('base64')}`
const secret = secretOf('one')
const other = secretOf('two')

const event = {
  id: 'evt_4711',
  type: 'payment.completed',
  version: 1,
  timestamp: '2030-01-01T00:00:00Z',
  sequence: 3,
  data: { object: 'payment', payer_amount: 257.5 },
}
const payload = JSON.stringify(event)

describe('the reference library', () => {
  test('accepts what we sign, and we what it signs', async () => {
    const signed = await signWebhook(payload, secret, { id: event.id })
    expect(new Webhook(secret).verify(payload, signed)).toEqual(event)

    const at = new Date()
    const headers = {
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(event.id, at, payload),
    }
    await expect(verifyWebhook(payload, headers, secret)).resolves.toEqual(event)
  })

  test('agrees on any payload and any key', async () => {
    const keys = fc.uint8Array({ minLength: 24, maxLength: 64 })
    await fc.assert(
      fc.asyncProperty(fc.json(), keys, fc.uuid(), async (text, key, id) => {
        const of = `whsec_${Buffer.from(key).toString('base64')}`
        const headers = await signWebhook(text, of, { id })
        expect(new Webhook(of).verify(text, headers)).toEqual(JSON.parse(text))
        await expect(verifyWebhook(new TextEncoder().encode(text), headers, of)).resolves.toEqual(JSON.parse(text))
      }),
    )
  })
})

describe('a webhook', () => {
  test('is read from a framework’s headers, whatever their case', async () => {
    const signed = await signWebhook(payload, secret)
    const shouted = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toUpperCase(), value]))
    await expect(verifyWebhook(payload, shouted, secret)).resolves.toEqual(event)
    await expect(verifyWebhook(payload, new Headers(signed), secret)).resolves.toEqual(event)
  })

  test('is good by either secret while they rotate', async () => {
    const signed = await signWebhook(payload, [secret, other])
    await expect(verifyWebhook(payload, signed, secret)).resolves.toEqual(event)
    await expect(verifyWebhook(payload, signed, other)).resolves.toEqual(event)
    await expect(verifyWebhook(payload, await signWebhook(payload, secret), [other, secret])).resolves.toEqual(event)
  })

  const now = () => Date.parse('2030-01-01T00:00:00Z')
  const cases: readonly [string, () => Promise<unknown>][] = [
    ['signed with another secret', async () => verifyWebhook(payload, await signWebhook(payload, other), secret)],
    ['changed on its way', async () => verifyWebhook(`${payload} `, await signWebhook(payload, secret), secret)],
    [
      'under another id',
      async () => verifyWebhook(payload, { ...(await signWebhook(payload, secret)), 'webhook-id': 'evt_2' }, secret),
    ],
    [
      'with a later time than was signed',
      async () => {
        const signed = await signWebhook(payload, secret, { now: () => now() - 3_600_000 })
        return verifyWebhook(payload, { ...signed, 'webhook-timestamp': String(now() / 1000) }, secret, { now })
      },
    ],
    [
      'from six minutes ago',
      async () =>
        verifyWebhook(payload, await signWebhook(payload, secret, { now: () => now() - 360_000 }), secret, { now }),
    ],
    [
      'from six minutes ahead',
      async () =>
        verifyWebhook(payload, await signWebhook(payload, secret, { now: () => now() + 360_000 }), secret, { now }),
    ],
    ['without headers', () => verifyWebhook(payload, {}, secret)],
    [
      'with a time that is none',
      async () =>
        verifyWebhook(payload, { ...(await signWebhook(payload, secret)), 'webhook-timestamp': 'NaN' }, secret),
    ],
    [
      'with a signature of another version alone',
      async () => {
        const signed = await signWebhook(payload, secret)
        return verifyWebhook(
          payload,
          { ...signed, 'webhook-signature': signed['webhook-signature'].replace('v1', 'v2') },
          secret,
        )
      },
    ],
    [
      'with signatures that are none',
      async () =>
        verifyWebhook(payload, { ...(await signWebhook(payload, secret)), 'webhook-signature': 'v1, v1,% v1' }, secret),
    ],
    [
      'signed for less than its bytes',
      async () => {
        const signed = await signWebhook(payload, secret)
        const cut = createHmac('sha256', Buffer.from('one'.padEnd(24, '.')))
          .update(payload)
          .digest('base64')
        return verifyWebhook(payload, { ...signed, 'webhook-signature': `v1,${cut}` }, secret)
      },
    ],
    ['that is no JSON', async () => verifyWebhook('{', await signWebhook('{', secret), secret)],
  ]
  test.each(cases)('%s is refused', async (_, verify) => {
    await expect(verify()).rejects.toBeInstanceOf(WebhookVerificationError)
  })

  test('from four minutes ago is on time', async () => {
    const signed = await signWebhook(payload, secret, { now: () => now() - 240_000 })
    await expect(verifyWebhook(payload, signed, secret, { now })).resolves.toEqual(event)
    await expect(verifyWebhook(payload, signed, secret, { now, toleranceSeconds: 60 })).rejects.toThrow('240 s ago')
  })

  test('and a secret that is none is the receiver’s mistake, not the sender’s', async () => {
    const signed = await signWebhook(payload, secret)
    await expect(verifyWebhook(payload, signed, 'whsec_')).rejects.toBeInstanceOf(TypeError)
    await expect(verifyWebhook(payload, signed, 'not base64!')).rejects.toBeInstanceOf(TypeError)
  })
})
