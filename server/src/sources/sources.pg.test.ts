import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { aCounterparty, aMerchant, aSession, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon } from '../../test/support/fakes.ts'
import { expireSessions } from '../../test/support/stores.ts'
import { type Currency } from '../kernel/currencies.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type CounterpartyId, type MerchantId, type SourceItemId } from '../kernel/ids.ts'
import { formatMoney } from '../kernel/money.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { pageOf } from '../platform/http/paging.ts'
import { formatNumber, type Source } from './model.ts'
import {
  CounterpartyUnknown,
  ItemNotFound,
  SourceNotCancelable,
  SourceNotFound,
  SourceNotIdle,
  SourceWithoutItems,
} from './problems.ts'
import * as service from './service.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 8, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

afterEach(async () => {
  expect(await findBrokenRules(pool)).toEqual({})
})

const contextAt = (time: Date = noon): service.SourcesContext => ({ db: pool, clock: aClock(time), expireSessions })

interface Biller {
  readonly merchantId: MerchantId
  readonly counterpartyId: CounterpartyId
}

async function aBiller(): Promise<Biller> {
  const merchantId = await aMerchant(pool)
  return { merchantId, counterpartyId: (await aCounterparty(pool, merchantId)).id }
}

function create(
  { merchantId, counterpartyId }: Biller,
  its: { readonly kind?: SourceKind; readonly currency?: Currency; readonly at?: Date } = {},
): Promise<Source> {
  return service.createSource(contextAt(its.at), merchantId, {
    kind: its.kind ?? 'INVOICE',
    counterpartyId,
    currency: its.currency ?? 'USD',
    note: '',
    feeBearer: 'PAYER',
    dueDate: undefined,
    asPaymentLink: true,
    referenceId: undefined,
  })
}

const refTo = ({ merchantId }: Biller, { kind, id }: Source): service.SourceRef => ({ merchantId, kind, id })

const addItem = (biller: Biller, source: Source, its: { readonly qty?: number; readonly amount?: number } = {}) =>
  service.addItem(contextAt(), refTo(biller, source), {
    name: 'Rice',
    currency: source.total.currency,
    qty: its.qty ?? 1,
    amount: its.amount ?? 10,
  })

const totalOf = async (biller: Biller, source: Source): Promise<string> =>
  formatMoney((await service.getSource(pool, refTo(biller, source))).total)

const messageOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'none'
  } catch (error) {
    if (error instanceof InvalidRequest) return error.message
    throw error
  }
}

test('a hundred documents made at once are numbered one to a hundred, without a gap or a double', async () => {
  const biller = await aBiller()
  const made = await Promise.all(Array.from({ length: 100 }, () => create(biller)))
  const counters = made.map(({ number }) => Number(number.counter)).toSorted((a, b) => a - b)
  expect(counters).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  expect(made.every(({ number, kind }) => number.year === 2025 && kind === 'INVOICE')).toBe(true)
})

test('every merchant, kind and UTC year counts on its own, even when all count at once', async () => {
  const billers = [await aBiller(), await aBiller()]
  const lastSecond = new Date('2025-12-31T23:59:59.999Z')
  const firstSecond = new Date('2026-01-01T00:00:00Z')
  const wanted = billers.flatMap((biller) =>
    (['INVOICE', 'ORDER'] as const).flatMap((kind) =>
      [lastSecond, firstSecond].flatMap((at) => [1, 2, 3].map(() => ({ biller, kind, at }))),
    ),
  )
  const made = await Promise.all(wanted.map(({ biller, kind, at }) => create(biller, { kind, at })))
  const numbers = made.map((source) => `${source.ownerId} ${formatNumber(source.number)}`).toSorted()
  const expected = billers.flatMap(({ merchantId }) =>
    ['INV-2025', 'INV-2026', 'ORD-2025', 'ORD-2026'].flatMap((prefix) =>
      [1, 2, 3].map((counter) => `${merchantId} ${prefix}-0000${counter}`),
    ),
  )
  expect(numbers).toEqual(expected.toSorted())
})

test('a document that is refused uses up no number', async () => {
  const [mine, theirs] = [await aBiller(), await aBiller()]
  const foreign = { ...mine, counterpartyId: theirs.counterpartyId }
  await expect(create(foreign)).rejects.toThrow(CounterpartyUnknown)
  await expect(create({ ...mine, counterpartyId: '999999999' as CounterpartyId })).rejects.toThrow(CounterpartyUnknown)
  expect((await create(mine)).number.counter).toBe(1n)
})

test('a document is found by its number, of its own merchant and kind', async () => {
  const [mine, theirs] = [await aBiller(), await aBiller()]
  const source = await create(mine)
  const find = (biller: Biller, kind: SourceKind, text: string) =>
    service.getSourceByNumber(pool, biller.merchantId, kind, text)
  expect((await find(mine, 'INVOICE', 'INV-2025-00001')).id).toBe(source.id)
  expect((await find(mine, 'INVOICE', 'INV-2025-1')).id).toBe(source.id)
  await expect(find(mine, 'ORDER', 'ORD-2025-00001')).rejects.toThrow(SourceNotFound)
  await expect(find(mine, 'INVOICE', 'INV-2024-00001')).rejects.toThrow(SourceNotFound)
  await expect(find(theirs, 'INVOICE', 'INV-2025-00001')).rejects.toThrow(SourceNotFound)
})

