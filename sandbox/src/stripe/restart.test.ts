import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { open, submit } from '../../test/browser.ts'
import { aFolder, pause, soon } from '../../test/support.ts'
import { aClient, aPayment, aStripe, anEndpoint, idOf, problemOf, shop } from '../../test/stripe.ts'

const aJournal = () => join(aFolder(), 'network', 'stripe.jsonl')

test('after a restart everything is known as before', async () => {
  const endpoint = await anEndpoint()
  const journalFile = aJournal()
  const before = await aStripe({ journalFile, webhookUrl: endpoint.url })
  const stripe = aClient(before)
  const key = { idempotencyKey: 'the-key' }
  const paid = await stripe.paymentIntents.create(aPayment({ metadata: { a: 'b' } }), key)
  await problemOf(stripe.paymentIntents.create(aPayment({ payment_method: 'pm_card_visa_chargeDeclined' })))
  await stripe.refunds.create({ payment_intent: paid.id, amount: 100 })
  await endpoint.until(9)
  await soon(async () => (await stripe.events.list()).data.every(({ pending_webhooks: due }) => due === 0)).toBe(true)
  const everything = async (of: typeof stripe) => [
    (await of.paymentIntents.list()).data,
    (await of.charges.list()).data,
    (await of.refunds.list()).data,
    (await of.balanceTransactions.list()).data,
    (await of.events.list({ limit: 100 })).data,
  ]
  const known = await everything(stripe)
  await before.close()

  const after = aClient(await aStripe({ journalFile, webhookUrl: endpoint.url }))
  expect(await everything(after)).toEqual(known)
  const replayed = await after.paymentIntents.create(aPayment({ metadata: { a: 'b' } }), key)
  expect(replayed.id).toBe(paid.id)
  expect(replayed.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' })
  expect(await problemOf(after.paymentIntents.create(aPayment({ amount: 9_999 }), key))).toMatchObject({
    type: 'StripeIdempotencyError',
  })
  const method = idOf(paid.payment_method)
  expect(await problemOf(after.paymentIntents.create(aPayment({ payment_method: method })))).toMatchObject({
    param: 'payment_method',
  })
  await pause(50)
  expect(endpoint.received).toHaveLength(9)
})

test('what was under way goes on: settling, refunds, banks, cardholders, webhooks', async () => {
  const journalFile = aJournal()
  const before = await aStripe({ journalFile, delayMs: 60_000 })
  const stripe = aClient(before)
  const paid = await stripe.paymentIntents.create(aPayment({ payment_method: 'pm_card_pendingRefund' }))
  const refund = await stripe.refunds.create({ payment_intent: paid.id })
  before.next({ fault: 'slow-bank' })
  const slow = await stripe.paymentIntents.create(aPayment())
  const asked = await stripe.paymentIntents.create(
    aPayment({ payment_method: 'pm_card_threeDSecure2Required', return_url: shop }),
  )
  await before.close()

  const endpoint = await anEndpoint()
  const after = await aStripe({ journalFile, delayMs: 30, webhookUrl: endpoint.url })
  const again = aClient(after)
  await soon(() => endpoint.types().filter((type) => type === 'charge.updated').length).toBe(2)
  await soon(() => endpoint.types().includes('refund.updated')).toBe(true)
  expect((await again.refunds.retrieve(refund.id)).status).toBe('succeeded')
  expect((await again.paymentIntents.retrieve(slow.id)).status).toBe('succeeded')
  const path = new URL(asked.next_action?.redirect_to_url?.url ?? '')
  await submit(await open(`${after.url}${path.pathname}${path.search}`), { answer: 'approve' })
  expect((await again.paymentIntents.retrieve(asked.id)).status).toBe('succeeded')
})

test('effects and their result are one line: a torn one is as if it had never been begun', async () => {
  const journalFile = aJournal()
  const before = await aStripe({ journalFile })
  const key = { idempotencyKey: 'k' }
  await aClient(before).paymentIntents.create(aPayment({ confirm: false }), key)
  await before.close()
  const [line = '', ...rest] = readFileSync(journalFile, 'utf8').trimEnd().split('\n')
  expect(rest).toEqual([])
  expect(Object.keys(JSON.parse(line) as object).sort()).toEqual(['cards', 'events', 'put', 'result'])
  writeFileSync(journalFile, line.slice(0, -20))

  const after = aClient(await aStripe({ journalFile }))
  expect((await after.paymentIntents.list()).data).toEqual([])
  expect((await after.paymentIntents.create(aPayment({ confirm: false }), key)).status).toBe('requires_confirmation')
})

test('a journal that is not one stops the start', async () => {
  const lines = [
    'hello',
    '{}',
    '[]',
    '{"webhook":"acknowledged","id":"evt_x"}',
    '{"put":[{"id":"x","object":"customer"}],"events":[],"cards":{}}',
    '{"put":[],"events":[{}],"cards":{}}',
    '{"put":[],"events":[],"cards":{"pm_x":"pm_card_nobodys"}}',
    '{"put":[],"events":[],"cards":{},"result":{}}',
  ]
  for (const line of lines) {
    const journalFile = join(aFolder(), 'journal')
    appendFileSync(journalFile, `${line}\n`)
    await expect(aStripe({ journalFile }), line).rejects.toThrow(`${journalFile}:1`)
  }
})
