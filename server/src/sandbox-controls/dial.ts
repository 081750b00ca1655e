import { randomInt } from 'node:crypto'
import { type Clock } from '../kernel/clock.ts'
import { NotFound } from '../kernel/problem.ts'
import { type FaultDial, type TakenCall } from '../platform/http/faults.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { claimFault, countCall, type DialSetting, getDial, setDial } from './dial-store.ts'
import { type ApiFault, type CountedCall, type Dial, type Fault, isApiFault, strikes, toInjected } from './model.ts'
import {
  findRecordedCall,
  findRecording,
  insertRecordedCall,
  insertRecording,
  listRecordedCalls,
  type RecordedCall,
  type Recording,
} from './recording-store.ts'

const seedsBelow = 2 ** 31

export interface FaultsAsked {
  readonly seed: number | undefined
  readonly faults: readonly Fault[]
}

export interface Run extends Recording {
  readonly state: 'RECORDING' | 'REPLAYING' | 'ENDED'
  readonly calls: readonly RecordedCall[]
}

export interface Dialling extends FaultDial {
  /** Learns what was set in another process. */
  follow(): Promise<void>
  read(): Promise<Dial>
  setFaults(asked: FaultsAsked): Promise<Dial>
  /** Begins anew with the seed, and with the faults as they are unless others are given, and writes down every call. */
  record(asked: { readonly seed: number | undefined; readonly faults: readonly Fault[] | undefined }): Promise<Run>
  readRun(seed: number): Promise<Run>
  /** Does to the same calls what was done to them when they were recorded. */
  replay(seed: number): Promise<Run>
}

interface Spoiling {
  readonly fault: ApiFault
  readonly delayMs: number | undefined
}

/** What happens to calls, for the whole installation. What is set here holds at once in this process, soon in all. */
export function createDialling({ db, clock }: { readonly db: Pool; readonly clock: Clock }): Dialling {
  let dial: Dial | undefined

  /** What was read before a setting and arrives after it is old. */
  const follow = async (): Promise<Dial> => {
    const read = await getDial(db)
    if (!dial || read.id >= dial.id) dial = read
    return dial
  }

  const set = async (setting: DialSetting, also: (tx: Queryable) => Promise<void> = async () => undefined) => {
    await withTx(db, async (tx) => {
      await setDial(tx, setting)
      await also(tx)
    })
    return follow()
  }

  /** Undefined while there is nothing to count for. */
  const count = async (operation: string): Promise<{ dial: Dial; nth: number } | undefined> => {
    for (;;) {
      const standing = dial ?? (await follow())
      const { faults, recording, replaying } = standing
      const isIdle =
        recording === undefined && replaying === undefined && !faults.some((each) => isApiFault(each.fault))
      const nth = isIdle ? undefined : await countCall(db, standing.id, operation)
      if (isIdle) return undefined
      if (nth !== undefined) return { dial: standing, nth }
      // Set anew by another process.
      await follow()
    }
  }

  const choose = async ({ seed, faults, replaying }: Dial, call: CountedCall): Promise<Spoiling | undefined> => {
    if (replaying !== undefined) {
      const recorded = await findRecordedCall(db, replaying, call)
      return recorded?.fault && { fault: recorded.fault, delayMs: recorded.delayMs }
    }
    for (const { fault, position, delayMs, ...terms } of faults) {
      const hit = isApiFault(fault) && strikes(seed, { fault, position, delayMs, ...terms }, call)
      if (hit && (await claimFault(db, position))) return { fault, delayMs }
    }
    return undefined
  }

  const take = async ({ operation, path }: { operation: string; path: string }): Promise<TakenCall | undefined> => {
    const counted = await count(operation)
    if (!counted) return undefined
    const { nth } = counted
    const spoiling = await choose(counted.dial, { operation, path, nth })
    const { recording } = counted.dial
    return {
      fault: spoiling && toInjected(spoiling.fault, spoiling.delayMs),
      answered: async (status, referenceId) => {
        if (recording === undefined) return
        const { fault, delayMs } = spoiling ?? {}
        await insertRecordedCall(db, recording, {
          operation,
          nth,
          at: clock.now(),
          referenceId,
          fault,
          delayMs,
          status,
        })
      },
    }
  }

  const readRun = async (seed: number): Promise<Run> => {
    const recording = await findRecording(db, seed)
    if (!recording) throw new NotFound('Recording')
    const now = await follow()
    const state = now.recording === seed ? 'RECORDING' : now.replaying === seed ? 'REPLAYING' : 'ENDED'
    return { ...recording, state, calls: await listRecordedCalls(db, seed) }
  }

  const anySeed = (): number => randomInt(seedsBelow)

  return {
    take,
    follow: async () => {
      await follow()
    },
    read: follow,
    setFaults: ({ seed = anySeed(), faults }) => set({ seed, faults, recording: undefined, replaying: undefined }),
    async record({ seed = anySeed(), faults }) {
      const wanted = faults ?? (await follow()).faults
      await set({ seed, faults: wanted, recording: seed, replaying: undefined }, (tx) =>
        insertRecording(tx, { seed, faults: wanted, startedAt: clock.now() }),
      )
      return readRun(seed)
    },
    readRun,
    async replay(seed) {
      const { faults } = await readRun(seed)
      await set({ seed, faults, recording: undefined, replaying: seed })
      return readRun(seed)
    },
  }
}