test('another merchant’s document, or one of the other kind, is not there', async () => {
  const [mine, theirs] = [await aBiller(), await aBiller()]
  const source = await create(mine)
  const wrong = [
    { ...refTo(mine, source), merchantId: theirs.merchantId },
    { ...refTo(mine, source), kind: 'ORDER' as const },
  ]
  for (const ref of wrong) {
    await expect(service.getSource(pool, ref)).rejects.toThrow(SourceNotFound)
    await expect(service.updateSource(contextAt(), ref, { note: 'x' })).rejects.toThrow(SourceNotFound)
    await expect(service.publishSource(contextAt(), ref)).rejects.toThrow(SourceNotFound)
    await expect(service.cancelSource(contextAt(), ref)).rejects.toThrow(SourceNotFound)
  }
  expect(
    await service.listSources(
      contextAt(),
      theirs.merchantId,
      { kind: 'INVOICE', currency: undefined, status: undefined },
      pageOf({}),
    ),
  ).toEqual([])
})

test('the total is the sum of the lines, through every change', async () => {
  const biller = await aBiller()
  const source = await create(biller)
  const rice = await addItem(biller, source, { qty: 3, amount: 19.99 })
  expect(await totalOf(biller, source)).toBe('59.97')
  const oil = await addItem(biller, source, { qty: 1, amount: 0.01 })
  expect(await totalOf(biller, source)).toBe('59.98')
  const change = { name: null, qty: null, amount: null }
  await service.updateItem(contextAt(), refTo(biller, source), rice.id, { ...change, qty: 2 })
  expect(await totalOf(biller, source)).toBe('39.99')
  await service.updateItem(contextAt(), refTo(biller, source), oil.id, { ...change, amount: 5.5 })
  expect(await totalOf(biller, source)).toBe('45.48')
  await service.updateItem(contextAt(), refTo(biller, source), oil.id, { ...change, name: 'Palm oil' })
  expect(await totalOf(biller, source)).toBe('45.48')
  await service.removeItem(contextAt(), refTo(biller, source), rice.id)
  expect(await totalOf(biller, source)).toBe('5.50')
})

test('lines added, changed and removed at once leave a total that is their sum', async () => {
  const biller = await aBiller()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5_000 })), {
        minLength: 2,
        maxLength: 8,
      }),
      async (lines) => {
        const source = await create(biller)
        const first = await addItem(biller, source)
        await Promise.allSettled([
          ...lines.map(([qty, cents]) => addItem(biller, source, { qty, amount: cents / 100 })),
          service.removeItem(contextAt(), refTo(biller, source), first.id),
          service.updateItem(contextAt(), refTo(biller, source), first.id, { name: null, qty: 7, amount: null }),
        ])
        const [row] = await sql<{ total: string; sum: string }>(
          pool,
          `select s.total_minor as total, sum(i.qty * i.unit_minor) as sum
           from sources s
           join source_items i on i.merchant_id = s.merchant_id and i.source_id = s.id
           where s.merchant_id = $1 and s.id = $2
           group by s.total_minor`,
          [biller.merchantId, source.id],
        )
        expect(row?.total).toBe(row?.sum)
      },
    ),
    { numRuns: 10 },
  )
})

test('a line is in the currency of its document, no finer, and no larger than any amount may be', async () => {
  const biller = await aBiller()
  const source = await create(biller, { currency: 'RWF' })
  const add = (its: { readonly currency: string; readonly qty: number; readonly amount: number }) =>
    messageOf(service.addItem(contextAt(), refTo(biller, source), { name: 'Rice', ...its }))
  expect(await add({ currency: 'USD', qty: 1, amount: 1 })).toBe('currency does not match the invoice currency RWF')
  expect(await add({ currency: 'RWF', qty: 1, amount: 1.5 })).toBe(
    'ensure that there are no more than 0 decimal places',
  )
  const tooLarge = 'ensure this value is less than or equal to 999999999999'
  expect(await add({ currency: 'RWF', qty: 2, amount: 999_999_999_999 })).toBe(tooLarge)
  expect(await add({ currency: 'RWF', qty: 1e300, amount: 1 })).toBe(tooLarge)
  expect(await add({ currency: 'RWF', qty: 1, amount: 999_999_999_999 })).toBe('none')
  expect(await add({ currency: 'RWF', qty: 1, amount: 1 })).toBe(tooLarge)
  expect(await totalOf(biller, source)).toBe('999999999999')
})

