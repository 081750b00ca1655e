import {
  type ExecutionStatus,
  type FeeBearer,
  type OperationType,
  type PaymentMethod,
  type ProviderName,
  type SourceKind,
  type WalletStatus,
} from '../kernel/enums.ts'
import {
  type ExecutionId,
  type MerchantId,
  type PaymentAccountId,
  type ProviderReference,
  type SessionId,
  type SourceId,
} from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { type Money } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { inOrder, numbered, type Page, query, queryOne, readMoney, type Row } from '../platform/db/rows.ts'
import { type CollectionIntent, type Execution, type Intent } from './model.ts'

export interface ExecutionRow extends Row {
  merchant_id: string
  id: string
  reference_id: string
  operation: OperationType
  status: ExecutionStatus
  provider: ProviderName
  method: PaymentMethod
  session_id: string
  source_id: string | null
  provider_reference: string
  refunds_reference: string | null
  refunds_transaction: string | null
  account_number: string | null
  return_url: string | null
  note: string
  payer_minor: string
  payer_currency: string
  payee_minor: string
  payee_currency: string
  requires_action: boolean
  provider_transaction_id: string | null
  gateway_message: string | null
  wallet_message: string | null
  retry_not_before: Date | null
  created_at: Date
  updated_at: Date
}

/** The columns `toExecution` reads, of a table or function result called `e`. */
export const executionColumns = `e.merchant_id, e.id, e.reference_id, e.operation, e.status, e.session_id, e.source_id, e.provider, e.method,
       e.provider_reference, e.refunds_reference, e.account_number, e.return_url, e.note, e.payer_minor, e.payer_currency, e.payee_minor,
       e.payee_currency, e.requires_action, e.provider_transaction_id, e.gateway_message, e.wallet_message, e.retry_not_before, e.created_at,
       e.updated_at,
       case when e.refunds_execution_id is not null then (
         select o.provider_transaction_id
         from executions o
         where o.merchant_id = e.merchant_id and o.id = e.refunds_execution_id
       ) end as refunds_transaction`

