import { randomUUID } from 'node:crypto'

declare const brand: unique symbol

/** A string that cannot be mistaken for another kind of string. Ids are strings inside and integers on the wire. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type MerchantId = Brand<string, 'MerchantId'>
export type PartyId = Brand<string, 'PartyId'>
export type CounterpartyId = Brand<string, 'CounterpartyId'>
export type SourceId = Brand<string, 'SourceId'>
export type SourceItemId = Brand<string, 'SourceItemId'>
export type SessionId = Brand<string, 'SessionId'>
export type PaymentAccountId = Brand<string, 'PaymentAccountId'>
export type WalletId = Brand<string, 'WalletId'>
export type PasscodeId = Brand<string, 'PasscodeId'>
export type ExecutionId = Brand<string, 'ExecutionId'>

/** The id we mint for a provider before asking it anything: a UUID version 4. */
export type ProviderReference = Brand<string, 'ProviderReference'>

/** Makes provider references. A simulation brings its own, so that one seed repeats a whole run. */
export type MintReference = () => ProviderReference

export const mintReference: MintReference = () => randomUUID() as ProviderReference

/** Fifteen digits stay below 2^53 and inside a bigint: anything longer names nothing we ever made. */
const idText = /^[1-9]\d{0,14}$/

/**
 * Reads an id as it arrives, string or integer. Returns undefined for what can be no id of ours, which callers treat
 * exactly like an id that does not exist.
 */
// The caller names the kind of id it asks for: nothing else could know.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function readId<Id extends Brand<string, string>>(wire: string | number): Id | undefined {
  const text = String(wire)
  return idText.test(text) ? (text as Id) : undefined
}
