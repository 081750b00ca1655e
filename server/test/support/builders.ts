import { randomUUID } from 'node:crypto'
import { type FeeBearer, type PaymentMethod, type SourceStatus } from '../../src/kernel/enums.ts'
import {
  type CounterpartyId,
  type ExecutionId,
  type MerchantId,
  mintReference,
  type PartyId,
  type PaymentAccountId,
  type SessionId,
  type SourceId,
} from '../../src/kernel/ids.ts'
import { money, type Money } from '../../src/kernel/money.ts'
import { type Queryable } from '../../src/platform/db/pool.ts'
import { type CollectionIntent, fingerprintOf, mayBecome } from '../../src/executions/model.ts'
import {
  claimCollections,
  type OutcomeRecord,
  type RecordedOutcome,
  recordOutcomes,
} from '../../src/executions/store.ts'
import { addMs } from '../../src/kernel/clock.ts'
import { noon } from './fakes.ts'

/** Builders take what a test is about and make up the rest. */

const minuteMs = 60_000

/** Runs one statement that is no business of any store. */
export async function sql<Row extends Record<string, unknown>>(
  db: Queryable,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await db.query<Row>({ text, values: [...values] })).rows
}

async function one<Row extends Record<string, unknown>>(
  db: Queryable,
  text: string,
  values: readonly unknown[],
): Promise<Row> {
  const [row] = await sql<Row>(db, text, values)
  if (!row) throw new Error(`no row: ${text}`)
  return row
}

export async function aMerchant(
  db: Queryable,
  { name = 'Kollie Market', type = 'ORGANIZATION', verified = true } = {},
): Promise<MerchantId> {
  const { id } = await one<{ id: string }>(
    db,
    `insert into merchants (name, type, verified_at, created_at, updated_at)
     values ($1, $2, $3, $4, $4)
     returning id`,
    [name, type, verified ? noon : null, noon],
  )
  return id as MerchantId
}

export async function aCounterparty(
  db: Queryable,
  merchantId: MerchantId,
  { fullname = 'Musu Kollie', phone = '231770000001' } = {},
): Promise<{ readonly id: CounterpartyId; readonly partyId: PartyId }> {
  const party = await one<{ id: string }>(
    db,
    `insert into parties (merchant_id, fullname, phone, created_at, updated_at)
     values ($1, $2, $3, $4, $4)
     returning id`,
    [merchantId, fullname, phone, noon],
  )
  const counterparty = await one<{ id: string }>(
    db,
    `insert into counterparties (merchant_id, party_id, relationship_type, created_at, updated_at)
     values ($1, $2, 'CUSTOMER', $3, $3)
     returning id`,
    [merchantId, party.id, noon],
  )
  return { id: counterparty.id as CounterpartyId, partyId: party.id as PartyId }
}

export async function aPaymentAccount(
  db: Queryable,
  merchantId: MerchantId,
  partyId: PartyId,
  {
    operation = 'COLLECTION',
    method = 'MTN_MOMO_LBR',
    provider = 'PAWAPAY',
    accountNumber = '231880000001',
    isActive = true,
  } = {},
): Promise<PaymentAccountId> {
  const { id } = await one<{ id: string }>(
    db,
    `insert into payment_accounts (
       merchant_id, party_id, operation_type, account_name, provider, method, account_number, is_active, created_at,
       updated_at
     )
     values ($1, $2, $3, 'Musu Kollie', $4, $5, $6, $7, $8, $8)
     returning id`,
    [merchantId, partyId, operation, provider, method, accountNumber, isActive, noon],
  )
  return id as PaymentAccountId
}

/** Opens one more session on a document, straight in the table. */
export async function aSession(
  db: Queryable,
  { merchantId, sourceId }: { readonly merchantId: MerchantId; readonly sourceId: SourceId },
  { status = 'ACTIVE', expiresAt = addMs(noon, 30 * minuteMs) } = {},
): Promise<SessionId> {
  const { id } = await one<{ id: string }>(
    db,
    `insert into sessions (merchant_id, type, source_id, status, expires_at, created_at, updated_at)
     values ($1, 'CHECKOUT', $2, $3, $4, $5, $5)
     returning id`,
    [merchantId, sourceId, status, expiresAt, noon],
  )
  return id as SessionId
}

/** An invoice with an open session and an account to charge: everything a collection names. */
export interface Payable {
  readonly merchantId: MerchantId
  readonly sourceId: SourceId
  readonly sessionId: SessionId
  readonly paymentAccountId: PaymentAccountId
  readonly total: Money
}

export interface PayableOptions {
  readonly merchantId?: MerchantId
  readonly total?: Money
  readonly feeBearer?: FeeBearer
  readonly sourceStatus?: SourceStatus
  readonly sessionStatus?: string
  readonly expiresAt?: Date
  readonly method?: PaymentMethod
  readonly accountIsActive?: boolean
}

