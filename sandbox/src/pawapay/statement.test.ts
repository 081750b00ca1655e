import { expect, test } from 'vitest'
import { aDeposit, aPaidDeposit, aSimulator, call, initiate } from '../../test/support.ts'

const statementOf = async (simulator: { url: string }, query = '') => {
  const { status, text } = await call(simulator, 'GET', `/_sandbox/statement${query}`)
  expect(status).toBe(200)
  const [heading, ...lines] = text.trimEnd().split('\r\n')
  expect(heading).toBe('Creation Date,MSISDN,Transaction ID,Amount,Currency,Country,MNO,Type')
  return lines.map((line) => line.split(','))
}

test('a statement has what completed, under the ids it was asked for', async () => {
  const simulator = await aSimulator({ payerDelayMs: 60_000 })
  const deposit = await aPaidDeposit(simulator)
  await initiate(simulator, aDeposit())
  const at: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  expect(await statementOf(simulator)).toEqual([
    [at, '250783456789', deposit.depositId, '1500.00', 'RWF', 'RWA', 'MTN_MOMO_RWA', 'Deposit'],
  ])
})

test('from is part of a statement, to is not', async () => {
  const simulator = await aSimulator({ payerDelayMs: 60_000 })
  await aPaidDeposit(simulator)
  expect(await statementOf(simulator, '?from=2020-01-01&to=2100-01-01')).toHaveLength(1)
  expect(await statementOf(simulator, '?from=2100-01-01')).toEqual([])
  expect(await statementOf(simulator, '?to=2020-01-01')).toEqual([])
  expect(await call(simulator, 'GET', '/_sandbox/statement?from=soon')).toMatchObject({ status: 400 })
})

test('it gets wrong what it is told to', async () => {
  const simulator = await aSimulator({ payerDelayMs: 60_000 })
  for (let payments = 0; payments < 3; payments += 1) await aPaidDeposit(simulator)
  const right = await statementOf(simulator)
  const wrong = await statementOf(simulator, '?plant=missing,extra,amount')
  expect(wrong.map(([, , id]) => id).slice(0, 2)).toEqual(right.map(([, , id]) => id).slice(1))
  expect(wrong.map(([, , , amount]) => amount)).toEqual(['1500.00', '1501.00', '1500.00'])
  expect(right.map(([, , id]) => id)).not.toContain(wrong[2]?.[2])
  expect(await call(simulator, 'GET', '/_sandbox/statement?plant=luck')).toMatchObject({ status: 400 })
})
