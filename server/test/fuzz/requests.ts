import { type DescribedOperation } from '../conformance/described.ts'
import { type Call } from '../support/black-box/api-client.ts'
import { sandboxCredentials } from '../support/black-box/server-process.ts'
import { type Chance } from './chance.ts'
import { kindOf, type Pool, type Thing } from './pool.ts'
import { garbageIds, objectFor, oddities, uuidOf, valueFor } from './values.ts'

/** A request before it is sent, in parts that can still be changed. */
export interface Draft {
  readonly operation: DescribedOperation
  readonly path: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>> | undefined
}

type Fields = Readonly<Record<string, unknown>>

/** Where ids come from: what the merchant knows, and what only others know. */
export interface Ids {
  readonly own: Pool
  readonly foreign: Pool
  /** How often it is the newest of its kind that is meant. */
  readonly newest: number
}

/** Statuses a document must have for an operation to do something with it. */
function wantedStatus({ path }: DescribedOperation): string | undefined {
  if (/\/(update|items|publish)\b/.test(path)) return 'IDLE'
  if (/\/(sessions|predictions)\//.test(path)) return 'ACTIVE'
  return /\/receipt\b/.test(path) ? 'PAID' : undefined
}

const kindOfDocument = ({ path }: DescribedOperation): string | undefined =>
  path.startsWith('/v1/orders/') ? 'ORDER' : path.startsWith('/v1/invoices/') ? 'INVOICE' : undefined

/** Documents say what they are by the name of their number. */
const isOfKind = ({ facts }: Thing, kind: string | undefined): boolean =>
  kind === undefined || Object.hasOwn(facts, kind === 'ORDER' ? 'order_number' : 'invoice_number')

function fitsFor(operation: DescribedOperation, field: string): (thing: Thing) => boolean {
  const [status, kind] = [wantedStatus(operation), kindOfDocument(operation)]
  const executed = /^\/v1\/executions\/(\w+)/.exec(operation.path)?.[1]
  switch (kindOf(operation, field)) {
    case 'source':
      return (thing) => isOfKind(thing, kind) && (status === undefined || thing.facts['status'] === status)
    case 'item':
      return (thing) => thing.facts['kind'] === kind
    case 'session':
      return ({ facts }) => facts['session'] === (executed === 'collection' ? 'checkout' : (executed ?? 'checkout'))
    case 'account':
      return ({ facts }) => facts['operation_type'] === (field.includes('payout') ? 'PAYOUT' : 'COLLECTION')
    case 'reference':
      return ({ facts }) => operation.path.includes(`/${String(facts['execution'])}/`)
    case undefined:
    case 'party':
    case 'counterparty':
    case 'wallet':
    case 'intent':
    case 'merchant':
      return () => true
  }
}

/** The sandbox's own. */
const approval: Fields = { phone: '231770000000', code: '123456' }
const credentials: Fields = { ...sandboxCredentials }

function idFor({ own, foreign, newest }: Ids, operation: DescribedOperation, field: string, chance: Chance): unknown {
  const known = (operation.path.endsWith('/payout') ? approval : credentials)[field]
  if (known !== undefined) return chance.is(0.9) ? known : undefined
  const kind = kindOf(operation, field)
  if (kind === undefined) return undefined
  // A key is the caller's own: mostly new, and now and then one that was used before.
  if (kind === 'reference' && operation.method === 'POST' && chance.is(0.85)) return uuidOf(chance)
  if (chance.is(0.04)) return chance.pick(garbageIds)
  const from = chance.is(0.04) ? foreign : own
  return from.choose(chance, kind, newest, fitsFor(operation, field))?.id ?? 987_654_321
}

const isWhole = (currency: unknown): boolean => currency === 'RWF'

/** What stands beside a currency is no finer than it allows. */
function fitAmounts(value: unknown, currency: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => fitAmounts(each, currency))
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Fields
  const own = fields['currency'] ?? currency
  return Object.fromEntries(
    Object.entries(fields).map(([name, each]) => [
      name,
      name.endsWith('amount') && typeof each === 'number' && isWhole(own)
        ? Math.max(1, Math.round(each))
        : fitAmounts(each, own),
    ]),
  )
}

