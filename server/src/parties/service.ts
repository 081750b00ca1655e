import { type Clock } from '../kernel/clock.ts'
import { type CounterpartyId, type MerchantId, type PartyId } from '../kernel/ids.ts'
import { type RelationshipType } from '../kernel/enums.ts'
import { invariant } from '../kernel/invariant.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type Page } from '../platform/db/rows.ts'
import { type Counterparty, type NewParty, type Party } from './model.ts'
import { PartyNeeded, PartyUnknown } from './problems.ts'
import * as store from './store.ts'

export interface PartiesContext {
  readonly db: Pool
  readonly clock: Clock
}

export const createParty = ({ db, clock }: PartiesContext, merchantId: MerchantId, party: NewParty): Promise<Party> =>
  store.insertParty(db, merchantId, party, clock.now())

export async function getParty(
  { db }: PartiesContext,
  merchantId: MerchantId,
  id: PartyId | undefined,
): Promise<Party> {
  const party = id && (await store.findParty(db, merchantId, id))
  if (!party) throw new NotFound('Party')
  return party
}

export const listParties = (
  { db }: PartiesContext,
  merchantId: MerchantId,
  filter: store.PartyFilter,
  page: Page,
): Promise<Party[]> => store.listParties(db, merchantId, filter, page)

export interface CounterpartyDraft {
  readonly relationshipType: RelationshipType
  /** Null when left out, undefined when it can be no id of ours. */
  readonly partyId: PartyId | null | undefined
}

/** Without a party only SELF makes sense: the merchant's own party, made on first use. */
export async function createCounterparty(
  { db, clock }: PartiesContext,
  merchantId: MerchantId,
  { relationshipType, partyId }: CounterpartyDraft,
): Promise<Counterparty> {
  if (partyId === null && relationshipType !== 'SELF') throw new PartyNeeded()
  const now = clock.now()
  const made = await withTx(db, async (tx) => {
    const of = partyId === null ? await store.claimSelfParty(tx, merchantId, now) : partyId
    return of && store.insertCounterparty(tx, merchantId, { relationshipType, partyId: of }, now)
  })
  if (!made) throw new PartyUnknown()
  return made
}

/** Somebody known by phone, and what they are to the merchant. */
export interface PayerDraft extends NewParty {
  readonly relationshipType: RelationshipType
}

/**
 * The oldest party with this phone, in this relationship; whatever of the two is missing is made. A party that is there keeps
 * its name and e-mail. Runs in the transaction of whoever bills them.
 */
export async function claimCounterparty(
  tx: Queryable,
  merchantId: MerchantId,
  { relationshipType, ...payer }: PayerDraft,
  now: Date,
): Promise<Counterparty> {
  await store.lockPhone(tx, merchantId, payer.phone)
  const party =
    (await store.findPartyByPhone(tx, merchantId, payer.phone)) ?? (await store.insertParty(tx, merchantId, payer, now))
  const fields = { relationshipType, partyId: party.id }
  const counterparty =
    (await store.findCounterpartyOf(tx, merchantId, fields)) ??
    (await store.insertCounterparty(tx, merchantId, fields, now))
  invariant(counterparty, 'a party just found or made')
  return counterparty
}

export async function getCounterparty(
  { db }: PartiesContext,
  merchantId: MerchantId,
  id: CounterpartyId | undefined,
): Promise<Counterparty> {
  const counterparty = id && (await store.findCounterparty(db, merchantId, id))
  if (!counterparty) throw new NotFound('Counterparty')
  return counterparty
}

export const listCounterparties = (
  { db }: PartiesContext,
  merchantId: MerchantId,
  filter: store.CounterpartyFilter,
  page: Page,
): Promise<Counterparty[]> => store.listCounterparties(db, merchantId, filter, page)

export async function updateCounterparty(
  context: PartiesContext,
  merchantId: MerchantId,
  id: CounterpartyId | undefined,
  change: { readonly relationshipType: RelationshipType | null; readonly partyId: PartyId | null | undefined },
): Promise<Counterparty> {
  const { id: known } = await getCounterparty(context, merchantId, id)
  if (
    change.partyId === undefined ||
    (change.partyId && !(await store.findParty(context.db, merchantId, change.partyId)))
  ) {
    throw new PartyUnknown()
  }
  const fields = {
    ...(change.relationshipType && { relationshipType: change.relationshipType }),
    ...(change.partyId && { partyId: change.partyId }),
  }
  const updated = await store.updateCounterparty(context.db, merchantId, known, fields, context.clock.now())
  if (!updated) throw new NotFound('Counterparty')
  return updated
}