export const toExecution = (row: ExecutionRow): Execution => ({
  merchantId: row.merchant_id as MerchantId,
  id: row.id as ExecutionId,
  referenceId: row.reference_id,
  operation: row.operation,
  status: row.status,
  sessionId: row.session_id as SessionId,
  sourceId: (row.source_id ?? undefined) as SourceId | undefined,
  provider: row.provider,
  method: row.method,
  providerReference: row.provider_reference as ProviderReference,
  refundsReference: (row.refunds_reference ?? undefined) as ProviderReference | undefined,
  refundsTransaction: row.refunds_transaction ?? undefined,
  accountNumber: row.account_number ?? undefined,
  returnUrl: row.return_url ?? undefined,
  note: row.note,
  payer: readMoney(row.payer_minor, row.payer_currency),
  payee: readMoney(row.payee_minor, row.payee_currency),
  requiresAction: row.requires_action,
  providerTransactionId: row.provider_transaction_id ?? undefined,
  gatewayMessage: row.gateway_message ?? undefined,
  walletMessage: row.wallet_message ?? undefined,
  retryNotBefore: row.retry_not_before ?? undefined,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

export async function findByReference(
  db: Queryable,
  merchantId: MerchantId,
  referenceId: string,
): Promise<Execution | undefined> {
  const row = await queryOne<ExecutionRow>(
    db,
    'find-execution-by-reference',
    `select ${executionColumns}
     from executions e
     where e.merchant_id = $1 and e.reference_id = $2`,
    [merchantId, referenceId],
  )
  return row && toExecution(row)
}

/** Like `findByReference`, for a reference that is claimed. */
export async function getByReference(db: Queryable, merchantId: MerchantId, referenceId: string): Promise<Execution> {
  const execution = await findByReference(db, merchantId, referenceId)
  invariant(execution, 'an execution under a claimed reference')
  return execution
}

export interface ExecutionFilter {
  readonly operation: OperationType | undefined
  readonly status: ExecutionStatus | undefined
  readonly sourceKind: SourceKind | undefined
  readonly sourceId: SourceId | undefined
  readonly createdFrom: Date | undefined
  readonly createdTo: Date | undefined
}

/** An execution in a list, which names its document's kind. */
export interface ListedExecution extends Execution {
  readonly sourceKind: SourceKind | undefined
}

/** Newest first. `createdTo` itself is not in it, so that periods laid end to end count nothing twice. */
export async function listExecutions(
  db: Queryable,
  merchantId: MerchantId,
  filter: ExecutionFilter,
  page: Page,
): Promise<ListedExecution[]> {
  const rows = await query<ExecutionRow & { source_kind: SourceKind | null }>(
    db,
    'list-executions',
    `select ${executionColumns}, source.kind as source_kind
     from executions e
     left join sources source on source.merchant_id = e.merchant_id and source.id = e.source_id
     where e.merchant_id = $1
       and e.id < $2
       and ($3::text is null or e.operation = $3)
       and ($4::text is null or e.status = $4)
       and ($5::text is null or source.kind = $5)
       and ($6::bigint is null or e.source_id = $6)
       and ($7::timestamptz is null or e.created_at >= $7)
       and ($8::timestamptz is null or e.created_at < $8)
     order by e.id desc
     limit $9`,
    [
      merchantId,
      page.before,
      filter.operation,
      filter.status,
      filter.sourceKind,
      filter.sourceId,
      filter.createdFrom,
      filter.createdTo,
      page.most,
    ],
  )
  return rows.map((row) => ({ ...toExecution(row), sourceKind: row.source_kind ?? undefined }))
}

/** A try at paying a document: what its payer may be told of it. */
export interface Attempt {
  readonly status: ExecutionStatus
  readonly method: PaymentMethod
  readonly accountNumber: string | undefined
  readonly payer: Money
  readonly requiresAction: boolean
  readonly failureCode: string | undefined
  /** Why it failed, in the network's words or our own. */
  readonly message: string | undefined
  readonly startedAt: Date
}

interface AttemptRow extends Row {
  status: ExecutionStatus
  method: PaymentMethod
  account_number: string | null
  payer_minor: string
  payer_currency: string
  requires_action: boolean
  failure_code: string | null
  message: string | null
  created_at: Date
}

const attemptColumns = `status, method, account_number, payer_minor, payer_currency, requires_action, failure_code,
            coalesce(gateway_message, wallet_message) as message, created_at`

const toAttempt = (row: AttemptRow): Attempt => ({
  status: row.status,
  method: row.method,
  accountNumber: row.account_number ?? undefined,
  payer: readMoney(row.payer_minor, row.payer_currency),
  requiresAction: row.requires_action,
  failureCode: row.failure_code ?? undefined,
  message: row.message ?? undefined,
  startedAt: row.created_at,
})

/** The try under a reference, if it was at this document. */
export async function findAttempt(
  db: Queryable,
  merchantId: MerchantId,
  sourceId: SourceId,
  referenceId: string,
): Promise<Attempt | undefined> {
  const row = await queryOne<AttemptRow>(
    db,
    'find-attempt',
    `select ${attemptColumns}
     from executions
     where merchant_id = $1 and reference_id = $2 and source_id = $3 and operation = 'COLLECTION'`,
    [merchantId, referenceId, sourceId],
  )
  return row && toAttempt(row)
}

/** The one try at a document that did not fail: it is under way, or has paid it. */
export async function findStandingAttempt(
  db: Queryable,
  merchantId: MerchantId,
  sourceId: SourceId,
): Promise<Attempt | undefined> {
  const row = await queryOne<AttemptRow>(
    db,
    'find-standing-attempt',
    `select ${attemptColumns}
     from executions
     where merchant_id = $1 and source_id = $2 and operation = 'COLLECTION' and status <> 'FAILED'`,
    [merchantId, sourceId],
  )
  return row && toAttempt(row)
}

/** The last try at a document, whatever became of it. */
export async function findLatestAttempt(
  db: Queryable,
  merchantId: MerchantId,
  sourceId: SourceId,
): Promise<Attempt | undefined> {
  const row = await queryOne<AttemptRow>(
    db,
    'find-latest-attempt',
    `select ${attemptColumns}
     from executions
     where merchant_id = $1 and source_id = $2 and operation = 'COLLECTION'
     order by id desc
     limit 1`,
    [merchantId, sourceId],
  )
  return row && toAttempt(row)
}

export interface CollectionQuestion {
  readonly merchantId: MerchantId
  readonly referenceId: string
  readonly sessionId: SessionId | undefined
  readonly paymentAccountId: PaymentAccountId | undefined
}

/** What a collection is judged and priced by. What does not exist for this merchant is undefined. */
export interface CollectionContext {
  readonly known: { readonly fingerprint: string } | undefined
  readonly source:
    | {
        readonly id: SourceId
        readonly kind: SourceKind
        readonly year: number
        readonly counter: bigint
        readonly total: Money
        readonly feeBearer: FeeBearer
      }
    | undefined
  readonly account:
    | {
        readonly id: PaymentAccountId
        readonly isActive: boolean
        readonly provider: ProviderName
        readonly method: PaymentMethod
        readonly accountNumber: string | undefined
      }
    | undefined
  readonly tierId: string | undefined
  /** How the wallet stands that would be credited; undefined for one that its first credit opens. */
  readonly walletStatus: WalletStatus | undefined
}

interface ContextRow extends Row {
  ord: number
  known_fingerprint: Buffer | null
  source_id: string | null
  source_kind: SourceKind
  number_year: number
  number_counter: string
  total_minor: string
  currency: string
  fee_bearer: FeeBearer
  account_id: string | null
  is_active: boolean
  provider: ProviderName
  method: PaymentMethod
  account_number: string | null
  tier_id: string | null
  wallet_status: WalletStatus | null
}

const toContext = (row: ContextRow): CollectionContext => ({
  known: row.known_fingerprint ? { fingerprint: row.known_fingerprint.toString('hex') } : undefined,
  source:
    row.source_id === null
      ? undefined
      : {
          id: row.source_id as SourceId,
          kind: row.source_kind,
          year: row.number_year,
          counter: BigInt(row.number_counter),
          total: readMoney(row.total_minor, row.currency),
          feeBearer: row.fee_bearer,
        },
  account:
    row.account_id === null
      ? undefined
      : {
          id: row.account_id as PaymentAccountId,
          isActive: row.is_active,
          provider: row.provider,
          method: row.method,
          accountNumber: row.account_number ?? undefined,
        },
  tierId: row.tier_id ?? undefined,
  walletStatus: row.wallet_status ?? undefined,
})

export async function findCollectionContexts(
  db: Queryable,
  asked: readonly CollectionQuestion[],
): Promise<CollectionContext[]> {
  const rows = await query<ContextRow>(
    db,
    'collection-contexts',
    `select ord, known_fingerprint, source_id, source_kind, number_year, number_counter, total_minor, currency, fee_bearer,
            account_id, is_active, provider, method, account_number, tier_id, wallet_status
     from collection_contexts($1::jsonb)`,
    [
      numbered(
        asked.map((each) => ({
          merchant_id: each.merchantId,
          reference_id: each.referenceId,
          session_id: each.sessionId ?? null,
          payment_account_id: each.paymentAccountId ?? null,
        })),
      ),
    ],
  )
  return inOrder(rows, asked.length).map(toContext)
}

export type ClaimVerdict =
  | 'claimed'
  | 'failed'
  | 'replayed'
  | 'reference_reused'
  | 'session_not_found'
  | 'session_not_active'
  | 'session_expired'
  | 'source_not_active'
  | 'prompt_open'
  | 'again'

export interface Claim {
  readonly verdict: ClaimVerdict
  /** The execution under this reference, this one or the one that was there before; undefined where there is none. */
  readonly executionId: ExecutionId | undefined
  /** Until when the payer's phone is kept free of another prompt, where that is why it was refused. */
  readonly freeAt?: Date | undefined
}

/** The fields that every claim hands over. */
export const intentFields = (intent: Intent) => ({
  merchant_id: intent.merchantId,
  reference_id: intent.referenceId,
  fingerprint: intent.fingerprint,
  session_id: intent.sessionId,
  payment_account_id: intent.paymentAccountId ?? null,
  provider: intent.provider,
  method: intent.method,
  provider_reference: intent.providerReference,
  account_number: intent.accountNumber ?? null,
  note: intent.note,
  payer_minor: intent.payer.minor,
  payer_currency: intent.payer.currency,
  payee_minor: intent.payee.minor,
  payee_currency: intent.payee.currency,
  platform_fee_minor: intent.platformFee.minor,
  gateway_fee_minor: intent.gatewayFee.minor,
  fx_fee_minor: intent.fxFee?.minor ?? 0n,
  fee_currency: intent.platformFee.currency,
  fx_rate_numerator: intent.rate?.numerator ?? null,
  fx_rate_denominator: intent.rate?.denominator ?? null,
  wallet_message: intent.walletMessage ?? null,
  next_check_at: intent.nextCheckAt,
})

interface ClaimRow extends Row {
  ord: number
  verdict: ClaimVerdict
  execution_id: string | null
  free_at?: Date | null
}

/**
 * The first commit of a collection. See `claim_collections` for what each verdict leaves behind, and
 * `claim_guarded_collections` for phones that have a prompt on them already.
 */
export async function claimCollections(
  db: Queryable,
  intents: readonly CollectionIntent[],
  now: Date,
  promptGuardSeconds = 0,
): Promise<Claim[]> {
  const sent = numbered(
    intents.map((intent) => ({
      ...intentFields(intent),
      source_id: intent.sourceId,
      return_url: intent.returnUrl ?? null,
    })),
  )
  const rows =
    promptGuardSeconds === 0
      ? await query<ClaimRow>(
          db,
          'claim-collections',
          'select ord, verdict, execution_id from claim_collections($1::jsonb, $2)',
          [sent, now],
        )
      : await query<ClaimRow>(
          db,
          'claim-guarded-collections',
          `select ord, verdict, execution_id, free_at
           from claim_guarded_collections($1::jsonb, $2, $3::integer * interval '1 second')`,
          [sent, now, promptGuardSeconds],
        )
  return inOrder(rows, intents.length).map((row) => ({
    verdict: row.verdict,
    executionId: (row.execution_id ?? undefined) as ExecutionId | undefined,
    freeAt: row.free_at ?? undefined,
  }))
}

export interface OutcomeRecord {
  readonly merchantId: MerchantId
  readonly executionId: ExecutionId
  readonly status: ExecutionStatus
  readonly from: readonly ExecutionStatus[]
  /** Of one that is PROCESSING: whether it waits for its payer to do something. */
  readonly requiresAction?: boolean
  readonly providerTransactionId: string | undefined
  readonly gatewayMessage: string | undefined
  readonly failureCode: string | undefined
  readonly retryNotBefore?: Date | undefined
  readonly nextCheckAt: Date | undefined
  /** Counts only while nobody has taken a check of the execution since this one. */
  readonly turn: number | undefined
}

export type OutcomeVerdict = 'applied' | 'repeated' | 'stale' | 'contradicted' | 'unknown_execution' | 'again'

export interface RecordedOutcome {
  readonly verdict: OutcomeVerdict
  /** How the execution stands now. */
  readonly status: ExecutionStatus | undefined
}

/** The second commit of an execution: status, ledger entry, source and session together. */
export async function recordOutcomes(
  db: Queryable,
  outcomes: readonly OutcomeRecord[],
  now: Date,
): Promise<RecordedOutcome[]> {
  const rows = await query<{ ord: number; verdict: OutcomeVerdict; status: ExecutionStatus | null }>(
    db,
    'record-outcomes',
    'select ord, verdict, status from record_outcomes($1::jsonb, $2)',
    [
      numbered(
        outcomes.map((outcome) => ({
          merchant_id: outcome.merchantId,
          execution_id: outcome.executionId,
          status: outcome.status,
          from: outcome.from,
          requires_action: outcome.requiresAction ?? false,
          provider_transaction_id: outcome.providerTransactionId ?? null,
          gateway_message: outcome.gatewayMessage ?? null,
          failure_code: outcome.failureCode ?? null,
          retry_not_before: outcome.retryNotBefore ?? null,
          next_check_at: outcome.nextCheckAt ?? null,
          turn: outcome.turn ?? null,
        })),
      ),
      now,
    ],
  )
  return inOrder(rows, outcomes.length).map((row) => ({ verdict: row.verdict, status: row.status ?? undefined }))
}

/** An execution whose check was taken, and the how many-eth check that is: its turn, which lasts until its next check. */
export interface DueExecution extends Execution {
  readonly turn: number
}

/**
 * Takes executions whose check is due, for this process alone: each is due again after a growing pause (5 s, 10 s, 20 s, ...
 * one hour, then hourly for as long as it takes), which is also how long another process waits should this one die before it
 * has asked. What exceeds 5 s is shortened by up to a fifth, by the execution's own id and the number of its questions, so
 * that what an outage left behind together does not come back together.
 */
export async function claimDueChecks(db: Queryable, now: Date, limit: number): Promise<DueExecution[]> {
  const rows = await query<ExecutionRow & { check_count: number }>(
    db,
    'claim-due-checks',
    `with due as materialized (
       select merchant_id, id
       from executions
       where next_check_at <= $1
       order by next_check_at
       limit $2
       for no key update skip locked
     )
     update executions e
     set
       next_check_at = $1::timestamptz + interval '1 second' * (
         5 + (least(5 * power(2, least(e.check_count, 10)), 3600) - 5)
           * (1 - mod(e.id * 7919 + e.check_count * 104729, 1000) / 5000.0)
       ),
       check_count = e.check_count + 1
     from due
     where e.merchant_id = due.merchant_id and e.id = due.id
     returning ${executionColumns}, e.check_count`,
    [now, limit],
  )
  return rows.map((row) => ({ ...toExecution(row), turn: row.check_count }))
}

/**
 * Keeps an execution's next check away until then, for whoever has its turn. False when it is no longer waiting to be asked
 * for, or when somebody else has taken a check of it since.
 */
export async function extendTurn(
  db: Queryable,
  { merchantId, id }: Pick<Execution, 'merchantId' | 'id'>,
  turn: number,
  until: Date,
): Promise<boolean> {
  const row = await queryOne(
    db,
    'extend-turn',
    `update executions
     set next_check_at = $4
     where merchant_id = $1 and id = $2 and status = 'PENDING' and check_count = $3
     returning id`,
    [merchantId, id, turn, until],
  )
  return row !== undefined
}

/** The reference of the execution under way for a session, or for what the session is to pay. */
export async function findInFlight(
  db: Queryable,
  merchantId: MerchantId,
  sessionId: SessionId,
): Promise<string | undefined> {
  const row = await queryOne<{ reference_id: string }>(
    db,
    'find-execution-in-flight',
    `select e.reference_id
     from sessions s
     join executions e
       on e.merchant_id = s.merchant_id
       and (e.session_id = s.id or e.source_id = s.source_id)
       and e.status in ('PENDING', 'PROCESSING')
     where s.merchant_id = $1 and s.id = $2
     order by e.id desc
     limit 1`,
    [merchantId, sessionId],
  )
  return row?.reference_id
}