/** Fields that only make sense together, set to what would be right. */
function agree(draft: Draft, ids: Ids, chance: Chance): Draft {
  const { operation, path, query, body } = draft
  const { own } = ids
  const find = (kind: Parameters<Pool['choose']>[1], id: unknown) => {
    const thing = own.choose(chance, kind, 0, (each) => String(each.id) === String(id))
    return thing && String(thing.id) === String(id) ? thing.facts : {}
  }
  const typeOf = (id: unknown): Fields => {
    const facts = find('source', id)
    if (Object.hasOwn(facts, 'order_number')) return { source_type: 'ORDER' }
    return Object.hasOwn(facts, 'invoice_number') ? { source_type: 'INVOICE' } : {}
  }
  const document = find('source', path['invoice_id'] ?? path['order_id'])
  const session = find('session', body?.['session_id'])
  const paid = find('source', session['source_id'])
  const mobileMoney: Fields = { provider: 'PAWAPAY', payment_method: 'MTN_MOMO_LBR' }
  const account: Fields = { provider: 'PAWAPAY', method: 'MTN_MOMO_LBR', insensitive_account_number: '231880000001' }
  const fitting = (fields: Fields, right: Fields): Fields =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, right[name] ?? value]))
  const wallet = find('wallet', body?.['from_wallet_id'])
  const linked = own.choose(chance, 'source', ids.newest, ({ facts }) => facts['status'] !== 'IDLE')
  const number = linked?.facts['invoice_number'] ?? linked?.facts['order_number']
  const inOneCurrency = (items: readonly Fields[]) => items.map((item) => ({ ...item, currency: body?.['currency'] }))
  const isPredicted = operation.path.startsWith('/v1/predictions/')
  const rightQuery = {
    ...(isPredicted && mobileMoney),
    ...typeOf(query['source_id'] ?? linked?.id),
    source_number: number,
  }
  const rightBody = {
    ...(operation.path.startsWith('/v1/payment-accounts/') && chance.is(0.9) && account),
    ...typeOf(body?.['source_id']),
    ...(Array.isArray(body?.['items']) && { items: inOneCurrency(body['items'] as readonly Fields[]) }),
    ...(operation.path === '/v1/sessions/payout' && { currency: 'USD' }),
    ...(typeof wallet['currency'] === 'string' && { currency: wallet['currency'] }),
    expires_at: '2090-01-01T00:00:00Z',
    ...(typeof document['currency'] === 'string' && { currency: document['currency'] }),
    ...(typeof paid['currency'] === 'string' && chance.is(0.9) && { currency: paid['currency'] }),
    ...(session['payout_account_id'] !== undefined && { payout_account_id: textOf(session['payout_account_id']) }),
  }
  return {
    ...draft,
    query: fitting(query, rightQuery),
    body: body && (fitAmounts(fitting(body, rightBody), document['currency']) as Fields),
  }
}

/** A request that may well succeed. */
export function draftOf(operation: DescribedOperation, ids: Ids, chance: Chance): Draft {
  const id = (field: string) => idFor(ids, operation, field, chance)
  const inQuery = operation.parameters.filter((each) => each.in === 'query')
  const inPath = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name)
  const item =
    inPath.includes('id') && inPath.length > 1
      ? ids.own.choose(chance, 'item', ids.newest, fitsFor(operation, 'id'))
      : undefined
  const number = /(\w+_number)\}/.exec(operation.path)?.[1]
  const source = ids.own.choose(chance, 'source', ids.newest, fitsFor(operation, 'source_id'))
  const owner = item && chance.is(0.9) ? { id: item.id, [inPath[0] ?? '']: item.facts['document'] } : {}
  const path = {
    ...Object.fromEntries(inPath.map((name) => [name, id(name) ?? 'x'])),
    ...owner,
    ...(number !== undefined && { [number]: source?.facts[number] ?? 'INV-2026-00001' }),
  }
  const query = Object.fromEntries(
    inQuery
      .filter(({ required }) => required === true || chance.is(0.5))
      .map(({ name, schema }) => [name, valueFor(schema, name, chance, id)]),
  )
  const draft = { operation, path, query, body: operation.body && objectFor(operation.body, chance, id) }
  return chance.is(0.9) ? agree(draft, ids, chance) : draft
}

