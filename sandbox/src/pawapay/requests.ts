import { isRecord } from '../http.ts'
import { BadRequest } from './failures.ts'
import { type OperationType, wordsOf } from './operations.ts'

type Metadata = Readonly<Record<string, string>>

/** A payment in full: what a request for a deposit or a payout says, and what a request for a refund comes to. */
export interface Order {
  readonly operation: OperationType
  readonly id: string
  readonly amount: string
  readonly currency: string
  readonly country: string
  /** Of the payer or the recipient. */
  readonly phoneNumber: string
  readonly provider: string
  /** The deposit that a refund gives back. */
  readonly depositId: string | undefined
  readonly customerMessage: string | undefined
  readonly clientReferenceId: string | undefined
  readonly metadata: Metadata | undefined
}

/** As sent; the country follows from the provider. */
export interface DirectRequest extends Omit<Order, 'country'> {
  readonly operation: 'DEPOSIT' | 'PAYOUT'
}

export interface RefundRequest {
  readonly operation: 'REFUND'
  readonly id: string
  readonly depositId: string
  /** Absent: all that is left. */
  readonly amount: string | undefined
  readonly currency: string | undefined
  readonly clientReferenceId: string | undefined
  readonly metadata: Metadata | undefined
}

export type PaymentRequest = DirectRequest | RefundRequest

/** Known to v2, but without effect for the sandbox's providers, all of which ask for a PIN. */
const fieldsWithoutEffect = ['preAuthorisationCode', 'successfulUrl', 'failedUrl']
const commonFields = ['amount', 'currency', 'clientReferenceId', 'metadata']
const fieldsOf: Readonly<Record<OperationType, readonly string[]>> = {
  DEPOSIT: ['depositId', 'payer', 'customerMessage', ...commonFields, ...fieldsWithoutEffect],
  PAYOUT: ['payoutId', 'recipient', 'customerMessage', ...commonFields],
  REFUND: ['refundId', 'depositId', ...commonFields],
}

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const customerMessageForm = /^[A-Za-z0-9 ]{4,22}$/
const maxAmountLength = 23
const maxMetadataEntries = 10

const invalid = (name: string, why: string) => new BadRequest('INVALID_PARAMETER', `Parameter '${name}' ${why}.`)

type Fields = Readonly<Record<string, unknown>>

const refuseUnknown = (fields: Fields, known: readonly string[], path = ''): void => {
  const name = Object.keys(fields).find((each) => !known.includes(each))
  if (name !== undefined) throw new BadRequest('UNSUPPORTED_PARAMETER', `Parameter '${path}${name}' is not supported.`)
}

const readBody = (body: unknown, known: readonly string[]): Fields => {
  if (!isRecord(body)) throw new BadRequest('INVALID_INPUT', 'The body must be a JSON object.')
  refuseUnknown(body, known)
  return body
}

const readObject = (value: unknown, path: string, known: readonly string[]): Fields => {
  if (!isRecord(value)) throw invalid(path, 'must be an object')
  refuseUnknown(value, known, `${path}.`)
  return value
}

/** Null counts as absent, as with most JSON binders. */
const required = (fields: Fields, name: string, path = name): unknown => {
  const value = fields[name] ?? undefined
  if (value === undefined) throw new BadRequest('MISSING_PARAMETER', `Parameter '${path}' is missing.`)
  return value
}

const requiredText = (fields: Fields, name: string, path = name): string => {
  const value = required(fields, name, path)
  if (typeof value !== 'string') throw invalid(path, 'must be a string')
  return value
}

const optionalText = (fields: Fields, name: string): string | undefined => {
  const value = fields[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === '') throw invalid(name, 'must be a string with at least one character')
  return value
}

const readId = (fields: Fields, name: string): string => {
  // Kept in lower case, so that the same UUID written differently is the same payment.
  const id = requiredText(fields, name).toLowerCase()
  if (!uuid4.test(id)) throw invalid(name, 'must be a UUID of version 4')
  return id
}

const readAmount = (fields: Fields): string => {
  const amount = requiredText(fields, 'amount')
  if (amount === '' || amount.length > maxAmountLength)
    throw invalid('amount', `must have 1 to ${maxAmountLength} characters`)
  return amount
}

