import { formatMoney } from '../kernel/money.ts'
import { OperatorError } from '../kernel/problem.ts'
import { cancelEnqueued, decisions, insertDecision, listQuarantined, type Quarantined } from '../executions/index.ts'
import {
  type Commands,
  type Flags,
  merchantId,
  oneOf,
  optionalText,
  requiredText,
  UsageError,
  writeMoment,
} from './command.ts'

const showQuarantined = (each: Quarantined) => ({
  merchant_id: Number(each.merchantId),
  reference_id: each.referenceId,
  operation: each.operation,
  status: each.status,
  reason: each.reason,
  told: each.told,
  told_by: each.toldBy,
  amount: each.amount ? `${formatMoney(each.amount)} ${each.amount.currency}` : null,
  provider_transaction_id: each.transactionId ?? null,
  at: writeMoment(each.at),
})

function referenceId(flags: Flags): string {
  const text = requiredText(flags, 'reference').toLowerCase()
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) {
    throw new UsageError(`--reference takes the reference_id of an execution, not "${text}".`)
  }
  return text
}

export const executionCommands: Commands = {
  'payouts cancel': {
    usage: '--merchant ID --reference UUID',
    does: 'Asks the network to drop a payout or a refund that waits in its queue. Takes PAWAPAY_BASE_URL and PAWAPAY_API_TOKEN.',
    run: async (context, flags) => {
      const [merchant, reference] = [merchantId(flags), referenceId(flags)]
      const { execution, answer } = await context.withProvider((provider) =>
        cancelEnqueued(context, provider, merchant, reference),
      )
      return {
        merchant_id: Number(merchant),
        reference_id: reference,
        operation: execution.operation,
        status: execution.status,
        cancellation: answer,
      }
    },
  },
  'executions quarantined': {
    usage: '',
    does: 'Lists final answers that contradict an earlier one or tell another amount, and wait for a decision.',
    run: async ({ db }) => (await listQuarantined(db)).map(showQuarantined),
  },
  'executions resolve': {
    usage: '--merchant ID --reference UUID --as stands|provider-right|settled-elsewhere --note TEXT [--by WHO]',
    does: 'Records what you decided on them, for the timeline. Moves no money and changes no status.',
    run: async ({ db, clock }, flags) => {
      const [merchant, reference] = [merchantId(flags), referenceId(flags)]
      const decision = {
        decision: oneOf(flags, 'as', decisions),
        note: requiredText(flags, 'note'),
        by: optionalText(flags, 'by'),
      }
      const resolved = await insertDecision(db, merchant, reference, decision, clock.now())
      if (resolved === 0) throw new OperatorError(`Nothing of ${reference} waits for a decision.`)
      return { merchant_id: Number(merchant), reference_id: reference, decision: decision.decision, resolved }
    },
  },
}
