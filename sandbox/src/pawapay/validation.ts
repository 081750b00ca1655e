import { isRecord } from '../http.ts'
import { decimalPlacesOf, isMinimalDecimal, isWithin } from './amounts.ts'
import { type Country, findProvider } from './configuration.ts'
import { BadRequest, failure, type FailureReason } from './failures.ts'

export interface DepositRequest {
  readonly depositId: string
  readonly amount: string
  readonly currency: string
  readonly phoneNumber: string
  readonly provider: string
  readonly customerMessage: string | undefined
  readonly clientReferenceId: string | undefined
  readonly metadata: Readonly<Record<string, string>> | undefined
}

/** Known to v2, but without effect for the sandbox's providers, all of which ask for a PIN. */
const fieldsWithoutEffect = ['preAuthorisationCode', 'successfulUrl', 'failedUrl']
const depositFields = [
  'depositId',
  'amount',
  'currency',
  'payer',
  'customerMessage',
  'clientReferenceId',
  'metadata',
  ...fieldsWithoutEffect,
]

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
  // Kept in lower case, so that the same UUID written differently is the same deposit.
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

/** The mobile money account of a payer. */
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
const readMetadata = (fields: Fields): Readonly<Record<string, string>> | undefined => {
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

/** Reads what was sent for its form alone; whether the network would execute it is for `judge` to say. */
export const readDepositRequest = (body: unknown): DepositRequest => {
  const fields = readBody(body, depositFields)
  for (const name of fieldsWithoutEffect) optionalText(fields, name)
  return {
    depositId: readId(fields, 'depositId'),
    amount: readAmount(fields),
    currency: requiredText(fields, 'currency'),
    ...readAccount(fields, 'payer'),
    customerMessage: readCustomerMessage(fields),
    clientReferenceId: optionalText(fields, 'clientReferenceId'),
    metadata: readMetadata(fields),
  }
}

/** The number as typed, for predict-provider. */
export const readPhoneNumber = (body: unknown): string => requiredText(readBody(body, ['phoneNumber']), 'phoneNumber')

export type Verdict =
  | { readonly kind: 'executable'; readonly country: Country }
  | { readonly kind: 'refused'; readonly reason: FailureReason }

const refused = (failureCode: string, failureMessage: string): Verdict => ({
  kind: 'refused',
  reason: failure(failureCode, failureMessage),
})

export const isMobileNumber = (country: Country, phoneNumber: string): boolean =>
  phoneNumber.startsWith(country.prefix) && country.mobileNumber.test(phoneNumber.slice(country.prefix.length))

/** Answered with HTTP 200 and REJECTED: a well-formed request that the network will not execute. */
export const judge = (asked: DepositRequest): Verdict => {
  const found = findProvider(asked.provider)
  if (found === undefined) return refused('INVALID_PROVIDER', `Provider '${asked.provider}' is not known.`)
  const terms = found.provider.currencies.find(({ currency }) => currency === asked.currency)
  if (terms === undefined)
    return refused('INVALID_CURRENCY', `Currency '${asked.currency}' is not supported by ${asked.provider}.`)
  if (!isMobileNumber(found.country, asked.phoneNumber))
    return refused(
      'INVALID_PHONE_NUMBER',
      `The phone number is not a mobile number of ${found.country.displayName.en}.`,
    )
  const places = terms.decimalsInAmount === 'NONE' ? 0 : 2
  if (!isMinimalDecimal(asked.amount) || decimalPlacesOf(asked.amount) > places)
    return refused(
      'INVALID_AMOUNT',
      `The amount must be in minimal decimal form with at most ${places} decimal places.`,
    )
  if (!isWithin(asked.amount, terms))
    return refused('AMOUNT_OUT_OF_BOUNDS', `The amount must be from ${terms.minAmount} to ${terms.maxAmount}.`)
  return { kind: 'executable', country: found.country }
}
