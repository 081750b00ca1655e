import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  aDeposit,
  aFolder,
  aMerchant,
  aPayer,
  aSimulator,
  initiate,
  lookUp,
  pause,
  untilStatus,
  soon,
} from '../../test/support.ts'

const aJournal = () => join(aFolder(), 'network', 'journal.jsonl')

test('after a restart everything is known as before', async () => {
  const merchant = await aMerchant()
  const journalFile = aJournal()
  const before = await aSimulator({ journalFile, callbackUrl: merchant.url })
  const completed = aDeposit({
    customerMessage: 'Invoice 42',
    clientReferenceId: 'INV-42',
    metadata: [{ orderId: '42' }],
  })
  const failed = aDeposit({ payer: aPayer('250783456039') })
  await initiate(before, completed)
  await initiate(before, failed)
  await initiate(before, completed)
  await soon(() => before.deposits().every(({ callbacksAcknowledged }) => callbacksAcknowledged === 1)).toBe(true)
  const known = [before.deposits(), await lookUp(before, completed.depositId), await lookUp(before, failed.depositId)]
  await before.close()

  const after = await aSimulator({ journalFile, callbackUrl: merchant.url })
  expect([after.deposits(), await lookUp(after, completed.depositId), await lookUp(after, failed.depositId)]).toEqual(
    known,
  )
  expect((await initiate(after, completed)).json).toMatchObject({ status: 'DUPLICATE_IGNORED' })
  await pause(50)
  expect(merchant.received).toHaveLength(2)
})

test('payers go on deciding and unacknowledged callbacks go on being sent', async () => {
  const journalFile = aJournal()
  const unwilling = await aMerchant(() => 500)
  const before = await aSimulator({ journalFile, callbackUrl: unwilling.url })
  const unacknowledged = aDeposit()
  await initiate(before, unacknowledged)
  await unwilling.until(1)
  await before.close()

  const between = await aSimulator({ journalFile, payerDelayMs: 150 })
  const undecided = aDeposit()
  const stuck = aDeposit({ payer: aPayer('250783456129') })
  await initiate(between, undecided)
  await initiate(between, stuck)
  await between.close()

  const merchant = await aMerchant()
  const after = await aSimulator({ journalFile, callbackUrl: merchant.url, payerDelayMs: 60_000 })
  await untilStatus(after, undecided.depositId, 'COMPLETED')
  await merchant.until(2)
  expect(merchant.received.map(({ body }) => body['depositId']).sort()).toEqual(
    [unacknowledged.depositId, undecided.depositId].sort(),
  )
  expect(await lookUp(after, stuck.depositId)).toMatchObject({ data: { status: 'PROCESSING' } })
})

test('a deposit is written down before it is answered for', async () => {
  const journalFile = aJournal()
  const simulator = await aSimulator({ journalFile })
  const deposit = aDeposit()
  await initiate(simulator, deposit)
  expect(readFileSync(journalFile, 'utf8')).toContain(`"depositId":"${deposit.depositId}"`)
})

test('a line torn by the end of the process is as if it had never been begun', async () => {
  const journalFile = aJournal()
  const before = await aSimulator({ journalFile })
  const kept = aDeposit()
  const torn = aDeposit()
  await initiate(before, kept)
  await untilStatus(before, kept.depositId, 'COMPLETED')
  await before.close()
  appendFileSync(journalFile, `{"event":"deposit.accepted","terms":{"depositId":"${torn.depositId}","amou`)

  const after = await aSimulator({ journalFile })
  expect(await lookUp(after, torn.depositId)).toEqual({ status: 'NOT_FOUND' })
  expect((await initiate(after, torn)).json).toMatchObject({ status: 'ACCEPTED' })
  await after.close()
  const last = await aSimulator({ journalFile })
  expect(last.deposits().map(({ id }) => id)).toEqual([kept.depositId, torn.depositId])
})

test('a journal that is not one stops the start', async () => {
  const journalFile = join(aFolder(), 'journal')
  for (const line of ['{"event":"deposit.vanished"}', '{}', 'hello', '{"event":"deposit.finished","depositId":"x"}']) {
    writeFileSync(journalFile, `${line}\n`)
    await expect(aSimulator({ journalFile })).rejects.toThrow(`${journalFile}:1`)
  }
})