/** The mobile money account of a payer or a recipient. */
const readAccount = (fields: Fields, party: string): { phoneNumber: string; provider: string } => {
  const account = readObject(required(fields, party), party, ['type', 'accountDetails'])
  const type = requiredText(account, 'type', `${party}.type`)
  if (type !== 'MMO') throw invalid(`${party}.type`, "must be 'MMO'")
  const path = `${party}.accountDetails`
  const details = readObject(required(account, 'accountDetails', path), path, ['phoneNumber', 'provider'])
  return {
    phoneNumber: requiredText(details, 'phoneNumber', `${path}.phoneNumber`),
    provider: requiredText(details, 'provider', `${path}.provider`),
  }
}

const readCustomerMessage = (fields: Fields): string | undefined => {
  const message = optionalText(fields, 'customerMessage')
  if (message !== undefined && !customerMessageForm.test(message))
    throw invalid('customerMessage', 'must have 4 to 22 characters, letters, digits and spaces only')
  return message
}

/** Sent as a list of one-key objects, kept and told again as one flat object. */
const readMetadata = (fields: Fields): Metadata | undefined => {
  const list = fields['metadata'] ?? undefined
  if (list === undefined) return undefined
  if (!Array.isArray(list) || list.length > maxMetadataEntries)
    throw invalid('metadata', `must be an array of at most ${maxMetadataEntries} entries`)
  const flat = new Map<string, string>()
  for (const [index, entry] of list.entries()) {
    const [key, value] = readMetadataEntry(entry, `metadata[${index}]`)
    if (flat.has(key)) throw new BadRequest('DUPLICATE_METADATA_FIELD', `Metadata field '${key}' is repeated.`)
    flat.set(key, value)
  }
  return Object.fromEntries(flat)
}

const readMetadataEntry = (entry: unknown, path: string): [string, string] => {
  if (!isRecord(entry)) throw invalid(path, 'must be an object')
  const { isPII, ...rest } = entry
  if (isPII !== undefined && typeof isPII !== 'boolean') throw invalid(`${path}.isPII`, 'must be true or false')
  const [field, another] = Object.entries(rest)
  if (field === undefined || another !== undefined) throw invalid(path, "must have exactly one field besides 'isPII'")
  const [key, value] = field
  if (typeof value !== 'string') throw invalid(`${path}.${key}`, 'must be a string')
  return [key, value]
}

const readDirect = (operation: DirectRequest['operation'], fields: Fields): DirectRequest => {
  const { idName, party } = wordsOf[operation]
  if (operation === 'DEPOSIT') for (const name of fieldsWithoutEffect) optionalText(fields, name)
  return {
    operation,
    id: readId(fields, idName),
    amount: readAmount(fields),
    currency: requiredText(fields, 'currency'),
    ...readAccount(fields, party),
    depositId: undefined,
    customerMessage: readCustomerMessage(fields),
    clientReferenceId: optionalText(fields, 'clientReferenceId'),
    metadata: readMetadata(fields),
  }
}

const readRefund = (fields: Fields): RefundRequest => {
  const isWhole = (fields['amount'] ?? undefined) === undefined
  return {
    operation: 'REFUND',
    id: readId(fields, 'refundId'),
    depositId: readId(fields, 'depositId'),
    amount: isWhole ? undefined : readAmount(fields),
    // An amount is one of a currency; all that is left is of the deposit's.
    currency: isWhole ? optionalText(fields, 'currency') : requiredText(fields, 'currency'),
    clientReferenceId: optionalText(fields, 'clientReferenceId'),
    metadata: readMetadata(fields),
  }
}

/** Reads what was sent for its form alone; whether the network would execute it is for `judge` to say. */
export const readRequest = (operation: OperationType, body: unknown): PaymentRequest => {
  const fields = readBody(body, fieldsOf[operation])
  return operation === 'REFUND' ? readRefund(fields) : readDirect(operation, fields)
}

/** One mistake anywhere refuses the whole list. */
export const readRequests = (operation: OperationType, body: unknown): readonly PaymentRequest[] => {
  if (!Array.isArray(body) || body.length === 0)
    throw new BadRequest('INVALID_INPUT', 'The body must be a JSON array with at least one element.')
  return body.map((each, index) => {
    try {
      return readRequest(operation, each)
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error
      throw new BadRequest(error.failureCode, `Element ${index}: ${error.message}`)
    }
  })
}

/** The number as typed, for predict-provider. */
export const readPhoneNumber = (body: unknown): string => requiredText(readBody(body, ['phoneNumber']), 'phoneNumber')
