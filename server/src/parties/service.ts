import { type Clock } from '../kernel/clock.ts'
import { type CounterpartyId, type MerchantId, type PartyId } from '../kernel/ids.ts'
import { type RelationshipType } from '../kernel/enums.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool, withTx } from '../platform/db/pool.ts'
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
