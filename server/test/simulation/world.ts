import { hash } from '@node-rs/argon2'
import { addMs } from '../../src/kernel/clock.ts'
import { type Currency } from '../../src/kernel/currencies.ts'
import { type FeeBearer } from '../../src/kernel/enums.ts'
import {
  type CounterpartyId,
  type MerchantId,
  type PaymentAccountId,
  type ProviderReference,
} from '../../src/kernel/ids.ts'
import { money } from '../../src/kernel/money.ts'
import { Problem } from '../../src/kernel/problem.ts'
import { isDatabaseUnavailable } from '../../src/platform/db/availability.ts'
import { type Queryable } from '../../src/platform/db/pool.ts'
import { type Provider, type ReadCallback } from '../../src/providers/provider.ts'
import { setPasscode } from '../../src/passcodes/store.ts'
import { openWallets } from '../../src/wallets/store.ts'
import { type Chance } from '../fuzz/chance.ts'
import { aCounterparty, aMerchant, aPaymentAccount, type Payable, somePayables, sql } from '../support/builders.ts'
import { aClock, noon, type TestClock } from '../support/fakes.ts'
import { approverPhone, rightCode } from '../support/money-out.ts'
import { emptyDatabase, rollBackFor, type SimulatedDatabase } from './database.ts'
import { type Contradiction, findContradiction, type Told } from './invariants.ts'
import { badDay, type Bank, connect, createBank, type NetworkFaults, noFaults } from './network.ts'
import { type Services, startProcess, uuidFrom } from './process.ts'
import { createScheduler, type Fate, type Scheduler, type Step } from './scheduler.ts'

/** A merchant as its own server sees it. */
export interface Merchant {
  readonly merchantId: MerchantId
  readonly counterpartyId: CounterpartyId
  readonly payoutAccountId: PaymentAccountId
  /** Pays into a contact's wallet on this platform. */
  readonly walletAccountId: PaymentAccountId
  readonly payables: readonly Payable[]
  readonly wallets: readonly { readonly id: string; readonly currency: Currency }[]
}

/** What came of a call: an answer, an error, or nothing, because whoever was called died. */
export type Reply<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'died' }

interface Process {
  readonly name: string
  readonly services: Services
  /** What to tell those who wait for it, should it die. */
  readonly calls: Set<() => void>
  isWorking: boolean
}

/** Everything there is: a database, a provider, a network, processes and their clients, moved by one seed. */
export interface World {
  readonly db: Queryable
  readonly database: SimulatedDatabase
  readonly chance: Chance
  readonly clock: TestClock
  readonly scheduler: Scheduler
  readonly bank: Bank
  readonly merchants: readonly Merchant[]
  readonly told: Told[]
  /** What the provider said against what was final already, and was acknowledged. */
  readonly contradictions: readonly Contradiction[]
  /** What clients met that nobody may meet. */
  readonly failures: unknown[]
  readonly processes: readonly Process[]
  /** Calls that nobody answered yet. */
  readonly waiting: () => number
  /** Asks a process, any of them when none is named. */
  ask<Answer>(work: (services: Services) => Promise<Answer>, process?: Process): Promise<Reply<Answer>>
  /** Lets a client do something beside all others. */
  begin(work: () => Promise<unknown>): void
  mintReference(): string
  /** Carries a step out, and buries the process that dies of it: another takes its place. */
  step(step: Step, fate?: Fate): Promise<void>
  kill(process: Process): Promise<void>
  /** Starts a round of the worker of a process that has none under way. */
  work(process: Process): void
  /** Whether things go wrong from now on. At first nothing does. */
  weather(how: 'bad' | 'calm'): void
}

export interface WorldOptions {
  readonly database: SimulatedDatabase
  readonly chance: Chance
  readonly processes: number
  /** A mistake in the way to the provider, for the simulation to find. */
  readonly mistake?: ((provider: Provider, chance: Chance) => Provider) | undefined
}

/** As few rounds as the library allows: what is simulated here is not how long a hash takes. */
const quickHash = hash(rightCode, { memoryCost: 8, timeCost: 1, parallelism: 1 })

/** So many of each that some meet at the same wallet, and some at the same document. */
const documents: readonly (readonly [Currency, bigint, FeeBearer])[] = [
  ['USD', 25_000n, 'PAYER'],
  ['LRD', 1_999_901n, 'PAYEE'],
  ['USD', 333n, 'PAYEE'],
]

async function populate(db: Queryable): Promise<Merchant[]> {
  const merchants: Merchant[] = []
  for (const name of ['Kollie Market', 'Paynesville Books']) {
    const merchantId = await aMerchant(db, { name })
    // Little enough that payouts run into each other.
    await openWallets(db, merchantId, [money(30_000n, 'USD'), money(2_000_000n, 'LRD')], noon)
    const { id: counterpartyId, partyId } = await aCounterparty(db, merchantId)
    const payoutAccountId = await aPaymentAccount(db, merchantId, partyId, { operation: 'PAYOUT' })
    const walletAccountId = await aPaymentAccount(db, merchantId, partyId, {
      operation: 'PAYOUT',
      provider: 'PLATFORM',
      method: 'WALLET',
    })
    const approver = { phone: approverPhone, userId: undefined, codeHash: await quickHash }
    await setPasscode(db, { merchantId, ...approver }, noon)
    const payables: Payable[] = []
    for (const [currency, minor, feeBearer] of documents) {
      payables.push(...(await somePayables(db, 1, { merchantId, total: money(minor, currency), feeBearer })))
    }
    const wallets = await sql<{ id: string; currency: Currency }>(
      db,
      'select id, currency from wallets where merchant_id = $1 and party_id is null order by id',
      [merchantId],
    )
    merchants.push({ merchantId, counterpartyId, payoutAccountId, walletAccountId, payables, wallets })
  }
  return merchants
}

