import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { type Claimed, news, someExecutions, sql, tell } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { isFinal } from '../kernel/enums.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 8, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

type Status = 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED'
type Told = Exclude<Status, 'PENDING'>

/** What ought to become of an execution that stands so when it is told this. */
function judge(stands: Status, told: Told): { readonly verdict: string; readonly status: Status } {
  if (stands === told) return { verdict: 'repeated', status: stands }
  if (!isFinal(stands)) return { verdict: 'applied', status: told }
  return { verdict: isFinal(told) ? 'contradicted' : 'stale', status: stands }
}

const executionsPerRun = 6
const anyTold = fc.constantFrom<Told[]>('PROCESSING', 'COMPLETED', 'FAILED')
/** Calls one after another, each with news of several executions, the same one perhaps twice. */
const anyHistory = fc.array(
  fc.array(fc.tuple(fc.nat({ max: executionsPerRun - 1 }), anyTold), { minLength: 1, maxLength: 8 }),
  { maxLength: 12 },
)

async function statuses(executions: readonly Claimed[]): Promise<Map<string, Status>> {
  const rows = await sql<{ id: string; status: Status }>(
    pool,
    'select id, status from executions where merchant_id = $1 and id = any ($2)',
    [executions[0]?.merchantId, executions.map(({ executionId }) => executionId)],
  )
  return new Map(rows.map(({ id, status }) => [id, status]))
}

function pick(executions: readonly Claimed[], index: number): Claimed {
  const execution = executions[index]
  if (!execution) throw new Error('no such execution')
  return execution
}

test('any news in any order, doubled or late, leaves every execution where the lifecycle says, and settles it once', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const executions = await someExecutions(pool, executionsPerRun)
      const model: Status[] = executions.map(() => 'PENDING')
      for (const call of history) {
        const told = new Set<number>()
        const expected = call.map(([index, status]) => {
          if (told.has(index)) return { index, verdict: 'again' }
          told.add(index)
          const { verdict, status: next } = judge(model[index] ?? 'PENDING', status)
          model[index] = next
          return { index, verdict }
        })
        const recorded = await tell(
          pool,
          call.map(([index, status]) => news(pick(executions, index), status)),
        )
        expect(recorded).toEqual(expected.map(({ index, verdict }) => ({ verdict, status: model[index] })))
      }
      const found = await statuses(executions)
      expect(executions.map(({ executionId }) => found.get(executionId))).toEqual(model)
      expect(await findBrokenRules(pool)).toEqual({})
    }),
    { numRuns: 25 },
  )
})

test('the same news told at once over several connections, in any order, settles each execution once', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const executions = await someExecutions(pool, executionsPerRun)
      const recorded = await Promise.all(
        history.map((call) =>
          tell(
            pool,
            call.map(([index, status]) => news(pick(executions, index), status)),
          ),
        ),
      )
      // Whatever the race: exactly one piece of news decides each execution that heard a final one.
      const decisions = history.flatMap((call, at) =>
        call.flatMap(([index, status], element) =>
          recorded[at]?.[element]?.verdict === 'applied' && isFinal(status) ? [{ index, status }] : [],
        ),
      )
      const found = await statuses(executions)
      for (const [index, { executionId }] of executions.entries()) {
        const deciding = decisions.filter((decision) => decision.index === index)
        const heardFinal = history.some((call) => {
          const first = call.find(([each]) => each === index)
          return first !== undefined && isFinal(first[1])
        })
        expect(deciding).toHaveLength(heardFinal ? 1 : 0)
        if (heardFinal) expect(found.get(executionId)).toBe(deciding[0]?.status)
      }
      expect(await findBrokenRules(pool)).toEqual({})
    }),
    { numRuns: 25 },
  )
})
