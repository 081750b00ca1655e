import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runDocument, type Step, stepsOf } from '../support/black-box/document-runner.ts'
import { startSandbox } from '../support/black-box/started-sandbox.ts'

/** The README's quick start, run as a reader would paste it, against a server started as a reader would start it. */
const root = join(import.meta.dirname, '../../..')
const readme = await readFile(join(root, 'README.md'), 'utf8')

const partOf = (part: string): string =>
  new RegExp(`<!-- ${part} begins[^>]*-->([^]*?)<!-- ${part} ends -->`).exec(readme)?.[1] ?? ''

const quickStart = partOf('quick start')
const moneyOut = partOf('money out')
const cards = partOf('cards')
const baseLine = /^BASE=http:\/\/127\.0\.0\.1:8080$/m

const sandbox = await startSandbox()
afterAll(sandbox.close)

/** What the reader would type to see how it ended. */
const inTheEnd: Step = {
  kind: 'run',
  text: [
    'REPEATED=$(api $BASE/v1/executions/collection -d "$PAYMENT")',
    'STATEMENT=$(api "$BASE/v1/wallets/$WALLET/statement?limit=10")',
  ].join('\n'),
}

test('the README goes from token to receipt, where the receipt says what the prediction said, and pays out', async () => {
  expect(quickStart).toMatch(baseLine)
  expect(moneyOut).toContain('/v1/executions/payout')
  expect(cards).toContain('/v1/executions/collection')
  const followed = stepsOf(`${quickStart.replace(baseLine, `BASE=${sandbox.url}`)}\n${moneyOut}\n${cards}`)

  const { valueOf, transcript } = await runDocument([...followed, inTheEnd], {
    values: ['STATUS', 'CARD_STATUS', 'QUOTE', 'RECEIPT', 'REPEATED', 'STATEMENT'],
  })

  expect(valueOf('STATUS'), transcript).toBe('COMPLETED')
  expect(valueOf('CARD_STATUS'), transcript).toBe('COMPLETED')
  const statement = JSON.parse(valueOf('STATEMENT')) as { readonly reason: string; readonly amount: number }[]
  expect(statement.map(({ reason, amount }) => [reason, amount])).toEqual([
    ['collection.completed', 100],
    ['transfer.completed', -10.05],
    ['refund.held', -100],
    ['payout.held', -41],
    ['collection.completed', 250],
    ['wallets.opened', 10_000],
  ])
  const [quote, receipt, repeated] = ['QUOTE', 'RECEIPT', 'REPEATED'].map(
    (name) => JSON.parse(valueOf(name)) as Record<string, unknown>,
  )
  expect(receipt).toMatchObject({ status: 'PAID', total_amount: 250 })
  for (const amount of ['payer_amount', 'payee_amount', 'platform_fee', 'gateway_fee']) {
    expect([amount, receipt?.[amount]]).toEqual([amount, Number(quote?.[amount])])
  }
  expect(repeated).toMatchObject({ status: 'COMPLETED', provider_transaction_id: receipt?.['provider_transaction_id'] })
})