function spoilFields(fields: Fields, chance: Chance): Fields {
  const names = Object.keys(fields)
  const name = chance.pick(names)
  if (name === undefined) return { [chance.pick(['limit', 'invented', '__proto__x'])]: chance.pick(oddities) }
  const value = fields[name]
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && chance.is(0.7)) {
    return { ...fields, [name]: spoilFields(value as Fields, chance) }
  }
  if (chance.is(0.25)) return Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name))
  return { ...fields, [name]: chance.pick(oddities) }
}

/** The same request with one thing wrong. */
export function spoil(draft: Draft, chance: Chance): Draft {
  const inQuery = draft.body === undefined || chance.is(0.2)
  if (inQuery && Object.keys(draft.query).length > 0) return { ...draft, query: spoilFields(draft.query, chance) }
  if (draft.body) return { ...draft, body: spoilFields(draft.body, chance) }
  return { ...draft, path: spoilFields(draft.path, chance) }
}

/** A lone surrogate has no place in an address: it becomes what every encoder makes of it. */
const textOf = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString()

const encode = (value: unknown): string => encodeURIComponent(textOf(value ?? null).slice(0, 600))

const deepJson = `${'['.repeat(20_000)}${']'.repeat(20_000)}`

/** Ways in which a request can be odd that are no matter of its fields. */
const manners: readonly ((call: Call, chance: Chance) => Call)[] = [
  (call) => ({ ...call, path: call.path.replace('/v1/', '/v2/') }),
  ({ json, ...call }, chance) => {
    const method = chance.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const)
    return { ...call, method, ...(method !== 'GET' && { json }) }
  },
  (call, chance) => ({
    ...call,
    headers: { ...call.headers, authorization: chance.pick(['Bearer x', 'Basic x', 'Bearer a.b.c', '']) },
  }),
  (call, chance) => {
    const { json, ...rest } = call
    const text = JSON.stringify(json ?? {})
    const bytes: readonly (string | Uint8Array<ArrayBuffer>)[] = [
      text.slice(0, text.length >> 1),
      `\ufeff${text}`,
      deepJson,
      `{"a":${deepJson}}`,
      `{"note":"${'x'.repeat(300_000)}"}`,
      `${text}${' '.repeat(10_000)}`,
      new Uint8Array([0xff, 0xfe, 0x7b, 0x00]),
      text.replace('{', '{"__proto__":{"id":1},"constructor":{"prototype":1},'),
      'null',
      '',
    ]
    return call.method === 'GET' ? call : { ...rest, bytes: chance.pick(bytes) ?? '' }
  },
  (call, chance) => ({
    ...call,
    headers: {
      ...call.headers,
      ...chance.pick([
        { 'content-type': 'text/xml' },
        { 'content-type': 'application/json; charset=utf-16' },
        { 'content-type': 'multipart/form-data; boundary=x' },
        { 'content-encoding': 'gzip' },
        { accept: 'text/html' },
        { 'x-forwarded-for': '203.0.113.7, 127.0.0.1' },
        { 'x-http-method-override': 'DELETE' },
        { origin: 'https://shop.example' },
        { 'x-long': 'x'.repeat(8_000) },
        { 'x-request-id': 'a"b\\c' },
      ]),
    },
  }),
  (call, chance) => ({ ...call, query: { ...call.query, limit: chance.pick(['0', '1', '1001', '-1', 'x', '5', '']) } }),
]

/** The call that sends a draft; an odd one in so many ways. */
export function callOf(draft: Draft, chance: Chance, oddly: boolean): Call {
  const { operation, path, query, body } = draft
  const call: Call = {
    method: operation.method as Call['method'],
    path: operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(path[name]) || '0'),
    query: Object.fromEntries(
      Object.entries(query).flatMap(([name, value]) => (value == null ? [] : [[name, textOf(value)]])),
    ),
    ...(body && { json: body }),
  }
  return oddly ? (chance.pick(manners)?.(call, chance) ?? call) : call
}
