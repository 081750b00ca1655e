import { type Static, Type } from 'typebox'
import { moneyToNumber } from '../kernel/money.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Http } from '../platform/http/server.ts'
import {
  amountOut,
  model,
  nullable,
  oneOf,
  text,
  timestamp,
  writeOptionalTime,
  writeTime,
} from '../platform/http/wire.ts'
import { executionStatuses, operationTypes } from '../kernel/enums.ts'
import { merchantOf } from '../auth/index.ts'
import { type Execution, referenceForm } from './model.ts'
import { findByReference } from './store.ts'
import { happenings, holders, type TimelineLine, type Whereabouts, whereaboutsOf } from './timeline.ts'
import { getOpenEnds, listTimelineLines } from './timeline-store.ts'

const TimelineLineModel = model('ExecutionTimelineLine', {
  at: timestamp,
  what: oneOf(happenings),
  detail: nullable(text),
})

const WhereaboutsModel = model('ExecutionMoney', {
  holder: oneOf(holders),
  amount: amountOut,
  currency: text,
  since: timestamp,
})

const ExecutionTimeline = model('ExecutionTimeline', {
  reference_id: text,
  operation_type: oneOf(operationTypes),
  status: oneOf(executionStatuses),
  money: WhereaboutsModel,
  next_check_at: nullable(timestamp),
  lines: Type.Array(TimelineLineModel),
})

const writeLine = ({ at, what, detail }: TimelineLine) => ({ at: writeTime(at), what, detail })

const writeWhereabouts = ({ holder, amount, since }: Whereabouts) => ({
  holder,
  amount: moneyToNumber(amount),
  currency: amount.currency,
  since: writeTime(since),
})

async function readTimeline(db: Pool, execution: Execution): Promise<Static<typeof ExecutionTimeline>> {
  const [lines, openEnds] = await Promise.all([listTimelineLines(db, execution), getOpenEnds(db, execution)])
  return {
    reference_id: execution.referenceId,
    operation_type: execution.operation,
    status: execution.status,
    money: writeWhereabouts(whereaboutsOf(execution, openEnds)),
    next_check_at: writeOptionalTime(openEnds.nextCheckAt),
    lines: lines.map(writeLine),
  }
}

/** What happened to a payment, when, and who has the money now: for a merchant whose customer asks. */
export function timelineRoutes(http: Http, db: Pool): void {
  http.get(
    '/executions/:reference_id/timeline',
    {
      schema: {
        operationId: 'get_execution_timeline',
        tags: ['extensions'],
        params: Type.Object({ reference_id: text }),
        response: { 200: ExecutionTimeline },
      },
    },
    async (request) => {
      const { reference_id: sent } = request.params
      const execution = referenceForm.test(sent)
        ? await findByReference(db, merchantOf(request).id, sent.toLowerCase())
        : undefined
      if (!execution) throw new NotFound('Execution')
      return { ...(await readTimeline(db, execution)), reference_id: sent }
    },
  )
}
