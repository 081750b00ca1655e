import { type ExecutionStatus, type FinalStatus, type OperationType } from '../../src/kernel/enums.ts'
import { type ProviderReference } from '../../src/kernel/ids.ts'
import { type Queryable } from '../../src/platform/db/pool.ts'
import { type ReadCallback } from '../../src/providers/provider.ts'
import { bookRules } from '../support/books.ts'
import { type Bank, type Payment } from './network.ts'

/** What was ever told to a client of one of its payments. */
export interface Told {
  readonly referenceId: string
  readonly executionId: string
  readonly status: ExecutionStatus
}

/** A provider's signed word against what was final already, acknowledged: it will not be sent again. */
export interface Contradiction {
  readonly reference: ProviderReference
  readonly told: FinalStatus
}

/** All that must hold, whatever the seed: in every committed state, or once all is quiet. */

const always: Readonly<Record<string, string>> = {
  ...bookRules,
  'a status only advances': `
    select v.subject_id, string_agg(v.status, ' ' order by v.sequence) as statuses
    from events v
    where v.subject in ('payment', 'payout', 'transfer', 'refund')
    group by v.subject, v.subject_id
    having string_agg(v.status, ' ' order by v.sequence) !~ '^(PENDING|PENDING PROCESSING|(PENDING (PROCESSING )?)?(COMPLETED|FAILED))$'`,
  'one id at the provider, one execution': `
    select provider_reference, count(*)
    from executions
    group by provider_reference
    having count(*) > 1`,
  'what a document was paid with is what its wallet got': `
    select s.id, s.total_minor, e.payee_minor
    from sources s
    join executions e on e.merchant_id = s.merchant_id and e.id = s.paid_by_execution_id
    where s.fee_bearer = 'PAYER' and e.payee_minor <> s.total_minor`,
}

/** One statement for all, so that looking after every commit is affordable. */
const brokenRules = {
  name: 'simulation-broken-rules',
  text: Object.entries(always)
    .map(
      ([rule, query]) =>
        `select '${rule.replaceAll("'", "''")}' as rule, to_jsonb(broken) as row from (${query} limit 3) broken`,
    )
    .join('\nunion all\n'),
}

interface AskedRow extends Record<string, unknown> {
  id: string
  reference_id: string
  provider_reference: string
  operation: OperationType
  status: ExecutionStatus
  asked_minor: string
  asked_currency: string
}

const askedOfProvider = {
  name: 'simulation-asked',
  text: `select id, reference_id, provider_reference, operation, status,
                case operation when 'COLLECTION' then payer_minor else payee_minor end as asked_minor,
                case operation when 'COLLECTION' then payer_currency else payee_currency end as asked_currency
         from executions
         order by id`,
}

const wordsOf = (payment: Payment): string =>
  `${payment.operation} ${payment.reference}: ${payment.amount.minor} ${payment.amount.currency}`

/** The provider has nothing but what was recorded first, and exactly that. */
function findUnrecorded(bank: Bank, asked: ReadonlyMap<string, AskedRow>): string[] {
  return [...bank.payments.values()]
    .filter((payment) => {
      const execution = asked.get(payment.reference)
      return (
        execution?.operation !== payment.operation ||
        BigInt(execution.asked_minor) !== payment.amount.minor ||
        execution.asked_currency !== payment.amount.currency
      )
    })
    .map((payment) => `the provider has what nobody recorded: ${wordsOf(payment)}`)
}

/** A client who was told that a payment is final, or which payment it is, was told the truth for good. */
function findBrokenWords(told: readonly Told[], asked: readonly AskedRow[]): string[] {
  const byReference = new Map(asked.map((execution) => [execution.reference_id, execution]))
  return told
    .filter(({ referenceId, executionId, status }) => {
      const stands = byReference.get(referenceId)
      const isFinal = status === 'COMPLETED' || status === 'FAILED'
      return stands?.id !== executionId || (isFinal && stands.status !== status)
    })
    .map(({ referenceId, status }) => `a client was told ${status} of ${referenceId}`)
}

async function listAsked(db: Queryable): Promise<AskedRow[]> {
  return (await db.query<AskedRow>(askedOfProvider)).rows
}

