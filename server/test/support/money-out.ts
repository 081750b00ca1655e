import { randomUUID } from 'node:crypto'
import { addMs } from '../../src/kernel/clock.ts'
import { type Currency } from '../../src/kernel/currencies.ts'
import {
  type CounterpartyId,
  type ExecutionId,
  type MerchantId,
  mintReference,
  type PartyId,
  type PaymentAccountId,
  type SessionId,
  type WalletId,
} from '../../src/kernel/ids.ts'
import { invariant } from '../../src/kernel/invariant.ts'
import { money, moneyToNumber, type Money } from '../../src/kernel/money.ts'
import { type Pool, type Queryable } from '../../src/platform/db/pool.ts'
import { openLog } from '../../src/platform/log.ts'
import { createPrices } from '../../src/fees/service.ts'
import { createPasscodes, setPasscode } from '../../src/passcodes/service.ts'
import { createSessions, type Sessions } from '../../src/sessions/service.ts'
import { findWalletIn, openWallets } from '../../src/wallets/store.ts'
import { checkDue, type CheckDependencies } from '../../src/executions/check.ts'
import { findRefundable } from '../../src/executions/disbursement-store.ts'
import { createDisburse } from '../../src/executions/disburse.ts'
import { createExecuteCollection } from '../../src/executions/execute-collection.ts'
import { createExecutePayout } from '../../src/executions/execute-payout.ts'
import { createExecuteRefund } from '../../src/executions/execute-refund.ts'
import { createExecuteTransfer } from '../../src/executions/execute-transfer.ts'
import { type Execution } from '../../src/executions/model.ts'
import { createRecordOutcome, type RecordOutcome } from '../../src/executions/record-outcome.ts'
import { aCounterparty, aMerchant, aPaymentAccount, type Payable } from './builders.ts'
import { aClock, aProvider, noon, type TestClock, type TestProvider } from './fakes.ts'

/** One process that moves money: groups, prices and memories of its own, on a network and a clock that tests direct. */
export interface MoneyProcess {
  readonly db: Pool
  readonly clock: TestClock
  readonly provider: TestProvider
  readonly sessions: Sessions
  readonly recordOutcome: RecordOutcome
  readonly checks: CheckDependencies
  readonly collect: (payable: Payable, its?: { currency?: Currency; referenceId?: string }) => Promise<Execution>
  readonly payOut: (payout: Payout, its?: Partial<Payout>) => Promise<Execution>
  readonly transfer: (transfer: BySession) => Promise<Execution>
  readonly refund: (refund: BySession) => Promise<Execution>
  /** Lets the next check of everything come, and asks. */
  readonly check: () => Promise<number>
}

/** A transfer or a refund as it is asked for. */
export interface BySession {
  readonly merchantId: MerchantId
  readonly sessionId: SessionId
  readonly referenceId: string
}

export interface Payout extends BySession {
  readonly payoutAccountId: PaymentAccountId
  readonly code?: string
}

export const rightCode = '480211'
export const approverPhone = '231770000042'
export const device = {
  name: 'Server',
  type: 'SERVER',
  platform: 'NODE',
  user_agent: 'test',
  client_ip: '203.0.113.10',
}

export function aMoneyProcess(db: Pool, provider = aProvider(), clock = aClock()): MoneyProcess {
  const log = openLog('silent')
  const providers = new Map([[provider.name, provider]])
  const recordOutcome = createRecordOutcome(db, clock, log)
  const prices = createPrices(db, clock)
  const passcodes = createPasscodes(db, clock, log)
  const context = { db, clock, mintReference, prices, passcodes, providers, recordOutcome }
  const disburse = createDisburse(context)
  const collect = createExecuteCollection(context)
  const payOut = createExecutePayout(context, disburse)
  const transfer = createExecuteTransfer(context, disburse)
  const refund = createExecuteRefund(context, disburse)
  const checks = { db, clock, log, providers, recordOutcome }
  return {
    db,
    clock,
    provider,
    recordOutcome,
    checks,
    sessions: createSessions({
      db,
      clock,
      providers,
      findRefundable: (merchantId, id) => findRefundable(db, merchantId, id),
    }),
    collect: ({ merchantId, sessionId, paymentAccountId, total }, { currency = total.currency, referenceId } = {}) =>
      collect(
        { merchantId, referenceId: referenceId ?? randomUUID(), sessionId, paymentAccountId, currency },
        { sessionId, paymentAccountId },
      ),
    payOut: (payout, its) => {
      const { merchantId, sessionId, referenceId, payoutAccountId, code = rightCode } = { ...payout, ...its }
      return payOut({
        merchantId,
        sessionId,
        referenceId,
        sent: { sessionId, payoutAccountId },
        approval: { phone: approverPhone, userId: undefined, code, device },
      })
    },
    transfer: (asked) => transfer({ ...asked, sent: { sessionId: asked.sessionId } }),
    refund: (asked) => refund({ ...asked, sent: { sessionId: asked.sessionId } }),
    check: () => {
      clock.advance(60 * 60_000)
      return checkDue(checks)
    },
  }
}

