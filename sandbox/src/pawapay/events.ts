import { isRecord } from '../http.ts'
import {
  type OperationType,
  operationTypes,
  type ProviderStatus,
  providerStatuses,
  type ProviderSwitch,
} from './operations.ts'
import type { Order } from './requests.ts'
import type { WalletBalance } from './wallets.ts'

/** What was accepted. Never changes. */
export interface PaymentTerms extends Order {
  readonly acceptedAtMs: number
  /** How long the provider and the person at the other end take, once it is with them. */
  readonly delayMs: number
  /** Accepted for a provider that was delayed: it waits with the network until that provider recovers. */
  readonly isEnqueued: boolean
}

export type PaymentResult =
  | { readonly status: 'COMPLETED'; readonly providerTransactionId: string }
  | { readonly status: 'FAILED'; readonly failureCode: string }

/** Which payment: each operation has ids of its own. */
export interface PaymentKey {
  readonly operation: OperationType
  readonly id: string
}

/** All that ever happens to a payment. */
export type PaymentEvent =
  | { readonly event: 'payment.accepted'; readonly terms: PaymentTerms }
  | ({ readonly event: 'payment.repeated' } & PaymentKey)
  | ({ readonly event: 'payment.ignored' } & PaymentKey)
  | ({ readonly event: 'payment.cancelled'; readonly atMs: number } & PaymentKey)
  | ({ readonly event: 'payment.finished'; readonly result: PaymentResult } & PaymentKey)
  | ({ readonly event: CallbackEventName } & PaymentKey)

/** What happens to the network itself, on request of a test. */
export type NetworkEvent =
  | ({ readonly event: 'provider.switched'; readonly atMs: number } & ProviderSwitch)
  | ({ readonly event: 'wallet.set' } & WalletBalance)

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

const readOperation = (fields: Fields): OperationType => {
  const operation = text(fields, 'operation')
  const known = operationTypes.find((each) => each === operation)
  if (known === undefined) throw new Error(`${operation} is not an operation.`)
  return known
}

const readStatus = (fields: Fields): ProviderStatus => {
  const status = text(fields, 'status')
  const known = providerStatuses.find((each) => each === status)
  if (known === undefined) throw new Error(`${status} is not a status of a provider.`)
  return known
}

const readKey = (fields: Fields): PaymentKey => ({ operation: readOperation(fields), id: text(fields, 'id') })

const readTerms = (fields: Fields): PaymentTerms => ({
  ...readKey(fields),
  amount: text(fields, 'amount'),
  currency: text(fields, 'currency'),
  country: text(fields, 'country'),
  phoneNumber: text(fields, 'phoneNumber'),
  provider: text(fields, 'provider'),
  depositId: optionalText(fields, 'depositId'),
  customerMessage: optionalText(fields, 'customerMessage'),
  clientReferenceId: optionalText(fields, 'clientReferenceId'),
  metadata: optionalTexts(fields, 'metadata'),
  acceptedAtMs: milliseconds(fields, 'acceptedAtMs'),
  delayMs: milliseconds(fields, 'delayMs'),
  isEnqueued: fields['isEnqueued'] === true,
})

const readResult = (fields: Fields): PaymentResult => {
  const status = text(fields, 'status')
  if (status === 'COMPLETED') return { status, providerTransactionId: text(fields, 'providerTransactionId') }
  if (status === 'FAILED') return { status, failureCode: text(fields, 'failureCode') }
  throw new Error(`${status} is not a final status.`)
}

/** A line of the journal. */
export const readEvent = (line: unknown): PaymentEvent | NetworkEvent => {
  if (!isRecord(line)) throw new Error('An event is an object.')
  const event = text(line, 'event')
  switch (event) {
    case 'payment.accepted':
      return { event, terms: readTerms(object(line, 'terms')) }
    case 'payment.finished':
      return { event, ...readKey(line), result: readResult(object(line, 'result')) }
    case 'payment.cancelled':
      return { event, ...readKey(line), atMs: milliseconds(line, 'atMs') }
    case 'payment.repeated':
    case 'payment.ignored':
    case 'callback.requested':
    case 'callback.acknowledged':
    case 'callback.abandoned':
      return { event, ...readKey(line) }
    case 'provider.switched':
      return {
        event,
        provider: text(line, 'provider'),
        operation: readOperation(line),
        status: readStatus(line),
        atMs: milliseconds(line, 'atMs'),
      }
    case 'wallet.set':
      return {
        event,
        country: text(line, 'country'),
        currency: text(line, 'currency'),
        balance: text(line, 'balance'),
      }
    default:
      throw new Error(`${event} is not an event.`)
  }
}