/** How often a callback is sent that is not acknowledged. */
const mostTries = 5

/** What a caller is told to come back after. */
const isTrouble = (error: unknown): boolean =>
  isDatabaseUnavailable(error) || (error instanceof Problem && error.kind === 'unavailable')

export async function createWorld(options: WorldOptions): Promise<World> {
  const { database, chance, mistake } = options
  const { client } = database
  database.holder = undefined
  database.runs += 1
  await emptyDatabase(database)
  const merchants = await populate(client)
  const clock = aClock(addMs(noon, 1_000))
  const scheduler = createScheduler(clock)
  let faults: NetworkFaults = noFaults
  const databaseFaults = { chance, breaks: 0 }
  const processes: Process[] = []
  const failures: unknown[] = []
  const contradictions: Contradiction[] = []
  let started = 0

  const callBack = (said: ReadCallback, tries = 1): void => {
    scheduler.park({
      owner: 'network',
      label: `calls back ${said.reference} ${said.tells} ${said.verification}`,
      effect: async () => {
        // Within somebody's transaction, what is read may never have happened.
        const contradiction = database.holder ? undefined : await findContradiction(client, said)
        return () => {
          const body = Buffer.from(`${said.reference}`)
          const callback = { provider: 'PAWAPAY', said, headers: {}, body } as const
          void ask(({ callbacks }) => callbacks.receive(callback)).then((reply) => {
            if (reply.kind === 'failed' && !isTrouble(reply.error)) failures.push(reply.error)
            if (reply.kind !== 'answered' && tries < mostTries) callBack(said, tries + 1)
            if (reply.kind === 'answered' && contradiction) contradictions.push(contradiction)
          })
        }
      },
    })
  }
  const bank = createBank({ chance, scheduler, faults: () => faults, callBack })

  const start = (): Process => {
    started += 1
    const name = `p${started}`
    const connection = connect({ owner: name, chance, clock, scheduler, bank, faults: () => faults })
    const services = startProcess({
      name,
      clock,
      scheduler,
      database,
      databaseFaults,
      provider: mistake ? mistake(connection, chance) : connection,
      mintReference: () => uuidFrom(chance) as ProviderReference,
    })
    return { name, services, calls: new Set(), isWorking: false }
  }
  for (let count = 0; count < options.processes; count += 1) processes.push(start())

  const ask = <Answer>(
    work: (services: Services) => Promise<Answer>,
    process = chance.pick(processes),
  ): Promise<Reply<Answer>> =>
    new Promise((resolve, reject) => {
      if (!process) {
        reject(new Error('there is no process'))
        return
      }
      const died = () => {
        resolve({ kind: 'died' })
      }
      process.calls.add(died)
      const settle = (reply: Reply<Answer>): void => {
        process.calls.delete(died)
        resolve(reply)
      }
      work(process.services).then(
        (answer) => {
          settle({ kind: 'answered', answer })
        },
        (error: unknown) => {
          settle({ kind: 'failed', error })
        },
      )
    })

  const kill = async (process: Process): Promise<void> => {
    scheduler.trace.note(`${process.name} dies`)
    await rollBackFor(database, process.name)
    for (const step of scheduler.takeAway(process.name)) {
      // What it had sent already may arrive all the same; what belonged to its transaction went with that.
      if (step.isBlocked?.() || step.label.startsWith('hears') || isPartOfTransaction(step) || !chance.is(0.5)) continue
      scheduler.trace.note(`${process.name} had sent ${step.label}`)
      await step.effect()
    }
    processes.splice(processes.indexOf(process), 1, start())
    for (const died of process.calls) died()
  }

  return {
    db: client,
    database,
    chance,
    clock,
    scheduler,
    bank,
    merchants,
    told: [],
    contradictions,
    failures,
    processes,
    waiting: () => processes.reduce((sum, { calls }) => sum + calls.size, 0),
    ask,
    begin(work) {
      work().catch((error: unknown) => failures.push(error))
    },
    mintReference: () => uuidFrom(chance),
    async step(step, fate = 'lives') {
      await scheduler.run(step, fate)
      if (fate === 'lives') return
      const process = processes.find(({ name }) => name === step.owner)
      if (process) await kill(process)
    },
    kill,
    work(process) {
      process.isWorking = true
      scheduler.trace.note(`${process.name} works`)
      void ask(({ check }) => check(), process).then(() => {
        process.isWorking = false
      })
    },
    weather(how) {
      faults = how === 'bad' ? badDay : noFaults
      databaseFaults.breaks = how === 'bad' ? 0.01 : 0
    },
  }
}

/** Statements of a transaction that never committed, and the beginnings of others, have no effect. */
const isPartOfTransaction = ({ label }: Step): boolean => /^sql (begin|commit|rollback|lock-|record-wrong)/.test(label)