/** What is wrong with this committed state; empty when all is well. */
export async function findBroken(db: Queryable, bank: Bank, told: readonly Told[]): Promise<string[]> {
  const { rows } = await db.query<{ rule: string; row: unknown }>(brokenRules)
  const asked = await listAsked(db)
  return [
    ...rows.map(({ rule, row }) => `${rule}: ${JSON.stringify(row)}`),
    ...bank.complaints,
    ...findUnrecorded(bank, new Map(asked.map((execution) => [execution.provider_reference, execution]))),
    ...findBrokenWords(told, asked),
  ]
}

interface ClearingRow extends Record<string, unknown> {
  currency: string
  balance_minor: string
}

const clearing = {
  name: 'simulation-clearing',
  text: `select a.currency, b.balance_minor
         from ledger_accounts a
         join ledger_balances b on b.account_id = a.id
         where a.kind = 'clearing' and a.provider = 'PAWAPAY'`,
}

/** What we believe happened: what the provider did, except where it said two things. Then the first is to stand. */
const happened = (payment: Payment, execution: AskedRow | undefined): boolean =>
  (payment.contradicted ? execution?.status : payment.status) === 'COMPLETED'

interface FinalRow extends Record<string, unknown> {
  status: FinalStatus
  quarantined: readonly string[]
}

/** An execution that is final, and what waits for a person about it. */
async function findFinal(db: Queryable, reference: ProviderReference): Promise<FinalRow | undefined> {
  const { rows } = await db.query<FinalRow>({
    name: 'simulation-final',
    text: `select e.status, array(
             select q.told from quarantined_outcomes q where q.merchant_id = e.merchant_id and q.execution_id = e.id
           ) as quarantined
           from executions e
           where e.provider_reference = $1 and e.status in ('COMPLETED', 'FAILED')`,
    values: [reference],
  })
  return rows[0]
}

/** What a callback says against what is final now, when it is the provider's word. */
export async function findContradiction(db: Queryable, said: ReadCallback): Promise<Contradiction | undefined> {
  const { reference, tells, trust } = said
  if (trust !== 'believed' || !reference || !tells) return undefined
  const stands = await findFinal(db, reference)
  return stands && stands.status !== tells ? { reference, told: tells } : undefined
}

/** Nothing is overheard: whatever contradicted a final status waits for a person. */
async function findOverheard(db: Queryable, contradictions: readonly Contradiction[]): Promise<string[]> {
  const overheard: string[] = []
  for (const { reference, told } of contradictions) {
    const stands = await findFinal(db, reference)
    if (!stands?.quarantined.includes(told)) overheard.push(`nobody will know that ${reference} was called ${told}`)
  }
  return overheard
}

/** What is wrong once nothing is under way any more: provider and ledger agree to the minor unit. */
export async function findDisagreement(
  db: Queryable,
  bank: Bank,
  contradictions: readonly Contradiction[],
): Promise<string[]> {
  const asked = (await listAsked(db)).filter(({ operation }) => operation !== 'TRANSFER')
  const byReference = new Map(asked.map((execution) => [execution.provider_reference, execution]))
  const open = asked
    .filter(({ status }) => status === 'PENDING' || status === 'PROCESSING')
    .map(({ id, status }) => `execution ${id} is still ${status}`)
  const apart = [...bank.payments.values()]
    .filter((payment) => !payment.contradicted && byReference.get(payment.reference)?.status !== payment.status)
    .map(
      (payment) => `${byReference.get(payment.reference)?.status} here, ${payment.status} there: ${wordsOf(payment)}`,
    )

  const expected = new Map<string, bigint>()
  for (const payment of bank.payments.values()) {
    if (!happened(payment, byReference.get(payment.reference))) continue
    const { currency, minor } = payment.amount
    const sign = payment.operation === 'COLLECTION' ? -1n : 1n
    expected.set(currency, (expected.get(currency) ?? 0n) + sign * minor)
  }
  const { rows } = await db.query<ClearingRow>(clearing)
  const booked = new Map(rows.map(({ currency, balance_minor }) => [currency, BigInt(balance_minor)]))
  const off = [...new Set([...expected.keys(), ...booked.keys()])]
    .filter((currency) => (expected.get(currency) ?? 0n) !== (booked.get(currency) ?? 0n))
    .map(
      (currency) => `clearing in ${currency} is ${booked.get(currency)}, the provider's is ${expected.get(currency)}`,
    )
  return [...open, ...apart, ...off, ...(await findOverheard(db, contradictions))]
}
