import { invalid, missing } from './errors.ts'
import type { Parameters } from './form.ts'

interface Listed {
  readonly id: string
  readonly created: number
}

export interface ListPage<Item> {
  readonly object: 'list'
  readonly data: readonly Item[]
  readonly has_more: boolean
  readonly url: string
}

const maxLimit = 100
const usualLimit = 10

const readLimit = (parameters: Parameters): number => {
  const limit = parameters.wholeNumber('limit') ?? usualLimit
  if (limit > maxLimit) throw invalid(`Limit must be between 1 and ${maxLimit}`, { param: 'limit' })
  return limit
}

const readCreated = (parameters: Parameters): ((item: Listed) => boolean) => {
  if (!parameters.has('created')) return () => true
  const range = parameters.below('created')
  const read = (key: string): number | undefined => range.wholeNumber(key)
  const [gt, gte, lt, lte] = [read('gt'), read('gte'), read('lt'), read('lte')]
  return ({ created }) =>
    created > (gt ?? -Infinity) &&
    created >= (gte ?? -Infinity) &&
    created < (lt ?? Infinity) &&
    created <= (lte ?? Infinity)
}

/** Newest first, a page at a time; `items` come oldest first. */
export const listPage = <Item extends Listed>(
  parameters: Parameters,
  url: string,
  items: Iterable<Item>,
  isWanted: (item: Item) => boolean = () => true,
): ListPage<Item> => {
  const limit = readLimit(parameters)
  const isInTime = readCreated(parameters)
  const after = parameters.text('starting_after')
  const before = parameters.text('ending_before')
  parameters.close()
  const wanted = Array.from(items)
    .reverse()
    .filter((item) => isWanted(item) && isInTime(item))
  const positionOf = (id: string, param: string): number => {
    const position = wanted.findIndex((item) => item.id === id)
    if (position < 0) throw missing('object', id, param)
    return position
  }
  if (before !== undefined) {
    const end = positionOf(before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', data: wanted.slice(start, end), has_more: start > 0, url }
  }
  const start = after === undefined ? 0 : positionOf(after, 'starting_after') + 1
  return { object: 'list', data: wanted.slice(start, start + limit), has_more: start + limit < wanted.length, url }
}