/** A merchant with money, a contact, an account to pay out to and a passcode to approve it with. */
export interface Spender {
  readonly merchantId: MerchantId
  readonly wallets: Readonly<Record<Currency, WalletId>>
  readonly counterpartyId: CounterpartyId
  readonly partyId: PartyId
  readonly payoutAccountId: PaymentAccountId
}

export async function aSpender(db: Queryable, funds: Partial<Record<Currency, bigint>> = {}): Promise<Spender> {
  const merchantId = await aMerchant(db)
  const { USD = 1_000_000n, LRD = 100_000_000n, RWF = 1_000_000n } = funds
  const opening = [money(USD, 'USD'), money(LRD, 'LRD'), money(RWF, 'RWF')].filter(({ minor }) => minor > 0n)
  await openWallets(db, merchantId, opening, noon)
  const { id: counterpartyId, partyId } = await aCounterparty(db, merchantId)
  const payoutAccountId = await aPaymentAccount(db, merchantId, partyId, { operation: 'PAYOUT' })
  await setPasscode(db, { merchantId, phone: approverPhone, userId: 'u-1', code: rightCode }, noon)
  const walletIn = async (currency: Currency): Promise<WalletId> => {
    const wallet = await findWalletIn(db, merchantId, currency)
    return wallet?.id ?? ('0' as WalletId)
  }
  const wallets = { USD: await walletIn('USD'), LRD: await walletIn('LRD'), RWF: await walletIn('RWF') }
  return { merchantId, wallets, counterpartyId, partyId, payoutAccountId }
}

/** An account that pays into a contact's wallet on this platform. */
export const aWalletAccount = (db: Queryable, { merchantId, partyId }: Spender): Promise<PaymentAccountId> =>
  aPaymentAccount(db, merchantId, partyId, { operation: 'PAYOUT', provider: 'PLATFORM', method: 'WALLET' })

export async function aPayout(
  { sessions }: MoneyProcess,
  { merchantId, payoutAccountId }: Pick<Spender, 'merchantId' | 'payoutAccountId'>,
  amount: Money = money(10_000n, 'USD'),
): Promise<Payout> {
  const terms = { payoutAccountId, amount: moneyToNumber(amount), currency: amount.currency }
  const session = await sessions.openPayout(merchantId, terms)
  return { merchantId, sessionId: session.id, payoutAccountId, referenceId: randomUUID() }
}

export async function aTransfer(
  { sessions, clock }: MoneyProcess,
  { merchantId, wallets, counterpartyId }: Pick<Spender, 'merchantId' | 'wallets' | 'counterpartyId'>,
  amount: Money = money(10_000n, 'USD'),
): Promise<BySession> {
  const { id: sessionId } = await sessions.openTransfer(merchantId, {
    walletId: wallets[amount.currency],
    counterpartyId,
    amount: moneyToNumber(amount),
    currency: amount.currency,
    expiresAt: addMs(clock.now(), 60_000),
  })
  return { merchantId, sessionId, referenceId: randomUUID() }
}

export async function aRefund(
  { sessions, clock }: MoneyProcess,
  { merchantId, id }: { readonly merchantId: MerchantId; readonly id: ExecutionId },
  amount: Money,
): Promise<BySession> {
  const { id: sessionId } = await sessions.openRefund(merchantId, {
    collectionId: id,
    amount: moneyToNumber(amount),
    expiresAt: addMs(clock.now(), 60_000),
    reason: 'Returned',
  })
  return { merchantId, sessionId, referenceId: randomUUID() }
}

/** A collection that was paid, at the prices of this moment. */
export async function aPaidCollection(
  { collect, recordOutcome }: MoneyProcess,
  payable: Payable,
  currency: Currency = payable.total.currency,
): Promise<Execution> {
  const execution = await collect(payable, { currency })
  const recorded = await recordOutcome(execution, { kind: 'completed', amount: execution.payer, transactionId: 'MP-1' })
  invariant(recorded?.status === 'COMPLETED', 'a collection under way')
  return execution
}
