import { createHash } from 'node:crypto'
import { addMs, type Clock } from '../kernel/clock.ts'
import { isFinal, type ProviderName } from '../kernel/enums.ts'
import { Problem } from '../kernel/problem.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Logger } from '../platform/log.ts'
import { type Outcome, type ReadCallback } from '../providers/provider.ts'
import { type CheckDependencies, checkExecution, type Execution } from '../executions/index.ts'
import { type ReceivedCallback, receiveCallbacks } from './store.ts'

/** A callback as it came, and what its provider's connector made of it. */
export interface HeardCallback {
  readonly provider: ProviderName
  readonly said: ReadCallback
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

export interface Callbacks {
  /**
   * Stores a callback; when this returns it is safe to acknowledge. What a believed one claims is then recorded, and what
   * another claims is looked up, beside the caller. That a final payment ended otherwise is looked into before: nothing else
   * would ask again, and what is not acknowledged comes again.
   */
  receive(callback: HeardCallback): Promise<void>
  /** Waits until the recordings and look-ups under way are done. */
  readonly settled: () => Promise<void>
}

/** Should this process die after it acknowledged, another asks no later than this. */
const takeOverMs = 10_000

/** Look-ups under way at once; what comes on top waits its turn. */
const mostLookUps = 64

/** Look-ups that wait their turn; beyond that they wait for a worker, who finds them due. */
const mostWaiting = 5_000

const isHeeded = ({ trust }: ReadCallback): boolean => trust === 'believed' || trust === 'hint'

const toReceived = ({ provider, said, headers, body }: HeardCallback): ReceivedCallback => ({
  provider,
  providerReference: said.reference,
  tells: said.tells,
  headers,
  body,
  verification: said.verification,
  signatureDigest: said.signature && createHash('sha256').update(said.signature).digest(),
  wakes: isHeeded(said),
})

/** What a believed callback says of an execution: of this payment, and of this kind of payment. */
const claimed = (callbacks: readonly HeardCallback[], { provider, providerReference, operation }: Execution) =>
  callbacks.find(
    (callback) =>
      callback.provider === provider &&
      callback.said.reference === providerReference &&
      callback.said.claim?.operation === operation,
  )?.said.claim?.outcome

export function createCallbacks(db: Pool, clock: Clock, log: Logger, checks: CheckDependencies): Callbacks {
  const underWay = new Map<string, Promise<unknown>>()
  const toldAgain = new Set<string>()
  const waiting = new Map<string, Execution>()
  const recordings = new Set<Promise<void>>()

  const store = grouped<HeardCallback, Execution | undefined>(
    async (callbacks) => {
      const now = clock.now()
      const found = await receiveCallbacks(db, callbacks.map(toReceived), now, addMs(now, takeOverMs))
      for (const execution of found.filter(({ status }) => !isFinal(status))) {
        const outcome = claimed(callbacks, execution)
        if (outcome) record(execution, outcome)
        else lookUp(execution)
      }
      const contradicted = found.filter(({ status }) => isFinal(status))
      return callbacks.map(({ provider, said }) =>
        contradicted.find(
          (execution) =>
            execution.provider === provider &&
            execution.providerReference === said.reference &&
            said.tells !== undefined &&
            said.tells !== execution.status,
        ),
      )
    },
    { most: 50, writers: 1 },
  )

  const record = (execution: Execution, outcome: Outcome): void => {
    const recording = checks
      .recordOutcome(execution, outcome)
      .then(() => undefined)
      .catch((error: unknown) => {
        log.error({ executionId: execution.id, err: error }, 'a verified callback not recorded: the worker will ask')
      })
      .finally(() => recordings.delete(recording))
    recordings.add(recording)
  }

  const lookUp = (execution: Execution): void => {
    const { id } = execution
    if (underWay.has(id)) {
      // What it is answered may be older than this callback: it asks once more.
      toldAgain.add(id)
      return
    }
    if (underWay.size >= mostLookUps) {
      if (waiting.size < mostWaiting) waiting.set(id, execution)
      return
    }
    const asked = checkExecution(checks, execution)
      .catch((error: unknown) => {
        log.error({ executionId: id, err: error }, 'look-up after a callback failed: the worker will ask')
      })
      .finally(() => {
        underWay.delete(id)
        if (toldAgain.delete(id)) lookUp(execution)
        const [next] = waiting.values()
        if (next && waiting.delete(next.id)) lookUp(next)
      })
    underWay.set(id, asked)
  }

  return {
    async receive(callback) {
      const contradicted = await store(callback)
      const { provider, said } = callback
      if (!isHeeded(said))
        log.warn({ provider, providerReference: said.reference, verification: said.verification }, 'callback refused')
      if (!contradicted || !isHeeded(said)) return
      const claim = claimed([callback], contradicted)
      const outcome = claim ?? (await checkExecution(checks, contradicted))
      if (claim) await checks.recordOutcome(contradicted, claim)
      if (outcome.kind === 'unknown' || outcome.kind === 'accepted')
        throw new Problem('unavailable', 'Not looked up yet')
    },
    async settled() {
      // What waits is due, and another process asks.
      waiting.clear()
      await Promise.all([...underWay.values(), ...recordings])
    },
  }
}
