import { isRecord } from '../http.ts'
import { type Draft, prefixes } from './book.ts'
import { invalid } from './errors.ts'

/** The fields that hold an id in whose place its object can be had. */
const expandable = new Set([
  'balance_transaction',
  'charge',
  'failure_balance_transaction',
  'latest_charge',
  'payment_intent',
  'payment_method',
  'source',
])

const maxDepth = 4

const find = (draft: Draft, id: string) =>
  prefixes.map((prefix) => draft.find(prefix, id)).find((object) => object !== undefined)

/** Puts objects in the place of their ids, along paths like `latest_charge.balance_transaction` or `data.charge`. */
export const expanded = (draft: Draft, answer: unknown, paths: readonly string[]): unknown => {
  for (const path of paths)
    if (path.split('.').length > maxDepth)
      throw invalid(`You cannot expand more than ${maxDepth} levels of a property.`, { param: 'expand' })
  return paths.reduce((value, path) => expandAlong(draft, value, path.split('.'), path), answer)
}

const expandAlong = (draft: Draft, value: unknown, path: readonly string[], whole: string): unknown => {
  const [name, ...rest] = path
  if (name === undefined || value === null) return value
  if (!isRecord(value)) throw notExpandable(whole)
  const below = value[name]
  if (name === 'data' && Array.isArray(below))
    return { ...value, data: below.map((item: unknown) => expandAlong(draft, item, rest, whole)) }
  if (!expandable.has(name) || below === undefined) throw notExpandable(whole)
  const object = typeof below === 'string' ? find(draft, below) : below
  return { ...value, [name]: expandAlong(draft, object, rest, whole) }
}

const notExpandable = (path: string) => invalid(`This property cannot be expanded (${path}).`, { param: 'expand' })
