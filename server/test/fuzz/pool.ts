import { type DescribedOperation } from '../conformance/described.ts'
import { type Chance } from './chance.ts'

/** Something a server has told of, with what else was said of it. */
export interface Thing {
  readonly id: string | number
  readonly facts: Readonly<Record<string, unknown>>
}

export type Kind =
  'party' | 'counterparty' | 'source' | 'item' | 'session' | 'account' | 'wallet' | 'intent' | 'reference' | 'merchant'

/** Which kind of thing a field names, in requests and in answers. */
const kindsByField: Readonly<Record<string, Kind>> = {
  party_id: 'party',
  counterparty_id: 'counterparty',
  to_counterparty_id: 'counterparty',
  source_id: 'source',
  invoice_id: 'source',
  order_id: 'source',
  session_id: 'session',
  payment_account_id: 'account',
  payout_account_id: 'account',
  wallet_id: 'wallet',
  from_wallet_id: 'wallet',
  original_payment_intent_id: 'intent',
  payment_intent_id: 'intent',
  owner_id: 'merchant',
  merchant_id: 'merchant',
}

const kindsByFolder: Readonly<Record<string, Kind>> = {
  parties: 'party',
  counterparties: 'counterparty',
  invoices: 'source',
  orders: 'source',
  sessions: 'session',
  'payment-accounts': 'account',
  wallets: 'wallet',
}

/** What an operation calls `id`. */
export function kindOfId({ path }: DescribedOperation): Kind | undefined {
  return path.includes('/items/') ? 'item' : kindsByFolder[path.split('/')[2] ?? '']
}

export function kindOf(operation: DescribedOperation, field: string): Kind | undefined {
  if (field === 'id') return kindOfId(operation)
  if (field === 'reference_id' && /^\/v1\/(status|executions)\//.test(operation.path)) return 'reference'
  return kindsByField[field]
}

type Facts = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The ids a merchant has come to know, by kind: what later requests are made of. */
export interface Pool {
  readonly learn: (operation: DescribedOperation, facts: Facts, answer: unknown) => void
  /** Adds to what is known of a thing. */
  readonly note: (kind: Kind, id: unknown, facts: Facts) => void
  /** One that fits, or any if none does; the newest as often as the share says. */
  readonly choose: (chance: Chance, kind: Kind, newest: number, fits?: (thing: Thing) => boolean) => Thing | undefined
  /** Another that begins with what this one knows. */
  readonly fork: () => Pool
}

export function createPool(known: ReadonlyMap<Kind, readonly Thing[]> = new Map()): Pool {
  const things = new Map<Kind, Thing[]>([...known].map(([kind, list]) => [kind, [...list]]))

  const add = (kind: Kind, id: unknown, facts: Facts): void => {
    if (typeof id !== 'string' && typeof id !== 'number') return
    const list = things.get(kind) ?? []
    const index = list.findIndex((thing) => thing.id === id)
    const thing = { id, facts: { ...(index < 0 ? {} : list[index]?.facts), ...facts } }
    if (index < 0) list.push(thing)
    else list[index] = thing
    things.set(kind, list)
  }

  const learnFrom = (operation: DescribedOperation, facts: Facts, answer: unknown): void => {
    if (Array.isArray(answer)) {
      for (const each of answer.slice(0, 5)) learnFrom(operation, facts, each)
      return
    }
    if (!isObject(answer)) return
    for (const [field, value] of Object.entries(answer)) {
      const kind = kindOf(operation, field)
      if (kind !== undefined) add(kind, value, field === 'id' ? { ...facts, ...answer } : {})
    }
  }

  return {
    learn: learnFrom,
    note: add,
    choose(chance, kind, newest, fits = () => true) {
      const all = things.get(kind) ?? []
      const fitting = all.filter(fits)
      const among = fitting.length > 0 ? fitting : all
      return chance.is(newest) ? among.at(-1) : chance.pick(among)
    },
    fork: () => createPool(things),
  }
}
