import { formatMoney, type Money } from '../kernel/money.ts'
import { findDifferences, reconcile, statementProviders } from '../reconciliation/index.ts'
import { type Commands, type Flags, oneOf, optionalText, requiredText, UsageError } from './command.ts'

const provider = (flags: Flags) =>
  oneOf({ provider: requiredText(flags, 'provider').toUpperCase() }, 'provider', statementProviders)

function day(flags: Flags): string {
  const text = requiredText(flags, 'day')
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(time)) throw new UsageError(`--day takes a day such as 2026-01-31, not "${text}".`)
  return text
}

const showMoney = (amount: Money | undefined): string | null =>
  amount ? `${formatMoney(amount)} ${amount.currency}` : null

export const reconciliationCommands: Commands = {
  reconcile: {
    usage: '--provider PROVIDER [--file FILE]',
    does: "Holds a provider's statement, a file or piped in, against our executions: a report for each day and currency.",
    run: async ({ db, clock, open, notice }, flags) => {
      const file = open(optionalText(flags, 'file'))
      const { reports, ignored } = await reconcile({ db, clock }, provider(flags), file)
      for (const [what, count] of ignored) notice(`Not a payment of ours: ${count} x ${what}.`)
      return reports.map((report) => ({
        day: report.day,
        currency: report.currency,
        matched: report.matched,
        missing_there: report.missingThere,
        missing_here: report.missingHere,
        amount_differs: report.amountDiffers,
      }))
    },
  },
  'reconcile differences': {
    usage: '--provider PROVIDER --day DAY',
    does: "Lists what a day's reports found to differ, at most 500 lines.",
    run: async ({ db }, flags) =>
      (await findDifferences(db, provider(flags), day(flags))).map((found) => ({
        what: found.what,
        kind: found.kind,
        reference: found.reference,
        merchant_id: found.merchantId === undefined ? null : Number(found.merchantId),
        execution_id: found.executionId === undefined ? null : Number(found.executionId),
        status: found.status ?? null,
        ours: showMoney(found.ours),
        theirs: showMoney(found.theirs),
      })),
  },
}
