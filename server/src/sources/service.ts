import { type Clock } from '../kernel/clock.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type CounterpartyId, type MerchantId, type SourceId, type SourceItemId } from '../kernel/ids.ts'
import { type Currency } from '../kernel/currencies.ts'
import { money, type Money, sumOf } from '../kernel/money.ts'
import { readAmount, requireBelowLargest } from '../platform/http/amounts.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type Page } from '../platform/db/rows.ts'
import { type Counterparty, findCounterparty } from '../parties/index.ts'
import { type NewItem, type NewSource, parseNumber, type Source, type SourceChange, type SourceItem } from './model.ts'
import {
  CounterpartyUnknown,
  ItemCurrencyDiffers,
  ItemNotFound,
  SourceNotCancelable,
  SourceNotFound,
  SourceNotIdle,
  SourceWithoutItems,
} from './problems.ts'
import * as store from './store.ts'

export interface SourcesContext {
  readonly db: Pool
  readonly clock: Clock
  /** Ends the open sessions of a canceled document, in the transaction that cancels it. */
  readonly expireSessions: (tx: Queryable, merchantId: MerchantId, sourceId: SourceId, now: Date) => Promise<void>
}

/** A document as a caller names it: the id may be anything a path can hold. */
export interface SourceRef {
  readonly merchantId: MerchantId
  readonly kind: SourceKind
  readonly id: SourceId | undefined
}

export interface SourceDetail {
  readonly source: Source
  readonly items: readonly SourceItem[]
  readonly counterparty: Counterparty | undefined
}

export async function createSource(
  { db, clock }: SourcesContext,
  merchantId: MerchantId,
  draft: Omit<NewSource, 'counterpartyId'> & { readonly counterpartyId: CounterpartyId | undefined },
): Promise<Source> {
  const { counterpartyId } = draft
  const made = counterpartyId && (await store.insertSource(db, merchantId, { ...draft, counterpartyId }, clock.now()))
  if (!made) throw new CounterpartyUnknown()
  return made
}

/**
 * A document that is published with its lines from the start. Runs in the transaction of whoever needs more than the
 * document.
 */
export async function createPublished(
  tx: Queryable,
  merchantId: MerchantId,
  draft: NewSource,
  items: readonly NewItem[],
  now: Date,
): Promise<Source> {
  const total = totalOf(draft.currency, items)
  const made = await store.insertSource(tx, merchantId, draft, now, total)
  if (!made) throw new CounterpartyUnknown()
  await store.insertItems(tx, merchantId, made, items, now)
  return made
}

export const listSources = (
  { db }: SourcesContext,
  merchantId: MerchantId,
  filter: store.SourceFilter,
  page: Page,
): Promise<Source[]> => store.listSources(db, merchantId, filter, page)

export async function getSource(db: Queryable, { merchantId, kind, id }: SourceRef): Promise<Source> {
  const source = id && (await store.findSource(db, { merchantId, kind, id }))
  if (!source) throw new SourceNotFound(kind)
  return source
}

export async function getSourceByNumber(
  db: Queryable,
  merchantId: MerchantId,
  kind: SourceKind,
  text: string,
): Promise<Source> {
  const number = parseNumber(kind, text)
  const source = number && (await store.findSourceByNumber(db, merchantId, number))
  if (!source) throw new SourceNotFound(kind)
  return source
}

export async function describeSource(db: Queryable, merchantId: MerchantId, source: Source): Promise<SourceDetail> {
  const [items, counterparty] = await Promise.all([
    store.listItems(db, merchantId, source),
    findCounterparty(db, merchantId, source.counterpartyId),
  ])
  return { source, items, counterparty }
}

/** Runs an edit on a draft that nobody else can touch meanwhile. */
async function onDraft<T>(
  { db }: SourcesContext,
  { merchantId, kind, id }: SourceRef,
  edit: (tx: Queryable, draft: Source) => Promise<T>,
): Promise<T> {
  return withTx(db, async (tx) => {
    const source = id && (await store.lockSource(tx, { merchantId, kind, id }))
    if (!source) throw new SourceNotFound(kind)
    if (source.status !== 'IDLE') throw new SourceNotIdle(kind)
    return edit(tx, source)
  })
}

const keyOf = (merchantId: MerchantId, { kind, id }: Source): store.SourceKey => ({ merchantId, kind, id })

export const updateSource = (context: SourcesContext, ref: SourceRef, change: SourceChange): Promise<Source> =>
  onDraft(context, ref, (tx, draft) =>
    store.updateSource(tx, keyOf(ref.merchantId, draft), change, context.clock.now()),
  )