/** Invoices of one merchant, each with one session. They share a payer and an account. */
export async function somePayables(db: Queryable, count: number, its: PayableOptions = {}): Promise<Payable[]> {
  const { total = money(25_000n, 'USD'), method = 'MTN_MOMO_LBR', accountIsActive: isActive = true } = its
  const merchantId = its.merchantId ?? (await aMerchant(db))
  const counterparty = await aCounterparty(db, merchantId)
  const paymentAccountId = await aPaymentAccount(db, merchantId, counterparty.partyId, { method, isActive })
  const rows = await sql<{ source_id: string; session_id: string }>(
    db,
    `with source as (
       insert into sources (
         merchant_id, kind, number_year, number_counter, counterparty_id, currency, total_minor, status, note, fee_bearer,
         as_payment_link, created_at, updated_at
       )
       select $1, 'INVOICE', 2025, known.most + n, $2, $3, $4, $5, '', $6, true, $7, $7
       from (select coalesce(max(number_counter), 0) as most from sources where merchant_id = $1) known
       cross join generate_series(1, $8::integer) n
       returning id
     )
     insert into sessions (merchant_id, type, source_id, status, expires_at, created_at, updated_at)
     select $1, 'CHECKOUT', source.id, $9, $10, $7, $7
     from source
     order by source.id
     returning source_id, id as session_id`,
    [
      merchantId,
      counterparty.id,
      total.currency,
      total.minor,
      its.sourceStatus ?? 'ACTIVE',
      its.feeBearer ?? 'PAYER',
      noon,
      count,
      its.sessionStatus ?? 'ACTIVE',
      its.expiresAt ?? addMs(noon, 30 * minuteMs),
    ],
  )
  return rows.map((row) => ({
    merchantId,
    sourceId: row.source_id as SourceId,
    sessionId: row.session_id as SessionId,
    paymentAccountId,
    total,
  }))
}

export async function aPayable(db: Queryable, its: PayableOptions = {}): Promise<Payable> {
  const [payable] = await somePayables(db, 1, its)
  if (!payable) throw new Error('no payable was made')
  return payable
}

/** A collection of the whole document: 1 % for the platform and 2 % for the network, on top. */
export function anIntent(of: Payable, its: Partial<CollectionIntent> = {}): CollectionIntent {
  const { merchantId, sessionId, sourceId, paymentAccountId, total } = of
  const platformFee = money(total.minor / 100n, total.currency)
  const gatewayFee = money(total.minor / 50n, total.currency)
  return {
    operation: 'COLLECTION',
    merchantId,
    sessionId,
    sourceId,
    paymentAccountId,
    referenceId: randomUUID(),
    fingerprint: fingerprintOf('COLLECTION', [sessionId, paymentAccountId, total.currency]),
    provider: 'PAWAPAY',
    method: 'MTN_MOMO_LBR',
    providerReference: mintReference(),
    accountNumber: '231880000001',
    note: 'INV-2025-00001',
    payer: money(total.minor + platformFee.minor + gatewayFee.minor, total.currency),
    payee: total,
    platformFee,
    gatewayFee,
    fxFee: undefined,
    rate: undefined,
    walletMessage: undefined,
    nextCheckAt: addMs(noon, 15_000),
    ...its,
  }
}

/** A recorded intent, nobody asked yet. */
export interface Claimed {
  readonly merchantId: MerchantId
  readonly executionId: ExecutionId
  readonly intent: CollectionIntent
}

export async function someExecutions(db: Queryable, count: number, its: PayableOptions = {}): Promise<Claimed[]> {
  const intents = (await somePayables(db, count, its)).map((payable) => anIntent(payable))
  const claims = await claimCollections(db, intents, noon)
  return intents.map((intent, index) => {
    const executionId = claims[index]?.executionId
    if (!executionId) throw new Error('the execution was not claimed')
    return { merchantId: intent.merchantId, executionId, intent }
  })
}

/** Records one intent, straight at the store. */
export async function claim(db: Queryable, intent: CollectionIntent): Promise<ExecutionId> {
  const [claimed] = await claimCollections(db, [intent], noon)
  if (!claimed?.executionId) throw new Error(`the execution was not claimed: ${claimed?.verdict}`)
  return claimed.executionId
}

export async function anExecution(db: Queryable, its: PayableOptions = {}): Promise<Claimed> {
  const [claimed] = await someExecutions(db, 1, its)
  if (!claimed) throw new Error('no execution was made')
  return claimed
}

/** News of an execution, as the store takes it. */
export function news(
  { merchantId, executionId }: Pick<Claimed, 'merchantId' | 'executionId'>,
  status: 'PROCESSING' | 'COMPLETED' | 'FAILED',
  its: Partial<OutcomeRecord> = {},
): OutcomeRecord {
  return {
    merchantId,
    executionId,
    status,
    from: mayBecome[status],
    providerTransactionId: status === 'COMPLETED' ? `MP-${executionId}` : undefined,
    gatewayMessage: status === 'FAILED' ? 'The payer did not approve the payment.' : undefined,
    failureCode: status === 'FAILED' ? 'PAYMENT_NOT_APPROVED' : undefined,
    nextCheckAt: status === 'PROCESSING' ? addMs(noon, 15_000) : undefined,
    turn: undefined,
    ...its,
  }
}

/** Records what became of executions, straight at the store. */
export const tell = (db: Queryable, outcomes: readonly OutcomeRecord[], at = noon): Promise<RecordedOutcome[]> =>
  recordOutcomes(db, outcomes, at)
