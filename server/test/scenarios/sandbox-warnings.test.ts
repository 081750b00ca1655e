import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { type Answer, ok, signIn } from '../support/black-box/api-client.ts'
import {
  aCheckoutBody,
  aDocument,
  aDraft,
  anAttempt,
  aPayment,
  aSession,
  collect,
  executionOf,
  pay,
} from '../support/black-box/builders.ts'
import { aPayoutAccount, later } from '../support/black-box/money-out.ts'
import { controlsOf } from '../support/black-box/sandbox.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld({ payerDelayMs: 20 })
afterAll(world.close)

const { api } = world
const warningOf = ({ headers }: Answer): string | null => headers.get('dollr-warning')

describe('a mistake is told, and changes nothing', () => {
  test('a field that does not exist, with the one that may be meant', async () => {
    const answer = await api.post('/parties/create', { fullName: 'Amara', fullname: 'Amara', phone: '231880000001' })
    expect(answer.status).toBe(200)
    expect(warningOf(answer)).toBe('unknown-field; ignored, because this operation has no such field: fullName')
    const refused = await api.post('/parties/create', { fullName: 'Amara', phone: '231880000001' })
    expect(refused.status).toBe(422)
    expect(warningOf(refused)).toContain('fullName (fullname?)')
    const strange = await api.post('/parties/create', { fullname: 'A', phone: '231880000001', 'é\r\nX: 1': 1 })
    expect(warningOf(strange)).toContain('field: ???X: 1')
  })

  test('a quantity on a line of a checkout', async () => {
    const items = [{ name: 'Rice', currency: 'USD', amount: 12.5, qty: 3 }]
    const answer = await api.post('/checkouts/create', aCheckoutBody({ items }))
    expect(answer).toMatchObject({ status: 200, body: { total_amount: 12.5 } })
    expect(warningOf(answer)).toMatch(/^quantity-ignored; /)
  })

  test('an item a hundred times as dear as before', async () => {
    const draft = await aDraft(api)
    const add = (amount: number) =>
      api.post(`/invoices/${draft.id}/items/add`, { name: 'Lamp', currency: 'USD', qty: 1, amount })
    expect(warningOf(await add(19.99))).toBeNull()
    expect(warningOf(await add(25))).toBeNull()
    const answer = await add(1999)
    expect(answer.status).toBe(200)
    expect(warningOf(answer)).toMatch(/^cents-for-units; .*hundredth/)
    const lamps = [{ name: 'Lamp', currency: 'USD', amount: 2500 }]
    expect(warningOf(await api.post('/checkouts/create', aCheckoutBody({ items: lamps })))).toMatch(/^cents-for-units/)
    // The prices of one merchant say nothing about another's.
    const other = await signIn(world.url, await createMerchant(world.database.url, 'Other'))
    expect(warningOf(await other.post('/checkouts/create', aCheckoutBody({ items: lamps })))).toBeNull()
  })

  test('a payout, and a refund, in cents', async () => {
    const account = await aPayoutAccount(api)
    const session = (amount: number) =>
      api.post('/sessions/payout', { payout_account_id: account, amount, currency: 'USD' })
    expect(warningOf(await session(100))).toBeNull()
    expect(warningOf(await session(200_000))).toMatch(/^cents-for-units; .*wallet/)
    const { execution } = await pay(api, { amount: 250 })
    const refund = (amount: number) =>
      api.post('/sessions/refund', {
        original_payment_intent_id: execution.payment_intent_id,
        amount,
        expires_at: later,
        reason: 'Returned',
      })
    expect(warningOf(await refund(300))).toBeNull()
    const refused = await refund(25_000)
    expect(refused.status).toBe(422)
    expect(warningOf(refused)).toMatch(/^cents-for-units; .*left of the payment/)
  })

  test('another reference_id while one is under way, in the same session or another of the document', async () => {
    const { document, collection } = await aPayment(api, { phone: '231880000129' })
    const session = await aSession(api, document)
    await ok(collect(api, collection))
    for (const session_id of [collection.session_id, String(session)]) {
      const again = await collect(api, { ...collection, session_id, reference_id: randomUUID() })
      expect(again.status).toBe(422)
      expect(warningOf(again)).toContain(`another-reference-in-flight; ${collection.reference_id} is still under way`)
    }
    // The same key again is what is right.
    expect(warningOf(await collect(api, collection))).toBeNull()
  })

  test('a new try after a failure is none', async () => {
    const { document } = await pay(api, { phone: '231880000039' })
    const again = await collect(api, await anAttempt(api, document))
    expect([again.status, warningOf(again)]).toEqual([200, null])
  })

  test('status asked for without a pause', async () => {
    const { collection } = await aPayment(api, { phone: '231880000129' })
    await ok(collect(api, collection))
    const answers = []
    for (let poll = 0; poll < 5; poll += 1) answers.push(await executionOf(api, collection))
    expect(answers.slice(0, 4).map(warningOf)).toEqual([null, null, null, null])
    expect(answers.slice(4).map(warningOf)).toEqual([expect.stringMatching(/^polling-too-fast; /)])
  })

  test('tokens fetched as if their minutes were seconds', async () => {
    const merchant = await createMerchant(world.database.url, 'Hasty')
    const credentials = { client_id: merchant.client_id, client_secret: merchant.client_secret }
    const answers = []
    for (let token = 0; token < 4; token += 1) answers.push(await api.post('/jwt/client/obtain/token', credentials))
    expect(answers.slice(0, 3).map(warningOf)).toEqual([null, null, null])
    expect(answers.slice(3).map(warningOf)).toEqual([expect.stringMatching(/^token-lifetime-in-minutes; /)])
    // Who does not know the secret learns nothing.
    const wrong = { ...credentials, client_secret: 'guessed' }
    expect(warningOf(await api.post('/jwt/client/obtain/token', wrong))).toBeNull()
  })
})

test('mistakes are in the request log, also where the answer was lost on its way', async () => {
  const controls = controlsOf(api)
  await controls.setFaults([{ fault: 'lost_reply', next: 1, path: '/v1/parties/' }])
  const body = { fullname: 'Lost', phone: '231880000001', phoneNumber: '1' }
  await expect(api.post('/parties/create', body)).rejects.toThrow()
  await expect
    .poll(() => api.get('/requests', { path: '/v1/parties/create' }).then(ok), { timeout: 5_000 })
    .toMatchObject({
      requests: expect.arrayContaining([
        expect.objectContaining({
          status: 200,
          request_body: expect.objectContaining({ fullname: 'Lost' }) as unknown,
          warnings: [{ code: 'unknown-field', text: expect.stringContaining('phoneNumber') as unknown }],
        }),
      ]) as unknown,
    })
})

test('a payment done right is warned of nothing', async () => {
  const document = await aDocument(api)
  const attempt = await anAttempt(api, document)
  const answer = await collect(api, attempt)
  expect([answer.status, warningOf(answer)]).toEqual([200, null])
})