test('a document is a draft until it is published, and then nothing of it changes', async () => {
  const biller = await aBiller()
  const source = await create(biller)
  const ref = refTo(biller, source)
  await expect(service.publishSource(contextAt(), ref)).rejects.toThrow(SourceWithoutItems)
  const item = await addItem(biller, source)
  expect((await service.publishSource(contextAt(), ref)).status).toBe('ACTIVE')
  const change = { name: 'x', qty: null, amount: null }
  await expect(service.publishSource(contextAt(), ref)).rejects.toThrow(SourceNotIdle)
  await expect(service.updateSource(contextAt(), ref, { note: 'x' })).rejects.toThrow(SourceNotIdle)
  await expect(addItem(biller, source)).rejects.toThrow(SourceNotIdle)
  await expect(service.updateItem(contextAt(), ref, item.id, change)).rejects.toThrow(SourceNotIdle)
  await expect(service.removeItem(contextAt(), ref, item.id)).rejects.toThrow(SourceNotIdle)
  expect(await totalOf(biller, source)).toBe('10.00')
})

test('a document left without lines is no longer publishable', async () => {
  const biller = await aBiller()
  const source = await create(biller)
  const item = await addItem(biller, source)
  await service.removeItem(contextAt(), refTo(biller, source), item.id)
  await expect(service.publishSource(contextAt(), refTo(biller, source))).rejects.toThrow(SourceWithoutItems)
})

test('published and added to at once: the total that was published is the total that stays', async () => {
  const biller = await aBiller()
  for (let round = 0; round < 10; round += 1) {
    const source = await create(biller)
    await addItem(biller, source)
    const [published, added] = await Promise.allSettled([
      service.publishSource(contextAt(), refTo(biller, source)),
      addItem(biller, source, { amount: 5 }),
    ])
    if (published.status === 'rejected') throw published.reason
    const atPublication = formatMoney(published.value.total)
    expect(atPublication).toBe(added.status === 'fulfilled' ? '15.00' : '10.00')
    expect(await totalOf(biller, source)).toBe(atPublication)
  }
})

test('an edit changes what it names and keeps the rest', async () => {
  const biller = await aBiller()
  const source = await create(biller)
  const later = new Date('2025-06-02T00:00:00Z')
  const edited = await service.updateSource(contextAt(later), refTo(biller, source), {
    note: 'For school',
    dueDate: later,
  })
  expect(edited).toEqual({ ...source, note: 'For school', dueDate: later, updatedAt: later })
})

test('a canceled document ends its open sessions, and only those', async () => {
  const biller = await aBiller()
  const source = await create(biller)
  await addItem(biller, source)
  await service.publishSource(contextAt(), refTo(biller, source))
  const key = { merchantId: biller.merchantId, sourceId: source.id }
  const open = await aSession(pool, key)
  const other = await create(biller)
  const untouched = await aSession(pool, { merchantId: biller.merchantId, sourceId: other.id })
  expect((await service.cancelSource(contextAt(), refTo(biller, source))).status).toBe('CANCELED')
  const rows = await sql<{ id: string; status: string }>(
    pool,
    'select id, status from sessions where merchant_id = $1 order by id',
    [biller.merchantId],
  )
  expect(rows).toEqual([
    { id: open, status: 'EXPIRED' },
    { id: untouched, status: 'ACTIVE' },
  ])
  await expect(service.cancelSource(contextAt(), refTo(biller, source))).rejects.toThrow(SourceNotCancelable)
})

test('a draft may be canceled', async () => {
  const biller = await aBiller()
  const source = await create(biller)
  expect((await service.cancelSource(contextAt(), refTo(biller, source))).status).toBe('CANCELED')
  await expect(addItem(biller, source)).rejects.toThrow(SourceNotIdle)
})

test('a line of another document is not there', async () => {
  const biller = await aBiller()
  const [source, other] = [await create(biller), await create(biller)]
  const item = await addItem(biller, other)
  const ref = refTo(biller, source)
  await expect(service.removeItem(contextAt(), ref, item.id)).rejects.toThrow(ItemNotFound)
  await expect(service.removeItem(contextAt(), ref, '999999' as SourceItemId)).rejects.toThrow(ItemNotFound)
  await expect(service.removeItem(contextAt(), ref, undefined)).rejects.toThrow(ItemNotFound)
})

test('lists are newest first, and filtered by what is asked for', async () => {
  const biller = await aBiller()
  const [first, second, third] = [await create(biller), await create(biller, { currency: 'RWF' }), await create(biller)]
  await create(biller, { kind: 'ORDER' })
  await service.cancelSource(contextAt(), refTo(biller, third))
  const list = async (its: Partial<Parameters<typeof service.listSources>[2]>): Promise<string[]> =>
    (
      await service.listSources(
        contextAt(),
        biller.merchantId,
        { kind: 'INVOICE', currency: undefined, status: undefined, ...its },
        pageOf({}),
      )
    ).map(({ id }) => id)
  expect(await list({})).toEqual([third.id, second.id, first.id])
  expect(await list({ currency: 'RWF' })).toEqual([second.id])
  expect(await list({ status: 'CANCELED' })).toEqual([third.id])
  expect(await list({ currency: 'RWF', status: 'CANCELED' })).toEqual([])
})
