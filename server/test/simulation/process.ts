import { type MerchantId, type MintReference } from '../../src/kernel/ids.ts'
import { openLog } from '../../src/platform/log.ts'
import { type Provider } from '../../src/providers/provider.ts'
import { createPrices } from '../../src/fees/service.ts'
import { createPasscodes, type Passcodes } from '../../src/passcodes/service.ts'
import { createSessions, type Sessions } from '../../src/sessions/service.ts'
import { type Callbacks, createCallbacks } from '../../src/callbacks/service.ts'
import { checkDue } from '../../src/executions/check.ts'
import { findRefundable } from '../../src/executions/disbursement-store.ts'
import { createDisburse } from '../../src/executions/disburse.ts'
import { createExecuteCollection, type ExecuteCollection } from '../../src/executions/execute-collection.ts'
import { createExecutePayout, type ExecutePayout } from '../../src/executions/execute-payout.ts'
import { createExecuteRefund, type ExecuteRefund } from '../../src/executions/execute-refund.ts'
import { createExecuteTransfer, type ExecuteTransfer } from '../../src/executions/execute-transfer.ts'
import { type Execution } from '../../src/executions/model.ts'
import { createRecordOutcome } from '../../src/executions/record-outcome.ts'
import { findByReference } from '../../src/executions/store.ts'
import { type Chance } from '../fuzz/chance.ts'
import { type TestClock } from '../support/fakes.ts'
import { type DatabaseFaults, simulatedPool, type SimulatedDatabase } from './database.ts'
import { type Scheduler } from './scheduler.ts'

/** The services of one server process, composed as the server composes them, with memories of their own. */
export interface Services {
  readonly sessions: Sessions
  readonly collect: ExecuteCollection
  readonly payOut: ExecutePayout
  readonly transfer: ExecuteTransfer
  readonly refund: ExecuteRefund
  readonly callbacks: Callbacks
  readonly status: (merchantId: MerchantId, referenceId: string) => Promise<Execution | undefined>
  /** One round of its worker. */
  readonly check: () => Promise<number>
}

interface ProcessOptions {
  readonly name: string
  readonly clock: TestClock
  readonly scheduler: Scheduler
  readonly database: SimulatedDatabase
  readonly databaseFaults: DatabaseFaults
  readonly provider: Provider
  readonly mintReference: MintReference
}

const log = openLog('silent')

/**
 * Passcodes are hashed outside the event loop: nothing is quiet until that is back. Made when first needed, because each
 * begins with a hashing of its own.
 */
function countedPasscodes(options: Omit<ProcessOptions, 'provider' | 'mintReference'>): Passcodes {
  const { name: owner, clock, scheduler, database, databaseFaults: faults } = options
  const onWait = (waits: boolean) => {
    scheduler.outside(waits ? -1 : 1)
  }
  let passcodes: Passcodes | undefined
  return {
    async verify(merchantId, approval) {
      passcodes ??= createPasscodes(simulatedPool({ owner, clock, scheduler, database, faults, onWait }), clock, log)
      scheduler.outside(1)
      return passcodes.verify(merchantId, approval).finally(() => {
        scheduler.outside(-1)
      })
    },
  }
}

export function startProcess(options: ProcessOptions): Services {
  const { name: owner, clock, scheduler, database, databaseFaults: faults, provider, mintReference } = options
  const db = simulatedPool({ owner, clock, scheduler, database, faults })
  const providers = new Map([[provider.name, provider]])
  const recordOutcome = createRecordOutcome(db, clock, log)
  const prices = createPrices(db, clock)
  const context = { db, clock, mintReference, prices, passcodes: countedPasscodes(options), providers, recordOutcome }
  const disburse = createDisburse(context)
  const checks = { db, clock, log, providers, recordOutcome }
  return {
    sessions: createSessions({
      db,
      clock,
      providers,
      findRefundable: (merchantId, id) => findRefundable(db, merchantId, id),
    }),
    collect: createExecuteCollection(context),
    payOut: createExecutePayout(context, disburse),
    transfer: createExecuteTransfer(context, disburse),
    refund: createExecuteRefund(context, disburse),
    callbacks: createCallbacks(db, clock, log, checks),
    status: (merchantId, referenceId) => findByReference(db, merchantId, referenceId),
    check: () => checkDue(checks),
  }
}

/** A UUID version 4 that follows from the seed. */
export function uuidFrom(chance: Chance): string {
  const hex = Array.from({ length: 32 }, () => chance.below(16).toString(16))
  hex[12] = '4'
  hex[16] = '8'
  const text = hex.join('')
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}