const lineTotal = ({ qty, unit }: { readonly qty: bigint; readonly unit: Money }): Money =>
  money(qty * unit.minor, unit.currency)

export const totalOf = (currency: Currency, items: readonly NewItem[]): Money => sumOf(currency, items.map(lineTotal))

/** The total with one line replaced, or added when it stands in for none. */
async function retotal(
  tx: Queryable,
  { merchantId }: SourceRef,
  draft: Source,
  replaced: SourceItemId | undefined,
  line: { readonly qty: bigint; readonly unit: Money },
): Promise<Money> {
  requireBelowLargest(lineTotal(line), 'amount')
  const others = (await store.listItems(tx, merchantId, draft)).filter((item) => item.id !== replaced)
  const total = money(
    others.reduce((sum, item) => sum + lineTotal(item).minor, lineTotal(line).minor),
    draft.total.currency,
  )
  requireBelowLargest(total, 'amount')
  return total
}

export function addItem(
  context: SourcesContext,
  ref: SourceRef,
  item: { readonly name: string; readonly currency: string; readonly qty: number; readonly amount: number },
): Promise<SourceItem> {
  return onDraft(context, ref, async (tx, draft) => {
    const { currency } = draft.total
    if (item.currency !== currency) throw new ItemCurrencyDiffers(ref.kind, currency)
    const line = { name: item.name, qty: BigInt(item.qty), unit: readAmount(item.amount, currency, 'amount') }
    const total = await retotal(tx, ref, draft, undefined, line)
    const now = context.clock.now()
    await store.setTotal(tx, ref.merchantId, draft, total, now)
    return store.insertItem(tx, ref.merchantId, draft, line, now)
  })
}

async function getItem(
  tx: Queryable,
  { merchantId, kind }: SourceRef,
  draft: Source,
  id: SourceItemId | undefined,
): Promise<SourceItem> {
  const item = (await store.listItems(tx, merchantId, draft)).find((each) => each.id === id)
  if (!item) throw new ItemNotFound(kind)
  return item
}

export function updateItem(
  context: SourcesContext,
  ref: SourceRef,
  itemId: SourceItemId | undefined,
  change: { readonly name: string | null; readonly qty: number | null; readonly amount: number | null },
): Promise<SourceItem> {
  return onDraft(context, ref, async (tx, draft) => {
    const item = await getItem(tx, ref, draft, itemId)
    const line = {
      name: change.name ?? item.name,
      qty: change.qty === null ? item.qty : BigInt(change.qty),
      unit: change.amount === null ? item.unit : readAmount(change.amount, draft.total.currency, 'amount'),
    }
    const total = await retotal(tx, ref, draft, item.id, line)
    const now = context.clock.now()
    await store.setTotal(tx, ref.merchantId, draft, total, now)
    return store.updateItem(tx, ref.merchantId, draft, item.id, line, now)
  })
}

export function removeItem(context: SourcesContext, ref: SourceRef, itemId: SourceItemId | undefined): Promise<void> {
  return onDraft(context, ref, async (tx, draft) => {
    const item = await getItem(tx, ref, draft, itemId)
    const total = money(draft.total.minor - lineTotal(item).minor, draft.total.currency)
    await store.setTotal(tx, ref.merchantId, draft, total, context.clock.now())
    await store.deleteItem(tx, ref.merchantId, draft, item.id)
  })
}

/** From here on nothing can be edited. */
export function publishSource(context: SourcesContext, ref: SourceRef): Promise<Source> {
  return onDraft(context, ref, async (tx, draft) => {
    // Lines are above zero, so a total of zero is a document without lines.
    if (draft.total.minor === 0n) throw new SourceWithoutItems(ref.kind)
    return store.setSourceStatus(tx, keyOf(ref.merchantId, draft), 'ACTIVE', context.clock.now())
  })
}

/** Final. Never while a payment is under way. */
export function cancelSource(context: SourcesContext, { merchantId, kind, id }: SourceRef): Promise<Source> {
  return withTx(context.db, async (tx) => {
    const source = id && (await store.lockSource(tx, { merchantId, kind, id }))
    if (!source) throw new SourceNotFound(kind)
    if (source.status !== 'IDLE' && source.status !== 'ACTIVE') throw new SourceNotCancelable(kind)
    const now = context.clock.now()
    await context.expireSessions(tx, merchantId, source.id, now)
    return store.setSourceStatus(tx, keyOf(merchantId, source), 'CANCELED', now)
  })
}
