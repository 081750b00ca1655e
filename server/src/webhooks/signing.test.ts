import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { mintSecret, openSecret, sealSecret, signedHeaders, writeSecret } from './signing.ts'

const sealing = ['a secret of thirty-two characters'] as const

/** The reference library holds the time against its own clock. */
const now = () => new Date()

test('what is signed verifies with the reference library, whichever secret the receiver holds', () => {
  const [current, former, stranger] = [mintSecret(), mintSecret(), mintSecret()]
  const message = { id: 'evt_4711', body: '{"type":"payment.completed","note":"Ťɛ €"}' }
  const headers = signedHeaders(message, [current, former], now())
  for (const secret of [current, former]) {
    expect(new Webhook(writeSecret(secret)).verify(message.body, headers)).toEqual(JSON.parse(message.body))
  }
  expect(() => new Webhook(writeSecret(stranger)).verify(message.body, headers)).toThrow()
})

test.each(['webhook-id', 'webhook-timestamp'])('%s is signed', (name) => {
  const secret = mintSecret()
  const headers = signedHeaders({ id: 'evt_1', body: '{}' }, [secret], now())
  const changed = { ...headers, [name]: name === 'webhook-id' ? 'evt_2' : String(Number(headers[name]) + 1) }
  expect(() => new Webhook(writeSecret(secret)).verify('{}', changed)).toThrow('No matching signature')
})

test('a kept secret opens with the token secret it was sealed under, and with no other', () => {
  const secret = mintSecret()
  const sealed = sealSecret(secret, sealing)
  expect(openSecret(sealed, ['a newer one', ...sealing])).toEqual(secret)
  expect(openSecret(sealed, ['a newer one'])).toBeUndefined()
  expect(sealed.includes(secret)).toBe(false)
  const spoilt = Buffer.from(sealed)
  spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1
  expect(openSecret(spoilt, sealing)).toBeUndefined()
})
