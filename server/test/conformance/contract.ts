import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The contract as data: what a client written for the public API may send, and what it may count on. */

export interface ContractField {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly nullable: boolean
  /** The name of a list in `enums`. */
  readonly enum?: string
  /** The name of the model an object follows. */
  readonly ref?: string
  /** The name of the model, or the plain type, of an array's elements. */
  readonly items?: string
  readonly format?: string
  readonly pattern?: string
  readonly min?: number
  readonly min_length?: number
  readonly max_length?: number
  readonly min_items?: number
  /** Further types a request may use, as `integer|number`. */
  readonly also_accept?: string
}

export interface ContractError {
  readonly status: number
  readonly code: string
  readonly loc?: readonly (string | number)[]
  readonly detail?: string
  readonly msg?: string
  readonly type?: string
}

export interface ContractOperation {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly auth: boolean
  readonly path_params: readonly ContractField[]
  readonly query: readonly ContractField[]
  readonly body: readonly ContractField[] | null
  readonly body_model: string | null
  readonly response: { readonly model: string; readonly array: boolean; readonly fields: readonly ContractField[] }
  readonly errors: readonly ContractError[]
  readonly verification_gate?: string
}

interface Contract {
  readonly operations: readonly ContractOperation[]
  readonly models: Readonly<Record<string, { readonly fields: readonly ContractField[] }>>
  readonly enums: Readonly<Record<string, { readonly values: readonly string[] }>>
}

export const contract = JSON.parse(
  readFileSync(join(import.meta.dirname, 'contract.json'), 'utf8'),
) as unknown as Contract

export function fieldsOf(model: string): readonly ContractField[] {
  const found = contract.models[model]
  if (!found) throw new Error(`The contract has no model ${model}.`)
  return found.fields
}

export const isModel = (name: string): boolean => Object.hasOwn(contract.models, name)

/** Free strings, of which only some values have a documented meaning. */
const openLists = new Set(['CheckoutMode'])

/** Undefined for a list that is not closed. */
export function valuesOf(list: string): readonly string[] | undefined {
  if (openLists.has(list)) return undefined
  const found = contract.enums[list]
  if (!found) throw new Error(`The contract has no list ${list}.`)
  return found.values
}
