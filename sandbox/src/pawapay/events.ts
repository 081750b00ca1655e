import { isRecord } from '../http.ts'
import type { DepositRequest } from './validation.ts'

/** What was accepted. Never changes. */
export interface DepositTerms extends DepositRequest {
  readonly country: string
  readonly acceptedAtMs: number
  readonly payerDelayMs: number
}

export type DepositResult =
  | { readonly status: 'COMPLETED'; readonly providerTransactionId: string }
  | { readonly status: 'FAILED'; readonly failureCode: string }

/** All that ever happens to a deposit, and the lines of the journal. */
export type DepositEvent =
  | { readonly event: 'deposit.accepted'; readonly terms: DepositTerms }
  | { readonly event: 'deposit.repeated'; readonly depositId: string }
  | { readonly event: 'deposit.finished'; readonly depositId: string; readonly result: DepositResult }
  | { readonly event: CallbackEventName; readonly depositId: string }

export type CallbackEventName = 'callback.requested' | 'callback.acknowledged' | 'callback.abandoned'

type Fields = Readonly<Record<string, unknown>>

const object = (fields: Fields, name: string): Fields => {
  const value = fields[name]
  if (!isRecord(value)) throw new Error(`${name} is not an object.`)
  return value
}

const text = (fields: Fields, name: string): string => {
  const value = fields[name]
  if (typeof value !== 'string') throw new Error(`${name} is not a string.`)
  return value
}

const optionalText = (fields: Fields, name: string): string | undefined =>
  fields[name] === undefined ? undefined : text(fields, name)

const milliseconds = (fields: Fields, name: string): number => {
  const value = fields[name]
  if (typeof value !== 'number') throw new Error(`${name} is not a number.`)
  return value
}

const optionalTexts = (fields: Fields, name: string): Record<string, string> | undefined => {
  if (fields[name] === undefined) return undefined
  const texts = object(fields, name)
  return Object.fromEntries(Object.keys(texts).map((key) => [key, text(texts, key)]))
}

const readTerms = (fields: Fields): DepositTerms => ({
  depositId: text(fields, 'depositId'),
  amount: text(fields, 'amount'),
  currency: text(fields, 'currency'),
  phoneNumber: text(fields, 'phoneNumber'),
  provider: text(fields, 'provider'),
  customerMessage: optionalText(fields, 'customerMessage'),
  clientReferenceId: optionalText(fields, 'clientReferenceId'),
  metadata: optionalTexts(fields, 'metadata'),
  country: text(fields, 'country'),
  acceptedAtMs: milliseconds(fields, 'acceptedAtMs'),
  payerDelayMs: milliseconds(fields, 'payerDelayMs'),
})

const readResult = (fields: Fields): DepositResult => {
  const status = text(fields, 'status')
  if (status === 'COMPLETED') return { status, providerTransactionId: text(fields, 'providerTransactionId') }
  if (status === 'FAILED') return { status, failureCode: text(fields, 'failureCode') }
  throw new Error(`${status} is not a final status.`)
}

export const readDepositEvent = (line: unknown): DepositEvent => {
  if (!isRecord(line)) throw new Error('An event is an object.')
  const event = text(line, 'event')
  switch (event) {
    case 'deposit.accepted':
      return { event, terms: readTerms(object(line, 'terms')) }
    case 'deposit.finished':
      return { event, depositId: text(line, 'depositId'), result: readResult(object(line, 'result')) }
    case 'deposit.repeated':
    case 'callback.requested':
    case 'callback.acknowledged':
    case 'callback.abandoned':
      return { event, depositId: text(line, 'depositId') }
    default:
      throw new Error(`${event} is not an event.`)
  }
}
