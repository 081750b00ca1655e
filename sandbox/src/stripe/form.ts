import { isRecord } from '../http.ts'
import { invalid } from './errors.ts'
import type { Metadata } from './objects.ts'

export type FormValue = string | FormFields
export interface FormFields {
  readonly [name: string]: FormValue
}

/** Inherits nothing, so that whatever a caller names is theirs. */
const emptyFields = (): Record<string, FormValue> => Object.create(null) as Record<string, FormValue>

/**
 * Reads `a=1&b[c]=2&d[0]=3&e[]=4`: brackets nest, and what is a list to others is a record of its positions here.
 * The names of a path are bounded, as nobody nests deeper than a few.
 */
export const readForm = (text: string): FormFields => {
  const root = emptyFields()
  for (const [name, value] of new URLSearchParams(text)) place(root, pathOf(name), value, name)
  return root
}

const maxDepth = 8

const pathOf = (name: string): readonly string[] => {
  const [, head = '', rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? []
  const path = [head, ...Array.from(rest.matchAll(/\[([^[\]]*)\]/g), ([, key = '']) => key)]
  if (head === '' || path.length > maxDepth)
    throw invalid(`Invalid request: the parameter name ${name} cannot be read.`)
  return path
}

const place = (root: Record<string, FormValue>, path: readonly string[], value: string, name: string): void => {
  let fields = root
  for (const key of path.slice(0, -1)) {
    const below = fields[key] ?? emptyFields()
    if (typeof below === 'string')
      throw invalid(`Invalid request: ${name} is both a value and a hash.`, { param: name })
    fields[key] = below
    fields = below
  }
  const last = path.at(-1) ?? ''
  fields[last === '' ? String(Object.keys(fields).length) : last] = value
}

/** The same for every order in which the parameters may come. */
export const canonical = (value: FormValue): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : `{${Object.keys(value)
        .sort()
        .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? '')}`)
        .join(',')}}`

/** Reads parameters one by one, and then says which ones nobody asked for. */
export class Parameters {
  readonly #fields: FormFields
  readonly #prefix: string
  readonly #read = new Set<string>()
  readonly #below: Parameters[] = []

  constructor(fields: FormFields, prefix = '') {
    this.#fields = fields
    this.#prefix = prefix
  }

  nameOf(key: string): string {
    return this.#prefix === '' ? key : `${this.#prefix}[${key}]`
  }

  has(key: string): boolean {
    return this.#fields[key] !== undefined
  }

  text(key: string, maxLength = 5_000): string | undefined {
    const value = this.#value(key)
    if (value === undefined) return undefined
    if (typeof value !== 'string') throw invalid('Invalid string: expected a string', { param: this.nameOf(key) })
    if (value.length > maxLength)
      throw invalid(`Invalid string: must be at most ${maxLength} characters`, { param: this.nameOf(key) })
    return value
  }

  /** What is sent empty is unset, as everywhere at Stripe. */
  optionalText(key: string, maxLength?: number): string | null | undefined {
    const value = this.text(key, maxLength)
    return value === '' ? null : value
  }

  required(key: string): string {
    const value = this.text(key)
    if (value === undefined || value === '')
      throw invalid(`Missing required param: ${this.nameOf(key)}.`, {
        code: 'parameter_missing',
        param: this.nameOf(key),
      })
    return value
  }

  oneOf<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.text(key)
    if (value === undefined) return undefined
    const word = words.find((each) => each === value)
    if (word === undefined)
      throw invalid(`Invalid ${this.nameOf(key)}: must be one of ${words.join(', ')}`, { param: this.nameOf(key) })
    return word
  }

  flag(key: string): boolean | undefined {
    const word = this.oneOf(key, ['true', 'false'])
    return word === undefined ? undefined : word === 'true'
  }

  /** A positive whole number. */
  wholeNumber(key: string): number | undefined {
    const value = this.text(key)
    if (value === undefined) return undefined
    if (!/^[+-]?[0-9]{1,15}$/.test(value))
      throw invalid(`Invalid integer: ${value}`, { code: 'parameter_invalid_integer', param: this.nameOf(key) })
    if (Number(value) < 1)
      throw invalid('This value must be greater than or equal to 1.', {
        code: 'parameter_invalid_integer',
        param: this.nameOf(key),
      })
    return Number(value)
  }

  list(key: string): readonly string[] | undefined {
    const value = this.#value(key)
    if (value === undefined) return undefined
    const items = typeof value === 'string' ? undefined : Object.values(value)
    if (!items?.every((item) => typeof item === 'string')) throw invalid('Invalid array', { param: this.nameOf(key) })
    return items
  }

  below(key: string): Parameters {
    const value = this.#value(key) ?? {}
    if (!isRecord(value)) throw invalid('Invalid object', { param: this.nameOf(key) })
    const parameters = new Parameters(value, this.nameOf(key))
    this.#below.push(parameters)
    return parameters
  }

  /** Merged into what there was: an empty value takes its key away, an empty hash takes all. */
  metadata(before: Metadata = {}): Metadata {
    const value = this.#value('metadata')
    if (value === undefined) return before
    if (value === '') return {}
    if (typeof value === 'string') throw invalid('Invalid object', { param: this.nameOf('metadata') })
    const merged = { ...before }
    for (const [key, text] of Object.entries(value)) {
      const param = `${this.nameOf('metadata')}[${key}]`
      if (typeof text !== 'string') throw invalid('Metadata values must be strings.', { param })
      if (key.length > 40) throw invalid('Metadata keys must be at most 40 characters.', { param })
      if (text.length > 500) throw invalid('Metadata values must be at most 500 characters.', { param })
      merged[key] = text
    }
    const kept = Object.entries(merged).filter(([, text]) => text !== '')
    if (kept.length > 50) throw invalid('You can have at most 50 metadata keys.', { param: this.nameOf('metadata') })
    return Object.fromEntries(kept)
  }

  /** Called when everything was read: Stripe refuses what it does not know, so a slip is never passed over in silence. */
  close(): void {
    const unknown = Object.keys(this.#fields).find((key) => !this.#read.has(key))
    if (unknown !== undefined)
      throw invalid(`Received unknown parameter: ${this.nameOf(unknown)}`, {
        code: 'parameter_unknown',
        param: this.nameOf(unknown),
      })
    for (const parameters of this.#below) parameters.close()
  }

  #value(key: string): FormValue | undefined {
    this.#read.add(key)
    return this.#fields[key]
  }
}
