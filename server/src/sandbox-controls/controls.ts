import { type AdvancedClock } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { type HttpClient } from '../platform/http-client.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type Logger } from '../platform/log.ts'
import { type Execution } from '../executions/index.ts'
import { setClockBack } from './clock-store.ts'
import { createDialling, type Dialling } from './dial.ts'
import { setDial } from './dial-store.ts'
import { answerForPayer, listAsked, type PayerAction } from './payers.ts'
import { handOver, requireMethods, withInjected } from './provider-dial.ts'
import { forgetRecordings } from './recording-store.ts'
import { forgetEverything } from './reset-store.ts'
import { listScenarios, type Scenario } from './scenarios.ts'
import { createSimulator, everySimulator, type SimulatorAddress } from './simulators.ts'
import { createSandboxTime } from './time.ts'

/** What the controls of a sandbox are built from. */
export interface SandboxSetting {
  readonly clock: AdvancedClock
  readonly http: HttpClient
  /** Undefined for a network that is none of ours to control. */
  readonly pawapay: SimulatorAddress | undefined
  readonly stripe: SimulatorAddress | undefined
  /** Gives the sandbox's own merchant what it begins with. */
  readonly equip: (tx: Queryable) => Promise<void>
}

export interface SandboxControls {
  readonly dialling: Dialling
  readonly clock: AdvancedClock
  readonly scenarios: () => Promise<Scenario[]>
  readonly listAsked: (merchantId: MerchantId) => Promise<Execution[]>
  readonly answerForPayer: (merchantId: MerchantId, reference: string, action: PayerAction) => Promise<void>
  readonly advance: (seconds: number) => Promise<void>
  readonly reset: () => Promise<void>
  /** Learns what was set in another process. */
  readonly follow: () => Promise<void>
  /** Tells the simulators what was set before they were started. */
  readonly restore: () => Promise<void>
}

/** Faults on both sides of us: those of our own answers happen here, those of networks in their simulators. */
function createWholeDial(db: Pool, clock: AdvancedClock, simulators: Parameters<typeof handOver>[0]): Dialling {
  const own = createDialling({ db, clock })
  const handed = async <Answer>(answer: Answer): Promise<Answer> => {
    await handOver(simulators, await own.read())
    return answer
  }
  return {
    ...own,
    read: async () => withInjected(simulators, await own.read()),
    async setFaults(asked) {
      requireMethods(asked.faults)
      return handed(await own.setFaults(asked))
    },
    async record(asked) {
      requireMethods(asked.faults ?? [])
      return handed(await own.record(asked))
    },
    replay: async (seed) => handed(await own.replay(seed)),
  }
}

/** What a sandbox can be made to do, for the whole installation and not for one merchant. */
export function createSandboxControls({
  db,
  log,
  clock,
  http,
  equip,
  ...addresses
}: SandboxSetting & { readonly db: Pool; readonly log: Logger }): SandboxControls {
  const simulators = {
    pawapay: addresses.pawapay && createSimulator('pawaPay', addresses.pawapay, http),
    stripe: addresses.stripe && createSimulator('Stripe', addresses.stripe, http),
  }
  const dialling = createWholeDial(db, clock, simulators)
  const time = createSandboxTime(db, clock, simulators)
  return {
    dialling,
    clock,
    scenarios: () => listScenarios(simulators),
    listAsked: (merchantId) => listAsked(db, merchantId),
    answerForPayer: (merchantId, reference, action) =>
      answerForPayer({ db, simulators }, merchantId, reference, action),
    advance: (seconds) => time.advance(seconds),
    async reset() {
      const setting = await withTx(db, async (tx) => {
        await forgetEverything(tx)
        await forgetRecordings(tx)
        await setDial(tx, { seed: 1, faults: [], recording: undefined, replaying: undefined })
        const back = await setClockBack(tx)
        clock.setAhead(0)
        await equip(tx)
        return back
      })
      await Promise.all(everySimulator(simulators).map((simulator) => simulator.post('reset', {})))
      await time.apply(setting)
      await dialling.follow()
    },
    async follow() {
      await Promise.all([dialling.follow(), time.follow()])
    },
    async restore() {
      await time.follow()
      const told = [
        handOver(simulators, await dialling.read()),
        ...everySimulator(simulators).map((simulator) => simulator.post('clock', { offsetMs: clock.aheadMs })),
      ]
      for (const result of await Promise.allSettled(told))
        if (result.status === 'rejected')
          log.warn({ err: result.reason as unknown }, 'a simulator was not told its settings')
    },
  }
}
