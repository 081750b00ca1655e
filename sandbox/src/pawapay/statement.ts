import { randomUUID } from 'node:crypto'
import { withDecimalPlaces } from './amounts.ts'
import { BadRequest } from './failures.ts'
import type { Network } from './network.ts'
import { operationTypes } from './operations.ts'
import type { Payment } from './payments.ts'
import { toTimestamp } from './wire.ts'

/** What a statement may be made to get wrong, once each: for whoever wants to see it found. */
const slips = ['missing', 'extra', 'amount'] as const

/** The columns that pawaPay documents. */
const heading = 'Creation Date,MSISDN,Transaction ID,Amount,Currency,Country,MNO,Type'

interface Line {
  readonly at: string
  readonly phone: string
  readonly id: string
  readonly amount: string
  readonly currency: string
  readonly country: string
  readonly provider: string
  readonly type: string
}

/** What completed of all that was accepted from a time on and before another, oldest first, as a CSV file. */
export const statementOf = ({ book }: Network, query: URLSearchParams): string => {
  const from = readTime(query, 'from') ?? Number.NEGATIVE_INFINITY
  const to = readTime(query, 'to') ?? Number.POSITIVE_INFINITY
  const lines = operationTypes
    .flatMap((operation) => [...book.all(operation)])
    .filter(({ result }) => result?.status === 'COMPLETED')
    .filter(({ terms }) => terms.acceptedAtMs >= from && terms.acceptedAtMs < to)
    .sort((one, other) => one.terms.acceptedAtMs - other.terms.acceptedAtMs)
    .map(lineOf)
  return [heading, ...plant(lines, readSlips(query)).map(write)].map((line) => `${line}\r\n`).join('')
}

const lineOf = ({ terms }: Payment): Line => ({
  at: toTimestamp(terms.acceptedAtMs),
  phone: terms.phoneNumber,
  id: terms.id,
  amount: withDecimalPlaces(terms.amount, 2),
  currency: terms.currency,
  country: terms.country,
  provider: terms.provider,
  type: `${terms.operation.charAt(0)}${terms.operation.slice(1).toLowerCase()}`,
})

const write = (line: Line): string =>
  [line.at, line.phone, line.id, line.amount, line.currency, line.country, line.provider, line.type].join(',')

/** The first line goes missing, the last one's amount grows by a whole unit, and one comes twice under an unknown id. */
const plant = (lines: readonly Line[], wanted: readonly string[]): readonly Line[] => {
  const kept = wanted.includes('missing') ? lines.slice(1) : [...lines]
  const last = kept.at(-1)
  if (last === undefined) return kept
  const changed = wanted.includes('amount') ? { ...last, amount: withWholeUnitMore(last.amount) } : last
  const extra = wanted.includes('extra') ? [{ ...last, id: randomUUID() }] : []
  return [...kept.slice(0, -1), changed, ...extra]
}

const withWholeUnitMore = (amount: string): string => {
  const [whole = '0', fraction = '00'] = amount.split('.')
  return `${BigInt(whole) + 1n}.${fraction}`
}

const readSlips = (query: URLSearchParams): readonly string[] => {
  const wanted = (query.get('plant') ?? '').split(',').filter((word) => word !== '')
  if (wanted.some((word) => !slips.some((slip) => slip === word)))
    throw new BadRequest('INVALID_PARAMETER', `Parameter 'plant' must be some of ${slips.join(',')}.`)
  return wanted
}

const readTime = (query: URLSearchParams, name: 'from' | 'to'): number | undefined => {
  const text = query.get(name)
  if (text === null) return undefined
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new BadRequest('INVALID_PARAMETER', `Parameter '${name}' must be a time.`)
  return time
}
