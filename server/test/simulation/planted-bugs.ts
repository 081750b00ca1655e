import { type Queryable } from '../../src/platform/db/pool.ts'
import { type PaymentOrder, type Provider } from '../../src/providers/provider.ts'
import { type Chance } from '../fuzz/chance.ts'
import { sql } from '../support/builders.ts'
import { definitionOf } from './database.ts'
import { uuidFrom } from './process.ts'

/** A mistake in a money step of the database: one piece of a function replaced by another. */
export interface WrongStep {
  readonly in: string
  readonly right: string
  readonly wrong: string
}

/** What somebody could get wrong one day. A simulation that finds none of these proves nothing. */
export const wrongSteps: Readonly<Record<string, readonly WrongStep[]>> = {
  'a collection credits more than was paid for': [
    {
      in: 'execution_lines',
      right: `('wallet', e.merchant_id, null, null, e.payee_currency, 'credit', e.payee_minor)`,
      wrong: `('wallet', e.merchant_id, null, null, e.payee_currency, 'credit', e.payee_minor + e.platform_fee_minor)`,
    },
    {
      in: 'execution_lines',
      right: `('platform_fees', null, null, null, e.fee_currency, 'credit', e.platform_fee_minor),
      ('gateway_fees', null, null, e.provider, e.fee_currency, 'credit', e.gateway_fee_minor),
      ('fx_fees', null, null, null, e.fee_currency, 'credit', e.fx_fee_minor)
  ) as l (kind, merchant_id, party_id, provider, currency, side, amount_minor)
  where e.operation = 'COLLECTION'`,
      wrong: `('gateway_fees', null, null, e.provider, e.fee_currency, 'credit', e.gateway_fee_minor),
      ('fx_fees', null, null, null, e.fee_currency, 'credit', e.fx_fee_minor)
  ) as l (kind, merchant_id, party_id, provider, currency, side, amount_minor)
  where e.operation = 'COLLECTION'`,
    },
  ],
  'what a failed payout held is not given back': [
    {
      in: 'book_executions',
      right: `where (booked[nr]).status = 'COMPLETED' or (booked[nr]).operation <> 'COLLECTION'`,
      wrong: `where (booked[nr]).status = 'COMPLETED'
      or ((booked[nr]).operation <> 'COLLECTION' and (booked[nr]).status = 'PENDING')`,
    },
  ],
  'a later answer overturns a final one': [
    {
      in: 'record_outcomes',
      right: `e.status = any (o."from")`,
      wrong: `(e.status = any (o."from") or (e.status = 'FAILED' and o.status = 'COMPLETED'))`,
    },
  ],
  'what was accepted is never asked about again': [
    {
      in: 'record_outcomes',
      right: `next_check_at = o.next_check_at,`,
      wrong: `next_check_at = case when o.next_check_at is not null then 'infinity'::timestamptz end,`,
    },
  ],
  'a refused payment leaves its document waiting': [
    {
      in: 'record_outcomes',
      right: `status = case when c.status = 'COMPLETED' then 'PAID' else 'ACTIVE' end,`,
      wrong: `status = case when c.status = 'COMPLETED' then 'PAID' else s.status end,`,
    },
  ],
  'what contradicts a final status is overheard': [
    { in: 'receive_callbacks', right: `e.status <> c.tells`, wrong: `false` },
  ],
  'what became of a payment is not told': [
    {
      in: 'tell_executions',
      right: `where e.status <> o.status or e.requires_action <> o.requires_action`,
      wrong: `where e.status <> o.status and e.status <> 'FAILED'`,
    },
  ],
  'an execution can be claimed while another pays the document': [
    { in: 'claim_collections', right: `when source.status <> 'ACTIVE' then 'source_not_active'`, wrong: '' },
  ],
}

/** Alters the database's own functions, and answers what puts them right again. */
export async function plant(db: Queryable, steps: readonly WrongStep[]): Promise<() => Promise<void>> {
  const rightly = await Promise.all([...new Set(steps.map((step) => step.in))].map((name) => definitionOf(db, name)))
  for (const { in: name, right, wrong } of steps) {
    const definition = await definitionOf(db, name)
    if (!definition.includes(right)) throw new Error(`${name} does not hold what should be planted over: ${right}`)
    await sql(
      db,
      definition.replace(right, () => wrong),
    )
  }
  return async () => {
    for (const definition of rightly) await sql(db, definition)
  }
}

/** Mistakes on the way to the provider. */
export const wrongConnections: Readonly<Record<string, (provider: Provider, chance: Chance) => Provider>> = {
  'silence is taken for a refusal': (provider) => ({
    ...provider,
    submit: async (order) => {
      const outcome = await provider.submit(order)
      return outcome.kind === 'unknown' ? { kind: 'declined', code: 'TIMEOUT', message: outcome.reason } : outcome
    },
  }),
  'every try has an id of its own': (provider, chance) => ({
    ...provider,
    submit: (order: PaymentOrder) =>
      provider.submit({ ...order, reference: uuidFrom(chance) as typeof order.reference }),
  }),
  'what cannot be looked up was never received': (provider) => ({
    ...provider,
    find: async (operation, reference, known) => {
      const finding = await provider.find(operation, reference, known)
      return finding.kind === 'unknown' ? { kind: 'declined', code: 'UNKNOWN', message: finding.reason } : finding
    },
  }),
}
